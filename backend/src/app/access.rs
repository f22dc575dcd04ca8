//! Access: who is asking: signing in with a password, sessions, and what locks after guessing.

use super::secret::{self, Kind, kept};
use super::{App, AppError};
use crate::store::people::SignInRow;
use crate::store::{StoreError, Tx, access, ground, people};
use shared::api::{SessionResponse, SignInRequest, StatusResponse};
use shared::ids::{DeviceId, OrganisationId, RegisterId, StaffId, StoreId};
use shared::staff::Role;

/// How long a person stays signed in, ms.
pub const SESSION_MS: i64 = 7 * 24 * 3_600_000;
/// Wrong tries in a row before an account is locked, and before a network address is.
const ACCOUNT_TRIES: i64 = 5;
const ADDRESS_TRIES: i64 = 20;
/// The first lock; each further wrong try doubles it, up to the longest.
const SHORTEST_LOCK_MS: i64 = 60_000;
const LONGEST_LOCK_MS: i64 = 15 * 60_000;
/// Tries this long ago no longer count.
const FORGET_MS: i64 = 3_600_000;

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct StaffCaller {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Who.
    pub staff_id: StaffId,
    /// Their name.
    pub name: String,
    /// What they are, now.
    pub role: Role,
    /// The session, in the form it is kept in.
    pub session: String,
}

/// A tablet that is signed in.
#[derive(Clone, Debug)]
pub struct DeviceCaller {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Which.
    pub device_id: DeviceId,
    /// Where it sells.
    pub store_id: StoreId,
    /// Where it sells.
    pub register_id: RegisterId,
    /// When it was last heard of, epoch ms.
    pub last_seen_ms: Option<i64>,
    /// What it last said it still holds unsent.
    pub unsent: i64,
    /// The last sequence of its journal that is here.
    pub last_sequence: u64,
    /// The session, in the form it is kept in.
    pub session: String,
}

/// A session that has begun: what goes into the cookie, and for how long.
#[derive(Clone)]
pub struct Opened<T> {
    /// The secret, for the one who signed in alone.
    pub secret: String,
    /// How long it lasts, ms.
    pub lasts_ms: i64,
    /// What is answered beside it.
    pub answer: T,
}

