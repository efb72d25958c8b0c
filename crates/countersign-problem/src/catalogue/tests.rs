use super::{Retry, row, rows};
use crate::ProblemCode;

#[test]
fn every_code_has_one_complete_row() {
    assert_eq!(rows().len(), 18);
    for (row, code) in rows().iter().zip(ProblemCode::ALL) {
        assert_eq!(row.code, code);
        assert!(row.meaning.ends_with('.'), "{code}");
        assert!(!row.remedies.is_empty(), "{code}");
        assert!(
            row.remedies
                .iter()
                .all(|remedy| remedy.ends_with(['.', '?'])),
            "{code}"
        );
        assert!(!row.source.is_empty(), "{code}");
        assert!((400..500).contains(&row.status), "{code}");
        let all_differ = row
            .status_elsewhere
            .iter()
            .all(|(_, status)| *status != row.status);
        assert!(all_differ, "{code}");
        assert!(!row.acts.to_string().is_empty() && !row.retry.to_string().is_empty());
    }
}

#[test]
fn only_clock_and_nonce_are_retried_at_once() {
    let at_once: Vec<&str> = rows()
        .iter()
        .filter(|row| matches!(row.retry, Retry::CorrectClockOnce | Retry::NewNonceOnce))
        .map(|row| row.code.as_str())
        .collect();
    assert_eq!(at_once, ["timestamp_refused", "nonce_used"]);
    assert_eq!(
        row(&ProblemCode::TOKEN_EXPIRED).unwrap().retry,
        Retry::Renew
    );
    assert_eq!(
        row(&ProblemCode::SIGNATURE_INVALID).unwrap().retry,
        Retry::Never
    );
}

#[test]
fn companions_stand_at_their_codes() {
    let companions: Vec<(&str, &str)> = rows()
        .iter()
        .filter_map(|row| Some((row.code.as_str(), row.companion?)))
        .collect();
    assert_eq!(
        companions,
        [
            ("version_rejected", "oauth_acceptable_versions"),
            ("parameter_absent", "oauth_parameters_absent"),
            ("parameter_rejected", "oauth_parameters_rejected"),
            ("timestamp_refused", "oauth_acceptable_timestamps"),
        ]
    );
}

#[test]
fn invented_codes_have_no_row() {
    assert!(row(&ProblemCode::parse("access_token_expired").unwrap()).is_none());
}
