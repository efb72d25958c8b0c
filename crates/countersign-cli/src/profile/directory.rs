//! Where the configuration of a user stands on this system.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::exit::Failure;

/// Names the directory itself, before all others.
const OWN: &str = "COUNTERSIGN_CONFIG_DIR";

/// Variables with a directory, and what lies below it; the first that is set counts.
#[cfg(windows)]
const PLACES: [(&str, &[&str]); 1] = [("APPDATA", &["countersign"])];
#[cfg(target_os = "macos")]
const PLACES: [(&str, &[&str]); 1] = [("HOME", &["Library", "Application Support", "countersign"])];
#[cfg(not(any(windows, target_os = "macos")))]
const PLACES: [(&str, &[&str]); 2] = [
    ("XDG_CONFIG_HOME", &["countersign"]),
    ("HOME", &[".config", "countersign"]),
];

pub(super) fn find() -> Result<PathBuf, Failure> {
    choose(&|name| std::env::var_os(name)).ok_or_else(|| {
        let names: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
        Failure::Work(format!(
            "where profiles stand is not known: neither {OWN} nor {} is set to an absolute path",
            names.join(" nor ")
        ))
    })
}

fn choose(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let given = |name: &str| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(own) = given(OWN) {
        return Some(own);
    }
    PLACES.iter().find_map(|(name, below)| {
        // A relative one would be a different place in each directory; XDG says to ignore it.
        let base = given(name).filter(|path| path.is_absolute())?;
        Some(below.iter().fold(base, |path, part| path.join(part)))
    })
}

#[cfg(test)]
mod tests {
    use super::choose;
    use std::ffi::OsString;
    use std::path::PathBuf;

    fn with(variables: &[(&str, &str)]) -> Option<PathBuf> {
        choose(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(found.1))
        })
    }

    #[test]
    fn the_own_variable_goes_before_all() {
        let all = [("COUNTERSIGN_CONFIG_DIR", "own"), ("HOME", "/people/ann")];
        assert_eq!(with(&all), Some(PathBuf::from("own")));
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[("HOME", "")]), None);
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn xdg_goes_before_home_and_has_to_be_absolute() {
        let both = [("XDG_CONFIG_HOME", "/xdg"), ("HOME", "/people/ann")];
        assert_eq!(with(&both), Some(PathBuf::from("/xdg/countersign")));
        let relative = [("XDG_CONFIG_HOME", "xdg"), ("HOME", "/people/ann")];
        let home = Some(PathBuf::from("/people/ann/.config/countersign"));
        assert_eq!(with(&relative), home);
        assert_eq!(with(&[("HOME", "ann")]), None);
    }
}
