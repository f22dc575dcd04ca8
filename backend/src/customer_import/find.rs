//! Find: whom a row is about: by our id, else by number, else by e-mail address, else by telephone number.

use super::read::ReadRow;
use shared::catalog::fold;
use shared::customer::Customer;
use shared::ids::CustomerId;
use std::collections::HashMap;

/// What somebody is found and told apart by.
#[derive(Clone, Debug, Default)]
struct Keys {
    number: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    title: String,
}

impl Keys {
    fn of(customer: &Customer) -> Self {
        Self {
            number: customer.number.as_deref().map(Customer::number_key),
            email: customer.email_key(),
            phone: customer.phone_key(),
            title: fold(customer.title()),
        }
    }

    fn of_row(row: &ReadRow) -> Self {
        let mut one = Customer::new(CustomerId(uuid::Uuid::nil()));
        (one.number, one.email, one.phone) = (row.number.clone(), row.email.clone(), row.phone.clone());
        row.title().clone_into(&mut one.name);
        Self::of(&one)
    }
}

/// Whom a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This one, by their place.
    One(usize),
    /// Several it could be.
    Several,
    /// Somebody whose number another has.
    Taken,
    /// Nobody yet.
    Nobody,
    /// There is nothing to look for.
    NoKey,
}

/// Everybody who is known, and those whom rows have added.
#[derive(Debug, Default)]
pub struct Index {
    people: Vec<Keys>,
    ids: HashMap<CustomerId, usize>,
    numbers: HashMap<String, Vec<usize>>,
    emails: HashMap<String, Vec<usize>>,
    phones: HashMap<String, Vec<usize>>,
}

fn differ(one: Option<&String>, other: Option<&String>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

impl Index {
    /// Those who are in the shop, in their order.
    pub fn of<'c>(customers: impl Iterator<Item = &'c Customer>) -> Self {
        let mut index = Self::default();
        for customer in customers {
            let at = index.add(Keys::of(customer));
            index.ids.insert(customer.id, at);
        }
        index
    }

    fn add(&mut self, keys: Keys) -> usize {
        let at = self.people.len();
        self.note(&keys, at);
        self.people.push(keys);
        at
    }

    fn note(&mut self, keys: &Keys, at: usize) {
        for (map, key) in [
            (&mut self.numbers, &keys.number),
            (&mut self.emails, &keys.email),
            (&mut self.phones, &keys.phone),
        ] {
            let Some(key) = key else { continue };
            let places = map.entry(key.clone()).or_default();
            if !places.contains(&at) {
                places.push(at);
            }
        }
    }

    /// Whom a row is about. Two numbers are two customers, also with one e-mail address; and people who share a telephone are
    /// told apart by their e-mail addresses and names.
    fn find(&self, row: &ReadRow, keys: &Keys) -> Found {
        let by_number = keys.number.as_ref().and_then(|number| self.numbers.get(number));
        if let Some(at) = row.id.and_then(|id| self.ids.get(&id)) {
            let is_taken = by_number.is_some_and(|places| places.iter().any(|place| place != at));
            return if is_taken { Found::Taken } else { Found::One(*at) };
        }
        if let Some(found) = only(by_number.into_iter().flatten().copied()) {
            return found;
        }
        let known = |at: &usize| self.people.get(*at);
        let is_other = |other: &Keys| differ(keys.number.as_ref(), other.number.as_ref());
        let by_email = keys.email.as_ref().and_then(|email| self.emails.get(email));
        let same =
            by_email.into_iter().flatten().filter(|at| known(at).is_some_and(|other| !is_other(other)));
        if let Some(found) = only(same.copied()) {
            return found;
        }
        let shares_telephone_only = |other: &Keys| {
            is_other(other)
                || differ(keys.email.as_ref(), other.email.as_ref())
                || (!keys.title.is_empty() && !other.title.is_empty() && keys.title != other.title)
        };
        let by_phone = keys.phone.as_ref().and_then(|phone| self.phones.get(phone));
        let same = by_phone
            .into_iter()
            .flatten()
            .filter(|at| known(at).is_some_and(|other| !shares_telephone_only(other)));
        if let Some(found) = only(same.copied()) {
            return found;
        }
        let has_key = keys.number.is_some() || keys.email.is_some() || keys.phone.is_some();
        if has_key { Found::Nobody } else { Found::NoKey }
    }

    /// Whom each row is about, in the order of the rows; somebody new gets a place after those who are known.
    pub fn places(mut self, rows: &[ReadRow]) -> Vec<Found> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let keys = Keys::of_row(row);
            found.push(match self.find(row, &keys) {
                Found::Nobody => Found::One(self.add(keys)),
                Found::One(at) => {
                    // A row after this one may know them by what this one says.
                    self.note(&keys, at);
                    Found::One(at)
                }
                other => other,
            });
        }
        found
    }
}

fn only(mut places: impl Iterator<Item = usize>) -> Option<Found> {
    let first = places.next()?;
    Some(if places.next().is_some() { Found::Several } else { Found::One(first) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(number: u128, fields: [&str; 4]) -> Customer {
        let mut one = Customer::new(CustomerId(uuid::Uuid::from_u128(number)));
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        [one.number, one.email, one.phone] = [text(fields[0]), text(fields[1]), text(fields[2])];
        fields[3].clone_into(&mut one.name);
        one
    }

    fn row(fields: [&str; 4]) -> ReadRow {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let [number, email, phone, name] = fields.map(text);
        ReadRow { number, email, phone, name, cells: vec![String::new()], ..ReadRow::default() }
    }

    #[test]
    fn a_row_is_about_whom_number_else_mail_else_telephone_name() {
        let shop = [
            known(1, ["K-1", "ada@example.org", "020 7946 0018", "Ada Byron"]),
            known(2, ["", "shared@example.org", "", "Ben"]),
            known(3, ["", "shared@example.org", "", "Bea"]),
            known(4, ["", "", "030 123456", "Cem"]),
        ];
        for (fields, found) in [
            (["k-1", "", "", "Somebody"], Found::One(0)),
            (["", "ADA@example.org", "", ""], Found::One(0)),
            (["", "", "+44 20 7946 0018", "ada byron"], Found::One(0)),
            // A number of their own: somebody else, though they write from the same address.
            (["K-2", "ada@example.org", "", ""], Found::One(4)),
            (["", "shared@example.org", "", ""], Found::Several),
            // A telephone at home is shared.
            (["", "", "+44 20 7946 0018", "Charles"], Found::One(4)),
            (["", "new@example.org", "030 123456", "Cem"], Found::One(3)),
            (["K-9", "", "030 123456", ""], Found::One(3)),
            (["", "", "", "Nobody"], Found::NoKey),
        ] {
            assert_eq!(Index::of(shop.iter()).places(&[row(fields)]), [found], "{fields:?}");
        }
    }

    #[test]
    fn rows_about_one_person_meet_in_whatever_order() {
        let rows =
            [row(["", "x@example.org", "", ""]), row(["7", "x@example.org", "", ""]), row(["7", "", "", ""])];
        assert_eq!(Index::default().places(&rows), [Found::One(0), Found::One(0), Found::One(0)]);
        let rows = [row(["7", "x@example.org", "", ""]), row(["8", "x@example.org", "", ""])];
        assert_eq!(Index::default().places(&rows), [Found::One(0), Found::One(1)]);
    }
}
