//! What a query or a form says.

use countersign_encoding::form;
use zeroize::Zeroizing;

use crate::pages::fault::Fault;

/// Names and values, read strictly. They are wiped, as passwords are among them.
pub(crate) struct Fields(Vec<(String, Zeroizing<String>)>);

impl Fields {
    pub(crate) fn of(text: &[u8]) -> Result<Self, Fault> {
        let pairs = form::parse(text).map_err(|_| Fault::Form)?;
        let pairs = pairs.iter().map(|pair| {
            let name = String::from_utf8(pair.name().to_vec()).ok()?;
            let value = String::from_utf8(pair.value().unwrap_or_default().to_vec()).ok()?;
            Some((name, Zeroizing::new(value)))
        });
        pairs.collect::<Option<_>>().map(Self).ok_or(Fault::Form)
    }

    /// The value of a name that may be given once; an empty one is none.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) => Ok(Some(value.as_str()).filter(|it| !it.is_empty())),
            (Some(_), Some(_)) => Err(Fault::Form),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_once_or_not_at_all() {
        let fields = Fields::of(b"a=1+%C3%A9&b=&c=1&c=1").unwrap();
        assert_eq!(fields.one("a").unwrap(), Some("1 é"));
        assert_eq!(fields.one("b").unwrap(), None);
        assert_eq!(fields.one("d").unwrap(), None);
        assert_eq!(fields.one("c").unwrap_err(), Fault::Form);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for text in [b"a=%".as_slice(), b"a=%FF", b"%zz=1"] {
            assert!(Fields::of(text).is_err());
        }
    }
}
