//! Accounts in a sale: what is paid in beside goods has no tax and nothing off, and a report names it by itself.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use random_cart::{Seeded, finished_by, random_cart, rules_of_a_shop};
use shared::account::{AccountKey, CardCode, account_movements};
use shared::calendar::LocalTime;
use shared::customer::SaleCustomer;
use shared::ids::{CustomerId, LineId, ShiftId, TenderId};
use shared::money::{Minor, Quantity, Rate, UnitPrice};
use shared::sale::{Cart, CartError, CartLine, Discount, DiscountAmount, Sale, price};
use shared::shift::{CashCount, ShiftFigures, ShiftOpening};
use shared::tender::{Tender, TenderKind};
use uuid::Uuid;

fn card() -> AccountKey {
    AccountKey::of_card(&CardCode::parse("GIFT-0000-1234").unwrap())
}

fn paid_in(id: u128, key: AccountKey) -> CartLine {
    CartLine::paid_in(key, LineId(Uuid::from_u128(id)), "Gift card ••1234".into(), UnitPrice(200_000), 0)
        .unwrap()
}

fn sold(seed: u64, cart: &Cart) -> Sale {
    let mut random = Seeded::new(seed);
    let (tax, rounding) = rules_of_a_shop(&mut random);
    finished_by(&mut random, cart, tax, rounding, |cart, rules| price(cart, rules).unwrap())
}

#[test]
fn what_is_paid_in_beside_anything_is_whole_and_untaxed_and_moves_its_account() {
    let mut beside_goods = 0;
    for seed in 0..1_000 {
        let mut cart = random_cart(&mut Seeded::new(seed));
        cart.discount = Some(Discount { amount: DiscountAmount::Percent(Rate(250_000)), reason: None });
        let line = paid_in(1 << 90, card());
        let id = line.id;
        cart.lines.push(line);
        let sale = sold(seed, &cart);
        assert_eq!(sale.check(), Ok(()), "seed {seed}");
        let line = sale.lines.iter().find(|line| line.id == id).unwrap();
        let (nothing, whole) = (Minor::ZERO, line.before_discounts);
        assert_eq!((line.cart_discount, line.line_discount, line.tax.taxes.len()), (nothing, nothing, 0));
        assert_eq!((line.tax.net, line.tax.gross, line.amount), (whole, whole, whole), "seed {seed}");
        assert_eq!(line.returnable(Quantity::ZERO), Quantity::ZERO, "a card is not taken back");
        assert_eq!(sale.paid_in(), whole);
        let moved = account_movements(&sale);
        assert_eq!(moved.len(), 1);
        assert_eq!((&moved[0].account, moved[0].amount), (&card(), whole));
        beside_goods += usize::from(sale.lines.len() > 1);
        let opening = ShiftOpening {
            shift_id: ShiftId(Uuid::from_u128(1)),
            number: 1,
            currency: sale.currency,
            staff_name: "Amara".into(),
            float: CashCount::sum_only(Minor::ZERO).unwrap(),
        };
        let mut figures = ShiftFigures::begin(&opening, LocalTime { at_ms: 0, offset_minutes: 0 });
        figures.take_sale(&sale);
        assert_eq!((figures.paid_in, figures.total), (whole, sale.total));
        assert_eq!(figures.net, sale.net.minus(whole).unwrap(), "no turnover");
    }
    assert!(beside_goods > 500);
}

#[test]
fn what_is_paid_in_is_paid_in_once_and_never_out() {
    let mut cart = Cart::new(shared::ids::SaleId(Uuid::from_u128(1)));
    let line = paid_in(2, card());
    let id = line.id;
    cart.add(line).unwrap();
    for pieces in [-1, 2] {
        let quantity = Quantity::pieces(pieces).unwrap();
        assert_eq!(cart.set_quantity(id, quantity), Err(CartError::Quantity));
    }
    assert_eq!(cart.set_price(id, Some(UnitPrice(1))), Err(CartError::PaidPrice));
    for amount in [0, -1, i64::MAX] {
        let line = CartLine::paid_in(card(), id, String::new(), UnitPrice(amount), 0);
        assert_eq!(line, Err(CartError::Price));
    }
    // Two of them are two lines.
    cart.add(paid_in(3, card())).unwrap();
    assert_eq!(cart.lines.len(), 2);
}

#[test]
fn tenders_move_the_account_of_whoever_they_name() {
    let customer = CustomerId(Uuid::from_u128(9));
    let mut sale = sold(3, &random_cart(&mut Seeded::new(3)));
    let tender = |id, kind, amount| Tender::plain(TenderId(Uuid::from_u128(id)), kind, Minor(amount));
    sale.tenders = vec![
        tender(1, TenderKind::Cash, 500),
        tender(2, TenderKind::OnAccount, 300),
        tender(3, TenderKind::GiftCard { card: card(), last_letters: "1234".into() }, 200),
    ];
    // Of nobody's account there is nothing to move.
    assert_eq!(account_movements(&sale).len(), 1);
    sale.customer.id = Some(customer);
    let moved: Vec<_> =
        account_movements(&sale).into_iter().map(|one| (one.place, one.account, one.amount.0)).collect();
    assert_eq!(moved, [(2, AccountKey::of_customer(customer), -300), (3, card(), -200)]);
    // Money that goes back is put on.
    sale.tenders.truncate(2);
    sale.tenders[1].amount = Minor(-300);
    assert_eq!(account_movements(&sale)[0].amount, Minor(300));
}

#[test]
fn what_is_on_an_account_stays_with_whose_it_is() {
    let of = |id| SaleCustomer { id: Some(CustomerId(Uuid::from_u128(id))), ..SaleCustomer::default() };
    let mut cart = Cart::new(shared::ids::SaleId(Uuid::from_u128(1)));
    let at_first = cart.clone();
    cart.set_customer(of(8)).unwrap();
    cart.set_customer(of(9)).unwrap();
    cart.tenders.push(Tender::plain(TenderId(Uuid::from_u128(2)), TenderKind::OnAccount, Minor(300)));
    let owed = cart.clone();
    for other in [of(8), SaleCustomer::default()] {
        assert_eq!(cart.set_customer(other), Err(CartError::OnAccount));
        assert_eq!(cart, owed);
    }
    // Their name may be written anew, and an undo leaves them in it.
    cart.set_customer(SaleCustomer { name: Some("Ada Byron".into()), ..of(9) }).unwrap();
    cart.back_to(at_first.clone());
    assert_eq!((cart.customer.id, cart.tenders.len()), (of(9).id, 1));
    cart.tenders.clear();
    cart.back_to(at_first.clone());
    assert_eq!(cart, at_first);
    // Another sale that comes back has what was taken for it then.
    cart.id = shared::ids::SaleId(Uuid::from_u128(3));
    cart.back_to(owed.clone());
    assert_eq!(cart, owed);
}
