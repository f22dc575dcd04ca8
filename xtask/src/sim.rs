//! Sim: shops and everything that can go wrong in them, from seeds.
//! Lives here: building the simulator for speed. What it simulates is `sim/`.
//! May use: cargo. Never: a seed of its own.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command;
use crate::postgres::Cluster;

/// The books in a private PostgreSQL in place of files.
const POSTGRES: &str = "--postgres";

#[derive(clap::Args)]
pub struct Arguments {
    /// Build it with optimisation: for long runs.
    #[arg(long)]
    fast: bool,
    /// Passed on to the simulator, for example `--seed 7`, `--seeds 1000 --sales 200`, `--mutants`;
    /// `cargo xtask sim -- --help` lists them all.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let rest: Vec<&str> = arguments.rest.iter().map(String::as_str).collect();
    let (fast, rest): (Vec<&str>, Vec<&str>) = rest.into_iter().partition(|argument| *argument == "--fast");
    simulate(arguments.fast || !fast.is_empty(), &rest)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds the simulator and runs it with these arguments.
///
/// # Errors
/// When it found something, with where to look.
pub fn simulate(fast: bool, rest: &[&str]) -> Result<()> {
    eprintln!("xtask: building the simulator");
    let mut build = command::cargo();
    build.args(["build", "--quiet", "--locked", "--package", "tillbridge-sim"]);
    if fast {
        build.arg("--release");
    }
    command::run(&mut build)?;
    let profile = if fast { "release" } else { "debug" };
    let mut program = Command::new(command::target_folder().join(profile).join("tillbridge-sim"));
    let cluster = rest.contains(&POSTGRES).then(|| Cluster::start(false)).transpose()?;
    program.args(rest.iter().filter(|argument| **argument != POSTGRES));
    if let Some(cluster) = &cluster {
        program.arg(format!("{POSTGRES}={}", cluster.address()));
    }
    command::run(&mut program)
}
