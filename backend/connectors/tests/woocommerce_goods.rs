//! WooCommerce's goods: variations, prices with and without tax, lists that somebody changes while they are read, the bin.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;
mod site;

use connectors::{Command, Done};
use fakes::Remote;
use serde_json::json;
use shared::connect::LinkKind;
use site::{NOON_MS, Story, deliver, sale, sent};

#[test]
fn a_variation_is_an_article_of_its_own() {
    let mut story = Story::new();
    let all = story.changed(None);
    assert_eq!(all.len(), 4 + 2 + 120, "neither what has variations nor a group");
    let red = all.iter().find(|record| record.id == "15:17").unwrap();
    assert_eq!(
        red.name,
        "T-shirt &#8220;Ben & Ann&#8221; – Red".replace("&#8220;", "“").replace("&#8221;", "”")
    );
    assert_eq!(
        (red.code.as_str(), red.barcodes.as_slice()),
        ("SHIRT-Red", ["5012345678931".to_owned()].as_slice())
    );
    assert_eq!(red.fields["regular_price_with_tax"], "14.00");
    assert_eq!(red.fields["tax_class"], "standard");
    assert_eq!(red.fields["category"], "Home & kitchen");
    // It is sold as itself.
    let sold = sale(1, &[("15:17", 2_000, 2_800, 467, Some(20))], &[("cod", 2_800)]);
    let order = sent(&mut story, &sold);
    assert_eq!(
        (&order["line_items"][0]["product_id"], &order["line_items"][0]["variation_id"]),
        (&json!(15), &json!(17))
    );
    assert!(matches!(story.done(&deliver(&sold)), Done::Delivered { .. }));
    assert_eq!(story.remote.booked()[0].total, 2_800);
    // A change of one brings it again, and what is not of that product stays away.
    story.remote.at(NOON_MS + 7_200_000);
    story.remote.reprice("15:18", "13.00");
    let changed = story.changed(Some(NOON_MS + 3_600_000));
    assert_eq!(changed.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["15:17", "15:18"]);
    // And it is written to where it is.
    let fields = [("regular_price_with_tax".to_owned(), "13.50".to_owned())].into();
    assert_eq!(story.done(&Command::Write { id: "15:18".to_owned(), fields }), Done::Written);
    assert_eq!(story.remote.product("15:18", "regular_price_with_tax").as_deref(), Some("13.50"));
    let fields = [("name".to_owned(), "Blue shirt".to_owned())].into();
    assert!(story.wedged(&Command::Write { id: "15:18".to_owned(), fields }).reason.contains("no name"));
}

#[test]
fn nothing_slips_while_somebody_takes_products_away() {
    let mut story = Story::new();
    let Done::Records(first) = story.done(&Command::Changed { since_ms: None, after: None }) else {
        panic!("records")
    };
    assert_eq!(first.records.len(), 100 - 2, "a whole page, less a group and what has variations");
    for id in ["100", "101", "102", "103"] {
        story.remote.delete(id);
    }
    let (mut rest, mut after) = (Vec::new(), first.next);
    while after.is_some() {
        let Done::Records(page) = story.done(&Command::Changed { since_ms: None, after }) else {
            panic!("records")
        };
        rest.extend(page.records);
        after = page.next;
    }
    let mut ids: Vec<String> = first.records.into_iter().chain(rest).map(|record| record.id).collect();
    ids.sort();
    let before = ids.len();
    ids.dedup();
    assert_eq!((ids.len(), before), (126, 126), "each once, none missing");
}

#[test]
fn what_lies_in_the_bin_is_told_as_put_aside() {
    let mut story = Story::new();
    story.remote.at(NOON_MS + 7_200_000);
    story.remote.bin("12");
    let changed = story.changed(Some(NOON_MS + 3_600_000));
    assert_eq!(changed.len(), 1);
    assert!(changed[0].id == "12" && !changed[0].active && changed[0].fields["status"] == "trash");
    assert!(!story.changed(None).iter().any(|record| record.id == "12"));
    // What is sold of it can go nowhere.
    let wedged = story.wedged(&deliver(&sale(1, &[("12", 1_000, 295, 49, Some(20))], &[("cod", 295)])));
    assert!(wedged.reason.contains("any more"), "{wedged:?}");
    assert_eq!(story.remote.booked(), []);
}

#[test]
fn a_price_without_tax_is_never_taken_for_one_with_it() {
    let mut story = Story::new();
    let Done::Seen { about } = story.done(&Command::Look) else { panic!("seen") };
    assert_eq!(about, "WooCommerce at remote.example.com, prices in GBP with tax");
    story.remote.set("woocommerce_prices_include_tax", "no");
    let Done::Seen { about } = story.done(&Command::Look) else { panic!("seen") };
    assert!(about.contains("without tax"), "{about}");
    let all = story.changed(None);
    let heart = all.iter().find(|record| record.id == "12").unwrap();
    assert_eq!(heart.fields["regular_price_without_tax"], "2.95");
    assert!(!heart.fields.contains_key("regular_price_with_tax"), "no price is better than a wrong one");
    let fields = [("regular_price_with_tax".to_owned(), "3.45".to_owned())].into();
    let wedged = story.wedged(&Command::Write { id: "12".to_owned(), fields });
    assert!(wedged.reason.contains("without tax"), "{wedged:?}");
    let fields = [("regular_price_without_tax".to_owned(), "3.45".to_owned())].into();
    assert_eq!(story.done(&Command::Write { id: "12".to_owned(), fields }), Done::Written);
}

#[test]
fn a_line_that_is_no_product_is_matched_with_what_is_virtual() {
    let mut story = Story::new();
    let pages = story.pages(|after| Command::List { kind: LinkKind::Line, after });
    let ids: Vec<String> = pages.into_iter().flat_map(|page| page.records).map(|record| record.id).collect();
    assert_eq!(ids, ["14"]);
    let Done::Records(ways) = story.done(&Command::List { kind: LinkKind::Tender, after: None }) else {
        panic!("records")
    };
    let card = ways.records.iter().find(|record| record.id == "stripe").unwrap();
    assert_eq!(card.name, "Credit & debit card");
    assert!(!ways.records.iter().find(|record| record.id == "bacs").unwrap().active);
}
