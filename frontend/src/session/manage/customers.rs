//! Customers: their records, what is known beside them, doubles and groups, for the pages.

use super::{Manage, Paged, Rule, Trouble};
use crate::api_client::{self, ApiError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{
    AccountRow, CustomerColumn, CustomerImportReport, CustomerStory, Doubles, ImportStep, LayawayRow,
    MergeRequest,
};
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

/// How a file of customers is imported.
#[derive(Clone, Debug, Default)]
pub struct ImportWishes {
    /// What is in each column; none: as they are recognised.
    pub columns: Option<Vec<Option<CustomerColumn>>>,
    /// Are groups made that are not here?
    pub make_groups: bool,
    /// Are rows with an error left out?
    pub skip_bad_rows: bool,
    /// When the file was made, epoch ms.
    pub as_of_ms: Option<i64>,
}

impl ImportWishes {
    fn query(&self, more: &str) -> String {
        let columns = self.columns.as_ref().map(|columns| {
            let words = columns.iter().map(|column| column.map_or("-", CustomerColumn::word));
            words.collect::<Vec<_>>().join(",")
        });
        let columns = columns.map(|columns| format!("&columns={columns}")).unwrap_or_default();
        let made = self.as_of_ms.map(|at_ms| format!("&as_of_ms={at_ms}")).unwrap_or_default();
        let (make, skip) = (self.make_groups, self.skip_bad_rows);
        format!("{more}&make_groups={make}&skip_bad_rows={skip}{columns}{made}")
    }
}

const IMPORT: &str = "/api/customers/import";

impl Manage {
    /// What a file of customers would change.
    pub async fn check_customers(
        self,
        file: web_sys::File,
        wishes: ImportWishes,
    ) -> Result<CustomerImportReport, Trouble> {
        let path = format!("{IMPORT}?{}", wishes.query("dry_run=true"));
        self.heard(api_client::upload(&path, &file, "text/csv").await)
    }

    /// Imports a file of customers; `progress` hears how many of how many are written.
    pub async fn import_customers(
        self,
        file: web_sys::File,
        wishes: ImportWishes,
        progress: impl Fn(u64, u64),
    ) -> Result<CustomerImportReport, Trouble> {
        let path = format!("{IMPORT}?{}", wishes.query("dry_run=false&progress=true"));
        let mut last = None;
        let step = |step: ImportStep| {
            if step.report.is_none() && step.failed.is_none() {
                progress(step.done, step.all);
            }
            last = Some(step);
        };
        let answer = api_client::upload_in_steps(&path, &file, "text/csv", step).await;
        let done = answer.and(match last {
            Some(ImportStep { report: Some(report), .. }) => Ok(report),
            Some(ImportStep { failed: Some(failed), .. }) => Err(ApiError::Refused(failed)),
            // It broke off: it is written whole or not at all, and another check tells which.
            _ => Err(ApiError::NoAnswer),
        });
        let report = self.heard(done);
        self.load_customer_groups();
        report
    }

    /// The rows of a file of which not everything is taken, as a file to mend.
    pub async fn customers_left_out(
        self,
        file: web_sys::File,
        wishes: ImportWishes,
    ) -> Result<String, Trouble> {
        let path = format!("{IMPORT}/left-out?{}", wishes.query(""));
        self.heard(api_client::upload_for_text(&path, &file, "text/csv").await)
    }

    /// A list of customers; show it with [`Manage::seek_customers`].
    pub fn customers(self) -> Paged<Customer> {
        Paged::new(self)
    }

    /// Fills the list with those looked for; an empty group is any. With `exempt_until` only those whose certificate of
    /// exemption ends by that day.
    pub fn seek_customers(self, list: Paged<Customer>, search: String, group: String, exempt_until: String) {
        let asked = vec![("search", search), ("group", group), ("exempt_until", exempt_until)];
        list.begin(Customer::PATH, asked);
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
