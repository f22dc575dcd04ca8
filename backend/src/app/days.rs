//! Days: closing a store's day, and numbering what comes in after.

use super::shifts::waiting_tablet;
use super::{App, AppError};
use crate::store::days::{self, ClosingRow, DayKey};
use crate::store::{StoreError, Tx, ground, shifts};
use shared::api::{CloseDayRequest, DayRow};
use shared::calendar::Day;
use shared::ids::{OrganisationId, StoreId};
use shared::money::{Currency, Minor, Rate};
use shared::shift::{DayAmounts, DayClosing, TaxFigure, TenderFigure, take_change};
use shared::tender::ForeignCash;

/// Days of a page.
const DAYS: i64 = 31;

/// Days of a store that have sales, newest first. Sales of a closed day that are in no close get their supplement first.
pub async fn list(
    app: &App,
    organisation_id: OrganisationId,
    store_id: StoreId,
    before: Option<Day>,
    now_ms: i64,
) -> Result<Vec<DayRow>, AppError> {
    let store = store_id.to_string();
    let before = before.map_or_else(|| "9999-99-99".to_owned(), |day| day.to_string());
    let read = read_days(app, organisation_id, &store, &before).await?;
    let late: Vec<Day> =
        read.iter().filter(|row| row.open > 0 && !row.closings.is_empty()).map(|row| row.day).collect();
    if late.is_empty() {
        return Ok(read);
    }
    for day in late {
        let mut tx = app.db.write_for(organisation_id).await?;
        let text = day.to_string();
        let key = DayKey { store: &store, day: &text };
        let of_day = days::closings(&mut tx, organisation_id, &store, (&text, &text)).await?;
        let Some(last) = of_day.last() else { continue };
        let number = last.number.saturating_add(1);
        // Somebody else may look at the same time; whoever takes the sales numbers them.
        match days::take_sales(&mut tx, organisation_id, key, number).await.map_err(taken_meanwhile) {
            Ok(0) | Err(AppError::Conflict(_)) => continue,
            taken => taken?,
        };
        close(&mut tx, organisation_id, key, (number, &last.staff_name), now_ms).await?;
        tx.commit().await?;
    }
    read_days(app, organisation_id, &store, &before).await
}

async fn read_days(
    app: &App,
    organisation_id: OrganisationId,
    store: &str,
    before: &str,
) -> Result<Vec<DayRow>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let rows = days::list(&mut tx, organisation_id, store, before, DAYS).await?;
    let (Some(newest), Some(oldest)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let range = (oldest.local_day.as_str(), newest.local_day.as_str());
    let closings = days::closings(&mut tx, organisation_id, store, range).await?;
    let closings = closings
        .iter()
        .map(|row| Ok((row.local_day.clone(), serde_json::from_str(&row.body)?)))
        .collect::<Result<Vec<(String, DayClosing)>, StoreError>>()?;
    let day = |row: days::DayRow| {
        let own = closings.iter().filter(|(day, _)| *day == row.local_day);
        let day = Day::parse(&row.local_day).map_err(|_| StoreError::Value(row.local_day.clone()))?;
        Ok(DayRow {
            day,
            sales: u64::try_from(row.count).unwrap_or(0),
            total: Minor(row.total_minor),
            open: u64::try_from(row.open_count).unwrap_or(0),
            closings: own.map(|(_, closing)| closing.clone()).collect(),
        })
    };
    Ok(rows.into_iter().map(day).collect::<Result<_, StoreError>>()?)
}

/// Closes a day, once.
pub async fn close_day(
    app: &App,
    organisation_id: OrganisationId,
    request: CloseDayRequest,
    staff_name: &str,
    now_ms: i64,
) -> Result<DayClosing, AppError> {
    let (store, day) = (request.store_id.to_string(), request.day.to_string());
    let key = DayKey { store: &store, day: &day };
    let mut tx = app.db.write_for(organisation_id).await?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    stores.iter().find(|known| known.id == request.store_id).ok_or(AppError::NotFound)?;
    if !days::closings(&mut tx, organisation_id, &store, (&day, &day)).await?.is_empty() {
        return Err(closed_already());
    }
    days::take_sales(&mut tx, organisation_id, key, 1).await.map_err(taken_meanwhile)?;
    let closing = close(&mut tx, organisation_id, key, (1, staff_name), now_ms).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(closing)
}

fn closed_already() -> AppError {
    let words = "This day is closed already. What comes in later becomes a supplement by itself.";
    AppError::Conflict(words.to_owned())
}

/// PostgreSQL lets two at it at once; the second finds the first one's rows when that one has committed.
fn taken_meanwhile(error: StoreError) -> AppError {
    if error.is_duplicate() { closed_already() } else { error.into() }
}

