//! Real Tryton: what the bridge takes for granted of this ERP, seen on a running one (docs/connectors/tryton.md).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod real;

use real::Tryton;
use serde_json::{Value, json};

fn amount(decimal: &str) -> Value {
    json!({ "__class__": "Decimal", "decimal": decimal })
}

/// The number of the one record there is.
async fn find(tryton: &Tryton, model: &str, domain: Value) -> i64 {
    let parameters = vec![domain, json!(0), json!(2), json!(null)];
    let found = tryton.call(&format!("model.{model}.search"), parameters).await.unwrap();
    assert_eq!(found.as_array().unwrap().len(), 1, "{model}");
    found[0].as_i64().unwrap()
}

#[tokio::test]
async fn the_shop_stands_in_tryton() {
    let Some(tryton) = Tryton::own().await else { return };
    let fields = json!(["code", "name", "gross_price_used", "identifiers.code", "default_uom.symbol"]);
    let read = vec![json!([]), json!(0), json!(100), json!([["code", "ASC"]]), fields];
    let products = tryton.call("model.product.product.search_read", read).await.unwrap();
    let products = products.as_array().unwrap();
    assert_eq!(products.len(), 12);
    let heart = products.iter().find(|product| product["code"] == "85123A").unwrap();
    assert_eq!(heart["name"], "White hanging heart T-light holder");
    assert_eq!(heart["gross_price_used"], amount("2.9500"));
    assert_eq!(heart["identifiers."][0]["code"], "0408512300012");
    let warehouse = find(&tryton, "stock.location", json!([["code", "=", "HS"]])).await;
    let read = vec![json!([heart["id"]]), json!(["quantity"])];
    let place = json!({ "company": 1, "locations": [warehouse] });
    let quantity = tryton.call_in("model.product.product.read", read, place).await.unwrap();
    assert_eq!(quantity[0]["quantity"].as_f64(), Some(120.0));
}

/// On SQLite it would be posted: the reason why these stories are told on PostgreSQL.
#[tokio::test]
async fn an_unbalanced_journal_is_refused_by_tryton() {
    let Some(tryton) = Tryton::own().await else { return };
    let cash = find(&tryton, "account.account", json!([["code", "=", "1.1.1"]])).await;
    let goods = find(&tryton, "account.account", json!([["code", "=", "4.1.1"]])).await;
    let journal = find(&tryton, "account.journal", json!([["type", "=", "revenue"]])).await;
    let date = json!({ "__class__": "date", "year": 2026, "month": 6, "day": 21 });
    let period = json!([["start_date", "<=", date], ["end_date", ">=", date], ["type", "=", "standard"]]);
    let period = find(&tryton, "account.period", period).await;
    for (credit, balanced) in [("10.00", true), ("9.00", false)] {
        let lines = json!([
            { "account": cash, "debit": amount("10.00"), "credit": amount("0.00") },
            { "account": goods, "debit": amount("0.00"), "credit": amount(credit) },
        ]);
        let entry =
            json!({ "journal": journal, "period": period, "date": date, "lines": [["create", lines]] });
        let made = tryton.call("model.account.move.create", vec![json!([entry])]).await.unwrap();
        let posted = tryton.call("model.account.move.post", vec![made]).await;
        assert_eq!(posted.is_ok(), balanced, "{posted:?}");
    }
}
