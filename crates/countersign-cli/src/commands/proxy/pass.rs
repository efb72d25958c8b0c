//! What a tool has to show before anything is signed for it.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_key::{Secret, SecretBytes, SecureRandom as _};
use countersign_signature::OsRandom;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use subtle::ConstantTimeEq as _;

use crate::exit::Failure;
use crate::keys_file;

/// The field for the token that nothing else uses.
pub(super) const FIELD: HeaderName = HeaderName::from_static("x-countersign-token");

/// Where the token may stand. It goes no further from any of them.
const PLACES: [HeaderName; 3] = [FIELD, PROXY_AUTHORIZATION, AUTHORIZATION];

/// 128 bits.
const BYTES: usize = 16;

/// Characters of a token in a file: 128 bits in hexadecimal at least.
const LENGTHS: core::ops::RangeInclusive<usize> = 32..=256;

/// What a tool has to show: whoever has it may have requests signed.
#[derive(Debug)]
pub(super) struct Pass(Secret);

impl Pass {
    /// One for this run.
    pub(super) fn drawn() -> Result<Self, Failure> {
        let mut bytes = [0; BYTES];
        OsRandom::new()
            .fill(&mut bytes)
            .map_err(|error| Failure::work(&error))?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(Secret::new(text)))
    }

    /// One that stays, alone in a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let refused = |reason: String| Failure::Input {
            what: path.display().to_string(),
            reason,
        };
        if let Some(mode) = keys_file::mode_if_others_can_read(path) {
            return Err(refused(format!(
                "others can read it (mode {mode:04o}), so it is no secret; close it: chmod 600 {}",
                path.display()
            )));
        }
        let token = keys_file::read_passphrase(path)?;
        let text = token.expose_secret();
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if !is_plain || !LENGTHS.contains(&text.len()) {
            return Err(refused(format!(
                "expected {} to {} letters, digits, - . _ or ~, as `openssl rand -hex 16` prints them",
                LENGTHS.start(),
                LENGTHS.end()
            )));
        }
        Ok(Self(token))
    }

    #[cfg(test)]
    pub(super) const fn of(token: Secret) -> Self {
        Self(token)
    }

    /// For the one place where it is told.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it is shown, in any of its places. Where it was it is removed, so that what is left
    /// there is the tool's own.
    pub(super) fn is_shown(&self, headers: &mut HeaderMap) -> bool {
        let mut shown = false;
        for place in PLACES {
            let values = headers.get_all(&place).iter();
            let (its, others): (Vec<HeaderValue>, _) = values
                .cloned()
                .partition(|value| self.is_in(value.as_bytes()));
            if its.is_empty() {
                continue;
            }
            shown = true;
            headers.remove(&place);
            for other in others {
                headers.append(&place, other);
            }
        }
        shown
    }

    /// By itself, as a bearer token, or as user name or password.
    fn is_in(&self, value: &[u8]) -> bool {
        if self.is(value) {
            return true;
        }
        let mut words = value.splitn(2, |byte| *byte == b' ');
        let scheme = words.next().unwrap_or_default();
        let rest = words.next().unwrap_or_default().trim_ascii();
        if scheme.eq_ignore_ascii_case(b"bearer") {
            return self.is(rest);
        }
        if !scheme.eq_ignore_ascii_case(b"basic") {
            return false;
        }
        let Ok(pair) = STANDARD.decode(rest) else {
            return false;
        };
        let pair = SecretBytes::new(pair);
        let mut parts = pair.expose_secret().splitn(2, |byte| *byte == b':');
        let user = self.is(parts.next().unwrap_or_default());
        let password = self.is(parts.next().unwrap_or_default());
        user | password
    }

    /// In the same time wherever they differ; lengths are no secret.
    fn is(&self, shown: &[u8]) -> bool {
        self.expose().as_bytes().ct_eq(shown).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn shown(name: &'static str, value: &str) -> (bool, bool) {
        let pass = Pass(Secret::new(TOKEN));
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        (pass.is_shown(&mut headers), headers.is_empty())
    }

    #[test]
    fn it_is_found_in_each_of_its_places_and_goes_no_further() {
        let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
        for value in [
            TOKEN.to_owned(),
            format!("Bearer {TOKEN}"),
            format!("bearer  {TOKEN} "),
            basic(format!("{TOKEN}:")),
            basic(TOKEN.to_owned()),
            basic(format!("{TOKEN}:x")),
            basic(format!("x:{TOKEN}")),
        ] {
            for place in [
                "x-countersign-token",
                "proxy-authorization",
                "authorization",
            ] {
                assert_eq!(shown(place, &value), (true, true), "{place}: {value}");
            }
            assert_eq!(shown("x-token", &value), (false, false));
        }
    }

    #[test]
    fn a_login_beside_it_stays() {
        let pass = Pass(Secret::new(TOKEN));
        let token = format!("Bearer {TOKEN}");
        for values in [["Basic YTpi", &token], [&token, "Basic YTpi"]] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            assert!(pass.is_shown(&mut headers));
            let left: Vec<&HeaderValue> = headers.get_all(AUTHORIZATION).iter().collect();
            assert_eq!(left, ["Basic YTpi"]);
        }
    }

    #[test]
    fn anything_near_it_is_not_it_and_stays() {
        let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
        for value in [
            String::new(),
            TOKEN[1..].to_owned(),
            format!("{TOKEN}0"),
            TOKEN.to_uppercase(),
            format!("Digest {TOKEN}"),
            format!("Basic {TOKEN}"),
            format!("Bearer {}", &TOKEN[1..]),
            basic(String::new()),
            basic(":".to_owned()),
            basic(format!("x:{TOKEN}:")),
            basic(format!("x:{}", TOKEN.replace('0', "1"))),
        ] {
            for place in [
                "x-countersign-token",
                "proxy-authorization",
                "authorization",
            ] {
                assert_eq!(shown(place, &value), (false, false), "{place}: {value}");
            }
        }
    }

    #[test]
    fn each_run_draws_another() {
        let (one, other) = (Pass::drawn().unwrap(), Pass::drawn().unwrap());
        assert_eq!(one.expose().len(), 32);
        assert_ne!(one.expose(), other.expose());
        assert!(!format!("{one:?}").contains(one.expose()));
    }
}
