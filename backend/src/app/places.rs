//! Places: stores and the registers in them.

use super::{App, AppError};
use crate::clock::FreshIds;
use crate::store::sales::{self, SaleFilter};
use crate::store::{feed, ground, known_sales, pictures};
use shared::api::{NewRegister, RegisterRequest, StoreSettings};
use shared::ids::{OrganisationId, RegisterId, StoreId};
use shared::register::Register;
use shared::store::{Store, WrongSetting};

/// All stores, oldest first.
pub async fn stores(app: &App, organisation_id: OrganisationId) -> Result<Vec<Store>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(ground::stores(&mut tx, organisation_id).await?)
}

/// Puts texts in order and says what cannot be, with the time zone looked up.
pub(super) fn checked(mut store: Store) -> (Store, Vec<WrongSetting>) {
    store.name = store.name.trim().to_owned();
    store.country = store.country.trim().to_ascii_uppercase();
    store.address =
        store.address.iter().map(|row| row.trim().to_owned()).filter(|row| !row.is_empty()).collect();
    let header = store.receipt.header.iter().map(|row| row.trim().to_owned());
    store.receipt.header = header.filter(|row| !row.is_empty()).collect();
    for text in [&mut store.tax_number, &mut store.receipt_footer] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    let mut wrong = store.check();
    let mut say = |field: &str, message: &str| {
        wrong.push(WrongSetting { field: field.to_owned(), message: message.to_owned() });
    };
    match jiff::tz::TimeZone::get(store.time_zone.trim()) {
        Ok(zone) => {
            if let Some(name) = zone.iana_name() {
                name.clone_into(&mut store.time_zone);
            }
        }
        Err(_) if store.time_zone.trim().is_empty() => {}
        Err(_) => say("time_zone", "This time zone is not known. Choose one like Europe/London."),
    }
    if store.tax_number.as_ref().is_some_and(|text| text.chars().count() > 40) {
        say("tax_number", "At most 40 letters and digits.");
    }
    if store.receipt_footer.as_ref().is_some_and(|text| text.chars().count() > 500) {
        say("receipt_footer", "At most 500 letters.");
    }
    (store, wrong)
}

fn fit(store: Store) -> Result<Store, AppError> {
    let (store, fields) = checked(store);
    if fields.is_empty() {
        return Ok(store);
    }
    let message = "The store was not saved; look at the marked fields.".to_owned();
    Err(AppError::WrongInput { message, fields })
}

/// Adds a store.
pub async fn create_store(
    app: &App,
    organisation_id: OrganisationId,
    settings: StoreSettings,
) -> Result<Store, AppError> {
    let store = fit(settings.with_id(StoreId::fresh(&mut FreshIds)))?;
    save(app, organisation_id, store, true).await
}

/// Changes a store. Its currency stays once something was sold in it.
pub async fn update_store(
    app: &App,
    organisation_id: OrganisationId,
    id: StoreId,
    settings: StoreSettings,
) -> Result<Store, AppError> {
    save(app, organisation_id, fit(settings.with_id(id))?, false).await
}

async fn save(
    app: &App,
    organisation_id: OrganisationId,
    store: Store,
    new: bool,
) -> Result<Store, AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let mut knew = store.known_days;
    if !new {
        let all = ground::stores(&mut tx, organisation_id).await?;
        let known = all.iter().find(|known| known.id == store.id).ok_or(AppError::NotFound)?;
        knew = known.known_days;
        if known.currency != store.currency {
            let here = SaleFilter { store: Some(store.id.to_string()), ..SaleFilter::default() };
            if sales::list(&mut tx, organisation_id, &here, None, 1).await?.1 > 0 {
                return Err(AppError::wrong_field(
                    "currency",
                    "Sales were made in this store's currency; it cannot change any more. Add a store instead.",
                ));
            }
        }
    }
    if let Some(logo) = &store.receipt.logo
        && !pictures::has(&mut tx, organisation_id, logo).await?
    {
        return Err(AppError::wrong_field(
            "receipt.logo",
            "Hand the picture in first; this one is not here.",
        ));
    }
    ground::put_store(&mut tx, organisation_id, &store).await?;
    if knew < store.known_days {
        let more = known_sales::told_again(&mut tx, organisation_id, store.id).await?;
        feed::touch(&mut tx, organisation_id, more).await?;
    }
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(store)
}

/// All registers, oldest first.
pub async fn registers(app: &App, organisation_id: OrganisationId) -> Result<Vec<Register>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(ground::registers(&mut tx, organisation_id).await?)
}

/// Adds a register.
pub async fn create_register(
    app: &App,
    organisation_id: OrganisationId,
    request: NewRegister,
) -> Result<Register, AppError> {
    let name = register_name(&request.name)?;
    let mut tx = app.db.write_for(organisation_id).await?;
    if !ground::stores(&mut tx, organisation_id).await?.iter().any(|store| store.id == request.store_id) {
        return Err(AppError::wrong_field("store_id", "Choose one of the stores."));
    }
    let known = ground::registers(&mut tx, organisation_id).await?;
    let register = Register { id: RegisterId::fresh(&mut FreshIds), store_id: request.store_id, name };
    is_free(&register, &known)?;
    ground::put_register(&mut tx, organisation_id, &register).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(register)
}

/// Gives a register another name; it stays in its store.
pub async fn rename_register(
    app: &App,
    organisation_id: OrganisationId,
    id: RegisterId,
    request: RegisterRequest,
) -> Result<Register, AppError> {
    let name = register_name(&request.name)?;
    let mut tx = app.db.write_for(organisation_id).await?;
    let known = ground::registers(&mut tx, organisation_id).await?;
    let before = known.iter().find(|register| register.id == id).ok_or(AppError::NotFound)?;
    let register = Register { name, ..before.clone() };
    is_free(&register, &known)?;
    ground::put_register(&mut tx, organisation_id, &register).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(register)
}

fn register_name(text: &str) -> Result<String, AppError> {
    let name = text.trim().to_owned();
    if name.is_empty() || name.chars().count() > 40 || name.contains(char::is_control) {
        return Err(AppError::wrong_field("name", "Give the register a name of at most 40 letters."));
    }
    Ok(name)
}

/// Has no other register of the store this name?
fn is_free(register: &Register, known: &[Register]) -> Result<(), AppError> {
    let taken = |other: &Register| {
        other.id != register.id && other.store_id == register.store_id && other.name == register.name
    };
    if known.iter().any(taken) {
        return Err(AppError::taken("name", "This store has a register of that name already."));
    }
    Ok(())
}
