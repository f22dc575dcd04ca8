//! Odoo: a stand-in for the ERP of that name: 19 answers JSON-2, 17 and 18 answer JSON-RPC.
//! Lives here: the two ways to call it (`wire`, `calls`, `fault`), its records (`schema`, `store`, `domain`, `goods`), invoices and their
//! taxes (`books`), payments (`payments`), decimals (`decimal`).
//! May use: serde_json. Never: anything of ours, a network, a clock.
//! Source: Odoo's page “External JSON-2 API” and the source of Odoo 17 to 19; docs/connectors/odoo.md lists which files.

mod books;
mod calls;
mod decimal;
mod domain;
mod fault;
mod goods;
mod payments;
mod schema;
mod store;
mod wire;

use crate::desk::{Answer, Asked, Booked, Desk, Remote};
use store::{Cell, Store};

/// An Odoo.
#[derive(Clone, Debug)]
pub struct Odoo {
    store: Store,
}

impl Odoo {
    /// Of a version: 19 speaks JSON-2, what came before JSON-RPC.
    pub fn new(version: u32) -> Self {
        let mut store = Store::new(version);
        goods::fill(&mut store);
        // As a shop has it that weighs.
        store.unit_digits = 3;
        Self { store }
    }

    /// Somebody sets the decimals of quantities.
    pub fn unit_digits(&mut self, digits: u32) {
        self.store.unit_digits = digits;
    }

    fn version(&self) -> String {
        format!("{}.0", self.store.version)
    }

    fn invoices(&self, reference: &str) -> Vec<i64> {
        let mut ids = self.store.ids("account.move");
        ids.retain(|id| self.store.text("account.move", *id, "ref") == reference);
        ids
    }

    /// Somebody sets the state of an invoice by hand.
    pub fn set_state(&mut self, reference: &str, state: &str) {
        for id in self.invoices(reference) {
            self.store.change("account.move", id, "state", Cell::Text(state.to_owned()));
        }
    }

    /// Somebody makes a copy of an invoice by hand, its reference too.
    pub fn double(&mut self, reference: &str) {
        for id in self.invoices(reference) {
            let names = [
                "ref",
                "move_type",
                "journal_id",
                "currency_id",
                "amount_untaxed",
                "amount_tax",
                "amount_total",
            ];
            let mut cells: Vec<_> =
                names.iter().map(|name| (*name, self.store.cell("account.move", id, name))).collect();
            cells.push(("state", Cell::Text("draft".to_owned())));
            self.store.add("account.move", cells);
        }
    }

    /// Somebody sets all payments of a sale to a state.
    pub fn set_payments(&mut self, memo: &str, state: &str) {
        for id in self.payments(memo) {
            self.store.change("account.payment", id, "state", Cell::Text(state.to_owned()));
        }
    }

    fn payments(&self, memo: &str) -> Vec<i64> {
        let mut ids = self.store.ids("account.payment");
        let said = |id: i64| ["memo", "ref"].map(|name| self.store.text("account.payment", id, name));
        ids.retain(|id| said(*id).iter().any(|said| said == memo));
        ids
    }

    /// As if somebody had registered the payments of a sale by hand: they bear another memo.
    pub fn pay_by_hand(&mut self, memo: &str) {
        let name = if self.store.version >= 18 { "memo" } else { "ref" };
        for id in self.payments(memo) {
            self.store.change("account.payment", id, name, Cell::Text("BNK1/2026/0001".to_owned()));
        }
    }

    /// Somebody takes the payments of a sale off their invoice.
    pub fn unmatch(&mut self, memo: &str) {
        for id in self.payments(memo) {
            self.store.change("account.payment", id, "reconciled_invoice_ids", Cell::Many(Vec::new()));
        }
    }

    /// Somebody sets the taxes of a product: the numbers of taxes.
    pub fn retax(&mut self, product: &str, taxes: &[i64]) {
        let id = product.parse().unwrap_or(0);
        self.store.change("product.product", id, "taxes_id", Cell::Many(taxes.to_vec()));
    }

    /// Somebody says that the tax of 20 % is in prices, or not.
    pub fn tax_in_prices(&mut self, included: bool) {
        self.store.change("account.tax", goods::STANDARD, "price_include", Cell::Flag(included));
    }

    /// Names of the lines of an invoice.
    pub fn line_names(&self, reference: &str) -> Vec<String> {
        let invoices = self.invoices(reference);
        let mut lines = self.store.ids("account.move.line");
        lines.retain(|line| {
            let of = self.store.one("account.move.line", *line, "move_id");
            invoices.contains(&of) && self.store.text("account.move.line", *line, "display_type") == "product"
        });
        lines.into_iter().map(|line| self.store.text("account.move.line", line, "name")).collect()
    }
}

impl Remote for Odoo {
    fn answer(&mut self, asked: &Asked) -> Answer {
        wire::answer(self, asked)
    }

    fn desk(&self) -> Desk {
        let settings = [
            ("version", self.version()),
            ("database", wire::DATABASE.to_owned()),
            ("user", wire::USER.to_owned()),
            ("key", wire::KEY.to_owned()),
            ("partner", goods::WALK_IN.to_string()),
            ("company", goods::COMPANY.to_string()),
        ];
        Desk {
            settings: settings.map(|(name, value)| (name.to_owned(), value)).into(),
            key: "key".to_owned(),
            store: goods::SHOP.to_string(),
            cash: goods::CASH.to_string(),
            card: goods::CARD.to_string(),
            line: goods::ROUNDING.to_string(),
            cakestand: goods::CAKESTAND.to_string(),
            heart: goods::HEART.to_string(),
            cocoa: goods::COCOA.to_string(),
        }
    }

    fn booked(&self) -> Vec<Booked> {
        let mut all = Vec::new();
        for id in self.store.ids("account.move") {
            let of = |name: &str| self.store.text("account.move", id, name);
            if of("state") == "cancel" {
                continue;
            }
            let sign = if of("move_type") == "out_refund" { -1 } else { 1 };
            let amount = |name: &str| {
                let pennies = decimal::divide(self.store.decimal("account.move", id, name), decimal::PENNY);
                sign * i64::try_from(pennies).unwrap_or(i64::MAX)
            };
            all.push(Booked {
                number: of("ref"),
                posted: of("state") == "posted",
                total: amount("amount_total"),
                tax: amount("amount_tax"),
                paid: payments::paid(&self.store, id),
            });
        }
        all
    }

    fn reprice(&mut self, product: &str, price: &str) {
        let (Ok(id), Some(price)) = (product.parse(), decimal::parse(price)) else { return };
        calls::change_product(&mut self.store, id, "lst_price", Cell::Decimal(price));
    }

    fn retire(&mut self, product: &str) {
        if let Ok(id) = product.parse() {
            self.store.change("product.product", id, "active", Cell::Flag(false));
        }
    }

    fn product(&self, product: &str, field: &str) -> Option<String> {
        let id = product.parse().ok()?;
        match self.store.cell("product.product", id, field) {
            Cell::Text(text) => Some(text),
            Cell::Decimal(amount) => Some(decimal::text(amount)),
            _ => None,
        }
    }

    fn at(&mut self, now_ms: i64) {
        self.store.now_ms = now_ms;
    }
}
