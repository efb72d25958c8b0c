//! A renewed token that the store does not take: it is the only copy, and is not lost.
#![cfg(unix)]

use super::World;
use super::provider::{EXPIRED, GOOD, Provider, moved, token};
use crate::run::Ran;

const RENEW: [&str; 4] = ["token", "renew", "--profile", "acme"];
const TOLD: &str = "it stands in the profile's own file";

fn request(world: &World, provider: &Provider) -> Ran {
    let url = format!("{}/api", provider.base);
    world.run(&["request", "--profile", "acme", &url], b"")
}

/// The second token is in the file, whole; what comes next uses it, and puts it into the store when
/// that is back.
#[track_caller]
fn is_safe(world: &World, provider: &Provider) {
    let written = world.written();
    let lines = [
        format!("token = \"{}\"", token(2)),
        "token_secret = \"canary-2\"".to_owned(),
        // The provider did not give it again.
        "session_handle = \"canary-handle\"".to_owned(),
        "token_expires = ".to_owned(),
    ];
    for line in lines {
        assert!(written.contains(&line), "{line}: {written}");
    }
    std::fs::rename(moved(&world.store()), world.store()).unwrap();
    let ran = request(world, provider).exits(0);
    assert!(ran.out.contains("served"), "{}", ran.out);
    assert_eq!(world.kept().token(), token(2));
    assert_eq!(provider.set(|state| state.renewals), 1);
    let written = world.written();
    let (now, _) = written
        .split_once("[other.previous]")
        .unwrap_or((&written, ""));
    assert!(!now.contains(&token(2)), "{written}");
    assert_eq!(world.state(), "active");
}

#[test]
fn token_renew_writes_it_into_the_file() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    provider.set(|state| state.moves = Some(world.store()));
    let ran = world.run(&RENEW, b"").exits(3);
    assert!(ran.err.contains(TOLD), "{}", ran.err);
    is_safe(&world, &provider);
}

#[test]
fn request_writes_it_into_the_file_and_uses_it() {
    for lines in [EXPIRED, GOOD] {
        let provider = Provider::start();
        let world = provider.world(lines);
        provider.set(|state| {
            state.moves = Some(world.store());
            state.expired = Some(1);
        });
        let ran = request(&world, &provider).exits(3);
        assert!(ran.out.contains("served"), "{}", ran.out);
        assert!(ran.err.contains(TOLD), "{}", ran.err);
        is_safe(&world, &provider);
    }
}

/// Others found it in a kept answer, and went on: the file has an old token then, and no word of the user.
#[test]
fn what_was_stored_and_renewed_elsewhere_is_not_put_back() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    provider.set(|state| state.moves = Some(world.store()));
    world.run(&RENEW, b"").exits(3);
    let rescued = world.written();
    assert!(rescued.contains("unstored_generation = 2"), "{rescued}");
    std::fs::rename(moved(&world.store()), world.store()).unwrap();
    assert!(world.kept().found().lease.is_some());
    request(&world, &provider).exits(0);
    // Nobody has to wait for a process that has ended.
    assert_eq!(world.kept().found().lease, None);
    for _ in 0..2 {
        let ran = world.run(&RENEW, b"").exits(0);
        assert!(!ran.err.contains("waiting"), "{}", ran.err);
    }
    assert_eq!(world.kept().token(), token(4));
    let profile = "config/profiles/acme.toml";
    world.files().write(profile, rescued.clone());
    let ran = request(&world, &provider).exits(0);
    assert!(ran.out.contains("served"), "{}", ran.out);
    assert_eq!(world.kept().token(), token(4));
    assert!(!world.written().contains("unstored"), "{}", world.written());

    // Unless the user wrote it there.
    let line = format!("unstored = \"{}\"\n", token(2));
    assert!(rescued.contains(&line), "{rescued}");
    world.files().write(profile, rescued.replace(&line, ""));
    let _refused = request(&world, &provider);
    assert_ne!(world.kept().token(), token(4));
}

