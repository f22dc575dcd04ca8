//! Price: `tillbridge price`.

use super::Failed;
use std::io::Write;

/// Prices carts of your own by the shop's rules, without a shop: standard input to standard output (docs/price.md).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Answer as JSON, the only form there is.
    #[arg(long, required = true)]
    json: bool,
}

/// Runs it.
pub fn run(_: Arguments) -> Result<(), Failed> {
    let text = std::io::read_to_string(std::io::stdin())?;
    let answers = price_cart::answers(&text);
    std::io::stdout().lock().write_all(answers.text.as_bytes())?;
    if answers.wrong.is_empty() { Ok(()) } else { Err(Failed(answers.wrong.join("\ntillbridge: "))) }
}