/// What a browser must know before anyone has signed in.
pub async fn status(app: &App) -> Result<StatusResponse, AppError> {
    let mut tx = app.db.begin_read().await?;
    let (any, demo) = people::any_organisation(&mut tx).await?;
    Ok(StatusResponse { setup_needed: !any, demo, version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// An e-mail address in the form it is compared in.
pub fn folded_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Signs a person in. The try is counted before the password is looked at; an unknown address takes as long as a wrong
/// password and is told in the same words.
pub async fn sign_in(
    app: &App,
    request: SignInRequest,
    address: &str,
    now_ms: i64,
) -> Result<Opened<SessionResponse>, AppError> {
    let email = folded_email(&request.email);
    let tries = Tries {
        address: kept(Kind::AddressTries, address),
        address_free: ADDRESS_TRIES,
        account: Some(kept(Kind::AccountTries, &email)),
    };
    tries.count(app, now_ms).await?;
    let known = known_sign_in(app, &email).await?;
    let hash = known.as_ref().and_then(|(_, row)| row.password_hash.clone());
    // Longer than any password: not worth a processor's time.
    let password = if request.password.len() > 1_024 { String::new() } else { request.password };
    let right = secret::password_is(hash, password).await?;
    let Some((organisation_id, row)) = known.filter(|_| right) else {
        tracing::info!("a sign-in failed");
        return Err(AppError::SignIn(
            "The e-mail address or the password is not right. Check both and try again.".to_owned(),
        ));
    };
    let mut tx = app.db.write_for(organisation_id).await?;
    tries.forgive(&mut tx).await?;
    access::sweep(&mut tx, organisation_id, now_ms, now_ms.saturating_sub(FORGET_MS)).await?;
    let staff_id = row.id.parse().map_err(|_| StoreError::Value(row.id))?;
    let opened = open_session(&mut tx, organisation_id, staff_id, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

async fn known_sign_in(app: &App, email: &str) -> Result<Option<(OrganisationId, SignInRow)>, AppError> {
    let mut tx = app.db.begin_read().await?;
    let Some(organisation_id) = access::lookup(&mut tx, &kept(Kind::Email, email)).await? else {
        return Ok(None);
    };
    tx.act_for(organisation_id).await?;
    let row = people::by_email(&mut tx, organisation_id, email).await?;
    Ok(row.map(|row| (organisation_id, row)))
}

/// Begins a session of somebody whose right to it has been proved.
pub(super) async fn open_session(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    staff_id: StaffId,
    now_ms: i64,
) -> Result<Opened<SessionResponse>, AppError> {
    let token = secret::token();
    let session = kept(Kind::Session, &token);
    let expires_at_ms = now_ms.saturating_add(SESSION_MS);
    access::insert_session(tx, organisation_id, &session, staff_id, now_ms, expires_at_ms).await?;
    let caller = caller_of(tx, organisation_id, staff_id, session).await?.ok_or_else(not_signed_in)?;
    Ok(Opened {
        secret: format!("{organisation_id}.{token}"),
        lasts_ms: SESSION_MS,
        answer: answer(tx, &caller).await?,
    })
}

async fn caller_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    staff_id: StaffId,
    session: String,
) -> Result<Option<StaffCaller>, StoreError> {
    let member = ground::staff(tx, organisation_id, Some(&[staff_id.to_string()])).await?.pop();
    Ok(member.filter(|member| member.active).map(|member| StaffCaller {
        organisation_id,
        staff_id,
        name: member.name,
        role: member.role,
        session,
    }))
}

/// Whose session a cookie is; nothing when it has ended.
pub async fn staff_caller(app: &App, secret: &str, now_ms: i64) -> Result<Option<StaffCaller>, AppError> {
    let Some((organisation_id, token)) = parts(secret) else { return Ok(None) };
    staff_of_session(app, organisation_id, kept(Kind::Session, token), now_ms).await
}

/// Whose session it is, in the form it is kept in; nothing when it has ended.
pub async fn staff_of_session(
    app: &App,
    organisation_id: OrganisationId,
    session: String,
    now_ms: i64,
) -> Result<Option<StaffCaller>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    match access::session(&mut tx, organisation_id, &session, now_ms).await? {
        Some(staff_id) => Ok(caller_of(&mut tx, organisation_id, staff_id, session).await?),
        None => Ok(None),
    }
}

/// Whose session a tablet's cookie is; nothing when it has ended or the tablet was unpaired.
pub async fn device_caller(app: &App, secret: &str, now_ms: i64) -> Result<Option<DeviceCaller>, AppError> {
    let Some((organisation_id, token)) = parts(secret) else { return Ok(None) };
    device_of_session(app, organisation_id, kept(Kind::DeviceSession, token), now_ms).await
}

/// Which tablet's session it is, in the form it is kept in; nothing when it has ended.
pub async fn device_of_session(
    app: &App,
    organisation_id: OrganisationId,
    session: String,
    now_ms: i64,
) -> Result<Option<DeviceCaller>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let Some(row) = access::device_session(&mut tx, organisation_id, &session, now_ms).await? else {
        return Ok(None);
    };
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    Ok(Some(DeviceCaller {
        organisation_id,
        device_id: row.device_id.parse().map_err(|_| wrong(&row.device_id))?,
        store_id: row.store_id.parse().map_err(|_| wrong(&row.store_id))?,
        register_id: row.register_id.parse().map_err(|_| wrong(&row.register_id))?,
        last_seen_ms: row.last_seen_ms,
        unsent: row.unsent,
        last_sequence: u64::try_from(row.last_sequence).unwrap_or(0),
        session,
    }))
}

/// The organisation only says where to look; the token is the proof.
pub(super) fn parts(secret: &str) -> Option<(OrganisationId, &str)> {
    let (organisation, token) = secret.split_once('.')?;
    Some((organisation.parse().ok()?, token))
}

/// What a signed-in person sees of themselves.
pub async fn session(app: &App, caller: &StaffCaller) -> Result<SessionResponse, AppError> {
    let mut tx = app.db.read_for(caller.organisation_id).await?;
    answer(&mut tx, caller).await
}

async fn answer(tx: &mut Tx, caller: &StaffCaller) -> Result<SessionResponse, AppError> {
    let organisation = people::organisation(tx, caller.organisation_id).await?;
    Ok(SessionResponse {
        staff_id: caller.staff_id,
        name: caller.name.clone(),
        role: caller.role,
        permissions: caller.role.permissions().to_vec(),
        organisation_id: caller.organisation_id,
        organisation_name: organisation.map(|(name, _)| name).unwrap_or_default(),
    })
}

/// Ends this session, or with `everywhere` all of this person's. Listeners are told, so that they end at once.
pub async fn sign_out(app: &App, caller: &StaffCaller, everywhere: bool) -> Result<(), AppError> {
    let mut tx = app.db.write_for(caller.organisation_id).await?;
    if everywhere {
        access::end_sessions_of(&mut tx, caller.organisation_id, caller.staff_id, None).await?;
    } else {
        access::end_session(&mut tx, caller.organisation_id, &caller.session).await?;
    }
    tx.commit().await?;
    app.changes.tell(&caller.organisation_id.to_string());
    Ok(())
}

/// Nobody is signed in here.
pub fn not_signed_in() -> AppError {
    AppError::SignIn("You are not signed in, or your session has ended. Sign in and try again.".to_owned())
}

/// Tries that count until they are forgiven: of a network address, and of an account where there is one.
pub(super) struct Tries {
    pub address: String,
    pub address_free: i64,
    pub account: Option<String>,
}

impl Tries {
    /// Counts a try, durably, before anything is checked. Refused while either is locked.
    pub async fn count(&self, app: &App, now_ms: i64) -> Result<(), AppError> {
        let mut tx = app.db.begin_write().await?;
        let account = self.account.iter().map(|key| (key, ACCOUNT_TRIES));
        let mut open_at_ms = None;
        // Always in this order, so that two processes cannot wait for each other.
        for (key, free) in std::iter::once((&self.address, self.address_free)).chain(account) {
            let forget_before_ms = now_ms.saturating_sub(FORGET_MS);
            match access::count_try(&mut tx, key, now_ms, forget_before_ms).await? {
                Some(wrong) if wrong >= free => {
                    access::lock(&mut tx, key, now_ms.saturating_add(lock_ms(wrong - free))).await?;
                }
                Some(_) => {}
                None => {
                    open_at_ms = Some(access::locked_until(&mut tx, key).await?);
                    break;
                }
            }
        }
        tx.commit().await?;
        open_at_ms.map_or(Ok(()), |at| Err(locked(at.saturating_sub(now_ms))))
    }

    /// It was right: the account begins anew. Of the address only this one try is taken back: whoever has one account
    /// must not thereby get free tries at others.
    pub async fn forgive(&self, tx: &mut Tx) -> Result<(), StoreError> {
        access::take_back_try(tx, &self.address).await?;
        if let Some(account) = &self.account {
            access::forget_tries(tx, account).await?;
        }
        Ok(())
    }
}

fn lock_ms(too_many: i64) -> i64 {
    let doubled = u32::try_from(too_many).ok().and_then(|times| SHORTEST_LOCK_MS.checked_shl(times.min(10)));
    doubled.unwrap_or(LONGEST_LOCK_MS).min(LONGEST_LOCK_MS)
}

fn locked(wait_ms: i64) -> AppError {
    let wait_ms = wait_ms.max(1_000);
    let minutes = wait_ms.saturating_add(59_999) / 60_000;
    let minutes = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
    AppError::Locked {
        message: format!("Too many wrong tries. Wait {minutes} and try again."),
        retry_after_ms: wait_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_grow_and_end() {
        let minutes: Vec<i64> = (0..6).map(|times| lock_ms(times) / 60_000).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 15, 15]);
        assert_eq!(lock_ms(i64::MAX), LONGEST_LOCK_MS);
    }
}
