//! Customers: written down at tills and on the manager's page, merged, erased, and told to the tablets, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use house::{House, Journal, Tablet, written};
use serde_json::json;
use shared::customer::{Customer, CustomerField as Field, CustomerGroup};
use shared::ids::{CustomerGroupId, CustomerId, OrganisationId};
use shared::sale::Sale;
use shared::sync::journal::{EntryBody, SealedEntry};
use shared::sync::wire::Change;
use tillbridge::app::customers::{self, CustomerQuery};
use tillbridge::app::{AppError, pricing};
use tillbridge::clock::FreshIds;
use tillbridge::feed::Puller;

on_both_engines!(
    what_a_till_writes_down_is_everywhere,
    fields_are_changed_one_by_one_and_who_came_late_changes_nothing,
    two_records_of_one_person_become_one,
    who_is_erased_is_gone_from_journal_and_tablets_and_their_purchases_stay,
    what_cannot_be_is_told_by_field,
    somebody_elses_change_is_not_written_over,
    customers_are_found_and_paged,
    a_group_that_is_used_stays,
    an_app_of_before_is_told_all_of_them_once_it_reads_them,
);

/// What is looked at here of what a tablet is told.
fn asked(change: &Change) -> bool {
    matches!(change, Change::Customer(_))
}

fn customer(body: serde_json::Value) -> Customer {
    let mut whole = json!({ "id": "0199b1a5-0000-7000-8000-000000000000", "name": "" });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

async fn create(house: &House, body: serde_json::Value) -> Customer {
    customers::create(&house.app, &house.manager(), customer(body)).await.unwrap()
}

async fn one(house: &House, id: CustomerId) -> Option<Customer> {
    match customers::one(&house.app, house.organisation_id, id).await {
        Ok(row) => Some(row.customer),
        Err(AppError::NotFound) => None,
        Err(error) => panic!("{error}"),
    }
}

async fn found(house: &House, search: &str) -> Vec<String> {
    let query = CustomerQuery { search: search.into(), ..CustomerQuery::default() };
    let page = customers::list(&house.app, house.organisation_id, query).await.unwrap();
    page.rows.iter().map(|customer| customer.title().to_owned()).collect()
}

fn ada() -> [(Field, Option<&'static str>, Option<&'static str>); 3] {
    [
        (Field::Name, None, Some("Ada Byron")),
        (Field::Email, None, Some("Ada@example.org")),
        (Field::Phone, None, Some("+44 20 7946 0018")),
    ]
}

/// A sale of one cakestand to a known customer, in its place in a journal.
fn sold_to(
    customer: &Customer,
    tablet: &mut Tablet,
    journal: &mut Journal,
    house: &House,
) -> (Sale, SealedEntry) {
    let sold = tablet.sell("101", &[("22423", 1)], &house.shelf);
    let EntryBody::SaleCompleted { mut sale } = sold.open().unwrap().body else { panic!("no sale") };
    sale.customer = customer.for_sale();
    let entry = journal.record(EntryBody::SaleCompleted { sale: sale.clone() });
    (*sale, entry)
}

async fn what_a_till_writes_down_is_everywhere(house: House) {
    let (here, there) = (house.tablet().await, house.tablet().await);
    let (_, cursor) = house.loaded(house.puller(&there), asked).await;
    let mut journal = Journal::of(&here);
    let id = CustomerId::fresh(&mut FreshIds);
    let entry = journal.record(written(id, &ada()));
    house.booked(&here, std::slice::from_ref(&entry)).await;
    // The same push again is the same record.
    house.booked(&here, std::slice::from_ref(&entry)).await;
    let known = one(&house, id).await.unwrap();
    assert_eq!((known.name.as_str(), known.email.as_deref()), ("Ada Byron", Some("Ada@example.org")));
    let told = house.pulled(house.puller(&there), Some(&cursor)).await.changes;
    assert_eq!(told, [Change::Customer(known.clone())]);
    assert_eq!(house.loaded(house.puller(&there), asked).await.0, [Change::Customer(known)]);
    let story = customers::story(&house.app, house.organisation_id, id, None).await.unwrap();
    assert_eq!((story.changes.len(), story.changes[0].made.len()), (1, 3));
    assert!(story.changes[0].register.is_some());
}

async fn fields_are_changed_one_by_one_and_who_came_late_changes_nothing(house: House) {
    let (here, there) = (house.tablet().await, house.tablet().await);
    let (mut first, mut second) = (Journal::of(&here), Journal::of(&there));
    let id = CustomerId::fresh(&mut FreshIds);
    house.booked(&here, &[first.record(written(id, &ada()))]).await;
    let note = written(id, &[(Field::Note, None, Some("Rings twice"))]);
    let mail = written(id, &[(Field::Email, Some("Ada@example.org"), Some("new@example.org"))]);
    let late = written(id, &[(Field::Email, Some("Ada@example.org"), Some("late@example.org"))]);
    house.booked(&there, &[second.record(note), second.record(mail)]).await;
    house.booked(&here, &[first.record(late)]).await;
    let known = one(&house, id).await.unwrap();
    assert_eq!(
        (known.note.as_deref(), known.email.as_deref()),
        (Some("Rings twice"), Some("new@example.org"))
    );
    let story = customers::story(&house.app, house.organisation_id, id, None).await.unwrap();
    let overtaken: Vec<_> = story.changes.iter().flat_map(|change| &change.overtaken).collect();
    assert_eq!(overtaken.len(), 1);
    assert_eq!(overtaken[0].now.as_deref(), Some("late@example.org"), "what was not made is not lost either");
}

async fn two_records_of_one_person_become_one(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let kept = create(&house, json!({ "name": "Ada Byron", "email": "ada@example.org" })).await;
    let gone = CustomerId::fresh(&mut FreshIds);
    let at_the_till = journal.record(written(gone, &ada()));
    house.booked(&tablet, &[at_the_till]).await;
    let double = one(&house, gone).await.unwrap();
    let (_, sale) = sold_to(&double, &mut tablet, &mut journal, &house);
    house.booked(&tablet, &[sale]).await;

    let doubles = customers::doubles(&house.app, house.organisation_id).await.unwrap();
    assert_eq!(doubles.len(), 1);
    assert_eq!((doubles[0].common.as_str(), doubles[0].customers.len()), ("ada@example.org", 2));
    let (_, cursor) = house.loaded(house.puller(&tablet), asked).await;
    customers::merge(&house.app, &house.manager(), kept.id, gone).await.unwrap();
    let merged = one(&house, kept.id).await.unwrap();
    assert_eq!(merged.phone.as_deref(), Some("+44 20 7946 0018"));
    assert_eq!(one(&house, gone).await, Some(merged.clone()), "the old id leads to it");
    let told = house.pulled(house.puller(&tablet), Some(&cursor)).await.changes;
    assert!(
        matches!(&told[..], [Change::Customer(one), Change::Removed(other)] | [Change::Removed(other), Change::Customer(one)]
            if *one == merged && other.id == gone.to_string()),
        "{told:?}"
    );
    // What a tablet still says of the old record is said of the one it went into; so is what it sells.
    let late = journal.record(written(gone, &[(Field::Note, None, Some("Rings twice"))]));
    house.booked(&tablet, &[late]).await;
    assert_eq!(one(&house, kept.id).await.unwrap().note.as_deref(), Some("Rings twice"));
    let story = customers::story(&house.app, house.organisation_id, kept.id, None).await.unwrap();
    assert_eq!((story.merged, story.sales.len(), story.bought[0].total.0), (1, 1, 1_275));
    assert_eq!(story.changes.iter().filter(|change| change.merged).count(), 1);
    assert_eq!(customers::doubles(&house.app, house.organisation_id).await.unwrap(), []);
    let itself = customers::merge(&house.app, &house.manager(), kept.id, gone).await;
    assert!(matches!(itself, Err(AppError::WrongInput { .. })));
}

async fn who_is_erased_is_gone_from_journal_and_tablets_and_their_purchases_stay(house: House) {
    let mut tablet = house.tablet().await;
    let mut journal = Journal::of(&tablet);
    let id = CustomerId::fresh(&mut FreshIds);
    let first = journal.record(written(id, &ada()));
    house.booked(&tablet, std::slice::from_ref(&first)).await;
    let known = one(&house, id).await.unwrap();
    let (bought, sale) = sold_to(&known, &mut tablet, &mut journal, &house);
    house.booked(&tablet, std::slice::from_ref(&sale)).await;
    let (_, cursor) = house.loaded(house.puller(&tablet), asked).await;
    customers::erase(&house.app, house.organisation_id, id).await.unwrap();
    assert_eq!(one(&house, id).await, None);
    assert_eq!(found(&house, "").await, [""; 0]);
    let told = house.pulled(house.puller(&tablet), Some(&cursor)).await.changes;
    let mut told: Vec<_> = told.into_iter().filter(|one| !matches!(one, Change::Sale(_))).collect();
    assert!(matches!(told.remove(0), Change::Removed(gone) if gone.id == id.to_string()));
    assert_eq!(told, []);
    // What a tablet that was offline writes down of them afterwards is not kept either; its journal goes on.
    let late =
        journal.record(written(id, &[(Field::Email, Some("Ada@example.org"), Some("ada@new.example"))]));
    house.booked(&tablet, std::slice::from_ref(&late)).await;
    house.booked(&tablet, &[first, sale, late]).await;
    for word in ["Ada@example.org", "+44 20", "ada@new.example"] {
        let sql = format!(
            "SELECT COUNT(*) FROM journal_entries WHERE organisation_id = $1 AND content LIKE '%{word}%'"
        );
        assert_eq!(house.number(&sql).await, 0, "{word}");
    }
    assert_eq!(house.count("customer_changes").await, 0);
    let kept = tillbridge::app::books::sale(&house.app, house.organisation_id, bought.id).await.unwrap();
    assert_eq!(kept.sale.customer.name.as_deref(), Some("Ada Byron"), "books must be kept");
}

async fn what_cannot_be_is_told_by_field(house: House) {
    create(&house, json!({ "name": "First", "number": "k 1042" })).await;
    let no_group = CustomerGroupId::fresh(&mut FreshIds);
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(121) }), "name"),
        (json!({ "name": "A", "email": "nobody" }), "email"),
        (json!({ "name": "A", "phone": "12" }), "phone"),
        (json!({ "name": "A", "number": "K1042" }), "number"),
        (json!({ "name": "A", "group_id": no_group }), "group_id"),
        (json!({ "name": "A", "addresses": [{ "country": "GBR" }] }), "addresses"),
    ] {
        let answer = customers::create(&house.app, &house.manager(), customer(body.clone())).await;
        let Err(AppError::WrongInput { fields, .. }) = answer else { panic!("{body} was taken") };
        assert_eq!(fields[0].field, field, "{body}");
    }
    let tidied = create(
        &house,
        json!({ "name": " B ", "company": "", "addresses": [{ "lines": [" ", "1 Road"], "country": "gb" }, {}] }),
    );
    let tidied = tidied.await;
    assert_eq!((tidied.name.as_str(), tidied.company, tidied.addresses.len()), ("B", None, 1));
    assert_eq!(tidied.addresses[0].country.as_deref(), Some("GB"));
    assert_eq!(house.count("customers").await, 2);
}

