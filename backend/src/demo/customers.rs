//! Customers: whom the demo shop knows: brought in as any shop brings them, by a file; what some of them bought, paid in and owe.

use super::history;
use super::till::{DemoTill, Rules, Way};
use super::{DemoError, goods::Goods};
use crate::app::customer_import::import_customers;
use crate::app::report::offset_minutes;
use crate::app::{App, customers, tender_types};
use crate::customer_import::Options;
use crate::replay::chance::Chance;
use shared::account::AccountKey;
use shared::calendar::LocalTime;
use shared::catalog::Product;
use shared::customer::Customer;
use shared::ids::{LineId, OrganisationId, SaleId, StaffId, TenderTypeId};
use shared::money::{Quantity, UnitPrice};
use shared::sale::{Cart, CartLine};
use shared::sync::journal::SealedEntry;
use shared::tender::{TenderType, TypeKind};
use std::io::Cursor;

/// People who do not exist, with numbers that nobody has (Ofcom's for drama) and addresses at `example`.
const FILE: &str = include_str!("customers.csv");
/// Who has paid something in, and who buys on account.
const PAID_IN: &str = "C-1005";
const OWES: &str = "C-1007";
/// So many days the certificate of the one who is exempt still holds: few enough to be warned of.
const CERTIFICATE_DAYS: i64 = 20;
/// So long ago everybody was asked about offers.
const ASKED_DAYS: i64 = 90;
const MINUTE_MS: i64 = 60_000;

/// Brings them in, lets customers pay by their account, and books what they did at this till.
pub async fn bring_in(
    app: &App,
    organisation_id: OrganisationId,
    owner: StaffId,
    (mut till, rules): (DemoTill, Rules),
    goods: &Goods,
    (at_ms, now_ms): (i64, i64),
) -> Result<(), DemoError> {
    let today = day_of(&rules, now_ms).day();
    let file = FILE
        .replace("{soon}", &today.plus_days(CERTIFICATE_DAYS).to_string())
        .replace("{said}", &today.plus_days(-ASKED_DAYS).to_string());
    let options = Options { make_groups: true, ..Options::default() };
    let file = Cursor::new(file.into_bytes());
    let report = import_customers(app, organisation_id, Some(owner), file, options, |_, _| {}).await?;
    if !report.report.written {
        return Err(DemoError::Data(format!("its customers: {:?}", report.report.findings)));
    }
    tender_types::create(app, organisation_id, on_account()).await?;
    let query = customers::CustomerQuery { limit: Some(100), ..Default::default() };
    let mut known = customers::list(app, organisation_id, query).await?.rows;
    known.sort_by(|one, other| one.number.cmp(&other.number));
    let entries = visits(&mut till, &rules, &known, goods, at_ms)?;
    history::book((&app.ingest, organisation_id), &till, entries, at_ms).await
}

fn day_of(rules: &Rules, at_ms: i64) -> LocalTime {
    LocalTime { at_ms, offset_minutes: offset_minutes(&rules.store.time_zone, at_ms) }
}

fn on_account() -> TenderType {
    TenderType {
        id: TenderTypeId(uuid::Uuid::nil()),
        name: "On account".to_owned(),
        kind: TypeKind::OnAccount,
        place: 0,
        stores: Vec::new(),
        archived: false,
        gives_change: false,
        opens_drawer: false,
        refunds: true,
        reference: None,
        foreign: None,
    }
}

/// What they bought in the first hours of the shop, a minute after each other.
fn visits(
    till: &mut DemoTill,
    rules: &Rules,
    known: &[Customer],
    goods: &Goods,
    at_ms: i64,
) -> Result<Vec<SealedEntry>, DemoError> {
    let mut chance = Chance::new(0xc057);
    let shelf: Vec<&Product> =
        goods.products.iter().filter(|one| one.favourite && one.active && one.price.is_some()).collect();
    let mut entries = Vec::new();
    for (customer, minute) in known.iter().zip(1..) {
        let time = day_of(rules, at_ms.saturating_add(MINUTE_MS.saturating_mul(minute)));
        let number = customer.number.as_deref().unwrap_or_default();
        if number == PAID_IN {
            let amount = UnitPrice(250_000);
            entries.push(till.serve_customer(
                pay_in(customer, amount, time, &mut chance)?,
                time,
                Way::Cash,
                rules,
                &mut chance,
            )?);
        }
        for _ in 0..=chance.below(3) {
            let Some(product) = shelf.get(chance.below(shelf.len().max(1))) else { continue };
            let way = if number == OWES { Way::Account } else { Way::Card };
            let cart = basket(customer, product, time, &mut chance)?;
            entries.push(till.serve_customer(cart, time, way, rules, &mut chance)?);
        }
    }
    Ok(entries)
}

fn wrong(error: impl std::fmt::Display) -> DemoError {
    DemoError::Sale(error.to_string())
}

fn pay_in(
    who: &Customer,
    amount: UnitPrice,
    time: LocalTime,
    chance: &mut Chance,
) -> Result<Cart, DemoError> {
    let mut cart = Cart::new(SaleId::fresh(&mut chance.ids(time.at_ms)));
    cart.set_customer(who.for_sale()).map_err(wrong)?;
    let (key, id) = (AccountKey::of_customer(who.id), LineId::fresh(&mut chance.ids(time.at_ms)));
    let line = CartLine::paid_in(key, id, "Store credit".to_owned(), amount, time.at_ms).map_err(wrong)?;
    cart.add(line).map_err(wrong)?;
    Ok(cart)
}

fn basket(
    who: &Customer,
    product: &Product,
    time: LocalTime,
    chance: &mut Chance,
) -> Result<Cart, DemoError> {
    let mut cart = Cart::new(SaleId::fresh(&mut chance.ids(time.at_ms)));
    cart.set_customer(who.for_sale()).map_err(wrong)?;
    let id = LineId::fresh(&mut chance.ids(time.at_ms));
    let pieces = i64::try_from(chance.below(3)).unwrap_or(0).saturating_add(1);
    let quantity = Quantity(Quantity::ONE.0.saturating_mul(pieces));
    cart.add(CartLine::of(product, id, quantity, None, time.at_ms).map_err(wrong)?).map_err(wrong)?;
    Ok(cart)
}
