//! Customers: those this tablet knows, to find one, and what is written down of them here.
//! Invariant: what is written down is a journal entry and known here in one durable transaction.

use super::till::{RecordError, Till};
use crate::device_store::{Numbers, Recording, StoreError};
use crate::letters::fold;
use leptos::prelude::*;
use shared::account::AccountKey;
use shared::customer::{Customer, CustomerEdit};
use shared::money::{Currency, Minor};
use shared::sync::journal::EntryBody;

/// A customer and what they are found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The record.
    pub customer: Customer,
    key: String,
}

impl KnownCustomer {
    /// With the text it is found by.
    pub fn of(customer: Customer) -> Self {
        let key = fold(&customer.search_text());
        Self { customer, key }
    }
}

/// Those of whom every word is found, in the order they are in; at most so many, and how many there are in all.
pub fn find_customers(all: &[KnownCustomer], text: &str, most: usize) -> (Vec<Customer>, usize) {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let mut total = 0;
    let mut found = Vec::new();
    for known in all.iter().filter(|known| words.iter().all(|word| known.key.contains(word))) {
        total += 1;
        if found.len() < most {
            found.push(known.customer.clone());
        }
    }
    (found, total)
}

impl Till {
    /// Every customer this tablet knows, by name.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn customers(self) -> Result<Vec<KnownCustomer>, StoreError> {
        let all = self.device().customers().await?;
        let mut known: Vec<KnownCustomer> = all.into_iter().map(KnownCustomer::of).collect();
        known.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(known)
    }

    /// The one customer who has this number, as a card that is scanned gives it.
    pub async fn customer_numbered(self, code: &str) -> Option<Customer> {
        let number = Customer::number_key(code);
        let mut found = self.device().customers_numbered(&number).await.ok()?;
        if found.len() == 1 { found.pop() } else { None }
    }

    /// What is on an account in the store's currency, as far as this tablet knows, and how much may be owed on it.
    pub async fn account(self, key: &AccountKey) -> Option<(Minor, Minor)> {
        let currency = self.store.with_untracked(|store| store.as_ref().map(|store| store.currency))?;
        let balance = self.balance_on(key, currency).await?;
        let may_owe = match key.customer() {
            Some(id) => self.device().customer(id).await.ok()?.and_then(|one| one.credit_limit),
            None => None,
        };
        Some((balance, may_owe.unwrap_or(Minor::ZERO)))
    }

    /// What is on an account, with what was recorded here and is not told yet.
    pub(super) async fn balance_on(self, key: &AccountKey, currency: Currency) -> Option<Minor> {
        let known = self.device().account(key).await.ok()?;
        let told = known.map_or(Minor::ZERO, |account| account.balance(currency));
        match self.sync() {
            Some(sync) => sync.on_account(told, key),
            None => Some(told),
        }
    }

    /// Writes down what `after` says otherwise than `before`; of a new customer `before` is an empty record.
    ///
    /// # Errors
    /// See [`RecordError`]; nothing is written down then.
    pub async fn write_down(self, before: &Customer, mut after: Customer) -> Result<Customer, RecordError> {
        after.tidy();
        let changes = before.changes_to(&after);
        if changes.is_empty() {
            return Ok(after);
        }
        let desk = self.desk()?;
        let edit = CustomerEdit { customer_id: after.id, changes };
        let build = |numbers: Numbers| {
            let entry = desk.entry(numbers, EntryBody::CustomerEdited { edit }, Vec::new());
            Ok(Recording { entry, sale: None, customer: Some(after.clone()) })
        };
        let recorded = self.device().record(None, build).await.map_err(|error| self.refused(error))?;
        self.recorded(&recorded);
        Ok(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ids::CustomerId;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn named(name: &str, phone: &str) -> KnownCustomer {
        let mut customer = Customer::new(CustomerId(uuid::Uuid::nil()));
        (customer.name, customer.phone) = (name.to_owned(), Some(phone.to_owned()));
        KnownCustomer::of(customer)
    }

    #[wasm_bindgen_test]
    fn customers_are_found_by_parts_of_name_and_number() {
        let all = [named("Ada Byron", "020 7946 0018"), named("Zoë Müller", "030 1234567")];
        let names = |text: &str| {
            let (found, total) = find_customers(&all, text, 1);
            (found.into_iter().map(|one| one.name).collect::<Vec<_>>(), total)
        };
        assert_eq!(names("mull zoe"), (vec!["Zoë Müller".to_owned()], 1));
        assert_eq!(names("79460018"), (vec!["Ada Byron".to_owned()], 1));
        assert_eq!(names(""), (vec!["Ada Byron".to_owned()], 2));
        assert_eq!(names("nobody"), (vec![], 0));
    }
}
