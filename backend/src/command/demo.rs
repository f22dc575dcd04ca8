//! Demo: `tillbridge demo`.

use super::serving::serve_shop;
use super::{Failed, organisation};
use crate::app::App;
use crate::config::{self, ServingFlags, StorageFlags};
use crate::demo::shop::{self, PASSWORD, PEOPLE};
use crate::{clock, telemetry};
use shared::ids::OrganisationId;
use shared::staff::Role;
use std::fmt::Write;
use std::path::Path;

/// How long the code for a tablet is good, ms: as long as somebody may want to look at a demo.
const CODE_MS: i64 = 30 * 86_400_000;

/// Makes (once) and serves a shop to look at: 4,241 real products, people to sign in as, the sales of the last days.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder that holds the demo shop; delete it to begin again.
    #[arg(long, value_name = "FOLDER", default_value = "data/demo")]
    data: String,
    /// What is logged beside what is printed here.
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log_level: String,
    /// `text` or `json`.
    #[arg(long, value_name = "FORM")]
    log_format: Option<String>,
    #[command(flatten)]
    serving: ServingFlags,
}

/// Runs it.
pub async fn run(arguments: Arguments) -> Result<(), Failed> {
    let flags = StorageFlags::of(arguments.data, Some(arguments.log_level), arguments.log_format);
    let settings = config::read(&flags, &arguments.serving, config::environment())?;
    telemetry::log(&settings.log_level, settings.log_format);
    let now_ms = clock::now_ms();
    let tell = |what: &str| println!("demo: {what}");
    let shop = shop::open(&settings.data, now_ms, &tell).await?;
    let organisation_id = organisation(&shop.db, None).await?;
    let app = App::start(shop.db.clone());
    shop::catch_up(&app, organisation_id, now_ms, &tell).await?;
    let card = card(&app, organisation_id, &settings.data, now_ms).await?;
    serve_shop(app, &settings, |address| print!("{}", card.replace("{address}", address))).await
}

/// What a person needs to look around.
async fn card(
    app: &App,
    organisation_id: OrganisationId,
    folder: &Path,
    now_ms: i64,
) -> Result<String, Failed> {
    let mut text =
        "\nTillbridge demo: a gift shop with two stores\n\n  Open           {address}\n".to_owned();
    for (at, (name, role, email, _)) in PEOPLE.iter().filter(|person| person.2.is_some()).enumerate() {
        let title = if at == 0 { "Sign in" } else { "" };
        let role = if *role == Role::Owner { "owner" } else { "manager" };
        let email = email.unwrap_or_default();
        let _ = writeln!(text, "  {title:<13}  {email:<22} {PASSWORD}   ({name}, {role})");
    }
    if let Some((code, register)) = shop::pairing_code(app, organisation_id, CODE_MS, now_ms).await? {
        let _ = writeln!(text, "  Pair a tablet  {code}              for {register}; the code works once");
    }
    let pins: Vec<String> = PEOPLE.iter().map(|(name, _, _, pin)| format!("{name} {pin}")).collect();
    let _ = writeln!(text, "  PINs           {}", pins.join(" · "));
    let _ = writeln!(
        text,
        "\n  Ctrl-C stops it. The shop is kept in {}; delete that folder to begin again.\n",
        folder.display()
    );
    Ok(text)
}
