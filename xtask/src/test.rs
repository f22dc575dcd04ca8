//! Test: every check in one order, cheapest first, with one table at the end.
//! Lives here: the stages, what each one runs, counting their tests.
//! May use: prerequisites, postgres, build, tidy, cargo, npm. Never: a test itself.
//! Invariant: a stage that could not run has failed; only what was asked to be skipped is skipped.

use std::fmt;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::peers::{Peers, Wanted};
use crate::postgres::{Cluster, VARIABLE};
use crate::{build, command, prerequisites, sim, tidy};

/// How the names of test programs begin that speak to real peers.
const REAL: &str = "real_";

#[derive(clap::Args)]
pub struct Arguments {
    /// Run only these stages (may be given several times).
    #[arg(long, value_enum)]
    only: Vec<Stage>,
    /// Leave these stages out (may be given several times).
    #[arg(long, value_enum)]
    skip: Vec<Stage>,
    /// Install cargo-deny when it is missing and check licences and sources with it.
    #[arg(long)]
    deny: bool,
    /// As on a build machine: includes --deny.
    #[arg(long)]
    ci: bool,
    /// Passed on to the test runner of the native and e2e stages: which tests to run.
    #[arg(last = true)]
    filter: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// Formatting.
    Fmt,
    /// Lints, native and WebAssembly.
    Clippy,
    /// Walls between rooms, room cards, style.
    Tidy,
    /// Licences and sources of what we depend on.
    Deny,
    /// Native tests, the storage ones on SQLite and PostgreSQL.
    Native,
    /// Stories with real systems of other makers, installed and started for them.
    Peers,
    /// Simulated shops: nothing lost, nothing doubled, and every planted fault found.
    Sim,
    /// Tests in a headless browser.
    Wasm,
    /// The front end and the server, as the stories need them.
    Build,
    /// Stories in a real browser against a real server.
    E2e,
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        out.pad(&name)
    }
}

