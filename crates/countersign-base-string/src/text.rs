use alloc::string::String;
use alloc::vec::Vec;

/// What is written here is ASCII, so the check never fails; it is one fast pass.
pub(crate) fn from_ascii(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) => String::from_utf8_lossy(fault.as_bytes()).into_owned(),
    }
}
