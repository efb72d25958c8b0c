//! What is kept of a refusal names the checks that were made before it, whatever it is for.

use crate::support::{FORM, Unsigned, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_the_checks_that_passed_before_it() {
    let world = World::new().await;
    let temporary = Unsigned::post("/oauth/RequestToken", FORM, b"");
    let elsewhere = Unsigned {
        callback: Some("https://elsewhere.example/"),
        ..temporary
    };
    let token = Unsigned::post("/oauth/AccessToken", FORM, b"");
    for (unsigned, cause, is_signed) in [
        (temporary, "missing", false),
        (elsewhere, "callback", true),
        (token, "missing", true),
    ] {
        let answer = world.send(Some(&world.client()), &unsigned).await;
        let record = world.kept(&answer).await;
        assert_eq!(record.cause, cause, "{record:?}");
        let passed = &record.explanation.passed;
        let has = |id: &str| passed.iter().any(|known| known == id);
        assert!(has("required") && has("timestamp"), "{record:?}");
        let after = ["consumer", "method", "signature", "token_state", "nonce"];
        assert_eq!(after.map(has), [is_signed; 5], "{record:?}");
        assert!(record.explanation.failed.is_empty(), "{record:?}");
    }
}
