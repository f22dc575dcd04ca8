//! Price: which of an item's prices and tax templates counts: rows of `Item Price` and `Item Tax` are valid from a day to a day.
//! Which day it is, the answer itself says (its `date`); without that no price is told, since tomorrow's might be today's.

use super::api::{self, Ask};
use super::clock;
use crate::exchange::{Request, Response};
use crate::setup::Setup;
use serde_json::{Value, json};
use shared::calendar::Day;

/// Today by the site's clock.
pub(super) fn today(setup: &Setup, response: &Response) -> Option<Day> {
    Some(Day::of(clock::answered_ms(response)?, clock::offset_minutes(setup)?))
}

/// All prices of some items in the price list.
pub(super) fn ask(setup: &Setup, items: &[&str]) -> Request {
    api::list(Ask {
        doctype: "Item Price",
        parent: None,
        fields: &[
            "name",
            "item_code",
            "price_list_rate",
            "uom",
            "customer",
            "batch_no",
            "packing_unit",
            "valid_from",
            "valid_upto",
            "modified",
        ],
        filters: json!([
            ["price_list", "=", setup.text("price_list")],
            ["selling", "=", 1],
            ["item_code", "in", items]
        ]),
        or_filters: None,
        order: "name asc",
        limit: api::MOST,
    })
}

/// The price of an item that counts today: for anybody, of its own unit, the one that began last.
pub(super) fn counting<'a>(prices: &'a [Value], item: &str, unit: &str, today: Day) -> Option<&'a Value> {
    let fits = |row: &&Value| {
        let own_unit = api::text(row, "uom");
        api::text(row, "item_code") == item
            && (own_unit.is_empty() || own_unit == unit)
            && api::text(row, "customer").is_empty()
            && api::text(row, "batch_no").is_empty()
            && row["packing_unit"].as_i64().unwrap_or(0) <= 1
            && is_valid(row, today)
    };
    let begins =
        |row: &&Value| (api::text(row, "valid_from").to_owned(), api::text(row, "modified").to_owned());
    prices.iter().filter(fits).max_by_key(begins)
}

/// The tax template of an item that counts today: without a tax category first, then as they stand in the item.
pub(super) fn template<'a>(taxes: &'a [Value], item: &str, today: Option<Day>) -> Option<&'a str> {
    let fits = |row: &&Value| {
        let has_begun = match (today, api::text(row, "valid_from")) {
            (_, "") => true,
            (Some(today), from) => from <= today.to_string().as_str(),
            (None, _) => false,
        };
        api::text(row, "parent") == item && has_begun && !api::text(row, "item_tax_template").is_empty()
    };
    let order = |row: &&Value| {
        let from = api::text(row, "valid_from").to_owned();
        (!api::text(row, "tax_category").is_empty(), std::cmp::Reverse(from), row["idx"].as_i64())
    };
    taxes.iter().filter(fits).min_by_key(order).map(|row| api::text(row, "item_tax_template"))
}

fn is_valid(row: &Value, today: Day) -> bool {
    let today = today.to_string();
    let (from, upto) = (api::text(row, "valid_from"), api::text(row, "valid_upto"));
    (from.is_empty() || from <= today.as_str()) && (upto.is_empty() || today.as_str() <= upto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_that_began_last_counts_and_what_is_for_somebody_does_not() {
        let row = |rate: f64, from: &str, upto: &str, more: &str| {
            let mut row =
                json!({"item_code": "A", "price_list_rate": rate, "uom": "Nos", "valid_from": from});
            if !upto.is_empty() {
                row["valid_upto"] = json!(upto);
            }
            if !more.is_empty() {
                row[more] = json!("X");
            }
            row
        };
        let prices = [
            row(1.0, "2026-01-01", "", ""),
            row(2.0, "2026-06-01", "2026-06-30", ""),
            row(3.0, "2026-07-01", "", ""),
            row(4.0, "2026-06-02", "", "customer"),
            row(5.0, "2026-06-02", "", "batch_no"),
            row(6.0, "2026-06-02", "", "uom"),
        ];
        let on = |day: &str| {
            let found = counting(&prices, "A", "Nos", Day::parse(day).unwrap());
            found.map(|row| row["price_list_rate"].to_string())
        };
        assert_eq!(on("2025-12-31"), None);
        assert_eq!(on("2026-05-31").as_deref(), Some("1.0"));
        assert_eq!(on("2026-06-30").as_deref(), Some("2.0"));
        assert_eq!(on("2026-07-01").as_deref(), Some("3.0"));
        assert_eq!(counting(&prices, "B", "Nos", Day::parse("2026-07-01").unwrap()), None);
    }

    #[test]
    fn the_template_for_everybody_counts_first() {
        let row = |template: &str, category: &str, from: &str, idx: i64| json!({"parent": "A", "item_tax_template": template, "tax_category": category, "valid_from": from, "idx": idx});
        let taxes = [
            row("Export", "Abroad", "", 1),
            row("20", "", "", 2),
            row("19", "", "2026-07-01", 3),
            row("5", "", "", 4),
        ];
        let on = |day: &str| template(&taxes, "A", Day::parse(day).ok());
        assert_eq!((on("2026-06-30"), on("2026-07-01"), on("")), (Some("20"), Some("19"), Some("20")));
        assert_eq!(template(&taxes, "B", None), None);
    }
}
