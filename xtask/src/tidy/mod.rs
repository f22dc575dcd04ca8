//! Tidy: what keeps the house in order and the compiler does not check.
//! Lives here: gathering the files, the list of checks, the exceptions, the report.
//! May use: the text of the project's files, git (to list them), cargo tree. Never: a change to any file.
//! Invariant: an exception names its reason and disappears with what it excuses: the list only gets shorter.

mod documents;
mod exceptions;
mod front;
mod paths;
mod source;
mod walls;
mod words;

use std::fmt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::command;

pub use documents::says_nothing;

const EXCEPTIONS: &str = "xtask/tidy-exceptions.toml";

/// A text file of the project.
pub struct File {
    /// Its path from the top of the workspace, with `/`.
    pub path: String,
    pub text: String,
}

/// One thing out of place.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it: the word an exception is listed under.
    pub check: &'static str,
    pub path: String,
    /// Counted from 1; 0 where a line means nothing.
    pub line: usize,
    /// What stands there, as an exception would quote it.
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, path, line, what, advice } = self;
        let place = if *line == 0 { path.clone() } else { format!("{path}:{line}") };
        write!(out, "{place}: [{check}] `{what}`: {advice}")
    }
}

pub fn run() -> Result<ExitCode> {
    check()?;
    println!("tidy: nothing out of place");
    Ok(ExitCode::SUCCESS)
}

/// Runs every check.
///
/// # Errors
/// When anything is out of place (each finding is printed), or the files cannot be listed.
pub fn check() -> Result<()> {
    let files = gather()?;
    let mut found = findings(&files);
    found.extend(walls::dependencies()?);
    let listed = files.iter().find(|file| file.path == EXCEPTIONS).map(|file| file.text.as_str());
    let found = exceptions::apply(EXCEPTIONS, listed.unwrap_or_default(), found)?;
    for finding in &found {
        println!("{finding}");
    }
    if found.is_empty() { Ok(()) } else { bail!("{} things out of place", found.len()) }
}

fn findings(files: &[File]) -> Vec<Finding> {
    let checks = [
        walls::imports,
        walls::sql,
        documents::room_cards,
        documents::names,
        documents::how_tos,
        front::colours,
    ];
    let others = [front::fakes, paths::of_this_machine, words::translations];
    checks.iter().chain(&others).flat_map(|check| check(files)).collect()
}

/// Every text file git knows or would take: what is ignored is not part of the project.
fn gather() -> Result<Vec<File>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(command::workspace());
    let list = command::read(&mut git).context("git could not list the project's files")?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        let Ok(bytes) = std::fs::read(command::workspace().join(path)) else { continue };
        // What is not text holds nothing these checks look for.
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

/// True for a Rust file of the product or its tools, not of a test folder.
fn is_source(path: &str) -> bool {
    const ROOMS: [&str; 6] = [
        "shared/src/",
        "backend/src/",
        "backend/connectors/src/",
        "backend/price_cart/src/",
        "frontend/src/",
        "sim/src/",
    ];
    path.ends_with(".rs") && ROOMS.iter().any(|room| path.starts_with(room))
}

/// What the checks of text find in one file alone.
#[cfg(test)]
pub fn of_one(path: &str, text: &str) -> Vec<Finding> {
    findings(&[file(path, text)])
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
fn quoted(found: &[Finding]) -> Vec<(&str, &str)> {
    found.iter().map(|finding| (finding.path.as_str(), finding.what.as_str())).collect()
}
