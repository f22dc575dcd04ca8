//! Apply: what a row makes of a record, field by field, and what of it stays because the shop knows better.

use super::check::Kind;
use super::read::ReadRow;
use crate::spreadsheet::Findings;
use shared::customer::{Consent, Customer, CustomerField as Field, FieldChange};
use shared::ids::CustomerGroupId;
use std::collections::BTreeSet;

/// What a row makes of a record.
#[derive(Debug)]
pub struct Applied {
    /// The record after it.
    pub after: Customer,
    /// What stays as it is, because it was changed in the shop after the file was made.
    pub overtaken: Vec<FieldChange>,
}

/// Makes what the row says. `later` are the fields that were changed in the shop after the file was made, at `as_of_ms`.
/// A field that cannot be so marks the row.
pub fn apply(
    row: &mut ReadRow,
    before: &Customer,
    group: Option<CustomerGroupId>,
    later: Option<&BTreeSet<Field>>,
    as_of_ms: i64,
    findings: &mut Findings<Kind>,
) -> Applied {
    let mut wanted = before.clone();
    say(row, &mut wanted, group, as_of_ms);
    wanted.tidy();
    // Of somebody known what was wrong before is not the file's.
    let is_new = *before == Customer::new(before.id);
    let known = if is_new { Vec::new() } else { before.check() };
    for fault in wanted.check().into_iter().filter(|fault| !known.contains(fault)) {
        let value = row.cells.join(", ");
        row.fault(findings, fault.into(), &value);
    }
    let mut after = wanted.clone();
    let changes = before.changes_to(&wanted);
    let is_later = |change: &FieldChange| match change.field {
        // Of two answers the later one counts.
        Field::Marketing => match (before.marketing, wanted.marketing) {
            (Some(known), Some(said)) => known.at_ms > said.at_ms,
            _ => later.is_some_and(|fields| fields.contains(&Field::Marketing)),
        },
        field => later.is_some_and(|fields| fields.contains(&field)),
    };
    let overtaken: Vec<FieldChange> = changes.into_iter().filter(is_later).collect();
    for change in &overtaken {
        keep(change.field, before, &mut after);
    }
    if let Some(first) = overtaken.first() {
        let value = format!("{}: {}", before.title(), first.now.clone().unwrap_or_default());
        row.fault(findings, Kind::ChangedLater, &value);
    }
    Applied { after, overtaken }
}

/// What the row says, where it says anything.
fn say(row: &mut ReadRow, wanted: &mut Customer, group: Option<CustomerGroupId>, as_of_ms: i64) {
    if let Some(name) = &row.name {
        wanted.name.clone_from(name);
    }
    for (field, said) in [
        (&mut wanted.company, &row.company),
        (&mut wanted.number, &row.number),
        (&mut wanted.email, &row.email),
        (&mut wanted.phone, &row.phone),
        (&mut wanted.tax_number, &row.tax_number),
        (&mut wanted.tax_exemption, &row.tax_exemption),
        (&mut wanted.note, &row.note),
    ] {
        if said.is_some() {
            field.clone_from(said);
        }
    }
    wanted.tax_exempt_until = row.tax_exempt_until.or(wanted.tax_exempt_until);
    wanted.group_id = group.or(wanted.group_id);
    wanted.credit_limit = row.credit_limit.or(wanted.credit_limit);
    if let Some((given, when)) = row.offers {
        // The same answer once more is no other one.
        let is_known = wanted.marketing.is_some_and(|known| known.given == given);
        if !is_known {
            wanted.marketing = Some(Consent { given, at_ms: when.unwrap_or(as_of_ms) });
        }
    }
    if let Some(address) = &row.address {
        let is_same = |known: &shared::customer::Address| {
            let label = known.label.clone();
            *known == shared::customer::Address { label, ..address.clone() }
        };
        if !wanted.addresses.iter().any(is_same) {
            match wanted.addresses.first_mut() {
                Some(first) => {
                    let label = first.label.take();
                    *first = shared::customer::Address { label, ..address.clone() };
                }
                None => wanted.addresses.push(address.clone()),
            }
        }
    }
}

/// Leaves a field as it was.
fn keep(field: Field, before: &Customer, after: &mut Customer) {
    match field {
        Field::Name => after.name.clone_from(&before.name),
        Field::Company => after.company.clone_from(&before.company),
        Field::Number => after.number.clone_from(&before.number),
        Field::Email => after.email.clone_from(&before.email),
        Field::Phone => after.phone.clone_from(&before.phone),
        Field::TaxNumber => after.tax_number.clone_from(&before.tax_number),
        Field::TaxExemption => after.tax_exemption.clone_from(&before.tax_exemption),
        Field::TaxExemptUntil => after.tax_exempt_until = before.tax_exempt_until,
        Field::Note => after.note.clone_from(&before.note),
        Field::Marketing => after.marketing = before.marketing,
        Field::Group => after.group_id = before.group_id,
        Field::CreditLimit => after.credit_limit = before.credit_limit,
        Field::Addresses => after.addresses.clone_from(&before.addresses),
    }
}
