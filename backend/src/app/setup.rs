//! Setup: the first organisation of a server: its first store, register, tax and owner.

use super::access::{self, Opened};
use super::secret::{self, Kind, kept};
use super::{App, AppError, people, places};
use crate::clock::FreshIds;
use crate::store::people::{self as rows, SignInRow};
use crate::store::{Tx, access as directory, catalog, ground};
use shared::api::{SessionResponse, SetupRequest, StandardTax};
use shared::calendar::Day;
use shared::ids::{OrganisationId, RegisterId, StaffId, StoreId, TaxCategoryId};
use shared::money::Rate;
use shared::register::Register;
use shared::staff::{Role, StaffMember};
use shared::store::{Store, WrongSetting};
use shared::tax::{TaxCategory, TaxPeriod, TaxRate};

/// A place only one organisation can take: the first.
const FIRST: &str = "the first organisation";

/// What was set up.
#[derive(Clone, Debug)]
pub struct Founded {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its first store.
    pub store: Store,
    /// The register in it.
    pub register: Register,
    /// Who owns it.
    pub owner_id: StaffId,
    /// What most products are taxed as.
    pub tax_category: TaxCategory,
}

/// Sets up the first organisation and signs its owner in. Refused once there is one, also when two try at once.
pub async fn set_up(
    app: &App,
    request: SetupRequest,
    now_ms: i64,
) -> Result<Opened<SessionResponse>, AppError> {
    let mut tx = app.db.begin_read().await?;
    if rows::any_organisation(&mut tx).await?.0 {
        return Err(refused());
    }
    drop(tx);
    let plan = Plan::of(request)?;
    let password_hash = secret::password_hash(plan.password.clone()).await?;
    let mut tx = app.db.begin_write().await?;
    let founded = plan.write(&mut tx, password_hash, false, now_ms).await?;
    let opened = access::open_session(&mut tx, founded.organisation_id, founded.owner_id, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Sets up an organisation without anybody at a browser (`tillbridge admin`, the demo shop), under the same rules.
pub async fn found(app: &App, request: SetupRequest, demo: bool, now_ms: i64) -> Result<Founded, AppError> {
    let plan = Plan::of(request)?;
    let password_hash = secret::password_hash(plan.password.clone()).await?;
    let mut tx = app.db.begin_write().await?;
    let founded = plan.write(&mut tx, password_hash, demo, now_ms).await?;
    tx.commit().await?;
    Ok(founded)
}

fn refused() -> AppError {
    AppError::Conflict(
        "This server is set up already. Nothing was changed; sign in, or ask whoever owns it.".to_owned(),
    )
}

/// A request that has been looked at.
struct Plan {
    name: String,
    owner_name: String,
    email: String,
    password: String,
    store: Store,
    tax_category: TaxCategory,
}

impl Plan {
    fn of(request: SetupRequest) -> Result<Self, AppError> {
        let mut wrong = Vec::new();
        let name = request.organisation_name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 80 || name.contains(char::is_control) {
            wrong.push(setting("organisation_name", "Give the shop a name of at most 80 letters."));
        }
        let owner = request.owner;
        let owner_name = owner.name.trim().to_owned();
        if let Some(message) = people::wrong_name(&owner_name) {
            wrong.push(setting("owner.name", message));
        }
        let email = access::folded_email(&owner.email);
        if let Some(message) = people::wrong_email(&email) {
            wrong.push(setting("owner.email", message));
        }
        if let Some(message) = people::wrong_password(&owner.password) {
            wrong.push(setting("owner.password", message));
        }
        let store = request.store.with_id(StoreId::fresh(&mut FreshIds));
        let (store, wrong_store) = places::checked(store);
        wrong.extend(wrong_store.into_iter().map(|mut one| {
            one.field = format!("store.{}", one.field);
            one
        }));
        let tax_category = standard(&request.standard_tax);
        if let Err(error) = &tax_category {
            wrong.push(error.clone());
        }
        match tax_category {
            Ok(tax_category) if wrong.is_empty() => {
                Ok(Self { name, owner_name, email, password: owner.password, store, tax_category })
            }
            _ => {
                let message = "Nothing was set up; look at the marked fields.".to_owned();
                Err(AppError::WrongInput { message, fields: wrong })
            }
        }
    }

    async fn write(
        self,
        tx: &mut Tx,
        password_hash: String,
        demo: bool,
        now_ms: i64,
    ) -> Result<Founded, AppError> {
        let organisation_id = OrganisationId::fresh(&mut FreshIds);
        // Whoever comes second waits here for the first, and finds the place taken.
        directory::insert_entry(tx, FIRST, organisation_id)
            .await
            .map_err(|error| if error.is_duplicate() { refused() } else { error.into() })?;
        if rows::any_organisation(tx).await?.0 {
            return Err(refused());
        }
        ground::insert_organisation(tx, organisation_id, &self.name, demo, now_ms).await?;
        tx.act_for(organisation_id).await?;
        directory::insert_entry(tx, &kept(Kind::Email, &self.email), organisation_id).await?;
        let owner = StaffMember {
            id: StaffId::fresh(&mut FreshIds),
            name: self.owner_name,
            role: Role::Owner,
            active: true,
            pin: None,
        };
        let register = Register {
            id: RegisterId::fresh(&mut FreshIds),
            store_id: self.store.id,
            name: "Register 1".to_owned(),
        };
        ground::put_store(tx, organisation_id, &self.store).await?;
        ground::put_register(tx, organisation_id, &register).await?;
        catalog::put_tax_categories(tx, organisation_id, std::slice::from_ref(&self.tax_category)).await?;
        ground::put_staff(tx, organisation_id, &owner).await?;
        let sign_in = SignInRow {
            id: owner.id.to_string(),
            email: Some(self.email),
            password_hash: Some(password_hash),
        };
        rows::set_sign_in(tx, organisation_id, sign_in).await?;
        Ok(Founded {
            organisation_id,
            store: self.store,
            register,
            owner_id: owner.id,
            tax_category: self.tax_category,
        })
    }
}

fn setting(field: &str, message: &str) -> WrongSetting {
    WrongSetting { field: field.to_owned(), message: message.to_owned() }
}

/// The rate holds for every day: a tablet whose clock is behind must not sell without tax.
fn standard(tax: &StandardTax) -> Result<TaxCategory, WrongSetting> {
    let name = tax.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 40 || name.contains(char::is_control) {
        return Err(setting("standard_tax.name", "Give the tax a name of at most 40 letters."));
    }
    let percent = tax.percent.trim().trim_end_matches('%').trim_end();
    let rate = Rate::parse_percent(percent).ok().filter(|rate| (0..=1_000_000).contains(&rate.0));
    let rate =
        rate.ok_or_else(|| setting("standard_tax.percent", "A number from 0 to 100, like 20 or 8.875."))?;
    Ok(TaxCategory {
        id: TaxCategoryId::fresh(&mut FreshIds),
        name: format!("{name} {} %", rate.to_percent()),
        periods: vec![TaxPeriod { from: Day::from_number(0), rates: vec![TaxRate::of(name, rate)] }],
    })
}
