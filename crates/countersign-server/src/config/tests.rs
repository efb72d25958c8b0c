use super::*;

fn refused(text: &str) -> String {
    Config::parse(text, "a/countersign.toml")
        .unwrap_err()
        .to_string()
}

#[test]
fn an_empty_file_is_the_default() {
    let config = Config::parse("", "a/countersign.toml").unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.clock.past, 300);
    assert_eq!(config.access.roles, ["standard", "financial adviser"]);
    assert_eq!(
        config.resolve(&config.store.path),
        Path::new("a/countersign.db")
    );
    assert_eq!(
        config.store.records_file(),
        Path::new("countersign-service.db")
    );
    assert_eq!(config.store.key_file(), Path::new("countersign.key"));
    assert_eq!(
        config.store.audit_file(),
        Path::new("countersign-audit.log")
    );
}

#[test]
fn what_is_not_known_is_refused_with_its_line() {
    let message = refused("[server]\nlisten = \"127.0.0.1:1\"\nlissen = 1\n");
    assert!(
        message.starts_with("a/countersign.toml line 3: unknown field `lissen`"),
        "{message}"
    );
    let message = refused("[clock]\n\npast = \"soon\"\n");
    assert!(
        message.starts_with("a/countersign.toml line 3: "),
        "{message}"
    );
}

#[test]
fn no_message_repeats_a_value() {
    let message = refused("[[user]]\nname = \"a\"\npassword_hash = 4711\n");
    assert!(message.contains("line 3"), "{message}");
    assert!(!message.contains("password_hash = 4711"), "{message}");
}

#[test]
fn debug_shows_no_password_hash() {
    let text = "[[user]]\nname = \"a\"\npassword_hash = \"$argon2id$canary\"\n";
    let config = Config::parse(text, "c.toml").unwrap();
    assert!(!format!("{config:?}").contains("canary"));
}

/// The example with all that is commented out: a comment has a blank behind its `#`.
fn whole_example() -> String {
    let lines = EXAMPLE_CONFIG
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            _ => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_shows_what_holds_without_it() {
    let shown = |config: &Config| format!("{config:?}");
    let default = Config::parse("", "c.toml").unwrap();
    let as_it_is = Config::parse(EXAMPLE_CONFIG, "c.toml").unwrap();
    assert_eq!(shown(&as_it_is), shown(&default));
    let mut whole = Config::parse(&whole_example(), "c.toml").unwrap();
    crate::settings::check(&whole).unwrap();
    crate::settings::upstream(&whole).unwrap().unwrap();
    crate::settings::trusted_proxies(&whole).unwrap().unwrap();
    assert!(whole.server.realm.take().is_some() && whole.server.tls.take().is_some());
    assert!(whole.server.public_url.take().is_some() && whole.server.upstream.take().is_some());
    assert!(whole.server.audit_file.take().is_some() && whole.store.key_file.take().is_some());
    assert!(whole.store.nonces.take().is_some());
    whole.server.trusted_proxies.clear();
    assert_eq!((whole.consumer.len(), whole.user.len()), (1, 1));
    whole.consumer.clear();
    whole.user.clear();
    assert_eq!(shown(&whole), shown(&default), "defaults");
}

#[test]
fn the_example_has_every_key() {
    let example = whole_example();
    let written: toml::Table = toml::from_str(&example).unwrap();
    let sections = [
        ("", ""),
        ("server", "[server]"),
        ("clock", "[clock]"),
        ("store", "[store]"),
        ("renewal", "[renewal]"),
        ("access", "[access]"),
        ("refusals", "[refusals]"),
        ("consumer", "[[consumer]]"),
        ("user", "[[user]]"),
    ];
    let mut all = Vec::new();
    for (name, head) in sections {
        // The types themselves name what they know.
        let message = refused(&format!("{head}\nnothing = 1\n"));
        let known = message.split("expected one of ").nth(1);
        let known = known.or_else(|| message.split("expected ").nth(1)).unwrap();
        let place = match (name, written.get(name)) {
            ("", _) => &written,
            (_, Some(toml::Value::Table(table))) => table,
            (_, Some(toml::Value::Array(entries))) => entries[0].as_table().unwrap(),
            _ => panic!("{name}"),
        };
        for key in known.split('`').skip(1).step_by(2) {
            assert!(place.contains_key(key), "{name}: {key}");
            all.push(key.to_owned());
        }
    }
    assert!(all.len() > 40, "{all:?}");
}
