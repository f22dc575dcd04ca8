//! Command: starting other programs and saying clearly when one cannot be started or fails.
//! Lives here: the workspace's folder, running to success, capturing output, finding a program on the path.
//! May use: std::process. Never: a shell (arguments are passed as they are).

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

/// The programs we wait for: asked to stop when we are.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C, a hang-up and a termination end the programs we wait for, and nothing else: what was started
/// beside them (a database) is then stopped on the usual way out.
pub fn stop_in_order() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPED.store(true, Ordering::SeqCst);
        for process in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = Command::new("kill").args(["-TERM", &process.to_string()]).status();
        }
    })
    .context("signals cannot be handled")
}

/// True once we were asked to stop: nothing new is started.
pub fn is_stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// Waits for a program; it is stopped when we are.
pub fn wait(command: &mut Command) -> Result<ExitStatus> {
    if is_stopped() {
        bail!("stopped");
    }
    let mut child = command.spawn().with_context(|| not_started(command))?;
    await_child(&mut child, || ()).with_context(|| format!("`{}` was lost", shown(command)))
}

fn await_child(child: &mut Child, meanwhile: impl FnOnce()) -> std::io::Result<ExitStatus> {
    let process = child.id();
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    meanwhile();
    let status = child.wait();
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != process);
    status
}

/// The folder of the workspace's `Cargo.toml`, wherever the command was called from.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The folder cargo builds into: `CARGO_TARGET_DIR`, or `target` in the workspace.
pub fn target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target"),
    }
}

/// The cargo that runs us, so that the toolchain stays the same all the way down.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace());
    cargo
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs the command with our own output; fails unless it succeeds. It reads nothing from the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let status = wait(command.stdin(Stdio::null()))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// As [`run`], but everything it says goes to our error stream.
pub fn run_beside(command: &mut Command) -> Result<()> {
    command.stdout(std::io::stderr());
    run(command)
}

/// Runs the command with our own output and shows every line to `watch` as well.
pub fn run_watched(command: &mut Command, mut watch: impl FnMut(&str)) -> Result<()> {
    if is_stopped() {
        bail!("stopped");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| not_started(command))?;
    let (sender, lines) = std::sync::mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(std::io::Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let status = await_child(&mut child, || {
        for line in &lines {
            println!("{line}");
            watch(&line);
        }
    });
    let status = status.with_context(|| format!("`{}` was lost", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs the command quietly and returns what it printed; a failure carries what it said.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| not_started(command))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}{}", shown(command), output.status, said.trim(), complaint.trim());
    }
    Ok(said)
}

/// The full path of a program on the path, if there is one.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// True for the user who may install packages and must not start PostgreSQL.
pub fn is_root() -> bool {
    let mut id = Command::new("id");
    read(id.arg("-u")).is_ok_and(|uid| uid.trim() == "0")
}

fn not_started(command: &Command) -> String {
    let program: &OsStr = command.get_program();
    format!("`{}` could not be started", program.to_string_lossy())
}
