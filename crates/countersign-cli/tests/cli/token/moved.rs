//! Tokens that stand in a profile's file go over into the store, once, and nothing is lost on the way.

use countersign_store::{Happening, RenewalFault};
use countersign_token::ConnectionPhase;

use super::World;
use super::provider::{GOOD, Provider, token};
use crate::run::{Ran, ended, start};

fn request(world: &World, provider: &Provider) -> Ran {
    let url = format!("{}/api", provider.base);
    world.run(&["request", "--profile", "acme", &url], b"")
}

/// What signs: the token and its secret, as `sign` uses them.
fn signed(world: &World) -> Ran {
    let sign = [
        "sign",
        "--profile",
        "acme",
        "--steps",
        "https://api.example/",
    ];
    world.run(&sign, b"")
}

#[test]
fn a_token_is_moved_once_and_stands_in_no_clear_text() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let before = world.written();
    // To look moves nothing.
    signed(&world).exits(0);
    assert_eq!(world.state(), "active");
    assert_eq!(world.written(), before);
    request(&world, &provider).exits(0);
    let moved = world.written();
    assert!(moved.contains("connected = true"), "{moved}");
    for word in ["canary-1", "canary-handle", "token-1"] {
        assert!(!moved.contains(word), "{word}: {moved}");
    }
    let kept = world.kept();
    let row = kept.found().row.row.clone();
    assert_eq!(row.credentials.token.expose_secret(), token(1));
    assert_eq!(row.credentials.secret.expose_secret(), "canary-1");
    let handle = row.credentials.session_handle.as_ref().unwrap();
    assert_eq!(handle.expose_secret(), "canary-handle");
    assert!(kept.history().is_empty(), "nobody authorised anything");
    drop(kept);
    // The others read it from there, and nothing is moved again.
    let ran = signed(&world).exits(0);
    assert!(ran.err.contains("15 chars & 8 chars"), "{}", ran.err);
    request(&world, &provider).exits(0);
    assert_eq!(world.written(), moved);
    let show = ["profile", "show", "acme"];
    let ran = world.run(&show, b"").exits(0);
    assert!(ran.out.contains("toke... (19 chars)"), "{}", ran.out);

    let directory = world.files().path().join("config/connections");
    let mut seen = 0;
    for entry in std::fs::read_dir(&directory).unwrap() {
        let entry = entry.unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        for word in [&b"canary"[..], b"token-1-of"] {
            let holds = bytes.windows(word.len()).any(|it| it == word);
            assert!(!holds, "{}", entry.path().display());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
        seen += 1;
    }
    assert!(seen >= 2, "a store and a key");
}

/// Stopped when the token was durable in the store, and before the file was changed.
#[test]
fn who_was_stopped_in_between_is_followed_by_one_who_finishes() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let before = world.written();
    request(&world, &provider).exits(0);
    let after = world.written();
    world.files().write("config/profiles/acme.toml", &before);
    assert_eq!(world.state(), "active");
    signed(&world).exits(0);
    request(&world, &provider).exits(0);
    assert_eq!(world.written(), after);
    assert_eq!(world.kept().generation(), 1);
    assert!(world.kept().history().is_empty());

    // Had an application renewed in between, its token counts, and not the one in the file.
    world
        .run(&["token", "renew", "--profile", "acme"], b"")
        .exits(0);
    world.files().write("config/profiles/acme.toml", &before);
    request(&world, &provider).exits(0);
    assert_eq!(world.written(), after);
    let kept = world.kept();
    assert_eq!((kept.generation(), kept.token()), (2, token(2)));
}