/// The lease of whoever renews meanwhile is not that of the process which has ended.
#[test]
fn what_is_put_back_ends_no_lease_of_another_process() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    provider.set(|state| state.moves = Some(world.store()));
    world.run(&RENEW, b"").exits(3);
    std::fs::rename(moved(&world.store()), world.store()).unwrap();
    let kept = world.kept();
    kept.end_lease();
    let fence = kept.take_lease();
    request(&world, &provider).exits(0);
    assert_eq!(kept.token(), token(2));
    assert_eq!(kept.found().lease.map(|lease| lease.fence), Some(fence));
}

/// The user writes another token into the file while the renewal is under way: that one counts, and the new
/// one is not lost to whatever gives way later.
#[test]
fn what_the_user_wrote_meanwhile_counts_and_the_new_token_is_kept_beside_it() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    provider.set(|state| {
        state.moves = Some(world.store());
        state.holds = true;
    });
    std::thread::scope(|scope| {
        let renewing = scope.spawn(|| world.run(&RENEW, b"").exits(3));
        provider.until(|state| state.renewals == 1);
        let by_hand = "token = \"by-hand\"\ntoken_secret = \"canary-hand\"\n";
        let written = [by_hand, &world.written()].concat();
        world.files().write("config/profiles/acme.toml", written);
        provider.set(|state| state.holds = false);
        let told = renewing.join().unwrap().err;
        assert!(told.contains("[other.unstored]"), "{told}");
    });
    std::fs::rename(moved(&world.store()), world.store()).unwrap();
    // It counts, whatever the provider says of it.
    let _refused = request(&world, &provider);
    assert_eq!(world.kept().token(), "by-hand");
    let written = world.written();
    for lines in [
        format!(
            "[other.unstored]\nconsumer_key = \"dpf43f3p2l4k3l03\"\nconsumer_secret = \"canary-consumer\"\ntoken = \"{}\"\ntoken_secret = \"canary-2\"\nsession_handle = \"canary-handle\"",
            token(2)
        ),
        format!("token = \"{}\"", token(1)),
    ] {
        assert!(written.contains(&lines), "{lines}: {written}");
    }
}

/// The profile is another consumer's by then: the token is none for it, and its secret none for the token.
#[test]
fn what_came_for_another_consumer_is_kept_apart() {
    for lines in [
        "",
        "token = \"another\"\ntoken_secret = \"canary-another\"\n",
    ] {
        let provider = Provider::start();
        let world = provider.world(GOOD);
        request(&world, &provider).exits(0);
        provider.set(|state| {
            state.moves = Some(world.store());
            state.holds = true;
        });
        std::thread::scope(|scope| {
            let renewing = scope.spawn(|| world.run(&RENEW, b"").exits(3));
            provider.until(|state| state.renewals == 1);
            let other =
                format!("consumer_key = \"other\"\nconsumer_secret = \"canary-other\"\n{lines}");
            world.files().write("config/profiles/acme.toml", other);
            provider.set(|state| state.holds = false);
            let told = renewing.join().unwrap().err;
            assert!(told.contains("[other.unstored]"), "{told}");
            assert!(told.contains("another consumer"), "{told}");
        });
        let written = world.written();
        let (own, beside) = written.split_once("[other.unstored]").unwrap();
        assert_eq!(own.contains("token = \"another\""), !lines.is_empty());
        assert!(!own.contains(&token(2)), "{written}");
        assert!(!own.contains("unstored"), "{written}");
        assert!(
            beside.contains("consumer_key = \"dpf43f3p2l4k3l03\""),
            "{written}"
        );
        assert!(
            beside.contains(&format!("token = \"{}\"", token(2))),
            "{written}"
        );
        assert!(!beside.contains("canary-other"), "{written}");
    }
}

/// Neither in the store nor in the file: nothing says that all is well.
#[test]
fn what_can_be_written_nowhere_is_told() {
    let provider = Provider::start();
    let world = provider.world(GOOD);
    request(&world, &provider).exits(0);
    provider.set(|state| state.moves = Some(world.store()));
    let fresh = world.files().path().join("config/profiles/.acme.toml.new");
    std::fs::create_dir(&fresh).unwrap();
    let ran = world.run(&RENEW, b"").exits(3);
    assert!(ran.err.contains("this process alone has it"), "{}", ran.err);
}

#[cfg(feature = "proxy")]
mod proxy {
    use countersign_clock::system;

