//! Customers: their records, what is known beside them, doubles and groups, for the pages.

use super::{Manage, Paged, Rule, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AccountRow, CustomerStory, Doubles, LayawayRow, MergeRequest};
use shared::customer::{Customer, CustomerGroup};
use shared::ids::{CustomerGroupId, CustomerId, ProductId};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Rule for Customer {
    const PATH: &'static str = "/api/customers";
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn products(&self) -> BTreeSet<ProductId> {
        BTreeSet::new()
    }
}

impl Rule for CustomerGroup {
    const PATH: &'static str = "/api/customer-groups";
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn products(&self) -> BTreeSet<ProductId> {
        BTreeSet::new()
    }
}

impl Manage {
    /// A list of customers; show it with [`Manage::seek_customers`].
    pub fn customers(self) -> Paged<Customer> {
        Paged::new(self)
    }

    /// Fills the list with those looked for; an empty group is any.
    pub fn seek_customers(self, list: Paged<Customer>, search: String, group: String) {
        list.begin(Customer::PATH, vec![("search", search), ("group", group)]);
    }

    /// What is known of one beside the record; so much of it at most.
    pub async fn customer_story(self, id: CustomerId, most: u32) -> Result<CustomerStory, Trouble> {
        self.get(&format!("{}/{id}/story?limit={most}", Customer::PATH)).await
    }

    /// A list of accounts; show it with [`Manage::seek_accounts`].
    pub fn accounts(self) -> Paged<AccountRow> {
        Paged::new(self)
    }

    /// Fills the list with those of gift cards, or of customers.
    pub fn seek_accounts(self, list: Paged<AccountRow>, cards: bool) {
        let of = if cards { "cards" } else { "customers" };
        list.begin("/api/accounts", vec![("of", of.to_owned())]);
    }

    /// A list of goods put aside; show it with [`Manage::seek_layaways`].
    pub fn layaways(self) -> Paged<LayawayRow> {
        Paged::new(self)
    }

    /// Fills the list.
    pub fn seek_layaways(self, list: Paged<LayawayRow>) {
        list.begin("/api/layaways", Vec::new());
    }

    /// Records that may be of one person.
    pub async fn doubles(self) -> Result<Vec<Doubles>, Trouble> {
        self.get(&format!("{}/doubles", Customer::PATH)).await
    }

    /// Another record of the same person goes into this one.
    pub async fn merge_customer(self, into: CustomerId, from: CustomerId) -> Result<Customer, Trouble> {
        self.send("POST", &format!("{}/{into}/merge", Customer::PATH), &MergeRequest { from }).await
    }

    /// Reads the groups of customers anew, for whoever may see them.
    pub fn load_customer_groups(self) {
        if !self.may(shared::staff::Permission::ManageCustomers) {
            return;
        }
        spawn_local(async move {
            match self.get::<Vec<CustomerGroup>>(CustomerGroup::PATH).await {
                Ok(groups) => drop(self.customer_groups.try_set(Arc::new(groups))),
                Err(trouble) => drop(self.trouble.try_set(Some(trouble))),
            }
        });
    }

    /// The name of a group, if it is there.
    pub fn group_name(self, id: CustomerGroupId) -> Option<String> {
        self.customer_groups.with(|all| all.iter().find(|one| one.id == id).map(|one| one.name.clone()))
    }
}
