//! Approval: somebody who may do a thing lets somebody who may not do it once, by PIN, at the till.
//! Lives here: what was approved, the statement that is proven, checking the proof, and what the server makes of it.
//! May use: ids, money, calendar, staff, sale, shift; hmac. Never: a PIN, a key that is kept.
//! Invariant: two approvals that differ in anything have different statements, so a proof is of one of them alone.

mod need;

pub use need::{ApprovalRules, Need, needs, needs_of_cart};

use crate::calendar::LocalTime;
use crate::ids::{ApprovalId, DeviceId, LineId, SaleId, StaffId};
use crate::money::{Minor, Rate, UnitPrice};
use crate::planted::{Planted, is_planted};
use crate::staff::Permission;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What kind of thing was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// Another price than the shelf's.
    Price,
    /// More off a line than a cashier gives alone.
    LineDiscount,
    /// More off a sale than a cashier gives alone.
    SaleDiscount,
    /// Goods taken back.
    Return,
    /// Cash in or out without a sale.
    CashMovement,
    /// The drawer opened without a sale.
    Drawer,
    /// Money given back in another way than it was paid.
    Refund,
}

impl ApprovalKind {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Price,
        Self::LineDiscount,
        Self::SaleDiscount,
        Self::Return,
        Self::Refund,
        Self::CashMovement,
        Self::Drawer,
    ];

    /// The oldest form of a journal entry that says it.
    pub fn version(self) -> u16 {
        if self == Self::Refund { 7 } else { 4 }
    }

    /// One word for tables and statements.
    pub fn word(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::LineDiscount => "line_discount",
            Self::SaleDiscount => "sale_discount",
            Self::Return => "return",
            Self::CashMovement => "cash_movement",
            Self::Drawer => "drawer",
            Self::Refund => "refund",
        }
    }

    /// What whoever approves it must be allowed.
    pub fn permission(self) -> Permission {
        match self {
            Self::Price => Permission::OverridePrice,
            Self::LineDiscount | Self::SaleDiscount => Permission::DiscountMore,
            Self::Return | Self::Refund => Permission::TakeBack,
            Self::CashMovement => Permission::MoveCash,
            Self::Drawer => Permission::OpenDrawer,
        }
    }
}

/// What exactly was approved. Which parts there are depends on the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApprovalSubject {
    /// What kind of thing.
    pub kind: ApprovalKind,
    /// In which sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_id: Option<SaleId>,
    /// On which line of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_id: Option<LineId>,
    /// The price, of a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<UnitPrice>,
    /// The share off, of a discount given as a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Rate>,
    /// Minor units: off by a discount given as an amount; given back; into the drawer (below zero: out of it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Minor>,
}

impl ApprovalSubject {
    /// A thing of this kind and nothing more about it.
    pub fn of(kind: ApprovalKind) -> Self {
        Self { kind, sale_id: None, line_id: None, price: None, percent: None, amount: None }
    }

    /// Does having approved this allow `done` too? Another price is another thing; less off, or less given back, is not.
    pub fn covers(&self, done: &Self) -> bool {
        if (self.kind, self.sale_id, self.line_id) != (done.kind, done.sale_id, done.line_id) {
            return false;
        }
        match self.kind {
            ApprovalKind::Price => self.price == done.price,
            ApprovalKind::CashMovement => self.amount == done.amount,
            ApprovalKind::Drawer => true,
            ApprovalKind::LineDiscount
            | ApprovalKind::SaleDiscount
            | ApprovalKind::Return
            | ApprovalKind::Refund => match (self.percent.zip(done.percent), self.amount.zip(done.amount)) {
                (Some((most, given)), None) => given <= most,
                (None, Some((most, given))) => given <= most,
                _ => false,
            },
        }
    }
}

/// An approval, as the journal entry that needed it bears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Approval {
    /// Its id: it is good for one entry.
    pub id: ApprovalId,
    /// Who approved.
    pub staff_id: StaffId,
    /// Their name then.
    pub staff_name: String,
    /// Who asked.
    pub asked_by: StaffId,
    /// What was approved.
    pub subject: ApprovalSubject,
    /// When, by the device.
    pub time: LocalTime,
    /// HMAC-SHA-256 of the statement under the key that comes out of the PIN, 64 hex digits.
    pub proof: String,
}

