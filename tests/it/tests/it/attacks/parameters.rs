//! Parameters: twice, in two places, in spellings that are none.

use countersign_base_string::Place;

use crate::http_world::{FORM, HONEST, Sent, World};

const REJECTED: &str = "parameter_rejected";

#[tokio::test]
async fn h29_a_parameter_twice() {
    let world = World::fresh().await;
    let first = world.victim().nonce("first");
    for second in ["first", "second", ""] {
        let sent = first.clone().and("oauth_nonce", second).sign();
        let answer = world.refuse(&sent, 400, REJECTED).await;
        assert_eq!(
            super::names(&answer, "oauth_parameters_rejected"),
            ["oauth_nonce"]
        );
    }
    let all = first
        .and("oauth_nonce", "x")
        .and("oauth_token", "y")
        .and("oauth_token", "y");
    let answer = world.refuse(&all.sign(), 400, REJECTED).await;
    let rejected = super::names(&answer, "oauth_parameters_rejected");
    assert_eq!(rejected, ["oauth_nonce", "oauth_token"]);
}

#[tokio::test]
async fn h30_parameters_in_two_places() {
    let world = World::fresh().await;
    // Each place for itself is good.
    for place in [Place::Header, Place::Query, Place::Body] {
        let mut call = world.victim().place(place);
        if place == Place::Body {
            call.method = "POST";
            call = call.body(FORM, "a=b");
        }
        world.accept(&call.sign()).await;
    }
    for target in [
        "/photos?oauth_token=x",
        "/photos?oauth_nonce=other",
        "/photos?oauth_foo=",
    ] {
        let sent = world.call(crate::http_world::VICTIM, target).sign();
        world.refuse(&sent, 400, REJECTED).await;
    }
    let mut call = world.victim().body(FORM, "oauth_verifier=x");
    call.method = "POST";
    world.refuse(&call.sign(), 400, REJECTED).await;
    let mut call = call.body(FORM, "a=b").place(Place::Query);
    let twice = call.sign().and(
        "authorization",
        call.clone().place(Place::Header).sign().authorization(),
    );
    world.refuse(&twice, 400, REJECTED).await;
    call.target = "/photos".to_owned();
    world.accept(&call.place(Place::Body).sign()).await;
}

#[tokio::test]
async fn h34_polluted_parameters_are_passed_on_as_they_came() {
    let world = World::fresh().await;
    for query in [
        "amount=1&amount=1000",
        "amount=1000&amount=1",
        "a[]=1&a[]=2&a=3",
        "a;b=1;c",
        "&&a&=&b=",
        "%61=1&a=2",
    ] {
        let target = format!("/pay?{query}");
        let sent = world.call(HONEST, &target).sign();
        let answer = world.accept(&sent).await;
        let seen = answer.body.split(' ').nth(2).unwrap();
        assert_eq!(seen, target);
    }
    // The verdict is the same in either order, and it is for one request only.
    let sent = world.call(HONEST, "/pay?amount=1&amount=1000").sign();
    let swapped = Sent {
        target: "/pay?amount=1000&amount=1".to_owned(),
        ..sent.clone()
    };
    world.accept(&swapped).await;
    world.refuse(&sent, 401, "nonce_used").await;
    let one = Sent {
        target: "/pay?amount=1000".to_owned(),
        ..sent
    };
    world.refuse(&one, 401, "signature_invalid").await;
}

#[tokio::test]
async fn h41_parameters_without_end() {
    let world = World::fresh().await;
    let form = |pairs: Vec<String>| {
        let mut call = world.victim().body(FORM, pairs.join("&"));
        call.method = "POST";
        call.sign()
    };
    let distinct = (0..100_000).map(|number| format!("n{number}")).collect();
    let equal = core::iter::repeat_n("a=1".to_owned(), 100_000).collect();
    let layers = vec![format!("a={}", "%25".repeat(100_000))];
    for sent in [form(distinct), form(equal)] {
        world.refuse(&sent, 413, "").await;
    }
    // One value is one value, however often it was encoded; it is decoded once.
    world.accept(&form(layers)).await;
    world
        .refuse(&form(vec!["a".repeat((1 << 20) + 1)]), 413, "")
        .await;
    // Five are in the field, and one in the query.
    let most = |count: usize| (0..count).map(|number| format!("n{number}=")).collect();
    world.accept(&form(most(994))).await;
    world.refuse(&form(most(995)), 413, "").await;
    let target = format!("/photos?{}", "a".repeat(60_000));
    world.accept(&world.call(HONEST, &target).sign()).await;
}

