//! Devices: pairing a tablet, its own sign-in by its key, unpairing it.

use super::access::{Opened, StaffCaller, Tries};
use super::secret::{self, Kind, kept};
use super::{App, AppError, device_key, report};
use crate::clock::FreshIds;
use crate::store::access::{self, PairedRow};
use crate::store::ground::{self, NewDevice};
use crate::store::{StoreError, Tx, people};
use shared::api::{
    ChallengeRequest, ChallengeResponse, DeviceSessionRequest, DeviceSessionResponse, DeviceView,
    PairRequest, PairResponse, PairingCodeRequest, PairingCodeResponse,
};
use shared::ids::{DeviceId, OrganisationId, RegisterId, StaffId};

/// How long a pairing code is good for, ms.
const CODE_MS: i64 = 15 * 60_000;
/// How long a tablet may take to sign a challenge, ms.
const CHALLENGE_MS: i64 = 60_000;
/// How long a tablet stays signed in, ms. It signs in again by itself.
const DEVICE_SESSION_MS: i64 = 12 * 3_600_000;
/// Wrong codes in a row before a network address is locked.
const PAIRING_TRIES: i64 = 10;
/// How often a number for a new tablet's receipts is looked for when somebody else takes it first.
const MOST_RACES: i64 = 20;

/// A code to pair a tablet with, shown once.
pub async fn pairing_code(
    app: &App,
    caller: &StaffCaller,
    request: PairingCodeRequest,
    now_ms: i64,
) -> Result<PairingCodeResponse, AppError> {
    let place = (caller.organisation_id, request.register_id);
    code_for(app, place, caller.staff_id, CODE_MS, now_ms).await
}

/// The same, good for as long as is said (a demo's).
pub async fn code_for(
    app: &App,
    (organisation_id, register_id): (OrganisationId, RegisterId),
    staff_id: StaffId,
    lasts_ms: i64,
    now_ms: i64,
) -> Result<PairingCodeResponse, AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let registers = ground::registers(&mut tx, organisation_id).await?;
    if !registers.iter().any(|register| register.id == register_id) {
        return Err(AppError::wrong_field("register_id", "Choose one of the registers."));
    }
    access::sweep(&mut tx, organisation_id, now_ms, now_ms.saturating_sub(3_600_000)).await?;
    let code = secret::pairing_code();
    let hash = kept(Kind::Pairing, &code);
    let expires_at_ms = now_ms.saturating_add(lasts_ms);
    access::insert_entry(&mut tx, &hash, organisation_id).await?;
    access::insert_pairing_code(&mut tx, organisation_id, &hash, register_id, staff_id, expires_at_ms)
        .await?;
    tx.commit().await?;
    let (first, second) = code.split_at(code.len() / 2);
    Ok(PairingCodeResponse { code: format!("{first}-{second}"), expires_at_ms })
}

/// A tablet becomes a paired one. The code is used up with it; a try is counted before the code is looked at.
pub async fn pair(
    app: &App,
    request: PairRequest,
    address: &str,
    now_ms: i64,
) -> Result<PairResponse, AppError> {
    let name = request.device_name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err(AppError::wrong_field("device_name", "Give the tablet a name of at most 60 letters."));
    }
    if !device_key::is_key(&request.public_key) {
        return Err(AppError::wrong_field("public_key", "This is not a P-256 key: 65 bytes, base64."));
    }
    let tries =
        Tries { address: kept(Kind::PairingTries, address), address_free: PAIRING_TRIES, account: None };
    tries.count(app, now_ms).await?;
    let hash = kept(Kind::Pairing, &secret::typed_code(&request.code));
    let mut device = NewDevice {
        id: DeviceId::fresh(&mut FreshIds),
        register_id: shared::ids::RegisterId(uuid::Uuid::nil()),
        name,
        public_key: request.public_key,
        receipt_prefix: String::new(),
        paired_at_ms: now_ms,
    };
    for race in 0..MOST_RACES {
        match pair_once(app, &mut device, &hash, &tries, race, now_ms).await {
            // Another tablet was paired in this moment and has the number.
            Err(AppError::Store(error)) if error.is_duplicate() || error.is_race() => {}
            Ok(response) => {
                app.changes.tell(&response.organisation_id.to_string());
                return Ok(response);
            }
            Err(error) => return Err(error),
        }
    }
    Err(AppError::Busy(
        "Too many tablets are being paired at once. Try again; the code is still good.".to_owned(),
    ))
}

