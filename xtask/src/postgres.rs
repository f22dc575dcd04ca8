//! Postgres: a private PostgreSQL for the length of one command.
//! Lives here: initdb, start, the test role, stop. Data lives in a folder of its own and is removed afterwards.
//! May use: Debian's PostgreSQL programs. Never: a cluster that somebody else runs.
//! Invariant: the server is stopped when the value is dropped, also after a failure or Ctrl-C.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;

/// The variable the tests read the address from.
pub const VARIABLE: &str = "TILLBRIDGE_TEST_POSTGRES";

/// The account the tests use: may log in and create databases, is bound by row-level security.
const ROLE: &str = "tillbridge";

/// How the folder of a cluster is called: this, the process that started it, a number.
const PREFIX: &str = "tillbridge-postgres-";

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
# A test cluster is thrown away: what a power cut would lose does not matter, time does.
fsync = off
synchronous_commit = off
full_page_writes = off
# Compiling a query takes longer than the small ones here take to run.
jit = off
";

#[derive(clap::Args)]
pub struct Arguments {
    /// Keep fsync and synchronous commit on, as a shop's server would (for measuring).
    #[arg(long)]
    durable: bool,
    /// The command to run and its arguments.
    #[arg(trailing_var_arg = true, required = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Some((program, rest)) = arguments.command.split_first() else {
        bail!("say which command to run, for example `cargo xtask postgres -- cargo nextest run`");
    };
    let cluster = Cluster::start(arguments.durable)?;
    let status = command::wait(Command::new(program).args(rest).env(VARIABLE, cluster.address()))?;
    drop(cluster);
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// A running private PostgreSQL.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Creates and starts a cluster on a free loopback port.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or cannot be started (with what it said).
    pub fn start(durable: bool) -> Result<Self> {
        let mut cluster = Self::empty()?;
        let data = cluster.data();
        command::read(
            cluster
                .program("initdb")
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .arg("--pgdata")
                .arg(&data),
        )
        .context("a test database could not be created")?;
        let settings = if durable { durable_settings() } else { SETTINGS.to_owned() };
        append(&data.join("postgresql.conf"), &settings)?;
        cluster.listen()?;
        cluster.psql(&format!("CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS"))?;
        Ok(cluster)
    }

    /// Starts a copy of what [`Cluster::keep`] kept.
    ///
    /// # Errors
    /// When it cannot be copied or started.
    pub fn start_copy(kept: &Path) -> Result<Self> {
        let mut cluster = Self::empty()?;
        command::read(Command::new("cp").arg("-a").arg(kept).arg(cluster.data()))
            .context("the kept database could not be copied")?;
        cluster.listen()?;
        Ok(cluster)
    }

    fn empty() -> Result<Self> {
        let programs = programs()?;
        sweep(&programs);
        // Not under `target`: initdb refuses root, and the account it runs as may not read root's folders.
        Ok(Self { programs, folder: empty_folder()?, port: 0 })
    }

    /// Stops in order and keeps everything it holds in a new folder.
    ///
    /// # Errors
    /// When it cannot be stopped or copied.
    pub fn keep(self, folder: &Path) -> Result<()> {
        let mut stop = self.program("pg_ctl");
        command::read(stop.args(["stop", "--wait", "--silent", "--mode=fast", "--pgdata"]).arg(self.data()))?;
        command::read(Command::new("cp").arg("-a").arg(self.data()).arg(folder))
            .with_context(|| format!("the database was not kept in {}", folder.display()))
            .map(drop)
    }

    /// Its folder, for what belongs to it and goes with it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the tests connect; each test makes a database of its own.
    pub fn address(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }

    /// Creates an empty database that belongs to the tests' account; returns its address.
    pub fn database(&self, name: &str) -> Result<String> {
        self.psql(&format!("CREATE DATABASE {name} OWNER {ROLE}"))?;
        Ok(format!("postgres://{ROLE}@127.0.0.1:{}/{name}", self.port))
    }

    /// Creates a database that holds what another holds. That one becomes a template, which programs that look through
    /// all databases leave alone: nobody may be connected to it.
    pub fn copy_database(&self, template: &str, name: &str) -> Result<()> {
        self.psql(&format!("ALTER DATABASE {template} IS_TEMPLATE true"))?;
        self.psql(&format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {ROLE}"))
    }

    /// Picks a free port and starts; another program may take the port in between, then the next one is tried.
    fn listen(&mut self) -> Result<()> {
        let mut complaint = String::new();
        for _ in 0..5 {
            self.port = free_port()?;
            let started = command::read(
                self.program("pg_ctl")
                    .args(["start", "--wait", "--silent", "--options"])
                    .arg(format!("-p {}", self.port))
                    .arg("--log")
                    .arg(self.log())
                    .arg("--pgdata")
                    .arg(self.data())
                    .stdout(Stdio::null()),
            );
            match started {
                Ok(_) => return Ok(()),
                Err(error) => complaint = format!("{error:#}\n{}", self.said()),
            }
        }
        bail!("the test database did not start: {complaint}")
    }

    fn psql(&self, statement: &str) -> Result<()> {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--host=127.0.0.1", "--username=postgres", "--dbname=postgres"])
            .arg(format!("--port={}", self.port))
            .args(["--set=ON_ERROR_STOP=1", "--command", statement]);
        command::read(&mut psql).map(drop)
    }

    /// One of PostgreSQL's programs, run as an account it accepts.
    fn program(&self, name: &str) -> Command {
        let mut command = accepted(&self.programs.join(name));
        // The account may not enter the folder we were called from.
        command.current_dir(&self.folder);
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = command::read(
            self.program("pg_ctl")
                .args(["stop", "--wait", "--silent", "--mode=immediate", "--pgdata"])
                .arg(self.data()),
        );
        if let Err(error) = stop
            && self.data().join("postmaster.pid").exists()
        {
            eprintln!("xtask: the test database in {} is still running: {error:#}", self.folder.display());
            return;
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A PostgreSQL program run as an account it accepts: it refuses root.
fn accepted(program: &Path) -> Command {
    if !command::is_root() {
        return Command::new(program);
    }
    let mut runuser = Command::new("runuser");
    runuser.args(["-u", "postgres", "--"]).arg(program);
    runuser
}

/// Stops and removes what an earlier run left behind because it was killed without a chance to tidy up.
fn sweep(programs: &Path) {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for folder in entries.flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        let Some(owner) = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()) else { continue };
        if !Path::new("/proc/self").exists() || Path::new("/proc").join(owner).exists() {
            continue;
        }
        let data = folder.path().join("data");
        let mut stop = accepted(&programs.join("pg_ctl"));
        stop.current_dir("/").args(["stop", "--wait", "--silent", "--mode=immediate", "--pgdata"]).arg(&data);
        let _ = command::read(&mut stop);
        let _ = std::fs::remove_dir_all(folder.path());
    }
}

/// The folder of the newest installed PostgreSQL's programs (Debian keeps initdb off the path).
fn programs() -> Result<PathBuf> {
    let debian = Path::new("/usr/lib/postgresql");
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(debian)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    if let Some((_, folder)) = versions.pop() {
        return Ok(folder);
    }
    if let Some(folder) = command::find("initdb").and_then(|program| program.parent().map(Path::to_path_buf))
    {
        return Ok(folder);
    }
    bail!("PostgreSQL is not installed: install your system's `postgresql` package (initdb, pg_ctl, psql)")
}

/// True when the programs a test cluster needs are installed.
pub fn is_installed() -> bool {
    programs().is_ok()
}

/// Which PostgreSQL it is: what one version keeps another cannot read.
pub fn version() -> Result<String> {
    command::read(Command::new(programs()?.join("postgres")).arg("--version"))
}

/// A new folder that the account PostgreSQL runs as may write into.
fn empty_folder() -> Result<PathBuf> {
    let unique = format!("{PREFIX}{}-{}", std::process::id(), free_port()?);
    let folder = std::env::temp_dir().join(unique);
    std::fs::create_dir(&folder).with_context(|| format!("{} could not be created", folder.display()))?;
    if command::is_root() {
        command::read(Command::new("chown").arg("postgres:").arg(&folder))?;
    }
    Ok(folder)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

fn durable_settings() -> String {
    SETTINGS.lines().filter(|line| !line.ends_with("= off")).collect::<Vec<_>>().join("\n")
}

fn append(file: &Path, text: &str) -> Result<()> {
    let before = std::fs::read_to_string(file).with_context(|| format!("{} unreadable", file.display()))?;
    std::fs::write(file, before + text).with_context(|| format!("{} not written", file.display()))
}
