//! How one input becomes several: at line breaks, so that seeds can be read.

/// Text in, or nothing to do.
pub(crate) fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// What stands before the first `mark` and what after it; without a mark, all and nothing.
pub(crate) fn once<'a>(data: &'a [u8], mark: &[u8]) -> (&'a [u8], &'a [u8]) {
    match data.windows(mark.len()).position(|window| window == mark) {
        Some(place) => (&data[..place], &data[place + mark.len()..]),
        None => (data, &[]),
    }
}

/// The next line of `rest`, without its line feed.
pub(crate) fn line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (line, tail) = once(rest, b"\n");
    *rest = tail;
    line
}
