//! Timestamps: outside of the window, and in spellings that are none.

use crate::http_world::{NOW, World};

const OLD: &str = "The timestamp is too old, it must be at most 300 seconds before the server's \
                   current date and time";
const NEW: &str = "The timestamp is too far in the future, it must be at most 300 seconds after \
                   the server's current date and time";

#[tokio::test]
async fn h04_both_edges_of_the_window() {
    let world = World::fresh().await;
    for inside in [-300, 0, 300] {
        world.accept(&world.victim().at(NOW + inside).sign()).await;
    }
    for (outside, advice) in [(-301, OLD), (301, NEW)] {
        let sent = world.victim().at(NOW + outside).sign();
        let answer = world.refuse(&sent, 401, "timestamp_refused").await;
        assert_eq!(answer.advice(), advice);
        let range = answer.parameter("oauth_acceptable_timestamps").unwrap();
        assert_eq!(range, format!("{}-{}", NOW - 300, NOW + 300));
    }
}

#[tokio::test]
async fn h05_the_far_future_locks_nobody_out() {
    let world = World::fresh().await;
    for ahead in [100_000_000, 1_000_000_000] {
        let sent = world.victim().at(NOW + ahead).sign();
        let answer = world.refuse(&sent, 401, "timestamp_refused").await;
        assert_eq!(answer.advice(), NEW);
        world.accept(&world.victim().sign()).await;
    }
}

#[tokio::test]
async fn h06_milliseconds_fill_no_memory() {
    let world = World::fresh().await;
    let before = world.snapshot();
    for number in 0..2_000 {
        let sent = world.victim().at(NOW * 1_000 + number).sign();
        let answer = world.send(&sent).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "timestamp_refused")
        );
    }
    assert_eq!(world.snapshot(), before);
    world.accept(&world.victim().sign()).await;
}

#[tokio::test]
async fn h07_spellings_of_a_timestamp() {
    let world = World::fresh().await;
    let now = NOW.to_string();
    let endless = format!("1{}", "0".repeat(400));
    let spaced = format!(" {now}");
    let led = format!("0{now}");
    for malformed in [
        "-1",
        "+1",
        "0x10",
        "1e9",
        "1.5",
        &spaced,
        &led,
        "0",
        "",
        "١٧٩",
        "１７９",
        "NaN",
        // 2^63, 2^64 and 10^400
        "9223372036854775808",
        "18446744073709551616",
        &endless,
    ] {
        let sent = world.victim().set("oauth_timestamp", malformed).sign();
        let answer = world.refuse(&sent, 400, "parameter_rejected").await;
        let names = answer.parameter("oauth_parameters_rejected").unwrap();
        assert!(names.starts_with("oauth_timestamp"), "{names}");
    }
    // Numbers, if odd ones.
    for number in ["1", "9223372036854775807"] {
        let sent = world.victim().set("oauth_timestamp", number).sign();
        world.refuse(&sent, 401, "timestamp_refused").await;
    }
}
