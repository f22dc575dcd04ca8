//! Tillbridge server: the entry point.

use clap::Parser;
use std::process::ExitCode;

/// Point of sale server.
#[derive(Parser)]
#[command(version, about)]
enum Command {
    /// Replay a file of real invoices and add the books up.
    Replay(tillbridge::replay::command::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    let done = match Command::parse() {
        Command::Replay(arguments) => {
            tillbridge::replay::command::replay(arguments).await.map_err(|error| error.to_string())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tillbridge: {error}");
            ExitCode::FAILURE
        }
    }
}
