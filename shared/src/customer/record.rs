//! The record of a customer, and what cannot be in it.

use super::SaleCustomer;
use crate::calendar::Day;
use crate::ids::{CustomerGroupId, CustomerId};
use crate::money::Minor;
use crate::pricing::{RuleFault, Wrong};
use crate::store::WrongSetting;
use serde::{Deserialize, Serialize};

/// Longest name, company, e-mail address and line of an address, in characters.
pub const LONGEST_TEXT: usize = 120;
/// Longest number of a customer and tax number.
pub const LONGEST_NUMBER: usize = 40;
/// Longest note.
pub const LONGEST_NOTE: usize = 1_000;
/// Longest name of a group.
pub const LONGEST_GROUP: usize = 60;
/// The most somebody may owe, in minor units.
pub const MOST_LIMIT: i64 = 100_000_000_000;
/// Most addresses of a customer.
pub const MOST_ADDRESSES: usize = 10;
/// Digits at the end of a telephone number that are compared: the same line is written with and without its country.
const PHONE_DIGITS: usize = 9;
/// Digits that make a telephone number.
const FEWEST_DIGITS: usize = 6;

/// A customer. A tablet is told all but the addresses and when consent was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// Their id, minted where they were first written down.
    pub id: CustomerId,
    /// The shop's own number for them, also on a card that is scanned. No two customers have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// As on the receipt.
    pub name: String,
    /// The business they buy for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number as they write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Tax number of a business, for its receipts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Why they pay no tax: the number of the certificate they have shown. None: they pay it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_exemption: Option<String>,
    /// The last day of that certificate, by the shop's calendar; none: it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_exempt_until: Option<Day>,
    /// Prices follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<CustomerGroupId>,
    /// How much they may owe the shop, in minor units of the store's currency; none: nothing is sold to them on account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<Minor>,
    /// For whoever serves them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// May they be written to with offers? None: never asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing: Option<Consent>,
    /// Where they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
}

/// What somebody said when they were asked, and when: whoever writes to them must be able to show it (GDPR, article 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consent {
    /// Yes or no.
    pub given: bool,
    /// When, epoch ms.
    #[serde(default)]
    pub at_ms: i64,
}

/// An address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Address {
    /// What it is for: "Delivery".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Street and whatever stands above the town.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Postcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Two letters, ISO 3166.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Customers who are priced alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerGroup {
    /// Its id.
    pub id: CustomerGroupId,
    /// "Trade", "Staff".
    pub name: String,
}

/// What cannot be in a customer's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongCustomer {
    /// Neither a name nor a business.
    Name,
    /// Longer than anybody's.
    Long,
    /// No e-mail address.
    Email,
    /// Too few digits for a telephone number.
    Phone,
    /// More addresses than are kept.
    Addresses,
    /// No country of two letters.
    Country,
    /// Below zero, or more than anybody owes.
    Limit,
}

/// What is wrong with which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerFault {
    /// As in the JSON: `email`.
    pub field: &'static str,
    /// What.
    pub wrong: WrongCustomer,
}

impl From<CustomerFault> for WrongSetting {
    fn from(fault: CustomerFault) -> Self {
        let message = match fault.wrong {
            WrongCustomer::Name => "Give a name or a company.",
            WrongCustomer::Long => "This is too long.",
            WrongCustomer::Email => "This is no e-mail address.",
            WrongCustomer::Phone => "A telephone number has at least six digits.",
            WrongCustomer::Addresses => "At most ten addresses are kept.",
            WrongCustomer::Country => "Give the country's two letters.",
            WrongCustomer::Limit => "Give an amount of zero or more.",
        };
        Self { field: fault.field.to_owned(), message: message.to_owned() }
    }
}

/// The digits of a telephone number.
pub fn phone_digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

fn tidy(text: &mut Option<String>) {
    *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
}