/// Stopped when the key was there and no store, or the store and nothing in it.
#[test]
fn who_was_stopped_before_leaves_everything_in_the_file() {
    let provider = Provider::start();
    let other = provider.world(GOOD);
    request(&other, &provider).exits(0);
    let directory = other.files().path().join("config/connections");
    let key = std::fs::read(directory.join("seal-keys.toml")).unwrap();
    let world = provider.world(GOOD);
    let made = world.files().path().join("config/connections");
    for has_store in [false, true] {
        std::fs::create_dir_all(&made).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(&made, mode).unwrap();
        }
        world
            .files()
            .write("config/connections/seal-keys.toml", &key);
        if has_store {
            world.files().write("config/connections/store.db", b"");
        }
        assert_eq!(world.state(), "active");
        signed(&world).exits(0);
    }
    request(&world, &provider).exits(0);
    assert_eq!(world.kept().token(), token(1));
}

/// Killed at any moment: the token signs before and after, and the next command finishes.
#[test]
fn who_is_killed_loses_nothing() {
    let provider = Provider::start();
    let url = format!("{}/api", provider.base);
    let request_line = ["request", "--profile", "acme", &url];
    let mut half_done = 0;
    for round in 0..20_u64 {
        let world = provider.world(GOOD);
        let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
        let mut child = start(world.files().path(), &request_line, &variables);
        std::thread::sleep(core::time::Duration::from_millis(2 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let file = world.written();
        let in_file = file.contains("token-1-of-the-user");
        assert_eq!(in_file, !file.contains("connected = true"), "{file}");
        half_done += usize::from(in_file);
        let ran = signed(&world).exits(0);
        assert!(
            ran.out.contains("oauth_token=\"token-1-of-the-user\""),
            "{}",
            ran.out
        );
        assert!(ran.err.contains("15 chars & 8 chars"), "{}", ran.err);
        let ran = world.run(&request_line, b"").exits(0);
        assert!(ran.out.contains("served"), "{}", ran.out);
        assert_eq!(world.kept().token(), token(1));
        assert!(world.written().contains("connected = true"));
    }
    assert!(half_done > 0, "some were killed before");
}

/// An old copy of the file, put back: what it holds may be dead, and what the store has is kept.
#[test]
fn a_token_that_the_store_does_not_know_keeps_the_one_that_it_has() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let before = world.written();
    request(&world, &provider).exits(0);
    for _ in 0..2 {
        world
            .run(&["token", "renew", "--profile", "acme"], b"")
            .exits(0);
    }
    assert_eq!(world.kept().token(), token(3));
    world.files().write("config/profiles/acme.toml", &before);
    // It is of two renewals ago; the provider says so.
    request(&world, &provider).exits(1);
    let written = world.written();
    let (_, previous) = written.split_once("[other.previous]").unwrap();
    assert!(previous.contains(&token(3)), "{written}");
    assert!(
        previous.contains("session_handle = \"canary-handle\""),
        "{written}"
    );
}

/// What is written into the file of a token that is known is the user's word, too.
#[test]
fn a_secret_that_is_put_right_counts() {
    let provider = Provider::start();
    let wrong = GOOD.replace("canary-1", "canary-wrong");
    let world = provider.world(&wrong);
    request(&world, &provider).exits(0);
    let lines = world.written();
    assert!(lines.contains("connected = true"), "{lines}");
    // Without the session handle, which it does not say is gone.
    let right = format!(
        "token = \"{}\"\ntoken_secret = \"canary-of-a-right-one\"\n{lines}",
        token(1)
    );
    world.files().write("config/profiles/acme.toml", &right);
    let ran = signed(&world).exits(0);
    assert!(ran.err.contains("15 chars & 21 chars"), "{}", ran.err);
    request(&world, &provider).exits(0);
    let ran = signed(&world).exits(0);
    assert!(ran.err.contains("15 chars & 21 chars"), "{}", ran.err);
    let row = world.kept().found().row.row.clone();
    let kept = &row.credentials;
    assert_eq!(kept.secret.expose_secret(), "canary-of-a-right-one");
    let handle = kept.session_handle.as_ref().unwrap();
    assert_eq!(handle.expose_secret(), "canary-handle");
    let written = world.written();
    let (now, before) = written.split_once("[other.previous]").unwrap();
    assert!(!now.contains("token = "), "{written}");
    assert!(before.contains("canary-wrong"), "{written}");
    // Put there again it is nothing new.
    world.files().write("config/profiles/acme.toml", &right);
    let generation = world.kept().generation();
    request(&world, &provider).exits(0);
    assert_eq!(world.kept().generation(), generation);
}

/// Whoever writes the token of a lost connection into the file again says that it is good again.
#[test]
fn a_lost_token_that_is_written_again_is_tried_again() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let before = world.written();
    request(&world, &provider).exits(0);
    provider.set(|state| state.revoked = true);
    request(&world, &provider).exits(1);
    assert_eq!(world.state(), "lost");
    provider.set(|state| state.revoked = false);
    world.files().write("config/profiles/acme.toml", before);
    assert_eq!(world.state(), "active");
    request(&world, &provider).exits(0);
    assert_eq!(world.state(), "active");
    assert!(!world.written().contains("token-1"), "{}", world.written());
    world
        .run(&["token", "renew", "--profile", "acme"], b"")
        .exits(0);
}

