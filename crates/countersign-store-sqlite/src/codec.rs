//! Lists of byte strings in one column.

use crate::fault::Fault;

/// Each item with its length before it, four bytes, little-endian.
pub(crate) fn pack<'a>(items: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, Fault> {
    let mut packed = Vec::new();
    for item in items {
        let length = u32::try_from(item.len()).map_err(|_| Fault::TooLong)?;
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(item);
    }
    Ok(packed)
}

pub(crate) fn unpack(mut packed: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let cut = || Fault::damaged("a list is cut off");
    let mut items = Vec::new();
    while !packed.is_empty() {
        let (length, rest) = packed.split_first_chunk().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Fault::TooLong)?;
        let (item, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        items.push(item);
        packed = rest;
    }
    Ok(items)
}

/// A list of texts.
pub(crate) fn unpack_texts(packed: &[u8]) -> Result<Vec<String>, Fault> {
    unpack(packed)?.into_iter().map(text).collect()
}

pub(crate) fn text(bytes: &[u8]) -> Result<String, Fault> {
    core::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|_| Fault::damaged("a text is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back() {
        let items: [&[u8]; 3] = [b"", b"a", b"\0\xff"];
        let packed = pack(items).unwrap();
        assert_eq!(unpack(&packed).unwrap(), items);
        assert!(unpack(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_list_that_is_cut_off_is_damaged() {
        let packed = pack([&b"abc"[..]]).unwrap();
        for end in 1..packed.len() {
            assert!(matches!(unpack(&packed[..end]), Err(Fault::Damaged(_))));
        }
    }
}
