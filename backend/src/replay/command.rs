//! Command: `tillbridge replay`.

use super::report::VatMode;
use super::run::{Options, run};
use super::{ReplayError, control};
use serde_json::Value;
use shared::money::Quantity;
use std::path::{Path, PathBuf};

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
    /// How many pushes are sent twice: a share (0.1) or a percentage (10%; a bare number above 1 is one too).
    #[arg(long, default_value = "0", value_parser = percent)]
    duplicate: u32,
    /// Where the report goes (JSON).
    #[arg(long)]
    report: PathBuf,
    /// Totals to compare the report with: JSON with its keys, JSON of tax figures, or CSV with a row a day.
    /// May be given several times; a difference is an error, after the report was written.
    #[arg(long)]
    control: Vec<PathBuf>,
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

/// `0.1`, `10%` and `10` are one pair of pushes in ten.
fn percent(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{text}` is neither a share from 0 to 1 nor a percentage up to 100%");
    let (number, is_percent) = match text.strip_suffix('%') {
        Some(number) => (number, true),
        None => (text, false),
    };
    let thousandths = Quantity::parse(number.trim()).map_err(|_| wrong())?.0;
    let percent = if is_percent || thousandths > 1_000 { thousandths / 1_000 } else { thousandths / 10 };
    u32::try_from(percent).ok().filter(|percent| *percent <= 100).ok_or_else(wrong)
}

/// The report is written last; a place where it cannot be is better known before.
fn check_place(report: &Path) -> Result<(), ReplayError> {
    let folder = report.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let message = format!("there is no folder {} for the report", folder.display());
            Err(std::io::Error::new(std::io::ErrorKind::NotFound, message).into())
        }
        _ => Ok(()),
    }
}

/// Says which figures differ, if any do.
fn compare(report: &Value, controls: &[PathBuf], mode: VatMode) -> Result<(), ReplayError> {
    let mut differences = Vec::new();
    for path in controls {
        let compared = control::compare_file(report, path, mode)?;
        eprintln!(
            "replay: {}: {} figures compared, {} differ",
            path.display(),
            compared.figures,
            compared.differences.len()
        );
        differences.extend(compared.differences);
    }
    for difference in differences.iter().take(50) {
        eprintln!("replay: {difference}");
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(ReplayError::Control(format!("{} figures differ from the control totals", differences.len())))
}

/// Runs it.
pub async fn replay(arguments: Arguments) -> Result<(), ReplayError> {
    check_place(&arguments.report)?;
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
    compare(&report, &arguments.control, options.vat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_and_a_percentage_are_told_apart() {
        for (text, hundredths) in [("0", 0), ("0.1", 10), ("10", 10), ("10%", 10), ("1", 100), ("1%", 1)] {
            assert_eq!(percent(text), Ok(hundredths), "{text}");
        }
        for text in ["-0.1", "101", "a tenth", ""] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
