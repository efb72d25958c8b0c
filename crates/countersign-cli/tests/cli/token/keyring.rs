//! Tokens whose key the keyring of the system has.

use super::provider::{EXPIRED, Provider, token};
use crate::profile::desktop::Desktop;
use crate::run::run_with;

#[test]
fn a_token_is_moved_and_renewed_with_the_key_of_the_keyring() {
    let Some(mut desktop) = Desktop::unlocked() else {
        return;
    };
    let provider = Provider::start();
    let world = provider.world(EXPIRED);
    let url = format!("{}/api", provider.base);
    let request = ["request", "--profile", "acme", &url];
    let run = |desktop: &Desktop, arguments: &[&str]| {
        let mut variables = vec![("COUNTERSIGN_CONFIG_DIR", world.config())];
        variables.extend(desktop.variables());
        run_with(world.files().path(), arguments, b"", &variables)
    };
    run(&desktop, &["profile", "keyring", "on"]).exits(0);
    run(&desktop, &request).exits(0);
    let written = world.written();
    for word in ["canary", "token-"] {
        assert!(!written.contains(word), "{word}: {written}");
    }

    // With no keyring there is no token, and the one in the store stays as it is.
    desktop.lose_keyring();
    let ran = run(&desktop, &request).exits(3);
    assert!(ran.err.contains("keyring of the system"), "{}", ran.err);
    desktop.unlock();
    run(&desktop, &request).exits(0);

    run(&desktop, &["profile", "keyring", "off"]).exits(0);
    let kept = world.kept();
    assert_eq!((kept.generation(), kept.token()), (2, token(2)));
}
