//! Peers: real systems of other makers, for tests of the bridge: Tryton (an ERP) and Vendure (an online store).
//! Lives here: the command line, what is started together, the variables tests read (ADR 0043).
//! May use: postgres, prerequisites, the seeds in `e2e/peers`. Never: code of a peer, which is spoken to over HTTP alone.
//! Invariant: what was started ends with the value that holds it, and with the process when that is killed.

mod leash;
mod standing;
mod tryton;
mod vendure;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use sha2::{Digest, Sha256};

use crate::{command, postgres};

/// The password of the peers' administrators: they listen on this machine alone, with made-up data.
const PASSWORD: &str = "tillbridge";

#[derive(clap::Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// The command to run beside them and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Start them and leave them running.
    Up(Wanted),
    /// Stop what `up` started.
    Down,
    /// Say what is running.
    Status,
    /// What `up` leaves running.
    #[command(hide = true)]
    Hold(Wanted),
}

/// Which of them, and where.
#[derive(clap::Args, Clone, Default)]
pub struct Wanted {
    /// Only these (may be given several times).
    #[arg(long, value_enum)]
    only: Vec<Peer>,
    /// Tryton's port on 127.0.0.1 [default: a free one].
    #[arg(long)]
    tryton_port: Option<u16>,
    /// Vendure's port on 127.0.0.1 [default: a free one].
    #[arg(long)]
    vendure_port: Option<u16>,
}

impl Wanted {
    fn has(&self, peer: Peer) -> bool {
        self.only.is_empty() || self.only.contains(&peer)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Peer {
    Tryton,
    Vendure,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.action {
        Some(Action::Up(wanted)) => standing::up(wanted),
        Some(Action::Down) => standing::down(),
        Some(Action::Status) => standing::status(),
        Some(Action::Hold(wanted)) => standing::hold(wanted),
        None => beside(&arguments.command),
    }
}

fn beside(wanted: &[String]) -> Result<ExitCode> {
    let Some((program, rest)) = wanted.split_first() else {
        bail!("say which command to run, for example `cargo xtask peers -- cargo nextest run`");
    };
    let peers = Peers::start(&Wanted::default())?;
    let status = command::wait(Command::new(program).args(rest).envs(peers.variables()))?;
    drop(peers);
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// Running peers; dropped, they end.
pub struct Peers {
    tryton: Option<tryton::Tryton>,
    vendure: Option<vendure::Vendure>,
}

impl Peers {
    /// Starts them, each with the state of its seed. What is missing is installed and seeded first, once.
    ///
    /// # Errors
    /// When a peer cannot be installed, seeded or started (with what it said).
    pub fn start(wanted: &Wanted) -> Result<Self> {
        prepare(wanted)?;
        let started = Instant::now();
        // Both at once: each waits for its own start most of the time.
        let (tryton, vendure) = std::thread::scope(|scope| {
            let vendure = wanted
                .has(Peer::Vendure)
                .then(|| scope.spawn(|| vendure::Vendure::start(wanted.vendure_port)));
            let tryton = wanted.has(Peer::Tryton).then(|| tryton::Tryton::start(wanted.tryton_port));
            let vendure = vendure.map(|thread| match thread.join() {
                Ok(started) => started,
                Err(_) => bail!("starting Vendure broke off"),
            });
            (tryton, vendure)
        });
        let peers = Self { tryton: tryton.transpose()?, vendure: vendure.transpose()? };
        eprintln!("xtask: peers ready after {:.1} s", started.elapsed().as_secs_f32());
        Ok(peers)
    }

    /// What tests read: the addresses and keys of the peers, as JSON, and the database server beside them.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = Vec::new();
        if let Some(tryton) = &self.tryton {
            variables.push((tryton::VARIABLE, tryton.access().to_string()));
            variables.push((postgres::VARIABLE, tryton.postgres()));
        }
        if let Some(vendure) = &self.vendure {
            variables.push((vendure::VARIABLE, vendure.access().to_string()));
        }
        variables
    }

    /// The first that ended although nobody asked it to.
    fn ended(&mut self) -> Option<&'static str> {
        if self.tryton.as_mut().is_some_and(tryton::Tryton::has_ended) {
            return Some("Tryton");
        }
        self.vendure.as_mut().is_some_and(vendure::Vendure::has_ended).then_some("Vendure")
    }
}

/// Installs and seeds what is missing; one process at a time.
fn prepare(wanted: &Wanted) -> Result<()> {
    let folder = folder()?;
    let lock =
        std::fs::File::create(folder.join("lock")).context("the peers' folder cannot be written to")?;
    lock.lock().context("the peers' folder could not be locked")?;
    if wanted.has(Peer::Tryton) {
        tryton::prepare()?;
    }
    if wanted.has(Peer::Vendure) {
        vendure::prepare()?;
    }
    Ok(())
}

/// Where they are installed and their seeded states are kept.
fn folder() -> Result<PathBuf> {
    let folder = command::target_folder().join("tools/peers");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} not created", folder.display()))?;
    Ok(folder)
}

/// Their part of the project: versions, seeds, goods.
fn sources() -> PathBuf {
    command::workspace().join("e2e/peers")
}

/// A folder named after everything that its content depends on.
fn stamped(name: &str, files: &[&str], more: &[&str]) -> Result<PathBuf> {
    let mut digest = Sha256::new();
    for file in files {
        let path = sources().join(file);
        let text = std::fs::read(&path).with_context(|| format!("{} is missing", path.display()))?;
        digest.update(text);
        digest.update([0]);
    }
    for part in more {
        digest.update(part);
        digest.update([0]);
    }
    let stamp: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok(folder()?.join(format!("{name}-{stamp}")))
}

/// Makes a stamped folder unless it is whole; others of its name are of an older state and go.
fn once(folder: &Path, what: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mark = folder.join("whole");
    if mark.is_file() {
        return Ok(());
    }
    let started = Instant::now();
    eprintln!("xtask: {what}");
    remove_older(folder)?;
    std::fs::create_dir_all(folder).with_context(|| format!("{} not created", folder.display()))?;
    make(folder)?;
    std::fs::write(&mark, "").with_context(|| format!("{} not written", mark.display()))?;
    eprintln!("xtask: {what}: {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}

fn remove_older(folder: &Path) -> Result<()> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (Some((kind, _)), Some(parent)) = (name.rsplit_once('-'), folder.parent()) else { return Ok(()) };
    for entry in std::fs::read_dir(parent)?.flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        if other.rsplit_once('-').is_some_and(|(other, _)| other == kind) {
            std::fs::remove_dir_all(entry.path())
                .with_context(|| format!("{} not removed", entry.path().display()))?;
        }
    }
    Ok(())
}

/// What a seed printed and was kept beside its state.
fn kept(folder: &Path) -> Result<serde_json::Value> {
    let file = folder.join("access.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} unreadable", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))
}
