//! Approvals: what a manager's PIN allowed at a till is checked once more when it is booked, told on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::visitors::TestApp;
use house::{House, Journal, NOON, Tablet, basket, part};
use serde_json::{Value, json};
use shared::api::{ApprovalView, Flag, FlagKind, SaleResponse, StaffView};
use shared::approval::{
    Approval, ApprovalKind, ApprovalRules, ApprovalState, ApprovalSubject, Need, needs, unhex,
};
use shared::ids::{ApprovalId, OrganisationId, SaleId, StaffId, TenderId};
use shared::money::{Minor, Rate, UnitPrice};
use shared::sale::PaidBefore;
use shared::shift::{CashMovement, CashMovementKind, DrawerOpening};
use shared::staff::{Role, StaffMember};
use shared::store::Store;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::EntryOutcome;
use shared::tender::{Tender, TenderKind};
use tillbridge::app::approvals::{self, ApprovalQuery};
use tillbridge::app::{books, export, returns};
use tillbridge::clock::FreshIds;
use tillbridge::replay::register::NativeRegister;
use tillbridge::store::{approvals as rows, ground};

on_both_engines!(
    a_price_a_manager_approved_is_sound,
    a_proof_of_something_else_proves_nothing,
    who_may_not_approve_approves_nothing,
    an_approval_is_good_once,
    what_nobody_approved_is_booked_and_flagged,
    a_store_says_what_is_approved,
    cash_and_the_drawer_are_approved_too,
    goods_come_back_by_approval_where_a_store_wants_it,
    money_goes_back_another_way_by_approval_where_a_store_wants_it,
    the_list_is_filtered_and_paged,
    what_was_kept_is_judged_when_it_is_booked,
    another_organisation_sees_none_of_it,
);

mod over_http {
    use super::{a_new_pin_proves_and_the_one_before_it_goes_on_proving, managers_alone_see_the_list};
    use crate::on_both_engines;
    on_both_engines!(
        in crate::house::visitors::TestApp:
        a_new_pin_proves_and_the_one_before_it_goes_on_proving,
        managers_alone_see_the_list,
    );
}

/// Somebody, and the key that proves what they approve.
struct Person {
    id: StaffId,
    name: &'static str,
    key: [u8; 32],
}

async fn hire(house: &House, organisation_id: OrganisationId, name: &'static str, role: Role) -> Person {
    let key = tillbridge::clock::random::<32>();
    let person = Person { id: StaffId::fresh(&mut FreshIds), name, key };
    put(house, organisation_id, &person, role, true).await;
    let mut tx = house.app.db.write_for(organisation_id).await.unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    rows::put_key(&mut tx, organisation_id, person.id, &hex).await.unwrap();
    tx.commit().await.unwrap();
    person
}

async fn put(house: &House, organisation_id: OrganisationId, person: &Person, role: Role, active: bool) {
    let member = StaffMember { id: person.id, name: person.name.to_owned(), role, active, pin: None };
    let mut tx = house.app.db.write_for(organisation_id).await.unwrap();
    ground::put_staff(&mut tx, organisation_id, &member).await.unwrap();
    tx.commit().await.unwrap();
}

/// A till with a cashier at it and a manager near.
struct Till {
    house: House,
    tablet: Tablet,
    journal: Journal,
    amara: Person,
    marta: Person,
}

impl Till {
    async fn at(house: House) -> Self {
        let amara = hire(&house, house.organisation_id, "Amara", Role::Cashier).await;
        let marta = hire(&house, house.organisation_id, "Marta", Role::Manager).await;
        let mut tablet = house.tablet().await;
        let (device, register) = (tablet.device_id, tablet.register_id);
        tablet.register = NativeRegister::new(device, register, amara.id, amara.name, 11);
        let journal = Journal::of(&tablet);
        Self { house, tablet, journal, amara, marta }
    }

    /// A sale of one cakestand at this price in place of 12.75.
    fn sold_for(&mut self, number: &str, price: &str) -> EntryBody {
        let mut invoice = basket(number, &[("22423", 1)], &self.house.shelf, NOON);
        invoice.lines[0].price = UnitPrice::parse(price).unwrap();
        self.tablet.register.record(&invoice, &self.house.shelf).unwrap().remove(0).open().unwrap().body
    }

    /// Approves the first thing in a record that may need it.
    fn approved_by(&self, person: &Person, body: &EntryBody) -> Approval {
        self.approved(person, needs(body).unwrap().remove(0).subject)
    }

