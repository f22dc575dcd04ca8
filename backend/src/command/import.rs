//! Import: `tillbridge import products` and `tillbridge import customers`.

use super::{Failed, Storage, organisation, told};
use crate::app::customer_import;
use crate::app::import::{Imported, import_into};
use crate::catalog_import::ImportOptions;
use crate::clock;
use crate::customer_import::Options;
use crate::store::notify;
use shared::api::{ImportFinding, ImportReport};
use std::fmt::Write;
use std::fs::File;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// What can be brought in.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Products: our own columns (docs/howto/import-products.md), or the product export of Shopify or WooCommerce.
    Products(Products),
    /// Customers: columns by their usual names in five languages (docs/howto/import-customers.md).
    Customers(Customers),
}

/// Checks every row of a file of customers and, if nothing is wrong, imports all of them at once.
#[derive(Debug, clap::Args)]
pub struct Customers {
    /// The file: CSV, may be packed with gzip.
    file: PathBuf,
    /// Only check, and say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Leave out the rows that have an error instead of importing nothing.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Make groups that are named and are not here.
    #[arg(long)]
    make_groups: bool,
    /// Which shop, where the database has several: its name or id.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Print the whole report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// Checks every row of a file of products and, if nothing is wrong, imports all of them at once.
#[derive(Debug, clap::Args)]
pub struct Products {
    /// The file: CSV, may be packed with gzip.
    file: PathBuf,
    /// Only check, and say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Leave out the rows that have an error instead of importing nothing.
    #[arg(long)]
    skip_bad_rows: bool,
    /// The tax category of products whose row names none [default: the shop's first one].
    #[arg(long, value_name = "NAME")]
    tax_category: Option<String>,
    /// Which shop, where the database has several: its name or id.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Print the whole report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// Runs it.
pub async fn run(command: Command) -> Result<(), Failed> {
    match command {
        Command::Products(arguments) => products(arguments).await,
        Command::Customers(arguments) => customers(arguments).await,
    }
}

fn opened(path: &Path) -> Result<File, Failed> {
    File::open(path)
        .map_err(|error| Failed(format!("{} cannot be read: {error}. Nothing was imported.", path.display())))
}

/// Says on a screen, not in a file, how far it is.
fn progress(what: &'static str) -> impl Fn(usize, usize) {
    let watched = std::io::stderr().is_terminal();
    move |done, all| {
        if watched {
            eprint!("\r{done} of {all} {what}");
            if done == all {
                eprintln!();
            }
        }
    }
}

/// Rows with errors stop an import, unless they shall be left out.
fn ended(report: &ImportReport, skips: bool) -> Result<(), Failed> {
    if report.findings.iter().any(|finding| finding.error) && !skips {
        return Err(Failed(
            "Nothing was imported: rows have errors. Mend them, or leave them out with --skip-bad-rows."
                .to_owned(),
        ));
    }
    Ok(())
}

async fn products(arguments: Products) -> Result<(), Failed> {
    let file = opened(&arguments.file)?;
    let db = arguments.storage.open().await?;
    let organisation_id = organisation(&db, arguments.organisation.as_deref()).await?;
    let options = ImportOptions {
        dry_run: arguments.dry_run,
        skip_bad_rows: arguments.skip_bad_rows,
        tax_category: arguments.tax_category.clone(),
    };
    let Imported { report, left_out } =
        import_into(&db, organisation_id, file, &options, progress("products")).await.map_err(told)?;
    if report.written {
        notify::send(&db, &organisation_id.to_string()).await?;
    }
    db.close().await;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        let shown = Shown { file: &arguments.file, what: "products", report: &report, left_out };
        print!("{}", shown.text(arguments.dry_run));
    }
    ended(&report, arguments.skip_bad_rows)
}

async fn customers(arguments: Customers) -> Result<(), Failed> {
    let file = opened(&arguments.file)?;
    // What was changed in the shop after the file was written stays.
    let made = file.metadata().and_then(|about| about.modified()).ok();
    let db = arguments.storage.open().await?;
    let organisation_id = organisation(&db, arguments.organisation.as_deref()).await?;
    let options = Options {
        dry_run: arguments.dry_run,
        skip_bad_rows: arguments.skip_bad_rows,
        make_groups: arguments.make_groups,
        columns: None,
        as_of_ms: made.map(clock::ms_of),
    };
    let told_how_far = progress("customers");
    let done = customer_import::import_into(&db, organisation_id, None, file, options, told_how_far).await;
    let imported = done.map_err(told)?;
    let report = &imported.report;
    if report.written {
        notify::send(&db, &organisation_id.to_string()).await?;
    }
    db.close().await;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&imported)?);
    } else {
        let left_out = imported.left_out;
        let shown = Shown { file: &arguments.file, what: "customers", report, left_out };
        print!("{}", shown.text(arguments.dry_run));
    }
    ended(report, arguments.skip_bad_rows)
}

/// The report for a person.
struct Shown<'r> {
    file: &'r Path,
    what: &'static str,
    report: &'r ImportReport,
    left_out: u64,
}

impl Shown<'_> {
    fn text(&self, dry_run: bool) -> String {
        let (report, what) = (self.report, self.what);
        let mut text =
            format!("{}: {} rows, columns of {}\n", self.file.display(), report.rows, columns(report));
        let (errors, others): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| finding.error);
        for (title, findings) in [("Errors", errors), ("Worth knowing", others)] {
            if findings.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{title}:");
            for finding in findings {
                text.push_str(&finding_of(finding));
            }
        }
        let (created, changed, unchanged) = (report.created, report.changed, report.unchanged);
        let would = if report.written { "" } else { "would be " };
        let _ = writeln!(
            text,
            "\n{created} {what} {would}new, {changed} {would}changed, {unchanged} as they were; {} rows left out.",
            self.left_out
        );
        if dry_run {
            text.push_str("This was a dry run: nothing was written.\n");
        }
        text
    }
}

fn columns(report: &ImportReport) -> &'static str {
    match report.format.as_str() {
        "shopify" => "Shopify",
        "woocommerce" => "WooCommerce",
        _ => "our own form",
    }
}

fn finding_of(finding: &ImportFinding) -> String {
    let mut text = format!("  {} × {}: {}\n", finding.count, finding.kind, finding.message);
    for line in finding.lines.iter().take(3) {
        let _ = writeln!(text, "      line {}: {}", line.line, line.value);
    }
    let more = finding.count.saturating_sub(3);
    if more > 0 {
        let _ = writeln!(text, "      and {more} more");
    }
    text
}
