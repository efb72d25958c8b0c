//! What holds for all types together.

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::Method;
use http::{Request, Response};

use crate::{
    Body, Callback, Client, Consumer, Pending, Renewal, Service, SessionState, Stamp, Start, Token,
    XAuth,
};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const CANARY: &str = "c4n4ry";

fn secret() -> Secret {
    Secret::new(CANARY)
}

fn stamp() -> Stamp<'static> {
    Stamp::new(NOW, "nonce")
}

fn made(consumer: Consumer, method: &'static Method) -> Vec<String> {
    let client = Client::new(consumer.clone(), method).unwrap();
    let service = Service::new(
        "https://a.example/r",
        "https://a.example/a",
        "https://a.example/t",
    );
    let service = service.unwrap();
    let token = Token::new("token", secret());
    let credentials = client.with_token(&token).unwrap();
    let state = SessionState::from_kept(CANARY);
    let callback = Callback::out_of_band();
    let start = Start::new(&client, &service, callback.clone(), &state).unwrap();
    let pending = Pending::new(&client, &service, &callback, token.clone(), &state);
    let approved = pending.with_verifier(CANARY).unwrap();
    let renewal = Renewal::new(&client, &service, &token, &secret()).unwrap();
    let login = XAuth::new(&client, &service, "jane", secret()).unwrap();
    let request = Request::get("https://a.example/").body(()).unwrap();
    let instructions = credentials.sign(&request, Body::EMPTY, stamp()).unwrap();
    let mut signed = request;
    instructions.apply_to_head(&mut signed).unwrap();
    let answer = "oauth_token=t&oauth_token_secret=c4n4ry&oauth_session_handle=c4n4ry&other=c4n4ry";
    let access = client
        .read_access_token(&Response::new(answer), NOW)
        .unwrap();
    let half = client.read_access_token(&Response::new("oauth_token_secret=c4n4ry"), NOW);
    let half = half.unwrap_err();
    let twice = "oauth_token=t&oauth_token_secret=c4n4ry&oauth_token_secret=c4n4ry";
    let twice = client
        .read_access_token(&Response::new(twice), NOW)
        .unwrap_err();
    let refused = pending
        .come_back(
            "oauth_token=token&oauth_verifier=c4n4ry&oauth_verifier=c4n4ry",
            &state,
        )
        .unwrap_err();
    vec![
        format!("{consumer:?} {client:?} {token:?} {credentials:?} {state:?} {start:?}"),
        format!("{consumer:#?} {client:#?} {token:#?} {credentials:#?} {state:#?} {start:#?}"),
        format!("{pending:?} {approved:?} {renewal:?} {login:?} {instructions:?} {access:?}"),
        format!("{pending:#?} {approved:#?} {renewal:#?} {login:#?} {instructions:#?} {access:#?}"),
        format!("{signed:?} {half:?} {half} {twice:?} {twice} {refused:?} {refused}"),
        format!("{:?}", Body::Bytes(CANARY.as_bytes())),
        format!(
            "{:?} {:?}",
            Body::Form(&[("x", CANARY)]),
            Body::Hashed(CANARY)
        ),
    ]
}

#[test]
fn no_debug_and_no_error_shows_a_secret() {
    let hmac = Consumer::hmac("key", secret());
    let plaintext = Consumer::dangerous_plaintext("key", secret());
    for (consumer, method) in [
        (hmac, Method::HMAC_SHA1),
        (plaintext, Method::dangerous_plaintext()),
    ] {
        for shown in made(consumer, method) {
            assert!(!shown.contains(CANARY), "{shown}");
        }
    }
}

#[test]
fn what_is_kept_can_be_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<crate::Credentials>();
    shared::<Client>();
    shared::<Pending>();
    shared::<crate::Approved>();
    shared::<crate::AccessToken>();
    shared::<crate::ClockOffsets>();
}
