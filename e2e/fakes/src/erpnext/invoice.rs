//! Invoice: what the site does with a sales invoice: it fills in, checks, adds up, keeps a draft, submits.
//! Amounts: `amount = rate × qty`, each rounded to the currency's digits; a tax of type `Actual` is the amount that is said.

use super::refusal::Refusal;
use super::{Row, Site, catalogue, clock, number, text};
use crate::desk::Booked;
use serde_json::{Value, json};

/// Fields of the document itself that may be set.
const KNOWN: [&str; 19] = [
    "name",
    "po_no",
    "remarks",
    "customer",
    "company",
    "pos_profile",
    "is_pos",
    "update_stock",
    "is_return",
    "set_posting_time",
    "posting_date",
    "posting_time",
    "currency",
    "ignore_pricing_rule",
    "disable_rounded_total",
    "items",
    "taxes",
    "payments",
    "return_against",
];
const OF_AN_ITEM: [&str; 6] =
    ["item_code", "qty", "rate", "price_list_rate", "item_tax_template", "warehouse"];
const OF_A_TAX: [&str; 4] = ["charge_type", "account_head", "description", "tax_amount"];
const OF_A_PAYMENT: [&str; 2] = ["mode_of_payment", "amount"];

/// A line, worked out.
struct Line {
    item: String,
    qty: i128,
    rate: i128,
    amount: i128,
    template: String,
}

impl Site {
    pub(super) fn insert_invoice(&mut self, values: Row) -> Result<Row, Refusal> {
        let own = self.unique_field.clone().unwrap_or_default();
        let fits = |key: &str| KNOWN.contains(&key) || (key == own && !own.is_empty());
        if let Some(unknown) = values.keys().find(|key| !fits(key)) {
            return Err(Refusal::invalid(&format!("Sales Invoice has no field {unknown}")));
        }
        self.links(&values)?;
        let mut row = values;
        let lines = self.lines(&row)?;
        self.checked_quantities(&row, &lines)?;
        self.add_up(&mut row, &lines)?;
        checked_payments(&row)?;
        self.name(&mut row, &own)?;
        let now = self.now();
        row.insert("docstatus".to_owned(), json!(0));
        row.insert("creation".to_owned(), json!(now));
        row.insert("modified".to_owned(), json!(now));
        row.insert("doctype".to_owned(), json!("Sales Invoice"));
        if let Some(table) = self.tables.get_mut("Sales Invoice") {
            table.rows.push(row.clone());
        }
        Ok(row)
    }

    /// Version 16 takes the name that is said; version 15 makes its own, whatever is said.
    fn name(&mut self, row: &mut Row, unique: &str) -> Result<(), Refusal> {
        let said = text(row, "name").to_owned();
        let name = if self.version >= 16 && !said.is_empty() {
            said
        } else {
            self.series += 1;
            format!("ACC-SINV-2026-{:05}", self.series)
        };
        if self.row("Sales Invoice", &name).is_some() {
            return Err(Refusal::of(
                409,
                "DuplicateEntryError",
                &format!("Sales Invoice {name} already exists"),
            ));
        }
        let taken = |other: &&Row| !unique.is_empty() && text(other, unique) == text(row, unique);
        let invoices =
            self.tables.get("Sales Invoice").map(|table| table.rows.as_slice()).unwrap_or_default();
        if invoices.iter().find(taken).is_some() {
            return Err(Refusal::of(
                417,
                "UniqueValidationError",
                &format!("Sales Invoice {unique} must be unique"),
            ));
        }
        row.insert("name".to_owned(), json!(name));
        Ok(())
    }

