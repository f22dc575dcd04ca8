//! Backup: `tillbridge backup`.

use super::{Failed, Storage};
use crate::config::without_password;
use crate::store::backup;
use std::path::{Path, PathBuf};

/// Copies the embedded database into one file, while the server runs.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file to write; it must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    storage: Storage,
}

/// Runs it.
pub async fn run(arguments: Arguments) -> Result<(), Failed> {
    let settings = arguments.storage.settings()?;
    let file = &arguments.file;
    if !settings.database.starts_with("sqlite:") {
        return Err(Failed(format!(
            "The books are in PostgreSQL; its own tool copies them while they are in use:\n  \
             pg_dump --format=custom --file={} {}\nNothing was written. docs/deploy.md says how to bring such a copy back.",
            file.display(),
            without_password(&settings.database),
        )));
    }
    if file.exists() {
        return Err(Failed(format!(
            "{} is there already and was not touched. Choose another name.",
            file.display()
        )));
    }
    let unfinished = beside(file);
    let written = write(&settings.database, &unfinished, file).await;
    if written.is_err() {
        // What was begun is no backup; whether it can be removed changes nothing about that.
        let _ = std::fs::remove_file(&unfinished);
    }
    written?;
    let bytes = std::fs::metadata(file)?.len();
    println!("{}: {} kB, whole and looked over.", file.display(), bytes.div_ceil(1_000));
    println!(
        "To go back to it: stop the server, put this file in the place of the database, start it again."
    );
    Ok(())
}

/// A copy has its name only once it is whole and on the disk.
async fn write(database: &str, unfinished: &Path, file: &Path) -> Result<(), Failed> {
    let failed = |error: String| {
        Failed(format!(
            "The backup was not made: {error}. The database is as it was, and no file was left behind."
        ))
    };
    if unfinished.exists() {
        std::fs::remove_file(unfinished).map_err(|e| failed(e.to_string()))?;
    }
    backup::copy_sqlite(database, unfinished).await.map_err(|e| failed(e.to_string()))?;
    let on_disk = || -> std::io::Result<()> {
        std::fs::File::open(unfinished)?.sync_all()?;
        std::fs::rename(unfinished, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    on_disk().map_err(|e| failed(e.to_string()))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}
