//! Bench: the figures of docs/benchmarks.md, each measured beside its yardstick in the same run.
//! Lives here: the order of the parts, databases for them, one JSON object at the end.
//! May use: cargo, postgres, build, the stories' browser. Never: a figure of its own making.
//! Invariant: a part that fails stops the run; nothing is reported that was not measured in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::postgres::Cluster;
use crate::{build, command, prerequisites};

#[derive(clap::Args)]
pub struct Arguments {
    /// Print one JSON object on the last line.
    #[arg(long)]
    json: bool,
    /// Measure only these parts (may be given several times).
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Fewer sales, rounds and repetitions: to see that it works, not to publish.
    #[arg(long)]
    quick: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Sales a second over HTTP beside the same rows inserted raw, on both engines.
    Ingest,
    /// Changes a reader of the feed passes over while 32 write, beside a reader that goes by the number alone.
    Feed,
    /// The register and the manager's app as sent, against what the register may weigh.
    Size,
    /// Start, search, scan and commit in a real browser, with 4,241 and 100,000 products.
    Browser,
}

/// Writers of the feed.
const WRITERS: u32 = 32;
/// What the register may weigh, brotli.
const BUNDLE_AIM: u64 = 400 * 1024;

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let wanted = |part: &Part| arguments.only.is_empty() || arguments.only.contains(part);
    let mut figures = Map::new();
    for part in Part::value_variants().iter().filter(|part| wanted(part)) {
        let measured = match part {
            Part::Ingest => ingest(arguments.quick)?,
            Part::Feed => feed(arguments.quick)?,
            Part::Size => size()?,
            Part::Browser => browser(arguments.quick)?,
        };
        figures.extend(measured);
    }
    if arguments.json {
        println!("{}", Value::Object(figures));
        return Ok(ExitCode::SUCCESS);
    }
    let widest = figures.keys().map(String::len).max().unwrap_or_default();
    for (name, value) in &figures {
        println!("{name:<widest$}  {value}");
    }
    Ok(ExitCode::SUCCESS)
}

fn say(what: &str) {
    eprintln!("bench: {what}");
}

/// Runs the server's measuring program and reads the JSON of its last line.
fn measure(arguments: &[&str]) -> Result<Value> {
    let program = command::target_folder().join("release/examples/measure");
    let said = command::read(Command::new(program).args(arguments))?;
    let last = said.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| format!("{} said {last:?}", arguments.join(" ")))
}

/// Builds the server's measuring program.
fn build_measure() -> Result<()> {
    say("building the server (release; the first time takes some minutes)");
    let package = ["build", "--locked", "--release", "--package", "tillbridge", "--example", "measure"];
    command::run_beside(command::cargo().args(package))
}

/// An empty SQLite file, removed when dropped.
struct SqliteFile(std::path::PathBuf);