    /// Every record that is named must be there.
    fn links(&self, values: &Row) -> Result<(), Refusal> {
        let mut missing = Vec::new();
        let mut find = |at: &str, doctype: &str, name: &str| {
            if self.row(doctype, name).is_none() {
                missing.push(format!("{at}{doctype}: {name}"));
            }
        };
        for (field, doctype) in
            [("customer", "Customer"), ("company", "Company"), ("pos_profile", "POS Profile")]
        {
            if text(values, field).is_empty() {
                return Err(Refusal::of(417, "MandatoryError", &format!("[Sales Invoice]: {field}")));
            }
            find("", doctype, text(values, field));
        }
        for (table, field, doctype) in [
            ("items", "item_code", "Item"),
            ("items", "warehouse", "Warehouse"),
            ("taxes", "account_head", "Account"),
            ("payments", "mode_of_payment", "Mode of Payment"),
        ] {
            for (at, row) in rows(values, table)?.iter().enumerate() {
                match text(row, field) {
                    "" if field == "warehouse" => {}
                    name => find(&format!("Row #{}: ", at + 1), doctype, name),
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::of(417, "LinkValidationError", &format!("Could not find {}", missing.join(", "))))
    }

    fn lines(&self, values: &Row) -> Result<Vec<Line>, Refusal> {
        let items = rows(values, "items")?;
        if items.is_empty() {
            return Err(Refusal::of(417, "MandatoryError", "[Sales Invoice]: items"));
        }
        let line = |row: &Row| {
            known(row, &OF_AN_ITEM)?;
            let item = text(row, "item_code");
            let record = self.row("Item", item).cloned().unwrap_or_default();
            if record.get("disabled") == Some(&json!(1)) {
                return Err(Refusal::invalid(&format!("Item <strong>{item}</strong> is disabled")));
            }
            let qty = number::rounded(amount(row, "qty")?, 3);
            let said = number::rounded(amount(row, "rate")?, 2);
            let of_list = number::rounded(amount(row, "price_list_rate")?, 2);
            // A rate of nothing is taken for none: then the price list's counts.
            let rate = if said == 0 { of_list } else { said };
            if text(&record, "stock_uom") == "Nos" && number::rounded(qty, 0) != qty {
                return Err(Refusal::of(
                    417,
                    "UOMMustBeIntegerError",
                    "Row 1: Quantity cannot be a fraction. To allow this, disable 'Must be Whole Number' in UOM Nos.",
                ));
            }
            let template = match row.get("item_tax_template") {
                None | Some(Value::Null) => self.template(item),
                Some(said) => said.as_str().unwrap_or_default().to_owned(),
            };
            let amount = number::rounded(number::times(rate, qty), 2);
            Ok(Line { item: item.to_owned(), qty, rate, amount, template })
        };
        items.iter().map(line).collect()
    }

    fn template(&self, item: &str) -> String {
        let taxes = self.tables.get("Item Tax").map(|table| table.rows.as_slice()).unwrap_or_default();
        let own = taxes.iter().find(|row| text(row, "parent") == item);
        own.map(|row| text(row, "item_tax_template").to_owned()).unwrap_or_default()
    }

    fn checked_quantities(&self, values: &Row, lines: &[Line]) -> Result<(), Refusal> {
        for line in lines {
            if line.qty == 0 {
                let words = format!("Row #1: Quantity for Item {} cannot be zero.", line.item);
                return Err(Refusal::of(417, "InvalidQtyError", &words));
            }
            if is_return(values) {
                if line.qty > 0 {
                    return Err(Refusal::invalid(&format!(
                        "For an item {}, quantity must be negative number",
                        line.item
                    )));
                }
                self.checked_rate(line)?;
            }
        }
        Ok(())
    }

    fn checked_rate(&self, line: &Line) -> Result<(), Refusal> {
        if line.rate >= 0 || self.negative_rates {
            return Ok(());
        }
        Err(Refusal::invalid(&format!(
            "For item <strong>{}</strong>, rate must be a positive number. To Allow negative rates, enable <strong>`Allow Negative rates for Items`</strong> in <a href=\"/app/selling-settings\">Selling Settings</a>",
            line.item
        )))
    }

    fn add_up(&self, row: &mut Row, lines: &[Line]) -> Result<(), Refusal> {
        let net: i128 = lines.iter().map(|line| line.amount).sum();
        let mut tax = 0;
        for (at, one) in rows(row, "taxes")?.iter().enumerate() {
            known(one, &OF_A_TAX)?;
            if text(one, "charge_type") != "Actual" || text(one, "description").is_empty() {
                return Err(Refusal::invalid("A tax of another kind than Actual, or without a description"));
            }
            let actual = number::rounded(amount(one, "tax_amount")?, 2);
            tax += actual;
            self.checked_shares(at, text(one, "account_head"), actual, net, lines)?;
        }
        let total = net + tax;
        if !is_return(row) && total < 0 {
            return Err(Refusal::invalid("Incorrect value: Grand Total (Company Currency) must be >= 0.0"));
        }
        let mut paid = 0;
        for one in rows(row, "payments")? {
            known(&one, &OF_A_PAYMENT)?;
            paid += amount(&one, "amount")?;
        }
        let rounded = row.get("disable_rounded_total") != Some(&json!(1));
        for (name, value) in [
            ("net_total", net),
            ("total_taxes_and_charges", tax),
            ("grand_total", total),
            ("rounded_total", if rounded { number::rounded(total, 0) } else { 0 }),
            ("paid_amount", paid),
            ("outstanding_amount", total - paid),
        ] {
            row.insert(name.to_owned(), number::written(value));
        }
        Ok(())
    }

    /// Version 16 holds each tax against the shares of those items whose template has a rate for its account.
    fn checked_shares(
        &self,
        at: usize,
        account: &str,
        actual: i128,
        net: i128,
        lines: &[Line],
    ) -> Result<(), Refusal> {
        let counts =
            |line: &&Line| catalogue::template_rate(&line.template, account).is_some_and(|rate| rate != 0);
        if self.version < 16 || !lines.iter().any(|line| counts(&line)) {
            return Ok(());
        }
        let shares: i128 =
            lines.iter().filter(counts).map(|line| number::share(line.amount, actual, net)).sum();
        if (actual - shares).abs() <= 500_000_000 {
            return Ok(());
        }
        Err(Refusal::invalid(&format!(
            "Item Wise Tax Details do not match with Taxes and Charges at the following rows:<br>Row {}",
            at + 1
        )))
    }

    /// A draft becomes final. What stands against that is found now, some of it only now.
    pub(super) fn submit_invoice(&mut self, name: &str, values: &Row) -> Result<Row, Refusal> {
        if values.len() != 1 || values.get("docstatus") != Some(&json!(1)) {
            return Err(Refusal::invalid("Only docstatus is set here"));
        }
        let Some(row) = self.row("Sales Invoice", name).cloned() else {
            return Err(Refusal::missing("Sales Invoice", name));
        };
        match row.get("docstatus").and_then(Value::as_i64) {
            Some(0) => {}
            Some(1) => return Ok(row),
            _ => return Err(Refusal::invalid("Cannot edit cancelled document")),
        }
        for line in self.lines(&row)? {
            if !is_return(&row) && line.qty < 0 {
                return Err(Refusal::invalid(&format!(
                    "For an item {}, quantity must be positive number",
                    line.item
                )));
            }
            self.checked_rate(&line)?;
        }
        let total = number::of(row.get("grand_total").unwrap_or(&Value::Null)).unwrap_or(0);
        if total > 0 && rows(&row, "payments")?.is_empty() {
            return Err(Refusal::invalid("At least one mode of payment is required for POS invoice."));
        }
        let now = self.now();
        let row =
            self.row_mut("Sales Invoice", name).ok_or_else(|| Refusal::missing("Sales Invoice", name))?;
        row.insert("docstatus".to_owned(), json!(1));
        row.insert("modified".to_owned(), json!(now));
        Ok(row.clone())
    }
}

fn is_return(row: &Row) -> bool {
    row.get("is_return") == Some(&json!(1))
}

/// What is paid goes the way the invoice goes, and is no more than that.
fn checked_payments(row: &Row) -> Result<(), Refusal> {
    let (date, time) = (text(row, "posting_date"), text(row, "posting_time"));
    if row.get("set_posting_time") != Some(&json!(1)) || !clock::is_date(date) || !clock::is_time(time) {
        return Err(Refusal::invalid("Invalid Posting Time"));
    }
    if row.get("is_pos") != Some(&json!(1)) || text(row, "currency") != "GBP" {
        return Err(Refusal::invalid("A sale of a point, in the company's currency"));
    }
    let number = |name: &str| number::of(row.get(name).unwrap_or(&Value::Null)).unwrap_or(0);
    for (at, payment) in rows(row, "payments")?.iter().enumerate() {
        let amount = amount(payment, "amount")?;
        if !is_return(row) && amount < 0 {
            return Err(Refusal::invalid(&format!(
                "Row #{} (Payment Table): Amount must be positive",
                at + 1
            )));
        }
        if is_return(row) && amount > 0 {
            return Err(Refusal::invalid(&format!(
                "Row #{} (Payment Table): Amount must be negative",
                at + 1
            )));
        }
    }
    if is_return(row) && number("paid_amount") < number("grand_total") {
        return Err(Refusal::invalid("Total payments amount can't be greater than the total"));
    }
    Ok(())
}

fn rows(row: &Row, table: &str) -> Result<Vec<Row>, Refusal> {
    let Some(rows) = row.get(table) else { return Ok(Vec::new()) };
    let all = rows.as_array().and_then(|rows| rows.iter().map(|row| row.as_object().cloned()).collect());
    all.ok_or_else(|| Refusal::invalid(&format!("Value for {table} must be a list")))
}

fn known(row: &Row, fields: &[&str]) -> Result<(), Refusal> {
    match row.keys().find(|key| !fields.contains(&key.as_str())) {
        Some(unknown) => Err(Refusal::invalid(&format!("A row has no field {unknown}"))),
        None => Ok(()),
    }
}

fn amount(row: &Row, field: &str) -> Result<i128, Refusal> {
    let value = row.get(field).and_then(number::of);
    value.ok_or_else(|| Refusal::invalid(&format!("{field} must be a number")))
}

/// An invoice as a test looks at it.
pub fn booked(row: &Row) -> Booked {
    let number = if text(row, "po_no").is_empty() { text(row, "name") } else { text(row, "po_no") };
    let payments = rows(row, "payments").unwrap_or_default();
    let paid = |row: &Row| (text(row, "mode_of_payment").to_owned(), number::hundredths(row.get("amount")));
    Booked {
        number: number.to_owned(),
        posted: row.get("docstatus") == Some(&json!(1)),
        total: number::hundredths(row.get("grand_total")),
        tax: number::hundredths(row.get("total_taxes_and_charges")),
        paid: payments.iter().map(paid).collect(),
    }
}

/// Two invoices of one sale.
pub fn join(one: &mut Booked, other: Booked) {
    one.posted = one.posted && other.posted;
    one.total += other.total;
    one.tax += other.tax;
    for (method, amount) in other.paid {
        match one.paid.iter_mut().find(|(known, _)| *known == method) {
            Some((_, sum)) => *sum += amount,
            None => one.paid.push((method, amount)),
        }
    }
}