/// A profile that can't be put in the place of another leaves that as it was, and one that is has none
/// of its tokens.
#[cfg(unix)]
#[test]
fn a_profile_in_the_place_of_another_has_none_of_its_tokens() {
    use std::os::unix::fs::PermissionsExt as _;

    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    let before = world.written();
    let key = world
        .files()
        .path()
        .join("config/connections/seal-keys.toml");
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(&key, mode(0o644)).unwrap();
    world.files().write(
        "other.toml",
        "consumer_key = \"dpf43f3p2l4k3l03\"\nconsumer_secret = \"canary-other\"\n",
    );
    let add = ["profile", "add", "acme", "--force", "--keys", "other.toml"];
    world.run(&add, b"").exits(3);
    std::fs::set_permissions(&key, mode(0o600)).unwrap();
    assert_eq!(world.written(), before);
    assert_eq!(world.state(), "active");
    world.run(&add, b"").exits(0);
    assert_eq!(world.state(), "absent");
}

/// What was known of the token before stays known.
#[test]
fn doubts_losses_and_histories_are_kept() {
    let provider = Provider::start();
    let world = provider.world(&format!("{GOOD}renewal_began = 1700000000\n"));
    assert_eq!(world.state(), "renewal_unknown");
    let history = "{\"at\":1690000000,\"what\":\"connected\"}\n\
                   {\"at\":1690000001,\"what\":\"lost\",\"cause\":\"token_rejected\"}\n\
                   {\"at\":1690000002,\"what\":\"connected\"}\n\
                   {\"at\":1690000003,\"what\":\"renewal_failed\",\"cause\":\"no answer\"}\n";
    world
        .files()
        .write("config/profiles/acme.history.jsonl", history);
    provider.set(|state| state.revoked = true);
    world
        .run(&["token", "renew", "--profile", "acme"], b"")
        .exits(1);
    assert_eq!(world.state(), "lost");
    let status = [
        "token",
        "status",
        "--profile",
        "acme",
        "--history",
        "--format",
        "json",
    ];
    let document = world.run(&status, b"").exits(1).json();
    let events = document["history"].as_array().unwrap();
    let whats: Vec<&str> = events
        .iter()
        .map(|it| it["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        whats[..4],
        ["connected", "lost", "connected", "renewal_failed"]
    );
    let last = events.last().unwrap();
    assert_eq!(
        (&last["what"], &last["cause"]),
        (&"lost".into(), &"renewal_lost".into())
    );

    // Of a token that it does not name an older history tells nothing: the provider does.
    let world = provider.world(GOOD);
    let lost = history.lines().take(2).collect::<Vec<_>>().join("\n");
    world
        .files()
        .write("config/profiles/acme.history.jsonl", lost);
    provider.set(|state| state.revoked = false);
    request(&world, &provider).exits(0);
    assert_eq!(world.state(), "active");
    let document = world.run(&status, b"").exits(0).json();
    assert_eq!(document["history"][1]["what"], "lost");
    provider.set(|state| state.revoked = true);
    request(&world, &provider).exits(1);
    let phase = world.kept().found().row.row.life.state.phase();
    assert_eq!(phase, ConnectionPhase::NeedsReauthorisation);
    // A file that takes its place begins anew.
    world.add(&provider.base, GOOD);
    assert!(world.kept().find().is_none());
    assert_eq!(world.state(), "active");
}

/// Without the store, or without its key, nothing is signed without the token.
#[test]
fn a_store_that_is_gone_is_not_passed_over() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    let directory = world.files().path().join("config/connections");
    let key = directory.join("seal-keys.toml");
    let kept = std::fs::read(&key).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let ran = signed(&world).exits(3);
        assert!(ran.err.contains("chmod 600"), "{}", ran.err);
    }
    std::fs::remove_file(&key).unwrap();
    let ran = signed(&world).exits(3);
    assert!(ran.err.contains("the key is gone"), "{}", ran.err);
    request(&world, &provider).exits(3);
    world
        .files()
        .write("config/connections/seal-keys.toml", kept);
    signed(&world).exits(0);
    std::fs::remove_dir_all(&directory).unwrap();
    let ran = signed(&world).exits(4);
    assert!(
        ran.err
            .contains("countersign token authorize --profile acme"),
        "{}",
        ran.err
    );
    request(&world, &provider).exits(4);
    assert_eq!(world.state(), "absent");
}

