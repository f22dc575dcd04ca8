//! Words: our sale as Shopify is told of it.
//! An order there counts in whole pieces at prices of whole minor units, has no line below zero, and one amount that is taken off the
//! whole. So a line becomes one or two that give its amount exactly, what is weighed becomes one piece with its weight beside it, and
//! coins rounded away are taken off the whole.
//! Invariant: what is said adds up to the document's total and tax, or nothing is said.

use super::call::{gid, instant, is_number, money};
use crate::command::{Document, DocumentLine};
use crate::mapping::end_of_id;
use crate::outcome::Wedged;
use serde_json::{Value, json};
use shared::money::{Minor, MoneyError, Rate};

/// The id of the one thing to match odd lines with: a line without a product.
pub(super) const CUSTOM: &str = "custom";
/// Of an order: which of the store's locations sold it, by its number.
pub(super) const LOCATION: &str = "Tillbridge location";
/// Of an order: the shop's own day of it.
pub(super) const DAY: &str = "Tillbridge day";
/// Where our id of a sale is kept: a custom ID, which Shopify lets no two orders have.
pub(super) const NAMESPACE: &str = "tillbridge";
/// Its key.
pub(super) const KEY: &str = "sale_id";
/// Thousandths of one piece.
const ONE: i64 = 1_000;

/// The receipt's number and a part of the sale's id.
pub(super) fn number_of(receipt_number: &str, external_id: &str) -> String {
    format!("{receipt_number}-{}", end_of_id(external_id))
}

pub(super) fn number(document: &Document) -> String {
    number_of(&document.number, &document.external_id)
}

/// Why an order cannot say this, whatever the store is like.
pub(super) fn unsayable(document: &Document) -> Option<Wedged> {
    let comes_back = |line: &DocumentLine| {
        line.quantity.is_negative() || (line.gross.is_negative() && !is_taken_off(line))
    };
    let gives_back = document.tenders.iter().any(|tender| tender.amount.is_negative());
    if document.total.is_negative() || gives_back || document.lines.iter().any(comes_back) {
        return Some(Wedged {
            reason: "Something came back in this, and Shopify books what comes back only on the order it was bought with.".to_owned(),
            remedy: "Open that order in Shopify and refund it there, add what was sold instead as an order, then set this aside here.".to_owned(),
        });
    }
    if !document.lines.iter().any(|line| !is_taken_off(line)) {
        return Some(Wedged {
            reason: "Shopify takes no order in which nothing was sold.".to_owned(),
            remedy: "Set it aside here.".to_owned(),
        });
    }
    let unknown = |line: &&DocumentLine| line.product != CUSTOM && !is_number(&line.product);
    if let Some(line) = document.lines.iter().find(unknown) {
        return Some(gone(line));
    }
    None
}

/// It is not sold there any more, or never was.
pub(super) fn gone(line: &DocumentLine) -> Wedged {
    Wedged {
        reason: format!("Shopify does not have “{}” any more.", line.name),
        remedy: "Match it with another variant there, then send this again.".to_owned(),
    }
}

/// Coins rounded away: no goods, no tax.
fn is_taken_off(line: &DocumentLine) -> bool {
    line.product == CUSTOM
        && line.gross.is_negative()
        && !line.quantity.is_negative()
        && line.net == line.gross
        && line.taxes.iter().all(|tax| tax.amount.is_zero())
}

/// The variants it needs, each once.
pub(super) fn variants(document: &Document) -> Vec<&DocumentLine> {
    let mut all: Vec<&DocumentLine> = Vec::new();
    for line in document.lines.iter().filter(|line| line.product != CUSTOM) {
        if !all.iter().any(|known| known.product == line.product) {
            all.push(line);
        }
    }
    all
}

/// The order; `included` where the store's own prices are with tax. None where it does not add up.
///
/// # Errors
/// A sum that does not fit.
pub(super) fn order(document: &Document, included: bool) -> Result<Option<Value>, MoneyError> {
    let currency = document.currency;
    let (off, sold): (Vec<&DocumentLine>, Vec<&DocumentLine>) =
        document.lines.iter().partition(|line| is_taken_off(line));
    let mut lines = Vec::new();
    for line in &sold {
        lines.extend(pieces(line, included)?);
    }
    let off = Minor::sum(off.iter().map(|line| line.gross))?;
    if !adds_up(document, &lines, off, included)? {
        return Ok(None);
    }
    let at = instant(document.time.at_ms);
    let payment = |(method, amount): (&str, Minor)| {
        json!({
            "kind": "SALE", "status": "SUCCESS", "gateway": method, "processedAt": at,
            "locationId": gid("Location", &document.store), "amountSet": money(amount, currency),
        })
    };
    let payments = document.tenders.iter().map(|one| payment((&one.method, one.amount)));
    let attribute = |key: &str, value: &str| json!({"key": key, "value": value});
    let mut order = json!({
        "currency": currency.code(),
        "processedAt": at,
        "sourceIdentifier": number(document),
        "taxesIncluded": included,
        "financialStatus": "PAID",
        "fulfillmentStatus": "FULFILLED",
        "tags": ["Tillbridge"],
        "customAttributes": [
            attribute("Receipt", &document.number),
            attribute(LOCATION, &document.store),
            attribute(DAY, &document.time.day().to_string()),
        ],
        "metafields": [{"namespace": NAMESPACE, "key": KEY, "type": "id", "value": document.external_id}],
        "lineItems": lines.iter().map(|piece| piece.say(document)).collect::<Vec<Value>>(),
        "transactions": payments.collect::<Vec<Value>>(),
    });
    if !off.is_zero() {
        let amount = money(off.negated()?, currency);
        order["discountCode"] = json!({"itemFixedDiscountCode": {"code": "ROUNDING", "amountSet": amount}});
    }
    Ok(Some(order))
}