impl Approval {
    /// What the proof is of: one line each, a dash for what there is not. No text of a person is in it.
    pub fn statement(&self, device_id: DeviceId) -> String {
        fn or_dash<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
            value.map_or_else(|| "-".to_owned(), text)
        }
        let Self { id, staff_id, staff_name: _, asked_by, subject, time, proof: _ } = self;
        [
            "tillbridge approval 1".to_owned(),
            id.to_string(),
            device_id.to_string(),
            asked_by.to_string(),
            staff_id.to_string(),
            subject.kind.word().to_owned(),
            or_dash(subject.sale_id, |id| id.to_string()),
            or_dash(subject.line_id, |id| id.to_string()),
            or_dash(subject.price, |price| price.0.to_string()),
            or_dash(subject.percent, |percent| percent.0.to_string()),
            or_dash(subject.amount, |amount| amount.0.to_string()),
            time.at_ms.to_string(),
            time.offset_minutes.to_string(),
        ]
        .join("\n")
    }

    /// Was the PIN with this key typed for it on this device? The comparison takes as long whatever is wrong.
    pub fn is_proven_by(&self, key: &[u8], device_id: DeviceId) -> bool {
        let (Some(mac), Some(proof)) = (mac(key, &self.statement(device_id)), unhex(&self.proof)) else {
            return false;
        };
        mac.verify_slice(&proof).is_ok()
    }

    /// The proof, where no browser makes it: for the simulator and for tests.
    pub fn proof_by(&self, key: &[u8], device_id: DeviceId) -> Option<String> {
        let bytes = mac(key, &self.statement(device_id))?.finalize().into_bytes();
        Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn mac(key: &[u8], statement: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(statement.as_bytes());
    Some(mac)
}

/// The bytes of a text of hex digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect())
}

/// What the server makes of an approval, or of one that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// The person may, and the proof is theirs.
    Sound,
    /// The proof is not made with a PIN this person ever had, or not of this.
    Unproven,
    /// The person is not of this organisation, has left, or may not approve such a thing.
    NotAllowed,
    /// It was used before.
    Reused,
    /// It was needed, and nobody approved.
    Missing,
}

