//! Sim: shops and everything that can go wrong in them, from seeds.
//! Lives here: building the simulator for speed. What it simulates is `sim/`.
//! May use: cargo. Never: a seed of its own.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command;

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
    let (fast, rest): (Vec<&String>, Vec<&String>) =
        arguments.rest.iter().partition(|argument| *argument == "--fast");
    let fast = arguments.fast || !fast.is_empty();
    let status = command::wait(&mut program(fast, &rest)?)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The simulator, built, with these arguments.
pub fn program(fast: bool, rest: &[&String]) -> Result<Command> {
    eprintln!("xtask: building the simulator");
    let mut build = command::cargo();
    build.args(["build", "--quiet", "--locked", "--package", "tillbridge-sim"]);
    if fast {
        build.arg("--release");
    }
    command::run(&mut build)?;
    let profile = if fast { "release" } else { "debug" };
    let mut program = Command::new(command::target_folder().join(profile).join("tillbridge-sim"));
    program.args(rest);
    Ok(program)
}
