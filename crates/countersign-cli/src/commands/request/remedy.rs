//! What is done about an answer, and what is said of it.

use countersign_client::Next;
use ureq::http::StatusCode;

use super::exchange::Retried;

/// Whether it is sent once more, and why; what only the user can do is said.
pub(super) fn again(
    next: &Next,
    status: StatusCode,
    offset: &mut i64,
    notes: &mut Vec<String>,
) -> Option<Retried> {
    match next {
        // A time that is as far off as the one that was refused is refused again.
        Next::CorrectClock(estimate) if estimate.offset_seconds() == *offset => None,
        Next::CorrectClock(estimate) => {
            *offset = estimate.offset_seconds();
            let (seconds, way) = (
                offset.unsigned_abs(),
                if *offset < 0 { "ahead of" } else { "behind" },
            );
            notes.push(format!(
                "the timestamp was refused: this machine's clock is {seconds} s {way} the provider's; sent once more with a corrected one (countersign clock)"
            ));
            Some(Retried::Clock)
        }
        Next::NewNonce => {
            notes.push("the nonce was refused as used; sent once more with another".to_owned());
            Some(Retried::Nonce)
        }
        Next::Wait(seconds) => {
            let why = if status == StatusCode::TOO_MANY_REQUESTS {
                "has too many requests"
            } else {
                "does not serve this for the moment"
            };
            notes.push(format!("the provider {why}: wait for {seconds} s at least"));
            None
        }
        Next::Renew => {
            notes.push("the token has expired: countersign token renew".to_owned());
            None
        }
        Next::Reauthorise(_) | Next::Reread => {
            notes
                .push("the token is not good any more: the user has to authorise again, countersign token authorize"
                    .to_owned());
            None
        }
        Next::Deliver => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Retried, StatusCode, again};
    use countersign_client::Next;
    use countersign_clock::{Bound, UnixTime, estimate};

    const NO: StatusCode = StatusCode::UNAUTHORIZED;

    /// Where the clocks agree, the same time again is refused again.
    #[test]
    fn a_clock_is_corrected_if_it_is_off() {
        let now = UnixTime::from_seconds(1_700_000_000);
        for (range, retried) in [
            ("1699999700-1700000300", None),
            ("1700003300-1700003900", Some(Retried::Clock)),
        ] {
            let estimate = estimate(Some(range), None, now, Bound::default()).unwrap();
            let (mut offset, mut notes) = (0, Vec::new());
            let next = Next::CorrectClock(estimate);
            assert_eq!(
                again(&next, NO, &mut offset, &mut notes),
                retried,
                "{range}"
            );
            assert_eq!(notes.is_empty(), retried.is_none());
        }
    }

    #[test]
    fn what_only_the_user_can_do_is_not_tried() {
        let mut offset = 0;
        let mut notes = Vec::new();
        for next in [Next::Wait(9), Next::Renew, Next::Reread] {
            assert_eq!(again(&next, NO, &mut offset, &mut notes), None, "{next:?}");
        }
        assert_eq!(notes.len(), 3);
        let wait = notes.first().unwrap();
        assert!(!wait.contains("too many"), "{wait}");
        assert_eq!(again(&Next::Deliver, NO, &mut offset, &mut notes), None);
        assert_eq!(notes.len(), 3);
        let nonce = again(&Next::NewNonce, NO, &mut offset, &mut notes);
        assert_eq!(nonce, Some(Retried::Nonce));
        assert_eq!(offset, 0);
    }
}
