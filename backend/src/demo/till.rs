//! Till: a register of the demo shop: the same rules as at a real one, cart → price → settle → sale → journal entry.

use super::DemoError;
use crate::replay::chance::Chance;
use shared::calendar::LocalTime;
use shared::catalog::Product;
use shared::ids::{DeviceId, EntryId, LineId, RegisterId, SaleId, StaffId, TenderId};
use shared::money::{Minor, Quantity, Rate};
use shared::pricing::{Occasion, Promotion, offered};
use shared::register::receipt_number;
use shared::sale::{
    Back, Cart, CartLine, Condition, Discount, DiscountAmount, Finish, Origin, PriceRules, Sale, SaleKind,
    finish, paid_before, price_offered, take_back,
};
use shared::stock::StockAdjustment;
use shared::store::Store;
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};
use shared::tax::TaxCategory;
use shared::tender::{Tender, TenderKind, due_in_cash, quick_amounts, settle};

/// What a till sells by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Where it stands.
    pub store: Store,
    /// All taxes.
    pub tax_categories: Vec<TaxCategory>,
    /// Promotions, as far as the till was told.
    pub promotions: Vec<Promotion>,
}

/// What a customer does.
#[derive(Clone, Debug)]
pub struct Visit<'a> {
    /// When.
    pub time: LocalTime,
    /// Goods, and how much of each; negative comes back.
    pub lines: Vec<(&'a Product, Quantity)>,
    /// Percent off the first line, and why.
    pub discount: Option<(&'static str, &'static str)>,
    /// By card, or in cash.
    pub by_card: bool,
    /// The code of a coupon.
    pub coupon: Option<&'static str>,
}

/// A part of a sold line that comes back.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its place in the sale, from 1.
    pub line: u32,
    /// How much had come back before, as far as this till knows.
    pub returned: Quantity,
    /// How much comes back now, above zero.
    pub quantity: Quantity,
}

/// How something is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By card, to the penny.
    Card,
    /// As people hand it over.
    Cash,
    /// On the customer's account.
    Account,
}

impl Way {
    fn of_card(by_card: bool) -> Self {
        if by_card { Self::Card } else { Self::Cash }
    }
}

/// A till, as far as its journal has come.
#[derive(Debug)]
pub struct DemoTill {
    /// Which tablet.
    pub device_id: DeviceId,
    /// Where it sells.
    pub register_id: RegisterId,
    /// Who stands at it.
    pub staff_id: StaffId,
    /// Their name.
    pub staff_name: String,
    /// Begins its receipt numbers.
    pub receipt_prefix: String,
    /// Receipts so far.
    pub receipts: u64,
    /// The last entry's place.
    pub sequence: u64,
    /// The last entry's hash.
    pub previous: String,
}

impl DemoTill {
    /// Sells, or takes back.
    pub fn serve(
        &mut self,
        visit: &Visit<'_>,
        rules: &Rules,
        chance: &mut Chance,
    ) -> Result<SealedEntry, DemoError> {
        let wrong = |error: &dyn std::fmt::Display| DemoError::Sale(error.to_string());
        let at_ms = visit.time.at_ms;
        let mut cart = Cart::new(SaleId::fresh(&mut chance.ids(at_ms)));
        for (product, quantity) in &visit.lines {
            let id = LineId::fresh(&mut chance.ids(at_ms));
            let line = CartLine::of(product, id, *quantity, None, at_ms).map_err(|e| wrong(&e))?;
            cart.add(line).map_err(|e| wrong(&e))?;
        }
        let first = cart.lines.first().map(|line| line.id);
        if let (Some((percent, reason)), Some(first)) = (visit.discount, first) {
            let rate = Rate::parse_percent(percent).map_err(|e| wrong(&e))?;
            let discount =
                Discount { amount: DiscountAmount::Percent(rate), reason: Some(reason.to_owned()) };
            cart.set_line_discount(first, Some(discount)).map_err(|e| wrong(&e))?;
        }
        if let Some(code) = visit.coupon {
            cart.add_coupon(code).map_err(|e| wrong(&e))?;
        }
        self.complete(&cart, visit.time, Way::of_card(visit.by_card), rules, chance)
    }

    /// Sells a cart with its customer.
    pub fn serve_customer(
        &mut self,
        cart: Cart,
        time: LocalTime,
        way: Way,
        rules: &Rules,
        chance: &mut Chance,
    ) -> Result<SealedEntry, DemoError> {
        self.complete(&cart, time, way, rules, chance)
    }

