//! Export: `tillbridge export`.

use super::{Failed, Storage, organisation, told};
use crate::app::AppError;
use crate::app::export::{self, CUSTOMERS, PRODUCTS, SHEETS};
use crate::app::pictures;
use crate::store::Db;
use shared::ids::OrganisationId;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// What can be taken out.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The products, in the columns an import reads.
    Products(Target),
    /// The sales: one row each.
    Sales(Target),
    /// Everything: every table as CSV, stores and taxes as JSON, pictures, and what tablets recorded, to the byte.
    Everything(Target),
}

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Target {
    /// The file to write, or for `everything` the folder to make; it must not be there yet.
    path: PathBuf,
    /// Which shop, where the database has several: its name or id.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

/// Pieces that may wait for the disk.
const WAITING: usize = 4;

/// Runs it.
pub async fn run(command: Command) -> Result<(), Failed> {
    let (sheet, target) = match &command {
        Command::Products(target) => (Some(PRODUCTS), target),
        Command::Sales(target) => (Some("sales"), target),
        Command::Everything(target) => (None, target),
    };
    if target.path.exists() {
        return Err(Failed(format!(
            "{} is there already and was not touched. Choose another name.",
            target.path.display()
        )));
    }
    let db = target.storage.open().await?;
    let organisation_id = organisation(&db, target.organisation.as_deref()).await?;
    let unfinished = beside(&target.path);
    remove(&unfinished)?;
    let written = match sheet {
        Some(sheet) => one(&db, organisation_id, sheet, &unfinished).await.map(|rows| vec![(sheet, rows)]),
        None => everything(&db, organisation_id, &unfinished).await,
    };
    db.close().await;
    // It has its name only once it is whole.
    let written = written.and_then(|written| {
        std::fs::rename(&unfinished, &target.path)?;
        Ok(written)
    });
    match written {
        Ok(written) => {
            for (name, rows) in written {
                println!("{name}: {rows}");
            }
            println!("Written to {}.", target.path.display());
            Ok(())
        }
        Err(Failed(error)) => {
            remove(&unfinished)?;
            Err(Failed(format!("The export was not made: {error} No file was left behind.")))
        }
    }
}

async fn everything(
    db: &Db,
    organisation_id: OrganisationId,
    folder: &Path,
) -> Result<Vec<(&'static str, u64)>, Failed> {
    std::fs::create_dir_all(folder)?;
    let mut written = Vec::new();
    for name in [PRODUCTS, CUSTOMERS].into_iter().chain(SHEETS.iter().map(|sheet| sheet.name)) {
        let rows = one(db, organisation_id, name, &folder.join(format!("{name}.csv"))).await?;
        written.push((name, rows));
    }
    let (pieces, to_write) = mpsc::channel(WAITING);
    let file = File::create(folder.join("journal.jsonl"))?;
    let disk = tokio::task::spawn_blocking(move || save(file, to_write));
    let rows = export::journal(db, organisation_id, &pieces).await;
    drop(pieces);
    disk.await??;
    written.push(("journal", rows.map_err(told)?));
    let places = export::places_and_taxes(db, organisation_id).await.map_err(told)?;
    std::fs::write(folder.join("places_and_taxes.json"), places)?;
    written.push(("pictures", all_pictures(db, organisation_id, &folder.join("pictures")).await?));
    Ok(written)
}

/// A file each, by the name that stands at the end of a product's `picture`.
async fn all_pictures(db: &Db, organisation_id: OrganisationId, folder: &Path) -> Result<u64, Failed> {
    let names = pictures::names(db, organisation_id).await.map_err(told)?;
    if !names.is_empty() {
        std::fs::create_dir_all(folder)?;
    }
    for name in &names {
        let picture = pictures::picture(db, organisation_id, name).await.map_err(told)?;
        std::fs::write(folder.join(format!("{name}.{}", picture.kind.ending())), picture.bytes)?;
    }
    Ok(names.len() as u64)
}

async fn one(db: &Db, organisation_id: OrganisationId, name: &str, file: &Path) -> Result<u64, Failed> {
    let (pieces, to_write) = mpsc::channel(WAITING);
    let file =
        File::create(file).map_err(|e| Failed(format!("{} cannot be written: {e}.", file.display())))?;
    let disk = tokio::task::spawn_blocking(move || save(file, to_write));
    let rows = export::table(db, organisation_id, name, &pieces).await;
    drop(pieces);
    disk.await??;
    rows.and_then(|rows| rows.ok_or(AppError::NotFound)).map_err(told)
}

fn save(file: File, mut pieces: mpsc::Receiver<String>) -> std::io::Result<()> {
    let mut file = BufWriter::new(file);
    while let Some(piece) = pieces.blocking_recv() {
        file.write_all(piece.as_bytes())?;
    }
    file.into_inner()?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}

/// What an export that was interrupted left behind.
fn remove(path: &Path) -> std::io::Result<()> {
    let gone = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match gone {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