#[tokio::test]
async fn h44_encodings_that_are_none() {
    let world = World::fresh().await;
    let good = world.victim().nonce("a").sign();
    for bad in ["%", "a%", "%G1", "%0", "%4x", "%ff", "%c0%af", "%ed%a0%80"] {
        let sent = good
            .clone()
            .replaced("oauth_nonce=\"a\"", &format!("oauth_nonce=\"{bad}\""));
        world.refuse(&sent, 400, REJECTED).await;
        let sent = Sent {
            target: format!("/photos?size={bad}"),
            ..good.clone()
        };
        let answer = world.send(&sent).await;
        // In the query octets are octets; whether they are text is the handler's business.
        let malformed = !matches!(bad, "%ff" | "%c0%af" | "%ed%a0%80");
        let problem = if malformed {
            REJECTED
        } else {
            "signature_invalid"
        };
        assert_eq!(answer.problem(), problem, "{bad}");
        let mut call = world.victim().body(FORM, "a=b");
        call.method = "POST";
        let sent = Sent {
            body: format!("a={bad}").into(),
            ..call.sign()
        };
        let answer = world.send(&sent).await;
        assert_eq!(answer.problem(), problem, "{bad}");
    }
    let nul = good
        .clone()
        .replaced("oauth_nonce=\"a\"", "oauth_nonce=\"%00\"");
    world.refuse(&nul, 400, REJECTED).await;
    world.accept(&good).await;

    // A plus is a plus in the field, and a blank in a query and a form.
    let plus = world.victim().nonce("a+b").sign();
    world.accept(&plus.replaced("a%2Bb", "a+b")).await;
    for (signed, sent) in [("a%20b", "a+b"), ("a+b", "a%20b")] {
        let call = world.call(HONEST, &format!("/photos?q={signed}"));
        let sent = Sent {
            target: format!("/photos?q={sent}"),
            ..call.sign()
        };
        world.accept(&sent).await;
        let mut call = world.victim().body(FORM, format!("q={signed}"));
        call.method = "POST";
        let sent = Sent {
            body: sent.target.split_once('?').unwrap().1.into(),
            ..call.sign()
        };
        world.accept(&sent).await;
    }
    let other = Sent {
        target: "/photos?q=a%2Bb".to_owned(),
        ..world.call(HONEST, "/photos?q=a+b").sign()
    };
    world.refuse(&other, 401, "signature_invalid").await;

    // Small hexadecimal digits are no other signature.
    let sent = world.victim().nonce("a/b~c").sign();
    world.accept(&sent.replaced("a%2Fb", "a%2fb")).await;
}

#[tokio::test]
async fn h45_nothing_that_was_sent_comes_back() {
    let world = World::fresh().await;
    let long = "x".repeat(5_000);
    let hostile = [
        "\"\r\nSet-Cookie: evil=1",
        "<script>alert(1)</script>",
        "\u{1b}[31mred",
        "\u{2028}\u{202e}",
        "\", oauth_problem=\"none",
        &long,
    ];
    for value in hostile {
        for name in [
            "oauth_consumer_key",
            "oauth_token",
            "oauth_nonce",
            "oauth_verifier",
            "oauth_callback",
        ] {
            let sent = world.victim().set(name, value).sign();
            let before = world.snapshot();
            let answer = world.send(&sent).await;
            let accepted = answer.status == 200;
            // A verifier or callback has no meaning here and is only signed, and any visible
            // characters make a nonce.
            let harmless = ["oauth_verifier", "oauth_callback", "oauth_nonce"].contains(&name);
            assert!(!accepted || harmless, "{answer:?}");
            if !accepted {
                assert_eq!(world.snapshot(), before);
                assert!(matches!(answer.status, 400 | 401), "{answer:?}");
                let kind = "application/x-www-form-urlencoded";
                assert_eq!(answer.field("content-type"), Some(kind));
                assert!(!answer.problem().is_empty());
            }
            assert_eq!(answer.field("set-cookie"), None);
            for text in answer
                .fields
                .iter()
                .map(|(_, value)| value)
                .chain([&answer.body])
            {
                assert!(
                    text.bytes()
                        .all(|byte| byte == b' ' || byte.is_ascii_graphic()),
                    "{text}"
                );
                for part in ["<script", "evil", "alert", "[31m", "xxxx", "\"none"] {
                    assert!(!text.contains(part), "{part} in {text}");
                }
            }
        }
    }
    world.accept(&world.call(HONEST, "/photos").sign()).await;
}
