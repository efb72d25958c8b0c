use super::{Parameters, ParametersError};
use crate::{AuthorizationErrorKind, HeaderLeniencies, Limits, Parameter, Place, Request, Uri};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use countersign_encoding::DecodeErrorKind;

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

fn request<'a>(query: &'a str, header: &'a str, body: &'a str) -> Request<'a> {
    let mut request = Request::new("POST", Uri::parse(query).unwrap())
        .unwrap()
        .with_body(FORM, body.as_bytes());
    if !header.is_empty() {
        request = request.with_authorization(header);
    }
    request
}

fn collect<'a>(query: &'a str, header: &'a str, body: &'a str) -> Parameters<'a> {
    Parameters::collect(&request(query, header, body), &Limits::default()).unwrap()
}

fn refused(query: &str, header: &str, body: &str) -> ParametersError {
    Parameters::collect(&request(query, header, body), &Limits::default()).unwrap_err()
}

fn shown(parameters: &Parameters<'_>) -> Vec<String> {
    parameters
        .iter()
        .map(|parameter| {
            format!(
                "{:?} {} {}={}",
                parameter.place(),
                parameter.position(),
                parameter.name_lossy(),
                parameter.value_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn each_place_is_read_by_its_own_rules() {
    let parameters = collect(
        "http://h/?a+b=c+d",
        r#"OAuth e+f="g+h", realm="x""#,
        "i+j=k+l",
    );
    assert_eq!(
        shown(&parameters),
        ["Header 0 e+f=g+h", "Query 0 a b=c d", "Body 0 i j=k l"]
    );
    assert_eq!(parameters.realm(), Some("x"));
}

#[test]
fn a_query_parameter_named_realm_is_a_parameter() {
    let parameters = collect("http://h/?realm=y", r#"OAuth realm="x",a="1""#, "realm=z");
    assert_eq!(
        shown(&parameters),
        ["Header 0 a=1", "Query 0 realm=y", "Body 0 realm=z"]
    );
}

#[test]
fn pieces_without_equals_empty_pieces_and_repeats() {
    let parameters = collect("http://h/?a&&a=&a=b=c&;=1&a&", "", "");
    assert_eq!(
        shown(&parameters),
        [
            "Query 0 a=",
            "Query 1 a=",
            "Query 2 a=b=c",
            "Query 3 ;=1",
            "Query 4 a="
        ]
    );
    let equals: Vec<bool> = parameters.iter().map(Parameter::has_equals).collect();
    assert_eq!(equals, [false, true, true, true, false]);
}

#[test]
fn the_wire_spelling_is_kept() {
    let parameters = collect("http://h/?%61+=%2f", "", "");
    let parameter = parameters.iter().next().unwrap();
    assert_eq!(parameter.raw_name(), Some(b"%61+".as_slice()));
    assert_eq!(parameter.raw_value(), Some(b"%2f".as_slice()));
    assert_eq!(parameter.encoded_name(), "a%20");
    assert_eq!(parameter.encoded_value(), "%2F");
    assert!(!parameter.is_canonical());
    let mut added = Parameters::new();
    added.add("a", "b", Place::Query);
    assert_eq!(added.iter().next().unwrap().raw_name(), None);
    assert_eq!(added.iter().next().unwrap().raw_value(), None);
}

#[test]
fn octets_that_are_not_utf_8_are_kept() {
    let parameters = collect("http://h/?%E9=caf%E9", "", "");
    let parameter = parameters.iter().next().unwrap();
    assert_eq!(*parameter.name(), *b"\xE9");
    assert_eq!(*parameter.value(), *b"caf\xE9");
    assert_eq!(parameter.value_str(), None);
    assert_eq!(parameter.encoded_value(), "caf%E9");
}

#[test]
fn only_form_bodies_are_read_and_the_method_does_not_matter() {
    for method in ["GET", "PUT", "DELETE", "POST"] {
        let uri = Uri::parse("http://h/").unwrap();
        let form = Request::new(method, uri).unwrap().with_body(FORM, b"a=1");
        let text = form.clone().with_body(Some("text/plain"), b"a=1");
        let count = |request| {
            Parameters::collect(request, &Limits::default())
                .unwrap()
                .len()
        };
        assert_eq!((count(&form), count(&text)), (1, 0));
    }
}

#[test]
fn other_schemes_are_passed_over_and_two_oauth_fields_are_ambiguous() {
    let one = request("http://h/", "Bearer x", "").with_authorization(r#"oauth a="1""#);
    assert_eq!(
        shown(&Parameters::collect(&one, &Limits::default()).unwrap()),
        ["Header 0 a=1"]
    );
    let two = one.with_authorization(r#"OAuth b="2""#);
    assert_eq!(
        Parameters::collect(&two, &Limits::default()).unwrap_err(),
        ParametersError::AmbiguousAuthorization { found: 2 }
    );
}

#[test]
fn protocol_parameters_are_found_however_they_are_spelled() {
    let parameters = collect("http://h/?oauth%5Fnonce=1&oauth_x", "", "OAUTH_nonce=2");
    assert_eq!(*parameters.protocol("oauth_nonce").unwrap().value(), *b"1");
    assert!(parameters.protocol("oauth_token").is_none());
    let protocol: Vec<bool> = parameters.iter().map(Parameter::is_protocol).collect();
    assert_eq!(protocol, [true, true, false]);
    assert_eq!(parameters.places().collect::<Vec<_>>(), [Place::Query]);
}

#[test]
fn duplicates_are_found_within_and_across_places() {
    let parameters = collect(
        "http://h/?oauth_token=1&a=1&a=2&oauth%5Fnonce=1",
        r#"OAuth oauth_nonce="1", oauth_version="1.0", oauth_signature="x""#,
        "oauth_token=1&oauth_token=2&oauth_signature=y",
    );
    assert_eq!(
        parameters.duplicates(),
        ["oauth_nonce", "oauth_signature", "oauth_token"]
    );
    assert_eq!(
        parameters.places().collect::<Vec<_>>(),
        [Place::Header, Place::Query, Place::Body]
    );
    let once = collect(
        "http://h/?a=1&a=2",
        r#"OAuth oauth_signature="x", oauth_signature_method="y", oauth_verifier="", oauth_version="""#,
        "",
    );
    assert!(once.duplicates().is_empty());
}

#[test]
fn many_duplicates_are_found_too() {
    let body: String = (0..200)
        .map(|index| format!("oauth_{}=1&", index % 100))
        .collect();
    assert_eq!(collect("http://h/", "", &body).duplicates().len(), 100);
}

#[test]
fn faults_name_the_place_and_the_offset() {
    let encoding = |place, offset, kind| ParametersError::Encoding {
        place,
        offset,
        kind,
    };
    assert_eq!(
        refused("http://h/?a=1&b=%2", "", ""),
        encoding(Place::Query, 6, DecodeErrorKind::TruncatedTriplet)
    );
    assert_eq!(
        refused("http://h/", "", "%zz=1"),
        encoding(Place::Body, 1, decode_kind("%zz"))
    );
    assert_eq!(
        refused("http://h/", r#"OAuth a="1", b="x%4""#, ""),
        encoding(Place::Header, 17, DecodeErrorKind::TruncatedTriplet)
    );
    let ParametersError::Authorization(fault) = refused("http://h/", "OAuth a=1", "") else {
        panic!("expected a fault of the header");
    };
    assert!(matches!(
        fault.kind(),
        AuthorizationErrorKind::MissingOpeningQuote { .. }
    ));
    let lenient = Parameters::collect_lenient(
        &request("http://h/", "OAuth a=1", ""),
        &Limits::default(),
        HeaderLeniencies::ALL,
    );
    assert_eq!(shown(&lenient.unwrap()), ["Header 0 a=1"]);
}

fn decode_kind(text: &str) -> DecodeErrorKind {
    countersign_encoding::decode(text).unwrap_err().kind()
}

#[test]
fn limits_are_typed_and_inclusive() {
    let limits = Limits::default()
        .with_parameters(2)
        .with_header_bytes(11)
        .with_query_bytes(7)
        .with_body_bytes(3);
    let check = |uri, header, body| {
        Parameters::collect(&request(uri, header, body), &limits).map(|list| list.len())
    };
    let long = |place, limit, found| {
        Err(ParametersError::TooLong {
            place,
            limit,
            found,
        })
    };
    assert_eq!(check("http://h/?a=1&b=2", "", ""), Ok(2));
    assert_eq!(
        check("http://h/?a=1&b=23", "", ""),
        long(Place::Query, 7, 8)
    );
    assert_eq!(check("http://h/", r#"OAuth a="1""#, ""), Ok(1));
    assert_eq!(
        check("http://h/", r#"OAuth ab="1""#, ""),
        long(Place::Header, 11, 12)
    );
    assert_eq!(check("http://h/", "", "a=1"), Ok(1));
    assert_eq!(check("http://h/", "", "a=12"), long(Place::Body, 3, 4));
    let many = ParametersError::TooManyParameters { limit: 2 };
    assert_eq!(check("http://h/?a&b", "", "c"), Err(many));
    assert!(many.is_limit());
}

#[test]
fn a_huge_header_is_refused_by_its_length() {
    let header = format!("OAuth {}", "a=\"1\",".repeat(200_000));
    assert_eq!(
        refused("http://h/", &header, ""),
        ParametersError::TooLong {
            place: Place::Header,
            limit: 32 * 1024,
            found: header.len(),
        }
    );
}

#[test]
fn recycling_keeps_the_memory_and_nothing_else() {
    let mut parameters = Parameters::with_capacity(64);
    parameters.add("oauth_nonce", "1", Place::Header);
    let address = parameters.entries().as_ptr().addr();
    let mut recycled: Parameters<'_> = parameters.recycle();
    assert!(recycled.is_empty());
    assert_eq!(recycled.realm(), None);
    recycled.add("a", "1", Place::Header);
    assert_eq!(recycled.iter().next().unwrap().position(), 0);
    assert_eq!(recycled.entries().as_ptr().addr(), address);
}

#[test]
fn parameters_can_be_left_out_and_gathered() {
    let mut parameters = collect("http://h/?a=1&b=2&c=3", "", "");
    parameters.retain(|parameter| !parameter.is_named("b"));
    let again: Parameters<'_> = parameters.iter().copied().collect();
    assert_eq!(shown(&again), ["Query 0 a=1", "Query 2 c=3"]);
    assert_eq!((&again).into_iter().count(), 2);
}

#[test]
fn debug_hides_values() {
    let parameters = collect("http://h/?x_auth_password=canary", "", "");
    let shown = format!("{parameters:?} {parameters:#?}");
    assert!(shown.contains("x_auth_password"));
    assert!(!shown.contains("canary"), "{shown}");
}
