//! Settings: `tillbridge settings`.

use super::Failed;
use crate::config::{self, ServingFlags, StorageFlags};

/// Shows every setting, its value and its source; passwords and tokens are not shown.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    storage: StorageFlags,
    #[command(flatten)]
    serving: ServingFlags,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<(), Failed> {
    let settings = config::read(&arguments.storage, &arguments.serving, config::environment())?;
    let width = settings.told.iter().map(|(_, value, _)| value.chars().count()).max().unwrap_or(0);
    for (key, value, source) in &settings.told {
        println!("{key:<20}  {value:<width$}  {source}");
    }
    for note in &settings.notes {
        println!("note: {note}");
    }
    Ok(())
}
