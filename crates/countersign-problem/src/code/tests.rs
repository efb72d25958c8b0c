use super::{ProblemCode, RELATED};

#[test]
fn the_extension_has_18_codes_and_they_know_themselves() {
    let mut codes: Vec<&str> = ProblemCode::ALL.iter().map(ProblemCode::as_str).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 18);
    for code in ProblemCode::ALL {
        assert!(code.is_known());
        assert_eq!(code.known(), Some(code.clone()));
        assert_eq!(ProblemCode::parse(code.as_str()), Ok(code.clone()));
        let capitals = ProblemCode::parse(&code.as_str().to_uppercase()).unwrap();
        assert!(!capitals.is_known());
        assert_eq!(capitals.known(), Some(code));
    }
}

#[test]
fn statuses_are_those_of_the_table() {
    for (status, codes) in [
        (
            400,
            "parameter_absent parameter_rejected version_rejected signature_method_rejected",
        ),
        (
            401,
            "consumer_key_unknown consumer_key_rejected token_used token_expired token_revoked \
             token_rejected signature_invalid nonce_used timestamp_refused \
             additional_authorization_required permission_unknown",
        ),
        (403, "permission_denied user_refused"),
        (429, "consumer_key_refused"),
    ] {
        for code in codes.split_whitespace() {
            assert_eq!(ProblemCode::parse(code).unwrap().status(), status, "{code}");
        }
    }
    assert_eq!(
        ProblemCode::parse("rate limit exceeded").unwrap().status(),
        429
    );
    assert_eq!(ProblemCode::parse("no such code").unwrap().status(), 401);
}

#[test]
fn invented_codes_are_kept_and_translated() {
    let code = ProblemCode::parse("rate limit exceeded").unwrap();
    assert_eq!(code.to_string(), "rate limit exceeded");
    assert_eq!(code.known(), Some(ProblemCode::CONSUMER_KEY_REFUSED));
    assert_eq!(ProblemCode::parse("gremlins").unwrap().known(), None);
    for (text, code) in &RELATED {
        assert_eq!(*text, text.to_ascii_lowercase());
        assert!(code.is_known());
        assert!(!ProblemCode::parse(text).unwrap().is_known());
    }
}

#[test]
fn a_code_has_a_length() {
    assert!(ProblemCode::parse("").is_err());
    assert!(ProblemCode::parse(&"a".repeat(128)).is_ok());
    let error = ProblemCode::parse(&"a".repeat(129)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a problem code of 1 to 128 bytes, found 129"
    );
}
