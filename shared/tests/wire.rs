//! The wire and the journal as bytes: a change here is a change for every tablet in the field.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the cart tests use the rest")]
mod random_cart;

use insta::assert_json_snapshot;
use random_cart::{
    Seeded, all_of, categories, finished_by, random_cart, random_sale, return_of, rules_of_a_shop,
};
use shared::account::{AccountKey, CardCode};
use shared::approval::{Approval, ApprovalKind, ApprovalSubject};
use shared::calendar::{Day, LocalTime};
use shared::customer::{CustomerEdit, CustomerField, FieldChange, SaleCustomer};
use shared::ids::{
    ApprovalId, CustomerGroupId, CustomerId, DeviceId, EntryId, LineId, ProductId, SaleId, ShiftId, StaffId,
    TenderId, TenderTypeId,
};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use shared::points::{CartPoints, PointsRules, Tier};
use shared::sale::{
    Cart, Deposit, Layaway, LineKind, Named, PriceRules, Sale, hand_over, paid_before, price,
};
use shared::shift::{
    CashCount, CashMovement, CashMovementKind, Counted, DrawerCount, DrawerOpening, Pieces, ShiftClosing,
    ShiftOpening, WaitingTablet,
};
use shared::stock::{StockAdjustment, StockAdjustmentLine, StockReason};
use shared::store::CashRounding;
use shared::sync::device::Counters;
use shared::sync::journal::{ENTRY_VERSION, EntryBody, JournalEntry, JournalError, NO_HASH, SealedEntry};
use shared::sync::wire::{
    Change, EntryAnswer, EntryOutcome, PullResponse, PushRequest, PushResponse, Removed, SCHEMA, StockLevel,
};
use shared::tender::{ExchangeRate, ForeignCash, Tender, TenderKind, TypeThen};
use uuid::Uuid;

fn entry(sequence: u64, body: EntryBody) -> JournalEntry {
    JournalEntry {
        version: body.version(),
        id: EntryId(Uuid::from_u128(u128::from(sequence))),
        device_id: DeviceId(Uuid::from_u128(70)),
        sequence,
        previous: NO_HASH.to_owned(),
        time: LocalTime { at_ms: 1_795_563_000_000, offset_minutes: 60 },
        staff_id: Some(StaffId(Uuid::from_u128(80))),
        body,
        approvals: Vec::new(),
    }
}

fn every_kind() -> Vec<JournalEntry> {
    let line = StockAdjustmentLine {
        product_id: ProductId(Uuid::from_u128(90)),
        sku: "85123A".into(),
        name: "White hanging heart T-light holder".into(),
        quantity: Quantity(-2_000),
        reason: StockReason::WriteOff,
        added_at_ms: 0,
    };
    let adjustment = StockAdjustment {
        number: "A-1".into(),
        lines: vec![line],
        note: Some("broken".into()),
        country: None,
    };
    vec![
        entry(1, EntryBody::SaleCompleted { sale: Box::new(random_sale(&mut Seeded::new(3))) }),
        entry(2, EntryBody::StockAdjusted { adjustment }),
        entry(3, EntryBody::ReceiptReprinted { sale_id: SaleId(Uuid::from_u128(60)) }),
    ]
}

#[test]
fn journal_entries_keep_their_form() {
    assert_json_snapshot!("journal_entries", every_kind());
}

/// What version 2 brought: lines that go back on lines of another sale.
fn version_two() -> Vec<JournalEntry> {
    let mut random = Seeded::new(3);
    let sale = random_sale(&mut random);
    let back = random_cart::return_of(&mut random, &sale, &random_cart::all_of(&sale));
    vec![entry(1, EntryBody::SaleCompleted { sale: Box::new(back) })]
}

