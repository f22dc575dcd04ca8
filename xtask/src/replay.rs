//! Replay: a file of real invoices through the whole product, on either engine.
//! Lives here: building the server for speed and giving it a database. The replay itself is `tillbridge replay`.
//! May use: cargo, postgres. Never: an invoice.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command;
use crate::postgres::Cluster;

#[derive(clap::Args)]
pub struct Arguments {
    /// Use a private PostgreSQL instead of a temporary SQLite file.
    #[arg(long)]
    postgres: bool,
    /// Passed on to `tillbridge replay`, for example `--transactions FILE.csv.gz --registers 3 --report OUT.json`;
    /// `cargo xtask replay -- --help` lists them all.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    rest: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    eprintln!("xtask: building the server (release; the first time takes some minutes)");
    command::run(command::cargo().args([
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--package",
        "tillbridge",
    ]))?;
    // The flag is understood wherever it stands.
    let (asked, rest): (Vec<&String>, Vec<&String>) =
        arguments.rest.iter().partition(|argument| *argument == "--postgres");
    let postgres = arguments.postgres || !asked.is_empty();
    let cluster = if postgres { Some(Cluster::start(true)?) } else { None };
    // Paths in the arguments are read from where the command was typed.
    let mut replay = Command::new(command::target_folder().join("release/tillbridge"));
    replay.arg("replay").args(rest);
    if let Some(cluster) = &cluster {
        replay.arg("--database").arg(cluster.database("replay")?);
    }
    let status = command::wait(&mut replay)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
