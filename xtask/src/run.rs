//! Run: the demo shop on this machine, from a fresh clone to a page in the browser.
//! Lives here: the order of the steps. What a demo shop holds is the server's business (`tillbridge demo`).
//! May use: prerequisites, build, cargo. Never: a database.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{build, command};

#[derive(clap::Args)]
pub struct Arguments {
    /// Build for speed and size (several minutes) instead of for a quick start.
    #[arg(long)]
    release: bool,
    /// The folder that holds the demo shop.
    #[arg(long, default_value = "data/demo")]
    data: String,
    /// Address and port to serve on.
    #[arg(long, default_value = "127.0.0.1:4100")]
    listen: String,
    /// Passed on to `tillbridge demo`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    build::front_end(if arguments.release { build::release() } else { build::Arguments::default() })?;
    let (profile, folder) = if arguments.release { ("release", "release") } else { ("dev", "debug") };
    eprintln!("xtask: building the server ({profile}; the first time takes some minutes)");
    command::run(command::cargo().args([
        "build",
        "--locked",
        "--package",
        "tillbridge",
        "--profile",
        profile,
    ]))?;
    let program = command::target_folder().join(folder).join("tillbridge");
    let mut server = Command::new(program);
    server
        .args(["demo", "--data", &arguments.data, "--listen", &arguments.listen])
        .args(&arguments.rest)
        .current_dir(command::workspace());
    let status = command::wait(&mut server)?;
    // Ctrl-C is how a person ends this; it is no failure.
    if status.success() || command::is_stopped() { Ok(ExitCode::SUCCESS) } else { Ok(ExitCode::FAILURE) }
}