/// A line as Shopify multiplies: so many whole pieces at one price.
struct Piece<'a> {
    line: &'a DocumentLine,
    count: i64,
    price: Minor,
    taxes: Vec<Minor>,
}

impl Piece<'_> {
    fn say(&self, document: &Document) -> Value {
        let line = self.line;
        let tax = |(tax, amount): (&crate::command::DocumentTax, &Minor)| json!({"title": tax.name, "rate": share(tax.rate), "priceSet": money(*amount, document.currency)});
        let mut said = json!({
            "title": line.name,
            "quantity": self.count,
            "priceSet": money(self.price, document.currency),
            "requiresShipping": false,
            "taxable": line.taxes.iter().any(|tax| !tax.rate.0.eq(&0)),
            "taxLines": line.taxes.iter().zip(&self.taxes).map(tax).collect::<Vec<Value>>(),
        });
        if line.product != CUSTOM {
            said["variantId"] = gid("ProductVariant", &line.product).into();
        }
        if !line.sku.is_empty() {
            said["sku"] = line.sku.as_str().into();
        }
        if line.quantity.0 % ONE != 0 {
            said["properties"] = json!([{"name": "Quantity", "value": line.quantity.to_decimal()}]);
        }
        said
    }
}

/// One piece, or two where no price of one gives the amount: so many at the price below, the rest a minor unit dearer.
fn pieces(line: &DocumentLine, included: bool) -> Result<Vec<Piece<'_>>, MoneyError> {
    let amount = if included { line.gross } else { line.net };
    let count = if line.quantity.0 % ONE == 0 { (line.quantity.0 / ONE).max(1) } else { 1 };
    let (each, dearer) = (amount.0.div_euclid(count), amount.0.rem_euclid(count));
    let parts = [(count - dearer, Minor(each)), (dearer, Minor(each.saturating_add(1)))];
    let parts: Vec<(i64, Minor)> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    let weights: Vec<i64> = parts.iter().map(|(count, price)| count.saturating_mul(price.0)).collect();
    let taxes = line.taxes.iter().map(|tax| tax.amount.split(&weights)).collect::<Result<Vec<_>, _>>()?;
    let of = |at: usize| taxes.iter().map(|split| split.get(at).copied().unwrap_or_default()).collect();
    let all = parts.iter().enumerate();
    Ok(all.map(|(at, &(count, price))| Piece { line, count, price, taxes: of(at) }).collect())
}

/// What Shopify will count of this is what we counted.
fn adds_up(document: &Document, lines: &[Piece<'_>], off: Minor, included: bool) -> Result<bool, MoneyError> {
    let tax = Minor::sum(lines.iter().flat_map(|piece| piece.taxes.iter().copied()))?;
    let prices = lines.iter().map(|piece| Minor(piece.count.saturating_mul(piece.price.0)));
    let sold = Minor::sum(prices)?.plus(off)?;
    let total = if included { sold } else { sold.plus(tax)? };
    let paid = Minor::sum(document.tenders.iter().map(|tender| tender.amount))?;
    Ok(!sold.is_negative() && (total, tax, paid) == (document.total, document.tax, document.total))
}

/// A rate as a share of one: `0.2`.
fn share(rate: Rate) -> String {
    let (whole, rest) = (rate.0.div_euclid(1_000_000), rate.0.rem_euclid(1_000_000));
    let text = format!("{whole}.{rest:06}");
    let text = text.trim_end_matches('0');
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::DocumentTax;
    use shared::money::{Quantity, UnitPrice};

    fn line(quantity: i64, gross: i64, tax: i64) -> DocumentLine {
        let taxes = vec![DocumentTax { name: "VAT".to_owned(), rate: Rate(200_000), amount: Minor(tax) }];
        DocumentLine {
            product: "7".to_owned(),
            sku: String::new(),
            name: "Of the catalogue".to_owned(),
            quantity: Quantity(quantity),
            unit_price: UnitPrice::ZERO,
            net: Minor(gross - tax),
            gross: Minor(gross),
            taxes,
        }
    }

    #[test]
    fn whatever_a_line_comes_to_its_pieces_come_to_it_too() {
        for quantity in [1, 333, 1_000, 2_000, 3_000, 7_000, 144_000, 999_000, 12_345_678] {
            for gross in [0, 1, 2, 99, 100, 255, 999, 1_000, 99_999, 1_273_725] {
                for included in [true, false] {
                    let line = line(quantity, gross, gross / 6);
                    let pieces = pieces(&line, included).unwrap();
                    let amount: i64 = pieces.iter().map(|piece| piece.count * piece.price.0).sum();
                    assert_eq!(amount, if included { gross } else { gross - gross / 6 }, "{line:?}");
                    let tax: i64 = pieces.iter().map(|piece| piece.taxes[0].0).sum();
                    assert_eq!(tax, gross / 6, "{line:?}");
                    let count: i64 = pieces.iter().map(|piece| piece.count).sum();
                    assert_eq!(count, if quantity % 1_000 == 0 { quantity / 1_000 } else { 1 });
                    assert!(pieces.len() <= 2 && pieces.iter().all(|piece| piece.price.0 >= 0));
                }
            }
        }
    }

    #[test]
    fn rates_are_shares() {
        for (rate, text) in
            [(200_000, "0.2"), (0, "0"), (88_750, "0.08875"), (1_000_000, "1"), (1, "0.000001")]
        {
            assert_eq!(share(Rate(rate)), text);
        }
    }
}
