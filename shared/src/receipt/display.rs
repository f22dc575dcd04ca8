//! Display: what the buyer sees beside the till while the sale is made, and after it.
//! May use: cart, sale, store, the receipt's words. Never: who sells, a customer's name, what a manager sees; a window.
//! Invariant: what it shows to pay is what the receipt will say, in the store's language.

use super::words::{self, Words};
use super::{line_name, savings, tax_text, tender_text};
use crate::catalog::Unit;
use crate::money::{Currency, Minor, Quantity, UnitPrice};
use crate::pricing::PromotionPart;
use crate::sale::{Cart, PricedCart, Sale};
use crate::store::Store;
use crate::tax::TaxAmount;
use serde::Serialize;

/// What stands on the display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Display {
    /// Language of its words.
    pub language: String,
    /// Is that read from right to left?
    pub right_to_left: bool,
    /// Whose shop it is.
    pub store: String,
    /// Said large: a welcome, thanks.
    pub heading: String,
    /// What is bought, in the order it was added.
    pub lines: Vec<DisplayLine>,
    /// Total, savings, change.
    pub sums: Vec<DisplaySum>,
}

/// A line of the sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisplayLine {
    /// What.
    pub text: String,
    /// How much of it at what price, why it costs less.
    pub details: Vec<String>,
    /// Before what is taken off.
    pub amount: String,
}

/// A label and an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisplaySum {
    /// Label.
    pub text: String,
    /// Amount.
    pub amount: String,
    /// Said large.
    pub strong: bool,
}

struct Greetings {
    welcome: &'static str,
    thanks: &'static str,
}

fn greetings(language: &str) -> Greetings {
    let (welcome, thanks) = match language {
        "de" => ("Willkommen", "Vielen Dank!"),
        "fr" => ("Bienvenue", "Merci !"),
        "es" => ("Le damos la bienvenida", "¡Gracias!"),
        "ar" => ("أهلًا وسهلًا", "شكرًا لكم!"),
        _ => ("Welcome", "Thank you!"),
    };
    Greetings { welcome, thanks }
}

fn empty(store: &Store, heading: &str) -> Display {
    Display {
        language: store.language.clone(),
        right_to_left: store.language == "ar",
        store: store.name.clone(),
        heading: heading.to_owned(),
        lines: Vec::new(),
        sums: Vec::new(),
    }
}

/// While nothing is sold.
pub fn welcome(store: &Store) -> Display {
    empty(store, greetings(&store.language).welcome)
}

/// While a sale is made.
pub fn of_cart(cart: &Cart, priced: &PricedCart, store: &Store) -> Display {
    let words = words::of(&store.language);
    let lines = cart.lines.iter().zip(&priced.lines).map(|(line, priced)| {
        let off = Off { promotions: &priced.promotions, discount: priced.line_discount };
        let name = if line.name.is_empty() { line.sku.clone() } else { line.name.clone() };
        let mut details = details(line.quantity, line.unit, priced.unit_price, &off, store.currency, words);
        details.extend(line.note.clone());
        DisplayLine { text: name, details, amount: words.amount(priced.before_discounts, store.currency) }
    });
    let lines = lines.collect();
    let mut sums = Vec::new();
    if !store.tax.prices_include_tax {
        net_and_taxes(&mut sums, priced.net, &priced.taxes, store.currency, words);
    }
    total(&mut sums, priced.savings, priced.total, store, words);
    Display { lines, sums, ..empty(store, "") }
}

/// After a sale: thanks, what was paid and what goes back.
pub fn of_sale(sale: &Sale, store: &Store) -> Display {
    let words = words::of(&store.language);
    let lines = sale.lines.iter().map(|line| {
        let off = Off { promotions: &line.promotions, discount: line.line_discount };
        let mut details = details(line.quantity, line.unit, line.unit_price, &off, sale.currency, words);
        details.extend(line.note.clone());
        DisplayLine {
            text: line_name(line),
            details,
            amount: words.amount(line.before_discounts, sale.currency),
        }
    });
    let lines = lines.collect();
    let mut sums = Vec::new();
    if !sale.tax_settings.prices_include_tax {
        net_and_taxes(&mut sums, sale.net, &sale.taxes, sale.currency, words);
    }
    total(&mut sums, savings(sale), sale.total, store, words);
    let paid = sale.tenders.iter().map(|tender| DisplaySum {
        text: tender_text(tender, words),
        amount: words.amount(tender.amount, sale.currency),
        strong: false,
    });
    sums.extend(paid);
    if !sale.change.is_zero() {
        let amount = words.amount(sale.change, sale.currency);
        sums.push(DisplaySum { text: words.change.to_owned(), amount, strong: true });
    }
    Display { lines, sums, ..empty(store, greetings(&store.language).thanks) }
}

/// What is taken off a line, without its part of what is taken off the whole.
struct Off<'a> {
    promotions: &'a [PromotionPart],
    discount: Minor,
}

fn details(
    quantity: Quantity,
    unit: Unit,
    price: UnitPrice,
    off: &Off,
    currency: Currency,
    words: &Words,
) -> Vec<String> {
    let mut details = Vec::new();
    if quantity != Quantity::ONE {
        let (quantity, price) =
            (words.decimal(&quantity.to_decimal()), words.decimal(&price.to_decimal(currency)));
        details.push(match unit.symbol() {
            "" => format!("{quantity} × {price}"),
            unit => format!("{quantity} {unit} × {price}/{unit}"),
        });
    }
    let minus = |amount: Minor| words.amount(Minor(amount.0.saturating_neg()), currency);
    details.extend(off.promotions.iter().map(|part| format!("{} {}", part.name, minus(part.off))));
    if !off.discount.is_zero() {
        details.push(format!("{} {}", words.discount, minus(off.discount)));
    }
    details
}

fn net_and_taxes(
    sums: &mut Vec<DisplaySum>,
    net: Minor,
    taxes: &[TaxAmount],
    currency: Currency,
    words: &Words,
) {
    let sum = |text: String, amount: Minor| DisplaySum {
        text,
        amount: words.amount(amount, currency),
        strong: false,
    };
    sums.push(sum(words.net.to_owned(), net));
    sums.extend(taxes.iter().map(|tax| sum(tax_text(tax, words), tax.tax)));
}

fn total(sums: &mut Vec<DisplaySum>, savings: Minor, total: Minor, store: &Store, words: &Words) {
    if savings.0 > 0 {
        let amount = words.amount(savings, store.currency);
        sums.push(DisplaySum { text: words.savings.to_owned(), amount, strong: false });
    }
    let text = format!("{} {}", words.total, store.currency);
    sums.push(DisplaySum { text, amount: words.amount(total, store.currency), strong: true });
}
