//! Providers that no longer speak OAuth 1.0a.

use crate::Grade;
use crate::lookup::best_match;

/// A provider whose OAuth 1.0a service is over: what to tell somebody who still meets it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Ended {
    /// The key of the row.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// Hosts of the service, as in [`Provider::hosts`](crate::Provider::hosts): general knowledge
    /// unless the row's source names them. They may live on with another protocol.
    pub hosts: &'static [&'static str],
    /// When it ended, as far as is known; empty when no date is known.
    pub when: &'static str,
    /// What to know.
    pub note: &'static str,
    /// How its refusals looked; empty when none was seen.
    pub errors: &'static str,
    /// Where the row was read.
    pub source: &'static str,
    /// How well the row is supported.
    pub grade: Grade,
}

/// Every ended service that is known.
///
/// ```
/// assert!(countersign_dialect::ended().iter().any(|row| row.id == "xero"));
/// ```
#[must_use]
pub fn ended() -> &'static [Ended] {
    &ENDED
}

/// The ended service of this id.
#[must_use]
pub fn ended_by_id(id: &str) -> Option<&'static Ended> {
    ENDED.iter().find(|row| row.id == id)
}

/// The ended service that had this host; ASCII case, a port and a final dot do not count.
///
/// ```
/// use countersign_dialect::ended_by_host;
/// assert_eq!(ended_by_host("api.xero.com:443").map(|row| row.id), Some("xero"));
/// assert!(ended_by_host("api.notxero.com").is_none());
/// ```
#[must_use]
pub fn ended_by_host(host: &str) -> Option<&'static Ended> {
    ENDED
        .iter()
        .find(|row| best_match(row.hosts, host).is_some())
}

const BLANK: Ended = Ended {
    id: "",
    name: "",
    hosts: &[],
    when: "",
    note: "",
    errors: "",
    source: "general knowledge",
    grade: Grade::C,
};

const fn gone(
    id: &'static str,
    name: &'static str,
    hosts: &'static [&'static str],
    when: &'static str,
) -> Ended {
    Ended {
        id,
        name,
        hosts,
        when,
        ..BLANK
    }
}

static ENDED: [Ended; 22] = [
    Ended {
        when: "2021",
        note: "public, private and partner applications; RSA-SHA1 for the last two; renewal with oauth_session_handle; the window was 300 s on both sides",
        errors: "form body with oauth_problem and oauth_problem_advice, media type text/html",
        source: "Xero's OAuth issue pages and client libraries",
        grade: Grade::A,
        ..gone("xero", "Xero", &["xero.com"], "")
    },
    Ended {
        note: "mostly ended; an additional_authorization_required seen today means that the application lacks approval for the API",
        errors: "challenge with a quoted oauth_problem and realm yahooapis.com; JSON repeats the whole challenge as a description",
        source: "client threads",
        grade: Grade::B,
        ..gone(
            "yahoo",
            "Yahoo",
            &["yahooapis.com", "api.login.yahoo.com"],
            "",
        )
    },
    Ended {
        errors: "XML or JSON: status, timestamp in milliseconds, error-code and a message that begins with [unauthorized]",
        source: "client threads",
        grade: Grade::B,
        ..gone("linkedin", "LinkedIn v1", &["api.linkedin.com"], "")
    },
    Ended {
        errors: "challenge and form body that echo the server's own base string (net.oauth)",
        source: "client threads",
        grade: Grade::B,
        ..gone(
            "google",
            "Google",
            &["www.google.com", "googleapis.com"],
            "2012 to 2015",
        )
    },
    gone("dropbox", "Dropbox v1", &["api.dropbox.com"], ""),
    gone("fitbit", "Fitbit v1", &["api.fitbit.com"], ""),
    Ended {
        errors: "HTTP 200 with JSON status: 247 user id absent or wrong, 249 wrong credentials for the action, 250 user id and credentials differ, 283 token invalid or missing, 328 user deactivated, 342 signature, 343 callback, 601 too many requests",
        source: "client libraries",
        grade: Grade::B,
        ..gone(
            "withings",
            "Withings (Nokia Health)",
            &["withings.com", "withings.net"],
            "2018",
        )
    },
    gone("yelp", "Yelp v2", &["api.yelp.com"], ""),
    Ended {
        errors: "text: message=ApplicationAuthenticationFailed; errorCode=003200; statusCode=401",
        source: "client threads",
        grade: Grade::B,
        ..gone("quickbooks", "QuickBooks", &["intuit.com"], "")
    },
    Ended {
        errors: "plain text or servlet HTML",
        source: "client threads",
        grade: Grade::B,
        ..gone(
            "openstreetmap",
            "OpenStreetMap",
            &["openstreetmap.org"],
            "the middle of 2024",
        )
    },
    gone(
        "bitbucket-cloud",
        "Bitbucket Cloud 1.0",
        &["bitbucket.org"],
        "",
    ),
    gone("upwork", "Upwork 1.0", &["www.upwork.com"], ""),
    gone("etsy", "Etsy v2", &["openapi.etsy.com"], ""),
    gone("goodreads", "Goodreads", &["www.goodreads.com"], ""),
    gone("xing", "XING", &["api.xing.com"], ""),
    gone("500px", "500px", &["api.500px.com"], ""),
    Ended {
        errors: "text with the clock difference; a difference that equals minus the current time means that the timestamp never arrived",
        source: "client threads",
        grade: Grade::B,
        ..gone("photobucket", "Photobucket", &["photobucket.com"], "")
    },
    Ended {
        note: "its TLS proxy made the server sign http://host:443",
        errors: "challenge with oauth_right_signature and the base string: the expected signature was disclosed",
        source: "client threads",
        grade: Grade::B,
        ..gone("weibo", "Sina Weibo 1", &["api.t.sina.com.cn"], "")
    },
    gone("netflix", "Netflix", &["api.netflix.com"], ""),
    Ended {
        note: "signed with CMAC-AES and sent in X-Authorization",
        source: "client code",
        grade: Grade::B,
        ..gone(
            "learningstudio",
            "Pearson LearningStudio",
            &["api.learningstudio.com"],
            "",
        )
    },
    Ended {
        note: "login history codes: 1701 nonce replayed, 1702 consumer missing, 1703 token invalid, 1704 version, 1705 timestamp, 1706 nonce missing, 1707 token missing, 1708 address, 1709 signature method, 1710 callback (https or oob only)",
        source: "provider documentation",
        grade: Grade::B,
        ..gone(
            "salesforce",
            "Salesforce OAuth 1.0a",
            &["salesforce.com"],
            "",
        )
    },
    Ended {
        note: "its addresses look like OAuth 1.0a, but nothing was ever signed",
        source: "client code",
        grade: Grade::B,
        ..gone("pocket", "Pocket", &["getpocket.com"], "")
    },
];
