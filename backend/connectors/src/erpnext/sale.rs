//! Sale: our sale as ERPNext's sales invoices, one or two (`invoice`).
//! They are looked up by `po_no` before anything else, and what is there says what is next: make a draft, hold its totals against ours,
//! submit it, nothing. So a command that was begun again ends with the same invoices. From version 16 on the name is ours too, and no
//! two have one name; before that a field of the shop's own can be unique.
//! Invariant: nothing is submitted before every part of it is there as a draft whose total and tax are ours to the penny.

use super::api::{self, Ask};
use super::invoice::{self, DOCTYPE, Part, Profile};
use crate::command::Document;
use crate::exchange::Response;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::Minor;

/// More documents of one number than can be.
const MANY: u32 = 20;

/// Where a delivery stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stand {
    asked: Asked,
    /// Was anything made or submitted this time?
    acted: bool,
    profile: Option<Profile>,
    /// What is there of each part.
    there: Vec<Option<There>>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Asked {
    /// What is there?
    Looking,
    /// For the POS profile.
    Profile,
    /// To make this part.
    Creating(usize),
    /// To submit this part.
    Submitting(usize),
}

/// An invoice that is there, with the totals that are ours.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct There {
    name: String,
    is_submitted: bool,
}

pub(super) fn deliver(setup: &Setup, document: &Document, came: Option<Came<'_>>) -> Outcome {
    let Ok(parts) = invoice::parts(document) else {
        return Outcome::wedged("An amount of it is too large for ERPNext.", "Enter it there by hand.");
    };
    let stand = came.and_then(|came| came.progress.read::<Stand>());
    let (Some(came), Some(stand)) = (came, stand) else { return look(document) };
    let sale = Sale { setup, document, parts };
    sale.step(stand, came.response).unwrap_or_else(|outcome| outcome)
}

fn look(document: &Document) -> Outcome {
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
            "paid_amount",
        ],
        filters: json!([["po_no", "=", invoice::number(document)]]),
        or_filters: None,
        order: "name asc",
        limit: MANY,
    });
    let stand = Stand { asked: Asked::Looking, acted: false, profile: None, there: Vec::new() };
    Outcome::next(&stand, request)
}

/// A document on its way.
struct Sale<'a> {
    setup: &'a Setup,
    document: &'a Document,
    parts: Vec<Part<'a>>,
}

