//! Approvals: what a cashier does alone and what somebody approves, the same before and after the sale is a fact.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use random_cart::{Seeded, finished_by, random_cart, rules_of_a_shop};
use shared::approval::{ApprovalKind, ApprovalRules, Need, needs, needs_of_cart};
use shared::catalog::{Product, Unit};
use shared::ids::{LineId, ProductId, SaleId, TaxCategoryId, TenderId};
use shared::money::{Minor, Quantity, Rate, UnitPrice};
use shared::sale::{
    Back, Cart, CartLine, Condition, Discount, DiscountAmount, Origin, Sale, paid_before, price, take_back,
};
use shared::shift::{CashMovement, CashMovementKind, DrawerOpening};
use shared::staff::Role;
use shared::sync::journal::EntryBody;
use shared::tender::{Tender, TenderKind};
use uuid::Uuid;

/// What of it needs an approval before it is paid; which way money goes back is known once it is.
fn sold(sale: Sale) -> Vec<Need> {
    let mut all = needs(&EntryBody::SaleCompleted { sale: Box::new(sale) }).unwrap();
    all.retain(|need| need.subject.kind != ApprovalKind::Refund);
    all
}

/// Before it is paid, and of the sale it becomes.
fn both(seed: u64, cart: &Cart) -> (Vec<Need>, Vec<Need>) {
    let mut random = Seeded::new(seed);
    let (tax, rounding) = rules_of_a_shop(&mut random);
    let mut before = Vec::new();
    let sale = finished_by(&mut random, cart, tax, rounding, |cart, priced_by| {
        let priced = price(cart, priced_by).unwrap();
        before = needs_of_cart(cart, &priced, (priced_by.currency, tax)).unwrap();
        priced
    });
    (before, sold(sale))
}

#[test]
fn a_cart_needs_what_its_sale_needs() {
    let mut seen = [0; 4];
    for seed in 0..2_000 {
        let cart = random_cart(&mut Seeded::new(seed));
        let (before, after) = both(seed, &cart);
        assert_eq!(before, after, "seed {seed}");
        for need in after {
            // Whoever approves exactly this has approved it.
            assert!(need.subject.covers(&need.subject));
            assert_eq!(need.subject.sale_id, Some(cart.id));
            assert!(!ApprovalRules::default().ask(&need, Role::Manager));
            seen[need.subject.kind as usize] += 1;
        }
    }
    assert!(seen.iter().all(|seen| *seen > 50), "{seen:?}");
}

/// Two of 10.00 and one of 5.00: 25.00.
fn cart() -> Cart {
    let mut cart = Cart::new(SaleId(Uuid::from_u128(1)));
    for (id, price, pieces) in [(1, 100_000, 2), (2, 50_000, 1)] {
        let product = Product {
            id: ProductId(Uuid::from_u128(id)),
            parent_id: None,
            sku: id.to_string(),
            name: format!("Thing {id}"),
            options: vec![],
            barcodes: vec![],
            category_id: None,
            unit: Unit::Piece,
            tax_category_id: TaxCategoryId(Uuid::from_u128(3)),
            price: Some(UnitPrice(price)),
            picture: None,
            stocked: true,
            active: true,
            favourite: false,
        };
        let quantity = Quantity::pieces(pieces).unwrap();
        cart.add(CartLine::of(&product, LineId(Uuid::from_u128(id)), quantity, None, 0).unwrap()).unwrap();
    }
    cart
}

fn line(id: u128) -> LineId {
    LineId(Uuid::from_u128(id))
}

fn off(amount: DiscountAmount) -> Option<Discount> {
    Some(Discount { amount, reason: None })
}

