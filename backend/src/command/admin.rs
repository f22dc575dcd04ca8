//! Admin: `tillbridge admin`: people and tablets, for whoever can log on to the server.

use super::{Failed, Storage, end, organisation, told};
use crate::app::access::StaffCaller;
use crate::app::{App, devices, people, places, setup};
use crate::clock;
use crate::store::{Db, feed, ground};
use shared::api::{SetupRequest, StaffRequest};
use shared::calendar::LocalTime;
use shared::ids::{DeviceId, OrganisationId, StaffId};
use shared::staff::Role;
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// What can be looked after.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set up the first shop from a file, instead of on its page: name, owner, store, tax.
    SetUp {
        /// JSON as `POST /api/setup` takes it (docs/deploy.md has one); `-` reads standard input.
        file: PathBuf,
        #[command(flatten)]
        storage: Storage,
    },
    /// Add an owner: the way back in when nobody can sign in any more.
    CreateOwner {
        /// To sign in with.
        #[arg(long)]
        email: String,
        /// As shown.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
    /// Give somebody a new password and sign them out everywhere.
    ResetPassword {
        /// With what they sign in.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
    /// List the staff.
    ListStaff {
        #[command(flatten)]
        place: Place,
    },
    /// List the tablets: where they sell, when they were last heard of, what they still hold unsent.
    ListDevices {
        #[command(flatten)]
        place: Place,
    },
    /// Unpair a tablet at once. What it has recorded and still sends is kept for a manager.
    RevokeDevice {
        /// As `list-devices` shows it.
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Print a code to pair a tablet with, good for 15 minutes.
    PairingCode {
        /// At which register it will sell: its name.
        #[arg(long)]
        register: String,
        #[command(flatten)]
        place: Place,
    },
    /// Say that this database was brought back from an older copy by other means than `tillbridge backup`: tablets then
    /// load their catalogue anew.
    BroughtBack {
        #[command(flatten)]
        storage: Storage,
    },
    /// List the shops of this database.
    ListOrganisations {
        #[command(flatten)]
        storage: Storage,
    },
}

/// Where the new password comes from.
#[derive(Debug, clap::Args)]
pub struct Password {
    /// Read the password from the first line of standard input; otherwise one is made up and printed.
    #[arg(long)]
    password_stdin: bool,
}

impl Password {
    /// The password, and whether it was made up here.
    fn take(&self) -> Result<(String, bool), Failed> {
        if !self.password_stdin {
            return Ok((made_up(), true));
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let password = line.trim_end_matches(['\n', '\r']).to_owned();
        if password.is_empty() {
            return Err(Failed("Standard input holds no password. Nothing was changed.".to_owned()));
        }
        Ok((password, false))
    }
}

/// Whose, and where.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// Which shop, where the database has several: its name or id.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

impl Place {
    async fn open(&self) -> Result<(App, OrganisationId), Failed> {
        let app = self.storage.app().await?;
        let organisation_id = organisation(&app.db, self.organisation.as_deref()).await?;
        Ok((app, organisation_id))
    }
}

/// Runs it.
pub async fn run(command: Command) -> Result<(), Failed> {
    match command {
        Command::SetUp { file, storage } => set_up(&file, &storage).await?,
        Command::CreateOwner { email, name, password, place } => {
            let (app, organisation_id) = place.open().await?;
            create_owner(&app, organisation_id, (name, email), &password).await?;
            end(app).await;
        }
        Command::ResetPassword { email, password, place } => {
            let (app, organisation_id) = place.open().await?;
            reset_password(&app, organisation_id, &email, &password).await?;
            end(app).await;
        }
        Command::ListStaff { place } => {
            let (app, organisation_id) = place.open().await?;
            list_staff(&app, organisation_id).await?;
            end(app).await;
        }
        Command::ListDevices { place } => {
            let (app, organisation_id) = place.open().await?;
            list_devices(&app, organisation_id).await?;
            end(app).await;
        }
        Command::RevokeDevice { id, place } => {
            let (app, organisation_id) = place.open().await?;
            revoke_device(&app, organisation_id, &id).await?;
            end(app).await;
        }
        Command::PairingCode { register, place } => {
            let (app, organisation_id) = place.open().await?;
            pairing_code(&app, organisation_id, &register).await?;
            end(app).await;
        }
        Command::BroughtBack { storage } => {
            let db = storage.open().await?;
            feed::live_on_anew(&db).await?;
            db.close().await;
            println!("Tablets load their catalogue anew, and hand in again what is missing here.");
        }
        Command::ListOrganisations { storage } => {
            let db = storage.open().await?;
            let mut tx = db.begin_read().await?;
            for (id, name) in ground::organisations(&mut tx).await? {
                println!("{id}  {name}");
            }
            drop(tx);
            db.close().await;
        }
    }
    Ok(())
}

async fn set_up(file: &Path, storage: &Storage) -> Result<(), Failed> {
    let nothing = |what: String| Failed(format!("{what} Nothing was set up."));
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| nothing(format!("{} cannot be read: {error}.", file.display())))?;
    let request: SetupRequest = serde_json::from_str(&text).map_err(|error| {
        nothing(format!("{} is not what a shop is set up from: {error}.", file.display()))
    })?;
    let name = request.organisation_name.clone();
    let settings = storage.settings()?;
    std::fs::create_dir_all(&settings.data)?;
    let app = App::start(Db::open(&settings.database).await?);
    let founded = setup::found(&app, request, false, clock::now_ms()).await;
    end(app).await;
    let founded = founded.map_err(told)?;
    println!(
        "{name} is set up, with {} and {}. Its owner can sign in.",
        founded.store.name, founded.register.name
    );
    Ok(())
}

/// Whoever can open the database can do what an owner can.
async fn as_owner(app: &App, organisation_id: OrganisationId) -> Result<StaffCaller, Failed> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let staff = ground::staff(&mut tx, organisation_id, None).await?;
    let owner = staff.iter().find(|member| member.role == Role::Owner && member.active);
    let owner = owner.or_else(|| staff.iter().find(|member| member.role == Role::Owner));
    Ok(StaffCaller {
        organisation_id,
        staff_id: owner.map_or(StaffId(uuid::Uuid::nil()), |member| member.id),
        name: "tillbridge admin".to_owned(),
        role: Role::Owner,
        session: String::new(),
    })
}

async fn create_owner(
    app: &App,
    organisation_id: OrganisationId,
    (name, email): (String, String),
    password: &Password,
) -> Result<(), Failed> {
    let (password, made_up) = password.take()?;
    let request = StaffRequest {
        name: Some(name),
        role: Some(Role::Owner),
        email: Some(email),
        password: Some(password.clone()),
        ..StaffRequest::default()
    };
    let caller = as_owner(app, organisation_id).await?;
    let view = people::create(app, &caller, request).await.map_err(told)?;
    println!("{} can sign in as owner with {}.", view.name, view.email.unwrap_or_default());
    say(&password, made_up);
    Ok(())
}

async fn reset_password(
    app: &App,
    organisation_id: OrganisationId,
    email: &str,
    password: &Password,
) -> Result<(), Failed> {
    let wanted = email.trim().to_lowercase();
    let staff = people::staff(app, organisation_id).await.map_err(told)?;
    let Some(member) = staff.iter().find(|member| member.email.as_deref() == Some(wanted.as_str())) else {
        return Err(Failed(format!(
            "Nobody signs in with {email} here. Nothing was changed; `admin list-staff` shows who does."
        )));
    };
    let (password, made_up) = password.take()?;
    let request = StaffRequest { password: Some(password.clone()), ..StaffRequest::default() };
    let caller = as_owner(app, organisation_id).await?;
    people::update(app, &caller, member.id, request).await.map_err(told)?;
    println!("{} has a new password and is signed out everywhere.", member.name);
    say(&password, made_up);
    Ok(())
}

fn say(password: &str, made_up: bool) {
    if made_up {
        println!("Password, shown this once: {password}");
    }
}

/// Twenty letters and digits without look-alikes: over 90 bits.
fn made_up() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
    let letters = clock::random::<20>();
    letters.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31))).copied().map(char::from).collect()
}