/// How many tests a stage ran.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
struct Counts {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

struct Ended {
    stage: Stage,
    seconds: u64,
    counts: Counts,
    result: Result<()>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let stages: Vec<Stage> = Stage::value_variants()
        .iter()
        .copied()
        .filter(|stage| arguments.only.is_empty() || arguments.only.contains(stage))
        .filter(|stage| !arguments.skip.contains(stage))
        .collect();
    if stages.iter().any(|stage| matches!(stage, Stage::Native | Stage::Peers | Stage::Wasm | Stage::E2e)) {
        prerequisites::for_testing()?;
    }
    let mut ended = Vec::new();
    for stage in stages {
        if command::is_stopped() {
            break;
        }
        println!("== {stage}");
        let started = Instant::now();
        let mut counts = Counts::default();
        let result = stage.run(arguments, &mut counts);
        if result.is_err() && counts.failed == 0 {
            counts.failed = 1;
        }
        let seconds = started.elapsed().as_secs();
        match &result {
            Ok(()) => println!("== {stage}: passed in {seconds} s\n"),
            Err(error) => println!("== {stage}: FAILED in {seconds} s: {error:#}\n"),
        }
        ended.push(Ended { stage, seconds, counts, result });
    }
    Ok(summary(&ended))
}

fn summary(ended: &[Ended]) -> ExitCode {
    let mut all = Counts::default();
    println!("{:<8}{:>8}{:>8}  tests", "stage", "result", "seconds");
    for stage in ended {
        let result = if stage.result.is_ok() { "passed" } else { "FAILED" };
        let counts = if stage.counts == Counts::default() { String::new() } else { stage.counts.to_string() };
        println!("{:<8}{result:>8}{:>8}  {counts}", stage.stage, stage.seconds);
        all.add(stage.counts);
    }
    println!("{all}");
    let failed = command::is_stopped() || ended.iter().any(|stage| stage.result.is_err());
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

impl Stage {
    fn run(self, arguments: &Arguments, counts: &mut Counts) -> Result<()> {
        match self {
            Self::Fmt => command::run(command::cargo().args(["fmt", "--all", "--check"])),
            Self::Clippy => clippy(),
            Self::Tidy => tidy::check(),
            Self::Deny => deny(arguments.deny || arguments.ci),
            Self::Native => native(&arguments.filter, counts),
            Self::Peers => real(&arguments.filter, counts),
            Self::Sim => simulated(),
            Self::Wasm => wasm(counts),
            Self::Build => {
                build::front_end(build::Arguments::default())?;
                command::run(command::cargo().args(["build", "--locked", "--package", "tillbridge"]))
            }
            Self::E2e => e2e(&arguments.filter, counts),
        }
    }
}

/// The front end is linted for the browser it runs in, everything else for this machine.
fn clippy() -> Result<()> {
    let strict = ["--all-targets", "--locked", "--quiet", "--", "--deny", "warnings"];
    let native = ["clippy", "--workspace", "--exclude", "tillbridge-frontend"];
    command::run(command::cargo().args(native).args(strict))?;
    prerequisites::wasm_target()?;
    let browser = ["clippy", "--package", "tillbridge-frontend", "--target", "wasm32-unknown-unknown"];
    command::run(command::cargo().args(browser).args(strict))
}

fn deny(must_run: bool) -> Result<()> {
    let Some(mut deny) = prerequisites::deny(must_run)? else {
        println!("cargo-deny is not installed; `cargo xtask test --deny` installs it");
        return Ok(());
    };
    // Advisories need a database fetched from elsewhere: they are looked at by a person, not by every build.
    command::run(deny.args([
        "--all-features",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))
}

fn native(filter: &[String], counts: &mut Counts) -> Result<()> {
    let cluster = Cluster::start(false)?;
    let others = format!("not binary(/^{REAL}/)");
    let mut nextest = nextest(&["--filterset", &others], filter)?;
    watched(nextest.env(VARIABLE, cluster.address()), counts)
}

fn real(filter: &[String], counts: &mut Counts) -> Result<()> {
    let peers = Peers::start(&Wanted::default())?;
    let mut nextest = nextest(&["--test", &format!("{REAL}*")], filter)?;
    watched(nextest.envs(peers.variables()), counts)
}

/// The native tests of the given kind that also match the filter.
fn nextest(kind: &[&str], filter: &[String]) -> Result<Command> {
    let mut nextest = prerequisites::nextest()?;
    nextest
        .args(["run", "--workspace", "--exclude", "tillbridge-frontend", "--exclude", "tillbridge-bindgen"])
        .args(["--locked", "--no-fail-fast", "--status-level", "slow", "--final-status-level", "fail"])
        .args(["--no-tests", "pass", "--color", "never"])
        .args(kind)
        .args(filter);
    Ok(nextest)
}

/// Some hundred seeds, some of them twice, the planted faults, and some seeds on a PostgreSQL; `cargo xtask sim` runs more of
/// them for longer.
fn simulated() -> Result<()> {
    let all: [&[&str]; 4] = [
        &["--seeds=100"],
        &["--seeds=25", "--twice"],
        &["--seeds=200", "--mutants"],
        &["--seeds=20", "--postgres"],
    ];
    for rest in all {
        sim::simulate(false, rest)?;
    }
    Ok(())
}

/// Browser tests of `shared` and `frontend`, in headless Chromium through its own driver.
fn wasm(counts: &mut Counts) -> Result<()> {
    let runner = prerequisites::bindgen_test_runner()?;
    let driver = prerequisites::driver().context("chromedriver is missing")?;
    // The rules' own unit tests stay native: their property tests do not compile for a browser.
    for tests in [["tillbridge-shared", "--test=*_wasm"], ["tillbridge-frontend", "--tests"]] {
        let mut test = command::cargo();
        test.args(["test", "--locked", "--target", "wasm32-unknown-unknown", "--package"])
            .args(tests)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
            .env("CHROMEDRIVER", &driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", command::workspace().join("xtask/webdriver.json"))
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
        watched(&mut test, counts)?;
    }
    Ok(())
}

fn e2e(filter: &[String], counts: &mut Counts) -> Result<()> {
    prerequisites::node_modules()?;
    let browser = prerequisites::browser().context("Chromium is missing")?;
    let binary = command::target_folder().join("debug/tillbridge");
    if !binary.is_file() {
        bail!("the server is not built: run the stage `build` first");
    }
    let e2e = command::workspace().join("e2e");
    let tools = e2e.join("node_modules/.bin");
    command::run(Command::new(tools.join("tsc")).arg("--noEmit").current_dir(&e2e))?;
    let cluster = Cluster::start(false)?;
    let peers = Peers::start(&Wanted::default())?;
    let mut playwright = Command::new(tools.join("playwright"));
    playwright
        .arg("test")
        .args(filter)
        .current_dir(&e2e)
        .env(VARIABLE, cluster.address())
        .envs(peers.variables())
        .env("CHROMIUM", browser)
        .env("TILLBRIDGE_BINARY", binary);
    watched(&mut playwright, counts)
}

fn watched(command: &mut Command, counts: &mut Counts) -> Result<()> {
    command::run_watched(command, |line| {
        if let Some(more) = counted(line) {
            counts.add(more);
        }
    })
}

/// Reads a line in which a runner sums up: nextest's, cargo's (also in the browser), or one of Playwright's.
fn counted(line: &str) -> Option<Counts> {
    let line = line.trim();
    let of = |word: &str| number_before(line, word).unwrap_or_default();
    if line.starts_with("test result:") {
        let skipped = of("ignored") + of("filtered");
        return Some(Counts { passed: of("passed"), failed: of("failed"), skipped });
    }
    if line.starts_with("Summary [") {
        let failed = of("failed") + of("timed") + of("exec");
        return Some(Counts { passed: of("passed"), failed, skipped: of("skipped") });
    }
    let mut words = line.split(' ');
    let count: u32 = words.next()?.parse().ok()?;
    let kind = words.collect::<Vec<_>>().join(" ");
    match kind.as_str() {
        "failed" | "flaky" | "interrupted" => Some(Counts { failed: count, ..Counts::default() }),
        "skipped" | "did not run" => Some(Counts { skipped: count, ..Counts::default() }),
        kind if kind.starts_with("passed (") => Some(Counts { passed: count, ..Counts::default() }),
        _ => None,
    }
}

fn number_before(line: &str, word: &str) -> Option<u32> {
    let words: Vec<&str> =
        line.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let at = words.iter().position(|candidate| *candidate == word)?;
    words.get(at.checked_sub(1)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u32, failed: u32, skipped: u32) -> Option<Counts> {
        Some(Counts { passed, failed, skipped })
    }

    #[test]
    fn reads_what_each_runner_sums_up() {
        let nextest = "     Summary [   1.234s] 12/14 tests run: 10 passed (1 slow), 2 failed, 3 skipped";
        assert_eq!(counted(nextest), counts(10, 2, 3));
        let cargo = "test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 5 filtered out; finished in 0.1s";
        assert_eq!(counted(cargo), counts(4, 1, 7));
        assert_eq!(counted("  11 passed (31.2s)"), counts(11, 0, 0));
        assert_eq!(counted("  1 failed"), counts(0, 1, 0));
        assert_eq!(counted("  2 did not run"), counts(0, 0, 2));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["", "3 apples", "    Finished 3 passed", "1 passed the salt", "running 4 tests"] {
            assert_eq!(counted(line), None, "{line}");
        }
    }
}
