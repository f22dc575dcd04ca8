//! Run: the demo shop on this machine, from a fresh clone to a page in the browser.
//! Lives here: the order of the steps. What a demo shop holds is the server's business (`tillbridge demo`).
//! May use: prerequisites, build, cargo. Never: a database.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::{build, command};

#[derive(clap::Args)]
pub struct Arguments {
    /// Build for speed and size (several minutes) instead of for a quick start.
    #[arg(long)]
    release: bool,
    /// The folder that holds the demo shop [default: data/demo in this repository].
    #[arg(long)]
    data: Option<PathBuf>,
    /// Address and port to serve on.
    #[arg(long, default_value = "127.0.0.1:4100")]
    listen: String,
    /// Passed on to `tillbridge demo`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    // Better now than after the minutes a first build takes.
    if let Err(error) = TcpListener::bind(&arguments.listen) {
        bail!(
            "{} cannot be listened on ({error}): stop what runs there, or choose another with --listen",
            arguments.listen
        );
    }
    build::front_end(if arguments.release { build::release() } else { build::Arguments::default() })?;
    let (profile, folder) = if arguments.release { ("release", "release") } else { ("dev", "debug") };
    let program = command::target_folder().join(folder).join("tillbridge");
    let again = program.is_file();
    let started = Instant::now();
    let time = if again { "" } else { "; the first time takes some minutes" };
    eprintln!("xtask: building the server ({profile}{time})");
    let mut cargo = command::cargo();
    cargo.args(["build", "--locked", "--package", "tillbridge", "--profile", profile]);
    command::run(if again { cargo.arg("--quiet") } else { &mut cargo })?;
    eprintln!("xtask: server built in {} s", started.elapsed().as_secs());
    let data = arguments.data.clone().unwrap_or_else(|| command::workspace().join("data/demo"));
    let mut server = Command::new(program);
    server.arg("demo").arg("--data").arg(data).args(["--listen", &arguments.listen]).args(&arguments.rest);
    let status = command::wait(&mut server)?;
    // Ctrl-C is how a person ends this; it is no failure.
    if status.success() || command::is_stopped() { Ok(ExitCode::SUCCESS) } else { Ok(ExitCode::FAILURE) }
}