impl Sale<'_> {
    fn step(&self, mut stand: Stand, response: &Response) -> Result<Outcome, Outcome> {
        match stand.asked {
            Asked::Looking => stand.there = self.seen(&api::rows(response)?)?,
            Asked::Profile => {
                let profile = Profile::of(&api::data(response)?);
                stand.profile = Some(profile.ok_or_else(|| misunderstood("a POS profile has a company"))?);
            }
            Asked::Creating(at) => {
                if let Some(taken) = self.taken(response) {
                    return Err(taken);
                }
                self.note(&mut stand, at, &api::data(response)?)?;
            }
            Asked::Submitting(at) => {
                self.note(&mut stand, at, &api::data(response)?)?;
                if !stand
                    .there
                    .get(at)
                    .is_some_and(|there| there.as_ref().is_some_and(|there| there.is_submitted))
                {
                    return Err(misunderstood("a submitted invoice has docstatus 1"));
                }
            }
        }
        self.next(stand)
    }

    /// What is next: missing parts first, then what is still a draft.
    fn next(&self, mut stand: Stand) -> Result<Outcome, Outcome> {
        if let Some((at, part)) =
            self.parts.iter().enumerate().find(|(at, _)| !matches!(stand.there.get(*at), Some(Some(_))))
        {
            let Some(profile) = &stand.profile else {
                stand.asked = Asked::Profile;
                return Ok(Outcome::next(&stand, api::document("POS Profile", &self.document.store)));
            };
            let body = invoice::body(self.setup, self.document, &self.parts, part, profile)?;
            (stand.asked, stand.acted) = (Asked::Creating(at), true);
            return Ok(Outcome::next(&stand, api::insert(DOCTYPE, &body)));
        }
        let there: Vec<There> = stand.there.iter().flatten().cloned().collect();
        if let Some((at, draft)) = there.iter().enumerate().find(|(_, there)| !there.is_submitted) {
            (stand.asked, stand.acted) = (Asked::Submitting(at), true);
            return Ok(Outcome::next(&stand, api::update(DOCTYPE, &draft.name, &json!({"docstatus": 1}))));
        }
        let Some(first) = there.first() else { return Err(misunderstood("a sale without a line")) };
        Ok(Outcome::Done(Done::Delivered { remote_id: first.name.clone(), was_there: !stand.acted }))
    }

    /// Which part each of theirs is.
    fn seen(&self, rows: &[Value]) -> Result<Vec<Option<There>>, Outcome> {
        let number = invoice::number(self.document);
        let Some(states) = rows.iter().map(|row| row["docstatus"].as_i64()).collect::<Option<Vec<_>>>()
        else {
            return Err(misunderstood("an invoice has a docstatus"));
        };
        let of = |is_return: bool, is_cancelled: bool| -> Vec<&Value> {
            let fits = |(row, state): &(&Value, &i64)| {
                api::ticked(row, "is_return") == is_return && (**state == 2) == is_cancelled
            };
            rows.iter().zip(&states).filter(fits).map(|(row, _)| row).collect()
        };
        let is_ours = |is_return: bool| self.parts.iter().any(|part| part.is_return == is_return);
        if [false, true].into_iter().any(|is_return| !is_ours(is_return) && !of(is_return, false).is_empty())
        {
            return Err(Outcome::wedged(
                format!("ERPNext has another invoice with the number {number}, which is not this sale."),
                "Take the number out of its field “Customer's Purchase Order” there, then send this again.",
            ));
        }
        let found = |part: &Part<'_>| match of(part.is_return, false).as_slice() {
            [] if of(part.is_return, true).is_empty() => Ok(None),
            [] => Err(Outcome::wedged(
                "Somebody cancelled this sale in ERPNext.",
                "Amend it there, or set it aside here.",
            )),
            [row] => self.there(part, row).map(Some),
            _ => Err(Outcome::wedged(
                format!("ERPNext has the sale {number} more than once."),
                "Cancel all but one of them there, then send it again.",
            )),
        };
        self.parts.iter().map(found).collect()
    }

    fn note(&self, stand: &mut Stand, at: usize, row: &Value) -> Result<(), Outcome> {
        let (Some(part), Some(slot)) = (self.parts.get(at), stand.there.get_mut(at)) else {
            return Err(misunderstood("an invoice of no part"));
        };
        if api::text(row, "po_no") != invoice::number(self.document)
            || api::ticked(row, "is_return") != part.is_return
        {
            return Err(misunderstood("it is another invoice than was asked for"));
        }
        *slot = Some(self.there(part, row)?);
        Ok(())
    }

    /// An invoice of theirs, where it counts as we do.
    fn there(&self, part: &Part<'_>, row: &Value) -> Result<There, Outcome> {
        let is_submitted = match row["docstatus"].as_i64() {
            Some(0) => false,
            Some(1) => true,
            _ => return Err(misunderstood("an invoice is a draft, submitted or cancelled")),
        };
        let Some(name) = row["name"].as_str() else { return Err(misunderstood("an invoice has a name")) };
        self.differs(part, row, is_submitted)?;
        Ok(There { name: name.to_owned(), is_submitted })
    }

    /// Does ERPNext count otherwise than we do?
    fn differs(&self, part: &Part<'_>, row: &Value, is_submitted: bool) -> Result<(), Outcome> {
        let currency = self.document.currency;
        let amount = |name: &str| api::minor(&row[name], currency);
        let (total, tax) = (amount("grand_total"), amount("total_taxes_and_charges"));
        let is_same_currency = api::text(row, "currency") == currency.code();
        let is_paid = amount("paid_amount") == Some(part.total);
        if is_same_currency && (total, tax) == (Some(part.total), Some(part.tax)) && is_paid {
            return Ok(());
        }
        let say = |amount: Option<Minor>| amount.map_or("?".to_owned(), |amount| amount.to_decimal(currency));
        let what = if is_submitted { "It is submitted all the same." } else { "It was left as a draft." };
        Err(Outcome::wedged(
            format!(
                "ERPNext counts {} {} with {} of tax and {} paid for {}, the receipt says {} {} with {}. {what}",
                api::text(row, "currency"),
                say(total),
                say(tax),
                say(amount("paid_amount")),
                api::text(row, "name"),
                currency.code(),
                part.total.to_decimal(currency),
                part.tax.to_decimal(currency),
            ),
            "Look at it there: mend or delete the draft, or cancel it; then send this again.",
        ))
    }

    /// Is its name, or the field that is unique, taken? Then it is there already, or is being written at this moment.
    fn taken(&self, response: &Response) -> Option<Outcome> {
        let is_taken = matches!(response, Response::Answer { status: 409 | 417, .. })
            && matches!(
                api::kind(response)?.as_str(),
                "DuplicateEntryError" | "UniqueValidationError" | "NameError"
            );
        is_taken.then(|| Outcome::Later {
            wait_ms: None,
            reason: format!(
                "ERPNext already has an invoice {}, or is just writing it. If this stays so, look whether its field “Customer's Purchase Order” there is still {}.",
                invoice::number(self.document),
                invoice::number(self.document),
            ),
            answered: true,
        })
    }
}
