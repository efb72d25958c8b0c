//! Single lines, without the break at their end.

/// The digits of a chunk's size; more would be larger than any body.
const SIZE_DIGITS: usize = 15;

/// Whether a line is a field: a name, right behind it a colon.
pub(super) fn is_field(text: &[u8]) -> bool {
    let name = text.split(|byte| *byte == b':').next();
    name.is_some_and(|name| {
        !name.is_empty() && name.len() < text.len() && name.iter().all(|byte| *byte > b' ')
    })
}

/// The value of a field, if it has this name.
pub(super) fn value<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let (found, value) = text.split_at_checked(name.len())?;
    let value = value.strip_prefix(b":")?;
    found.eq_ignore_ascii_case(name).then(|| trim(value))
}

/// Without blanks and tabs around it.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// A number in digits alone.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let value = char::from(*digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(value.into())
    })
}

/// The size of a chunk. What may stand behind it tells nothing of the size.
pub(super) fn chunk_size(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_hexdigit());
    let (digits, behind) = text.split_at_checked(digits.count())?;
    if digits.is_empty() || digits.len() > SIZE_DIGITS {
        return None;
    }
    let is_clear = behind.is_empty()
        || (trim(behind).starts_with(b";")
            && behind
                .iter()
                .all(|byte| *byte == b'\t' || !byte.is_ascii_control()));
    if !is_clear {
        return None;
    }
    digits.iter().try_fold(0_u64, |size, digit| {
        let value = char::from(*digit).to_digit(16)?;
        size.checked_mul(16)?.checked_add(value.into())
    })
}
