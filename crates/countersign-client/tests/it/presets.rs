use countersign_client::{
    Body, Callback, Client, Pending, PresetError, Service, SessionState, Stamp, Start, Token,
    XAuth, preset,
};
use countersign_clock::UnixTime;
use countersign_dialect::{Legs, Placement, Provider, Realm, by_id, presets, providers};
use countersign_key::Secret;
use countersign_signature::{Method, Methods};
use http::Request;

use crate::double::{ACCESS, Double, NOW, PARTS, TEMPORARY, VERIFIER, filled};
use crate::keys::{Counter, consumer};

const REALM: &str = "1234567_SB1";

/// Rows that people ask for by name.
const NAMED: &[&str] = &[
    "x",
    "netsuite-tba",
    "mastercard",
    "atlassian-data-center",
    "magento",
    "woocommerce",
    "tumblr",
    "discogs",
    "mediawiki",
    "smugmug",
    "garmin",
    "trello",
    "bricklink",
    "lti-1",
];

/// The client of a row for one of its methods, and the double.
fn made(row: &'static Provider, name: &str) -> (Client, Double) {
    let known = Methods::standard().dangerous_with_plaintext();
    let method = known.find(name).unwrap();
    let mut client = preset(row, consumer(method)).unwrap();
    let realm = matches!(row.realm, Realm::Required(_)).then_some(REALM);
    if let Some(realm) = realm {
        client = client.with_realm(realm);
    }
    (client, Double { row, realm })
}

fn stamp(random: &mut Counter) -> Stamp<'_> {
    Stamp::drawn(NOW, random).unwrap()
}