/// What version 3 brought: drawers.
fn version_three() -> Vec<JournalEntry> {
    let (currency, staff_name) = (Currency::parse("EUR").unwrap(), "Amara".to_owned());
    let pieces = |worth, count| Pieces { worth: Minor(worth), count };
    let opening = ShiftOpening {
        shift_id: ShiftId(Uuid::from_u128(50)),
        number: 1,
        currency,
        staff_name: staff_name.clone(),
        float: CashCount::of([pieces(2_000, 4), pieces(50, 6)]).unwrap(),
    };
    let movement = CashMovement {
        kind: CashMovementKind::PayOut,
        amount: Minor(450),
        reason: "Stamps".into(),
        staff_name: staff_name.clone(),
    };
    let count = DrawerCount {
        count: CashCount::sum_only(Minor(7_850)).unwrap(),
        expected: Minor(7_850),
        staff_name: staff_name.clone(),
        handed_to: Some(StaffId(Uuid::from_u128(81))),
        handed_to_name: Some("Luis".into()),
    };
    let drawer = DrawerOpening { reason: "Change for a note".into(), staff_name: staff_name.clone() };
    let mut bodies = vec![
        EntryBody::ShiftOpened { opening },
        EntryBody::SaleCompleted { sale: Box::new(random_sale(&mut Seeded::new(3))) },
        EntryBody::CashMoved { movement },
        EntryBody::DrawerCounted { count },
        EntryBody::DrawerOpened { drawer },
    ];
    let mut counters = Counters::default();
    let mut entries = Vec::new();
    let mut record = |body: EntryBody| {
        let numbers = counters.next();
        let entry = JournalEntry { previous: numbers.previous, ..entry(numbers.sequence, body) };
        counters = counters.record(&entry).unwrap().1;
        entries.push(entry);
        counters.shift.clone()
    };
    let figures = bodies.drain(..).map(&mut record).last().flatten().unwrap();
    let counted = Counted {
        count: CashCount::sum_only(Minor(7_700)).unwrap(),
        left: Minor(5_000),
        foreign: Vec::new(),
        note: Some("A coin was missing at noon".into()),
        staff_name,
        waiting: vec![WaitingTablet { name: "Register 2".into(), unsent: 3 }],
    };
    let closing = ShiftClosing::of(*figures, counted).unwrap();
    record(EntryBody::ShiftClosed { closing: Box::new(closing) });
    entries.retain(|entry| entry.version == 3);
    entries
}

/// What version 4 brought: approvals, on a record of any kind.
fn version_four() -> Vec<JournalEntry> {
    let approval = |id, subject| {
        let approval = Approval {
            id: ApprovalId(Uuid::from_u128(id)),
            staff_id: StaffId(Uuid::from_u128(81)),
            staff_name: "Luis".into(),
            asked_by: StaffId(Uuid::from_u128(80)),
            subject,
            time: LocalTime { at_ms: 1_795_562_990_000, offset_minutes: 60 },
            proof: String::new(),
        };
        let proof = approval.proof_by(&[7; 32], DeviceId(Uuid::from_u128(70))).unwrap();
        Approval { proof, ..approval }
    };
    let sale = random_sale(&mut Seeded::new(3));
    let of = |kind| ApprovalSubject { sale_id: Some(sale.id), ..ApprovalSubject::of(kind) };
    let on = |kind| ApprovalSubject { line_id: Some(sale.lines[0].id), ..of(kind) };
    let approvals = vec![
        approval(1, ApprovalSubject { price: Some(UnitPrice(95_000)), ..on(ApprovalKind::Price) }),
        approval(2, ApprovalSubject { percent: Some(Rate(300_000)), ..on(ApprovalKind::LineDiscount) }),
        approval(3, ApprovalSubject { amount: Some(Minor(500)), ..of(ApprovalKind::SaleDiscount) }),
        approval(4, ApprovalSubject { amount: Some(Minor(1_275)), ..of(ApprovalKind::Return) }),
    ];
    let movement = CashMovement {
        kind: CashMovementKind::PayOut,
        amount: Minor(450),
        reason: "Stamps".into(),
        staff_name: "Amara".into(),
    };
    let moved =
        ApprovalSubject { amount: Some(Minor(-450)), ..ApprovalSubject::of(ApprovalKind::CashMovement) };
    let drawer = DrawerOpening { reason: "Change for a note".into(), staff_name: "Amara".into() };
    let opened = ApprovalSubject::of(ApprovalKind::Drawer);
    [
        (EntryBody::SaleCompleted { sale: Box::new(sale.clone()) }, approvals),
        (EntryBody::CashMoved { movement }, vec![approval(5, moved)]),
        (EntryBody::DrawerOpened { drawer }, vec![approval(6, opened)]),
    ]
    .into_iter()
    .zip(1..)
    .map(|((body, approvals), sequence)| {
        let version = body.version_with(&approvals);
        JournalEntry { version, approvals, ..entry(sequence, body) }
    })
    .collect()
}

