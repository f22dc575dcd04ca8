//! Changes of a customer's record, field by field: from a tablet that may have been offline, and from a manager's page.

use super::record::{Address, Consent, Customer, CustomerFault};
use crate::ids::CustomerId;
use crate::planted::{Planted, is_planted};
use serde::{Deserialize, Serialize};

/// What was written down at a till: a new customer, or fields of a known one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerEdit {
    /// Whose record.
    pub customer_id: CustomerId,
    /// What changed in it.
    pub changes: Vec<FieldChange>,
}

/// One field, as it was seen and as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldChange {
    /// Which.
    pub field: CustomerField,
    /// As whoever changed it saw it; none where it was empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// As it should be; none empties it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

/// A field of a customer's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerField {
    /// Name.
    Name,
    /// Company.
    Company,
    /// The shop's own number.
    Number,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Tax number.
    TaxNumber,
    /// Note.
    Note,
    /// Consent to be written to: `yes`, `no`, or none.
    Marketing,
    /// Exemption from tax. Not from a till.
    TaxExemption,
    /// The last day of that. Not from a till.
    TaxExemptUntil,
    /// Group, by its id. Not from a till: prices follow it.
    Group,
    /// How much they may owe, in minor units. Not from a till.
    CreditLimit,
    /// Addresses, a line each. Not from a till, which does not know them.
    Addresses,
}

impl CustomerField {
    /// What a till may change.
    pub const AT_THE_TILL: [Self; 8] = [
        Self::Name,
        Self::Company,
        Self::Number,
        Self::Email,
        Self::Phone,
        Self::TaxNumber,
        Self::Note,
        Self::Marketing,
    ];
    const ALL: [Self; 13] = [
        Self::Name,
        Self::Company,
        Self::Number,
        Self::Email,
        Self::Phone,
        Self::TaxNumber,
        Self::Note,
        Self::Marketing,
        Self::TaxExemption,
        Self::TaxExemptUntil,
        Self::Group,
        Self::CreditLimit,
        Self::Addresses,
    ];
}

fn yes_or_no(consent: Consent) -> String {
    if consent.given { "yes" } else { "no" }.to_owned()
}

impl Customer {
    /// A field as text; none where it is empty.
    pub fn field(&self, field: CustomerField) -> Option<String> {
        match field {
            CustomerField::Name => Some(self.name.clone()).filter(|name| !name.is_empty()),
            CustomerField::Company => self.company.clone(),
            CustomerField::Number => self.number.clone(),
            CustomerField::Email => self.email.clone(),
            CustomerField::Phone => self.phone.clone(),
            CustomerField::TaxNumber => self.tax_number.clone(),
            CustomerField::Note => self.note.clone(),
            CustomerField::Marketing => self.marketing.map(yes_or_no),
            CustomerField::TaxExemption => self.tax_exemption.clone(),
            CustomerField::TaxExemptUntil => self.tax_exempt_until.map(|day| day.to_string()),
            CustomerField::Group => self.group_id.map(|id| id.to_string()),
            CustomerField::CreditLimit => self.credit_limit.map(|limit| limit.0.to_string()),
            CustomerField::Addresses => {
                let lines: Vec<String> = self.addresses.iter().map(Address::in_words).collect();
                Some(lines.join("\n")).filter(|lines| !lines.is_empty())
            }
        }
    }

    /// Sets a field a till may change; the others are left as they are.
    fn set(&mut self, field: CustomerField, now: Option<String>, at_ms: i64) {
        match field {
            CustomerField::Name => self.name = now.unwrap_or_default(),
            CustomerField::Company => self.company = now,
            CustomerField::Number => self.number = now,
            CustomerField::Email => self.email = now,
            CustomerField::Phone => self.phone = now,
            CustomerField::TaxNumber => self.tax_number = now,
            CustomerField::Note => self.note = now,
            CustomerField::Marketing => {
                self.marketing = now.map(|word| Consent { given: word == "yes", at_ms });
            }
            CustomerField::TaxExemption
            | CustomerField::TaxExemptUntil
            | CustomerField::Group
            | CustomerField::CreditLimit
            | CustomerField::Addresses => {}
        }
    }