/// Keeps the figures of the sales that were taken under this number.
async fn close(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    (number, staff_name): (i64, &str),
    now_ms: i64,
) -> Result<DayClosing, AppError> {
    let waiting = shifts::waiting(tx, organisation_id, key.store, "").await?;
    let wrong = |text: &str| StoreError::Value(text.to_owned());
    let closing = DayClosing {
        store_id: key.store.parse().map_err(|_| wrong(key.store))?,
        day: Day::parse(key.day).map_err(|_| wrong(key.day))?,
        number: u64::try_from(number).unwrap_or(0),
        closed_at_ms: now_ms,
        staff_name: staff_name.to_owned(),
        amounts: amounts(tx, organisation_id, key, number).await?,
        waiting: waiting.into_iter().map(waiting_tablet).collect(),
    };
    let row = ClosingRow {
        local_day: key.day.to_owned(),
        number,
        closed_at_ms: now_ms,
        staff_name: staff_name.to_owned(),
        body: serde_json::to_string(&closing).map_err(StoreError::from)?,
    };
    days::keep(tx, organisation_id, key, &row).await.map_err(taken_meanwhile)?;
    Ok(closing)
}

async fn amounts(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: DayKey<'_>,
    number: i64,
) -> Result<Vec<DayAmounts>, StoreError> {
    let sums = days::sums(tx, organisation_id, key, number).await?;
    let taxes = days::taxes(tx, organisation_id, key, number).await?;
    let tenders = days::tenders(tx, organisation_id, key, number).await?;
    let foreign = days::foreign_cash(tx, organisation_id, key, number).await?;
    let mut all: Vec<DayAmounts> = Vec::new();
    for row in &sums {
        let currency = Currency::parse(&row.currency).map_err(|_| StoreError::Value(row.currency.clone()))?;
        if all.last().is_none_or(|last| last.currency != currency) {
            all.push(empty(currency));
        }
        let Some(amounts) = all.last_mut() else { continue };
        let count = u64::try_from(row.count).unwrap_or(0);
        let counted = if row.kind == "return" { &mut amounts.returns } else { &mut amounts.sales };
        *counted = counted.saturating_add(count);
        for (sum, more) in [
            (&mut amounts.net, row.net_minor),
            (&mut amounts.paid_in, row.paid_in_minor),
            (&mut amounts.tips, row.tips_minor),
            (&mut amounts.donations, row.donations_minor),
            (&mut amounts.tax, row.tax_minor),
            (&mut amounts.total, row.total_minor),
            (&mut amounts.cash_rounding, row.cash_rounding_minor),
        ] {
            sum.0 = sum.0.saturating_add(more);
        }
    }
    for amounts in &mut all {
        let own = |currency: &str| currency == amounts.currency.code();
        amounts.taxes = taxes.iter().filter(|row| own(&row.currency)).map(tax_figure).collect();
        let change = sums.iter().filter(|row| own(&row.currency)).map(|row| row.change_minor);
        let change = change.fold(0_i64, i64::saturating_add);
        let rows = tenders.iter().filter(|row| own(&row.currency));
        amounts.tenders = rows.map(tender_figure).collect::<Result<_, _>>()?;
        take_change(&mut amounts.tenders, Minor(change));
        let rows = foreign.iter().filter(|row| own(&row.currency));
        amounts.foreign = rows.map(foreign_cash).collect::<Result<_, _>>()?;
    }
    Ok(all)
}

fn empty(currency: Currency) -> DayAmounts {
    DayAmounts {
        currency,
        sales: 0,
        returns: 0,
        net: Minor::ZERO,
        tax: Minor::ZERO,
        total: Minor::ZERO,
        paid_in: Minor::ZERO,
        tips: Minor::ZERO,
        donations: Minor::ZERO,
        cash_rounding: Minor::ZERO,
        taxes: Vec::new(),
        tenders: Vec::new(),
        foreign: Vec::new(),
    }
}

fn tax_figure(row: &days::PartRow) -> TaxFigure {
    TaxFigure {
        name: row.name.clone(),
        percent: Some(Rate(row.number).to_percent()),
        net: Minor(row.first_minor),
        tax: Minor(row.second_minor),
    }
}

fn tender_figure(row: &days::TenderRow) -> Result<TenderFigure, StoreError> {
    let type_id = row.type_id.as_deref().map(str::parse).transpose();
    Ok(TenderFigure {
        kind: row.kind.clone(),
        count: u64::try_from(row.count).unwrap_or(0),
        amount: Minor(row.amount_minor),
        type_id: type_id.map_err(|_| StoreError::Value(row.type_id.clone().unwrap_or_default()))?,
        name: row.type_name.clone(),
    })
}

fn foreign_cash(row: &days::ForeignRow) -> Result<ForeignCash, StoreError> {
    let currency = Currency::parse(&row.theirs).map_err(|_| StoreError::Value(row.theirs.clone()))?;
    Ok(ForeignCash { currency, amount: Minor(row.given_minor) })
}
