extern crate std;

use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec::Vec;

use super::{
    Grade, Provider, accepting, by_host, by_id, ended, ended_by_host, ended_by_id, presets,
    providers, quirk_by_id, quirks,
};

const METHODS: [&str; 8] = [
    "HMAC-SHA1",
    "HMAC-SHA256",
    "HMAC-SHA512",
    "RSA-SHA1",
    "RSA-SHA256",
    "RSA-SHA512",
    "RSA-PSS",
    "PLAINTEXT",
];

fn is_id(id: &str, separator: char) -> bool {
    !id.is_empty()
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == separator)
}

#[test]
fn ids_are_unique_and_well_formed() {
    let mut seen = BTreeSet::new();
    for id in providers()
        .iter()
        .map(|row| row.id)
        .chain(ended().iter().map(|row| row.id))
    {
        assert!(is_id(id, '-'), "{id}");
        assert!(seen.insert(id), "{id} occurs twice");
    }
    let mut names = BTreeSet::new();
    for quirk in quirks() {
        assert!(
            is_id(quirk.id, '_') && names.insert(quirk.id),
            "{}",
            quirk.id
        );
        assert!(
            !quirk.effect.is_empty() && !quirk.seen_in.is_empty(),
            "{}",
            quirk.id
        );
        assert_eq!(quirk_by_id(quirk.id), Some(quirk));
    }
}

#[test]
fn every_row_has_name_method_source_and_says_when_it_is_unverified() {
    for row in providers() {
        assert!(!row.name.is_empty() && !row.source.is_empty(), "{}", row.id);
        assert!(!row.methods.is_empty(), "{}", row.id);
        for method in row.methods {
            assert!(METHODS.contains(method), "{}: {method}", row.id);
        }
        if row.grade == Grade::C {
            assert!(
                row.notes.iter().any(|note| note.contains("unverified")),
                "{}",
                row.id
            );
        } else {
            assert_ne!(row.source, "general knowledge", "{}", row.id);
        }
        assert_eq!(by_id(row.id), Some(row));
    }
    for row in ended() {
        assert!(!row.name.is_empty() && !row.source.is_empty(), "{}", row.id);
        assert_eq!(
            row.grade == Grade::C,
            row.source == "general knowledge",
            "{}",
            row.id
        );
        assert_eq!(ended_by_id(row.id), Some(row));
        assert!(!row.hosts.is_empty(), "{}", row.id);
        for host in row.hosts {
            assert_eq!(ended_by_host(host), Some(row), "{host}");
            assert_eq!(by_host(host), None, "{host}");
        }
    }
}

#[test]
fn presets_are_verified_and_complete() {
    assert!(presets().count() >= 20);
    for row in presets() {
        assert!(row.grade.is_verified(), "{}", row.id);
        // A tool of LTI is at whatever address its consumer was told.
        let has_address = row.endpoints.iter().next().is_some() || row.api.is_some();
        assert!(has_address || row.id == "lti-1", "{}", row.id);
        assert!(
            row.endpoints
                .iter()
                .all(|endpoint| endpoint.grade.is_verified()),
            "{}",
            row.id
        );
        assert!(
            !row.placement.is_empty() && !row.legs.is_empty(),
            "{}",
            row.id
        );
    }
}

/// Fills the parts in braces, then takes the URL to pieces.
fn split(url: &str) -> (String, String, String) {
    let mut filled = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("a closing brace");
        assert!(is_id(name, '_'), "{url}");
        filled.push_str(before);
        filled.push_str(name);
        rest = after;
    }
    filled.push_str(rest);
    let (scheme, rest) = filled.split_once("://").expect("a scheme");
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    (scheme.to_string(), host.to_string(), path.to_string())
}

/// The root of an API is at a host of the row, over https unless the API speaks OAuth over http only.
#[test]
fn roots_are_at_hosts_of_their_rows() {
    let mut known = 0;
    for row in providers() {
        let Some(api) = row.api else { continue };
        let (scheme, host, _) = split(api.url);
        let expected = if row.id == "woocommerce" {
            "http"
        } else {
            "https"
        };
        assert_eq!(scheme, expected, "{}", row.id);
        assert!(
            api.is_template() || row.owns_host(&host),
            "{}: {host}",
            row.id
        );
        assert!(!api.url.ends_with('/'), "{}", row.id);
        assert!(api.grade >= row.grade, "{}", row.id);
        known += 1;
    }
    assert!(known >= 15, "{known}");
}

