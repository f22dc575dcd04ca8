//! People: staff, what they are, and how they sign in: with a password here, with a PIN on a tablet.

use super::access::{StaffCaller, folded_email};
use super::secret::{self, KeptPin, Kind, kept};
use super::{App, AppError};
use crate::clock::FreshIds;
use crate::store::people::{self as rows, SignInRow};
use crate::store::{Tx, access, approvals, ground};
use shared::api::{StaffRequest, StaffView};
use shared::ids::{OrganisationId, StaffId};
use shared::staff::{Role, StaffMember, pin_is_fit};
use shared::store::WrongSetting;

/// Everybody, by name.
pub async fn staff(app: &App, organisation_id: OrganisationId) -> Result<Vec<StaffView>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let sign_ins = rows::sign_ins(&mut tx, organisation_id, None).await?;
    let members = ground::staff(&mut tx, organisation_id, None).await?;
    Ok(members
        .into_iter()
        .map(|member| {
            let id = member.id.to_string();
            let email = sign_ins.iter().find(|row| row.id == id).and_then(|row| row.email.clone());
            view(member, email)
        })
        .collect())
}

fn view(member: StaffMember, email: Option<String>) -> StaffView {
    StaffView {
        id: member.id,
        name: member.name,
        role: member.role,
        active: member.active,
        email,
        has_pin: member.pin.is_some(),
    }
}

/// What is wrong with a person's name.
pub(super) fn wrong_name(name: &str) -> Option<&'static str> {
    (name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control))
        .then_some("A name of at most 60 letters.")
}

/// What is wrong with a (folded) e-mail address.
pub(super) fn wrong_email(email: &str) -> Option<&'static str> {
    let parts = email.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    let fit = parts.is_some_and(|(_, host)| !host.contains('@'))
        && email.len() <= 254
        && !email.contains(|c: char| c.is_control() || c.is_whitespace());
    (!fit).then_some("An e-mail address like name@shop.example.")
}

/// What is wrong with a password.
pub(super) fn wrong_password(password: &str) -> Option<&'static str> {
    let letters = password.chars().count();
    let first = password.chars().next();
    if letters < 10 {
        Some("A password has at least ten letters; a few words are easiest to remember.")
    } else if password.len() > 1_024 {
        Some("This password is too long.")
    } else if password.chars().all(|letter| Some(letter) == first) {
        Some("A password of one letter alone is guessed at once.")
    } else {
        None
    }
}

/// A request that has been looked at, with its secrets already in the form they are kept in.
struct Wanted {
    name: Option<String>,
    role: Option<Role>,
    active: Option<bool>,
    /// `Some(None)` takes the sign-in away.
    email: Option<Option<String>>,
    password_hash: Option<String>,
    /// `Some(None)` takes the PIN away.
    pin: Option<Option<KeptPin>>,
}

impl Wanted {
    async fn of(request: StaffRequest) -> Result<Self, AppError> {
        let name = request.name.map(|name| name.trim().to_owned());
        let email = request.email.map(|email| Some(folded_email(&email)).filter(|email| !email.is_empty()));
        let password = request.password.filter(|password| !password.is_empty());
        let pin = request.pin.map(|pin| Some(pin).filter(|pin| !pin.is_empty()));
        let mut fields = Vec::new();
        let mut wrong = |field: &str, message: Option<&'static str>| {
            if let Some(message) = message {
                fields.push(WrongSetting { field: field.to_owned(), message: message.to_owned() });
            }
        };
        wrong("name", name.as_deref().and_then(wrong_name));
        wrong("email", email.iter().flatten().find_map(|email| wrong_email(email)));
        wrong("password", password.as_deref().and_then(wrong_password));
        let bad_pin = pin.iter().flatten().any(|pin| !pin_is_fit(pin));
        wrong("pin", bad_pin.then_some("A PIN has four to eight digits, not all the same."));
        if !fields.is_empty() {
            let message = "Nothing was saved; look at the marked fields.".to_owned();
            return Err(AppError::WrongInput { message, fields });
        }
        let password_hash = match password {
            Some(password) => Some(secret::password_hash(password).await?),
            None => None,
        };
        let pin = match pin {
            Some(Some(pin)) => Some(Some(secret::kept_pin(pin).await?)),
            Some(None) => Some(None),
            None => None,
        };
        Ok(Self { name, role: request.role, active: request.active, email, password_hash, pin })
    }
}

/// Adds a member of staff.
pub async fn create(app: &App, caller: &StaffCaller, request: StaffRequest) -> Result<StaffView, AppError> {
    if request.name.is_none() {
        return Err(AppError::wrong_field("name", "A name of at most 60 letters."));
    }
    let role = request.role.unwrap_or(Role::Cashier);
    not_above(caller, role)?;
    let wanted = Wanted::of(request).await?;
    let organisation_id = caller.organisation_id;
    let before =
        StaffMember { id: StaffId::fresh(&mut FreshIds), name: String::new(), role, active: true, pin: None };
    let mut tx = app.db.write_for(organisation_id).await?;
    rows::take_turns(&mut tx, organisation_id).await?;
    let sign_in = SignInRow { id: before.id.to_string(), ..SignInRow::default() };
    let view = save(&mut tx, organisation_id, before, sign_in, wanted, None).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(view)
}

