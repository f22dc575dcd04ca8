//! Prerequisites: what the other commands need and may have to install first, each pinned to one version.
//! Lives here: the versions, where tools are kept, how each one is installed, what to say when that is impossible.
//! May use: rustup, cargo, npm, apt-get. Never: a download from anywhere else.
//! Invariant: what is already there is found in milliseconds; only what is missing costs time.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::{command, postgres};

const WASM: &str = "wasm32-unknown-unknown";

/// A command line tool built from the cargo registry and kept in a folder named by its version.
struct Tool {
    name: &'static str,
    version: &'static str,
    /// Arguments of `cargo install` beside the pinned name.
    options: &'static [&'static str],
}

/// Unoptimised builds: they are ready in a fifth of the time and what they do takes a second either way.
const TRUNK: Tool = Tool {
    name: "trunk",
    version: "0.21.14",
    options: &["--debug", "--no-default-features", "--features", "rustls"],
};
const NEXTEST: Tool = Tool { name: "cargo-nextest", version: "0.9.143", options: &["--debug"] };
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &["--debug"] };

/// The browser, its driver, PostgreSQL, a Python for the peers and what watches system calls or makes them fail, as Debian and Ubuntu call them.
const PACKAGES: [Package; 5] = [
    Package { name: "chromium", is_installed: || browser().is_some() },
    Package { name: "chromium-driver", is_installed: || driver().is_some() },
    Package { name: "postgresql", is_installed: postgres::is_installed },
    Package { name: "python3-venv", is_installed: || python().is_ok() },
    Package {
        name: "strace",
        is_installed: || !cfg!(target_os = "linux") || command::find("strace").is_some(),
    },
];

struct Package {
    name: &'static str,
    is_installed: fn() -> bool,
}

/// The programs that make the front end.
pub struct Builders {
    /// Makes the pages.
    pub trunk: PathBuf,
    /// Binds a program to its script.
    pub bindgen: PathBuf,
}

/// What building the front end needs: the WebAssembly target, Trunk and the matching wasm-bindgen.
pub fn for_building() -> Result<Builders> {
    wasm_target()?;
    Ok(Builders { trunk: install(&TRUNK)?.join("trunk"), bindgen: bindgen()?.join("wasm-bindgen") })
}

/// What every test stage needs beyond building.
pub fn for_testing() -> Result<()> {
    packages()?;
    if command::find(NEXTEST.name).is_none() {
        install(&NEXTEST)?;
    }
    Ok(())
}

/// `cargo nextest`: the installed one, or ours.
pub fn nextest() -> Result<Command> {
    let program = match command::find(NEXTEST.name) {
        Some(program) => program,
        None => install(&NEXTEST)?.join(NEXTEST.name),
    };
    Ok(plugin(&program, "nextest"))
}

/// `cargo deny`, if it is there or may be installed now.
pub fn deny(may_install: bool) -> Result<Option<Command>> {
    let program = match command::find(DENY.name) {
        Some(program) => program,
        None if may_install || folder(&DENY)?.join(DENY.name).is_file() => install(&DENY)?.join(DENY.name),
        None => return Ok(None),
    };
    Ok(Some(plugin(&program, "deny")))
}

/// The test runner that starts a WebAssembly test in a browser.
pub fn bindgen_test_runner() -> Result<PathBuf> {
    wasm_target()?;
    Ok(bindgen()?.join("wasm-bindgen-test-runner"))
}

pub fn browser() -> Option<PathBuf> {
    std::env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| command::find("chromium"))
}

pub fn driver() -> Option<PathBuf> {
    std::env::var_os("CHROMEDRIVER").map(PathBuf::from).or_else(|| command::find("chromedriver"))
}

/// The packages of `e2e`, exactly as its lock file says; again only when that file changed.
pub fn node_modules() -> Result<()> {
    let e2e = command::workspace().join("e2e");
    require_node()?;
    let lock = std::fs::read(e2e.join("package-lock.json")).context("e2e/package-lock.json is missing")?;
    let mark = e2e.join("node_modules/.installed-lock.json");
    if std::fs::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    progress("end-to-end tests: npm ci");
    command::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(&e2e),
    )?;
    std::fs::write(&mark, lock).with_context(|| format!("{} not written", mark.display()))
}

