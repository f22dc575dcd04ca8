//! Words: what a column of a file of customers and what was found in it are called.

use crate::i18n::t;
use shared::api::{CustomerColumn, ImportFinding};

/// A column as a person reads it.
pub fn column_words(column: CustomerColumn) -> &'static str {
    match column {
        CustomerColumn::Id => t!("manage.customers.import.column.id"),
        CustomerColumn::Number => t!("manage.customer.number"),
        CustomerColumn::Name => t!("manage.name"),
        CustomerColumn::FirstName => t!("manage.customers.import.column.first_name"),
        CustomerColumn::LastName => t!("manage.customers.import.column.last_name"),
        CustomerColumn::Company => t!("manage.customer.company"),
        CustomerColumn::Email => t!("manage.customer.email"),
        CustomerColumn::Phone => t!("manage.customer.phone"),
        CustomerColumn::TaxNumber => t!("manage.customer.tax_number"),
        CustomerColumn::TaxExemption => t!("manage.customer.tax_exemption"),
        CustomerColumn::TaxExemptUntil => t!("manage.customer.exempt_until"),
        CustomerColumn::Group => t!("manage.customer.group"),
        CustomerColumn::CreditLimit => t!("manage.customer.limit"),
        CustomerColumn::Note => t!("manage.customer.note"),
        CustomerColumn::Offers => t!("manage.customer.marketing"),
        CustomerColumn::OffersSaid => t!("manage.customers.import.column.offers_said"),
        CustomerColumn::Street => t!("manage.customer.address.lines"),
        CustomerColumn::Street2 => t!("manage.customers.import.column.street2"),
        CustomerColumn::Postcode => t!("manage.customer.address.postcode"),
        CustomerColumn::City => t!("manage.customer.address.city"),
        CustomerColumn::Country => t!("manage.store.country"),
    }
}

/// What was found, in the person's language; of a kind a later server knows, in the server's words.
pub fn finding_words(finding: &ImportFinding) -> String {
    let words = match finding.kind.as_str() {
        "missing_column" => t!("manage.customers.import.found.missing_column"),
        "wrong_row" => t!("manage.customers.import.found.wrong_row"),
        "missing_name" => t!("manage.customer.wrong.name"),
        "missing_key" => t!("manage.customers.import.found.missing_key"),
        "duplicate_customer" => t!("manage.customers.import.found.duplicate"),
        "ambiguous" => t!("manage.customers.import.found.ambiguous"),
        "number_taken" => t!("manage.customers.import.found.number_taken"),
        "wrong_email" => t!("manage.customer.wrong.email"),
        "wrong_phone" => t!("manage.customer.wrong.phone"),
        "wrong_limit" => t!("manage.customer.wrong.limit"),
        "wrong_date" => t!("manage.customers.import.found.wrong_date"),
        "wrong_flag" => t!("manage.customers.import.found.wrong_flag"),
        "too_long" => t!("manage.customer.wrong.long"),
        "missing_group" => t!("manage.customers.import.found.missing_group"),
        "consent_without_date" => t!("manage.customers.import.found.consent_without_date"),
        "changed_later" => t!("manage.customers.import.found.changed_later"),
        "wrong_country" => t!("manage.customers.import.found.wrong_country"),
        "too_many_addresses" => t!("manage.customer.wrong.addresses"),
        "mended" => t!("manage.customers.import.found.mended"),
        "other_letters" => t!("manage.customers.import.found.other_letters"),
        _ => return finding.message.clone(),
    };
    words.to_owned()
}
