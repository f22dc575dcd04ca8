//! Findings: what is wrong with which rows of a file, by kind, and how many rows have it.

use shared::api::{ImportFinding, ImportLine};
use std::collections::BTreeMap;

/// How many lines of a kind the report names.
const FIRST_LINES: usize = 10;
/// How much of a value the report repeats, in letters.
const MOST_OF_A_VALUE: usize = 80;

/// A kind of defect; kinds are told in their order.
pub trait Defect: Copy + Ord {
    /// As in the report.
    fn word(self) -> &'static str;
    /// Does it keep a row from being imported?
    fn is_error(self) -> bool;
    /// For a person.
    fn message(self) -> &'static str;
}

/// All findings of a file.
#[derive(Debug)]
pub struct Findings<K> {
    by_kind: BTreeMap<K, Found>,
}

impl<K> Default for Findings<K> {
    fn default() -> Self {
        Self { by_kind: BTreeMap::new() }
    }
}

#[derive(Debug, Default)]
struct Found {
    count: u64,
    lines: Vec<ImportLine>,
    warns_only: bool,
}

impl<K: Defect> Findings<K> {
    /// Notes that a row has a defect.
    pub fn note(&mut self, kind: K, line: u64, value: &str) {
        let found = self.by_kind.entry(kind).or_default();
        found.count += 1;
        found.warns_only = false;
        if found.lines.len() < FIRST_LINES {
            let value = value.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
            found.lines.push(ImportLine { line, value: value.take(MOST_OF_A_VALUE).collect() });
        }
    }

    /// Notes something that stops nothing, though others of its kind do.
    pub fn warn(&mut self, kind: K, line: u64, value: &str) {
        let stops = self.by_kind.get(&kind).is_some_and(|found| !found.warns_only);
        self.note(kind, line, value);
        if let Some(found) = self.by_kind.get_mut(&kind) {
            found.warns_only = !stops;
        }
    }

    /// Is there anything of this kind that stops an import?
    pub fn stops(&self, kind: K) -> bool {
        kind.is_error() && self.by_kind.get(&kind).is_some_and(|found| !found.warns_only)
    }

    /// For the report: lines in order of the file.
    pub fn into_report(self) -> Vec<ImportFinding> {
        self.by_kind
            .into_iter()
            .map(|(kind, mut found)| {
                found.lines.sort_by_key(|line| line.line);
                ImportFinding {
                    kind: kind.word().to_owned(),
                    message: kind.message().to_owned(),
                    error: kind.is_error() && !found.warns_only,
                    count: found.count,
                    lines: found.lines,
                }
            })
            .collect()
    }
}