    fn approved(&self, person: &Person, subject: ApprovalSubject) -> Approval {
        let approval = Approval {
            id: ApprovalId::fresh(&mut FreshIds),
            staff_id: person.id,
            staff_name: person.name.into(),
            asked_by: self.amara.id,
            subject,
            time: NOON,
            proof: String::new(),
        };
        let proof = approval.proof_by(&person.key, self.tablet.device_id).unwrap();
        Approval { proof, ..approval }
    }

    /// Records it as the cashier's and hands it in: it is booked, whatever its approvals are worth.
    async fn hand_in(&mut self, body: EntryBody, approvals: Vec<Approval>) -> SealedEntry {
        let entry = self.journal.record_as(Some(self.amara.id), body, approvals);
        let answer = self.house.push(&self.tablet, std::slice::from_ref(&entry)).await.unwrap();
        assert_eq!(answer.answers[0].outcome, EntryOutcome::Booked);
        entry
    }

    async fn listed(&self) -> Vec<ApprovalView> {
        let all = approvals::list(&self.house.app, self.house.organisation_id, ApprovalQuery::default());
        all.await.unwrap().rows
    }

    /// The states of all approvals, newest first.
    async fn states(&self) -> Vec<ApprovalState> {
        self.listed().await.iter().map(|row| row.state).collect()
    }

    async fn flags(&self) -> Vec<Flag> {
        returns::flags(&self.house.app, self.house.organisation_id).await.unwrap()
    }

    async fn flagged(&self) -> Vec<FlagKind> {
        self.flags().await.iter().map(|flag| flag.key.kind).collect()
    }