async fn pair_once(
    app: &App,
    device: &mut NewDevice,
    hash: &str,
    tries: &Tries,
    race: i64,
    now_ms: i64,
) -> Result<PairResponse, AppError> {
    let wrong_code = || {
        AppError::wrong_field(
            "code",
            "This code is not right, was used already or is too old. Ask for a new one.",
        )
    };
    let mut tx = app.db.begin_write().await?;
    let organisation_id = access::lookup(&mut tx, hash).await?.ok_or_else(wrong_code)?;
    tx.act_for(organisation_id).await?;
    device.register_id =
        access::use_pairing_code(&mut tx, organisation_id, hash, now_ms).await?.ok_or_else(wrong_code)?;
    access::remove_entry(&mut tx, hash, organisation_id).await?;
    tries.forgive(&mut tx).await?;
    admit(&mut tx, organisation_id, device, race).await?;
    let registers = ground::registers(&mut tx, organisation_id).await?;
    let register = registers.into_iter().find(|register| register.id == device.register_id);
    let register = register.ok_or_else(wrong_code)?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    let store = stores.into_iter().find(|store| store.id == register.store_id).ok_or_else(wrong_code)?;
    let organisation = people::organisation(&mut tx, organisation_id).await?;
    tx.commit().await?;
    Ok(PairResponse {
        device_id: device.id,
        organisation_id,
        organisation_name: organisation.map(|(name, _)| name).unwrap_or_default(),
        register,
        store,
        receipt_prefix: device.receipt_prefix.clone(),
    })
}

/// Takes a tablet into the shop, with a beginning of its receipts' numbers that no tablet before it has had.
/// `race`: so many others have taken one meanwhile.
pub async fn admit(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    device: &mut NewDevice,
    race: i64,
) -> Result<(), StoreError> {
    let number = access::count_devices(tx, organisation_id).await?.saturating_add(1 + race);
    device.receipt_prefix = format!("{number:02}");
    ground::insert_device(tx, organisation_id, device).await
}

/// Gives a paired tablet something to sign.
pub async fn challenge(
    app: &App,
    request: ChallengeRequest,
    now_ms: i64,
) -> Result<ChallengeResponse, AppError> {
    let organisation_id = request.organisation_id;
    // Looked at before a transaction that writes: whoever is not paired costs no more than a look.
    paired(app, organisation_id, request.device_id).await?;
    let challenge = secret::token();
    let hash = kept(Kind::Challenge, &challenge);
    let expires_at_ms = now_ms.saturating_add(CHALLENGE_MS);
    let mut tx = app.db.write_for(organisation_id).await?;
    access::insert_challenge(&mut tx, organisation_id, &hash, request.device_id, expires_at_ms).await?;
    tx.commit().await?;
    Ok(ChallengeResponse { challenge })
}

async fn paired(
    app: &App,
    organisation_id: OrganisationId,
    device_id: DeviceId,
) -> Result<PairedRow, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    access::paired(&mut tx, organisation_id, device_id).await?.ok_or(AppError::Unpaired)
}

/// Signs a tablet in that has signed its challenge. The challenge is used up, whatever the signature.
pub async fn sign_in(
    app: &App,
    request: DeviceSessionRequest,
    now_ms: i64,
) -> Result<Opened<DeviceSessionResponse>, AppError> {
    let (organisation_id, device_id) = (request.organisation_id, request.device_id);
    paired(app, organisation_id, device_id).await?;
    let mut tx = app.db.write_for(organisation_id).await?;
    let row = access::paired(&mut tx, organisation_id, device_id).await?.ok_or(AppError::Unpaired)?;
    let hash = kept(Kind::Challenge, &request.challenge);
    let fresh = access::use_challenge(&mut tx, organisation_id, &hash, device_id, now_ms).await?;
    if !fresh || !device_key::verifies(&row.public_key, request.challenge.as_bytes(), &request.signature) {
        tx.commit().await?;
        return Err(AppError::Signature);
    }
    let token = secret::token();
    let session = kept(Kind::DeviceSession, &token);
    let expires_at_ms = now_ms.saturating_add(DEVICE_SESSION_MS);
    access::insert_device_session(&mut tx, organisation_id, &session, device_id, expires_at_ms).await?;
    access::heard_of(&mut tx, organisation_id, device_id, None, now_ms).await?;
    access::sweep(&mut tx, organisation_id, now_ms, now_ms.saturating_sub(3_600_000)).await?;
    tx.commit().await?;
    let last_sequence = u64::try_from(row.last_sequence).unwrap_or(0);
    Ok(Opened {
        secret: format!("{organisation_id}.{token}"),
        lasts_ms: DEVICE_SESSION_MS,
        answer: DeviceSessionResponse { last_sequence, last_hash: row.last_hash, server_time_ms: now_ms },
    })
}

/// All tablets: those with unsent sales first, then those longest silent.
pub async fn devices(app: &App, organisation_id: OrganisationId) -> Result<Vec<DeviceView>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    report::device_views(&mut tx, organisation_id, None).await
}

/// Unpairs a tablet at once: its sessions end with it. What it has recorded and still sends is kept for a manager.
pub async fn revoke(
    app: &App,
    organisation_id: OrganisationId,
    id: DeviceId,
) -> Result<DeviceView, AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    if !ground::revoke_device(&mut tx, organisation_id, id).await? {
        return Err(AppError::NotFound);
    }
    access::end_device_sessions(&mut tx, organisation_id, id).await?;
    let views = report::device_views(&mut tx, organisation_id, None).await?;
    let view = views.into_iter().find(|view| view.id == id);
    let view = view.ok_or_else(|| StoreError::Value(format!("the register of tablet {id}")))?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(view)
}
