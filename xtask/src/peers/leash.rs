//! Leash: a server of a peer as a child that never outlives us, and the few calls that tell whether it is ready.
//! May use: processes, one socket. Never: a library of the peer's.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::sources;
use crate::{command, prerequisites};

/// How long a start may take on a machine that does other things.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running server.
pub struct Server {
    child: Child,
    log: PathBuf,
    /// Where it listens.
    pub port: u16,
}

impl Server {
    /// Starts a program that ends when we do: Ctrl-C passes it by, a closed input ends it.
    pub fn start(program: &mut Command, port: u16, log: &Path) -> Result<Self> {
        if command::is_stopped() {
            bail!("stopped");
        }
        let written = std::fs::File::create(log).with_context(|| format!("{} not created", log.display()))?;
        let mut leash = Command::new(prerequisites::python()?);
        leash.arg(sources().join("leash.py")).arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => leash.env(name, value),
                None => leash.env_remove(name),
            };
        }
        let child = leash
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(written.try_clone()?)
            .stderr(written)
            .spawn()
            .with_context(|| format!("`{}` could not be started", command::shown(program)))?;
        Ok(Self { child, log: log.to_path_buf(), port })
    }

    /// Waits until a call is answered as it should be.
    pub fn ready(&mut self, path: &str, body: &str, answer: &str) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE && !command::is_stopped() {
            if self.has_ended() {
                bail!("it ended: {}", self.said());
            }
            if post(self.port, path, body).is_ok_and(|said| said.contains(answer)) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("it was not ready in time: {}", self.said())
    }

    /// True when it ended without having been asked to.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of what it said.
    pub fn said(&self) -> String {
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines.get(lines.len().saturating_sub(12)..).unwrap_or_default().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// One request; what came after the head of an answer that said yes.
pub fn post(port: u16, path: &str, body: &str) -> Result<String> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(
        stream,
        "POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("half an answer")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if !status.starts_with('2') {
        bail!("{path} answered {status}");
    }
    Ok(body.to_owned())
}

/// The port asked for, or a free one.
pub fn port(wanted: Option<u16>) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", wanted.unwrap_or_default()))
        .with_context(|| format!("port {} on 127.0.0.1 is taken", wanted.unwrap_or_default()))?;
    Ok(listener.local_addr()?.port())
}
