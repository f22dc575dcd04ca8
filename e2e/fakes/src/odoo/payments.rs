//! Payments: the window “Register Payment” (`account.payment.register`): made from the context, pressed once, with a payment that is
//! confirmed and matched with its invoice in the same transaction.

use super::decimal;
use super::fault::Fault;
use super::store::{Cell, Store};
use serde_json::{Map, Value};

const MOVE: &str = "account.move";
const LINE: &str = "account.move.line";
const WINDOW: &str = "account.payment.register";

/// `create`: what is to be paid comes from the context.
pub(super) fn open(store: &mut Store, values: &Map<String, Value>, context: &Value) -> Result<i64, Fault> {
    if context["active_model"] != MOVE {
        return Err(Fault::user(
            "The register payment wizard should only be called on account.move or account.move.line records.",
        ));
    }
    let ids: Vec<i64> =
        context["active_ids"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    let [id] = ids.as_slice() else { return Err(Fault::user("One invoice is paid at once here.")) };
    if !store.has(MOVE, *id) {
        return Err(Fault::missing(MOVE, *id));
    }
    if store.text(MOVE, *id, "state") != "posted" {
        return Err(Fault::user("You can only register payment for posted journal entries."));
    }
    if store.decimal(MOVE, *id, "amount_residual") == 0 {
        return Err(Fault::user("There's nothing left to pay for the selected journal items."));
    }
    let mut cells = store.taken(WINDOW, values, &[])?;
    let has = |name: &str| cells.iter().any(|(known, _)| *known == name);
    if !has("amount") {
        cells.push(("amount", store.cell(MOVE, *id, "amount_residual")));
    }
    let journal = cells.iter().find_map(|(name, cell)| match cell {
        Cell::One(journal) if *name == "journal_id" => Some(*journal),
        _ => None,
    });
    let kind = journal.map(|journal| store.text("account.journal", journal, "type")).unwrap_or_default();
    if !["cash", "bank", "credit"].contains(&kind.as_str()) {
        return Err(Fault::user("Please define a payment method line on your payment."));
    }
    let owed: Vec<i64> = store
        .ids(LINE)
        .into_iter()
        .filter(|line| {
            store.one(LINE, *line, "move_id") == *id
                && store.text(LINE, *line, "display_type") == "payment_term"
        })
        .collect();
    cells.push(("line_ids", Cell::Many(owed)));
    Ok(store.add(WINDOW, cells))
}

/// `action_create_payments`.
pub(super) fn press(store: &mut Store, window: i64) -> Result<(), Fault> {
    if !store.has(WINDOW, window) {
        return Err(Fault::missing(WINDOW, window));
    }
    let line = store.many(WINDOW, window, "line_ids").first().copied().unwrap_or(0);
    let id = store.one(LINE, line, "move_id");
    let amount = store.decimal(WINDOW, window, "amount");
    if amount < 0 {
        return Err(Fault::validation("The payment amount cannot be negative."));
    }
    let is_new = store.version >= 18;
    let ways = if store.text(MOVE, id, "move_type") == "out_refund" { "outbound" } else { "inbound" };
    let memo = store.cell(WINDOW, window, "communication");
    let payment = vec![
        ("journal_id", store.cell(WINDOW, window, "journal_id")),
        ("amount", Cell::Decimal(amount)),
        ("currency_id", store.cell(MOVE, id, "currency_id")),
        ("partner_id", store.cell(MOVE, id, "partner_id")),
        ("payment_type", Cell::Text(ways.to_owned())),
        ("state", Cell::Text(if is_new { "in_process" } else { "posted" }.to_owned())),
        ("date", store.cell(WINDOW, window, "payment_date")),
        (if is_new { "memo" } else { "ref" }, memo),
        ("reconciled_invoice_ids", Cell::Many(vec![id])),
    ];
    store.add("account.payment", payment);
    let left = (store.decimal(MOVE, id, "amount_residual") - amount).max(0);
    store.change(MOVE, id, "amount_residual", Cell::Decimal(left));
    let state = if left == 0 { "in_payment" } else { "partial" };
    store.change(MOVE, id, "payment_state", Cell::Text(state.to_owned()));
    Ok(())
}

/// Paid on an invoice by each journal, in pennies; what went back is negative.
pub(super) fn paid(store: &Store, id: i64) -> Vec<(String, i64)> {
    let mut rows: Vec<(String, i64)> = Vec::new();
    for payment in store.ids("account.payment") {
        let of = |name: &str| store.text("account.payment", payment, name);
        let is_of_it = store.many("account.payment", payment, "reconciled_invoice_ids").contains(&id);
        if !is_of_it || ["cancel", "canceled", "rejected"].contains(&of("state").as_str()) {
            continue;
        }
        let pennies = decimal::divide(store.decimal("account.payment", payment, "amount"), decimal::PENNY);
        let pennies = i64::try_from(pennies).unwrap_or(i64::MAX);
        let pennies = if of("payment_type") == "outbound" { -pennies } else { pennies };
        rows.push((store.one("account.payment", payment, "journal_id").to_string(), pennies));
    }
    rows
}
