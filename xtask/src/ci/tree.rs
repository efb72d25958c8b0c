//! TREE: how much each crate brings along.

use std::collections::BTreeSet;

use crate::ci::{Context, Notes};
use crate::process::{capture, cargo};

/// What one crate's normal dependencies may come to.
#[derive(Debug)]
struct Limit {
    package: &'static str,
    flags: &'static [&'static str],
    /// The crate itself counts.
    packages: usize,
    without: &'static [&'static str],
}

const LIMITS: &[Limit] = &[
    Limit {
        package: "countersign-encoding",
        flags: &[],
        packages: 1,
        without: &[],
    },
    Limit {
        package: "countersign-dialect",
        flags: &[],
        packages: 1,
        without: &[],
    },
    Limit {
        package: "countersign-base-string",
        flags: &[],
        packages: 8,
        without: &[],
    },
    Limit {
        package: "countersign-problem",
        flags: &[],
        packages: 8,
        without: &[],
    },
    Limit {
        package: "countersign-clock",
        flags: &[],
        packages: 13,
        without: &[],
    },
    Limit {
        package: "countersign-signature",
        flags: &["--no-default-features", "--features", "hmac"],
        packages: usize::MAX,
        without: &["rsa", "openssl", "num-bigint", "crypto-bigint"],
    },
];

pub(super) fn section(context: &Context) -> Result<Notes, String> {
    let mut faults = Vec::new();
    for limit in LIMITS {
        let words = [
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            limit.package,
        ];
        let out = capture(cargo(
            &context.workspace.root,
            &[&words[..], limit.flags].concat(),
        ))?;
        if !out.ok {
            return Err(format!("cargo tree failed:\n{}", out.stderr.trim_end()));
        }
        let packages = packages(&out.stdout);
        let most = match limit.packages {
            usize::MAX => String::new(),
            most => format!(", at most {most}"),
        };
        println!(
            "{} {}: {} packages{most}",
            limit.package,
            limit.flags.join(" "),
            packages.len()
        );
        faults.extend(exceeded(limit, &packages));
    }
    if faults.is_empty() {
        Ok(Notes::default())
    } else {
        Err(faults.join("; "))
    }
}

/// The distinct `name version` of the lines of `cargo tree --prefix none`.
fn packages(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        })
        .collect()
}

fn exceeded(limit: &Limit, packages: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    if packages.len() > limit.packages {
        let names: Vec<&str> = packages.iter().map(String::as_str).collect();
        faults.push(format!(
            "{} comes to {} packages, more than {}: {}",
            limit.package,
            packages.len(),
            limit.packages,
            names.join(", ")
        ));
    }
    let is = |package: &&String, name: &str| package.split(' ').next() == Some(name);
    for unwanted in limit.without {
        if packages.iter().any(|package| is(&package, unwanted)) {
            faults.push(format!(
                "{} {} brings {unwanted}",
                limit.package,
                limit.flags.join(" ")
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str =
        "a v0.1.0 (/w/crates/a)\nthiserror v2.0.21\nsyn v2.0.1\nsyn v2.0.1 (*)\nrsa v0.10.0\n";

    fn limit(packages: usize, without: &'static [&'static str]) -> Limit {
        Limit {
            package: "a",
            flags: &[],
            packages,
            without,
        }
    }

    #[test]
    fn a_package_counts_once() {
        assert_eq!(packages(TREE).len(), 4);
    }

    #[test]
    fn a_limit_holds_and_breaks() {
        assert!(exceeded(&limit(4, &["hmac"]), &packages(TREE)).is_empty());
        assert_eq!(exceeded(&limit(3, &[]), &packages(TREE)).len(), 1);
        assert_eq!(exceeded(&limit(9, &["rsa"]), &packages(TREE)).len(), 1);
    }
}