impl SqliteFile {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("tillbridge-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("{} not created", folder.display()))?;
        Ok(Self(folder))
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.0.join("bench.sqlite").display())
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Measures on SQLite and on PostgreSQL, both as durable as in a shop; each figure carries its engine's name.
fn on_both_engines(
    prefix: &str,
    measure: impl Fn(&str) -> Result<Value>,
    figures: &mut Map<String, Value>,
) -> Result<()> {
    let sqlite = SqliteFile::new()?;
    let cluster = Cluster::start(true)?;
    for (engine, address) in [("sqlite", sqlite.address()), ("postgres", cluster.database("bench")?)] {
        say(&format!("{prefix} on {engine}"));
        let Value::Object(measured) = measure(&address)? else { bail!("{prefix} on {engine}: no figures") };
        figures
            .extend(measured.into_iter().map(|(name, value)| (format!("{prefix}_{engine}_{name}"), value)));
    }
    Ok(())
}

fn ingest(quick: bool) -> Result<Map<String, Value>> {
    build_measure()?;
    let (sales, rounds) = if quick { ("800", "1") } else { ("8000", "5") };
    let mut figures = Map::new();
    on_both_engines("ingest", |address| measure(&["ingest", address, sales, "8", rounds]), &mut figures)?;
    Ok(figures)
}

fn feed(quick: bool) -> Result<Map<String, Value>> {
    build_measure()?;
    let each = if quick { "40" } else { "200" };
    let mut figures = Map::new();
    let misses = |address: &str| -> Result<Value> {
        let misses = measure(&["feed", address, &WRITERS.to_string(), each])?;
        Ok(json!({
            "writers": WRITERS,
            "written": misses["written"],
            "missed": misses["missed"],
            "missed_ratio": ratio(&misses["missed"], &misses["written"]),
            "missed_by_number": misses["missed_by_number"],
            "missed_by_number_ratio": ratio(&misses["missed_by_number"], &misses["written"]),
        }))
    };
    on_both_engines("feed", misses, &mut figures)?;
    Ok(figures)
}

/// What each app loads before its first page is shown, as it is sent: all but icons, and the words of one language; and each
/// part that is fetched later (ADR 0021).
fn size() -> Result<Map<String, Value>> {
    build::front_end(build::release())?;
    let dist = command::workspace().join("frontend/dist");
    let mut figures = Map::new();
    for (app, page) in [("register", "index.html"), ("manage", "manage.html")] {
        let html = std::fs::read_to_string(dist.join(page)).with_context(|| format!("{page} is missing"))?;
        let (mut wasm, mut words, mut all) = (0, 0, sent(&dist.join(page))?);
        for name in loaded_by(&html) {
            let sent = sent(&dist.join(name))?;
            match Path::new(name).extension().and_then(|extension| extension.to_str()) {
                // The language with the most to say.
                Some("json") => words = words.max(sent),
                Some("wasm") => wasm += sent,
                _ => all += sent,
            }
        }
        all += wasm + words;
        figures.insert(format!("bundle_{app}_wasm_brotli_bytes"), json!(wasm));
        figures.insert(format!("bundle_{app}_words_brotli_bytes"), json!(words));
        figures.insert(format!("bundle_{app}_all_brotli_bytes"), json!(all));
        figures.insert(format!("bundle_{app}_all_to_aim_ratio"), ratio(&json!(all), &json!(BUNDLE_AIM)));
        for (part, bytes) in parts_of(app, &html, &dist)? {
            figures.insert(format!("bundle_{app}_part_{part}_brotli_bytes"), json!(bytes));
        }
    }
    Ok(figures)
}

/// The parts of an app as they are sent, by their names: its other WebAssembly, which the page does not name. What several
/// parts share counts together.
fn parts_of(app: &str, html: &str, dist: &Path) -> Result<BTreeMap<String, u64>> {
    let at_once = loaded_by(html);
    let mut parts = BTreeMap::<String, u64>::new();
    for file in std::fs::read_dir(dist).with_context(|| format!("{} cannot be listed", dist.display()))? {
        let file = file?.path();
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let of_app = name.strip_prefix(app).and_then(|name| name.strip_suffix(".wasm"));
        // `-beside-0123456789abcdef`
        let part = of_app.and_then(|name| name.strip_prefix('-')?.rsplit_once('-'));
        if let Some((part, _hash)) = part.filter(|_| !at_once.contains(name)) {
            let part = if part.starts_with("chunk_") { "shared" } else { part };
            *parts.entry(part.to_owned()).or_default() += sent(&file)?;
        }
    }
    Ok(parts)
}

/// Files a page names, each once, without icons.
fn loaded_by(html: &str) -> BTreeSet<&str> {
    let named = ["src=\"/", "href=\"/"].into_iter().flat_map(|before| html.split(before).skip(1));
    named
        .filter_map(|rest| Some(rest.split_once('"')?.0))
        .filter(|name| !name.is_empty() && !name.starts_with("icons/"))
        .collect()
}

/// Bytes of a file as a browser gets it.
fn sent(path: &Path) -> Result<u64> {
    let mut packed = path.as_os_str().to_owned();
    packed.push(".br");
    let packed = Path::new(&packed);
    let file = if packed.is_file() { packed } else { path };
    Ok(std::fs::metadata(file).with_context(|| format!("{} is gone", file.display()))?.len())
}

fn browser(quick: bool) -> Result<Map<String, Value>> {
    prerequisites::for_testing()?;
    prerequisites::node_modules()?;
    build::front_end(build::release())?;
    say("building the server (release; the first time takes some minutes)");
    let server = ["build", "--quiet", "--locked", "--release", "--package", "tillbridge"];
    command::run(command::cargo().args(server))?;
    let e2e = command::workspace().join("e2e");
    let report = command::target_folder().join("browser-bench.json");
    let _ = std::fs::remove_file(&report);
    let mut playwright = Command::new(e2e.join("node_modules/.bin/playwright"));
    playwright
        .args(["test", "--config", "bench.config.ts"])
        .current_dir(&e2e)
        .env("CHROMIUM", prerequisites::browser().context("Chromium is missing")?)
        .env("TILLBRIDGE_BINARY", command::target_folder().join("release/tillbridge"))
        .env("TILLBRIDGE_BENCH_REPORT", &report)
        .env("TILLBRIDGE_BENCH_QUICK", if quick { "1" } else { "" });
    // What it tells goes to the other stream: the last line here is the figures'.
    command::run_beside(&mut playwright)?;
    let text = std::fs::read_to_string(&report).context("the browser left no figures")?;
    serde_json::from_str(&text).context("the browser's figures cannot be read")
}

/// A part of a whole, in thousandths, without a float.
fn ratio(part: &Value, whole: &Value) -> Value {
    let (part, whole) = (part.as_u64().unwrap_or_default(), whole.as_u64().unwrap_or_default());
    let thousandths = part.saturating_mul(1_000).checked_div(whole).unwrap_or_default();
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loads_what_it_names() {
        let html = r#"<link href="/icons/tb.svg"><link href="/base-1.css"><script src="/start-2.js">
            <link href="/a.wasm"><link href="/a.wasm"><a href="https://elsewhere">"#;
        assert_eq!(loaded_by(html), BTreeSet::from(["a.wasm", "base-1.css", "start-2.js"]));
    }

    #[test]
    fn parts_are_the_wasm_that_the_page_does_not_name() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
        for name in
            ["till-1.wasm", "till-beside-2.wasm", "till-3.js", "other-a-4.wasm", "till-chunk_1-5.wasm"]
        {
            write(name, "123");
        }
        write("till-beside-2.wasm.br", "1");
        write("till-chunk_2-6.wasm", "12");
        let parts = parts_of("till", r#"<link href="/till-1.wasm">"#, folder.path()).unwrap();
        assert_eq!(parts, BTreeMap::from([("beside".to_owned(), 1), ("shared".to_owned(), 5)]));
    }

    #[test]
    fn a_ratio_is_a_number() {
        assert_eq!(ratio(&json!(3), &json!(4)).to_string(), "0.75");
        assert_eq!(ratio(&json!(0), &json!(6_400)).to_string(), "0.0");
        assert_eq!(ratio(&json!(5), &json!(0)).to_string(), "0.0");
    }
}
