//! The till in its own language: each `.till` file is a shop and its cases, told as a cashier would (`read.rs` has the words).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod read;
mod shop;

use shop::Shop;

fn tell(name: &str, text: &str, cases: usize) {
    let mut shop = Shop::new(name);
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let words = read::words(line);
        if let Err(what) = shop.hear(&words) {
            wrong.push(format!("{name}.till:{} ({}): {what}", number + 1, shop.case));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(shop.cases, cases, "{name}.till");
}

#[test]
fn plain_sales() {
    tell("sales", include_str!("sales.till"), 12);
}

#[test]
fn price_lists() {
    tell("price_lists", include_str!("price_lists.till"), 12);
}

#[test]
fn promotions() {
    tell("promotions", include_str!("promotions.till"), 41);
}