#[test]
fn what_needs_an_approval_and_what_it_is_worth() {
    use ApprovalKind::{LineDiscount, Price, Return, SaleDiscount};
    let percent = |percent: i64| DiscountAmount::Percent(Rate(percent * 10_000));
    let amount = |amount| DiscountAmount::Amount(Minor(amount));
    let rules = ApprovalRules { returns: true, ..ApprovalRules::default() };
    type Change = Box<dyn Fn(&mut Cart)>;
    type Case = (&'static str, Change, Vec<(ApprovalKind, i64)>);
    let cases: Vec<Case> = vec![
        ("as it is", Box::new(|_| {}), vec![]),
        (
            "9.50 for each of two",
            Box::new(|cart| cart.set_price(line(1), Some(UnitPrice(95_000))).unwrap()),
            vec![(Price, 100)],
        ),
        (
            "dearer than the shelf",
            Box::new(|cart| cart.set_price(line(2), Some(UnitPrice(60_000))).unwrap()),
            vec![(Price, -100)],
        ),
        (
            "the shelf's own price",
            Box::new(|cart| cart.set_price(line(2), Some(UnitPrice(50_000))).unwrap()),
            vec![],
        ),
        (
            "10 % of a line",
            Box::new(move |cart| cart.set_line_discount(line(1), off(percent(10))).unwrap()),
            vec![],
        ),
        (
            "11 % of a line",
            Box::new(move |cart| cart.set_line_discount(line(1), off(percent(11))).unwrap()),
            vec![(LineDiscount, 220)],
        ),
        (
            "2.00 off 20.00",
            Box::new(move |cart| cart.set_line_discount(line(1), off(amount(200))).unwrap()),
            vec![],
        ),
        (
            "2.01 off 20.00",
            Box::new(move |cart| cart.set_line_discount(line(1), off(amount(201))).unwrap()),
            vec![(LineDiscount, 201)],
        ),
        (
            "2.00 off, and then one piece less",
            Box::new(move |cart| {
                cart.set_line_discount(line(1), off(amount(200))).unwrap();
                cart.set_quantity(line(1), Quantity::ONE).unwrap();
            }),
            vec![(LineDiscount, 200)],
        ),
        ("10 % of all", Box::new(move |cart| cart.set_discount(off(percent(10))).unwrap()), vec![]),
        (
            "2.51 off 25.00",
            Box::new(move |cart| cart.set_discount(off(amount(251))).unwrap()),
            vec![(SaleDiscount, 251)],
        ),
        (
            "each within the limit",
            Box::new(move |cart| {
                cart.set_line_discount(line(1), off(percent(10))).unwrap();
                cart.set_discount(off(percent(10))).unwrap();
            }),
            vec![],
        ),
        (
            "one comes back",
            Box::new(|cart| cart.set_quantity(line(2), Quantity::ONE.negated().unwrap()).unwrap()),
            vec![(Return, 500)],
        ),
        (
            "several at once",
            Box::new(move |cart| {
                cart.set_price(line(1), Some(UnitPrice(90_000))).unwrap();
                cart.set_line_discount(line(1), off(percent(50))).unwrap();
                cart.set_discount(off(percent(20))).unwrap();
            }),
            // 18.00 less half is 9.00; a fifth of 9.00 and 5.00.
            vec![(Price, 200), (LineDiscount, 900), (SaleDiscount, 280)],
        ),
    ];
    for (what, change, wanted) in cases {
        let mut cart = cart();
        change(&mut cart);
        let (before, after) = both(7, &cart);
        assert_eq!(before, after, "{what}");
        let asked = after.iter().filter(|need| rules.ask(need, Role::Cashier));
        let got: Vec<_> = asked.map(|need| (need.subject.kind, need.worth.0)).collect();
        assert_eq!(got, wanted, "{what}");
    }
}

#[test]
fn a_shop_sets_how_much_a_cashier_gives() {
    let mut cart = cart();
    cart.set_line_discount(line(1), off(DiscountAmount::Percent(Rate(300_000)))).unwrap();
    for (most, asked) in [(0, true), (299_999, true), (300_000, false), (1_000_000, false)] {
        let rules = ApprovalRules { most_discount: Rate(most), ..ApprovalRules::default() };
        let needs = both(1, &cart).0;
        assert_eq!(needs.iter().any(|need| rules.ask(need, Role::Cashier)), asked, "{most}");
        assert!(!needs.iter().any(|need| rules.ask(need, Role::Manager)), "{most}");
    }
}

#[test]
fn the_drawer_is_moved_and_opened_by_approval() {
    let movement = CashMovement {
        kind: CashMovementKind::Drop,
        amount: Minor(5_000),
        reason: "Safe".into(),
        staff_name: "Amara".into(),
    };
    let moved = needs(&EntryBody::CashMoved { movement }).unwrap();
    assert_eq!((moved[0].subject.amount, moved[0].worth), (Some(Minor(-5_000)), Minor(5_000)));
    let drawer = DrawerOpening { reason: "Change".into(), staff_name: "Amara".into() };
    let opened = needs(&EntryBody::DrawerOpened { drawer }).unwrap();
    assert_eq!((opened[0].subject.kind, opened[0].about.as_str()), (ApprovalKind::Drawer, "Change"));
    let printed = EntryBody::ReceiptReprinted { sale_id: SaleId(Uuid::nil()) };
    assert_eq!(needs(&printed), Ok(vec![]));
    for need in moved.iter().chain(&opened) {
        assert!(ApprovalRules::default().ask(need, Role::Cashier));
        assert!(!ApprovalRules::default().ask(need, Role::Owner));
    }
}

#[test]
fn goods_without_a_receipt_come_back_with_an_approval_where_a_store_wants_that() {
    let with_receipt = ApprovalRules { without_receipt: true, ..ApprovalRules::default() };
    let mut back = cart();
    back.set_quantity(line(2), Quantity::pieces(-1).unwrap()).unwrap();
    let (before, after) = both(4, &back);
    assert_eq!(before, after);
    let need = after.iter().find(|need| need.subject.kind == ApprovalKind::Return).unwrap();
    assert!(need.without_receipt);
    assert!(with_receipt.ask(need, Role::Cashier) && !with_receipt.ask(need, Role::Manager));
    assert!(!ApprovalRules::default().ask(need, Role::Cashier), "where nobody has set it, nothing changes");
    let known = Need { without_receipt: false, ..need.clone() };
    assert!(!with_receipt.ask(&known, Role::Cashier), "with the receipt it is as before");
}

#[test]
fn money_that_goes_back_another_way_than_it_came_is_approved_where_a_store_wants_that() {
    let card = |amount| {
        let kind = TenderKind::Card { reference: "T-1".into(), last_four: None };
        Tender::plain(TenderId(Uuid::from_u128(1)), kind, Minor(amount))
    };
    let cash = |amount| Tender::plain(TenderId(Uuid::from_u128(2)), TenderKind::Cash, Minor(amount));
    let mut random = Seeded::new(1);
    let (tax, rounding) = rules_of_a_shop(&mut random);
    let mut first =
        finished_by(&mut random, &cart(), tax, rounding, |cart, rules| price(cart, rules).unwrap());
    first.tenders = vec![card(first.total.0)];
    (first.change, first.cash_rounding) = (Minor::ZERO, Minor::ZERO);
    let mut back = Cart::new(SaleId(Uuid::from_u128(2)));
    let origin = Origin::of(&first, 1, None, Condition::Restock);
    let whole = Back { origin, returned: Quantity::ZERO, quantity: first.lines[0].quantity };
    back.add(take_back(&first.lines[0], line(9), whole, 0).unwrap()).unwrap();
    back.note_paid(paid_before(&first));
    back.note_paid(paid_before(&first));
    assert_eq!(back.paid_before.len(), 1, "a sale is noted once");
    let gives = |tender: Tender| {
        let mut back = back.clone();
        back.tenders.push(tender);
        let mut before = Vec::new();
        let sale = finished_by(&mut Seeded::new(1), &back, tax, rounding, |cart, priced_by| {
            let priced = price(cart, priced_by).unwrap();
            before = needs_of_cart(cart, &priced, (priced_by.currency, tax)).unwrap();
            priced
        });
        let sale = Sale { tenders: back.tenders, ..sale };
        assert!(sale.needs_seventh_version() && sale.paid_before == back.paid_before);
        let after = needs(&EntryBody::SaleCompleted { sale: Box::new(sale) }).unwrap();
        assert_eq!(before, after, "the register and the server see the same");
        after.into_iter().find(|need| need.subject.kind == ApprovalKind::Refund)
    };
    assert_eq!(gives(card(-1_000)), None);
    let need = gives(cash(-1_000)).unwrap();
    assert_eq!((need.worth, need.subject.amount), (Minor(1_000), Some(Minor(1_000))));
    let strict = ApprovalRules { other_ways: true, ..ApprovalRules::default() };
    assert!(strict.ask(&need, Role::Cashier) && !strict.ask(&need, Role::Manager));
    assert!(!ApprovalRules::default().ask(&need, Role::Cashier), "where nobody has set it, nothing changes");
    // Once the goods are out of the cart again, so is how they were paid.
    back.remove(line(9)).unwrap();
    assert_eq!(back.still_paid_before(), []);
}
