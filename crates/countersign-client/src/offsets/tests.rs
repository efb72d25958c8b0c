use countersign_clock::UnixTime;
use proptest::prelude::*;

use super::{ClockOffset, ClockOffsets, FARTHEST, MOST};
use crate::Origin;

const LOCAL: UnixTime = UnixTime::from_seconds(1_700_000_000);

fn origin(host: &str) -> Origin {
    Origin::of(&format!("https://{host}/").parse().unwrap()).unwrap()
}

#[test]
fn a_servers_word_counts_for_its_own_origin() {
    let (ours, other) = (origin("a.example"), origin("b.example"));
    let mut offsets = ClockOffsets::new();
    offsets.learn(&ours, Some("1700003300-1700003900"), None, LOCAL);
    assert_eq!(offsets.now(&ours, LOCAL), LOCAL.saturating_add(3600));
    assert_eq!(offsets.now(&other, LOCAL), LOCAL);
    offsets.forget(&ours);
    assert_eq!(offsets.now(&ours, LOCAL), LOCAL);
}

#[test]
fn no_word_moves_a_clock_by_more_than_a_day() {
    let ours = origin("a.example");
    let mut offsets = ClockOffsets::new();
    for (range, date) in [
        (Some("1700100000-1700100600"), None),
        (Some("1-2"), None),
        (Some("1700000000000-1700000600000"), None),
        (None, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
        (None, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
    ] {
        assert_eq!(
            offsets.learn(&ours, range, date, LOCAL),
            None,
            "{range:?} {date:?}"
        );
        assert_eq!(offsets.now(&ours, LOCAL), LOCAL);
    }
    assert!(ClockOffset::new(FARTHEST + 1, LOCAL).is_err());
    assert!(ClockOffset::new(-FARTHEST - 1, LOCAL).is_err());
    assert!(ClockOffset::new(FARTHEST, LOCAL).is_ok());
}

#[test]
fn the_oldest_makes_room() {
    let mut offsets = ClockOffsets::new();
    for number in 0..=MOST {
        let learnt = LOCAL.saturating_add(i64::try_from(number).unwrap());
        offsets.put(
            origin(&format!("h{number}.example")),
            ClockOffset::new(1, learnt).unwrap(),
        );
    }
    assert_eq!(offsets.iter().count(), MOST);
    assert_eq!(offsets.get(&origin("h0.example")), None);
    assert!(offsets.get(&origin("h1.example")).is_some());
}

proptest! {
    /// Whatever a server says, and however often: never more than a day off, and what was stored
    /// comes back.
    #[test]
    fn steps_do_not_add_up(words in prop::collection::vec((any::<i64>(), any::<u32>()), 0..40)) {
        let ours = origin("a.example");
        let mut offsets = ClockOffsets::new();
        for (low, span) in words {
            let range = format!("{low}-{}", low.saturating_add(i64::from(span)));
            offsets.learn(&ours, Some(&range), None, LOCAL);
            let off = offsets.now(&ours, LOCAL).since(LOCAL);
            prop_assert!(off.abs() <= FARTHEST);
        }
        let mut restored = ClockOffsets::new();
        for (origin, offset) in offsets.iter() {
            restored.put(origin.clone(), offset);
        }
        prop_assert_eq!(restored, offsets);
    }
}
