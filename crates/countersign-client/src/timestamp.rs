//! The value of `oauth_timestamp`.

use countersign_clock::UnixTime;

/// The most an `i64` has, with its sign.
const MOST: usize = 20;

/// The digits of a time (RFC 5849 section 3.3), which need no memory of their own.
pub(crate) struct Timestamp {
    text: [u8; MOST],
    begin: usize,
}

impl Timestamp {
    pub(crate) fn new(time: UnixTime) -> Self {
        let seconds = time.seconds();
        let (mut rest, mut begin) = (seconds.unsigned_abs(), MOST);
        let mut text = [b'-'; MOST];
        for place in text.iter_mut().rev() {
            let [.., digit] = (rest % 10).to_be_bytes();
            *place = b'0' | digit;
            begin = begin.saturating_sub(1);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        // What no digit was written over is the sign.
        begin = begin.saturating_sub(usize::from(seconds < 0));
        Self { text, begin }
    }

    pub(crate) fn as_str(&self) -> &str {
        let text = self.text.get(self.begin..).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, UnixTime};

    #[test]
    fn every_number_is_written() {
        for seconds in [0, 1, 9, 10, -1, 137_131_202, i64::MAX, i64::MIN] {
            let timestamp = Timestamp::new(UnixTime::from_seconds(seconds));
            assert_eq!(timestamp.as_str(), seconds.to_string());
        }
    }
}
