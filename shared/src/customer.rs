//! Customer: who buys.
//! Lives here: a customer's record and what may be in it, changes of it field by field, doubles, groups, the customer as a
//! sale names them.
//! May use: ids, calendar, pricing (what cannot be in a rule). Never: storage, a clock.
//! Invariant: a sale stands without a customer; a change names what the field was before, so that none overwrites another unseen.

mod edit;
mod record;

pub use edit::{CustomerEdit, CustomerField, FieldChange};
pub use record::{Address, Consent, Customer, CustomerFault, CustomerGroup, WrongCustomer, phone_digits};

use crate::calendar::Day;
use crate::ids::{CustomerGroupId, CustomerId};
use serde::{Deserialize, Serialize};

/// The customer as a sale names them; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SaleCustomer {
    /// A known customer's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CustomerId>,
    /// The shop's own number for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// As on the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where they are, as the shop writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Their group then: prices follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<CustomerGroupId>,
    /// Their tax number then, for the receipt of a business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Why they pay no tax, as the shop must be able to show: the number of their certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_exemption: Option<String>,
    /// The last day it exempts; none: it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_exempt_until: Option<Day>,
}

impl SaleCustomer {
    /// Nothing known?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Do they pay no tax on this day of the shop's calendar?
    pub fn is_exempt_on(&self, day: Day) -> bool {
        self.tax_exemption.is_some() && self.exemption_ended_before(day).is_none()
    }

    /// The last day of a certificate that has ended by this one.
    pub fn exemption_ended_before(&self, day: Day) -> Option<Day> {
        self.tax_exempt_until.filter(|until| self.tax_exemption.is_some() && *until < day)
    }

    /// Without a certificate: as a sale that it has not exempted names them.
    pub fn without_exemption(self) -> Self {
        Self { tax_exemption: None, tax_exempt_until: None, ..self }
    }

    /// Does it hold what a server of before would leave out?
    pub fn needs_sixth_version(&self) -> bool {
        self.group_id.is_some() || self.tax_number.is_some()
    }
}
