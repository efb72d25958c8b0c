//! What the audit trail says of who sent a request: proven by its signature, or only claimed.

use countersign_base_string::{Request, Uri};
use countersign_clock::Window;
use countersign_provider::{Action, BodyFault, BodyRefused, Event, Stores};
use countersign_signature::Method;
use countersign_store::testing::block_on;
use countersign_store::{
    FingerprintKey, MemoryConsumerStore, MemoryNonceStore, MemoryTokenStore, NonceLimits, Start,
};
use countersign_verify::{CheckId, Outcome};

use super::world::{
    CALLBACK, Call, Keys, NOW, ORIGIN, PARTNER, PRIVATE, PUBLIC, Tokens, world, world_over,
};

/// Who sent it: whether it was proven, whether it may be a copy for all that, and whether its nonce says so.
const fn by(event: &Event) -> (bool, bool, bool) {
    (event.proven, event.may_be_replay, event.is_for_nonce)
}

const CLAIMED: (bool, bool, bool) = (false, false, false);
const SIGNED: (bool, bool, bool) = (true, false, false);
const COPIED: (bool, bool, bool) = (true, true, false);
const USED: (bool, bool, bool) = (true, true, true);

/// With another secret than the consumer's.
fn forged(mut call: Call) -> Call {
    call.client.keys = Keys::Hmac("not the consumer's secret");
    call
}

#[test]
fn whose_signature_was_right_is_told_from_strangers() {
    let world = world();
    let tokens = world.connect(PUBLIC, "ann");
    assert!(world.trail.events().iter().all(|it| {
        let is_of_request = matches!(it.action, Action::Exchange | Action::TemporaryCredentials);
        it.proven == is_of_request
    }));
    let (temporary, _) = world.approved(PUBLIC, "ann");
    let unknown = Tokens {
        token: "unknown".to_owned(),
        ..tokens.clone()
    };
    let mut without_verifier = PUBLIC.exchange(&temporary, "");
    without_verifier.verifier = None;
    let wrong_handle = {
        let tokens = world.connect(PARTNER, "bob");
        let handle = Some("another".to_owned());
        PARTNER.renew(&Tokens { handle, ..tokens })
    };
    let mut too_long = PUBLIC.resource(&tokens);
    too_long.verifier = Some("v".repeat(300));
    let mut by_another_method = PUBLIC.resource(&tokens);
    by_another_method.client.keys = PARTNER.keys;
    by_another_method.signature_method = Some(Method::RSA_SHA1);
    for (call, cause, sent) in [
        (PUBLIC.resource(&tokens), None, SIGNED),
        (
            PUBLIC.temporary("https://else.example.com/"),
            Some("callback"),
            SIGNED,
        ),
        (PRIVATE.temporary(CALLBACK), Some("flow"), SIGNED),
        (PUBLIC.resource(&temporary), Some("wrong_kind"), COPIED),
        (without_verifier, Some("missing"), SIGNED),
        (
            PUBLIC.call("POST", "/oauth/AccessToken"),
            Some("missing"),
            SIGNED,
        ),
        (
            PUBLIC.exchange(&temporary, "wrong"),
            Some("wrong_verifier"),
            SIGNED,
        ),
        (wrong_handle, Some("unacceptable"), SIGNED),
        (forged(PUBLIC.resource(&tokens)), Some("signature"), CLAIMED),
        (
            forged(PUBLIC.temporary(CALLBACK)),
            Some("signature"),
            CLAIMED,
        ),
        (
            PUBLIC.call("POST", "/oauth/RequestToken"),
            Some("missing"),
            CLAIMED,
        ),
        (
            PUBLIC.temporary(CALLBACK).with(&tokens),
            Some("unacceptable"),
            CLAIMED,
        ),
        (too_long, Some("too_long"), CLAIMED),
        (PUBLIC.resource(&unknown), Some("token"), CLAIMED),
        (
            PUBLIC.resource(&tokens).at(NOW - 301),
            Some("timestamp"),
            CLAIMED,
        ),
        (by_another_method, Some("method"), CLAIMED),
    ] {
        world.send(&call);
        let event = world.trail.last();
        let told = (event.cause, event.granted, by(&event));
        assert_eq!(told, (cause, cause.is_none(), sent), "{}", call.path);
    }
    let again = PUBLIC.resource(&tokens).nonce("n1");
    world.send(&again);
    world.send(&again);
    let event = world.trail.last();
    assert_eq!((event.cause, by(&event)), (Some("nonce"), USED));
}

/// What is beyond it is not stored: whoever saw such a request can send it as often as a copy.
#[test]
fn a_nonce_beyond_the_quota_is_no_matter_of_the_token() {
    let limits = NonceLimits::default().with_per_consumer(2);
    let key = FingerprintKey::from_bytes([9; 16]);
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::with_limits(key, Window::default(), Start::FirstStart, limits),
    };
    let world = world_over(stores, FingerprintKey::from_bytes([3; 16]), 1, |_| {});
    world.register_all();
    let tokens = world.connect(PUBLIC, "ann");
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_eq!(answer.status, 429);
    let event = world.trail.last();
    assert_eq!((event.cause, by(&event)), (Some("nonce"), USED));
}

#[test]
fn a_body_is_refused_of_whoever_signed_its_head() {
    let world = world();
    let call = PUBLIC.resource(&world.connect(PUBLIC, "ann"));
    let url = format!("{ORIGIN}{}", call.path);
    let authorization = call.sign(NOW);
    let request = Request::new(call.method, Uri::parse(&url).unwrap()).unwrap();
    let request = request.with_authorization(&authorization);
    let (route, now) = (world.provider.route("api"), world.clock.now());
    let verified = block_on(world.provider.verify(&request, &route, now)).unwrap();
    for why in [BodyRefused::HashMismatch, BodyRefused::Unsigned] {
        let refusal = block_on(world.provider.refuse_body(&verified, why, now));
        assert_eq!(by(&world.trail.last()), SIGNED);
        let trail = refusal.trail().unwrap();
        let told = [CheckId::BodyHash, CheckId::Signature, CheckId::Nonce];
        assert_eq!(
            told.map(|check| trail.outcome(check)),
            [Outcome::Failed, Outcome::Passed, Outcome::Passed]
        );
    }
    let unread = world
        .provider
        .refuse_unread(BodyFault::Broken, Action::Request, now);
    block_on(unread);
    assert_eq!(by(&world.trail.last()), CLAIMED);
}
