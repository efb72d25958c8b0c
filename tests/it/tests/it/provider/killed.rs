//! F02: a provider that is killed, or whose power fails, at any step of a renewal.
//!
//! A process renews one token under strace. Its calls are played back onto a disk, and after each of
//! them the disk is written down as a kill would leave it (with all that was written) and as a
//! failure of the power would (with nothing of what was not synced, or with some of it). Over each
//! a provider starts again: N is good, the nonce counts if anything came of it, and whoever asks
//! once more gets one successor, the one that was told or written before.

#[path = "../../../../../crates/countersign-store-sqlite/tests/store/connections/power/disk.rs"]
mod disk;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use countersign_store::TokenStore as _;
use countersign_store::testing::block_on;
use countersign_token::RenewalMode;

use self::disk::{Call, Disk, Left, calls};
use super::sqlite::{SqliteWorld, open_with};
use super::world::{Answer, NOW, PARTNER, Tokens};

/// Set for the process that renews: its store.
const PATH: &str = "COUNTERSIGN_TEST_KILLED_PROVIDER";

fn graceful(path: &Path, seed: u64) -> SqliteWorld {
    open_with(path, seed, |settings| {
        settings.renewal = RenewalMode::Graceful { seconds: 60 };
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells its helper what to do"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// In one write, so that it is one call.
fn say(what: &str) {
    std::io::stdout()
        .write_all(format!("{what}\n").as_bytes())
        .unwrap();
}

#[test]
fn child() {
    let Some(path) = variable(PATH) else {
        return;
    };
    let world = graceful(Path::new(&path), 1);
    world.register_all();
    let temporary = world.approved(PARTNER, "ann");
    let first = world.send(&PARTNER.exchange(&temporary.0, &temporary.1));
    say(&format!("first {}", first.body));
    let renewal = PARTNER.renew(&first.tokens());
    let signed = renewal.sign(NOW);
    say(&format!("renews {signed}"));
    say(&format!(
        "second {}",
        world.send_signed(&renewal, &signed).body
    ));
}

fn tokens(body: &str) -> Tokens {
    let answer = Answer {
        status: 200,
        challenge: None,
        retry_after: None,
        body: body.to_owned(),
    };
    answer.tokens()
}

/// What the process said.
struct Story {
    first: Tokens,
    signed: String,
    second: Tokens,
}

impl Story {
    fn of(calls: &[Call]) -> Self {
        let said = |word: &str| {
            let mut lines = calls.iter().filter_map(|call| match call {
                Call::Said(text) => text.strip_prefix(word),
                _ => None,
            });
            lines.next().unwrap().to_owned()
        };
        Self {
            first: tokens(&said("first ")),
            signed: said("renews "),
            second: tokens(&said("second ")),
        }
    }
}

fn generation(world: &SqliteWorld) -> u64 {
    let grants = &world.provider.stores().tokens;
    let found = block_on(grants.live_grant(PARTNER.key, "Acme")).unwrap();
    found.map_or(0, |found| found.row.life.generation.get())
}

/// What is wrong with a store that was left so; else the generation that it was found with.
fn start_again(path: &Path, story: &Story, was_told: bool) -> Result<u64, String> {
    let world = graceful(path, 2);
    let found = generation(&world);
    let due = if was_told { 2..=2 } else { 1..=2 };
    if !due.contains(&found) {
        return Err(format!("generation {found}"));
    }
    let first = world.send(&PARTNER.resource(&story.first).nonce("first"));
    if first.status != 200 {
        return Err(format!("the first token: {}", first.body));
    }
    let copy = world.send_signed(&PARTNER.renew(&story.first), &story.signed);
    let is_used = copy.problem() == "nonce_used";
    if !(is_used || found == 1 && copy.status == 200) {
        return Err(format!("generation {found}, a copy: {}", copy.body));
    }
    let mut got = Vec::new();
    for nonce in ["again1", "again2"] {
        let answer = world.send(&PARTNER.renew(&story.first).nonce(nonce));
        if answer.status != 200 {
            return Err(format!("{nonce}: {}", answer.body));
        }
        got.push(answer.tokens());
    }
    if copy.status == 200 {
        got.push(copy.tokens());
    }
    let told = |it: &Tokens| (it.token.clone(), it.secret.clone(), it.handle.clone());
    let is_the_one = told(&got[0]) == told(&story.second);
    if got.iter().any(|it| told(it) != told(&got[0])) || is_the_one != (found == 2) {
        return Err(format!("generation {found}, and then {got:?}"));
    }
    if generation(&world) != 2 {
        return Err(format!("generation {} in the end", generation(&world)));
    }
    let second = world.send(&PARTNER.resource(&got[0]).nonce("second"));
    if second.status != 200 {
        return Err(format!("the second token: {}", second.body));
    }
    Ok(found)
}

/// Ends the process after each of its calls, from when it begins to renew: how often it was found
/// before and after the renewal, or what was wrong first.
fn ended_after_each(calls: &[Call], name: &str) -> Result<[usize; 3], String> {
    let story = Story::of(calls);
    let mut disk = Disk::default();
    let (mut has_begun, mut was_told) = (false, false);
    let mut found = [0; 3];
    for (at, call) in calls.iter().enumerate() {
        disk.take(call);
        if let Call::Said(text) = call {
            has_begun |= text.starts_with("renews ");
            was_told |= text.starts_with("second ");
        }
        if !has_begun {
            continue;
        }
        let seed = u64::try_from(at).unwrap();
        for left in [Left::All, Left::Nothing, Left::Some(seed)] {
            let directory = tempfile::tempdir_in("/dev/shm");
            let directory = directory.or_else(|_| tempfile::tempdir()).unwrap();
            disk.write(directory.path(), left);
            let generation = start_again(&directory.path().join(name), &story, was_told)
                .map_err(|wrong| format!("after call {at}, {left:?} left: {wrong}"))?;
            found[usize::try_from(generation).unwrap()] += 1;
        }
        if was_told {
            break;
        }
    }
    Ok(found)
}

#[test]
fn f02_a_provider_killed_in_a_renewal_gives_one_successor() {
    let directory = tempfile::tempdir().unwrap();
    let stored = directory.path().join("stored");
    std::fs::create_dir(&stored).unwrap();
    let trace = directory.path().join("trace");
    let name = "countersign.db";
    let which = "trace=openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,unlink";
    let output = Command::new("strace")
        .args(["-f", "-xx", "-s", "300000", "-e", which, "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["provider::killed::child", "--exact", "--nocapture"])
        .env(PATH, stored.join(name))
        .output();
    if !output.as_ref().is_ok_and(|output| output.status.success()) {
        let is_strict = variable("COUNTERSIGN_STRICT").is_some_and(|value| value == "1");
        assert!(!is_strict, "no strace: {output:?}");
        say("SKIP no strace");
        return;
    }
    let calls = calls(&std::fs::read_to_string(&trace).unwrap(), &stored);
    let [_, before, after] = ended_after_each(&calls, name).unwrap();
    assert!(before >= 6 && after >= 3, "{before} before, {after} after");

    // What is broken is found out: a provider that tells of a renewal before it is on the disk.
    let renews = |call: &Call| matches!(call, Call::Said(text) if text.starts_with("renews "));
    let begun = calls.iter().position(renews).unwrap();
    let unsynced: Vec<_> = calls
        .iter()
        .enumerate()
        .filter(|(at, call)| *at < begun || !matches!(call, Call::Sync(_)))
        .map(|(_, call)| call.clone())
        .collect();
    let wrong = ended_after_each(&unsynced, name).unwrap_err();
    assert!(wrong.contains("generation 1"), "{wrong}");
}
