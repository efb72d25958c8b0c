#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod canonical;
mod decode;
mod encode;
pub mod form;
mod order;
mod table;

pub use canonical::is_canonical;
pub use decode::{
    DecodeError, DecodeErrorKind, Decoder, Leniency, Octets, decode, decode_bytes,
    decode_form_bytes,
};
pub use encode::{
    SLACK, encode, encode_bytes, encode_encoded_into, encode_encoded_to_slice, encode_into,
    encode_to_slice, encode_twice_into, encode_twice_to_slice, encoded_len, is_plain,
    is_unreserved, reserved_count,
};
pub use order::{canonical_prefix, compare_encoded, rank, rank_prefix};