async fn somebody_elses_change_is_not_written_over(house: House) {
    let known = create(&house, json!({ "name": "Ada", "marketing": { "given": true } })).await;
    let given_at = known.marketing.unwrap().at_ms;
    assert!(given_at > 0, "when it was given is noted by the server");
    let update = |name: &str, version| {
        let changed = Customer { name: name.to_owned(), ..known.clone() };
        let (app, who) = (house.app.clone(), house.manager());
        async move { customers::update(&app, &who, changed.id, changed, version).await }
    };
    assert_eq!(update("Ada B.", Some(1)).await.unwrap().version, 2);
    assert!(matches!(update("Ada C.", Some(1)).await, Err(AppError::Conflict(_))));
    let row = update("Ada D.", None).await.unwrap();
    assert_eq!((row.customer.name.as_str(), row.customer.marketing.unwrap().at_ms), ("Ada D.", given_at));
}

async fn customers_are_found_and_paged(house: House) {
    create(&house, json!({ "name": "Zoë Müller", "phone": "030 / 123 45 67" })).await;
    create(&house, json!({ "company": "Engines Ltd", "number": "K-1042" })).await;
    for n in 0..5 {
        create(&house, json!({ "name": format!("Ada {n}"), "email": format!("ada{n}@example.org") })).await;
    }
    assert_eq!(found(&house, "zoe mull").await, ["Zoë Müller"]);
    assert_eq!(found(&house, "1234567").await, ["Zoë Müller"]);
    assert_eq!(found(&house, "k-1042").await, ["Engines Ltd"]);
    assert_eq!(found(&house, "ada3@").await, ["Ada 3"]);
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let query = CustomerQuery { after, limit: Some(3), ..CustomerQuery::default() };
        let page = customers::list(&house.app, house.organisation_id, query).await.unwrap();
        assert_eq!(page.total, 7);
        seen.extend(page.rows.iter().map(|customer| customer.title().to_owned()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["Ada 0", "Ada 1", "Ada 2", "Ada 3", "Ada 4", "Engines Ltd", "Zoë Müller"]);
    let nobody = OrganisationId::fresh(&mut FreshIds);
    assert_eq!(customers::list(&house.app, nobody, CustomerQuery::default()).await.unwrap().rows, []);
}

async fn a_group_that_is_used_stays(house: House) {
    let group = CustomerGroup { id: CustomerGroupId::fresh(&mut FreshIds), name: " Trade ".into() };
    let trade = pricing::create(&house.app, house.organisation_id, group.clone()).await.unwrap();
    let staff = CustomerGroup { name: "Staff".into(), ..group };
    let staff = pricing::create(&house.app, house.organisation_id, staff).await.unwrap();
    assert_eq!(trade.name, "Trade");
    let who = house.puller(&house.tablet().await);
    let ground = house.pulled(who, None).await.changes;
    let told: Vec<_> = ground.iter().filter(|change| matches!(change, Change::CustomerGroup(_))).collect();
    assert_eq!(told.len(), 2);
    let ada = create(&house, json!({ "name": "Ada", "group_id": trade.id })).await;
    let promotion = json!({
        "id": trade.id, "name": "Staff 10 %", "goods": {}, "offer": { "percent": 100_000 },
        "applies": { "groups": [staff.id] },
    });
    let promotion: shared::pricing::Promotion = serde_json::from_value(promotion).unwrap();
    pricing::create(&house.app, house.organisation_id, promotion).await.unwrap();
    let remove = |id| customers::remove_group(&house.app, house.organisation_id, id);
    for id in [trade.id, staff.id] {
        assert!(matches!(remove(id).await, Err(AppError::Conflict(_))));
    }
    customers::erase(&house.app, house.organisation_id, ada.id).await.unwrap();
    remove(trade.id).await.unwrap();
    assert_eq!(customers::groups(&house.app, house.organisation_id).await.unwrap(), [staff]);
}

async fn an_app_of_before_is_told_all_of_them_once_it_reads_them(house: House) {
    let updated = house.puller(&house.tablet().await);
    let older = Puller { reads: 3, ..updated };
    create(&house, json!({ "name": "Ada" })).await;
    let (told, cursor) = house.loaded(older, asked).await;
    assert_eq!(told, []);
    let second = create(&house, json!({ "name": "Zoë" })).await;
    let page = house.pulled(older, Some(&cursor)).await;
    assert_eq!(page.changes, []);
    let (mut cursor, mut names) = (page.cursor, Vec::new());
    loop {
        let page = house.pulled(updated, Some(&cursor)).await;
        for change in &page.changes {
            if let Change::Customer(customer) = change {
                names.push(customer.name.clone());
            }
        }
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    names.sort();
    assert_eq!(names, ["Ada", "Zoë"]);
    customers::erase(&house.app, house.organisation_id, second.id).await.unwrap();
    let page = house.pulled(updated, Some(&cursor)).await;
    assert!(matches!(&page.changes[..], [Change::Removed(gone)] if gone.id == second.id.to_string()));
}
