//! A manifest as lines under headings: enough to see what is inherited.

/// One `key = value` line of a TOML file, with the heading above it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'t> {
    pub(crate) section: &'t str,
    pub(crate) key: &'t str,
    pub(crate) value: &'t str,
    /// The comment on the line or right above it.
    pub(crate) comment: Option<&'t str>,
    pub(crate) line: usize,
}

/// The entries of a manifest; values that span lines count with their first.
pub(crate) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    let mut section = "";
    let mut above = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            above = Some(comment.trim());
            continue;
        }
        if let Some(heading) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = heading.trim_matches(['[', ']']);
        } else if let Some((key, value)) = line.split_once('=') {
            let (value, beside) = match value.split_once(" #") {
                Some((value, comment)) => (value, Some(comment.trim())),
                None => (value, None),
            };
            found.push(Entry {
                section,
                key: key.trim(),
                value: value.trim(),
                comment: beside.or(above),
                line: index + 1,
            });
        }
        above = None;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_carry_heading_and_comment() {
        let text = "[package]\nname = \"a\"\n\n[lints.clippy]\n# why\nx = \"allow\"\ny = 1 # because\n\nz = 2\n";
        let found = entries(text);
        let short: Vec<_> = found
            .iter()
            .map(|e| (e.section, e.key, e.value, e.comment, e.line))
            .collect();
        assert_eq!(
            short,
            [
                ("package", "name", "\"a\"", None, 2),
                ("lints.clippy", "x", "\"allow\"", Some("why"), 6),
                ("lints.clippy", "y", "1", Some("because"), 7),
                ("lints.clippy", "z", "2", None, 9),
            ]
        );
    }
}
