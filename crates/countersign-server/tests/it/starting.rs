//! Starts that succeed, starts that are refused, and restarts.

use core::time::Duration;

use countersign_clock::UnixTime;
use countersign_server::{StartError, Warning};
use countersign_signature::OsRandom;
use countersign_store::{Insertion, Nonce, NonceLimits, NonceStore as _};
use countersign_store_sqlite::{Options, SqliteStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::beside::sealer;
use crate::support::{FORM, NOW, Unsigned, World};

const FREE: &str = "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_makes_store_and_keys_for_its_owner_alone() {
    let world = World::new().await;
    for name in [
        "countersign.db",
        "countersign.key",
        "countersign-service.db",
        "countersign-audit.log",
    ] {
        let metadata = std::fs::metadata(world.path(name)).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
        }
        assert!(metadata.is_file());
    }
    let keys = world.read("countersign.key");
    let secret = crate::support::SECRET;
    assert!(!world.read("countersign.db").contains(secret), "sealed");
    assert!(!keys.contains(secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_known_after_a_restart() {
    let mut world = World::new().await;
    let address = world.address();
    let request = world.request(Some(&world.client()), &Unsigned::get("/echo"));
    assert_eq!(world.raw(&request).await.status, 200);
    world.stop().await;
    // The same address, as the request is signed for it.
    let listen = format!("public_url = \"http://{address}\"\n");
    world.start(&listen, "").await.unwrap();
    let answer = world.raw(&request).await;
    assert_eq!(answer.problem(), Some("nonce_used"), "{answer:?}");
}

/// A form on its way to the login page, of which one byte came.
async fn slow_form(world: &World) -> TcpStream {
    let mut stream = TcpStream::connect(world.address()).await.unwrap();
    let head = "POST /oauth/login HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_at_the_end_is_cut_off_and_the_store_is_closed() {
    let mut world = World::with("drain_seconds = 0\n", "").await;
    let mut stream = slow_form(&world).await;
    world.stop().await;
    world.start("", "").await.unwrap();
    let mut rest = Vec::new();
    let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    let is_over = read.expect("the connection ends").is_err() || rest.is_empty();
    assert!(is_over, "{rest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_at_the_end_is_answered() {
    let mut world = World::with("drain_seconds = 20\n", "").await;
    let mut stream = slow_form(&world).await;
    let rest = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.write_all(b"=1&b=234").await.unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        rest
    });
    world.stop().await;
    let rest = rest.await.unwrap();
    assert!(rest.starts_with("HTTP/1.1 403 "), "{rest}");
}

/// As many bytes as the configuration says are kept for bodies on their way.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_the_room_that_the_configuration_gives() {
    let world = World::with("body_room_mib = 1\n", "").await;
    let text = [b"a=".as_slice(), &[b'1'; 800_000]].concat();
    let unsigned = Unsigned::post("/echo", FORM, &text);
    let bytes = || world.request(Some(&world.client()), &unsigned);
    // None of the two is whole, and there is no room for both.
    let held = async || {
        let bytes = bytes();
        let mut stream = TcpStream::connect(world.address()).await.unwrap();
        let _refused = stream.write_all(&bytes[..bytes.len() - 1]).await;
        let mut told = [0; 12];
        stream.read_exact(&mut told).await.unwrap();
        told
    };
    let first = async {
        tokio::select! {
            told = held() => told,
            told = held() => told,
        }
    };
    let told = timeout(Duration::from_secs(20), first).await;
    assert_eq!(&told.expect("one is refused"), b"HTTP/1.1 503");
    // With those two goes what they took.
    let alone = async { while world.raw(&bytes()).await.status != 200 {} };
    timeout(Duration::from_secs(20), alone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_serves_from_a_store() {
    let world = World::new().await;
    let error = world.open(FREE, false).await.unwrap_err();
    assert!(matches!(error, StartError::Store(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_is_not_made_anew_in_silence() {
    let mut world = World::new().await;
    let address = world.address();
    let request = world.request(Some(&world.client()), &Unsigned::get("/echo"));
    assert_eq!(world.raw(&request).await.status, 200);
    world.stop().await;
    for ending in ["", "-wal", "-shm", "-lease"] {
        let _absent = std::fs::remove_file(world.path(&format!("countersign.db{ending}")));
    }
    let error = world.open(FREE, false).await.unwrap_err();
    assert!(matches!(error, StartError::Lost { .. }), "{error}");
    assert!(error.to_string().contains("--after-loss"), "{error}");
    let listen = format!("public_url = \"http://{address}\"\n");
    world.start_after(&listen, "", true).await.unwrap();
    let answer = world.raw(&request).await;
    assert_eq!(
        answer.status, 503,
        "what was accepted before is not known: {answer:?}"
    );
    assert_eq!(answer.problem(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused_by_name() {
    let world = World::stopped();
    let cases = [
        ("listen = \"0.0.0.0:0\"", "public_url"),
        (
            "listen = \"0.0.0.0:0\"\npublic_url = \"http://api.example.com\"",
            "public_url",
        ),
        (
            "listen = \"0.0.0.0:0\"\npublic_url = \"https://api.example.com\"",
            "tls",
        ),
        ("public_url = \"https://api.example.com/v1\"", "public_url"),
        ("trusted_proxies = [\"everybody\"]", "trusted_proxies"),
        ("header_seconds = 0", "header_seconds"),
        ("body_room_mib = 0", "body_room_mib"),
    ];
    for (line, key) in cases {
        let listen = if line.contains("listen") {
            ""
        } else {
            "listen = \"127.0.0.1:0\"\n"
        };
        let text = format!("[server]\nadmin_listen = \"127.0.0.1:0\"\n{listen}{line}\n");
        let error = world.open(&text, false).await.unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, StartError::Config(_)), "{line}: {message}");
        assert!(
            message.starts_with(&format!("[server] {key}: expected ")),
            "{message}"
        );
        assert!(!world.path("countersign.db").exists(), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_entries_of_one_name_are_refused() {
    let world = World::stopped();
    let consumer =
        "[[consumer]]\nkey = \"a\"\nkind = \"public\"\nsecret_file = \"consumer.secret\"\n";
    let user = "[[user]]\nname = \"ann\"\npassword_hash = \"x\"\n";
    for (entry, says) in [
        (
            consumer,
            "[[consumer]] key: expected each key once, found \"a\" twice",
        ),
        (
            user,
            "[[user]] name: expected each name once, found \"ann\" twice",
        ),
    ] {
        let error = world.open(&format!("{FREE}{entry}{entry}"), false).await;
        assert_eq!(error.unwrap_err().to_string(), says);
        assert!(!world.path("countersign.db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_behind_tls_is_refused_by_that_reason() {
    let world = World::stopped();
    let text = format!("{FREE}upstream = \"https://127.0.0.1:1\"\n");
    let error = world.open(&text, false).await.unwrap_err().to_string();
    assert!(error.contains("no TLS is spoken"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_tells_what_wants_looking_after() {
    let world = World::stopped();
    let server = world.open(FREE, false).await.unwrap();
    let facts = server.facts();
    assert_eq!(facts.warnings, [Warning::NoUsers]);
    assert_eq!((facts.consumers, facts.users), (0, 0));
    assert_eq!(facts.signed_as, format!("http://{}", facts.listen));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_others_can_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::stopped();
    let path = world.path("consumer.secret");
    let text = format!(
        "{FREE}[[consumer]]\nkey = \"a\"\nkind = \"public\"\nsecret_file = \"consumer.secret\"\n"
    );
    for (mode, is_open) in [(0o600, false), (0o640, true), (0o604, true), (0o400, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let server = world.open(&text, false).await.unwrap();
        let warned = server
            .facts()
            .warnings
            .iter()
            .find(|it| it.code() == "secret_readable");
        assert_eq!(warned.is_some(), is_open, "{mode:o}");
        if let Some(warning) = warned {
            assert!(warning.to_string().contains("chmod 600"), "{warning}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_tells_the_fault_of_a_store_from_one_of_the_configuration() {
    let world = World::stopped();
    let consumer = format!("{FREE}[[consumer]]\nkey = \"a\"\nkind = \"public\"\n");
    let named = |file: &str| format!("{consumer}secret_file = \"{file}\"\n");
    for text in [&consumer, &named("none.secret")] {
        let error = world.open(text, false).await.unwrap_err();
        assert!(error.is_misuse(), "{error}");
    }
    drop(world.open(&named("consumer.secret"), false).await.unwrap());
    // The row of the application is there and can't be read.
    let store = rusqlite::Connection::open(world.path("countersign.db")).unwrap();
    store
        .execute("UPDATE consumers SET kind = 'none'", [])
        .unwrap();
    drop(store);
    let error = world.open(&named("consumer.secret"), false).await;
    let error = error.unwrap_err();
    assert!(matches!(error, StartError::Register(_)), "{error}");
    assert!(!error.is_misuse(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_others_can_read_is_refused() {
    let mut world = World::new().await;
    world.stop().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(world.path("countersign.key"), open).unwrap();
        let error = world.open(FREE, false).await.unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_more_is_served_where_very_many_are_busy() {
    const BUSY: usize = 70_000;
    let mut world = World::new().await;
    world.stop().await;
    let sealer = sealer(&world.read("countersign.key"));
    let limits = NonceLimits::default().with_consumers(BUSY);
    let options = Options::sealed_by(sealer).with_nonce_limits(limits);
    let (path, now) = (world.path("countersign.db"), UnixTime::from_seconds(NOW));
    let store = SqliteStore::open(&path, &options, now, OsRandom::new()).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..BUSY {
        let store = store.clone();
        tasks.spawn(async move {
            let consumer = format!("consumer-{number}");
            store.insert(Nonce::new(&consumer, "", now, "n"), now).await
        });
        if tasks.len() >= 4_096 {
            assert_eq!(
                tasks.join_next().await.unwrap().unwrap().unwrap(),
                Insertion::New
            );
        }
    }
    tasks.join_all().await;
    drop(store);
    world.start("", "").await.unwrap();
    let answer = world
        .send(Some(&world.client()), &Unsigned::get("/echo"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_dropped() {
    let mut world = World::new().await;
    let ask = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let answer = world.send(Some(&world.client()), &ask).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    world.stop().await;
    let kept = |world: &World| -> i64 {
        let store = rusqlite::Connection::open(world.path("countersign.db")).unwrap();
        let count = "SELECT count(*) FROM temporary_credentials";
        store.query_row(count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(kept(&world), 1);
    // What has ended is told of for 30 days.
    world.pass(40 * 86_400);
    world.start("", "").await.unwrap();
    for _ in 0..100 {
        if kept(&world) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is kept");
}
