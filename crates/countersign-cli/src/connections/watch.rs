//! Warnings of clocks and certificates, for each profile once a day at most.

use countersign_client::connections::Watch;
use countersign_clock::{UnixTime, system};
use serde::{Deserialize, Serialize};

use super::event;
use crate::output;
use crate::profile::{Name, Profiles};

/// When it was last told, as it stands beside the profile.
#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
struct Told {
    clock: Option<i64>,
    certificate: Option<i64>,
}

/// Warns if the provider's clock, so many seconds ahead of this one, or the end of the profile's
/// certificate is worth it.
pub(crate) fn watch(profiles: &Profiles, name: &Name, ahead: Option<i64>, ends: Option<UnixTime>) {
    let text = profiles.told(name).unwrap_or_default();
    let told: Told = serde_json::from_str(&text).unwrap_or_default();
    let time = |at: Option<i64>| at.map(UnixTime::from_seconds);
    let mut watch = Watch::new().with_told(time(told.clock), time(told.certificate));
    let now = system::now();
    let events = [
        ahead.and_then(|seconds| watch.clock(seconds, now)),
        ends.and_then(|ends| watch.certificate(ends, now)),
    ];
    let mut has_told = false;
    for kind in events.into_iter().flatten() {
        if let Some(text) = event::text(name, kind) {
            output::note(&text);
            has_told = true;
        }
    }
    if has_told {
        let (clock, certificate) = watch.told();
        let told = Told {
            clock: clock.map(UnixTime::seconds),
            certificate: certificate.map(UnixTime::seconds),
        };
        // Where that can't be kept, or not at once, it is told again.
        if let (Ok(Some(change)), Ok(text)) = (profiles.try_change(), serde_json::to_string(&told))
        {
            let _kept = change.write_told(name, &text);
        }
    }
}
