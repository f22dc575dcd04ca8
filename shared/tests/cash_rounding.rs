//! Cash rounding of nine countries and tills, from published tables, against the shop's own rule.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use serde::Deserialize;
use shared::ids::TenderId;
use shared::money::{Minor, Rounding};
use shared::store::CashRounding;
use shared::tender::{Tender, TenderKind, due_in_cash, settle};

#[derive(Deserialize)]
struct Tables {
    rules: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    unit: i64,
    digits: u32,
    table: Vec<[i64; 3]>,
    #[serde(default)]
    change_table: Vec<[i64; 3]>,
}

/// Which of our settings is meant. A table that is not here fails the test: none is passed over.
fn setting(table: &Table) -> CashRounding {
    let rounding = match table.name.as_str() {
        "AU/CA/FI/IE/NL/BE/MY 5"
        | "DK 50 ore"
        | "SE krona (2010-)"
        | "SE old 50 ore (1992-2010)"
        | "NO krone"
        | "NZ A 10c half-up" => Rounding::HalfAwayFromZero,
        "NZ B 10c half-down" => Rounding::HalfTowardsZero,
        "ZA 5c down" | "JP 10 down" => Rounding::Down,
        unknown => panic!("no setting for {unknown}"),
    };
    CashRounding { step_minor: table.unit, rounding }
}

fn tables() -> Vec<Table> {
    let tables: Tables = serde_json::from_str(include_str!("data/cash_rounding.json")).unwrap();
    assert_eq!(tables.rules.len(), 9);
    tables.rules
}

#[test]
fn every_ending_of_every_table() {
    let mut cases = 0;
    for table in tables() {
        let rule = setting(&table);
        for [low, high, result] in &table.table {
            for ending in *low..=*high {
                for above in [0, 10_i64.pow(table.digits) * 37] {
                    let due = due_in_cash(Minor(above + ending), &[], rule).unwrap();
                    assert_eq!(due, Minor(above + result), "{} {above}+{ending}", table.name);
                    let back = due_in_cash(Minor(-above - ending), &[], rule).unwrap();
                    assert_eq!(back, Minor(-above - result), "{} back {above}+{ending}", table.name);
                    cases += 2;
                }
            }
        }
    }
    assert_eq!(cases, 2 * 2 * (4 * 100 + 5 * 10));
}

/// Denmark and Sweden write a second table for the change. Here the total is rounded and the change is what is left of
/// whole notes: the same amounts come out.
#[test]
fn tables_of_change_follow_from_the_rounded_total() {
    let mut cases = 0;
    for table in tables().iter().filter(|table| !table.change_table.is_empty()) {
        for [low, high, result] in &table.change_table {
            for exact_change in *low..=*high {
                let given = 20_000;
                let cash = Tender::plain(TenderId(uuid::Uuid::nil()), TenderKind::Cash, Minor(given));
                let settlement = settle(Minor(given - 100 - exact_change), &[cash], setting(table)).unwrap();
                assert_eq!(settlement.change, Minor(100 + result), "{} {exact_change}", table.name);
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 200);
}