    async fn set_store(&self, change: impl FnOnce(&mut Store)) {
        let mut store = self.house.shelf.store.clone();
        change(&mut store);
        let mut tx = self.house.app.db.write_for(self.house.organisation_id).await.unwrap();
        ground::put_store(&mut tx, self.house.organisation_id, &store).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn a_price_a_manager_approved_is_sound(house: House) {
    let mut till = Till::at(house).await;
    let body = till.sold_for("101", "9.50");
    let approval = till.approved_by(&till.marta, &body);
    let sale_id = body.sale().unwrap().id;
    let entry = till.hand_in(body, vec![approval.clone()]).await;
    assert_eq!(entry.open().unwrap().version, 4);
    let listed = till.listed().await;
    assert_eq!(listed.len(), 1);
    let row = &listed[0];
    assert_eq!((row.state, row.subject.kind), (ApprovalState::Sound, ApprovalKind::Price));
    assert_eq!((row.asked_by.as_str(), row.approved_by.as_deref()), ("Amara", Some("Marta")));
    assert_eq!((row.about.as_str(), row.worth), ("Regency cakestand", Minor(325)));
    assert_eq!((row.sale_id, row.receipt_number.as_deref()), (Some(sale_id), Some("101")));
    assert_eq!(till.flagged().await, []);
    let SaleResponse { approvals, .. } =
        books::sale(&till.house.app, till.house.organisation_id, sale_id).await.unwrap();
    assert_eq!(approvals, listed);
}

async fn a_proof_of_something_else_proves_nothing(house: House) {
    let mut till = Till::at(house).await;
    let body = till.sold_for("101", "9.50");
    let right = till.approved_by(&till.marta, &body);
    // The cashier's own PIN, under the manager's name.
    let own = till.approved_by(&till.amara, &body);
    let forged = Approval { staff_id: till.marta.id, staff_name: "Marta".into(), ..own };
    let entry = till.hand_in(body.clone(), vec![forged]).await;
    assert_eq!(till.states().await, [ApprovalState::Unproven]);
    let flag = till.flags().await.remove(0);
    assert_eq!((flag.key.kind, flag.key.line), (FlagKind::ApprovalUnproven, 1));
    assert_eq!(flag.code.as_deref(), Some("Marta"));
    assert_eq!(flag.name.as_deref(), Some("Regency cakestand"));
    assert_eq!(entry.sequence, 1);
    // An approval of 9.50 carried over to 5.00: that price is approved by nobody who typed their PIN for it.
    let cheaper = till.sold_for("102", "5.00");
    let mut stretched = right;
    stretched.subject = needs(&cheaper).unwrap().remove(0).subject;
    till.hand_in(cheaper, vec![stretched]).await;
    assert_eq!(till.states().await, [ApprovalState::Unproven; 2]);
}

async fn who_may_not_approve_approves_nothing(house: House) {
    let (elsewhere, _) = house.neighbour().await;
    let stranger = hire(&house, elsewhere, "Stranger", Role::Owner).await;
    let gone = hire(&house, house.organisation_id, "Gone", Role::Manager).await;
    let mut till = Till::at(house).await;
    put(&till.house, till.house.organisation_id, &gone, Role::Manager, false).await;
    for (number, person) in [("101", &stranger), ("102", &gone)] {
        let body = till.sold_for(number, "9.50");
        let approval = till.approved_by(person, &body);
        till.hand_in(body, vec![approval]).await;
    }
    let body = till.sold_for("103", "9.50");
    let own = till.approved_by(&till.amara, &body);
    till.hand_in(body, vec![own]).await;
    assert_eq!(till.states().await, [ApprovalState::NotAllowed; 3]);
    assert_eq!(till.flagged().await, [FlagKind::ApprovalNotAllowed; 3]);
}

async fn an_approval_is_good_once(house: House) {
    let mut till = Till::at(house).await;
    let drawer = || EntryBody::DrawerOpened {
        drawer: DrawerOpening { reason: "Change".into(), staff_name: "Amara".into() },
    };
    let approval = till.approved_by(&till.marta, &drawer());
    let first = till.hand_in(drawer(), vec![approval.clone()]).await;
    assert_eq!(till.states().await, [ApprovalState::Sound]);
    // The same push once more is the same record: nothing is booked twice.
    till.house.push(&till.tablet, &[first]).await.unwrap();
    assert_eq!(till.states().await, [ApprovalState::Sound]);
    // On a second record it is used; twice in one push as well.
    let again: Vec<SealedEntry> = (0..2)
        .map(|_| till.journal.record_as(Some(till.amara.id), drawer(), vec![approval.clone()]))
        .collect();
    till.house.push(&till.tablet, &again).await.unwrap();
    let mut states = till.states().await;
    states.sort();
    assert_eq!(states, [ApprovalState::Sound, ApprovalState::Reused, ApprovalState::Reused]);
    assert_eq!(till.flagged().await, [FlagKind::ApprovalReused; 2]);
    // Another tablet cannot use it at all: its own name is in what is proven.
    let other = till.house.tablet().await;
    let entry = Journal::of(&other).record_as(Some(till.amara.id), drawer(), vec![approval]);
    till.house.push(&other, &[entry]).await.unwrap();
    assert!(till.states().await.contains(&ApprovalState::Unproven));
}

async fn what_nobody_approved_is_booked_and_flagged(house: House) {
    let mut till = Till::at(house).await;
    let body = till.sold_for("101", "9.50");
    till.hand_in(body, Vec::new()).await;
    let row = till.listed().await.remove(0);
    assert_eq!((row.state, row.approved_by), (ApprovalState::Missing, None));
    assert_eq!((row.asked_by.as_str(), row.worth), ("Amara", Minor(325)));
    let flag = till.flags().await.remove(0);
    assert_eq!((flag.key.kind, flag.code.as_deref()), (FlagKind::ApprovalMissing, Some("Amara")));
    // A manager needs nobody, and of somebody who is not known here nothing can be told.
    for person in [till.marta.id, StaffId::fresh(&mut FreshIds)] {
        let body = till.sold_for(&person.to_string(), "9.50");
        let entry = till.journal.record_as(Some(person), body, Vec::new());
        till.house.push(&till.tablet, &[entry]).await.unwrap();
    }
    // An approval of another price is none of this one.
    let body = till.sold_for("104", "8.00");
    let mut subject = needs(&body).unwrap().remove(0).subject;
    subject.price = Some(UnitPrice(90_000));
    let other = till.approved(&till.marta, subject);
    till.hand_in(body, vec![other]).await;
    let mut states = till.states().await;
    states.sort();
    assert_eq!(states, [ApprovalState::Sound, ApprovalState::Missing, ApprovalState::Missing]);
}

/// The sale with a discount on its first line.
fn discounted(till: &mut Till, number: &str, percent: i64) -> EntryBody {
    use shared::sale::{
        Cart, CartLine, Discount, DiscountAmount, Finish, PriceRules, SaleKind, finish, price,
    };
    use shared::tender::{Tender, TenderKind, settle};
    let shelf = &till.house.shelf;
    let mut cart = Cart::new(shared::ids::SaleId::fresh(&mut FreshIds));
    let id = shared::ids::LineId::fresh(&mut FreshIds);
    let one = shared::money::Quantity::ONE;
    cart.add(CartLine::of(&shelf.products["22423"], id, one, None, NOON.at_ms).unwrap()).unwrap();
    let discount = Discount { amount: DiscountAmount::Percent(Rate(percent * 10_000)), reason: None };
    cart.set_line_discount(id, Some(discount)).unwrap();
    let store = &shelf.store;
    let rules = PriceRules {
        currency: store.currency,
        tax: store.tax,
        tax_categories: &shelf.tax_categories,
        day: NOON.day(),
    };
    let priced = price(&cart, &rules).unwrap();
    let tender = Tender {
        id: shared::ids::TenderId::fresh(&mut FreshIds),
        kind: TenderKind::Cash,
        amount: priced.total,
        of: None,
    };
    let tenders = vec![tender];
    let settlement = settle(priced.total, &tenders, store.cash_rounding).unwrap();
    let with = Finish {
        kind: SaleKind::Sale,
        receipt_number: number.into(),
        store_id: store.id,
        register_id: till.tablet.register_id,
        device_id: till.tablet.device_id,
        staff_id: till.amara.id,
        staff_name: till.amara.name.into(),
        time: NOON,
        currency: store.currency,
        tax_settings: store.tax,
        tenders,
        settlement,
    };
    EntryBody::SaleCompleted { sale: Box::new(finish(&cart, &priced, with)) }
}

async fn a_store_says_what_is_approved(house: House) {
    let mut till = Till::at(house).await;
    for (number, percent) in [("101", 10), ("102", 11)] {
        let body = discounted(&mut till, number, percent);
        till.hand_in(body, Vec::new()).await;
    }
    let listed = till.listed().await;
    assert_eq!(listed.len(), 1, "10 % is a cashier's own");
    assert_eq!(listed[0].subject.percent, Some(Rate(110_000)));
    assert_eq!(listed[0].worth, Minor(140));
    till.set_store(|store| {
        store.approval = ApprovalRules { most_discount: Rate(500_000), ..ApprovalRules::default() }
    })
    .await;
    let body = discounted(&mut till, "103", 40);
    till.hand_in(body, Vec::new()).await;
    assert_eq!(till.listed().await.len(), 1);
    // Half was approved, and less was given.
    let body = discounted(&mut till, "104", 60);
    let mut approval = till.approved_by(&till.marta, &body);
    approval.subject.percent = Some(Rate(700_000));
    let approval = till.approved(&till.marta, approval.subject);
    till.hand_in(body, vec![approval]).await;
    let mut states = till.states().await;
    states.sort();
    assert_eq!(states, [ApprovalState::Sound, ApprovalState::Missing]);
}

async fn cash_and_the_drawer_are_approved_too(house: House) {
    let mut till = Till::at(house).await;
    let moved = |amount| EntryBody::CashMoved {
        movement: CashMovement {
            kind: CashMovementKind::PayOut,
            amount: Minor(amount),
            reason: "Stamps".into(),
            staff_name: "Amara".into(),
        },
    };
    let opened = till.journal.open_shift(10_000);
    till.house.push(&till.tablet, &[opened]).await.unwrap();
    let approval = till.approved_by(&till.marta, &moved(450));
    till.hand_in(moved(450), vec![approval]).await;
    let row = till.listed().await.remove(0);
    assert_eq!((row.state, row.subject.kind), (ApprovalState::Sound, ApprovalKind::CashMovement));
    assert_eq!((row.about.as_str(), row.worth, row.sale_id), ("Stamps", Minor(450), None));
    let entry = till.hand_in(moved(900), Vec::new()).await;
    let flag = till.flags().await.remove(0);
    assert_eq!(flag.key.kind, FlagKind::ApprovalMissing);
    assert_eq!(flag.key.sale_id.to_string(), entry.id.to_string(), "what is no sale is named by its record");
    assert_eq!((flag.receipt_number, flag.name), (None, None));
}

async fn goods_come_back_by_approval_where_a_store_wants_it(house: House) {
    let mut till = Till::at(house).await;
    let sold = till.tablet.sell("101", &[("22423", 2)], &till.house.shelf);
    let back = |before| till.tablet.give_back(None, &sold, &[part(1, 1, before)], &till.house.shelf);
    let (first, second, third) = (back(0), back(1), back(1));
    let body = |entry: &SealedEntry| entry.open().unwrap().body;
    let (sold, first, second, third) = (body(&sold), body(&first), body(&second), body(&third));
    till.hand_in(sold, Vec::new()).await;
    till.hand_in(first, Vec::new()).await;
    assert_eq!(till.states().await, [], "a cashier takes goods back alone unless the store says otherwise");
    till.set_store(|store| store.approval.returns = true).await;
    let approval = till.approved_by(&till.marta, &second);
    assert_eq!(approval.subject.amount, Some(Minor(1_275)));
    let mut numbered = second;
    if let EntryBody::SaleCompleted { sale } = &mut numbered {
        sale.receipt_number = "R2".into();
    }
    till.hand_in(numbered, vec![approval]).await;
    assert_eq!(till.states().await, [ApprovalState::Sound]);
    let mut numbered = third;
    if let EntryBody::SaleCompleted { sale } = &mut numbered {
        sale.receipt_number = "R3".into();
    }
    till.hand_in(numbered, Vec::new()).await;
    let mut states = till.states().await;
    states.sort();
    assert_eq!(states, [ApprovalState::Sound, ApprovalState::Missing]);
}

async fn money_goes_back_another_way_by_approval_where_a_store_wants_it(house: House) {
    let mut till = Till::at(house).await;
    till.set_store(|store| store.approval.other_ways = true).await;
    let sold = till.tablet.sell("101", &[("22423", 2)], &till.house.shelf);
    let back = |before| till.tablet.give_back(None, &sold, &[part(1, 1, before)], &till.house.shelf);
    let (first, second) = (back(0), back(1));
    let card = TenderKind::Card { reference: "T-1".into(), last_four: None };
    let paid_by_card = |entry: &SealedEntry, number: &str, back: TenderKind| {
        let EntryBody::SaleCompleted { mut sale } = entry.open().unwrap().body else { panic!("no sale") };
        let tender = |kind, amount| Tender::plain(TenderId::fresh(&mut FreshIds), kind, amount);
        let paid = tender(card.clone(), Minor(2_550));
        sale.paid_before =
            vec![PaidBefore { sale_id: sale.lines[0].origin.clone().unwrap().sale_id, tender: paid }];
        sale.tenders = vec![tender(back, sale.total)];
        sale.receipt_number = number.into();
        assert_eq!(sale.check(), Ok(()));
        EntryBody::SaleCompleted { sale }
    };
    till.hand_in(sold.open().unwrap().body, Vec::new()).await;
    till.hand_in(paid_by_card(&first, "R1", card.clone()), Vec::new()).await;
    assert_eq!(till.states().await, [], "the way it came");
    let body = paid_by_card(&second, "R2", TenderKind::Cash);
    let of = |kind| move |need: &Need| need.subject.kind == kind;
    let need = needs(&body).unwrap().into_iter().find(of(ApprovalKind::Refund)).unwrap();
    let approval = till.approved(&till.marta, need.subject);
    let entry = till.hand_in(body.clone(), vec![approval]).await;
    assert_eq!((entry.open().unwrap().version, till.states().await), (7, vec![ApprovalState::Sound]));
    let EntryBody::SaleCompleted { mut sale } = body else { panic!("no sale") };
    (sale.id, sale.receipt_number) = (SaleId::fresh(&mut FreshIds), "R3".into());
    till.hand_in(EntryBody::SaleCompleted { sale }, Vec::new()).await;
    let mut states = till.states().await;
    states.sort();
    assert_eq!(states, [ApprovalState::Sound, ApprovalState::Missing]);
    // All of it can be taken out.
    let (pieces, mut taken) = tokio::sync::mpsc::channel(8);
    let db = &till.house.app.db;
    let rows = export::table(db, till.house.organisation_id, "approvals", &pieces).await.unwrap();
    drop(pieces);
    let text = taken.recv().await.unwrap();
    assert!(rows == Some(2) && text.contains(",refund,sound,") && text.contains(",Marta"), "{text}");
    assert!(text.contains(",GBP,12.75,"), "{text}");
}

async fn the_list_is_filtered_and_paged(house: House) {
    let mut till = Till::at(house).await;
    for number in 0..5 {
        let body = till.sold_for(&format!("10{number}"), "9.50");
        let approval = (number % 2 == 0).then(|| till.approved_by(&till.marta, &body));
        till.hand_in(body, approval.into_iter().collect()).await;
    }
    let list =
        async |query| approvals::list(&till.house.app, till.house.organisation_id, query).await.unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = list(ApprovalQuery { after, limit: Some(2), ..ApprovalQuery::default() }).await;
        assert_eq!(page.total, 5);
        seen.extend(page.rows.into_iter().map(|row| row.key));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    for (query, rows) in [
        (ApprovalQuery { state: Some(ApprovalState::Missing), ..ApprovalQuery::default() }, 2),
        (ApprovalQuery { is_unsound: true, ..ApprovalQuery::default() }, 2),
        (ApprovalQuery { staff: Some(till.marta.id), ..ApprovalQuery::default() }, 3),
        (ApprovalQuery { staff: Some(till.amara.id), ..ApprovalQuery::default() }, 5),
        (ApprovalQuery { kind: Some(ApprovalKind::Drawer), ..ApprovalQuery::default() }, 0),
        (ApprovalQuery { store: Some(till.house.shelf.store.id), ..ApprovalQuery::default() }, 5),
    ] {
        let page = list(query.clone()).await;
        assert_eq!((page.rows.len(), page.total), (rows, u64::try_from(rows).unwrap()), "{query:?}");
    }
}

async fn what_was_kept_is_judged_when_it_is_booked(house: House) {
    let mut till = Till::at(house).await;
    let body = till.sold_for("101", "9.50");
    let approval = till.approved_by(&till.marta, &body);
    let mut tx = till.house.app.db.write_for(till.house.organisation_id).await.unwrap();
    ground::revoke_device(&mut tx, till.house.organisation_id, till.tablet.device_id).await.unwrap();
    tx.commit().await.unwrap();
    let entry = till.journal.record_as(Some(till.amara.id), body, vec![approval]);
    let answer = till.house.push(&till.tablet, std::slice::from_ref(&entry)).await.unwrap();
    assert!(matches!(answer.answers[0].outcome, EntryOutcome::Kept { .. }));
    assert_eq!(till.states().await, []);
    let decision = shared::api::KeptDecision::Book;
    books::decide(&till.house.app, till.house.organisation_id, entry.id, decision, NOON.at_ms).await.unwrap();
    assert_eq!(till.states().await, [ApprovalState::Sound]);
}

async fn another_organisation_sees_none_of_it(house: House) {
    let mut till = Till::at(house).await;
    let body = till.sold_for("101", "9.50");
    till.hand_in(body, Vec::new()).await;
    let (other, _) = till.house.neighbour().await;
    let theirs = approvals::list(&till.house.app, other, ApprovalQuery::default()).await.unwrap();
    assert_eq!((theirs.rows.len(), theirs.total), (0, 0));
}

async fn a_new_pin_proves_and_the_one_before_it_goes_on_proving(shop: TestApp) {
    let owner = shop.as_owner();
    let hired = json!({ "name": "Marta", "role": "manager", "pin": "2580" });
    let marta: StaffView = owner.post("/api/staff", &hired).await.json();
    let path = format!("/api/staff/{}", marta.id);
    for change in [json!({ "pin": "1357" }), json!({ "name": "Marta M." }), json!({ "pin": "" })] {
        owner.put(&path, &change).await.expect(axum::http::StatusCode::OK);
    }
    let organisation_id = shop.tablet.is.organisation_id;
    let mut tx = shop.app.db.read_for(organisation_id).await.unwrap();
    let keys: Vec<String> = tillbridge::on_engine!(&mut tx, connection => {
        sqlx::query_scalar("SELECT proof_key FROM approval_keys WHERE organisation_id = $1 AND staff_id = $2")
            .bind(organisation_id.to_string())
            .bind(marta.id.to_string())
            .fetch_all(connection)
            .await
            .unwrap()
    });
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| unhex(key).is_some_and(|key| key.len() == 32)));
    // No answer of the server bears one, least of all what tablets pull.
    for answer in [owner.get("/api/staff").await, shop.as_device().get("/api/sync/pull").await] {
        assert!(keys.iter().all(|key| !answer.text().contains(key)));
    }
}

async fn managers_alone_see_the_list(shop: TestApp) {
    let page: Value = shop.as_manager().get("/api/approvals?state=unsound&kind=price").await.json();
    assert_eq!(page["rows"], json!([]));
    for (query, field) in [
        ("?state=fine", "state"),
        ("?kind=x", "kind"),
        ("?staff=x", "staff"),
        ("?store=x", "store"),
        ("?after=x", "after"),
        ("?limit=x", "limit"),
    ] {
        let answer = shop.as_owner().get(&format!("/api/approvals{query}")).await;
        let answer = answer.expect(axum::http::StatusCode::BAD_REQUEST);
        assert_eq!(answer.error().fields[0].field, field, "{query}");
    }
}
