use countersign_clock::{
    AcceptableRange, Bound, UnixTime, Window, estimate, hints, parse_http_date,
};

use crate::split;

/// A timestamp, an acceptable range or an HTTP date; two of them in two lines are what a server's answer has.
///
/// What reads is written the same again; the window, its range and its verdict agree; an estimate corrects the local clock to
/// the server's.
pub fn clock(data: &[u8]) {
    let Some(text) = split::text(data) else {
        return;
    };
    let now = UnixTime::from_seconds(1_477_311_775);
    let (range, date) = text.split_once('\n').unwrap_or((text, text));
    for text in [range, date] {
        let timestamp = match UnixTime::parse_timestamp(text) {
            Ok(timestamp) => {
                assert_eq!(timestamp.seconds().to_string(), text);
                Some(timestamp)
            }
            Err(error) => {
                assert!(error.offset() <= text.len());
                parse_http_date(text).ok()
            }
        };
        if let Some(timestamp) = timestamp {
            within(timestamp, now);
        }
        let _ = hints(text, now);
    }
    if let Ok(range) = AcceptableRange::parse(range) {
        assert_eq!(AcceptableRange::parse(&range.to_string()), Ok(range));
        assert_eq!(range.is_credible(), range.fault().is_none());
        if range.low() <= range.high() {
            assert!(range.low() <= range.midpoint() && range.midpoint() <= range.high());
        }
    }
    if let Some(estimate) = estimate(Some(range), Some(date), now, Bound::default()) {
        assert_eq!(estimate.correct(now), estimate.server());
    }
}

fn within(timestamp: UnixTime, now: UnixTime) {
    let window = Window::default();
    let range = window.acceptable(now);
    let inside = range.low() <= timestamp && timestamp <= range.high();
    assert_eq!(window.check(timestamp, now).advice().is_none(), inside);
    assert!(!timestamp.rfc3339().is_empty());
}
