use countersign_capture::Limits;
use countersign_capture::settings::{Settings, SettingsError, Tool, read};

const TOOLS: [Tool; 4] = [Tool::Bruno, Tool::Insomnia, Tool::Postman, Tool::Twurl];

/// In a seed it stands where a secret can stand.
const CANARY: &str = "c4n4ry";

/// A file of OAuth 1.0 settings, read as of each tool.
///
/// What is read is at least one set and no more than the input has room for; neither its `Debug` form nor an error shows a
/// value; the kind of line ends makes no difference.
pub fn settings(data: &[u8]) {
    for tool in TOOLS {
        let found = read(tool, data, &Limits::default());
        match &found {
            Ok(found) => {
                assert!(!found.is_empty() && found.len() <= data.len());
                found.iter().for_each(hidden);
            }
            Err(error) => assert!(!error.to_string().contains(CANARY)),
        }
        let Ok(text) = core::str::from_utf8(data) else {
            continue;
        };
        if !text.contains('\r') {
            let other = text.replace('\n', "\r\n");
            same(&found, &read(tool, other.as_bytes(), &Limits::default()));
        }
    }
}

/// Names may be shown, values not.
fn hidden(settings: &Settings) {
    let named = settings.label().contains(CANARY)
        || settings.unresolved().iter().any(|it| it.contains(CANARY));
    assert!(named || !format!("{settings:?}").contains(CANARY));
}

fn same(one: &Result<Vec<Settings>, SettingsError>, other: &Result<Vec<Settings>, SettingsError>) {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one.len(), other.len());
            for (one, other) in one.iter().zip(other) {
                assert_eq!(values(one), values(other));
            }
        }
        // The length of the input is one of the limits.
        (_, Err(SettingsError::Limit(_))) => {}
        (one, other) => assert_eq!(one.as_ref().err(), other.as_ref().err()),
    }
}

fn values(settings: &Settings) -> [Option<&str>; 7] {
    [
        Some(settings.label()),
        settings.consumer_key(),
        settings.consumer_secret().map(|it| it.expose_secret()),
        settings.token(),
        settings.token_secret().map(|it| it.expose_secret()),
        settings.signature_method(),
        settings.realm(),
    ]
}
