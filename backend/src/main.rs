//! Tillbridge server: the entry point.

use clap::Parser;
use std::process::ExitCode;
use tillbridge::command::{Command, Failed};

#[tokio::main]
async fn main() -> ExitCode {
    match Command::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(error)) => {
            eprintln!("tillbridge: {error}");
            ExitCode::FAILURE
        }
    }
}
