//! A browser without scripts: it keeps cookies, reads forms and sends them.

use std::collections::BTreeMap;

use super::world::Answer;
use super::{FORM, World};

/// What a browser says of a form that was sent from a page of the same origin. The origin is opaque,
/// as our pages send no referrer.
const OWN: [(&str, &str); 2] = [("Sec-Fetch-Site", "same-origin"), ("Origin", "null")];

#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn get(&mut self, world: &World, target: &str) -> Page {
        self.send(world, "GET", target, &[], "").await
    }

    /// Sends a form with what was filled in; `""` presses the only button.
    pub(crate) async fn submit(
        &mut self,
        world: &World,
        form: &Form,
        filled: &[(&str, &str)],
    ) -> Page {
        let body = form.filled(filled);
        self.post(world, &form.action, &body).await
    }

    pub(crate) async fn post(&mut self, world: &World, target: &str, body: &str) -> Page {
        self.send(world, "POST", target, &OWN, body).await
    }

    /// Goes where the answer points to.
    pub(crate) async fn follow(&mut self, world: &World, page: &Page) -> Page {
        assert_eq!(page.status, 303, "{page:?}");
        let location = page.field("location").unwrap().to_owned();
        assert!(location.starts_with("/oauth/"), "{location}");
        self.get(world, &location).await
    }

    pub(crate) async fn send(
        &mut self,
        world: &World,
        method: &str,
        target: &str,
        fields: &[(&str, &str)],
        body: &str,
    ) -> Page {
        let mut text = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            world.address()
        );
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, it)| format!("{name}={it}"));
            let all = pairs.collect::<Vec<_>>().join("; ");
            text += &format!("Cookie: {all}\r\n");
        }
        if method == "POST" && !fields.iter().any(|(name, _)| *name == "Content-Type") {
            text += &format!("Content-Type: {FORM}\r\n");
        }
        if method != "GET" && method != "HEAD" {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in fields {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        text += body;
        let answer = world.raw(text.as_bytes()).await;
        self.take_cookies(&answer);
        Page::of(answer)
    }

    fn take_cookies(&mut self, answer: &Answer) {
        for cookie in set_cookies(answer) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Logs in from the page of the login.
    pub(crate) async fn log_in(&mut self, world: &World, name: &str, password: &str) -> Page {
        let page = self.get(world, "/oauth/login").await;
        let filled = [("username", name), ("password", password)];
        self.submit(world, page.form("/oauth/login"), &filled).await
    }
}

pub(crate) fn set_cookies(answer: &Answer) -> Vec<&str> {
    let lines = answer.head.lines();
    let fields = lines.filter_map(|line| line.split_once(": "));
    fields
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .map(|(_, value)| value)
        .collect()
}

/// An answer, and the forms in it.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    answer: Answer,
    pub(crate) forms: Vec<Form>,
}

impl core::ops::Deref for Page {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.answer
    }
}

impl Page {
    fn of(answer: Answer) -> Self {
        let mut forms: Vec<Form> = Vec::new();
        for tag in answer.body.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap_or_default();
            let attribute = |name: &str| {
                let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
                Some(unescape(rest.split('"').next()?))
            };
            let flag = |name: &str| tag.split(' ').any(|word| word == name);
            if tag.starts_with("form ") {
                assert_eq!(attribute("method").as_deref(), Some("post"));
                forms.push(Form {
                    action: attribute("action").unwrap(),
                    fields: Vec::new(),
                    choices: Vec::new(),
                    disabled: Vec::new(),
                });
            }
            let Some(form) = forms.last_mut().filter(|_| tag.starts_with("input ")) else {
                continue;
            };
            let name = attribute("name").unwrap();
            let value = attribute("value").unwrap_or_default();
            match (attribute("type").as_deref(), flag("disabled")) {
                (Some("radio"), true) => form.disabled.push(value),
                (Some("radio"), false) => {
                    if flag("checked") {
                        form.fields.push((name, value.clone()));
                    }
                    form.choices.push(value);
                }
                _ => form.fields.push((name, value)),
            }
        }
        Self { answer, forms }
    }

    /// The first form that is sent there.
    pub(crate) fn form(&self, action: &str) -> &Form {
        let mut forms = self.forms.iter();
        let found = forms.find(|form| form.action == action);
        found.unwrap_or_else(|| panic!("no form for {action}: {self:?}"))
    }

    /// The text between the tags of the first element that opens like this.
    pub(crate) fn text_of(&self, opening: &str) -> String {
        let (_, rest) = self.body.split_once(opening).unwrap();
        let (_, rest) = rest.split_once('>').unwrap();
        unescape(rest.split('<').next().unwrap())
    }
}

/// A form as a browser understands it.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
    /// The values of radio buttons that can be chosen, and of those that can't.
    pub(crate) choices: Vec<String>,
    pub(crate) disabled: Vec<String>,
}

impl Form {
    pub(crate) fn value(&self, name: &str) -> &str {
        let mut fields = self.fields.iter();
        fields.find(|(known, _)| known == name).unwrap().1.as_str()
    }

    /// The body with these values in the place of its own, or beside them.
    pub(crate) fn filled(&self, filled: &[(&str, &str)]) -> String {
        let own = self.fields.iter().map(|(name, it)| (&**name, &**it));
        let own = own.filter(|(name, _)| filled.iter().all(|(other, _)| other != name));
        let pairs = own.chain(filled.iter().copied());
        let pairs = pairs.map(|(name, it)| format!("{name}={}", encoded(it)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

pub(crate) fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        let (number, after) = after.split_once(';').unwrap();
        out += before;
        out.push(char::from_u32(number.parse().unwrap()).unwrap());
        rest = after;
    }
    assert!(!rest.contains('&'), "{rest}");
    out + rest
}