/// An answer that was made durable by a process that got no further is taken without another request.
#[test]
fn an_answer_that_was_kept_is_used() {
    use countersign_clock::system;
    use countersign_store::testing::block_on;
    use countersign_store::{ConnectionStore as _, RawAnswer};
    use countersign_token::{Generation, IntentId};
    use ureq::http::Response;

    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    let answer = Response::new(
        "oauth_token=token-2-of-the-user&oauth_token_secret=canary-2&oauth_expires_in=1800",
    );
    let raw = countersign_client::connections::RawReply::of(&answer);
    let kept = world.kept();
    let bytes = std::sync::Arc::new(raw.bytes);
    let answer = RawAnswer::new(IntentId::new(7), Generation::FIRST, system::now(), bytes);
    let number = block_on(kept.store.keep_answer(&super::kept::id(), answer)).unwrap();
    assert!(number.is_some());
    provider.set(|state| state.generation = 2);
    // The provider takes the token before no more.
    let ran = request(&world, &provider).exits(0);
    assert!(ran.err.contains("sent once more"), "{}", ran.err);
    assert_eq!(provider.set(|state| state.renewals), 0);
    assert_eq!(kept.token(), token(2));
    let events: Vec<Happening> = kept.history().iter().map(|entry| entry.what).collect();
    assert_eq!(events, [Happening::Renewed]);
    assert!(!events.contains(&Happening::RenewalFailed(RenewalFault::Lost)));
}

/// A token without its secret is as suspicious in the store as in the file.
#[test]
fn a_secret_that_is_missing_is_missed_wherever_the_token_stands() {
    let provider = Provider::start();
    let world = provider.world("token = \"token-1-of-the-user\"\n");
    for _ in 0..2 {
        let ran = signed(&world).exits(0);
        assert!(ran.err.contains("no token_secret"), "{}", ran.err);
        request(&world, &provider).exits(0);
    }
    assert!(world.written().contains("connected = true"));
}

/// `ended` checks that what is printed fits its schema.
#[test]
fn many_first_commands_move_it_once() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    let url = format!("{}/api", provider.base);
    let line = ["request", "--profile", "acme", "--format", "json", &url];
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let begun: Vec<_> = (0..8)
        .map(|_| start(world.files().path(), &line, &variables))
        .collect();
    for child in begun {
        ended(&line, child).exits(0);
    }
    assert_eq!(world.kept().generation(), 1);
    assert_eq!(provider.set(|state| state.requests), 8);
}
