//! Rates of value added tax in Europe and beyond since 1971, each on its first and last day and the days around.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use serde::Deserialize;
use shared::calendar::Day;
use shared::ids::TaxCategoryId;
use shared::money::Rate;
use shared::tax::{TaxCategory, TaxPeriod, TaxRate};
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Table {
    rates: Vec<Dated>,
}

#[derive(Deserialize)]
struct Dated {
    id: String,
    amounts: Vec<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    percent: String,
    from: Option<String>,
    to: Option<String>,
}

/// Where the source has two rates on a day or none, by intent otherwise here: a rate holds until the next begins.
/// Portugal's islands have 15 % to 2011-12-31 and 16 % from 2011-01-01; Cyprus has no rate on 2012-02-29, the Azores
/// have none for 2012 and 2013.
const UNSOUND: [&str; 3] = ["cy_vat_standard", "pt_20_vat_standard", "pt_30_vat_standard"];

impl Amount {
    fn begins(&self, on: Day) -> bool {
        self.from.as_deref().map(day) == Some(on)
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn after(day: Day) -> Day {
    Day::from_number(day.number() + 1)
}

fn category(dated: &Dated) -> TaxCategory {
    let mut periods = Vec::new();
    for (at, amount) in dated.amounts.iter().enumerate() {
        let rate = TaxRate::of("VAT".into(), Rate::parse_percent(&amount.percent).unwrap());
        let from = amount.from.as_deref().map_or(Day::from_number(0), day);
        periods.push(TaxPeriod { from, rates: vec![rate] });
        // A rate that was abolished: from then on there is none.
        if let (Some(to), None) = (&amount.to, dated.amounts.get(at + 1)) {
            periods.push(TaxPeriod { from: after(day(to)), rates: vec![] });
        }
    }
    TaxCategory { id: TaxCategoryId(uuid::Uuid::nil()), name: dated.id.clone(), periods }
}

#[test]
fn every_rate_holds_from_its_first_to_its_last_day() {
    let table: Table = serde_json::from_str(include_str!("data/vat_by_date.json")).unwrap();
    let (mut looked_at, mut differing) = (0, BTreeSet::new());
    for dated in &table.rates {
        let category = category(dated);
        let percent = |day: Day| category.on(day).first().map(|tax| tax.rate.to_percent());
        for amount in &dated.amounts {
            let (from, to) = (amount.from.as_deref().map(day), amount.to.as_deref().map(day));
            let known = [from, to].into_iter().flatten().map(|day| (day, Some(amount.percent.clone())));
            // The day after, another rate or none: never the old one by accident.
            let next = to.map(after).map(|day| (day, dated.amounts.iter().find(|other| other.begins(day))));
            let next = next.map(|(day, other)| (day, other.map(|other| other.percent.clone())));
            for (day, wanted) in known.chain(next) {
                looked_at += 1;
                if percent(day) != wanted {
                    differing.insert(dated.id.as_str());
                }
            }
        }
    }
    assert_eq!(differing.into_iter().collect::<Vec<_>>(), UNSOUND);
    assert_eq!((table.rates.len(), looked_at), (107, LOOKED_AT));
}

const LOOKED_AT: usize = 457;
