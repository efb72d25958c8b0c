//! Each refusal has an id under which its true cause is kept.

use countersign_server::{RecordedFinding, RefusalReader, RefusalRecord};
use countersign_test_support::fixtures;

use crate::support::{Access, CONSUMER, Client, FORM, NOW, Office, SECRET, Unsigned, World};

const PARTNER: &str = "acme-ledger";
const EXPIRED: &str = "acme-archive";

/// A partner application that signs with RSA, and one whose certificate has expired.
const PARTNERS: &str = "
    [[consumer]]
    key = \"acme-ledger\"
    kind = \"partner\"
    certificates = [\"live.pem\"]
    callbacks = [\"oob\"]
    two_legged = true

    [[consumer]]
    key = \"acme-archive\"
    kind = \"partner\"
    certificates = [\"expired.pem\"]
    two_legged = true
";

fn public(token: Option<(&str, &str)>) -> Client {
    match token {
        None => Client::hmac(CONSUMER, SECRET),
        Some((token, secret)) => Client::hmac_with_token(CONSUMER, SECRET, token, secret),
    }
}

fn partner(token: Option<(&str, &str)>) -> Client {
    let key = fixtures::key("rsa2048.pkcs8.pem");
    Client::rsa(PARTNER, &key, token.map(|(token, _)| token))
}

fn by_token(access: &Access) -> Client {
    public(Some((&access.token, &access.secret)))
}

async fn with_partners() -> World {
    let mut world = World::stopped();
    for name in ["live.pem", "expired.pem"] {
        std::fs::write(world.path(name), fixtures::certificate(name)).unwrap();
    }
    world.start("", PARTNERS).await.unwrap();
    world
}

impl World {
    async fn refused(&self, client: Option<&Client>, unsigned: &Unsigned<'_>) -> RefusalRecord {
        let answer = self.send(client, unsigned).await;
        assert!(answer.status >= 400, "{answer:?}");
        let record = self.kept(&answer).await;
        assert_eq!(record.status, answer.status);
        assert_eq!(record.problem.as_deref(), answer.problem());
        record
    }
}

fn first(record: &RefusalRecord) -> &RecordedFinding {
    let findings = &record.explanation.findings;
    findings.first().unwrap_or_else(|| panic!("{record:?}"))
}

/// Everything that the evidence says, in one text.
fn told(record: &RefusalRecord) -> String {
    let evidence = &first(record).evidence;
    let texts = evidence.iter().flat_map(|it| {
        let texts = [
            Some(&it.what),
            it.found.as_ref(),
            it.expected.as_ref(),
            it.note.as_ref(),
        ];
        texts.into_iter().flatten()
    });
    texts.cloned().collect::<Vec<_>>().join(" | ")
}

#[track_caller]
fn check(record: &RefusalRecord, cause: &str, code: &str, confidence: &str, says: &str) {
    assert_eq!(record.cause, cause, "{record:?}");
    let found = first(record);
    assert_eq!(
        (&*found.code, &*found.confidence),
        (code, confidence),
        "{record:?}"
    );
    assert!(told(record).contains(says), "{says}: {}", told(record));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eight_refusals_have_their_causes() {
    let mut world = with_partners().await;
    world.stop().await;
    let office = Office::beside(&world);
    let revoked = office.connect(public, "ann", "Revoked Ltd").await;
    let role = office.connect(public, "bob", "Role Ltd").await;
    let replaced = office.connect(public, "cat", "Twice Ltd").await;
    office.connect(public, "dan", "Twice Ltd").await;
    let stale = office.connect(partner, "eve", "Renewed Ltd").await;
    let newest = office.renew(partner, &stale).await;
    let (provider, now) = (&office.provider, office.now);
    assert!(
        provider
            .disconnect(CONSUMER, "Revoked Ltd", now)
            .await
            .unwrap()
    );
    assert_eq!(
        provider
            .role_changed("bob", "Role Ltd", "readonly", now)
            .await
            .unwrap(),
        1
    );
    drop(office);
    world.start("", PARTNERS).await.unwrap();

    let get = Unsigned::get("/echo?size=original");
    let ended = "ended 2023-11-14T22:13:20Z";
    let of_tokens = [
        (&revoked, "revoked_by_user", "token.revoked"),
        (&role, "role_changed", "token.role_changed"),
        (&replaced, "replaced", "token.replaced"),
    ];
    for (access, cause, code) in of_tokens {
        let record = world.refused(Some(&by_token(access)), &get).await;
        check(&record, cause, code, "proven", ended);
        assert_eq!(record.problem.as_deref(), Some("token_rejected"));
        assert_eq!(record.consumer.as_deref(), Some(CONSUMER));
        assert_eq!(first(&record).side, "account");
        assert!(record.explanation.passed.iter().any(|it| it == "signature"));
        assert_eq!(record.explanation.failed, ["token_state"]);
        assert_eq!((&*record.endpoint, &*record.method), ("echo", "GET"));
    }

    let renewal = Unsigned {
        session_handle: stale.handle.as_deref(),
        ..Unsigned::post("/oauth/AccessToken", FORM, b"")
    };
    let late = partner(Some((&stale.token, "")));
    let record = world.refused(Some(&late), &renewal).await;
    check(
        &record,
        "superseded",
        "token.renewal_stale",
        "proven",
        "this one, number 1, was issued 2023-11-14T22:13:20Z; the newest, number 2, 2023-11-14T22:13:20Z",
    );
    assert_eq!(record.endpoint, "access_token");
    let renewal = Unsigned {
        session_handle: newest.handle.as_deref(),
        ..renewal
    };
    let right = partner(Some((&newest.token, "")));
    assert_eq!(world.send(Some(&right), &renewal).await.status, 200);

    for (off, says) in [
        (
            -301,
            "301 s before the service's clock | at most 300 s before it",
        ),
        (
            301,
            "301 s after the service's clock | at most 300 s after it",
        ),
        (-90_000_000, "more than a year before"),
    ] {
        let unsigned = Unsigned {
            at: NOW + off,
            ..get
        };
        let record = world.refused(Some(&public(None)), &unsigned).await;
        check(&record, "timestamp", "time.skew", "proven", says);
        assert_eq!(
            record.consumer.as_deref(),
            Some(CONSUMER),
            "looked up later"
        );
    }

    let key = fixtures::key("rsa2048.pkcs8.pem");
    let record = world
        .refused(Some(&Client::rsa(EXPIRED, &key, None)), &get)
        .await;
    check(
        &record,
        "certificate",
        "rsa.certificate_expired",
        "proven",
        "expired 2015-01-01T00:00:00Z; SHA-256 ",
    );

    let other = fixtures::key("rsa2048-other.pkcs8.pem");
    let record = world
        .refused(Some(&Client::rsa(PARTNER, &other, None)), &get)
        .await;
    check(
        &record,
        "signature",
        "rsa.not_this_key_or_altered",
        "likely",
        "valid until 2099-12-31T23:59:59Z; SHA-256 ",
    );
    assert_eq!(first(&record).also, ["rsa.key_mismatch"]);
    assert_eq!(world.send(Some(&partner(None)), &get).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deviation_is_found_and_told_by_its_place() {
    let world = World::new().await;
    // Signed without the third parameter, as if a proxy had added it.
    let client = world.client();
    let signed = world.request(Some(&client), &Unsigned::get("/echo?a=1&b=2"));
    let signed = String::from_utf8(signed).unwrap();
    let sent = signed.replacen("?a=1&b=2", "?a=1&b=2&added-by-a-proxy=1", 1);
    let answer = world.raw(sent.as_bytes()).await;
    assert_eq!(answer.problem(), Some("signature_invalid"), "{answer:?}");
    let record = world.kept(&answer).await;
    check(
        &record,
        "signature",
        "sbs.query_omitted",
        "proven",
        "query parameter 3",
    );
    assert_eq!(first(&record).also, ["sbs.param_missing"]);
    assert!(record.explanation.tried > 0);
    assert!(!format!("{record:?}").contains("added-by-a-proxy"));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_causes_are_known_as_well() {
    let world = World::new().await;
    let client = world.client();
    let get = Unsigned::get("/echo");
    let request = world.request(Some(&client), &get);
    assert_eq!(world.raw(&request).await.status, 200);
    let record = world.kept(&world.raw(&request).await).await;
    check(&record, "nonce", "nonce.reuse", "proven", "");

    let stranger = Client::hmac("nobody-knows-me", SECRET);
    let record = world.refused(Some(&stranger), &get).await;
    check(&record, "consumer", "consumer.unknown", "proven", "");
    assert_eq!(record.consumer, None);

    let token = Client::hmac_with_token(CONSUMER, SECRET, "no-such-token", "");
    let record = world.refused(Some(&token), &get).await;
    check(&record, "token", "token.unknown", "proven", "");

    let rsa = Client::rsa(CONSUMER, &fixtures::key("rsa2048.pkcs8.pem"), None);
    let record = world.refused(Some(&rsa), &get).await;
    check(
        &record,
        "method",
        "rsa.no_certificate",
        "proven",
        "is registered with a secret",
    );

    let ask = Unsigned::post("/oauth/RequestToken", FORM, b"");
    let record = world.refused(Some(&client), &ask).await;
    check(
        &record,
        "missing",
        "callback.config",
        "proven",
        "oauth_callback",
    );
    assert_eq!(record.endpoint, "request_token");

    let record = world.refused(None, &get).await;
    check(&record, "grammar", "hdr.absent", "proven", "");

    let hashed = Unsigned {
        method: "PUT",
        ..Unsigned::post("/echo", "application/json", b"{\"a\":1}").hashed()
    };
    let request = String::from_utf8(world.request(Some(&client), &hashed)).unwrap();
    let altered = request.replacen("{\"a\":1}", "{\"a\":2}", 1);
    let record = world.kept(&world.raw(altered.as_bytes()).await).await;
    assert_eq!((&*record.cause, &*record.method), ("body_hash", "PUT"));
    assert!(first(&record).code.starts_with("bodyhash."), "{record:?}");

    let strange = String::from_utf8(world.request(Some(&client), &get)).unwrap();
    let strange = strange.replacen("GET /", "BREW /", 1);
    let record = world.kept(&world.raw(strange.as_bytes()).await).await;
    assert_eq!(record.method, "other");
    assert_eq!(first(&record).code, "method.mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_kept_when_the_service_ends() {
    let mut world = World::new().await;
    let forger = Client::hmac(CONSUMER, "a secret of the forger's own");
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(world.send(Some(&forger), &Unsigned::get("/echo")).await);
    }
    world.stop().await;
    let reader = RefusalReader::open(&world.path("countersign-service.db")).unwrap();
    for answer in answers {
        let id = answer.field("x-request-id").unwrap();
        assert_eq!(reader.find(id).unwrap().unwrap().cause, "signature");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn none_are_kept_where_none_are_wanted_and_few_where_few_are() {
    let world = World::with("", "[refusals]\nkeep = 0\n").await;
    let answer = world.send(None, &Unsigned::get("/echo")).await;
    assert!(answer.field("x-request-id").is_some());
    let reader = RefusalReader::open(&world.path("countersign-service.db")).unwrap();
    assert_eq!(reader.kept().unwrap().count, 0);

    let mut world = World::with("", "[refusals]\nkeep = 4\n").await;
    let forger = Client::hmac(CONSUMER, "a secret of the forger's own");
    for _ in 0..9 {
        world.send(Some(&forger), &Unsigned::get("/echo")).await;
    }
    world.stop().await;
    let reader = RefusalReader::open(&world.path("countersign-service.db")).unwrap();
    assert_eq!(reader.kept().unwrap().count, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_harms_no_request() {
    let world = World::new().await;
    let file = rusqlite::Connection::open(world.path("countersign-service.db")).unwrap();
    file.execute_batch("DROP TABLE refusal").unwrap();
    for _ in 0..3 {
        let refused = world.send(None, &Unsigned::get("/echo")).await;
        assert_eq!(refused.status, 401);
        let client = world.client();
        let accepted = world.send(Some(&client), &Unsigned::get("/echo")).await;
        assert_eq!(accepted.status, 200);
    }
    for _ in 0..250 {
        let counted = world.admin("/metrics").await.body;
        if counted.contains("countersign_refusals_dropped_total{reason=\"file\"}") {
            return;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("the loss is not counted");
}
