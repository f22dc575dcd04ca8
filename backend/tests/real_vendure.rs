//! Real Vendure: what the bridge takes for granted of this store, seen on a running one (docs/connectors/vendure.md).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod real;

use real::Vendure;
use serde_json::{Value, json};

const HEART: &str = "query { productVariants(options: { filter: { sku: { eq: \"85123A\" } } }) {
    totalItems items { id priceWithTax customFields { barcode } stockLevels { stockLocationId stockOnHand } } } }";

async fn heart(vendure: &Vendure) -> Value {
    let mut found = vendure.ask(HEART, json!({})).await;
    assert_eq!(found["productVariants"]["totalItems"], 1);
    found["productVariants"]["items"][0].take()
}

#[tokio::test]
async fn vendure_holds_the_goods_and_forgets_what_a_story_changed() {
    let Some(vendure) = Vendure::fresh().await else { return };
    let before = heart(&vendure).await;
    assert_eq!(before["priceWithTax"], 295);
    assert_eq!(before["customFields"]["barcode"], "0408512300012");
    assert_eq!(before["stockLevels"][0]["stockOnHand"], 120);
    let sold = "mutation ($id: ID!) { updateProductVariants(input: [
        { id: $id, stockLevels: [{ stockLocationId: 1, stockOnHand: 77 }] }]) { id } }";
    vendure.ask(sold, json!({ "id": before["id"] })).await;
    assert_eq!(heart(&vendure).await["stockLevels"][0]["stockOnHand"], 77);
    let vendure = Vendure::fresh().await.unwrap();
    assert_eq!(heart(&vendure).await, before);
}