/// A method of each kind of key that the row takes.
fn kinds(row: &'static Provider) -> Vec<&'static str> {
    let kind = |name: &str| (name.starts_with("RSA"), name == "PLAINTEXT");
    let mut kinds: Vec<&str> = Vec::new();
    for name in row.methods {
        if !kinds.iter().any(|other| kind(other) == kind(name)) {
            kinds.push(name);
        }
    }
    kinds
}

/// Where a request for data goes.
fn resource(row: &Provider) -> String {
    let mut addresses = row
        .endpoints
        .others
        .iter()
        .chain(&row.endpoints.access_token);
    let at = addresses
        .next()
        .map_or_else(|| "https://{host}/api".to_owned(), |at| filled(at.url));
    let base = at.split('?').next().unwrap().to_owned();
    // Plain http is what WooCommerce signs for.
    let base = if row.id == "woocommerce" {
        base.replace("https", "http")
    } else {
        base
    };
    // PHP's names, brackets and all, for those who read them.
    let arrays = row
        .quirks
        .iter()
        .any(|quirk| quirk.id == "php_array_params");
    let filter = if arrays {
        "&filter[limit]=5&filter[]=a"
    } else {
        "&filter=a-b"
    };
    filled(&base) + "/items?page=2&page=1" + filter
}

fn requests(row: &Provider) -> Vec<Request<Vec<u8>>> {
    let url = resource(row);
    let get = Request::get(&url).body(Vec::new()).unwrap();
    let post = |content_type: &str, body: &[u8]| {
        Request::post(&url)
            .header("content-type", content_type)
            .body(body.to_vec())
            .unwrap()
    };
    let json = post("application/json", br#"{"a": 1}"#);
    let form = post("application/x-www-form-urlencoded", b"c=%5B1%5D&c=2+3");
    if row.placement.first() == Some(&Placement::Body) {
        // An outcome is no form, and signed in the header.
        return vec![form, json];
    }
    // What the double for raw parameters can't read, Mastercard's own signers hash as bytes.
    vec![get, json, form]
}

/// Every provider with a method, preset or not, for every kind of key that it takes: what the
/// client of its row signs, the double takes; with a byte changed, it does not.
#[test]
fn every_row_signs_what_its_double_takes() {
    let mut signed = 0;
    for row in providers().iter().filter(|row| !row.methods.is_empty()) {
        if row.quirks.iter().any(|quirk| quirk.id == "header_and_body") {
            continue;
        }
        for name in kinds(row) {
            let (client, double) = made(row, name);
            let own = client.without_token().unwrap();
            let token = Token::new(ACCESS.0, Secret::new(ACCESS.1));
            let users = client.with_token(&token).unwrap();
            // Raw signers encode nothing, and their consumers have no token.
            let both = if row.id == "mastercard" {
                vec![own]
            } else {
                vec![own, users]
            };
            for credentials in both {
                for mut request in requests(row) {
                    let mut random = Counter(1);
                    if name == "PLAINTEXT" && request.uri().scheme_str() == Some("http") {
                        continue;
                    }
                    credentials
                        .sign_in_place(&mut request, stamp(&mut random))
                        .unwrap();
                    let what = format!("{} {name} {request:?}", row.id);
                    assert_eq!(double.check(&request), Ok(()), "{what}");
                    signed += 1;
                    tampered(&double, name, &request, &what);
                }
            }
        }
    }
    assert!(signed > 150, "{signed}");
}

/// The twins of a request: another method, another query, another nonce.
fn tampered(double: &Double, name: &str, request: &Request<Vec<u8>>, what: &str) {
    // A PLAINTEXT signature covers nothing, which is why it needs an opt-in.
    if name == "PLAINTEXT" {
        return;
    }
    let mut other = request.clone();
    *other.method_mut() = http::Method::DELETE;
    assert!(double.check(&other).is_err(), "method of {what}");
    let mut other = request.clone();
    let uri = request.uri().to_string().replace("page=2", "page=3");
    *other.uri_mut() = uri.parse().unwrap();
    assert!(double.check(&other).is_err(), "query of {what}");
    let mut other = request.clone();
    if let Some(value) = other.headers_mut().get_mut("authorization") {
        let forged = value.to_str().unwrap().replace("1700000000", "1700000001");
        *value = forged.parse().unwrap();
        assert!(double.check(&other).is_err(), "timestamp of {what}");
    }
}

/// Every flow of every row, from the first request to a request with the token.
#[test]
fn every_flow_ends_in_a_token() {
    let state = SessionState::from_kept("2ZgzTbq0qdVYkBnb");
    let mut flows = 0;
    for row in providers() {
        let Ok(service) = Service::preset(row, PARTS) else {
            continue;
        };
        for name in kinds(row) {
            let (client, double) = made(row, name);
            let mut random = Counter(1);
            let token = if service.request_token().is_some() {
                let callback = Callback::to("https://app.example.com/ready").unwrap();
                let start = Start::new(&client, &service, callback, &state).unwrap();
                let request = start.request(stamp(&mut random)).unwrap();
                let pending = start.read(&double.answer(&request)).unwrap();
                assert_eq!(pending.token().token(), TEMPORARY.0);
                assert_eq!(
                    pending.authorization_url(&[]).is_some(),
                    row.endpoints.authorize.is_some()
                );
                let target =
                    format!("/ready?oauth_token=temporary%20token&oauth_verifier={VERIFIER}");
                let approved = pending.come_back(&target, &state).unwrap();
                let request = approved.request(stamp(&mut random)).unwrap();
                approved.read(&double.answer(&request), NOW)
            } else {
                assert!(row.legs.contains(&Legs::XAuth), "{}", row.id);
                let login =
                    XAuth::new(&client, &service, "jane", Secret::new("pass word")).unwrap();
                let request = login.request(stamp(&mut random)).unwrap();
                login.read(&double.answer(&request), NOW)
            };
            let token = token.unwrap_or_else(|error| panic!("{} {name}: {error}", row.id));
            assert_eq!(token.token().token(), ACCESS.0);
            assert_eq!(token.extra(), [("user_id".to_owned(), "7".to_owned())]);
            let credentials = client.with_token(token.token()).unwrap();
            let mut request = requests(row).remove(0);
            credentials
                .sign_in_place(&mut request, stamp(&mut random))
                .unwrap();
            assert_eq!(double.check(&request), Ok(()), "{} {name}", row.id);
            flows += 1;
        }
    }
    assert!(flows > 20, "{flows}");
}

/// A wrong secret, a wrong verifier, a clock that is off: the doubles take none of it.
#[test]
fn doubles_refuse() {
    let x = by_id("x").unwrap();
    let (client, double) = made(x, "HMAC-SHA1");
    let wrong = Token::new(ACCESS.0, Secret::new("wrong"));
    let mut request = requests(x).remove(0);
    client
        .with_token(&wrong)
        .unwrap()
        .sign_in_place(&mut request, stamp(&mut Counter(1)))
        .unwrap();
    assert!(double.check(&request).is_err());

    let late = UnixTime::from_seconds(NOW.seconds() + 301);
    let credentials = client.without_token().unwrap();
    let mut request = requests(x).remove(0);
    credentials
        .sign_in_place(&mut request, Stamp::new(late, "nonce"))
        .unwrap();
    assert!(
        double
            .check(&request)
            .unwrap_err()
            .why
            .contains("Timestamp")
    );

    // Each row's own rule, broken.
    type Change = fn(Client) -> Client;
    let changes: [(&str, &str, Change); 5] = [
        ("netsuite-tba", "HMAC-SHA256", |client| {
            client.with_realm("1234567-sb1")
        }),
        ("flickr", "HMAC-SHA1", |client| {
            client.with_placement(countersign_signature::Placement::Header)
        }),
        ("schoology", "HMAC-SHA1", |client| {
            client.with_realm("another")
        }),
        ("immoscout24", "HMAC-SHA1", |client| {
            client.with_realm("any")
        }),
        ("lti-1", "HMAC-SHA1", |client| {
            client
                .with_placement(countersign_signature::Placement::Header)
                .with_body_hash(countersign_client::BodyHashPolicy::NEVER)
        }),
    ];
    for (id, name, change) in changes {
        let row = by_id(id).unwrap();
        let (client, double) = made(row, name);
        let mut request = Request::post(resource(row))
            .header("content-type", "application/json")
            .body(b"{}".to_vec())
            .unwrap();
        change(client)
            .without_token()
            .unwrap()
            .sign_in_place(&mut request, stamp(&mut Counter(1)))
            .unwrap();
        assert!(double.check(&request).is_err(), "{id}");
    }
}

#[test]
fn a_consumer_of_the_wrong_kind_makes_no_client() {
    let mastercard = by_id("mastercard").unwrap();
    let error = preset(mastercard, consumer(Method::HMAC_SHA256)).unwrap_err();
    assert_eq!(error, PresetError::NoMethod { id: "mastercard" });
    let trello = by_id("trello").unwrap();
    assert!(preset(trello, consumer(Method::dangerous_plaintext())).is_err());
    assert!(preset(trello, consumer(Method::HMAC_SHA1)).is_ok());
    assert_eq!(
        Service::preset(mastercard, PARTS).unwrap_err(),
        PresetError::NoFlow { id: "mastercard" }
    );
}

#[test]
fn a_page_for_the_user_has_the_names_that_it_wants() {
    let state = SessionState::from_kept("a session");
    for (id, page) in [
        (
            "etrade",
            "https://us.etrade.com/e/t/etws/authorize?key=consumer%21key&token=t%3D",
        ),
        (
            "x",
            "https://api.twitter.com/oauth/authorize?oauth_token=t%3D",
        ),
        (
            "mediawiki",
            "https://shop.example.com/w/index.php?title=Special:OAuth/authorize&oauth_token=t%3D",
        ),
    ] {
        let row = by_id(id).unwrap();
        let service = Service::preset(row, PARTS).unwrap();
        let (client, _) = made(row, "HMAC-SHA1");
        let token = Token::new("t=", Secret::new("secret"));
        let pending = Pending::new(&client, &service, &Callback::out_of_band(), token, &state);
        assert_eq!(pending.authorization_url(&[]).as_deref(), Some(page));
    }
}

#[test]
fn nothing_but_a_host_fills_an_address() {
    let jira = by_id("atlassian-data-center").unwrap();
    for host in ["evil.example/", "a@evil.example", "a?b", "", "a#b", "a b"] {
        assert_eq!(
            Service::preset(jira, &[("host", host)]),
            Err(PresetError::Part),
            "{host}"
        );
    }
    assert_eq!(Service::preset(jira, &[]), Err(PresetError::Part));
    assert!(Service::preset(jira, &[("host", "jira.example.com:8443")]).is_ok());
}

/// The rows that people ask for by name are there, and every preset makes a client.
#[test]
fn the_rows_are_there() {
    for id in NAMED {
        assert!(by_id(id).is_some(), "{id}");
    }
    for row in presets() {
        assert!(!kinds(row).is_empty(), "{}", row.id);
    }
}

#[test]
fn raw_parameters_are_the_bytes_that_mastercards_signers_send() {
    let (client, _) = made(by_id("mastercard").unwrap(), "RSA-SHA256");
    let request = Request::get("https://sandbox.api.mastercard.com/a?b=c%20d")
        .body(())
        .unwrap();
    let signed = client
        .without_token()
        .unwrap()
        .sign(&request, Body::EMPTY, stamp(&mut Counter(1)))
        .unwrap();
    let base_string = signed.base_string();
    assert!(base_string.starts_with(
        "GET&https%3A%2F%2Fsandbox.api.mastercard.com%2Fa&b%3Dc%2520d%26oauth_body_hash%3D"
    ));
    // One encoding, where RFC 5849 has two.
    assert!(base_string.contains("oauth_consumer_key%3Dconsumer%21key%26"));
    assert!(
        signed
            .authorization()
            .unwrap()
            .contains("oauth_consumer_key=\"consumer!key\"")
    );
}
