//! Random carts from a seed, the same on every machine (no platform randomness).

use shared::calendar::{Day, LocalTime};
use shared::catalog::{Product, Unit};
use shared::ids::{
    DeviceId, LineId, ProductId, RegisterId, SaleId, StaffId, StoreId, TaxCategoryId, TenderId,
};
use shared::money::{Currency, Minor, Quantity, Rate, Rounding, UnitPrice};
use shared::sale::{
    Back, Cart, CartLine, Condition, Discount, DiscountAmount, Finish, Origin, PriceRules, PricedCart,
    Returned, Sale, SaleKind, SaleLine, finish, price, take_back,
};
use shared::store::CashRounding;
use shared::sync::journal::fingerprint;
use shared::tax::{RoundedPer, TaxCategory, TaxPeriod, TaxRate, TaxSettings};
use shared::tender::{Tender, TenderKind, due_in_cash, settle};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What 10,000 sales from seeds 0, 1, 2, … must hash to, native and wasm.
pub const DIGEST_OF_10_000: &str = "a7f707d25bdb3c3080137ac46797728a58dcac03e533ec9bf940dd993e1bbbbe";

/// What giving back the first 2,000 must hash to, native and wasm.
pub const DIGEST_OF_2_000_GIVEN_BACK: &str =
    "c1272374a97fb0d908972f1b007d70d5026886bad0f08b58b613c695ae670d14";

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn number(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap())).unwrap()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn uuid(&mut self) -> Uuid {
        let high = u128::from(self.below(u64::MAX));
        Uuid::from_u128((high << 64) | u128::from(self.below(u64::MAX)))
    }
}

pub fn categories() -> Vec<TaxCategory> {
    let rate = |name: &str, percent: &str| TaxRate::of(name.into(), Rate::parse_percent(percent).unwrap());
    let of = |n: u128, name: &str, rates: Vec<TaxRate>| TaxCategory {
        id: TaxCategoryId(Uuid::from_u128(n)),
        name: name.into(),
        periods: vec![TaxPeriod { from: Day::parse("2000-01-01").unwrap(), rates }],
    };
    vec![
        of(1, "Standard", vec![rate("VAT", "20")]),
        of(2, "Reduced", vec![rate("VAT", "5")]),
        of(3, "Zero", vec![rate("VAT", "0")]),
        of(4, "States", vec![rate("State", "6.25"), rate("County", "1"), rate("City", "1.625")]),
    ]
}

fn discount(random: &mut Seeded) -> Discount {
    let amount = if random.chance(50) {
        DiscountAmount::Percent(Rate(random.number(0, 1_000_001)))
    } else {
        DiscountAmount::Amount(Minor(random.number(0, 3_000)))
    };
    Discount { amount, reason: random.chance(30).then(|| "Damaged box".into()) }
}

pub fn random_cart(random: &mut Seeded) -> Cart {
    let mut cart = Cart::new(SaleId(random.uuid()));
    for _ in 0..=random.below(12) {
        let measured = random.chance(20);
        let product = Product {
            id: ProductId(random.uuid()),
            parent_id: None,
            sku: format!("SKU-{}", random.below(9_999)),
            name: "Thing".into(),
            options: vec![],
            barcodes: vec![],
            category_id: None,
            unit: if measured { Unit::Kilogram } else { Unit::Piece },
            tax_category_id: TaxCategoryId(Uuid::from_u128(1 + u128::from(random.below(4)))),
            price: Some(UnitPrice(random.number(0, 2_000_000))),
            picture: None,
            stocked: random.chance(90),
            active: true,
            favourite: false,
        };
        let quantity =
            if measured { Quantity(random.number(1, 5_000)) } else { Quantity(random.number(1, 20) * 1_000) };
        let quantity = if random.chance(8) { quantity.negated().unwrap() } else { quantity };
        let line = CartLine::of(&product, LineId(random.uuid()), quantity, None, 0).unwrap();
        let id = cart.add(line).unwrap();
        if random.chance(25) {
            cart.set_line_discount(id, Some(discount(random))).unwrap();
        }
        if random.chance(10) {
            cart.set_price(id, Some(UnitPrice(random.number(0, 900_000)))).unwrap();
        }
    }
    if random.chance(35) {
        cart.set_discount(Some(discount(random))).unwrap();
    }
    cart
}