/// A Python that can make environments of its own, for programs of others in tests.
pub fn python() -> Result<PathBuf> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(python) = FOUND.get() {
        return Ok(python.clone());
    }
    let python = command::find("python3").context("Python is missing: install python3 and python3-venv")?;
    command::read(Command::new(&python).args(["-c", "import ensurepip, venv"]))
        .context("this Python makes no environments: install python3-venv")?;
    Ok(FOUND.get_or_init(|| python).clone())
}

/// Fails unless Node is there and new enough.
pub fn require_node() -> Result<()> {
    let said = command::read(Command::new("node").arg("--version"))
        .map_err(|_| anyhow!("Node.js is missing: install Node 20 or newer, with npm"))?;
    let major = said.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    match major {
        Some(20_u32..) => Ok(()),
        _ => bail!("Node.js {} is too old: install Node 20 or newer", said.trim()),
    }
}

/// What programs for the browser are compiled with.
pub fn wasm_target() -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]).current_dir(command::workspace());
    let folder = command::read(&mut rustc).unwrap_or_default();
    if std::fs::read_dir(folder.trim()).is_ok_and(|mut files| files.next().is_some()) {
        return Ok(());
    }
    progress("Rust target wasm32-unknown-unknown");
    command::run(Command::new("rustup").args(["target", "add", WASM]).current_dir(command::workspace()))
        .context("the WebAssembly target is missing and rustup could not add it")
}

/// wasm-bindgen from our own lock file, so that the tool and the library are always of one version.
/// Returns the folder that holds it.
fn bindgen() -> Result<PathBuf> {
    let folder = command::target_folder().join("debug");
    let mut cargo = command::cargo();
    cargo.args(["build", "--locked", "--package", "tillbridge-bindgen"]);
    if folder.join("wasm-bindgen").is_file() {
        cargo.arg("--quiet");
    } else {
        progress("wasm-bindgen (about a minute, once)");
    }
    command::run(&mut cargo)?;
    Ok(folder)
}

/// Installs what apt-get can install and is missing; elsewhere says what to install.
fn packages() -> Result<()> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|package| !(package.is_installed)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let Some(mut update) = apt_get() else {
        bail!(
            "missing: {list}; install them with your system's package manager (on other systems: Chromium, \
             its chromedriver of the same version, PostgreSQL 15 or newer, Python 3.11 to 3.13, and strace)"
        );
    };
    progress(&format!("system packages: {list}"));
    command::run(update.args(["update", "--quiet"])).context("the list of packages could not be updated")?;
    let mut install = apt_get().context("apt-get is gone")?;
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing);
    command::run(&mut install).with_context(|| format!("apt-get could not install {list}"))
}

/// apt-get with the right to install: as root, or through sudo where it asks for no password.
fn apt_get() -> Option<Command> {
    let apt_get = command::find("apt-get")?;
    let mut command = if command::is_root() {
        Command::new(apt_get)
    } else {
        let sudo = command::find("sudo")?;
        command::read(Command::new(&sudo).args(["-n", "true"])).ok()?;
        let mut command = Command::new(sudo);
        command.arg("-n").arg(apt_get);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Some(command)
}

/// Installs a tool unless it is there; returns the folder that holds it.
fn install(tool: &Tool) -> Result<PathBuf> {
    let programs = folder(tool)?;
    if programs.join(tool.name).is_file() {
        return Ok(programs);
    }
    progress(&format!("{} {} (one to three minutes, once)", tool.name, tool.version));
    let started = Instant::now();
    let mut cargo = command::cargo();
    cargo
        .args(["install", "--locked"])
        .arg(format!("{}@{}", tool.name, tool.version))
        .args(tool.options)
        .arg("--root")
        .arg(programs.parent().unwrap_or(&programs))
        // Its build must not mix with ours, nor take our flags.
        .env("CARGO_TARGET_DIR", command::target_folder().join("tools"))
        .env_remove("RUSTFLAGS");
    command::run(&mut cargo).with_context(|| format!("{} could not be installed", tool.name))?;
    progress(&format!("{} ready after {} s", tool.name, started.elapsed().as_secs()));
    Ok(programs)
}

fn folder(tool: &Tool) -> Result<PathBuf> {
    Ok(cache()?.join(format!("{}-{}", tool.name, tool.version)).join("bin"))
}

/// Where tools outlive a cleaned target folder.
fn cache() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    Ok(cache.or(home).context("neither XDG_CACHE_HOME nor HOME is set")?.join("tillbridge"))
}

/// A cargo plugin started without cargo: it need not be on the path.
fn plugin(program: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(name).current_dir(command::workspace());
    command
}

fn progress(what: &str) {
    eprintln!("xtask: installing {what}");
}