    /// Takes goods back by their receipt, for money the way it is asked.
    pub fn give_back(
        &mut self,
        sold: &Sale,
        parts: &[Part],
        (time, by_card): (LocalTime, bool),
        rules: &Rules,
        chance: &mut Chance,
    ) -> Result<SealedEntry, DemoError> {
        let wrong = |error: &dyn std::fmt::Display| DemoError::Sale(error.to_string());
        let mut cart = Cart::new(SaleId::fresh(&mut chance.ids(time.at_ms)));
        for part in parts {
            let place = usize::try_from(part.line).ok().and_then(|line| line.checked_sub(1));
            let line = place.and_then(|place| sold.lines.get(place)).ok_or_else(|| wrong(&"no such line"))?;
            let back = Back {
                origin: Origin::of(sold, part.line, Some("Too small".to_owned()), Condition::Restock),
                returned: part.returned,
                quantity: part.quantity,
            };
            let id = LineId::fresh(&mut chance.ids(time.at_ms));
            let line = take_back(line, id, back, time.at_ms).map_err(|e| wrong(&e))?;
            cart.add(line).map_err(|e| wrong(&e))?;
        }
        cart.note_paid(paid_before(sold));
        self.complete(&cart, time, Way::of_card(by_card), rules, chance)
    }

    fn complete(
        &mut self,
        cart: &Cart,
        time: LocalTime,
        way: Way,
        rules: &Rules,
        chance: &mut Chance,
    ) -> Result<SealedEntry, DemoError> {
        let wrong = |error: &dyn std::fmt::Display| DemoError::Sale(error.to_string());
        let by = PriceRules {
            currency: rules.store.currency,
            tax: rules.store.tax,
            tax_categories: &rules.tax_categories,
            day: time.day(),
        };
        let occasion = Occasion {
            store_id: rules.store.id,
            currency: rules.store.currency,
            tax: rules.store.tax,
            group_id: cart.customer.group_id,
            time,
            price_lists: &[],
            promotions: &rules.promotions,
        };
        let offered = offered(cart, &occasion).map_err(|e| wrong(&e))?;
        let priced = price_offered(cart, &by, offered).map_err(|e| wrong(&e))?;
        let tenders = pay(priced.total, time, way, rules, chance)?;
        let settlement = settle(priced.total, &tenders, rules.store.cash_rounding).map_err(|e| wrong(&e))?;
        self.receipts = self.receipts.saturating_add(1);
        let sale = finish(
            cart,
            &priced,
            Finish {
                kind: SaleKind::of(priced.total, cart.lines.iter().map(|line| line.quantity)),
                receipt_number: receipt_number(&self.receipt_prefix, self.receipts),
                store_id: rules.store.id,
                register_id: self.register_id,
                device_id: self.device_id,
                staff_id: self.staff_id,
                staff_name: self.staff_name.clone(),
                time,
                currency: rules.store.currency,
                tax_settings: rules.store.tax,
                tenders,
                settlement,
            },
        );
        sale.check().map_err(|e| wrong(&e))?;
        self.seal(EntryBody::SaleCompleted { sale: Box::new(sale) }, time, chance)
    }

    /// Counts goods in.
    pub fn adjust(
        &mut self,
        adjustment: StockAdjustment,
        time: LocalTime,
        chance: &mut Chance,
    ) -> Result<SealedEntry, DemoError> {
        self.seal(EntryBody::StockAdjusted { adjustment }, time, chance)
    }

    fn seal(
        &mut self,
        body: EntryBody,
        time: LocalTime,
        chance: &mut Chance,
    ) -> Result<SealedEntry, DemoError> {
        let entry = JournalEntry {
            version: body.version(),
            id: EntryId::fresh(&mut chance.ids(time.at_ms)),
            device_id: self.device_id,
            sequence: self.sequence.saturating_add(1),
            previous: self.previous.clone(),
            time,
            staff_id: Some(self.staff_id),
            body,
            approvals: Vec::new(),
        };
        let sealed = entry.seal().map_err(|e| DemoError::Sale(e.to_string()))?;
        self.sequence = sealed.sequence;
        self.previous.clone_from(&sealed.hash);
        Ok(sealed)
    }
}

/// A card to the penny, or cash as people hand it over; money that goes back is exact.
fn pay(
    total: Minor,
    time: LocalTime,
    way: Way,
    rules: &Rules,
    chance: &mut Chance,
) -> Result<Vec<Tender>, DemoError> {
    if total.is_zero() {
        return Ok(Vec::new());
    }
    let id = TenderId::fresh(&mut chance.ids(time.at_ms));
    if way == Way::Account {
        return Ok(vec![Tender::plain(id, TenderKind::OnAccount, total)]);
    }
    if way == Way::Card {
        let kind = TenderKind::Card {
            reference: format!("T{:06}", chance.below(1_000_000)),
            last_four: Some(format!("{:04}", chance.below(10_000))),
        };
        return Ok(vec![Tender::plain(id, kind, total)]);
    }
    let due =
        due_in_cash(total, &[], rules.store.cash_rounding).map_err(|e| DemoError::Sale(e.to_string()))?;
    let mut given = vec![due];
    if !due.is_negative() {
        given.extend(quick_amounts(due, rules.store.currency));
    }
    let amount = given.get(chance.below(given.len())).copied().unwrap_or(due);
    Ok(vec![Tender::plain(id, TenderKind::Cash, amount)])
}