/// One `@` with something before it and a name with a dot behind it. More cannot be told without writing to it.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(box_name, host)| {
        let parts = || host.split('.');
        !box_name.is_empty()
            && !text.chars().any(char::is_whitespace)
            && parts().count() > 1
            && parts().all(|part| !part.is_empty() && !part.contains('@'))
    })
}

impl Customer {
    /// One of whom nothing is known yet.
    pub fn new(id: CustomerId) -> Self {
        Self {
            id,
            number: None,
            name: String::new(),
            company: None,
            email: None,
            phone: None,
            tax_number: None,
            tax_exemption: None,
            tax_exempt_until: None,
            group_id: None,
            credit_limit: None,
            note: None,
            marketing: None,
            addresses: Vec::new(),
        }
    }

    /// Without the blanks around what was typed, and without what is empty.
    pub fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
        for text in [
            &mut self.number,
            &mut self.company,
            &mut self.email,
            &mut self.phone,
            &mut self.tax_number,
            &mut self.tax_exemption,
            &mut self.note,
        ] {
            tidy(text);
        }
        if self.tax_exemption.is_none() {
            self.tax_exempt_until = None;
        }
        for address in &mut self.addresses {
            address.lines = address.lines.iter().map(|line| line.trim().to_owned()).collect();
            address.lines.retain(|line| !line.is_empty());
            for text in [&mut address.label, &mut address.postcode, &mut address.city, &mut address.country] {
                tidy(text);
            }
            address.country = address.country.take().map(|country| country.to_uppercase());
        }
        self.addresses.retain(|address| *address != Address::default());
    }

    /// What cannot be in it.
    pub fn check(&self) -> Vec<CustomerFault> {
        let mut faults = Vec::new();
        let mut add = |field, wrong| faults.push(CustomerFault { field, wrong });
        if self.name.is_empty() && self.company.is_none() {
            add("name", WrongCustomer::Name);
        }
        let of = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count());
        for (field, length, most) in [
            ("name", self.name.chars().count(), LONGEST_TEXT),
            ("company", of(&self.company), LONGEST_TEXT),
            ("email", of(&self.email), LONGEST_TEXT),
            ("phone", of(&self.phone), LONGEST_NUMBER),
            ("number", of(&self.number), LONGEST_NUMBER),
            ("tax_number", of(&self.tax_number), LONGEST_NUMBER),
            ("tax_exemption", of(&self.tax_exemption), LONGEST_TEXT),
            ("note", of(&self.note), LONGEST_NOTE),
        ] {
            if length > most {
                add(field, WrongCustomer::Long);
            }
        }
        if self.email.as_ref().is_some_and(|email| !is_email(email)) {
            add("email", WrongCustomer::Email);
        }
        if self.phone.as_ref().is_some_and(|phone| phone_digits(phone).len() < FEWEST_DIGITS) {
            add("phone", WrongCustomer::Phone);
        }
        if self.credit_limit.is_some_and(|limit| !(0..=MOST_LIMIT).contains(&limit.0)) {
            add("credit_limit", WrongCustomer::Limit);
        }
        if self.addresses.len() > MOST_ADDRESSES {
            add("addresses", WrongCustomer::Addresses);
        }
        for address in &self.addresses {
            if address.texts().any(|text| text.chars().count() > LONGEST_TEXT) || address.lines.len() > 6 {
                add("addresses", WrongCustomer::Long);
            }
            let is_country = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
            if address.country.as_ref().is_some_and(|code| !is_country(code)) {
                add("addresses", WrongCustomer::Country);
            }
        }
        faults
    }

    /// What a list shows: the name, or the business of whom no name is known.
    pub fn title(&self) -> &str {
        match &self.company {
            Some(company) if self.name.is_empty() => company,
            _ => &self.name,
        }
    }

    /// Everything one may look for, not folded yet.
    pub fn search_text(&self) -> String {
        let texts = [&self.company, &self.number, &self.email, &self.phone];
        let mut text = self.name.clone();
        for part in texts.into_iter().flatten() {
            text.push(' ');
            text.push_str(part);
        }
        if let Some(phone) = &self.phone {
            text.push(' ');
            text.push_str(&phone_digits(phone));
        }
        text
    }

    /// What doubles have in common: an e-mail address.
    pub fn email_key(&self) -> Option<String> {
        self.email.as_ref().map(|email| email.to_lowercase())
    }

    /// What doubles have in common: the end of a telephone number.
    pub fn phone_key(&self) -> Option<String> {
        let digits = phone_digits(self.phone.as_deref()?);
        let from = digits.len().saturating_sub(PHONE_DIGITS);
        (digits.len() >= FEWEST_DIGITS).then(|| digits.get(from..).unwrap_or_default().to_owned())
    }

    /// What a shop's number is compared by: as a scanner and a keyboard give it.
    pub fn number_key(number: &str) -> String {
        number.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_uppercase).collect()
    }

    /// As much of it as a tablet is told.
    pub fn for_tablet(mut self) -> Self {
        self.addresses.clear();
        if let Some(consent) = &mut self.marketing {
            consent.at_ms = 0;
        }
        self
    }

    /// As a sale names them.
    pub fn for_sale(&self) -> SaleCustomer {
        SaleCustomer {
            id: Some(self.id),
            number: self.number.clone(),
            name: Some(self.title().to_owned()),
            country: self.addresses.first().and_then(|address| address.country.clone()),
            group_id: self.group_id,
            tax_number: self.tax_number.clone(),
            tax_exemption: self.tax_exemption.clone(),
            tax_exempt_until: self.tax_exempt_until,
        }
    }

    /// Takes over what another record of the same person has and this one lacks. Of two answers about consent the later one
    /// counts, and of two at the same time the no.
    pub fn absorb(&mut self, other: Self) {
        if self.name.is_empty() {
            self.name = other.name;
        }
        // A certificate goes with its own day.
        if self.tax_exemption.is_none() {
            (self.tax_exemption, self.tax_exempt_until) = (other.tax_exemption, other.tax_exempt_until);
        }
        for (mine, theirs) in [
            (&mut self.number, other.number),
            (&mut self.company, other.company),
            (&mut self.email, other.email),
            (&mut self.phone, other.phone),
            (&mut self.tax_number, other.tax_number),
        ] {
            if mine.is_none() {
                *mine = theirs;
            }
        }
        self.group_id = self.group_id.or(other.group_id);
        self.credit_limit = self.credit_limit.or(other.credit_limit);
        self.note = match (self.note.take(), other.note) {
            (Some(mine), Some(theirs)) if !mine.contains(&theirs) => {
                Some(format!("{mine}\n{theirs}").chars().take(LONGEST_NOTE).collect())
            }
            (mine, theirs) => mine.or(theirs),
        };
        let order = |consent: &Consent| (consent.at_ms, !consent.given);
        self.marketing = self.marketing.into_iter().chain(other.marketing).max_by_key(order);
        for address in other.addresses {
            if !self.addresses.contains(&address) && self.addresses.len() < MOST_ADDRESSES {
                self.addresses.push(address);
            }
        }
    }
}

impl Address {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let rest = [&self.label, &self.postcode, &self.city, &self.country];
        self.lines.iter().chain(rest.into_iter().flatten()).map(String::as_str)
    }

    /// In one line.
    pub fn in_words(&self) -> String {
        self.texts().collect::<Vec<_>>().join(", ")
    }
}

impl CustomerGroup {
    /// What cannot be in it.
    pub fn check(&self) -> Vec<RuleFault> {
        let fits = (1..=LONGEST_GROUP).contains(&self.name.chars().count());
        if fits { Vec::new() } else { vec![RuleFault { field: "name", wrong: Wrong::Name }] }
    }
}
