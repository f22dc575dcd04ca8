//! Displays: customer displays on devices of their own (ADR 0042): paired with a till by its code, told what it shows the buyer.
//! Invariant: a display sees what its till has said lately and nothing else; it ends with its till, or when that says so.

use super::access::{DeviceCaller, Opened, Tries, parts};
use super::secret::{self, Kind, kept};
use super::{App, AppError};
use crate::clock::FreshIds;
use crate::store::{access, displays as store};
use shared::api::{DisplayPairRequest, DisplayResponse, PairedDisplay, PairingCodeResponse, ShowRequest};
use shared::ids::{DeviceId, DisplayId, OrganisationId};

/// How long a code is good for, ms.
const CODE_MS: i64 = 15 * 60_000;
/// What browsers keep a cookie for at most, ms.
const LASTS_MS: i64 = 400 * 86_400_000;
/// What a till has not said again for so long stands nowhere any more, ms.
pub const FRESH_MS: i64 = 15_000;
/// Longest that is shown: a sale of some hundred lines.
const MOST_SHOWN: usize = 200_000;
/// Most displays of a till.
const MOST_DISPLAYS: usize = 8;
/// Wrong codes in a row before a network address is locked.
const PAIRING_TRIES: i64 = 10;

/// A display that is paired.
#[derive(Clone, Debug)]
pub struct DisplayCaller {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// What it shows is this tablet's.
    pub device_id: DeviceId,
    /// What it shows that it is one, in the form it is kept in.
    pub secret: String,
}

/// What wakes the displays of a tablet.
pub fn topic(device_id: DeviceId) -> String {
    format!("display {device_id}")
}

/// A code to pair a display with this tablet by, once; the one before is good no more.
pub async fn code(app: &App, caller: &DeviceCaller, now_ms: i64) -> Result<PairingCodeResponse, AppError> {
    let organisation_id = caller.organisation_id;
    let mut tx = app.db.write_for(organisation_id).await?;
    if store::of_device(&mut tx, organisation_id, caller.device_id).await?.len() >= MOST_DISPLAYS {
        let words = format!("This till has {MOST_DISPLAYS} displays already. Remove one first.");
        return Err(AppError::Conflict(words));
    }
    let code = secret::pairing_code();
    let hash = kept(Kind::DisplayCode, &code);
    let expires_at_ms = now_ms.saturating_add(CODE_MS);
    let before = store::put_code(&mut tx, organisation_id, caller.device_id, (&hash, expires_at_ms)).await?;
    if let Some(before) = before {
        access::remove_entry(&mut tx, &before, organisation_id).await?;
    }
    access::insert_entry(&mut tx, &hash, organisation_id).await?;
    tx.commit().await?;
    let (first, second) = code.split_at(code.len() / 2);
    Ok(PairingCodeResponse { code: format!("{first}-{second}"), expires_at_ms })
}

/// A device becomes a display. The code is used up with it; a try is counted before the code is looked at.
pub async fn pair(
    app: &App,
    request: DisplayPairRequest,
    address: &str,
    now_ms: i64,
) -> Result<Opened<DisplayResponse>, AppError> {
    let tries =
        Tries { address: kept(Kind::PairingTries, address), address_free: PAIRING_TRIES, account: None };
    tries.count(app, now_ms).await?;
    let wrong = || {
        let words = "This code is not right, was used already or is too old. Ask for a new one at the till.";
        AppError::wrong_field("code", words)
    };
    let hash = kept(Kind::DisplayCode, &secret::typed_code(&request.code));
    let mut tx = app.db.begin_write().await?;
    let organisation_id = access::lookup(&mut tx, &hash).await?.ok_or_else(wrong)?;
    tx.act_for(organisation_id).await?;
    let device_id = store::use_code(&mut tx, organisation_id, &hash, now_ms).await?.ok_or_else(wrong)?;
    access::remove_entry(&mut tx, &hash, organisation_id).await?;
    tries.forgive(&mut tx).await?;
    let token = secret::token();
    let id = DisplayId::fresh(&mut FreshIds);
    let secret = kept(Kind::Display, &token);
    store::insert(&mut tx, organisation_id, (id, device_id), &secret, now_ms).await?;
    tx.commit().await?;
    app.changes.tell(&topic(device_id));
    let caller = DisplayCaller { organisation_id, device_id, secret };
    let answer = shown(app, &caller, now_ms).await?;
    Ok(Opened { secret: format!("{organisation_id}.{token}"), lasts_ms: LASTS_MS, answer })
}

/// Which display has this secret; nothing where it was removed, or its tablet was unpaired.
pub async fn caller(app: &App, secret: &str) -> Result<Option<DisplayCaller>, AppError> {
    let Some((organisation_id, token)) = parts(secret) else { return Ok(None) };
    known(app, organisation_id, kept(Kind::Display, token)).await
}

/// The same, by the form it is kept in.
pub async fn known(
    app: &App,
    organisation_id: OrganisationId,
    secret: String,
) -> Result<Option<DisplayCaller>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let device_id = store::by_secret(&mut tx, organisation_id, &secret).await?;
    Ok(device_id.map(|device_id| DisplayCaller { organisation_id, device_id, secret }))
}

/// What stands on a display.
pub async fn shown(app: &App, caller: &DisplayCaller, now_ms: i64) -> Result<DisplayResponse, AppError> {
    let mut tx = app.db.read_for(caller.organisation_id).await?;
    let said = store::shown(&mut tx, caller.organisation_id, caller.device_id).await?;
    let Some((shown, at_ms)) = said else { return Ok(DisplayResponse::default()) };
    // Clocks of several servers differ a little; none may make it stand longer.
    let fresh_for_ms = at_ms.saturating_add(FRESH_MS).saturating_sub(now_ms).clamp(0, FRESH_MS);
    let shown = shown.filter(|_| fresh_for_ms > 0);
    Ok(DisplayResponse { shown, fresh_for_ms })
}

/// What stands on the displays of a tablet from now on.
pub async fn show(
    app: &App,
    caller: &DeviceCaller,
    request: ShowRequest,
    now_ms: i64,
) -> Result<(), AppError> {
    if request.shown.as_ref().is_some_and(|shown| shown.len() > MOST_SHOWN) {
        return Err(AppError::wrong_field("shown", "This is too long for a display."));
    }
    let mut tx = app.db.write_for(caller.organisation_id).await?;
    store::show(&mut tx, caller.organisation_id, caller.device_id, request.shown, now_ms).await?;
    tx.commit().await?;
    app.changes.tell(&topic(caller.device_id));
    Ok(())
}

/// The displays of a tablet, oldest first.
pub async fn of_device(app: &App, caller: &DeviceCaller) -> Result<Vec<PairedDisplay>, AppError> {
    let mut tx = app.db.read_for(caller.organisation_id).await?;
    Ok(store::of_device(&mut tx, caller.organisation_id, caller.device_id).await?)
}

/// Removes one of a tablet's: it shows nothing any more.
pub async fn remove(app: &App, caller: &DeviceCaller, id: DisplayId) -> Result<(), AppError> {
    let mut tx = app.db.write_for(caller.organisation_id).await?;
    if !store::remove(&mut tx, caller.organisation_id, caller.device_id, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    app.changes.tell(&topic(caller.device_id));
    Ok(())
}
