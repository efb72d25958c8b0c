//! From the configuration to what the provider and its site are told.

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::BTreeSet;

use countersign_clock::Window;
use countersign_provider::{Answers, Origin, Settings};
use countersign_token::RenewalMode;
use countersign_tower::{ForwardedFields, IpPrefix, TrustedProxies};

use crate::config::{Config, ConfigError, ForwardedKind, Mode, Wording};
use crate::gateway::Upstream;

/// How the provider behaves.
pub(crate) fn provider(config: &Config) -> Settings {
    let mut settings = Settings::default();
    let window = Window::new(config.clock.past, config.clock.future);
    settings.policy = settings.policy.with_window(window);
    settings.answers = match config.server.answers {
        Wording::Explicit => Answers::Explicit,
        Wording::Terse => Answers::Terse,
    };
    settings.renewal = match config.renewal.mode {
        Mode::Strict => RenewalMode::Strict,
        Mode::Graceful => RenewalMode::Graceful {
            seconds: config.renewal.grace_seconds,
        },
    };
    settings.roles.clone_from(&config.access.roles);
    settings.realm.clone_from(&config.server.realm);
    settings
}

/// Scheme and host that clients sign; `bound` is the address that is listened on.
pub(crate) fn origin(config: &Config, bound: SocketAddr) -> Result<Origin, ConfigError> {
    let server = &config.server;
    let Some(url) = &server.public_url else {
        if !bound.ip().is_loopback() {
            return Err(ConfigError::value(
                "server",
                "public_url",
                "the https URL that clients use, as `listen` is no loopback address",
                "none",
            ));
        }
        return parse_origin(&format!("http://{bound}"));
    };
    let origin = parse_origin(url)?;
    if !bound.ip().is_loopback() {
        if !url.starts_with("https://") {
            return Err(ConfigError::value(
                "server",
                "public_url",
                "an https URL, as `listen` is no loopback address",
                url,
            ));
        }
        if server.tls.is_none() {
            return Err(ConfigError::value(
                "server",
                "tls",
                "who ends TLS in front of `listen`, in words",
                "none",
            ));
        }
    }
    Ok(origin)
}

fn parse_origin(url: &str) -> Result<Origin, ConfigError> {
    Origin::parse(url).map_err(|error| {
        ConfigError::value(
            "server",
            "public_url",
            "scheme and host alone, such as https://api.example.com",
            format_args!("{url} ({error})"),
        )
    })
}

/// The proxies whose forwarded fields are believed; none if none is listed.
pub(crate) fn trusted_proxies(config: &Config) -> Result<Option<TrustedProxies>, ConfigError> {
    let listed = &config.server.trusted_proxies;
    if listed.is_empty() {
        return Ok(None);
    }
    let networks: Vec<IpPrefix> = listed
        .iter()
        .map(|network| {
            network.parse().map_err(|_| {
                ConfigError::value(
                    "server",
                    "trusted_proxies",
                    "networks such as 10.0.0.0/8 or ::1",
                    network,
                )
            })
        })
        .collect::<Result<_, _>>()?;
    let fields = match config.server.forwarded {
        ForwardedKind::XForwarded => ForwardedFields::XForwarded,
        ForwardedKind::Forwarded => ForwardedFields::Forwarded,
    };
    Ok(Some(TrustedProxies::new(fields, networks)))
}

/// The API behind the gateway, if there is one.
pub(crate) fn upstream(config: &Config) -> Result<Option<Upstream>, ConfigError> {
    let url = config.server.upstream.as_deref();
    url.map(Upstream::parse).transpose()
}

/// Times and numbers that must not be zero.
pub(crate) fn check(config: &Config) -> Result<(), ConfigError> {
    let server = &config.server;
    let positive = [
        ("body_room_mib", u64::from(server.body_room_mib)),
        ("header_seconds", u64::from(server.header_seconds)),
        ("body_seconds", u64::from(server.body_seconds)),
        ("upstream_seconds", u64::from(server.upstream_seconds)),
        (
            "max_connections",
            u64::try_from(server.max_connections).unwrap_or(u64::MAX),
        ),
    ];
    for (key, value) in positive {
        if value == 0 {
            return Err(ConfigError::value("server", key, "more than 0", value));
        }
    }
    let keys = config.consumer.iter().map(|it| it.key.as_str());
    if let Some(twice) = double(keys) {
        return Err(ConfigError::value(
            "[consumer]",
            "key",
            "each key once",
            format_args!("{twice:?} twice"),
        ));
    }
    let names = config.user.iter().map(|it| it.name.as_str());
    if let Some(twice) = double(names) {
        return Err(ConfigError::value(
            "[user]",
            "name",
            "each name once",
            format_args!("{twice:?} twice"),
        ));
    }
    if config.access.roles.is_empty() {
        return Err(ConfigError::value(
            "access",
            "roles",
            "the roles whose users may connect applications",
            "none",
        ));
    }
    Ok(())
}

/// What occurs more than once: of two entries one would replace the other.
fn double<'c>(mut all: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let mut seen = BTreeSet::new();
    all.find(|it| !seen.insert(*it))
}

pub(crate) fn seconds(count: u32) -> Duration {
    Duration::from_secs(count.into())
}

pub(crate) fn mebibytes(count: u32) -> usize {
    let bytes = u64::from(count).saturating_mul(1024 * 1024);
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
