//! Command: `tillbridge replay`.

use super::ReplayError;
use super::report::VatMode;
use super::run::{Options, run};
use std::path::PathBuf;

/// Turns a file of real invoices into sales on native registers, pushes them over HTTP, and adds the books up.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The invoices: CSV, may be packed with gzip.
    #[arg(long)]
    transactions: PathBuf,
    /// Is the tax added on top of the prices, or inside?
    #[arg(long, value_enum, default_value = "on-top")]
    vat: Vat,
    /// Is the tax rounded on each line, or once a sale?
    #[arg(long, value_enum, default_value = "line")]
    rounding: RoundedPer,
    /// How many registers share the invoices.
    #[arg(long, default_value_t = 1)]
    registers: usize,
    /// Bring invoices and pushes into another order.
    #[arg(long)]
    shuffle: Option<u64>,
    /// How many pushes in a hundred are sent twice.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    duplicate: u32,
    /// Where the report goes (JSON).
    #[arg(long)]
    report: PathBuf,
    /// `sqlite:path` or `postgres://…`; an organisation of its own is made in it. A temporary file when left out.
    #[arg(long)]
    database: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Vat {
    OnTop,
    Inside,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum RoundedPer {
    Line,
    Sale,
}

/// Runs it.
pub async fn replay(arguments: Arguments) -> Result<(), ReplayError> {
    let folder = std::env::temp_dir().join(format!("tillbridge-replay-{}", std::process::id()));
    let database = match &arguments.database {
        Some(database) => database.clone(),
        None => {
            std::fs::create_dir_all(&folder)?;
            format!("sqlite:{}", folder.join("replay.sqlite").display())
        }
    };
    let options = Options {
        transactions: arguments.transactions,
        database,
        vat: VatMode {
            inside: matches!(arguments.vat, Vat::Inside),
            per_sale: matches!(arguments.rounding, RoundedPer::Sale),
        },
        registers: arguments.registers,
        shuffle: arguments.shuffle,
        duplicate_percent: arguments.duplicate,
    };
    let replayed = run(&options, |what| eprintln!("replay: {what}")).await;
    if arguments.database.is_none() {
        std::fs::remove_dir_all(&folder)?;
    }
    let replayed = replayed?;
    let mut report = replayed.report;
    report["replay"] = serde_json::json!({
        "registers": options.registers,
        "shuffle": options.shuffle,
        "duplicate_percent": options.duplicate_percent,
        "entries": replayed.sent.entries,
        "pushes": replayed.sent.pushes,
        "repeated_pushes": replayed.sent.repeated,
        "pushes_too_early": replayed.sent.too_early,
        "push_ms": replayed.push_ms,
    });
    let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::other)?;
    std::fs::write(&arguments.report, text)?;
    eprintln!("replay: report written to {}", arguments.report.display());
    Ok(())
}
