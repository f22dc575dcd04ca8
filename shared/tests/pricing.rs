//! Promotions at random: the order of scanning changes nothing, nothing comes below zero, sales add up, and the work stays in
//! proportion to lines × promotions.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use proptest::prelude::*;
use random_cart::{Seeded, finished_by, give_back, random_cart, rules_of_a_shop};
use shared::calendar::LocalTime;
use shared::ids::{CategoryId, PriceListId, ProductId, PromotionId, StoreId};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use shared::pricing::*;
use shared::sale::{Cart, Sale, price_offered};
use shared::sync::journal::{EntryBody, JournalEntry};
use uuid::Uuid;

fn category(random: &mut Seeded) -> CategoryId {
    CategoryId(Uuid::from_u128(u128::from(random.below(6))))
}

/// A cart of few groups of goods, so that promotions meet.
fn cart(random: &mut Seeded) -> Cart {
    let mut cart = random_cart(random);
    for line in &mut cart.lines {
        line.category_id = Some(category(random));
    }
    if random.below(3) == 0 {
        cart.add_coupon("SPRING").unwrap();
    }
    cart
}

fn goods(random: &mut Seeded) -> Goods {
    let count = random.below(3);
    Goods { categories: (0..count).map(|_| category(random)).collect(), ..Goods::default() }
}

fn number(random: &mut Seeded, below: u64) -> i64 {
    i64::try_from(random.below(below)).unwrap()
}

fn small(random: &mut Seeded) -> u32 {
    u32::try_from(random.below(4)).unwrap()
}

fn offer(random: &mut Seeded) -> Offer {
    let rate = Rate(number(random, 1_000_001));
    match random.below(8) {
        0 => Offer::Percent(rate),
        1 => Offer::EachOff(UnitPrice(number(random, 300_000))),
        2 => Offer::AmountOff(Minor(number(random, 5_000))),
        3 => {
            let step = |random: &mut Seeded| Tier {
                from: number(random, 20_000),
                off: Rate(number(random, 900_000)),
            };
            let by = if random.below(2) == 0 { TierBy::Quantity } else { TierBy::Amount };
            Offer::Tiers(Tiers { by, steps: (0..3).map(|_| step(random)).collect() })
        }
        4 => Offer::BuyGet(BuyGet { buy: small(random), get: small(random), off: rate, gifts: None }),
        5 => {
            let gifts = Some(goods(random));
            Offer::BuyGet(BuyGet { buy: small(random), get: small(random), off: rate, gifts })
        }
        6 => Offer::ForPrice(ForPrice { count: small(random), price: Minor(number(random, 9_000)) }),
        _ => {
            let part = |random: &mut Seeded| BundlePart { goods: goods(random), count: small(random) };
            let parts = (0..random.below(4)).map(|_| part(random)).collect();
            Offer::Bundle(Bundle { parts, price: Minor(number(random, 9_000)) })
        }
    }
}

fn promotion(random: &mut Seeded, id: u128) -> Promotion {
    let stackings = [Stacking::Alone, Stacking::Alone, Stacking::WithOthers, Stacking::OnlyOne];
    let coupon = Coupon { code: "spring".into(), most_uses: None, uses: 0 };
    Promotion {
        id: PromotionId(Uuid::from_u128(id)),
        name: format!("Promotion {id}"),
        priority: number(random, 3),
        stacking: stackings[usize::try_from(random.below(4)).unwrap()],
        currency: None,
        applies: Applies::default(),
        coupon: (random.below(6) == 0).then_some(coupon),
        goods: goods(random),
        minimum: (random.below(5) == 0).then(|| Minor(number(random, 9_000))),
        most_times: (random.below(4) == 0).then(|| small(random)),
        offer: offer(random),
    }
}

struct Rules {
    lists: Vec<PriceList>,
    promotions: Vec<Promotion>,
}

impl Rules {
    fn random(random: &mut Seeded, cart: &Cart, most: u64) -> Self {
        let promotions = (0..=random.below(most)).map(|id| promotion(random, u128::from(id))).collect();
        let row = |line: &shared::sale::CartLine| ListedPrice {
            product_id: line.product_id.unwrap(),
            from: Quantity(line.quantity.0.max(0)),
            price: UnitPrice(line.list_price.0 / 2),
        };
        let prices = cart.lines.iter().step_by(3).map(row).collect();
        let list = PriceList {
            id: PriceListId(Uuid::nil()),
            name: "Trade".into(),
            priority: 0,
            currency: Currency::parse("GBP").unwrap(),
            applies: Applies::default(),
            prices,
        };
        Self { lists: vec![list], promotions }
    }

    fn offered(&self, cart: &Cart, seed: u64) -> Offered {
        let (tax, _) = rules_of_a_shop(&mut Seeded::new(seed));
        let occasion = Occasion {
            store_id: StoreId(Uuid::nil()),
            currency: Currency::parse("GBP").unwrap(),
            tax,
            group_id: None,
            time: LocalTime { at_ms: 1_795_563_000_000, offset_minutes: 0 },
            price_lists: &self.lists,
            promotions: &self.promotions,
        };
        offered(cart, &occasion).unwrap()
    }