async fn list_staff(app: &App, organisation_id: OrganisationId) -> Result<(), Failed> {
    for member in people::staff(app, organisation_id).await.map_err(told)? {
        let role = match member.role {
            Role::Owner => "owner",
            Role::Manager => "manager",
            Role::Cashier => "cashier",
        };
        let email = member.email.as_deref().unwrap_or("-");
        let pin = if member.has_pin { "PIN" } else { "no PIN" };
        let here = if member.active { "" } else { "  (not active)" };
        println!("{}  {role:<8}  {pin:<6}  {email:<32}  {}{here}", member.id, member.name);
    }
    Ok(())
}

async fn list_devices(app: &App, organisation_id: OrganisationId) -> Result<(), Failed> {
    let all = devices::devices(app, organisation_id).await.map_err(told)?;
    if all.is_empty() {
        println!("No tablet is paired.");
    }
    for device in all {
        let heard = match device.last_seen_ms {
            Some(at_ms) => format!("heard of {} UTC", LocalTime { at_ms, offset_minutes: 0 }.text()),
            None => "never heard of".to_owned(),
        };
        let state = if device.revoked { "unpaired" } else { "paired" };
        println!(
            "{}  {state:<8}  {heard}  {} unsent  {}  ({})",
            device.id, device.unsent, device.name, device.register.name
        );
    }
    Ok(())
}

async fn revoke_device(app: &App, organisation_id: OrganisationId, id: &str) -> Result<(), Failed> {
    let missing = || {
        Failed(format!("There is no tablet {id} here. Nothing was changed; `admin list-devices` shows them."))
    };
    let id: DeviceId = id.parse().map_err(|_| missing())?;
    let all = devices::devices(app, organisation_id).await.map_err(told)?;
    if !all.iter().any(|device| device.id == id) {
        return Err(missing());
    }
    let device = devices::revoke(app, organisation_id, id).await.map_err(told)?;
    println!("{} is unpaired. What it has recorded and still sends is kept for a manager.", device.name);
    if device.unsent > 0 {
        println!("It said that it still holds {} records.", device.unsent);
    }
    Ok(())
}

async fn pairing_code(app: &App, organisation_id: OrganisationId, register: &str) -> Result<(), Failed> {
    let all = places::registers(app, organisation_id).await.map_err(told)?;
    let wanted = register.trim().to_lowercase();
    let mut fitting =
        all.iter().filter(|known| known.name.to_lowercase() == wanted || known.id.to_string() == wanted);
    let (Some(known), None) = (fitting.next(), fitting.next()) else {
        let names: Vec<String> = all.iter().map(|known| format!("{} ({})", known.name, known.id)).collect();
        return Err(Failed(format!(
            "One register is wanted, by name or id; there are: {}.",
            names.join(", ")
        )));
    };
    let request = shared::api::PairingCodeRequest { register_id: known.id };
    let caller = as_owner(app, organisation_id).await?;
    let code = devices::pairing_code(app, &caller, request, clock::now_ms()).await.map_err(told)?;
    println!("{}  for {}, good for 15 minutes and one tablet.", code.code, known.name);
    Ok(())
}
