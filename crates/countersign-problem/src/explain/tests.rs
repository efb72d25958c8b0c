use super::{Explanation, explain};
use crate::{ProblemCode, text};

fn codes(query: &str) -> Vec<&'static str> {
    explain(query)
        .into_iter()
        .filter_map(|explanation| match explanation {
            Explanation::Code(row) => Some(row.code.as_str()),
            Explanation::Text(_) => None,
        })
        .collect()
}

#[test]
fn every_code_is_explained() {
    for code in ProblemCode::ALL {
        assert_eq!(codes(code.as_str()), [code.as_str()]);
        assert!(codes(&code.as_str().to_uppercase()).contains(&code.as_str()));
    }
}

#[test]
fn every_row_is_found_by_its_text_or_number() {
    for row in text::rows() {
        let query = row.pattern.text().replace(['{', '}'], "");
        let numeric = row
            .pattern
            .text()
            .replace("{client}", "1")
            .replace("{server}", "2");
        let numeric = numeric
            .replace("{seconds}", "300")
            .replace("{difference}", "-5");
        let found = explain(&query).len().max(explain(&numeric).len());
        assert!(found > 0, "{query}");
    }
}

#[test]
fn a_whole_answer_is_explained_by_code_and_advice() {
    let found = explain(
        "oauth_problem=token_rejected&oauth_problem_advice=Token%20A%20does%20not%20match%20an%20expected%20ACCESS%20token",
    );
    assert!(matches!(&found[0], Explanation::Text(text) if text.capture("token") == Some("A")));
    assert!(
        matches!(found.last(), Some(Explanation::Code(row)) if row.code == ProblemCode::TOKEN_REJECTED)
    );
    assert_eq!(codes("OAuth oauth_problem=\"nonce_used\""), ["nonce_used"]);
    assert_eq!(codes("access_token_expired"), ["token_expired"]);
    assert_eq!(codes("Token rejected"), ["token_rejected"]);
    assert_eq!(codes("INVALID_LOGIN_ATTEMPT"), ["token_rejected"]);
}

#[test]
fn a_number_may_name_its_provider() {
    assert_eq!(codes("X 135"), ["timestamp_refused"]);
    assert_eq!(codes("135"), ["timestamp_refused"]);
    assert_eq!(codes("salesforce 1708"), ["permission_denied"]);
    assert!(explain("Mastercard 135").is_empty());
}

#[test]
fn the_unknown_has_no_explanation() {
    for query in ["", "   ", "no server ever said this", "999999", "token_"] {
        assert!(explain(query).is_empty(), "{query:?}");
    }
}