impl ApprovalState {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Sound, Self::Unproven, Self::NotAllowed, Self::Reused, Self::Missing];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Unproven => "unproven",
            Self::NotAllowed => "not_allowed",
            Self::Reused => "reused",
            Self::Missing => "missing",
        }
    }

    /// What an approval is worth, from what the server knows: may the person approve it here and now, is the proof made by
    /// their PIN, was its id seen before?
    pub fn judge(may: bool, is_proven: bool, is_used: bool) -> Self {
        match (may, is_proven, is_used) {
            _ if is_planted(Planted::ApprovalUnchecked) => Self::Sound,
            (false, ..) => Self::NotAllowed,
            (true, false, _) => Self::Unproven,
            (true, true, true) => Self::Reused,
            (true, true, false) => Self::Sound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::Role;
    use uuid::Uuid;

    fn device() -> DeviceId {
        DeviceId(Uuid::from_u128(7))
    }

    fn approval() -> Approval {
        Approval {
            id: ApprovalId(Uuid::from_u128(1)),
            staff_id: StaffId(Uuid::from_u128(2)),
            staff_name: "Marta".into(),
            asked_by: StaffId(Uuid::from_u128(3)),
            subject: ApprovalSubject {
                sale_id: Some(SaleId(Uuid::from_u128(4))),
                line_id: Some(LineId(Uuid::from_u128(5))),
                price: Some(UnitPrice(95_000)),
                ..ApprovalSubject::of(ApprovalKind::Price)
            },
            time: LocalTime { at_ms: 1_795_563_000_000, offset_minutes: 60 },
            proof: String::new(),
        }
    }

    /// Worked out with Python: hmac.new(bytes(range(32)), statement, "sha256").
    #[test]
    fn the_proof_is_what_another_implementation_works_out() {
        let key: Vec<u8> = (0..32).collect();
        let proof = approval().proof_by(&key, device()).unwrap();
        assert_eq!(proof, "bcaaa5994d08a790dffe39d87fccc929439abad859e74c187155c001a15f1c3d");
        assert!(Approval { proof, ..approval() }.is_proven_by(&key, device()));
    }

    #[test]
    fn a_proof_is_of_one_approval_alone() {
        let key = [9; 32];
        let proof = approval().proof_by(&key, device());
        let proven = Approval { proof: proof.unwrap(), ..approval() };
        assert!(proven.is_proven_by(&key, device()));
        // A name is for people; it is no part of what is proven.
        assert!(Approval { staff_name: "M.".into(), ..proven.clone() }.is_proven_by(&key, device()));
        assert!(!proven.is_proven_by(&[8; 32], device()));
        assert!(!proven.is_proven_by(&key, DeviceId(Uuid::from_u128(8))));
        let subject = |change: fn(&mut ApprovalSubject)| {
            let mut other = proven.clone();
            change(&mut other.subject);
            other
        };
        let other_person = StaffId(Uuid::from_u128(9));
        for other in [
            Approval { id: ApprovalId(Uuid::from_u128(9)), ..proven.clone() },
            Approval { staff_id: other_person, ..proven.clone() },
            Approval { asked_by: other_person, ..proven.clone() },
            Approval { time: LocalTime { at_ms: 1, ..proven.time }, ..proven.clone() },
            Approval { time: LocalTime { offset_minutes: 0, ..proven.time }, ..proven.clone() },
            Approval { proof: String::new(), ..proven.clone() },
            Approval { proof: "zz".repeat(32), ..proven.clone() },
            Approval { proof: proven.proof[..62].to_owned(), ..proven.clone() },
            subject(|subject| subject.kind = ApprovalKind::LineDiscount),
            subject(|subject| subject.sale_id = None),
            subject(|subject| subject.line_id = None),
            subject(|subject| subject.price = Some(UnitPrice(90_000))),
            subject(|subject| subject.percent = Some(Rate(1))),
            subject(|subject| subject.amount = Some(Minor(1))),
        ] {
            assert!(!other.is_proven_by(&key, device()), "{other:?}");
        }
    }

    #[test]
    fn what_an_approval_covers() {
        let of = ApprovalSubject::of;
        let price = |price| ApprovalSubject { price: Some(UnitPrice(price)), ..of(ApprovalKind::Price) };
        let percent =
            |percent| ApprovalSubject { percent: Some(Rate(percent)), ..of(ApprovalKind::SaleDiscount) };
        let off = |amount| ApprovalSubject { amount: Some(Minor(amount)), ..of(ApprovalKind::SaleDiscount) };
        let back = |amount| ApprovalSubject { amount: Some(Minor(amount)), ..of(ApprovalKind::Return) };
        let cash = |amount| ApprovalSubject { amount: Some(Minor(amount)), ..of(ApprovalKind::CashMovement) };
        let line = |subject: ApprovalSubject, line| ApprovalSubject {
            line_id: Some(LineId(Uuid::from_u128(line))),
            ..subject
        };
        for (approved, done, covers) in [
            (price(500), price(500), true),
            (price(500), price(499), false),
            (price(500), price(501), false),
            (line(price(500), 1), line(price(500), 1), true),
            (line(price(500), 1), line(price(500), 2), false),
            (percent(300_000), percent(200_000), true),
            (percent(300_000), percent(300_001), false),
            (percent(300_000), off(1), false),
            (off(500), off(500), true),
            (off(500), off(501), false),
            (back(2_000), back(1_500), true),
            (back(2_000), back(2_001), false),
            (cash(-450), cash(-450), true),
            (cash(-450), cash(-449), false),
            (cash(-450), cash(450), false),
            (of(ApprovalKind::Drawer), of(ApprovalKind::Drawer), true),
            (of(ApprovalKind::Drawer), cash(1), false),
            (of(ApprovalKind::Return), of(ApprovalKind::Return), false),
        ] {
            assert_eq!(approved.covers(&done), covers, "{approved:?} {done:?}");
        }
    }

    #[test]
    fn a_cashier_approves_nothing_and_a_manager_everything() {
        for kind in ApprovalKind::ALL {
            assert!(!Role::Cashier.may(kind.permission()), "{kind:?}");
            assert!(Role::Manager.may(kind.permission()), "{kind:?}");
        }
    }

    #[test]
    fn the_worst_that_is_known_of_it_is_told() {
        for (may, proven, used, state) in [
            (true, true, false, ApprovalState::Sound),
            (true, true, true, ApprovalState::Reused),
            (true, false, true, ApprovalState::Unproven),
            (true, false, false, ApprovalState::Unproven),
            (false, true, false, ApprovalState::NotAllowed),
            (false, false, true, ApprovalState::NotAllowed),
        ] {
            assert_eq!(ApprovalState::judge(may, proven, used), state);
        }
    }
}
