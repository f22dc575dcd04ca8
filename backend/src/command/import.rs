//! Import: `tillbridge import products`.

use super::{Failed, Storage, organisation, told};
use crate::app::import::{Imported, import_into};
use crate::catalog_import::ImportOptions;
use crate::store::notify;
use shared::api::{ImportFinding, ImportReport};
use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;

/// What can be brought in.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Products: our own columns (docs/howto/import-products.md), or the product export of Shopify or WooCommerce.
    Products(Products),
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
    let Command::Products(arguments) = command;
    let file = std::fs::File::open(&arguments.file).map_err(|error| {
        Failed(format!("{} cannot be read: {error}. Nothing was imported.", arguments.file.display()))
    })?;
    let db = arguments.storage.open().await?;
    let organisation_id = organisation(&db, arguments.organisation.as_deref()).await?;
    let options = ImportOptions {
        dry_run: arguments.dry_run,
        skip_bad_rows: arguments.skip_bad_rows,
        tax_category: arguments.tax_category.clone(),
    };
    let watched = std::io::stderr().is_terminal();
    let imported = import_into(&db, organisation_id, file, &options, |done, all| {
        if watched {
            eprint!("\r{done} of {all} products");
            if done == all {
                eprintln!();
            }
        }
    })
    .await
    .map_err(told)?;
    if imported.report.written {
        notify::send(&db, &organisation_id.to_string()).await?;
    }
    db.close().await;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&imported.report)?);
    } else {
        print!("{}", shown(&imported, &arguments));
    }
    let stopped = imported.report.findings.iter().any(|finding| finding.error) && !arguments.skip_bad_rows;
    if stopped {
        return Err(Failed(
            "Nothing was imported: rows have errors. Mend them, or leave them out with --skip-bad-rows."
                .to_owned(),
        ));
    }
    Ok(())
}

/// The report for a person.
fn shown(imported: &Imported, arguments: &Products) -> String {
    let report = &imported.report;
    let mut text =
        format!("{}: {} rows, columns of {}\n", arguments.file.display(), report.rows, columns(report));
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
        "\n{created} products {would}new, {changed} {would}changed, {unchanged} as they were; {} rows left out.",
        imported.left_out
    );
    if arguments.dry_run {
        text.push_str("This was a dry run: nothing was written.\n");
    }
    text
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