/// What version 5 brought: ways to pay that the shop has named, cash of other currencies, and both in a Z report.
fn version_five() -> Vec<JournalEntry> {
    let (eur, gbp) = (Currency::parse("EUR").unwrap(), Currency::parse("GBP").unwrap());
    let of = |id, name: &str, gives_change| {
        Some(TypeThen { id: TenderTypeId(Uuid::from_u128(id)), name: name.into(), gives_change })
    };
    let mut sale = random_sale(&mut Seeded::new(3));
    assert_eq!(sale.currency, gbp);
    let id = |number| TenderId(Uuid::from_u128(number));
    let rate = ExchangeRate::parse("0.8532").unwrap();
    let rounding = CashRounding { step_minor: 5, ..CashRounding::default() };
    let given = Minor(1_000_000);
    let euros = TenderKind::ForeignCash { currency: eur, given, rate, rounding };
    let worth = shared::tender::worth(given, eur, rate, gbp, rounding).unwrap();
    let others = [
        (TenderKind::Voucher { reference: Some("V-17".into()) }, "Town voucher"),
        (TenderKind::Cheque { reference: None }, "Cheque"),
        (TenderKind::Transfer { reference: Some("2026-0815".into()) }, "Bank transfer"),
        (TenderKind::Other { reference: None }, "Canteen chip"),
        (TenderKind::Card { reference: "0042".into(), last_four: Some("4242".into()) }, "Meal card"),
    ];
    sale.tenders = vec![Tender { of: of(20, "Euro", true), ..Tender::plain(id(20), euros, worth) }];
    for (number, (kind, name)) in (21..).zip(others) {
        sale.tenders
            .push(Tender { of: of(number, name, false), ..Tender::plain(id(number), kind, Minor(100)) });
    }
    let paid = Minor::sum(sale.tenders.iter().map(|tender| tender.amount)).unwrap();
    (sale.cash_rounding, sale.change) = (Minor::ZERO, paid.minus(sale.total).unwrap());
    assert_eq!((sale.check(), sale.change.is_negative()), (Ok(()), false));
    let opening = ShiftOpening {
        shift_id: ShiftId(Uuid::from_u128(50)),
        number: 1,
        currency: gbp,
        staff_name: "Amara".into(),
        float: CashCount::sum_only(Minor(1_000_000)).unwrap(),
    };
    let mut counters = Counters::default();
    let mut entries = Vec::new();
    let mut record = |body: EntryBody| {
        let numbers = counters.next();
        let entry = JournalEntry { previous: numbers.previous, ..entry(numbers.sequence, body) };
        counters = counters.record(&entry).unwrap().1;
        entries.push(entry);
        counters.shift.clone()
    };
    record(EntryBody::ShiftOpened { opening });
    let figures = record(EntryBody::SaleCompleted { sale: Box::new(sale) }).unwrap();
    let counted = Counted {
        count: CashCount::sum_only(figures.expected_cash()).unwrap(),
        left: Minor(10_000),
        foreign: vec![ForeignCash { currency: eur, amount: Minor(999_500) }],
        note: None,
        staff_name: "Amara".into(),
        waiting: Vec::new(),
    };
    let closing = ShiftClosing::of(*figures, counted).unwrap();
    record(EntryBody::ShiftClosed { closing: Box::new(closing) });
    entries.retain(|entry| entry.version == 5);
    assert_eq!(entries.len(), 2);
    entries
}

