//! Goods: what a fresh Odoo of a small British shop has: two sales journals, journals of money, taxes in the price, products.

use super::decimal;
use super::store::{Cell, Store};

/// The company.
pub(super) const COMPANY: i64 = 1;
/// Whom sales at the till are booked on.
pub(super) const WALK_IN: i64 = 41;
/// The sales journal of the shop.
pub(super) const SHOP: i64 = 9;
pub(super) const CASH: i64 = 12;
pub(super) const CARD: i64 = 13;
/// VAT of 20 % and of nothing.
pub(super) const STANDARD: i64 = 31;
const ZERO: i64 = 32;
pub(super) const CAKESTAND: i64 = 101;
pub(super) const HEART: i64 = 102;
pub(super) const COCOA: i64 = 103;
pub(super) const ROUNDING: i64 = 104;
/// Cards that fill more than one page of anybody's lists.
const CARDS: i64 = 450;
const FIRST_CARD: i64 = 1_001;

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Puts it all in.
pub(super) fn fill(store: &mut Store) {
    store.put("res.company", COMPANY, vec![("name", text("Willow & Wick Ltd"))]);
    store.put("res.partner", WALK_IN, vec![("name", text("Walk-in customer"))]);
    store.put("res.currency", 3, vec![("name", text("GBP"))]);
    store.put("uom.uom", 1, vec![("name", text("Units"))]);
    store.put("product.category", 4, vec![("name", text("All / Gifts"))]);
    journals(store);
    for (id, name, percent) in [(STANDARD, "20%", "20"), (ZERO, "0%", "0")] {
        let values = vec![
            ("name", text(name)),
            ("amount", Cell::Decimal(decimal::parse(percent).unwrap_or_default())),
            ("amount_type", text("percent")),
            ("type_tax_use", text("sale")),
            ("price_include", Cell::Flag(true)),
            ("active", Cell::Flag(true)),
            ("company_id", Cell::One(COMPANY)),
        ];
        store.put("account.tax", id, values);
    }
    let cakestand = ("22423", "Regency cakestand 3 tier", "12.75");
    product(store, CAKESTAND, cakestand, &[STANDARD], "consu");
    store.change("product.product", CAKESTAND, "barcode", text("5012345678900"));
    product(store, HEART, ("85123A", "White hanging heart T-light holder", "2.95"), &[STANDARD], "consu");
    product(store, COCOA, ("COCOA-250", "Drinking cocoa 250 g", "3.50"), &[ZERO], "consu");
    product(store, ROUNDING, ("", "Rounding and tips", "0"), &[], "service");
    for at in 0..CARDS {
        let (code, name) = (format!("CARD-{at:04}"), format!("Greeting card {at}"));
        product(store, FIRST_CARD + at, (&code, &name, "1.20"), &[STANDARD], "consu");
    }
}

fn journals(store: &mut Store) {
    for (id, name, code, kind) in [
        (1, "Customer Invoices", "INV", "sale"),
        (2, "Vendor Bills", "BILL", "purchase"),
        (SHOP, "Shop Leeds", "LEEDS", "sale"),
        (CASH, "Cash", "CSH1", "cash"),
        (CARD, "Card terminal", "CARD", "bank"),
        (14, "Miscellaneous Operations", "MISC", "general"),
    ] {
        let values = vec![
            ("name", text(name)),
            ("code", text(code)),
            ("type", text(kind)),
            ("active", Cell::Flag(true)),
            ("company_id", Cell::One(COMPANY)),
        ];
        store.put("account.journal", id, values);
    }
}

fn product(store: &mut Store, id: i64, (code, name, price): (&str, &str, &str), taxes: &[i64], kind: &str) {
    let is_goods = kind == "consu";
    let kind = if is_goods && store.version < 18 { "product" } else { kind };
    let mut values = vec![
        ("name", text(name)),
        ("lst_price", Cell::Decimal(decimal::parse(price).unwrap_or_default())),
        ("active", Cell::Flag(true)),
        ("categ_id", Cell::One(4)),
        ("uom_id", Cell::One(1)),
        ("taxes_id", Cell::Many(taxes.to_vec())),
        ("product_tmpl_id", Cell::One(id)),
        ("type", text(kind)),
        ("product_variant_count", Cell::Whole(1)),
    ];
    if !code.is_empty() {
        values.push(("default_code", text(code)));
    }
    if store.version >= 18 {
        values.push(("is_storable", Cell::Flag(is_goods)));
    }
    store.put("product.template", id, vec![("name", text(name))]);
    store.put("product.product", id, values);
}