fn pay(random: &mut Seeded, total: Minor, rule: CashRounding) -> Vec<Tender> {
    let mut tenders = Vec::new();
    let mut give = |kind, amount: Minor| {
        if !amount.is_zero() {
            tenders.push(Tender::plain(TenderId(Uuid::nil()), kind, amount));
        }
    };
    let card = || TenderKind::Card { reference: "T-100".into(), last_four: Some("4242".into()) };
    if total.0 > 1 && random.chance(40) {
        give(card(), Minor(random.number(1, total.0)));
    } else if random.chance(30) {
        give(card(), total);
    }
    let due = due_in_cash(total, &tenders, rule).unwrap();
    if !due.is_zero() {
        let more = if due.is_negative() { 0 } else { random.number(0, 2_000) };
        let given = due.plus(Minor(more)).unwrap();
        tenders.push(Tender::plain(TenderId(Uuid::nil()), TenderKind::Cash, given));
    } else if shared::tender::remaining(total, &tenders).unwrap() != Minor::ZERO {
        // The rest is less than half a coin: a card takes it exactly.
        let rest = shared::tender::remaining(total, &tenders).unwrap();
        tenders.push(Tender::plain(TenderId(Uuid::nil()), card(), rest));
    }
    tenders
}

/// A whole sale: cart, price, payment, fact.
pub fn random_sale(random: &mut Seeded) -> Sale {
    let cart = random_cart(random);
    let (tax, rule) = rules_of_a_shop(random);
    let sale = finished(random, &cart, tax, rule);
    Sale { kind: SaleKind::Sale, ..sale }
}

/// How a shop taxes and rounds.
pub fn rules_of_a_shop(random: &mut Seeded) -> (TaxSettings, CashRounding) {
    let tax = TaxSettings {
        prices_include_tax: random.chance(50),
        rounded: if random.chance(50) { RoundedPer::Line } else { RoundedPer::Sale },
        rounding: [Rounding::HalfAwayFromZero, Rounding::HalfEven, Rounding::HalfUp]
            [usize::try_from(random.below(3)).unwrap()],
        ..TaxSettings::default()
    };
    let rule = CashRounding {
        step_minor: [1, 5, 10][usize::try_from(random.below(3)).unwrap()],
        ..CashRounding::default()
    };
    (tax, rule)
}

/// The cart, priced, paid and made a fact.
fn finished(random: &mut Seeded, cart: &Cart, tax: TaxSettings, rule: CashRounding) -> Sale {
    finished_by(random, cart, tax, rule, |cart, rules| price(cart, rules).unwrap())
}

