//! The form of carts and answers as docs/price.md gives it, and what is said of carts that are wrong.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use insta::assert_snapshot;
use price_cart::answers;
use serde_json::{Value, json};

const GUIDE: &str = include_str!("../../../docs/price.md");

fn block(opening: &str) -> &'static str {
    GUIDE.split_once(&format!("\n{opening}\n")).and_then(|(_, rest)| rest.split_once("```")).unwrap().0
}

#[test]
fn the_guide_s_example_is_answered_as_the_guide_says() {
    let told = answers(block("```json"));
    assert!(told.wrong.is_empty(), "{:?}", told.wrong);
    assert_snapshot!("guide", told.text);
    let (wanted, found): (Value, Value) =
        (serde_json::from_str(block("```json answer")).unwrap(), serde_json::from_str(&told.text).unwrap());
    assert_eq!(wanted, found, "docs/price.md");
}

#[test]
fn one_array_and_lines() {
    let cart = r#"{"id":7,"lines":[{"unit_price":"1","taxes":[{"rate":20}]}]}"#;
    let one = answers(cart).text;
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(read(&one)["totals"]["total"], "1.20");
    assert_eq!(read(&answers(&format!("[{cart},{cart}]")).text), json!([read(&one), read(&one)]));
    let lines = answers(&format!("{cart}\n{cart}\n"));
    let lines: Vec<Value> = lines.text.lines().map(read).collect();
    assert_eq!(lines, [read(&one), read(&one)]);
    assert_eq!(answers("[]").text.trim(), "[]");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let line = |line: &str| format!(r#"{{"currency":"EUR","lines":[{{"unit_price":"1.00"}},{line}]}}"#);
    let carts = [
        String::new(),
        "{".to_owned(),
        "7".to_owned(),
        r#"{"lines":[]} x"#.to_owned(),
        r#"{"lines":{}}"#.to_owned(),
        r#"{"line":[]}"#.to_owned(),
        r#"{"currency":"euro","lines":[]}"#.to_owned(),
        r#"{"lines":[],"rounding":{"way":"up"}}"#.to_owned(),
        r#"{"lines":[],"rounding":{"line_digits":9}}"#.to_owned(),
        line(r#"{"quantity":1}"#),
        line(r#"{"unit_price":"1,50"}"#),
        line(r#"{"unit_price":1,"discounts":[{"percent":"10","reason":"x"}]}"#),
        line(r#"{"unit_price":1,"discounts":[{}]}"#),
        line(r#"{"unit_price":1,"discounts":[{"amount":"0.001"}]}"#),
        line(r#"{"unit_price":1,"discounts":[{"percent":-5}]}"#),
        line(r#"{"unit_price":1,"taxes":[{"name":"VAT"}]}"#),
        line(r#"{"unit_price":1,"taxes":[{"rate":"7.00001"}]}"#),
        line(r#"{"unit_price":1,"taxes":[{"rate":5,"compound":true,"base_affected":false}]}"#),
        line(r#"{"unit_price":1,"quantity":"0.0001","taxes":[{"amount":"0.10"}]}"#),
        line(r#"{"unit_price":99999999999999999}"#),
        r#"{"currency":"EUR","lines":[{"unit_price":5}],"cash":"4.99"}"#.to_owned(),
        r#"{"lines":[{"unit_price":5}],"rounding":{"cash_step":"0.001"}}"#.to_owned(),
        r#"[{"lines":[]},{"id":"b","lines":[{"unit_price":5,"taxes":[{}]}]}]"#.to_owned(),
    ];
    let told = carts.iter().map(|cart| format!("{cart}\n  {}\n", answers(cart).wrong.join("\n  ")));
    assert_snapshot!("wrong", told.collect::<String>());
    let both: Value = serde_json::from_str(&answers(carts.last().unwrap()).text).unwrap();
    assert_eq!(both[0]["totals"]["total"], "0.00");
    assert_eq!((&both[1]["id"], &both[1]["error"]["place"]), (&json!("b"), &json!("lines[0].taxes[0]")));
}

fn priced(cart: &Value) -> Value {
    let told = answers(&cart.to_string());
    assert!(told.wrong.is_empty(), "{:?} in {cart}", told.wrong);
    serde_json::from_str(&told.text).unwrap()
}

/// Price, taxes → net, each (base, amount), total: sets as ERPs mix them, in currencies of 0, 2 and 3 decimals.
#[test]
fn taxes_as_erps_mix_them() {
    let table = [
        (
            json!({ "unit_price": 120, "taxes": [
                { "amount": 1, "affects_base": true },
                { "rate": 21, "included": true, "affects_base": true }, { "amount": 2 },
            ] }),
            "EUR",
            "99.00",
            vec![("99.00", "1.00"), ("100.00", "21.00"), ("121.00", "2.00")],
            "123.00",
        ),
        (
            json!({ "unit_price": "32.33", "taxes": [
                { "rate": 5, "of_gross": true }, { "rate": 3, "of_gross": true }, { "rate": "0.65", "of_gross": true },
            ] }),
            "BRL",
            "32.33",
            vec![("32.33", "1.77"), ("32.33", "1.06"), ("32.33", "0.23")],
            "35.39",
        ),
        (
            json!({ "unit_price": -10, "quantity": -2, "taxes": [{ "amount": 1 }] }),
            "EUR",
            "20.00",
            vec![("20.00", "2.00")],
            "22.00",
        ),
        (
            json!({ "unit_price": 100, "quantity": 3, "taxes": [{ "rate": 33.3333, "of_gross": true }] }),
            "EUR",
            "300.00",
            vec![("300.00", "150.00")],
            "450.00",
        ),
        (
            json!({ "unit_price": "1.1250", "quantity": -4, "taxes": [{ "rate": 8, "included": true }] }),
            "JPY",
            "-5",
            vec![("-5", "0")],
            "-5",
        ),
        (
            json!({ "unit_price": "0.333", "quantity": "2.5", "taxes": [{ "rate": "7.5" }] }),
            "KWD",
            "0.833",
            vec![("0.833", "0.062")],
            "0.895",
        ),
        (
            json!({ "unit_price": 100, "taxes": [{ "rate": 5 }, { "rate": "9.975", "compound": true }] }),
            "CAD",
            "100.00",
            vec![("100.00", "5.00"), ("105.00", "10.47")],
            "115.47",
        ),
        (
            json!({ "unit_price": 100, "taxes": [{ "rate": 21 }, { "rate": -15 }] }),
            "EUR",
            "100.00",
            vec![("100.00", "21.00"), ("100.00", "-15.00")],
            "106.00",
        ),
    ];
    for (line, currency, net, each, total) in table {
        let answer = priced(&json!({ "currency": currency, "lines": [line] }));
        let taxes = answer["lines"][0]["taxes"].as_array().unwrap().clone();
        let taxes: Vec<_> =
            taxes.iter().map(|t| (t["base"].as_str().unwrap(), t["amount"].as_str().unwrap())).collect();
        let totals = &answer["totals"];
        let found = (totals["net"].as_str().unwrap(), taxes, totals["total"].as_str().unwrap());
        assert_eq!(found, (net, each, total), "{line}");
    }
}

#[test]
fn tax_on_each_line_sale_or_unit_and_finer_lines() {
    let line = json!({ "unit_price": "9.99", "quantity": 3, "taxes": [{ "rate": "8.25" }] });
    let tax = |rounding: Value| {
        let cart = json!({ "currency": "USD", "lines": [line, line, line], "rounding": rounding });
        priced(&cart)["totals"]["tax"].clone()
    };
    assert_eq!(tax(json!({ "per": "line" })), "7.41", "three times 2.47");
    assert_eq!(tax(json!({ "per": "sale" })), "7.42", "of 89.91");
    assert_eq!(tax(json!({ "per": "unit" })), "7.38", "nine times 0.82");
    assert_eq!(tax(json!({ "per": "line", "line_digits": 6 })), "7.42", "three times 2.472525");
}

#[test]
fn changes_of_the_cart_before_and_after_tax() {
    let line = |price: &str| json!({ "unit_price": price, "taxes": [{ "name": "VAT", "rate": 20 }] });
    let cart = json!({
        "currency": "EUR", "lines": [line("10.00"), line("20.00"), line("0.01")],
        "discounts": [
            { "percent": 10 }, { "percent": 10, "of_rest": true },
            { "amount": 1, "taxes": [{ "name": "VAT", "rate": 20 }] }, { "percent": 50, "after_tax": true },
        ],
        "charges": [{ "amount": "2.50" }, { "amount": 1, "after_tax": true }],
    });
    let answer = priced(&cart);
    let off: Vec<_> = answer["discounts"].as_array().unwrap().iter().map(|d| d["amount"].clone()).collect();
    // 24.31 with 4.86 of tax are left of 30.01, less 1.00 and 0.20, and 2.50 untaxed: 30.47.
    assert_eq!(off, ["3.00", "2.70", "1.00", "15.24"]);
    let totals = &answer["totals"];
    assert_eq!(totals["total"], "30.47", "{totals}");
    assert_eq!(totals["after_tax"], "14.24");
    assert_eq!(totals["payable"], "16.23");
    let back = {
        let mut back = cart.clone();
        for line in back["lines"].as_array_mut().unwrap() {
            line["quantity"] = json!(-1);
        }
        back["discounts"] = json!([{ "percent": 10 }, { "amount": "2.70" }]);
        back["charges"] = json!([]);
        priced(&back)
    };
    assert_eq!(back["totals"]["net"], "-24.31", "a cart that comes back is the negative");
}
