//! The hash and the spelling of the signature.

use crate::zoo::fault::{Fault, fault};
use crate::zoo::request::Hash;
use crate::zoo::signer::{Plan, Sending, SignatureText};

/// The faults of hash and signature.
pub(in crate::zoo) const TABLE: &[Fault] = &[
    fault(
        "sig.alg_mismatch",
        3,
        "another hash is used than is declared",
        |plan, _, random| {
            plan.hash = *random.pick(&Hash::ALL);
            Some(())
        },
    ),
    fault(
        "sig.hex_not_base64",
        2,
        "the signature is hexadecimal",
        |plan, _, _| text(plan, SignatureText::LowerHex),
    ),
    fault(
        "sig.hex_not_base64",
        1,
        "the signature is hexadecimal in capitals",
        |plan, _, _| text(plan, SignatureText::UpperHex),
    ),
    fault(
        "sig.base64_of_hex",
        1,
        "the signature is the base64 of hexadecimal",
        |plan, _, _| text(plan, SignatureText::Base64OfHex),
    ),
    fault(
        "sig.not_percent_encoded",
        2,
        "the signature is not percent-encoded",
        |plan, _, _| {
            plan.sending = Sending::Raw;
            Some(())
        },
    ),
    fault(
        "sig.double_encoded",
        1,
        "the signature is percent-encoded twice",
        |plan, _, _| {
            plan.sending = Sending::EncodedTwice;
            Some(())
        },
    ),
];

fn text(plan: &mut Plan, text: SignatureText) -> Option<()> {
    let free = plan.text == SignatureText::Base64;
    plan.text = text;
    free.then_some(())
}
