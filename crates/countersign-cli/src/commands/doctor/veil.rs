//! What a report may show: never a secret, and with `--redact` no value of the inputs.

mod mask;
mod private;
mod words;

#[cfg(test)]
mod tests;

use countersign_doctor::Keys;

use super::inputs::Evidence;
use super::text::sides_in;
use private::Private;

/// Hides what a report must not show; everything the report takes from a diagnosis goes through it.
#[derive(Debug)]
pub(super) struct Veil {
    private: Private,
    redact: bool,
}

impl Veil {
    /// Hides secrets, and with `redact` all values of the inputs.
    pub(super) fn over(
        evidence: &Evidence,
        keys: Option<&Keys>,
        texts: &[&str],
        redact: bool,
    ) -> Self {
        let mut private = Private::default();
        if let Some(keys) = keys {
            private.add_keys(keys, redact);
        }
        for request in evidence.requests() {
            private.add_request(request, redact);
        }
        if redact {
            for answer in evidence.answers() {
                private.add_answer(answer);
            }
            for text in evidence.texts().chain(texts.iter().copied()) {
                private.add_text(text);
            }
        }
        private.sort();
        Self { private, redact }
    }

    pub(super) const fn redacts(&self) -> bool {
        self.redact
    }

    /// A sentence: values become placeholders, the sentence stays.
    pub(super) fn prose(&self, text: &str) -> String {
        if !self.redact {
            return self.private.replaced(text, true);
        }
        let text = mask::quotes(text, &self.private);
        mask::fragments(&self.private.replaced(&text, true), &self.private)
    }

    /// What the provider said. Its known sentences are kept, others are not quoted.
    pub(super) fn advice(&self, text: &str) -> String {
        if !self.redact {
            return self.private.replaced(text, true);
        }
        match countersign_problem::text::recognise(text).first() {
            Some(known) => mask::fragments(known.row.pattern.text(), &self.private),
            None => format!("<text of {} characters>", text.chars().count()),
        }
    }

    /// Both spellings of a piece of evidence.
    pub(super) fn sides(
        &self,
        what: &str,
        found: Option<&str>,
        expected: Option<&str>,
    ) -> (Option<String>, Option<String>) {
        let veiled = |text: Option<&str>| text.map(|text| self.side(what, text));
        let (mut one, mut other) = (veiled(found), veiled(expected));
        // What looks alike behind the mask is told apart by placeholders.
        if self.redact && one == other && found != expected {
            let placeholder = |text: Option<&str>, mark: &str| {
                text.map(|text| {
                    self.private.placeholder(text).unwrap_or_else(|| {
                        format!("<{mark} ({})>", private::length(text.chars().count()))
                    })
                })
            };
            one = placeholder(found, "one value");
            other = placeholder(expected, "another value");
        }
        (one, other)
    }

    fn side(&self, what: &str, text: &str) -> String {
        if private::is_sensitive(what) {
            return mask::classes(text);
        }
        if !self.redact {
            return self.private.replaced(text, false);
        }
        if mask::is_kept(what, text) {
            return text.to_owned();
        }
        if mask::is_data(what, text) {
            mask::classes(text)
        } else {
            self.prose(text)
        }
    }

    /// The value of a parameter in a base string.
    pub(super) fn value(&self, name: &str, value: &str) -> String {
        if private::is_sensitive(name) {
            return format!("[{}]", private::length(value.chars().count()));
        }
        if !self.redact {
            return self.private.replaced(value, false);
        }
        if private::is_public(name) {
            return value.to_owned();
        }
        mask::classes(value)
    }

    /// The name of a parameter, or what a piece of evidence is about.
    pub(super) fn name(&self, text: &str) -> String {
        if !self.redact {
            return self.private.replaced(text, false);
        }
        let (what, named) = sides_in(text);
        let what = match what.split_once(' ') {
            Some((kind @ ("parameter" | "name" | "value"), name)) => {
                format!("{kind} {}", mask::name(name))
            }
            _ => self.prose(what),
        };
        match named {
            Some((one, other)) => format!("{what} ({one} | {other})"),
            None => what,
        }
    }

    /// The name of a parameter.
    pub(super) fn parameter(&self, name: &str) -> String {
        if self.redact {
            mask::name(name)
        } else {
            self.private.replaced(name, false)
        }
    }

    /// A base string as it is, without its secrets.
    pub(super) fn raw(&self, base: &str) -> String {
        self.private.replaced(base, false)
    }

    /// Host, port and path of the request.
    pub(super) fn host(&self, host: &str) -> String {
        if !self.redact || private::is_known_host(host) {
            return host.to_owned();
        }
        format!("<host ({})>", private::length(host.chars().count()))
    }

    /// A path: how many segments it has, and how long they are.
    pub(super) fn path(&self, path: &str) -> String {
        if self.redact {
            mask::classes(path)
        } else {
            self.private.replaced(path, false)
        }
    }

    /// The name of an input, by its position.
    pub(super) fn input(&self, position: usize, name: &str) -> String {
        if self.redact {
            format!("input {}", position.saturating_add(1))
        } else {
            name.to_owned()
        }
    }
}
