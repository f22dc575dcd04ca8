//! xtask: the project's own commands, run as `cargo xtask <command>`.
//! Lives here: the command line; one module a command.
//! May use: the file system, the clock, other programs. Never: a rule of the product, which lives in `shared`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a developer's tool measures time and reads the environment; nothing here runs in the product"
)]

mod bench;
mod build;
mod bundle;
mod command;
mod fuzz;
mod new_connector;
mod peers;
mod postgres;
mod prerequisites;
mod replay;
mod run;
mod sim;
mod test;
mod tidy;

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
    /// Start the demo shop: install what is missing, build, create and fill it, serve it.
    Run(run::Arguments),
    /// Run every test: install what is missing, check the code, then native, browser and end-to-end tests.
    Test(test::Arguments),
    /// Check what the compiler cannot: walls between rooms, room cards, style, paths.
    Tidy,
    /// Build the front end into frontend/dist (and with --release the one binary that embeds it).
    Build(build::Arguments),
    /// Sell a file of real invoices through the whole product and add the books up.
    Replay(replay::Arguments),
    /// Simulate shops and everything that can go wrong in them (docs/reliability.md).
    Sim(sim::Arguments),
    /// Ring up random sales by the million, natively and as WebAssembly, and give them back.
    Fuzz(fuzz::Arguments),
    /// Measure what docs/benchmarks.md reports, each figure beside its yardstick.
    Bench(bench::Arguments),
    /// Run a command beside a private PostgreSQL, its address in TILLBRIDGE_TEST_POSTGRES.
    Postgres(postgres::Arguments),
    /// Start real systems to connect to, Tryton and Vendure: `up`, `down`, `status`, or beside a command.
    Peers(peers::Arguments),
    /// Begin a connector to an ERP or an online store: its files and its two lines, compiling and passing from the start.
    NewConnector(new_connector::Arguments),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = command::stop_in_order().and_then(|()| match task {
        Task::Run(arguments) => run::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Tidy => tidy::run(),
        Task::Build(arguments) => build::run(arguments),
        Task::Replay(arguments) => replay::run(&arguments),
        Task::Sim(arguments) => sim::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Postgres(arguments) => postgres::run(&arguments),
        Task::Peers(arguments) => peers::run(&arguments),
        Task::NewConnector(arguments) => new_connector::run(&arguments),
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