#[test]
fn endpoints_are_https_urls() {
    for row in providers() {
        for endpoint in row.endpoints.iter() {
            let (scheme, host, path) = split(endpoint.url);
            assert_eq!(scheme, "https", "{}", row.id);
            assert!(
                host.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c)),
                "{}: {host}",
                row.id
            );
            assert!(
                host.contains('.') || endpoint.is_template(),
                "{}: {host}",
                row.id
            );
            assert!(
                !path.contains(char::is_whitespace) && !path.contains('#'),
                "{}",
                row.id
            );
            assert!(endpoint.grade >= row.grade, "{}: {}", row.id, endpoint.url);
        }
    }
}

#[test]
fn every_host_resolves_to_its_row() {
    for row in providers() {
        for pattern in row.hosts {
            let host = pattern.replace("{acct}", "1234567-sb1");
            assert_eq!(by_host(&host).map(|found| found.id), Some(row.id), "{host}");
            assert_eq!(
                by_host(&(host + ":8443")).map(|found| found.id),
                Some(row.id)
            );
        }
        for endpoint in row
            .endpoints
            .iter()
            .filter(|endpoint| !endpoint.host().starts_with("{host}"))
        {
            let host = endpoint.host().replace("{acct}", "1");
            if !host.contains('{') {
                assert_eq!(by_host(&host).map(|found| found.id), Some(row.id), "{host}");
            }
        }
    }
}

#[test]
fn only_whole_labels_count() {
    assert!(by_host("evil-api.twitter.com.example").is_none());
    assert!(by_host("notapi.mastercard.com").is_none());
    assert!(by_host("restlets.api.netsuite.com").is_none());
    assert!(by_host(".restlets.api.netsuite.com").is_none());
    assert!(by_host("").is_none());
    assert!(by_host(":").is_none());
    assert!(by_host("\u{e4}twitter.com").is_none());
    assert_eq!(
        by_host("en.wikipedia.org.").map(|row| row.id),
        Some("mediawiki")
    );
}

#[test]
fn acceptance_is_case_sensitive() {
    let ids = |method: &str| accepting(method).map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(
        ids("RSA-SHA1"),
        ["atlassian-data-center", "mediawiki", "partner"]
    );
    assert!(ids("rsa-sha1").is_empty());
    assert!(ids("").is_empty());
}

#[test]
fn end_dates_are_dates() {
    let ending = providers()
        .iter()
        .filter(|row| row.ends.is_some())
        .collect::<Vec<&Provider>>();
    assert!(ending.iter().any(|row| row.id == "garmin"));
    for row in ending {
        let date = row.ends.unwrap_or_default();
        let parts = date
            .split('-')
            .map(|part| part.parse::<u16>().expect("a number"))
            .collect::<Vec<_>>();
        assert!(
            matches!(parts[..], [2020..=2100, 1..=12, 1..=31]),
            "{}: {date}",
            row.id
        );
    }
}

#[test]
fn codes_name_known_problems() {
    let known = [
        "version_rejected",
        "parameter_absent",
        "parameter_rejected",
        "timestamp_refused",
        "nonce_used",
        "signature_method_rejected",
        "signature_invalid",
        "consumer_key_unknown",
        "consumer_key_rejected",
        "consumer_key_refused",
        "token_used",
        "token_expired",
        "token_revoked",
        "token_rejected",
        "additional_authorization_required",
        "permission_unknown",
        "permission_denied",
        "user_refused",
    ];
    for row in providers() {
        let mut seen = BTreeSet::new();
        for code in row.errors.codes {
            assert!(
                seen.insert(code.code),
                "{}: {} occurs twice",
                row.id,
                code.code
            );
            assert!(!code.means.is_empty(), "{}: {}", row.id, code.code);
            assert!(
                code.problem.is_none_or(|problem| known.contains(&problem)),
                "{}",
                row.id
            );
        }
    }
}

#[test]
fn hosts_of_ended_services_are_told_from_lookalikes() {
    for (host, id) in [
        ("api.xero.com", Some("xero")),
        ("api-partner.network.xero.com:443", Some("xero")),
        ("SOCIAL.yahooapis.com.", Some("yahoo")),
        ("api.notxero.com", None),
        ("xero.com.example.org", None),
        ("api.twitter.com", None),
        ("", None),
    ] {
        assert_eq!(ended_by_host(host).map(|row| row.id), id, "{host}");
    }
}
