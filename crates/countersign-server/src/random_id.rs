//! Ids that open something: 256 random bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_key::{RandomError, SecureRandom};
use zeroize::Zeroizing;

use crate::digest::{self, Digest};

/// 256 random bits that a browser keeps. Whoever has them is whom they stand for: this side keeps
/// nothing but digests of them.
pub(crate) struct RandomId(Zeroizing<[u8; 32]>);

impl RandomId {
    pub(crate) fn draw(random: &mut dyn SecureRandom) -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// Reads what [`text`](Self::text) wrote, and nothing else.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// What it is known by for one purpose.
    pub(crate) fn digest(&self, purpose: &'static str) -> Digest {
        digest::of(purpose, &[self.0.as_slice()])
    }
}

#[cfg(test)]
mod tests {
    use countersign_signature::OsRandom;

    use super::*;

    #[test]
    fn an_id_is_read_back_and_nothing_else_is() {
        let id = RandomId::draw(&mut OsRandom::new()).unwrap();
        let text = id.text();
        assert_eq!(text.len(), 43);
        let back = RandomId::from_text(&text).unwrap();
        assert_eq!(back.digest("a"), id.digest("a"));
        assert_ne!(back.digest("a"), id.digest("b"));
        let other = RandomId::draw(&mut OsRandom::new()).unwrap();
        assert_ne!(other.digest("a"), id.digest("a"));
        for wrong in [
            "",
            "a",
            &text[1..],
            &format!("{}=", *text),
            &format!("{}A", *text),
            &format!("+{}", &text[1..]),
            &format!("{}_", &text[..42]),
        ] {
            assert!(RandomId::from_text(wrong).is_none(), "{wrong}");
        }
    }
}