/// The cart, priced that way, paid and made a fact.
pub fn finished_by(
    random: &mut Seeded,
    cart: &Cart,
    tax: TaxSettings,
    rule: CashRounding,
    price: impl FnOnce(&Cart, &PriceRules<'_>) -> PricedCart,
) -> Sale {
    let categories = categories();
    let currency = Currency::parse("GBP").unwrap();
    let rules =
        PriceRules { currency, tax, tax_categories: &categories, day: Day::parse("2026-11-24").unwrap() };
    let priced = price(cart, &rules);
    let tenders = pay(random, priced.total, rule);
    let settlement = settle(priced.total, &tenders, rule).unwrap();
    finish(
        cart,
        &priced,
        Finish {
            kind: SaleKind::of(priced.total, cart.lines.iter().map(|line| line.quantity)),
            receipt_number: "A-000001".into(),
            store_id: StoreId(Uuid::nil()),
            register_id: RegisterId(Uuid::nil()),
            device_id: DeviceId(Uuid::nil()),
            staff_id: StaffId(Uuid::nil()),
            staff_name: "Amara O.".into(),
            time: LocalTime { at_ms: 1_795_563_000_000, offset_minutes: 0 },
            currency,
            tax_settings: tax,
            tenders,
            settlement,
        },
    )
}

/// How much of each line has come back.
pub type BackSoFar = BTreeMap<LineId, Returned>;

/// So much of a line, now and before.
pub struct Coming {
    line: LineId,
    quantity: Quantity,
    before: Quantity,
}

/// Everything that can come back of a sale.
pub fn all_of(sale: &Sale) -> Vec<Coming> {
    some_of(sale, &BackSoFar::new(), |_, left| left)
}

fn some_of(
    sale: &Sale,
    so_far: &BackSoFar,
    mut choose: impl FnMut(&SaleLine, Quantity) -> Quantity,
) -> Vec<Coming> {
    let coming = |line: &SaleLine| {
        let before = so_far.get(&line.id).copied().unwrap_or_default().quantity;
        let left = line.returnable(before);
        let quantity = if left.is_zero() { left } else { choose(line, left) };
        (!quantity.is_zero()).then_some(Coming { line: line.id, quantity, before })
    };
    sale.lines.iter().filter_map(coming).collect()
}

/// A sale that takes back these parts of another one.
pub fn return_of(random: &mut Seeded, sale: &Sale, parts: &[Coming]) -> Sale {
    let mut cart = Cart::new(SaleId(random.uuid()));
    for part in parts {
        let sold = sale.lines.iter().find(|line| line.id == part.line).unwrap();
        let place = sale.lines.iter().position(|line| line.id == part.line).unwrap() + 1;
        let origin =
            Origin::of(sale, u32::try_from(place).unwrap(), Some("Too small".into()), Condition::Restock);
        let back = Back { origin, returned: part.before, quantity: part.quantity };
        cart.add(take_back(sold, LineId(random.uuid()), back, 0).unwrap()).unwrap();
    }
    finished(random, &cart, sale.tax_settings, CashRounding { step_minor: 1, ..CashRounding::default() })
}

/// Gives a sale back bit by bit, in random parts, and says all that went wrong with the money: what went back is never more
/// than what was paid, and in the end it is exactly that, line by line and tax by tax.
pub fn give_back(random: &mut Seeded, sale: &Sale) -> Result<Vec<Sale>, String> {
    let mut so_far = BackSoFar::new();
    let mut returns = Vec::new();
    loop {
        let parts = some_of(sale, &so_far, |line, left| {
            let step = if line.unit.is_measured() { 1 } else { 1_000 };
            let steps = left.0 / step;
            let some = if random.chance(40) { steps } else { random.number(0, steps + 1) };
            Quantity(some * step)
        });
        if parts.is_empty() {
            if all_is_back(sale, &so_far) {
                break;
            }
            continue;
        }
        let back = return_of(random, sale, &parts);
        back.check().map_err(|fault| format!("a return does not add up: {fault}"))?;
        for (part, line) in parts.iter().zip(&back.lines) {
            let sold = sale.lines.iter().find(|sold| sold.id == part.line).unwrap();
            let returned = so_far.entry(part.line).or_default();
            returned.quantity = returned.quantity.plus(part.quantity).unwrap();
            returned.amount = returned.amount.minus(line.tax.gross).unwrap();
            returned.check(Some(sold.whole())).map_err(|fault| format!("line {}: {fault}", sold.sku))?;
        }
        returns.push(back);
    }
    let whole = return_of(random, sale, &all_of(sale));
    for (what, sum) in [("parts", totals(&returns)), ("the whole", totals(std::slice::from_ref(&whole)))] {
        let sold = totals_of_returnable(sale);
        if sum != sold {
            return Err(format!("{what} gave back {sum:?}, sold for {sold:?}"));
        }
    }
    returns.push(whole);
    Ok(returns)
}

fn all_is_back(sale: &Sale, so_far: &BackSoFar) -> bool {
    all_of(sale).iter().all(|part| so_far.get(&part.line).is_some_and(|r| r.quantity == part.quantity))
}

/// Net, gross and each tax of what can come back.
type Totals = (Minor, Minor, BTreeMap<(String, Rate), Minor>);

fn totals_of_returnable(sale: &Sale) -> Totals {
    add_up(sale.lines.iter().filter(|line| !line.quantity.is_negative()), |amount| amount)
}

fn totals(returns: &[Sale]) -> Totals {
    add_up(returns.iter().flat_map(|back| &back.lines), |amount| amount.negated().unwrap())
}

fn add_up<'a>(lines: impl Iterator<Item = &'a SaleLine>, sign: fn(Minor) -> Minor) -> Totals {
    let mut sum = Totals::default();
    for line in lines {
        sum.0 = sum.0.plus(sign(line.tax.net)).unwrap();
        sum.1 = sum.1.plus(sign(line.tax.gross)).unwrap();
        for tax in &line.tax.taxes {
            let row = sum.2.entry((tax.name.clone(), tax.rate)).or_default();
            *row = row.plus(sign(tax.tax)).unwrap();
        }
    }
    sum
}

/// Rings up, checks and gives back the sales of these seeds. Says what was wrong, or a hash over all that was written.
pub fn fuzz(from: u64, count: u64) -> Result<String, String> {
    let mut written = String::new();
    for seed in from..from + count {
        let mut random = Seeded::new(seed);
        let sale = random_sale(&mut random);
        let wrong = |what: String| format!("seed {seed}: {what}");
        sale.check().map_err(|fault| wrong(format!("the sale does not add up: {fault}")))?;
        let returns = give_back(&mut random, &sale).map_err(wrong)?;
        let amounts = |sale: &Sale| (sale.net, sale.tax, sale.total, sale.cash_rounding, sale.change);
        written.push_str(&format!(
            "{:?}{:?};",
            amounts(&sale),
            returns.iter().map(amounts).collect::<Vec<_>>()
        ));
    }
    Ok(fingerprint(&written))
}

/// A hash over the JSON of the first `count` sales.
pub fn sales_digest(count: u64) -> String {
    let mut digest = String::new();
    for seed in 0..count {
        let sale = serde_json::to_string(&random_sale(&mut Seeded::new(seed))).unwrap();
        digest = fingerprint(&format!("{digest}{sale}"));
    }
    digest
}
