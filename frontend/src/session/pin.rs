//! Pin: who may open this till, or approve at it.
//! Lives here: counting a try, checking it, lifting the lock, proving what was approved.
//! May use: device_store, device_key, the rules of `shared::staff`. Never: signals, the PIN beyond the check.
//! Invariant: a try is counted on the disk before it is checked, for all tabs and over reloads.

use super::till::SignInError;
use crate::clock;
use crate::device_key::{DeviceKey, KeyError};
use crate::device_store::{DeviceStore, StoreError, StoredStaff, Tries};
use shared::approval::Approval;
use shared::ids::{DeviceId, StaffId};
use shared::staff::{MAX_WRONG_PINS, Permission, PinTries, StaffMember};

/// Gives the person if it is their PIN. A right one clears their wrong ones; a manager's clears everybody's.
pub async fn check(
    device: &DeviceStore,
    key: &DeviceKey,
    staff: &[StoredStaff],
    id: StaffId,
    pin: &str,
) -> Result<StaffMember, SignInError> {
    let person = staff.iter().find(|staff| staff.member.id == id && staff.member.active);
    let (person, verifier) = match person {
        Some(StoredStaff { member, pin: Some(verifier) }) => (member, verifier),
        _ => return Err(SignInError::NoPin),
    };
    let tries = count(device, id, clock::now_ms()).await?;
    let right = key.check_pin(id, verifier, pin).await;
    let right = right.map_err(|error| SignInError::Browser(error.to_string()))?;
    if !right {
        return Err(match MAX_WRONG_PINS.saturating_sub(tries.wrong) {
            0 => SignInError::Locked { until_ms: tries.locked_until_ms },
            left => SignInError::Wrong { left },
        });
    }
    let lifts_all = person.role.may(Permission::ManageStaff);
    let forget = |all: &mut Tries| {
        if lifts_all {
            all.clear();
        } else {
            all.remove(&id);
        }
    };
    device.change_tries(forget).await.map_err(not_kept)?;
    Ok(person.clone())
}

/// Proves with a person's PIN what they approve, all of it with one try. Counted and locked as signing in is.
pub async fn approve(
    device: &DeviceStore,
    key: &DeviceKey,
    staff: &[StoredStaff],
    (id, pin): (StaffId, &str),
    device_id: DeviceId,
    approvals: Vec<Approval>,
) -> Result<Vec<Approval>, SignInError> {
    check(device, key, staff, id, pin).await?;
    let wrapped = staff.iter().find(|staff| staff.member.id == id).and_then(|staff| staff.pin.as_ref());
    let not_proven = |error: KeyError| SignInError::Browser(error.to_string());
    let prover = key.prover(id, wrapped.ok_or(SignInError::NoPin)?, pin).await.map_err(not_proven)?;
    let mut proven = Vec::with_capacity(approvals.len());
    for approval in approvals {
        let proof = prover.prove(&approval.statement(device_id)).await.map_err(not_proven)?;
        proven.push(Approval { proof, ..approval });
    }
    Ok(proven)
}

/// Counts a try, or says until when none is taken.
async fn count(device: &DeviceStore, id: StaffId, now_ms: i64) -> Result<PinTries, SignInError> {
    let counted = |all: &mut Tries| {
        let before = all.get(&id).copied().unwrap_or_default();
        if !before.open(now_ms) {
            return Err(SignInError::Locked { until_ms: before.locked_until_ms });
        }
        let after = before.before_try(now_ms);
        all.insert(id, after);
        Ok(after)
    };
    device.change_tries(counted).await.map_err(not_kept)?
}

fn not_kept(error: StoreError) -> SignInError {
    SignInError::Browser(error.to_string())
}
