//! Older: entries as an old release sealed them.
//! Lives here: the golden files of `shared/tests`, given the numbers, the shop and the goods of a tablet of today.
//! May use: the golden files. Never: today's way to write an entry; what was sealed then has fields and an order of its own.

use crate::shop::Shop;
use crate::tablet::Tablet;
use serde_json::{Map, Value, json};
use shared::ids::EntryId;
use shared::sync::device::Numbers;
use shared::sync::journal::{SealedEntry, fingerprint};
use std::sync::LazyLock;
use tillbridge::demo::till::Visit;
use tillbridge::replay::chance::Chance;

/// What the first release could record. Its golden file is never changed.
const FIRST: &str = include_str!("../../shared/tests/golden/journal_v1.json");
const KINDS: [&str; 3] = ["sale_completed", "stock_adjusted", "receipt_reprinted"];

static CONTENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let sealed: Vec<SealedEntry> = serde_json::from_str(FIRST).unwrap();
    let contents = sealed.iter().map(|entry| serde_json::from_str(&entry.content).unwrap());
    contents.filter(|content: &Value| KINDS.iter().any(|kind| content["body"]["kind"] == *kind)).collect()
});

/// One of them, as this tablet would have sealed it then: mostly sales.
pub fn entry(
    tablet: &Tablet,
    shop: &Shop,
    numbers: &Numbers,
    visit: &Visit,
    chance: &mut Chance,
) -> Option<SealedEntry> {
    let place = if chance.percent(70) { 0 } else { chance.below(CONTENTS.len()) };
    let mut content = CONTENTS.get(place)?.clone();
    let id = EntryId::fresh(&mut chance.ids(visit.time.at_ms));
    let whole = content.as_object_mut()?;
    put(whole, "id", json!(id));
    put(whole, "device_id", json!(tablet.paired.device_id));
    put(whole, "sequence", json!(numbers.sequence));
    put(whole, "previous", json!(numbers.previous));
    put(whole, "time", json!(visit.time));
    put(whole, "staff_id", json!(shop.clerk.id));
    // A field that no release reads any more.
    put(whole, "app", json!("0.1"));
    let body = whole.get_mut("body")?.as_object_mut()?;
    let number = numbers.receipt;
    if let Some(sale) = body.get_mut("sale").and_then(Value::as_object_mut) {
        put(sale, "id", json!(shared::ids::SaleId::fresh(&mut chance.ids(visit.time.at_ms))));
        put(sale, "receipt_number", json!(shared::register::receipt_number(&tablet.paired.prefix, number)));
        put(sale, "store_id", json!(shop.rules.store.id));
        put(sale, "register_id", json!(tablet.paired.register_id));
        put(sale, "device_id", json!(tablet.paired.device_id));
        put(sale, "time", json!(visit.time));
        of_this_shelf(sale, visit);
    }
    if let Some(adjustment) = body.get_mut("adjustment").and_then(Value::as_object_mut) {
        put(adjustment, "number", json!(format!("{}-{}", tablet.paired.prefix, numbers.sequence)));
        of_this_shelf(adjustment, visit);
    }
    let content = content.to_string();
    Some(SealedEntry { id, sequence: numbers.sequence, hash: fingerprint(&content), content })
}

fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    object.insert(name.to_owned(), value);
}

/// The lines are of goods the shop has.
fn of_this_shelf(record: &mut Map<String, Value>, visit: &Visit) {
    let Some(lines) = record.get_mut("lines").and_then(Value::as_array_mut) else { return };
    for (line, (product, _)) in lines.iter_mut().zip(visit.lines.iter().cycle()) {
        line["product_id"] = json!(product.id);
    }
}
