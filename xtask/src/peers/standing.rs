//! Standing: peers left running for a person, with a note of how to reach and to stop them.
//! May use: our own program, started once more. Never: a process that another command started.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::{Peers, Wanted, folder, prepare};
use crate::command;

const TICK: Duration = Duration::from_millis(100);

pub fn up(wanted: &Wanted) -> Result<ExitCode> {
    if let Some(note) = note() {
        println!("already running");
        tell(&note);
        return Ok(ExitCode::SUCCESS);
    }
    prepare(wanted)?;
    let log = folder()?.join("log");
    let written = File::create(&log).with_context(|| format!("{} not created", log.display()))?;
    let mut holder = Command::new(std::env::current_exe().context("our own program is gone")?);
    holder.args(["peers", "hold"]).args(repeated(wanted));
    // On its own, so that neither Ctrl-C nor a closed terminal ends it.
    holder.process_group(0).stdin(Stdio::null()).stdout(written.try_clone()?).stderr(written);
    let mut child = holder.spawn().context("the peers could not be left running")?;
    loop {
        if let Some(note) = note() {
            tell(&note);
            return Ok(ExitCode::SUCCESS);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            bail!("{}", std::fs::read_to_string(&log).unwrap_or_default());
        }
        if command::is_stopped() {
            let _ = command::read(Command::new("kill").arg(child.id().to_string()));
            bail!("stopped");
        }
        std::thread::sleep(TICK);
    }
}

pub fn down() -> Result<ExitCode> {
    let Some(note) = note() else {
        println!("nothing is running");
        return Ok(ExitCode::SUCCESS);
    };
    command::read(Command::new("kill").arg(process(&note).to_string()))?;
    while self::note().is_some() {
        std::thread::sleep(TICK);
    }
    println!("stopped");
    Ok(ExitCode::SUCCESS)
}

pub fn status() -> Result<ExitCode> {
    let Some(note) = note() else {
        println!("nothing is running; `cargo xtask peers up` starts Tryton and Vendure");
        return Ok(ExitCode::FAILURE);
    };
    tell(&note);
    Ok(ExitCode::SUCCESS)
}

/// Holds the peers until it is asked to stop, or one of them ends.
pub fn hold(wanted: &Wanted) -> Result<ExitCode> {
    let mut peers = Peers::start(wanted)?;
    let place = place()?;
    let reach: Map<String, Value> =
        peers.variables().into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
    let note = json!({ "process": std::process::id(), "variables": reach });
    // Whole or not at all: somebody waits for it.
    let unfinished = place.with_extension("new");
    std::fs::write(&unfinished, note.to_string()).context("the note was not written")?;
    std::fs::rename(&unfinished, &place).context("the note was not written")?;
    while !command::is_stopped() {
        if let Some(name) = peers.ended() {
            eprintln!("{name} ended");
            break;
        }
        std::thread::sleep(TICK);
    }
    drop(peers);
    std::fs::remove_file(&place).context("the note was not removed")?;
    Ok(ExitCode::SUCCESS)
}

fn repeated(wanted: &Wanted) -> Vec<String> {
    let only = wanted.only.iter().filter_map(ValueEnum::to_possible_value);
    let mut arguments: Vec<String> = only.map(|peer| format!("--only={}", peer.get_name())).collect();
    let ports = [("tryton", wanted.tryton_port), ("vendure", wanted.vendure_port)];
    arguments.extend(ports.iter().filter_map(|(name, port)| Some(format!("--{name}-port={}", (*port)?))));
    arguments
}

fn place() -> Result<PathBuf> {
    Ok(folder()?.join("running.json"))
}

/// The note of peers that run. One whose process is gone, or is another program by now, says nothing.
fn note() -> Option<Value> {
    let note: Value = serde_json::from_str(&std::fs::read_to_string(place().ok()?).ok()?).ok()?;
    let mut ps = Command::new("ps");
    let line = command::read(ps.args(["-o", "args=", "-p"]).arg(process(&note).to_string())).ok()?;
    line.contains("peers hold").then_some(note)
}

fn process(note: &Value) -> u64 {
    note.get("process").and_then(Value::as_u64).unwrap_or_default()
}

fn tell(note: &Value) {
    let variables = note.get("variables").and_then(Value::as_object);
    for (name, value) in variables.into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let access: Value = serde_json::from_str(value).unwrap_or_default();
        if let (Some(address), Some(user), Some(password)) =
            (text(&access, "address"), text(&access, "user"), text(&access, "password"))
        {
            let database =
                text(&access, "database").map(|name| format!(", database {name}")).unwrap_or_default();
            println!("{address}{database}: {user} / {password}");
        }
        println!("  export {name}='{value}'");
    }
    println!("stop them with `cargo xtask peers down`");
}

fn text<'a>(access: &'a Value, field: &str) -> Option<&'a str> {
    access.get(field).and_then(Value::as_str)
}