    use super::{TOLD, is_safe};
    use crate::proxy::Proxy;
    use crate::token::World;
    use crate::token::provider::{EXPIRED, GOOD, Provider, token};

    fn start(world: &World, provider: &Provider) -> Proxy {
        let arguments = ["--profile", "acme", "--upstream", &provider.base];
        let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
        Proxy::start_with(world.files().path(), &arguments, &variables)
    }

    #[test]
    fn a_proxy_that_stops_writes_it_into_the_file() {
        let provider = Provider::start();
        let world = provider.world(EXPIRED);
        provider.set(|state| state.moves = Some(world.store()));
        let proxy = start(&world, &provider);
        assert_eq!(proxy.get("/").body, "served");
        proxy.signal("-TERM");
        let (code, log) = proxy.ended();
        assert_eq!(code, 3, "{log}");
        assert!(log.contains(TOLD), "{log}");
        is_safe(&world, &provider);
    }

    /// Also of one that is killed: it does not wait for its end.
    #[test]
    fn a_proxy_that_runs_writes_it_into_the_file() {
        let provider = Provider::start();
        let world = provider.world(EXPIRED);
        provider.set(|state| state.moves = Some(world.store()));
        let proxy = start(&world, &provider);
        assert_eq!(proxy.get("/").body, "served");
        let begun = system::now();
        while !world.written().contains(&token(2)) {
            assert!(system::now().since(begun) < 30, "{}", world.written());
            std::thread::sleep(core::time::Duration::from_millis(50));
        }
        drop(proxy);
        is_safe(&world, &provider);
    }

    /// Whoever asked has gone, and the answer is still on its way.
    #[test]
    fn a_proxy_that_stops_waits_for_a_renewal() {
        use std::io::Write as _;

        let provider = Provider::start();
        let world = provider.world(EXPIRED);
        provider.set(|state| {
            state.moves = Some(world.store());
            state.holds = true;
        });
        let proxy = start(&world, &provider);
        let mut gone = proxy.connect();
        let request = format!("GET / HTTP/1.1\r\n{}\r\n", proxy.fields());
        gone.write_all(request.as_bytes()).unwrap();
        provider.until(|state| state.renewals == 1);
        drop(gone);
        proxy.signal("-TERM");
        std::thread::sleep(core::time::Duration::from_secs(1));
        provider.set(|state| state.holds = false);
        let (code, log) = proxy.ended();
        assert_eq!(code, 3, "{log}");
        is_safe(&world, &provider);
    }

    /// In a hurry, too, it waits for the rest of an answer that has begun to come.
    #[test]
    fn a_proxy_that_is_to_stop_at_once_waits_for_an_answer_that_began() {
        use std::io::Write as _;

        let provider = Provider::start();
        let world = provider.world(EXPIRED);
        provider.set(|state| {
            state.moves = Some(world.store());
            state.stalls = true;
        });
        let proxy = start(&world, &provider);
        let mut gone = proxy.connect();
        let request = format!("GET / HTTP/1.1\r\n{}\r\n", proxy.fields());
        gone.write_all(request.as_bytes()).unwrap();
        provider.until(|state| state.heads == 1);
        drop(gone);
        let pause = core::time::Duration::from_millis;
        std::thread::sleep(pause(300));
        proxy.signal("-TERM");
        std::thread::sleep(pause(700));
        proxy.signal("-TERM");
        std::thread::sleep(pause(2500));
        provider.set(|state| state.stalls = false);
        let (code, log) = proxy.ended();
        assert_eq!(code, 3, "{log}");
        is_safe(&world, &provider);
    }

    #[test]
    fn a_proxy_renews_ahead_of_the_end_though_nobody_asks() {
        let provider = Provider::start();
        let end = system::now().saturating_add(6).seconds();
        let world = provider.world(&format!("{GOOD}token_expires = {end}\n"));
        let proxy = start(&world, &provider);
        let begun = system::now();
        while world.kept().token() != token(2) {
            assert!(system::now().since(begun) < 30);
            std::thread::sleep(core::time::Duration::from_millis(50));
        }
        assert_eq!(proxy.get("/").body, "served");
        proxy.stop();
        assert_eq!(
            provider.set(|state| (state.renewals, state.requests)),
            (1, 1)
        );
    }
}
