//! An answer, as a client sees it.

/// Status, fields and body of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, in the order received; without the server's date, which is no part of
    /// what is told.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The first answer in the bytes read from a connection.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let fields = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Some(Self {
            status: lines.next()?.split(' ').nth(1)?.parse().ok()?,
            fields: lines
                .map(fields)
                .filter(|(name, _)| name != "date")
                .collect(),
            body: body.to_owned(),
        })
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter of a form, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let pairs = countersign_encoding::form::parse(self.body.as_bytes()).ok()?;
        let found = pairs
            .iter()
            .find(|pair| pair.name() == name.as_bytes())
            .map(|pair| pair.value().unwrap_or_default().to_vec());
        found.map(|value| String::from_utf8(value).unwrap())
    }

    /// The problem that was told; the field and the body must say the same.
    pub(crate) fn problem(&self) -> String {
        let in_body = if self.status < 400 {
            None
        } else {
            self.parameter("oauth_problem")
        };
        let challenge = self.field("www-authenticate").unwrap_or_default();
        let in_field = challenge
            .split_once("oauth_problem=\"")
            .and_then(|(_, rest)| rest.split('"').next());
        assert_eq!(in_body.as_deref(), in_field, "{self:?}");
        in_body.unwrap_or_default()
    }

    pub(crate) fn advice(&self) -> String {
        self.parameter("oauth_problem_advice").unwrap_or_default()
    }
}
