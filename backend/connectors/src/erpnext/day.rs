//! Day: a POS profile's sales invoices of one day. The posting date is the day on the shop's calendar: we set it ourselves.
//! A sale and a return of one number are one document of ours; they have names beside each other, and no page ends between them.

use super::api::{self, Ask};
use super::invoice::DOCTYPE;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::reconciliation::Theirs;
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::money::Currency;

/// Invoices a page holds.
const PAGE: u32 = 500;

/// A page, by name; what was cancelled is none.
pub(super) fn documents(
    (store, day, currency): (&str, Day, Currency),
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else {
        let request = api::list(Ask {
            doctype: DOCTYPE,
            parent: None,
            fields: &[
                "name",
                "po_no",
                "docstatus",
                "is_return",
                "currency",
                "grand_total",
                "total_taxes_and_charges",
            ],
            filters: json!([
                ["name", ">", after.unwrap_or_default()],
                ["pos_profile", "=", store],
                ["posting_date", "=", day.to_string()],
                ["docstatus", "!=", 2],
            ]),
            or_filters: None,
            order: "name asc",
            limit: PAGE,
        });
        return Outcome::next(&"", request);
    };
    let mut rows = match api::rows(came.response) {
        Ok(rows) => rows,
        Err(outcome) => return outcome,
    };
    let is_full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= PAGE;
    if is_full {
        leave_the_last(&mut rows);
    }
    let next = rows.last().map(|row| api::text(row, "name").to_owned()).filter(|_| is_full);
    match together(&rows, currency) {
        Some(documents) => Outcome::Done(Done::Documents { documents, next }),
        None => misunderstood("an invoice has a name and a docstatus"),
    }
}

/// Leaves the last number of a full page to the next one: its other invoice may stand there.
fn leave_the_last(rows: &mut Vec<Value>) {
    let Some(last) = rows.last().map(|row| number(row).to_owned()) else { return };
    let keep = rows.iter().rposition(|row| number(row) != last).map_or(rows.len(), |at| at + 1);
    rows.truncate(keep);
}

/// What they call it: our number, where it has one.
fn number(row: &Value) -> &str {
    match api::text(row, "po_no") {
        "" => api::text(row, "name"),
        number => number,
    }
}

/// Each sale with its return; two of one kind are two.
fn together(rows: &[Value], currency: Currency) -> Option<Vec<Theirs>> {
    let mut documents: Vec<(Theirs, Vec<bool>)> = Vec::new();
    for row in rows {
        let is_return = api::ticked(row, "is_return");
        let one = theirs(row, currency)?;
        let other = documents
            .iter_mut()
            .find(|(other, kinds)| other.number == one.number && !kinds.contains(&is_return));
        match other {
            Some((other, kinds)) => {
                other.posted = other.posted && one.posted;
                other.total = other.total.zip(one.total).and_then(|(a, b)| a.plus(b).ok());
                other.tax = other.tax.zip(one.tax).and_then(|(a, b)| a.plus(b).ok());
                kinds.push(is_return);
            }
            None => documents.push((one, vec![is_return])),
        }
    }
    Some(documents.into_iter().map(|(one, _)| one).collect())
}

fn theirs(row: &Value, currency: Currency) -> Option<Theirs> {
    let status = row["docstatus"].as_i64()?;
    let is_same = api::text(row, "currency") == currency.code();
    let amount = |name: &str| api::minor(&row[name], currency).filter(|_| is_same);
    Some(Theirs {
        number: Some(number(row)).filter(|number| !number.is_empty())?.to_owned(),
        posted: status == 1,
        total: amount("grand_total"),
        tax: amount("total_taxes_and_charges"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, po_no: &str, is_return: i64, status: i64, total: f64) -> Value {
        json!({
            "name": name, "po_no": po_no, "is_return": is_return, "docstatus": status, "currency": "GBP",
            "grand_total": total, "total_taxes_and_charges": 0.0,
        })
    }

    #[test]
    fn a_sale_and_its_return_are_one_and_two_sales_are_two() {
        let rows = [
            row("A", "A", 0, 1, 12.75),
            row("A-R", "A", 1, 0, -2.95),
            row("B", "B", 0, 1, 1.0),
            row("B-1", "B", 0, 1, 1.0),
            row("ACC-SINV-1", "", 0, 1, 5.0),
        ];
        let gbp = Currency::parse("GBP").unwrap();
        let found: Vec<_> = together(&rows, gbp)
            .unwrap()
            .into_iter()
            .map(|one| (one.number, one.posted, one.total.map(|total| total.0)))
            .collect();
        let of = |number: &str, posted: bool, total: i64| (number.to_owned(), posted, Some(total));
        assert_eq!(
            found,
            [of("A", false, 980), of("B", true, 100), of("B", true, 100), of("ACC-SINV-1", true, 500)]
        );
        assert_eq!(together(&[json!({"name": "A"})], gbp), None);
    }

    #[test]
    fn no_page_ends_between_the_two() {
        let mut rows = vec![row("A", "A", 0, 1, 1.0), row("B", "B", 0, 1, 1.0), row("B-R", "B", 1, 1, -1.0)];
        leave_the_last(&mut rows);
        assert_eq!(rows.len(), 1);
        // All of one number: they stay, or it would never end.
        let mut rows = vec![row("B", "B", 0, 1, 1.0), row("B-R", "B", 1, 1, -1.0)];
        leave_the_last(&mut rows);
        assert_eq!(rows.len(), 2);
    }
}