    fn sale(&self, cart: &Cart, seed: u64) -> Sale {
        let offered = self.offered(cart, seed);
        let mut random = Seeded::new(seed);
        let (tax, rule) = rules_of_a_shop(&mut random);
        finished_by(&mut random, cart, tax, rule, |cart, rules| price_offered(cart, rules, offered).unwrap())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn sales_with_promotions_add_up_and_nothing_comes_below_zero(seed: u64) {
        let mut random = Seeded::new(seed);
        let cart = cart(&mut random);
        let rules = Rules::random(&mut random, &cart, 12);
        let sale = rules.sale(&cart, seed);
        prop_assert_eq!(sale.check(), Ok(()));
        for (line, bought) in sale.lines.iter().zip(&cart.lines) {
            let off = Minor::sum(line.promotions.iter().map(|part| part.off)).unwrap();
            prop_assert!(line.promotions.iter().all(|part| part.off.0 > 0));
            prop_assert!(off.is_zero() || off.0 <= line.before_discounts.0);
            if bought.quantity.is_negative() || bought.price_override.is_some() {
                prop_assert!(off.is_zero() && line.price_list.is_none(), "out of reach");
            }
        }
        let text = serde_json::to_string(&sale).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Sale>(&text).unwrap(), &sale);
        let back = give_back(&mut random, &sale);
        prop_assert!(back.is_ok(), "{}", back.unwrap_err());
    }

    #[test]
    fn the_order_of_scanning_changes_nothing(seed: u64) {
        let mut random = Seeded::new(seed);
        let mut cart = cart(&mut random);
        cart.discount = None;
        let mut rules = Rules::random(&mut random, &cart, 12);
        let one = rules.offered(&cart, seed);
        let by_line = |cart: &Cart, offered: &Offered| {
            let mut lines: Vec<_> = cart.lines.iter().map(|line| line.id).zip(offered.lines.clone()).collect();
            lines.sort_by_key(|(id, _)| *id);
            lines
        };
        let first = by_line(&cart, &one);
        for _ in 0..3 {
            let at = usize::try_from(random.below(cart.lines.len() as u64)).unwrap();
            cart.lines.rotate_left(at);
            cart.lines.reverse();
            rules.promotions.reverse();
            let other = rules.offered(&cart, seed);
            prop_assert_eq!(&by_line(&cart, &other), &first);
        }
    }
}

/// A cart of many lines and many promotions that all want the same goods.
fn steps(lines: usize, promotions: u64) -> u64 {
    let mut random = Seeded::new(7);
    let mut all = cart(&mut random);
    while all.lines.len() < lines {
        all.lines.extend(cart(&mut random).lines);
    }
    all.lines.truncate(lines);
    let promotions = (0..promotions).map(|id| promotion(&mut random, u128::from(id))).collect();
    let rules = Rules { lists: vec![], promotions };
    rules.offered(&all, 0).steps
}

#[test]
fn a_promotion_on_a_product_reaches_its_variants() {
    let (parent, variant) = (ProductId(Uuid::from_u128(500)), ProductId(Uuid::from_u128(501)));
    let mut random = Seeded::new(5);
    let mut cart = cart(&mut random);
    cart.lines.truncate(1);
    let line = &mut cart.lines[0];
    (line.product_id, line.parent_id) = (Some(variant), Some(parent));
    (line.quantity, line.price_override) = (Quantity::pieces(3).unwrap(), None);
    let all_off = Promotion {
        offer: Offer::Percent(Rate(1_000_000)),
        applies: Applies::default(),
        coupon: None,
        minimum: None,
        ..promotion(&mut random, 1)
    };
    for (goods, is_off) in [
        (Goods { products: vec![parent], ..Goods::default() }, true),
        (Goods { products: vec![variant], ..Goods::default() }, true),
        (Goods { products: vec![ProductId(Uuid::from_u128(502))], ..Goods::default() }, false),
        (Goods { without: vec![parent], ..Goods::default() }, false),
    ] {
        let promotion = Promotion { goods: goods.clone(), ..all_off.clone() };
        let offered = Rules { lists: vec![], promotions: vec![promotion] }.offered(&cart, 5);
        assert_eq!(!offered.lines[0].promotions.is_empty(), is_off, "{goods:?}");
    }
}

#[test]
fn the_work_grows_with_lines_and_promotions_and_not_faster() {
    let small = steps(50, 20);
    let large = steps(500, 200);
    assert!(large > 500 * 200 / 4, "{large} steps: is it counted?");
    assert!(large < 12 * 500 * 200, "{large} steps for 500 lines and 200 promotions");
    assert!(large < small * 200, "{small} steps for a hundredth of it, {large} for the whole");
}

/// An older server takes what it can add up; what it could not is of the second version, so that it waits for a newer one.
#[test]
fn an_entry_is_of_the_oldest_version_that_holds_it() {
    let mut random = Seeded::new(5);
    let cart = cart(&mut random);
    let plain = Rules { lists: vec![], promotions: vec![] }.sale(&cart, 5);
    let everything = Promotion {
        stacking: Stacking::Alone,
        goods: Goods::default(),
        coupon: None,
        minimum: None,
        offer: Offer::Percent(Rate(100_000)),
        ..promotion(&mut random, 1)
    };
    let promoted = Rules { lists: vec![], promotions: vec![everything] }.sale(&cart, 5);
    let version = |sale: &Sale| EntryBody::SaleCompleted { sale: Box::new(sale.clone()) }.version();
    assert_eq!((version(&plain), version(&promoted)), (1, 2));
    let text = serde_json::to_string(&plain).unwrap();
    assert!(!text.contains("promotions") && !text.contains("price_list"), "as it always was");
    let golden: Vec<shared::sync::journal::SealedEntry> =
        serde_json::from_str(include_str!("golden/journal_v2_promotions.json")).unwrap();
    let read: JournalEntry = golden[0].open().unwrap();
    let EntryBody::SaleCompleted { sale } = read.body else { unreachable!("a sale") };
    assert_eq!((read.version, *sale), (2, promoted));
}