    /// What differs from another state of the same record.
    pub fn changes_to(&self, after: &Self) -> Vec<FieldChange> {
        let change = |field: CustomerField| {
            let (was, now) = (self.field(field), after.field(field));
            (was != now).then_some(FieldChange { field, was, now })
        };
        CustomerField::ALL.into_iter().filter_map(change).collect()
    }

    /// Makes those of the changes that meet the field as it was seen when they were made; says which those were. Where
    /// somebody else was first the record stays as it is, and so does a field that could not hold what it should.
    /// `at_ms` is when they were made.
    pub fn apply(&mut self, changes: &[FieldChange], at_ms: i64) -> Vec<FieldChange> {
        let mut made = Vec::new();
        for change in changes.iter().filter(|change| CustomerField::AT_THE_TILL.contains(&change.field)) {
            let is_as_seen =
                self.field(change.field) == change.was || is_planted(Planted::CustomerOverwritten);
            let mut after = self.clone();
            after.set(change.field, change.now.clone(), at_ms);
            after.tidy();
            if is_as_seen && after != *self && !after.is_newly_wrong(self) {
                *self = after;
                made.push(change.clone());
            }
        }
        made
    }

    /// Is something wrong with it that was not before? Of a new one the name may come last.
    fn is_newly_wrong(&self, before: &Self) -> bool {
        let known = before.check();
        self.check().iter().any(|fault: &CustomerFault| !known.contains(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Day;
    use crate::ids::CustomerId;

    fn ada() -> Customer {
        let mut ada = Customer::new(CustomerId(uuid::Uuid::from_u128(1)));
        ada.name = "Ada Byron".to_owned();
        ada.phone = Some("+44 20 7946 0018".to_owned());
        ada
    }

    fn change(field: CustomerField, was: Option<&str>, now: Option<&str>) -> FieldChange {
        FieldChange { field, was: was.map(str::to_owned), now: now.map(str::to_owned) }
    }

    #[test]
    fn two_tablets_change_different_fields_and_both_are_kept() {
        let mut known = ada();
        let made = known.apply(&[change(CustomerField::Email, None, Some(" ada@example.org "))], 5);
        assert_eq!(made.len(), 1);
        known.apply(&[change(CustomerField::Note, None, Some("Rings twice"))], 4);
        assert_eq!(known.email.as_deref(), Some("ada@example.org"));
        assert_eq!(known.note.as_deref(), Some("Rings twice"));
    }

    #[test]
    fn who_saw_an_older_value_does_not_overwrite_a_newer_one() {
        let mut known = ada();
        known.apply(&[change(CustomerField::Email, None, Some("ada@example.org"))], 5);
        let made = known.apply(&[change(CustomerField::Email, None, Some("late@example.org"))], 6);
        assert!(made.is_empty());
        assert_eq!(known.email.as_deref(), Some("ada@example.org"));
    }

    #[test]
    fn a_till_sets_no_group_and_no_field_that_cannot_be() {
        let mut known = ada();
        let group = CustomerId(uuid::Uuid::from_u128(9)).to_string();
        let changes = [
            change(CustomerField::Group, None, Some(&group)),
            change(CustomerField::Email, None, Some("nobody")),
            change(CustomerField::Phone, Some("+44 20 7946 0018"), Some("12")),
            change(CustomerField::Name, Some("Ada Byron"), None),
        ];
        assert!(known.apply(&changes, 1).is_empty());
        assert_eq!(known, ada());
    }

    #[test]
    fn consent_has_its_time() {
        let mut known = ada();
        known.apply(&[change(CustomerField::Marketing, None, Some("yes"))], 77);
        assert_eq!(known.marketing, Some(Consent { given: true, at_ms: 77 }));
        let before = known.clone();
        known.apply(&[change(CustomerField::Marketing, Some("yes"), Some("no"))], 99);
        assert_eq!(before.changes_to(&known), [change(CustomerField::Marketing, Some("yes"), Some("no"))]);
    }

    #[test]
    fn a_new_customer_is_changes_of_nobody() {
        let mut new = Customer::new(ada().id);
        let changes = new.changes_to(&ada());
        assert_eq!(new.apply(&changes, 1), changes);
        assert_eq!(new, ada());
    }

    #[test]
    fn doubles_meet_by_mail_and_by_the_end_of_a_number() {
        let mut other = ada();
        other.phone = Some("020 7946 0018".to_owned());
        other.email = Some("ADA@Example.org".to_owned());
        assert_eq!(other.phone_key(), ada().phone_key());
        assert_eq!(other.email_key().as_deref(), Some("ada@example.org"));
        other.phone = Some("5555".to_owned());
        assert_eq!(other.phone_key(), None);
    }

    #[test]
    fn a_certificate_exempts_up_to_and_with_its_last_day_and_goes_with_it() {
        let day = |text: &str| Day::parse(text).unwrap();
        let mut known = ada();
        known.tax_exempt_until = Some(day("2026-12-31"));
        known.tidy();
        assert_eq!(known.tax_exempt_until, None, "a day without a certificate says nothing");
        known.tax_exemption = Some("ST-5 4711".to_owned());
        let before = known.clone();
        for (until, on, exempts) in [
            (None, "2099-01-01", true),
            (Some("2026-12-31"), "2026-12-30", true),
            (Some("2026-12-31"), "2026-12-31", true),
            (Some("2026-12-31"), "2027-01-01", false),
        ] {
            known.tax_exempt_until = until.map(day);
            let sold_to = known.for_sale();
            assert_eq!(sold_to.is_exempt_on(day(on)), exempts, "{until:?} on {on}");
            assert_eq!(sold_to.exemption_ended_before(day(on)).is_some(), !exempts);
        }
        let changed = change(CustomerField::TaxExemptUntil, None, Some("2026-12-31"));
        assert_eq!(before.changes_to(&known), [changed]);
        assert!(
            known.apply(&[change(CustomerField::TaxExemptUntil, Some("2026-12-31"), None)], 1).is_empty()
        );
        let mut kept = ada();
        kept.absorb(known.clone());
        assert_eq!(kept.for_sale(), known.for_sale());
    }

    #[test]
    fn the_survivor_of_a_merge_keeps_its_own_and_takes_what_it_lacks() {
        let mut kept = ada();
        kept.marketing = Some(Consent { given: true, at_ms: 10 });
        let mut other = ada();
        other.name = "A. Byron".to_owned();
        other.email = Some("ada@example.org".to_owned());
        other.marketing = Some(Consent { given: false, at_ms: 20 });
        other.note = Some("Pays late".to_owned());
        kept.absorb(other);
        assert_eq!(kept.name, "Ada Byron");
        assert_eq!(kept.email.as_deref(), Some("ada@example.org"));
        assert_eq!(kept.marketing, Some(Consent { given: false, at_ms: 20 }));
        assert_eq!(kept.note.as_deref(), Some("Pays late"));
    }

    #[test]
    fn what_is_no_address_of_mail_is_said() {
        for (email, is_fit) in [
            ("a@b.org", true),
            ("first.last+shop@sub.example.co.uk", true),
            ("a@b", false),
            ("@b.org", false),
            ("a@b@c.org", false),
            ("a b@c.org", false),
            ("a@.org", false),
        ] {
            let mut one = ada();
            one.email = Some(email.to_owned());
            assert_eq!(one.check().is_empty(), is_fit, "{email}");
        }
    }
}