/// What version 6 brought: customers written down at a till, their group and tax number in a sale, gift cards and accounts.
fn version_six() -> Vec<JournalEntry> {
    let customer_id = CustomerId(Uuid::from_u128(60));
    let change = |field, was: Option<&str>, now: Option<&str>| FieldChange {
        field,
        was: was.map(Into::into),
        now: now.map(Into::into),
    };
    let changes = vec![
        change(CustomerField::Name, None, Some("Ada Byron")),
        change(CustomerField::Company, None, Some("Engines Ltd")),
        change(CustomerField::Number, None, Some("K-1042")),
        change(CustomerField::Email, None, Some("ada@example.org")),
        change(CustomerField::Phone, Some("020 7946 0018"), Some("+44 20 7946 0018")),
        change(CustomerField::TaxNumber, None, Some("GB123456789")),
        change(CustomerField::Note, Some("Rings twice"), None),
        change(CustomerField::Marketing, Some("no"), Some("yes")),
    ];
    let mut sale = random_sale(&mut Seeded::new(3));
    sale.customer = SaleCustomer {
        id: Some(customer_id),
        number: Some("K-1042".into()),
        name: Some("Ada Byron".into()),
        country: None,
        group_id: Some(CustomerGroupId(Uuid::from_u128(61))),
        tax_number: Some("GB123456789".into()),
        tax_exemption: None,
        tax_exempt_until: None,
    };
    let code = CardCode::parse("GIFT-0000-1234").unwrap();
    let (card, last_letters) = (AccountKey::of_card(&code), code.last_letters());
    let mut on_accounts = random_sale(&mut Seeded::new(3));
    on_accounts.lines[0].account = Some(AccountKey::of_customer(customer_id));
    on_accounts.tenders[0].kind = TenderKind::GiftCard { card, last_letters };
    let bodies = [
        EntryBody::CustomerEdited { edit: CustomerEdit { customer_id, changes } },
        EntryBody::SaleCompleted { sale: Box::new(sale) },
        EntryBody::SaleCompleted { sale: Box::new(on_accounts) },
    ];
    bodies.into_iter().zip(1..).map(|(body, sequence)| entry(sequence, body)).collect()
}

/// What version 7 brought: tips and donations, customers who are exempt, how goods that come back had been paid, and a refund
/// in another way that somebody approved.
fn version_seven() -> Vec<JournalEntry> {
    let mut random = Seeded::new(3);
    let mut cart = random_cart(&mut random);
    cart.customer.tax_exemption = Some("ST-5 4711".into());
    for (kind, name, id) in [(LineKind::Tip, "Tip", 90), (LineKind::Donation, "For the food bank", 91)] {
        cart.give(kind, LineId(Uuid::from_u128(id)), name, UnitPrice(12_500), 0).unwrap();
    }
    let (tax, rounding) = rules_of_a_shop(&mut Seeded::new(5));
    let price = |cart: &Cart, rules: &PriceRules<'_>| price(cart, rules).unwrap();
    let given = finished_by(&mut random, &cart, tax, rounding, price);
    assert!(given.lines.iter().any(|line| !line.exempted.is_zero()));
    let mut back = random_sale(&mut Seeded::new(3));
    back.paid_before = paid_before(&given);
    assert!(!back.paid_before.is_empty());
    let subject = ApprovalSubject {
        sale_id: Some(back.id),
        amount: Some(Minor(1_275)),
        ..ApprovalSubject::of(ApprovalKind::Refund)
    };
    let approval = Approval {
        id: ApprovalId(Uuid::from_u128(1)),
        staff_id: StaffId(Uuid::from_u128(81)),
        staff_name: "Grace".into(),
        asked_by: StaffId(Uuid::from_u128(80)),
        subject,
        time: LocalTime { at_ms: 1_795_562_990_000, offset_minutes: 60 },
        proof: "0".repeat(64),
    };
    let bodies = [
        (EntryBody::SaleCompleted { sale: Box::new(given) }, Vec::new()),
        (EntryBody::SaleCompleted { sale: Box::new(back) }, vec![approval]),
    ];
    let entries = bodies.into_iter().zip(1..).map(|((body, approvals), sequence)| JournalEntry {
        version: body.version_with(&approvals),
        approvals,
        ..entry(sequence, body)
    });
    entries.collect()
}

