//! Measure: the server's figures of `cargo xtask bench`, each printed as JSON.
//! `cargo run --release -p tillbridge --example measure -- ingest|feed postgres://…|sqlite:… [numbers]`
#![allow(clippy::float_arithmetic, reason = "a benchmark divides; no amount is involved")]

mod feed;
mod ingest;

/// Whatever went wrong.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let url = arguments.next().ok_or("name a database: postgres://… or sqlite:…")?;
    let numbers: Vec<usize> = arguments.map(|text| text.parse()).collect::<Result<_, _>>()?;
    let number = |at: usize, default: usize| numbers.get(at).copied().unwrap_or(default);
    let figures = match what.as_str() {
        "ingest" => ingest::measure(&url, number(0, 4_000), number(1, 8), number(2, 3)).await?,
        "feed" => feed::measure(&url, number(0, 32), number(1, 200)).await?,
        other => return Err(format!("`{other}` cannot be measured: ingest, feed").into()),
    };
    println!("{figures}");
    Ok(())
}
