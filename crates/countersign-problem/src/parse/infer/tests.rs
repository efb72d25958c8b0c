use super::{CODE_FIELDS, TEXT_FIELDS, first_word};
use crate::{Answer, Grounds, parse};

#[test]
fn no_field_is_named_twice() {
    for names in [CODE_FIELDS.as_slice(), TEXT_FIELDS.as_slice()] {
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
    }
    assert_eq!(first_word(" A_B: c"), "A_B");
}

#[test]
fn a_row_without_a_code_is_no_problem() {
    let body =
        b"{\"code\":\"woocommerce_rest_authentication_error\",\"message\":\"something new\"}";
    assert!(parse(&Answer::from_body(body)).is_none());
}

#[test]
fn with_a_status_of_success_only_some_providers_refuse() {
    let read = |status, body: &str| {
        let answer = Answer {
            status,
            ..Answer::from_body(body.as_bytes())
        };
        parse(&answer).map(|found| found.problem.code().to_string())
    };
    let forum = "{\"post\":\"I get invalid signature from Trello\",\"error\":\"invalid_token\"}";
    assert_eq!(read(Some(200), forum), None);
    assert_eq!(read(Some(401), forum).as_deref(), Some("token_rejected"));
    let withings = "{\"status\":342,\"error\":\"x\"}";
    assert_eq!(
        read(Some(200), withings).as_deref(),
        Some("signature_invalid")
    );
    assert_eq!(
        read(Some(200), "oauth_problem=token_used").as_deref(),
        Some("token_used")
    );
}

#[test]
fn the_return_address_of_a_launch_is_read() {
    let address = "https://lms.example/return?x=1&lti_errormsg=Nonce%20already+used&lti_log=y";
    let found = parse(&Answer::from_body(address.as_bytes())).unwrap();
    assert_eq!(found.problem.code().as_str(), "nonce_used");
}

#[test]
fn the_name_in_a_text_becomes_the_companion() {
    let body = b"{\"Errors\":{\"Error\":[{\"ReasonCode\":\"INVALID_OAUTH_SBS\",\"Description\":\"Problem with signature base string. Missing oauth_consumer_key\",\"Recoverable\":false}]}}";
    let found = parse(&Answer::from_body(body)).unwrap();
    assert_eq!(found.grounds, Grounds::Inferred);
    assert_eq!(found.problem.parameters_absent(), ["oauth_consumer_key"]);
    assert_eq!(found.recoverable, Some(false));
}

#[test]
fn a_number_takes_its_advice_from_the_text_beside_it() {
    let body = b"{\"errors\":[{\"message\":\"Brand new words\",\"code\":220}]}";
    let found = parse(&Answer::from_body(body)).unwrap();
    assert_eq!(found.problem.code().as_str(), "permission_denied");
    assert_eq!(found.problem.advice(), Some("Brand new words"));
}