/// A deposit on goods put aside, and the sale that hands them over.
fn put_aside_and_fetched(random: &mut Seeded) -> (Sale, Sale) {
    let (tax, rounding) = rules_of_a_shop(&mut Seeded::new(5));
    let (currency, tax_categories) = (Currency::parse("GBP").unwrap(), categories());
    let day = Day::parse("2026-11-24").unwrap();
    let rules = PriceRules { currency, tax, tax_categories: &tax_categories, day };
    let by = |cart: &Cart, rules: &PriceRules<'_>| price(cart, rules).unwrap();
    let mut ids = {
        let mut next = 1 << 70;
        move || {
            next += 1;
            Uuid::from_u128(next)
        }
    };
    let mut goods = random_cart(&mut Seeded::new(4));
    goods.lines.retain(|line| line.quantity.0 > 0);
    let layaway = Layaway::of(&goods, &by(&goods, &rules), Day::parse("2026-12-24").unwrap()).unwrap();
    let agreed = Cart { lines: layaway.goods.clone(), ..Cart::new(goods.id) };
    let named = Named { name: "Deposit", ids: &mut ids, now_ms: 0 };
    let half = Minor(layaway.total.0 / 2);
    let lines = layaway.deposit(half, &by(&agreed, &rules), &tax_categories, currency, named).unwrap();
    let cart = Cart { lines, layaway: Some(Box::new(layaway.clone())), ..Cart::new(goods.id) };
    let deposit = finished_by(random, &cart, tax, rounding, by);
    let mut fetched = Cart::new(SaleId(Uuid::from_u128(71)));
    let nothing = |_| Quantity::ZERO;
    let paid = [Deposit { sale: &deposit, returned: &nothing }];
    hand_over(&mut fetched, &layaway, &paid, &mut ids, 0).unwrap();
    let handed = finished_by(random, &fetched, tax, rounding, by);
    assert!(handed.lines.iter().all(|line| line.layaway == Some(layaway.id)));
    (deposit, handed)
}

/// What version 8 brought: points earned and spent, points that what comes back undoes, goods put aside and fetched.
fn version_eight() -> Vec<JournalEntry> {
    let mut random = Seeded::new(3);
    let mut cart = random_cart(&mut random);
    cart.customer.id = Some(CustomerId(Uuid::from_u128(60)));
    let silver = Tier { name: "Silver".into(), from: 500, share: Rate(1_250_000) };
    let rules = PointsRules { earn: Minor(100), spend: 50, worth: Minor(100), tiers: vec![silver.clone()] };
    cart.know_points(Some(CartPoints { rules, balance: 800, tier: Some(silver), spend: 0 }));
    cart.spend_points(300);
    let (tax, rounding) = rules_of_a_shop(&mut Seeded::new(5));
    let price = |cart: &Cart, rules: &PriceRules<'_>| price(cart, rules).unwrap();
    let sale = finished_by(&mut random, &cart, tax, rounding, price);
    assert!(sale.lines.iter().any(|line| line.points.earned > 0 && line.points.spent > 0));
    let back = return_of(&mut random, &sale, &all_of(&sale));
    let (deposit, handed) = put_aside_and_fetched(&mut random);
    let bodies = [sale, back, deposit, handed].map(|sale| EntryBody::SaleCompleted { sale: Box::new(sale) });
    bodies.into_iter().zip(1..).map(|(body, sequence)| entry(sequence, body)).collect()
}

