//! Customers as a table: who they are, how they are served, what they said about offers.

use super::ROWS;
use crate::app::AppError;
use crate::app::table::Table;
use crate::store::customers::{self, CustomerFilter};
use crate::store::{Db, ground, pricing};
use shared::customer::{Customer, CustomerGroup};
use shared::ids::OrganisationId;
use shared::money::Currency;
use tokio::sync::mpsc::Sender;

const COLUMNS: [&str; 15] = [
    "id",
    "number",
    "name",
    "company",
    "email",
    "phone",
    "tax_number",
    "tax_exemption",
    "tax_exempt_until",
    "group",
    "credit_limit",
    "note",
    "offers",
    "offers_said",
    "addresses",
];

/// Writes them, in the order of their list.
pub async fn customers(
    db: &Db,
    organisation_id: OrganisationId,
    pieces: &Sender<String>,
) -> Result<u64, AppError> {
    let mut tx = db.read_for(organisation_id).await?;
    let groups: Vec<CustomerGroup> = pricing::all(&mut tx, organisation_id).await?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    let currency = stores.first().map_or(Currency::NONE, |store| store.currency);
    drop(tx);
    let mut table = Table::new(&COLUMNS);
    let (mut after, mut count) = (None::<String>, 0);
    loop {
        let mut tx = db.read_for(organisation_id).await?;
        let place = after.as_deref().and_then(|place| place.rsplit_once('~'));
        let filter = CustomerFilter::default();
        let (page, _) = customers::list(&mut tx, organisation_id, &filter, place, ROWS).await?;
        drop(tx);
        for (customer, _) in &page {
            table.row(cells(customer, &groups, currency));
        }
        count += page.len() as u64;
        let full = i64::try_from(page.len()).unwrap_or(0) == ROWS;
        if pieces.send(table.take()).await.is_err() || !full {
            return Ok(count);
        }
        after = page.into_iter().last().map(|(_, place)| place);
    }
}

fn cells(customer: &Customer, groups: &[CustomerGroup], currency: Currency) -> [String; 15] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let group = groups.iter().find(|group| Some(group.id) == customer.group_id);
    let addresses: Vec<String> = customer.addresses.iter().map(|one| one.in_words()).collect();
    let said = customer.marketing;
    [
        customer.id.to_string(),
        text(&customer.number),
        customer.name.clone(),
        text(&customer.company),
        text(&customer.email),
        text(&customer.phone),
        text(&customer.tax_number),
        text(&customer.tax_exemption),
        customer.tax_exempt_until.map(|day| day.to_string()).unwrap_or_default(),
        group.map(|group| group.name.clone()).unwrap_or_default(),
        customer.credit_limit.map(|limit| limit.to_decimal(currency)).unwrap_or_default(),
        text(&customer.note),
        said.map(|said| if said.given { "yes" } else { "no" }.to_owned()).unwrap_or_default(),
        said.map(|said| super::instant(said.at_ms, 0)).unwrap_or_default(),
        addresses.join("|"),
    ]
}
