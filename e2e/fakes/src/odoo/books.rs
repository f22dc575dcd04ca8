//! Books: customer invoices and credit notes, as `account.move` and `account.tax` work them out.
//! A line is quantity × price, rounded to the penny; taxes by line (the way a company has it unless it says otherwise): up to 17 the
//! amount without tax is rounded and what is in the price is the rest (`compute_all`), from 18 on the tax is rounded and the amount
//! without tax is the rest (`_get_tax_details`). In the books an invoice's lines are credits, a credit note's debits.

use super::decimal::{self, ONE, PENNY};
use super::fault::Fault;
use super::store::{Cell, Store};
use serde_json::{Map, Value, json};

const MOVE: &str = "account.move";
const LINE: &str = "account.move.line";
/// Where this Odoo's amounts are in.
const GBP: i64 = 3;
/// The first version that rounds the tax before the amount without it.
const TAX_FIRST: u32 = 18;

/// `create` of one invoice.
pub(super) fn create(store: &mut Store, values: &Map<String, Value>) -> Result<i64, Fault> {
    let mut cells = store.taken(MOVE, values, &["invoice_line_ids"])?;
    let lines = new_lines(store, values.get("invoice_line_ids").unwrap_or(&json!([])))?;
    let of = |name: &str| cells.iter().find(|(known, _)| *known == name).map(|(_, cell)| cell.clone());
    let Some(Cell::Text(kind)) = of("move_type") else {
        return Err(Fault::user("An entry that is no invoice is not made here."));
    };
    let Some(Cell::One(journal)) = of("journal_id") else {
        return Err(Fault::user("No journal could be found."));
    };
    let is_sale = ["out_invoice", "out_refund"].contains(&kind.as_str());
    if !is_sale || store.text("account.journal", journal, "type") != "sale" {
        return Err(Fault::validation("Cannot create a sale document in a non sale journal"));
    }
    cells.push(("state", Cell::Text("draft".to_owned())));
    cells.push(("payment_state", Cell::Text("not_paid".to_owned())));
    cells.push(("currency_id", Cell::One(GBP)));
    cells.push(("company_id", Cell::One(store.one("account.journal", journal, "company_id"))));
    let id = store.add(MOVE, cells);
    for line in lines {
        add_line(store, id, line);
    }
    work_out(store, id, true);
    Ok(id)
}

/// Commands `[0, 0, values]`.
fn new_lines(store: &Store, commands: &Value) -> Result<Vec<Vec<(&'static str, Cell)>>, Fault> {
    let wrong = || Fault::value("Wrong value for account.move.invoice_line_ids");
    let mut lines = Vec::new();
    for command in commands.as_array().ok_or_else(wrong)? {
        let values = command.get(2).filter(|_| command[0] == 0).and_then(Value::as_object);
        lines.push(store.taken(LINE, values.ok_or_else(wrong)?, &[])?);
    }
    Ok(lines)
}

