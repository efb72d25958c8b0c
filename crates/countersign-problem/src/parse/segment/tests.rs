use super::{Extent, pairs};

fn value(text: &str, extent: Extent, name: &str) -> Option<String> {
    let found = pairs(text, extent)?;
    found
        .into_iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

fn whole(text: &str, name: &str) -> Option<String> {
    value(text, Extent::Whole, name)
}

fn line(text: &str, name: &str) -> Option<String> {
    value(text, Extent::Line, name)
}

#[test]
fn the_raw_base_string_has_the_rest_of_the_body() {
    let raw = "GET&https%3A%2F%2Fa.example%2F&oauth_callback%3Doob%26b%3Dc";
    let text = format!("oauth_problem=signature_invalid&debug_sbs={raw}");
    assert_eq!(whole(&text, "debug_sbs").as_deref(), Some(raw));
    let encoded =
        "oauth_problem=signature_invalid&debug_sbs=GET%26https%253A%252F%252Fa.example%252F%26";
    assert_eq!(
        whole(encoded, "debug_sbs").as_deref(),
        Some("GET&https%3A%2F%2Fa.example%2F&")
    );
}

#[test]
fn an_ampersand_of_the_advice_stays_in_it() {
    let text = "oauth_problem=token_rejected&oauth_problem_advice=Terms & conditions&a=b";
    assert_eq!(
        whole(text, "oauth_problem_advice").as_deref(),
        Some("Terms & conditions")
    );
    assert_eq!(whole(text, "a").as_deref(), Some("b"));
}

#[test]
fn a_comma_separates_only_before_a_name() {
    let text = "oauth_problem=timestamp_refused,oauth_problem_advice=Too old, it must be, oauth_acceptable_timestamps=1-2";
    assert_eq!(
        whole(text, "oauth_problem_advice").as_deref(),
        Some("Too old, it must be")
    );
    assert_eq!(
        whole(text, "oauth_acceptable_timestamps").as_deref(),
        Some("1-2")
    );
}

#[test]
fn names_that_were_encoded_once_only_are_gathered() {
    let text = "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_token&oauth_nonce";
    assert_eq!(
        whole(text, "oauth_parameters_absent").as_deref(),
        Some("oauth_token&oauth_nonce")
    );
}

#[test]
fn a_plus_is_a_space_but_not_in_a_signature() {
    let text = "oauth_problem=signature_invalid&oauth_problem_advice=a+b&oauth_signature=c+d%2Be";
    assert_eq!(whole(text, "oauth_problem_advice").as_deref(), Some("a b"));
    assert_eq!(whole(text, "oauth_signature").as_deref(), Some("c+d+e"));
}

#[test]
fn brackets_and_quotes_around_it_end_it() {
    assert_eq!(
        line("failed (oauth_problem=nonce_used) again", "oauth_problem").as_deref(),
        Some("nonce_used")
    );
    assert_eq!(
        line("body: \"oauth_problem=nonce_used\" x", "oauth_problem").as_deref(),
        Some("nonce_used")
    );
    let text = "(oauth_problem=consumer_key_unknown&oauth_problem_advice=Unknown Consumer (Realm: , Key: K))";
    assert_eq!(
        line(text, "oauth_problem_advice").as_deref(),
        Some("Unknown Consumer (Realm: , Key: K)")
    );
}

#[test]
fn pairs_before_the_problem_count() {
    let text = "https://a.example/cb?oauth_token=t&oauth_problem=user_refused";
    assert_eq!(line(text, "oauth_token").as_deref(), Some("t"));
    assert_eq!(
        line("x\noauth_problem=a\ny", "oauth_problem").as_deref(),
        Some("a")
    );
}

#[test]
fn what_only_looks_like_it_is_passed_over() {
    assert_eq!(line("my_oauth_problem=x", "oauth_problem"), None);
    assert_eq!(
        line("my_oauth_problem=x oauth_problem=y", "oauth_problem").as_deref(),
        Some("y")
    );
    assert_eq!(line("oauth_problem=", "oauth_problem"), None);
    assert_eq!(
        line("oauth_problem= then\noauth_problem=y", "oauth_problem").as_deref(),
        Some("then")
    );
    assert_eq!(line("no problem", "oauth_problem"), None);
}
