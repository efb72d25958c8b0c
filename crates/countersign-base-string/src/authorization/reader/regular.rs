//! The spelling of nearly every sender, told quickly.

use countersign_encoding::is_plain;

use super::{Expecting, REALM, RawParameters};
use crate::authorization::scan::{run_to, value_run};
use crate::{ProtocolName, RawParameter};

impl<'a> RawParameters<'a> {
    /// Reads an element as nearly every sender writes it, which is quickly told: a name of
    /// unreserved characters, `="`, a value, a quote, and then a comma or nothing. At anything else
    /// it stays where it is.
    #[inline(always)]
    pub(crate) fn next_regular(&mut self) -> Option<RawParameter<'a>> {
        if self.expecting == Expecting::Nothing {
            return None;
        }
        let rest = self.text.0.get(self.at..)?;
        let element = rest.strip_prefix(' ').unwrap_or(rest);
        let known = ProtocolName::at_start(element.as_bytes());
        let name_len = match known {
            Some(name) => name.as_str().len(),
            None => run_to(element.as_bytes(), b'='),
        };
        let (name, after) = element.split_at_checked(name_len)?;
        let after = after.strip_prefix("=\"")?;
        let (value, after) = after.split_at_checked(run_to(after.as_bytes(), b'"'))?;
        let after = after.strip_prefix('"')?;
        let value_is_plain = is_plain(value.as_bytes());
        if (known.is_none() && !is_other_name(name))
            || (!value_is_plain && value_run(value.as_bytes()) != value.len())
        {
            return None;
        }
        let all = self.text.0.len();
        let end = all.wrapping_sub(after.len());
        match after.as_bytes().first() {
            None => {
                self.expecting = Expecting::Nothing;
                self.at = end;
            }
            Some(b',') => {
                self.expecting = Expecting::Next(end);
                self.at = end.wrapping_add(1);
            }
            Some(_) => return None,
        }
        Some(RawParameter {
            name,
            value,
            offset: all.wrapping_sub(element.len()),
            known,
            name_is_plain: true,
            value_is_plain,
        })
    }
}

/// Whether it is the name of a parameter, and spelled plainly.
fn is_other_name(name: &str) -> bool {
    !name.is_empty() && !name.eq_ignore_ascii_case(REALM) && is_plain(name.as_bytes())
}
