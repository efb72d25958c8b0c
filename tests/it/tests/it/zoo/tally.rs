//! Counting what was explained, and listing what was not.

use core::fmt;
use std::collections::BTreeMap;

use countersign_doctor::{Confidence, Diagnosis, Verdict};
use countersign_test_support::zoo::{self, Specimen};

/// The tally of one number of faults.
#[derive(Debug)]
pub(super) struct Tally {
    faults: usize,
    seed: u64,
    count: usize,
    explained: usize,
    /// The best finding has the class of the fault, or names it among the others.
    named: usize,
    tried: u64,
    /// Unexplained ones by their faults: class and what the program does.
    missed: BTreeMap<String, usize>,
    /// Each of them in full.
    examples: Vec<String>,
    /// Of those, proven at a greater depth.
    too_deep: usize,
    /// Explained ones whose best finding is of another class.
    other_class: BTreeMap<String, usize>,
}

impl Tally {
    pub(super) fn new(faults: usize, seed: u64) -> Self {
        Self {
            faults,
            seed,
            count: 0,
            explained: 0,
            named: 0,
            tried: 0,
            missed: BTreeMap::new(),
            examples: Vec::new(),
            too_deep: 0,
            other_class: BTreeMap::new(),
        }
    }

    pub(super) fn count(&mut self, specimen: &Specimen, diagnosis: &Diagnosis, explained: bool) {
        self.count += 1;
        self.tried += diagnosis.tried();
        let faults: Vec<String> = specimen
            .faults
            .iter()
            .map(|fault| format!("{} ({})", fault.code, fault.what))
            .collect();
        let faults = faults.join(" + ");
        let codes: Vec<&str> = diagnosis
            .findings()
            .iter()
            .filter(|finding| finding.confidence == Confidence::Proven)
            .flat_map(|finding| core::iter::once(&finding.code).chain(&finding.also))
            .map(|code| code.as_str())
            .collect();
        if !explained {
            self.examples.push(format!(
                "{faults}: {codes:?}\n  {:?}\n  {:?}\n  right  {}\n  signed {}",
                specimen.sent,
                specimen.request.credentials(),
                zoo::signature(&specimen.request).base_string,
                specimen.signature.base_string
            ));
            let deep = diagnosis.verdict() == Verdict::Explained;
            self.too_deep += usize::from(deep);
            let proven = if deep {
                format!(" -> {}", codes.join(", "))
            } else {
                String::new()
            };
            *self.missed.entry(format!("{faults}{proven}")).or_default() += 1;
            return;
        }
        self.explained += 1;
        if specimen
            .faults
            .iter()
            .all(|fault| codes.contains(&fault.code))
        {
            self.named += 1;
        } else if self.faults == 1 {
            let line = format!("{faults} -> {}", codes.join(", "));
            *self.other_class.entry(line).or_default() += 1;
        }
    }

    pub(super) fn explained(&self) -> usize {
        self.explained
    }

    pub(super) fn print(&self) {
        println!("{self}");
        if std::env::var_os("COUNTERSIGN_ZOO_SHOW").is_some() {
            println!("{}", self.examples.join("\n"));
        }
    }
}

/// `n` of `of` in percent, with two decimals.
fn percent(n: usize, of: usize) -> String {
    let hundredths = (n * 10_000).checked_div(of).unwrap_or_default();
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = ["no", "single", "double", "triple"][self.faults];
        writeln!(
            f,
            "zoo: {kind} faults, seed {}: {} of {} explained ({}), class named in {} ({}), {} candidates",
            self.seed,
            self.explained,
            self.count,
            percent(self.explained, self.count),
            self.named,
            percent(self.named, self.explained),
            self.tried
        )?;
        if !self.missed.is_empty() {
            writeln!(
                f,
                "unexplained ({} of them proven too deep):",
                self.too_deep
            )?;
        }
        for (faults, count) in &self.missed {
            writeln!(f, "  {count:>3}  {faults}")?;
        }
        if !self.other_class.is_empty() {
            writeln!(f, "explained by another class:")?;
        }
        for (line, count) in &self.other_class {
            writeln!(f, "  {count:>3}  {line}")?;
        }
        Ok(())
    }
}