fn add_line(store: &mut Store, id: i64, mut cells: Vec<(&'static str, Cell)>) {
    let has = |cells: &[(&'static str, Cell)], name: &str| cells.iter().any(|(known, _)| *known == name);
    if !has(&cells, "quantity") {
        cells.push(("quantity", Cell::Decimal(ONE)));
    }
    if !has(&cells, "tax_ids") {
        let product = cells.iter().find_map(|(name, cell)| match cell {
            Cell::One(product) if *name == "product_id" => Some(*product),
            _ => None,
        });
        let taxes = product.map(|product| store.many("product.product", product, "taxes_id"));
        cells.push(("tax_ids", Cell::Many(taxes.unwrap_or_default())));
    }
    cells.push(("move_id", Cell::One(id)));
    cells.push(("display_type", Cell::Text("product".to_owned())));
    store.add(LINE, cells);
}

/// `write` of one invoice: lines are added, amounts of tax are typed in; nothing that is posted is changed.
pub(super) fn write(store: &mut Store, id: i64, values: &Map<String, Value>) -> Result<(), Fault> {
    if store.text(MOVE, id, "state") != "draft" {
        return Err(Fault::user("You cannot modify a posted entry of this journal."));
    }
    let cells = store.taken(MOVE, values, &["invoice_line_ids", "line_ids"])?;
    let lines = new_lines(store, values.get("invoice_line_ids").unwrap_or(&json!([])))?;
    let amounts = tax_amounts(store, id, values.get("line_ids").unwrap_or(&json!([])))?;
    let is_taxed = |cells: &[(&'static str, Cell)]| {
        let untaxed = cells.iter().any(|(name, cell)| *name == "tax_ids" && *cell == Cell::Many(Vec::new()));
        !untaxed
    };
    let taxes_too = lines.iter().any(|line| is_taxed(line));
    for (name, cell) in cells {
        store.change(MOVE, id, name, cell);
    }
    for line in lines {
        add_line(store, id, line);
    }
    for (line, amount) in amounts {
        store.change(LINE, line, "amount_currency", Cell::Decimal(amount));
    }
    // What was typed in is kept as long as no line with a tax is changed.
    work_out(store, id, taxes_too);
    Ok(())
}

/// Commands `[1, line, {"amount_currency": …}]` on lines of tax.
fn tax_amounts(store: &Store, id: i64, commands: &Value) -> Result<Vec<(i64, i128)>, Fault> {
    let wrong = || Fault::value("Wrong value for account.move.line_ids");
    let mut amounts = Vec::new();
    for command in commands.as_array().ok_or_else(wrong)? {
        let line = command.get(1).filter(|_| command[0] == 1).and_then(Value::as_i64).ok_or_else(wrong)?;
        let values = command.get(2).and_then(Value::as_object).ok_or_else(wrong)?;
        if store.one(LINE, line, "move_id") != id {
            return Err(Fault::missing(LINE, line));
        }
        if store.text(LINE, line, "display_type") != "tax"
            || values.keys().any(|key| key != "amount_currency")
        {
            return Err(Fault::user("Only the amount of a line of tax is typed in here."));
        }
        let amount = values.get("amount_currency").and_then(decimal::read).ok_or_else(wrong)?;
        amounts.push((line, decimal::rounded(amount, 2)));
    }
    Ok(amounts)
}

fn lines_of(store: &Store, id: i64, kind: &str) -> Vec<i64> {
    let mut lines = store.ids(LINE);
    lines.retain(|line| {
        store.one(LINE, *line, "move_id") == id && store.text(LINE, *line, "display_type") == kind
    });
    lines
}

/// In the books: an invoice's lines are credits.
fn sign(store: &Store, id: i64) -> i128 {
    if store.text(MOVE, id, "move_type") == "out_refund" { 1 } else { -1 }
}

/// Subtotals, lines of tax, what is owed, totals.
fn work_out(store: &mut Store, id: i64, taxes_too: bool) {
    let sign = sign(store, id);
    let mut taxes: Vec<(i64, i128)> = Vec::new();
    let mut untaxed = 0;
    for line in lines_of(store, id, "product") {
        let (net, of_line) = line_amounts(store, line);
        let total = net + of_line.iter().map(|(_, tax)| tax).sum::<i128>();
        untaxed += net;
        for (name, amount) in
            [("price_subtotal", net), ("price_total", total), ("amount_currency", sign * net)]
        {
            store.change(LINE, line, name, Cell::Decimal(amount));
        }
        for (tax, amount) in of_line {
            match taxes.iter_mut().find(|(known, _)| *known == tax) {
                Some(sum) => sum.1 += amount,
                None => taxes.push((tax, amount)),
            }
        }
    }
    if taxes_too {
        for line in lines_of(store, id, "tax") {
            store.remove(LINE, line);
        }
        // A tax of nothing per cent has no line.
        for (tax, amount) in taxes
            .into_iter()
            .filter(|(tax, _)| store.decimal("account.tax", *tax, "amount") != 0)
            .collect::<Vec<_>>()
        {
            book(store, id, "tax", sign * amount, Some(tax));
        }
    }
    let of_tax = |store: &Store| -> i128 {
        lines_of(store, id, "tax")
            .iter()
            .map(|line| sign * store.decimal(LINE, *line, "amount_currency"))
            .sum()
    };
    let tax = of_tax(store);
    let total = untaxed + tax;
    for line in lines_of(store, id, "payment_term") {
        store.remove(LINE, line);
    }
    book(store, id, "payment_term", -sign * total, None);
    let amounts = [
        ("amount_untaxed", untaxed),
        ("amount_tax", tax),
        ("amount_total", total),
        ("amount_residual", total),
    ];
    for (name, amount) in amounts {
        store.change(MOVE, id, name, Cell::Decimal(amount));
    }
}

fn book(store: &mut Store, id: i64, kind: &str, amount: i128, tax: Option<i64>) {
    let mut cells = vec![
        ("move_id", Cell::One(id)),
        ("display_type", Cell::Text(kind.to_owned())),
        ("amount_currency", Cell::Decimal(amount)),
    ];
    cells.extend(tax.map(|tax| ("tax_line_id", Cell::One(tax))));
    store.add(LINE, cells);
}

/// Without tax, and each tax.
fn line_amounts(store: &Store, line: i64) -> (i128, Vec<(i64, i128)>) {
    let of = |name: &str| store.decimal(LINE, line, name);
    let raw = decimal::times(of("quantity"), of("price_unit"), 2);
    let taxes = store.many(LINE, line, "tax_ids");
    let rate = |tax: i64| store.decimal("account.tax", tax, "amount");
    let in_price: Vec<i64> = taxes
        .iter()
        .copied()
        .filter(|tax| store.cell("account.tax", *tax, "price_include") == Cell::Flag(true))
        .collect();
    let all: i128 = in_price.iter().map(|tax| rate(*tax)).sum();
    // Pennies of a share of an amount: `part` of `whole` per cent.
    let share = |amount: i128, part: i128, whole: i128| decimal::divide(amount * part, whole * PENNY) * PENNY;
    let hundred = 100 * ONE;
    let mut amounts: Vec<(i64, i128)> =
        in_price.iter().map(|tax| (*tax, share(raw, rate(*tax), hundred + all))).collect();
    let sum: i128 = amounts.iter().map(|(_, amount)| amount).sum();
    let mut net = raw - sum;
    if store.version < TAX_FIRST && !in_price.is_empty() {
        net = share(raw, hundred, hundred + all);
        if let Some(last) = amounts.last_mut() {
            last.1 += raw - net - sum;
        }
    }
    for tax in taxes.iter().filter(|tax| !in_price.contains(tax)) {
        amounts.push((*tax, share(net, rate(*tax), hundred)));
    }
    (net, amounts)
}

/// `action_post`.
pub(super) fn post(store: &mut Store, id: i64) -> Result<(), Fault> {
    if store.text(MOVE, id, "state") != "draft" {
        let name = store.text(MOVE, id, "name");
        return Err(Fault::user(format!("The entry {name} (id {id}) must be in draft.")));
    }
    if store.decimal(MOVE, id, "amount_total") < 0 {
        return Err(Fault::user(
            "You cannot validate an invoice with a negative total amount. You should create a credit note instead.",
        ));
    }
    if store.one(MOVE, id, "partner_id") == 0 {
        return Err(Fault::user("The 'Customer' field is required to validate the invoice."));
    }
    if lines_of(store, id, "product").is_empty() {
        return Err(Fault::user("Even magicians can't post nothing!"));
    }
    let journal = store.one(MOVE, id, "journal_id");
    let code = store.text("account.journal", journal, "code");
    let prefix = if store.text(MOVE, id, "move_type") == "out_refund" { "R" } else { "" };
    store.change(MOVE, id, "name", Cell::Text(format!("{prefix}{code}/2026/{id:05}")));
    store.change(MOVE, id, "state", Cell::Text("posted".to_owned()));
    if store.decimal(MOVE, id, "amount_total") == 0 {
        store.change(MOVE, id, "payment_state", Cell::Text("paid".to_owned()));
    }
    Ok(())
}
