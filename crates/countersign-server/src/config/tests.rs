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
