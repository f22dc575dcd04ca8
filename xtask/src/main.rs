//! xtask: the project's own commands, run as `cargo xtask <command>`.
//! Lives here: the command line; one module a command.
//! May use: the file system, the clock, other programs. Never: a rule of the product, which lives in `shared`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a developer's tool measures time and reads the environment; nothing here runs in the product"
)]

mod command;
mod postgres;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run a command beside a private PostgreSQL, its address in TILLBRIDGE_TEST_POSTGRES.
    Postgres(postgres::Arguments),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = command::stop_in_order().and_then(|()| match task {
        Task::Postgres(arguments) => postgres::run(&arguments),
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
