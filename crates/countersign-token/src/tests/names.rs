use std::collections::BTreeSet;

use crate::{
    AccessState, Cause, ConnectionEvent, ConnectionPhase, ConnectionRefusal, Event,
    ReauthorisationCause, SessionState, TemporaryState,
};

macro_rules! stable {
    ($name:ty) => {
        let names: BTreeSet<_> = <$name>::ALL.iter().map(|one| one.as_str()).collect();
        assert_eq!(names.len(), <$name>::ALL.len(), "a name twice");
        for one in <$name>::ALL {
            let name = one.as_str();
            assert_eq!(<$name>::parse(name), Ok(*one));
            assert_eq!(name.parse(), Ok(*one));
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
            assert!(<$name>::parse(&name.to_uppercase()).is_err());
        }
        let error = <$name>::parse("s3cret").unwrap_err();
        assert!(!error.to_string().contains("s3cret"));
        assert!(error.to_string().contains(error.expected()));
    };
}

#[test]
fn names_are_read_back() {
    stable!(AccessState);
    stable!(Cause);
    stable!(ConnectionEvent);
    stable!(ConnectionPhase);
    stable!(ConnectionRefusal);
    stable!(Event);
    stable!(ReauthorisationCause);
    stable!(SessionState);
    stable!(TemporaryState);
}

#[test]
fn messages_are_lower_case_and_open_ended() {
    let messages = Cause::ALL
        .iter()
        .map(|one| (one.to_string(), format!("{one:?}")))
        .chain(
            ConnectionRefusal::ALL
                .iter()
                .map(|one| (one.to_string(), format!("{one:?}"))),
        )
        .chain(
            ReauthorisationCause::ALL
                .iter()
                .map(|one| (one.to_string(), format!("{one:?}"))),
        );
    for (shown, debugged) in messages {
        assert!(
            shown.starts_with(|c: char| c.is_ascii_lowercase()),
            "{shown}"
        );
        assert!(!shown.ends_with('.'), "{shown}");
        assert_ne!(shown, debugged);
    }
}
