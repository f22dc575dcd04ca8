//! Report: the manager's first page.

use super::today::{MinuteSales, day_sums};
use super::{App, AppError, books};
use crate::store::ground::{self, DeviceRow};
use crate::store::{StoreError, Tx, returns, sales};
use shared::api::{BestSeller, DeviceView, TodayResponse};
use shared::calendar::{Day, LocalTime};
use shared::ids::{OrganisationId, StoreId};
use shared::money::{Minor, Quantity};
use shared::register::Register;
use shared::store::Store;

/// How many best sellers are shown.
const BEST: i64 = 10;

/// Minutes east of UTC of a time zone at an instant; zero for a zone that is not known.
pub fn offset_minutes(time_zone: &str, at_ms: i64) -> i32 {
    let zone = jiff::tz::TimeZone::get(time_zone).ok();
    let at = jiff::Timestamp::from_millisecond(at_ms).ok();
    zone.zip(at).map_or(0, |(zone, at)| zone.to_offset(at).seconds() / 60)
}

/// A day in figures: of one store, or of all that sell in the first store's currency.
pub async fn today(
    app: &App,
    organisation_id: OrganisationId,
    store: Option<StoreId>,
    day: Option<Day>,
    now_ms: i64,
) -> Result<TodayResponse, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let all = ground::stores(&mut tx, organisation_id).await?;
    let shown: Vec<&Store> = match store {
        Some(id) => all.iter().filter(|store| store.id == id).collect(),
        None => {
            let currency = all.first().map(|store| store.currency);
            all.iter().filter(|store| Some(store.currency) == currency).collect()
        }
    };
    let first = shown.first().ok_or(AppError::NotFound)?;
    let now = LocalTime { at_ms: now_ms, offset_minutes: offset_minutes(&first.time_zone, now_ms) };
    let day = day.unwrap_or_else(|| now.day());
    let compared_day = day.plus_days(-7);
    let only = store.map(|id| id.to_string());
    let days = [day.to_string(), compared_day.to_string()];
    let rows = sales::minutes(&mut tx, organisation_id, [&days[0], &days[1]], only.as_deref()).await?;
    let minutes: Vec<MinuteSales> = rows
        .into_iter()
        .map(|row| {
            Ok(MinuteSales {
                is_shown_day: row.local_day == days[0],
                store_id: row.store_id.parse().map_err(|_| StoreError::Value(row.store_id.clone()))?,
                minute: u16::try_from(row.local_minute).unwrap_or(0),
                kind: books::kind_of(&row.kind),
                count: u64::try_from(row.count).unwrap_or(0),
                net: Minor(row.net_minor),
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let shown_ids: Vec<StoreId> = shown.iter().map(|store| store.id).collect();
    let minutes: Vec<MinuteSales> =
        minutes.into_iter().filter(|row| shown_ids.contains(&row.store_id)).collect();
    let names: Vec<(StoreId, String)> = shown.iter().map(|store| (store.id, store.name.clone())).collect();
    let until = (day == now.day()).then(|| now.minute_of_day());
    let sums = day_sums(&minutes, &names, until)?;
    let best = sales::best_sellers(&mut tx, organisation_id, &days[0], only.as_deref(), BEST).await?;
    Ok(TodayResponse {
        day,
        compared_day,
        currency: first.currency,
        figures: sums.figures,
        compared: sums.compared,
        hours: sums.hours,
        best_sellers: best
            .into_iter()
            .map(|row| BestSeller {
                name: row.name,
                sku: row.sku,
                quantity: Quantity(row.quantity),
                net: Minor(row.net_minor),
            })
            .collect(),
        stores: sums.stores,
        devices: device_views(&mut tx, organisation_id, store).await?,
        kept: sales::count_kept(&mut tx, organisation_id)
            .await?
            .saturating_add(returns::count_flags(&mut tx, organisation_id).await?),
        server_time_ms: now_ms,
    })
}

/// Tablets, those with unsent sales first, then those longest silent.
pub async fn device_views(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    store: Option<StoreId>,
) -> Result<Vec<DeviceView>, AppError> {
    let registers = ground::registers(tx, organisation_id).await?;
    let mut views = Vec::new();
    for row in ground::devices(tx, organisation_id).await? {
        let Some(register) = registers.iter().find(|r| r.id.to_string() == row.register_id) else { continue };
        if store.is_none_or(|id| id == register.store_id) {
            views.push(device_view(row, register)?);
        }
    }
    views.sort_by_key(|view| (view.revoked, view.unsent == 0, view.last_seen_ms.unwrap_or(0)));
    Ok(views)
}

fn device_view(row: DeviceRow, register: &Register) -> Result<DeviceView, StoreError> {
    Ok(DeviceView {
        id: row.id.parse().map_err(|_| StoreError::Value(row.id.clone()))?,
        name: row.name,
        register: register.clone(),
        paired_at_ms: row.paired_at_ms,
        revoked: row.revoked,
        last_seen_ms: row.last_seen_ms,
        last_sequence: u64::try_from(row.last_sequence).unwrap_or(0),
        unsent: u64::try_from(row.unsent).unwrap_or(0),
    })
}