/// Changes a member of staff. Nobody changes someone above them, gives a role above their own, or takes away the last
/// owner. Whoever is made inactive or gets another password is signed out everywhere (but for this very session).
pub async fn update(
    app: &App,
    caller: &StaffCaller,
    id: StaffId,
    request: StaffRequest,
) -> Result<StaffView, AppError> {
    let organisation_id = caller.organisation_id;
    let wanted = Wanted::of(request).await?;
    let mut tx = app.db.write_for(organisation_id).await?;
    rows::take_turns(&mut tx, organisation_id).await?;
    let everybody = ground::staff(&mut tx, organisation_id, None).await?;
    let before = everybody.iter().find(|member| member.id == id).cloned().ok_or(AppError::NotFound)?;
    not_above(caller, before.role)?;
    not_above(caller, wanted.role.unwrap_or(before.role))?;
    let sign_ins = rows::sign_ins(&mut tx, organisation_id, None).await?;
    let sign_in = sign_ins.iter().find(|row| row.id == id.to_string()).cloned().ok_or(AppError::NotFound)?;
    let stays_owner = wanted.role.unwrap_or(before.role) == Role::Owner
        && wanted.active.unwrap_or(before.active)
        && wanted.email.as_ref().is_none_or(Option::is_some);
    let another_owner = everybody.iter().any(|other| {
        let signs_in = |row: &SignInRow| row.id == other.id.to_string() && row.password_hash.is_some();
        other.id != id && other.role == Role::Owner && other.active && sign_ins.iter().any(signs_in)
    });
    if before.role == Role::Owner && !stays_owner && !another_owner {
        return Err(AppError::Conflict(
            "This is the last owner who can sign in. Nothing was changed; make somebody else owner first."
                .to_owned(),
        ));
    }
    let view = save(&mut tx, organisation_id, before, sign_in, wanted, Some(&caller.session)).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(view)
}

fn not_above(caller: &StaffCaller, role: Role) -> Result<(), AppError> {
    if role > caller.role {
        return Err(AppError::Forbidden(
            "Only somebody with at least this role may do this. Nothing was changed; ask an owner."
                .to_owned(),
        ));
    }
    Ok(())
}

async fn save(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    before: StaffMember,
    sign_in_before: SignInRow,
    wanted: Wanted,
    this_session: Option<&str>,
) -> Result<StaffView, AppError> {
    let (pin, proof_key) = match wanted.pin {
        Some(kept) => kept.map(|kept| (kept.verifier, kept.proof_key)).unzip(),
        None => (before.pin, None),
    };
    let member = StaffMember {
        id: before.id,
        name: wanted.name.unwrap_or(before.name),
        role: wanted.role.unwrap_or(before.role),
        active: wanted.active.unwrap_or(before.active),
        pin,
    };
    ground::put_staff(tx, organisation_id, &member).await?;
    if let Some(key) = proof_key {
        approvals::put_key(tx, organisation_id, member.id, &key).await?;
    }
    let new_password = wanted.password_hash.is_some();
    let sign_in = sign_in_after(&sign_in_before, wanted.email, wanted.password_hash)?;
    let no_sign_in = sign_in.password_hash.is_none() && sign_in_before.password_hash.is_some();
    if sign_in != sign_in_before {
        move_email(tx, organisation_id, &sign_in_before, &sign_in).await?;
        rows::set_sign_in(tx, organisation_id, sign_in.clone()).await?;
    }
    if !member.active || no_sign_in {
        access::end_sessions_of(tx, organisation_id, member.id, None).await?;
    } else if new_password {
        access::end_sessions_of(tx, organisation_id, member.id, this_session).await?;
    }
    Ok(view(member, sign_in.email))
}

fn sign_in_after(
    before: &SignInRow,
    email: Option<Option<String>>,
    password_hash: Option<String>,
) -> Result<SignInRow, AppError> {
    let email = email.unwrap_or_else(|| before.email.clone());
    if email.is_none() && password_hash.is_some() {
        return Err(AppError::wrong_field("email", "A password needs an e-mail address to sign in with."));
    }
    let password_hash = password_hash.or_else(|| before.password_hash.clone()).filter(|_| email.is_some());
    if email.is_some() && password_hash.is_none() {
        return Err(AppError::wrong_field("password", "Give a password of at least ten letters too."));
    }
    Ok(SignInRow { id: before.id.clone(), email, password_hash })
}

async fn move_email(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    before: &SignInRow,
    after: &SignInRow,
) -> Result<(), AppError> {
    if before.email == after.email {
        return Ok(());
    }
    if let Some(email) = &before.email {
        access::remove_entry(tx, &kept(Kind::Email, email), organisation_id).await?;
    }
    if let Some(email) = &after.email {
        access::insert_entry(tx, &kept(Kind::Email, email), organisation_id).await.map_err(|error| {
            if error.is_duplicate() {
                let message = "Somebody signs in with this e-mail address already. Use another.";
                AppError::wrong_field("email", message)
            } else {
                error.into()
            }
        })?;
    }
    Ok(())
}
