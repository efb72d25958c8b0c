//! An `Authorization` header put together from logged parameters.

use countersign_encoding::encode;

/// The header value with these parameters, decoded, in this order.
pub(super) fn authorization<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let list: Vec<String> = parameters
        .map(|(name, value)| format!("{}=\"{}\"", encode(name), encode(value)))
        .collect();
    format!("OAuth {}", list.join(", "))
}
