//! Staff: who may do what.
//! Lives here: roles, permissions as data, PINs as an enrolled device checks them, lock-out after wrong tries.
//! May use: ids. Never: key derivation itself (the browser's and the server's own are used), a clock.
//! Invariant: a role's permissions are this table and nothing else.

use crate::ids::StaffId;
use serde::{Deserialize, Serialize};

/// What a person is to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells.
    Cashier,
    /// Runs a store.
    Manager,
    /// Owns the organisation.
    Owner,
}

/// Something that can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Sell, hold, resume, reprint.
    Sell,
    /// Give a discount.
    Discount,
    /// Give more of a discount than a store lets its cashiers give.
    DiscountMore,
    /// Change a price at the till.
    OverridePrice,
    /// Take goods back, where a store wants that approved.
    TakeBack,
    /// Open, count and close the drawer.
    RunShift,
    /// Put cash in or take it out without a sale.
    MoveCash,
    /// Open the drawer without a sale.
    OpenDrawer,
    /// Close a store's day.
    CloseDay,
    /// See figures and sales of the organisation.
    ViewReports,
    /// Change products, categories, tax categories; import.
    ManageCatalog,
    /// See customers, change, merge and erase their records; set their groups.
    ManageCustomers,
    /// Pair and revoke tablets, add registers, look at refused sales.
    ManageDevices,
    /// Add staff, set PINs.
    ManageStaff,
    /// Change stores and the organisation's settings.
    ManageStores,
    /// Connect ERPs and online stores, match records, send again what was refused.
    ManageConnections,
    /// Take everything out.
    Export,
}

impl Role {
    /// What the role may do.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            CloseDay, Discount, DiscountMore, Export, ManageCatalog, ManageConnections, ManageCustomers,
            ManageDevices, ManageStaff, ManageStores, MoveCash, OpenDrawer, OverridePrice, RunShift, Sell,
            TakeBack, ViewReports,
        };
        match self {
            Self::Cashier => &[Sell, Discount, RunShift],
            Self::Manager => &[
                Sell,
                Discount,
                RunShift,
                DiscountMore,
                OverridePrice,
                TakeBack,
                MoveCash,
                OpenDrawer,
                CloseDay,
                ViewReports,
                ManageCatalog,
                ManageCustomers,
                ManageDevices,
                ManageStaff,
            ],
            Self::Owner => &[
                Sell,
                Discount,
                RunShift,
                DiscountMore,
                OverridePrice,
                TakeBack,
                MoveCash,
                OpenDrawer,
                CloseDay,
                ViewReports,
                ManageCatalog,
                ManageCustomers,
                ManageDevices,
                ManageStaff,
                ManageStores,
                ManageConnections,
                Export,
            ],
        }
    }

    /// Is it allowed?
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

/// A member of staff as a tablet knows them. No contact data travels to tablets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaffMember {
    /// Their id.
    pub id: StaffId,
    /// As shown on the tablet.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Still here?
    pub active: bool,
    /// How the device checks their PIN; none when they have no PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinVerifier>,
}

/// PBKDF2-HMAC-SHA-256 of a PIN. A PIN is short, so this alone protects nothing: the device encrypts it under its own
/// non-extractable key before it is stored, and locks after [`MAX_WRONG_PINS`] tries.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PinVerifier {
    /// Random, 16 bytes, hex.
    pub salt: String,
    /// Rounds.
    pub iterations: u32,
    /// 32 bytes, hex.
    pub digest: String,
}

impl std::fmt::Debug for PinVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinVerifier(…)")
    }
}

/// The salt of the key that proves approvals: PBKDF2 of the same PIN under it gives 32 bytes that no verifier contains, so
/// they can be had only from the PIN. `salt` is the verifier's, in bytes.
pub fn approval_salt(salt: &[u8]) -> Vec<u8> {
    [salt, b"tillbridge approval"].concat()
}

/// Rounds of PBKDF2 for PINs.
pub const PIN_ITERATIONS: u32 = 600_000;
/// Wrong tries until a person is locked on a device.
pub const MAX_WRONG_PINS: u32 = 5;
/// How long the lock holds, in ms; a manager signing in on the device lifts it at once.
pub const PIN_LOCK_MS: i64 = 15 * 60_000;

/// A PIN has four to eight digits, and not all the same.
pub fn pin_is_fit(pin: &str) -> bool {
    (4..=8).contains(&pin.len())
        && pin.bytes().all(|b| b.is_ascii_digit())
        && pin.bytes().any(|b| Some(&b) != pin.as_bytes().first())
}

/// Wrong tries of one person on one device, kept across reloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PinTries {
    /// Wrong ones in a row.
    pub wrong: u32,
    /// Until when no try is taken, epoch ms; 0 when not locked.
    pub locked_until_ms: i64,
}

impl PinTries {
    /// May a PIN be tried now?
    pub fn open(&self, now_ms: i64) -> bool {
        now_ms >= self.locked_until_ms
    }

    /// Counts a try before it is checked, so that pulling the plug does not give a free one.
    pub fn before_try(self, now_ms: i64) -> Self {
        let wrong = self.wrong.saturating_add(1);
        let locked_until_ms =
            if wrong >= MAX_WRONG_PINS { now_ms.saturating_add(PIN_LOCK_MS) } else { self.locked_until_ms };
        Self { wrong, locked_until_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_tries_lock() {
        let mut tries = PinTries::default();
        for _ in 0..4 {
            tries = tries.before_try(1_000);
            assert!(tries.open(1_000));
        }
        tries = tries.before_try(1_000);
        assert!(!tries.open(1_000));
        assert!(tries.open(1_000 + PIN_LOCK_MS));
    }

    #[test]
    fn a_higher_role_may_all_that_a_lower_one_may() {
        for (lower, higher) in [(Role::Cashier, Role::Manager), (Role::Manager, Role::Owner)] {
            assert!(lower.permissions().iter().all(|p| higher.may(*p)));
        }
        assert!(!Role::Cashier.may(Permission::OverridePrice));
    }

    #[test]
    fn pins() {
        assert!(pin_is_fit("2580"));
        for bad in ["123", "1111", "12a4", "123456789", ""] {
            assert!(!pin_is_fit(bad), "{bad}");
        }
    }
}