/// Every version ever shipped stays readable. The golden file of a version is written once, never again.
#[test]
fn entries_of_every_version_are_read() {
    let golden = [
        (include_str!("golden/journal_v1.json"), 1, every_kind()),
        (include_str!("golden/journal_v2.json"), 2, version_two()),
        (include_str!("golden/journal_v3.json"), 3, version_three()),
        (include_str!("golden/journal_v4.json"), 4, version_four()),
        (include_str!("golden/journal_v5.json"), 5, version_five()),
        (include_str!("golden/journal_v6.json"), 6, version_six()),
        (include_str!("golden/journal_v7.json"), 7, version_seven()),
        (include_str!("golden/journal_v8.json"), 8, version_eight()),
    ];
    for (text, version, entries) in golden {
        let golden: Vec<SealedEntry> = serde_json::from_str(text).unwrap();
        let read: Vec<JournalEntry> = golden.iter().map(|sealed| sealed.open().unwrap()).collect();
        assert_eq!(read, entries);
        assert!(read.iter().all(|entry| entry.version == version));
    }
}

#[test]
fn an_entry_that_was_touched_is_not_read() {
    let sealed = every_kind()[0].seal().unwrap();
    let touched = SealedEntry { content: sealed.content.replace("Amara", "Anna"), ..sealed.clone() };
    assert_eq!(touched.open(), Err(JournalError::Hash));
    let moved = SealedEntry { sequence: 9, ..sealed.clone() };
    assert_eq!(moved.open(), Err(JournalError::Envelope));
    let newer = JournalEntry { version: ENTRY_VERSION + 1, ..every_kind()[0].clone() }.seal().unwrap();
    assert_eq!(newer.open(), Err(JournalError::Version(ENTRY_VERSION + 1)));
    for text in ["", "{", "[]", "{\"version\":1}", "null"] {
        let hash = shared::sync::journal::fingerprint(text);
        let odd = SealedEntry { content: text.to_owned(), hash, ..sealed.clone() };
        assert!(matches!(odd.open(), Err(JournalError::Unreadable(_))), "{text}");
    }
}

#[test]
fn a_kind_that_came_later_is_passed_over() {
    let text = r#"[{"kind":"loyalty_card","value":{"points":[1,{"of":2}]}},{"kind":"removed","value":{"kind":"x","id":"y"}}]"#;
    let changes: Vec<Change> = shared::json::read(text.as_bytes()).unwrap();
    let removed = Change::Removed(Removed { kind: "x".into(), id: "y".into() });
    assert_eq!(changes, [Change::Unknown, removed]);
}

#[test]
fn push_and_pull_keep_their_form() {
    let sealed = every_kind()[2].seal().unwrap();
    let id = sealed.id;
    let push =
        PushRequest { schema: SCHEMA, device_id: DeviceId(Uuid::from_u128(70)), entries: vec![sealed] };
    let answer = |sequence, outcome| EntryAnswer { id, sequence, outcome };
    let answers = vec![
        answer(3, EntryOutcome::Booked),
        answer(
            4,
            EntryOutcome::Kept { reason: "The sale's numbers do not fit: line 1 does not add up.".into() },
        ),
        answer(6, EntryOutcome::OutOfOrder { expected: 5 }),
    ];
    let pushed = PushResponse {
        schema: SCHEMA,
        answers,
        last_sequence: 4,
        last_hash: NO_HASH.into(),
        server_time_ms: 1,
    };
    let level = StockLevel { product_id: ProductId(Uuid::from_u128(90)), quantity: Quantity(214_000) };
    let removed = Removed { kind: "product".into(), id: Uuid::from_u128(91).to_string() };
    let pulled = PullResponse {
        schema: SCHEMA,
        changes: vec![Change::StockLevel(level), Change::Removed(removed)],
        cursor: "opaque".into(),
        more: true,
        start_over: false,
        held_back: false,
        last_sequence: Some(12),
        product_count: 4_241,
        server_time_ms: 1,
    };
    assert_json_snapshot!("push_request", push);
    assert_json_snapshot!("push_response", pushed);
    assert_json_snapshot!("pull_response", pulled);
}
