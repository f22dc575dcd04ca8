//! Bridge, products: what the mapping does to the catalogue on both sides, and that nothing of it happens before a person has said so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod fake_tryton;
mod house;

use fake_tryton::{FakeTryton, Good, Wrong};
use house::House;
use shared::catalog::Product;
use shared::connect::{
    ConnectionRequest, DataCheck, Delivery, DeliveryState, FieldFate, Flow, FlowSetting, Found, Owner, Plan,
    PlanKind, ProductField, ProductMapping, Rule, ValueProblem,
};
use shared::ids::ConnectionId;
use shared::money::UnitPrice;
use tillbridge::app::{AppError, catalog as products};
use tillbridge::bridge::{
    Bridge, BridgeSettings, Key, check, connections, deliveries, inbox, mapping, matching,
};
use tillbridge::printing::Reach;

on_both_engines!(
    nothing_is_written_before_a_person_accepts_and_then_what_was_shown,
    who_decides_is_who_decides,
    a_name_of_ours_goes_there_once_whatever_is_lost,
    what_both_have_changed_waits_for_a_person,
    a_value_without_a_place_is_named_and_holds_nothing_else_up,
    a_changed_mapping_is_in_force_once_it_is_accepted,
    a_code_that_another_product_has_stays_with_it,
    a_check_finds_what_would_make_trouble,
    a_list_that_is_refused_keeps_no_sale_and_no_processor_busy,
    a_flow_that_is_off_is_off,
    what_was_changed_there_while_it_waited_is_not_written_over_unseen,
    two_connections_do_not_decide_one_field,
    a_match_that_a_person_took_away_stays_away,
    what_was_refused_waits_for_a_person_and_not_for_the_next_page,
);

fn request(address: &str) -> ConnectionRequest {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    ConnectionRequest {
        connector: "tryton".into(),
        name: "Books".into(),
        settings: [
            text("address", address),
            text("database", "shop"),
            text("user", "till"),
            text("password", "hush-hush"),
        ]
        .into(),
        flows: vec![
            FlowSetting { flow: Flow::Products, on: true, every_minutes: 5 },
            FlowSetting { flow: Flow::ProductChanges, on: true, every_minutes: 0 },
        ],
        private_network: true,
    }
}

struct Desk {
    house: House,
    bridge: Bridge,
    erp: FakeTryton,
    id: ConnectionId,
}

impl Desk {
    /// Connected and running; what they have was read, and nobody has accepted a mapping.
    async fn open(house: House) -> Self {
        let networks = Reach::parse("127.0.0.0/8").unwrap();
        let key = Key::parse(&"7".repeat(64)).unwrap();
        let bridge = Bridge::new(house.app.clone(), BridgeSettings { networks, key }).unwrap();
        let erp = FakeTryton::start().await;
        {
            let mut books = erp.books.lock().unwrap();
            books.products =
                vec![(7, "22423", "Cakestand"), (8, "85123a", "Holder"), (9, "POST-1", "Postcard")];
            books.goods.insert(7, Good::new("Regency cakestand 3 tier", "12.7500"));
            books.goods.insert(8, Good::new("T-light holder", "2.9500"));
            books.goods.insert(9, Good::new("Postcard", "0.8500"));
        }
        let request = request(&erp.address);
        let made = connections::create(&bridge, house.organisation_id, request).await.unwrap();
        let desk = Self { house, bridge, erp, id: made.id };
        connections::start(&desk.bridge, desk.house.organisation_id, desk.id).await.unwrap();
        desk.work().await;
        desk
    }

    /// Until nothing is due within a moment.
    async fn work(&self) {
        loop {
            let due = self.bridge.work_for(self.house.organisation_id, self.id).await.unwrap();
            match due.map(|due| due - tillbridge::clock::now_ms()) {
                // Another story of this database server is still writing: its end is waited for.
                Some(wait_ms) if wait_ms < 1_000 => {
                    let wait = std::time::Duration::from_millis(wait_ms.max(1).unsigned_abs());
                    tokio::time::sleep(wait).await;
                }
                _ => return,
            }
        }
    }

    async fn flow(&self, flow: Flow, on: bool) {
        let mut changed = request(&self.erp.address);
        changed.flows.iter_mut().filter(|one| one.flow == flow).for_each(|one| one.on = on);
        let change = (changed, None);
        connections::update(&self.bridge, self.house.organisation_id, self.id, change).await.unwrap();
    }

    /// They are read anew.
    async fn read(&self) {
        inbox::refresh(&self.bridge, self.house.organisation_id, self.id).await.unwrap();
        self.work().await;
    }

    async fn mapping(&self) -> ProductMapping {
        mapping::view(&self.bridge, self.house.organisation_id, self.id).await.unwrap().mapping
    }

    async fn change(&self, mapping: ProductMapping, version: Option<i64>) -> Result<i64, AppError> {
        let by = (self.house.organisation_id, "Olive".to_owned());
        let change = mapping::change(&self.bridge, by, self.id, (mapping, version)).await?;
        Ok(change.version)
    }

    async fn accept(&self) {
        let version = mapping::view(&self.bridge, self.house.organisation_id, self.id).await.unwrap().version;
        let by = (self.house.organisation_id, "Olive".to_owned());
        mapping::accept(&self.bridge, by, self.id, version).await.unwrap();
        self.work().await;
    }

    /// A mapping with other owners, accepted.
    async fn owned(&self, owners: &[(ProductField, Owner)]) {
        let mut mapping = self.mapping().await;
        for (field, owner) in owners {
            mapping.fields.iter_mut().find(|row| row.ours == *field).unwrap().owner = *owner;
        }
        self.change(mapping, None).await.unwrap();
        self.accept().await;
    }

    async fn plan(&self, kind: PlanKind) -> Plan {
        mapping::plan(&self.bridge, self.house.organisation_id, self.id, (kind, None)).await.unwrap()
    }

    async fn product(&self, sku: &str) -> Option<Product> {
        let page =
            products::products(&self.house.app, self.house.organisation_id, sku, None, None).await.unwrap();
        page.rows.into_iter().find(|product| product.sku == sku)
    }

    /// Somebody changes a product on the manager's page.
    async fn edit(&self, sku: &str, edit: impl FnOnce(&mut Product)) {
        let mut product = self.product(sku).await.unwrap();
        edit(&mut product);
        let id = product.id;
        products::update_product(&self.house.app, self.house.organisation_id, id, product, None)
            .await
            .unwrap();
    }

    fn there(&self, id: i64, edit: impl FnOnce(&mut Good)) {
        edit(self.erp.books.lock().unwrap().goods.get_mut(&id).unwrap());
    }

    fn name_there(&self, id: i64) -> String {
        self.erp.books.lock().unwrap().goods[&id].name.clone()
    }

    async fn deliveries(&self) -> Vec<Delivery> {
        deliveries::list(&self.bridge, self.house.organisation_id, self.id, (None, None)).await.unwrap().rows
    }

    fn writes(&self) -> usize {
        let books = self.erp.books.lock().unwrap();
        books.calls.iter().filter(|call| call.ends_with("template.write")).count()
    }

    async fn check(&self) -> DataCheck {
        check::check(&self.bridge, self.house.organisation_id, self.id).await.unwrap()
    }
}

fn price(text: &str) -> Option<UnitPrice> {
    Some(UnitPrice::parse(text).unwrap())
}

async fn nothing_is_written_before_a_person_accepts_and_then_what_was_shown(house: House) {
    let desk = Desk::open(house).await;
    let before = desk.plan(PlanKind::Create).await;
    let counts = |plan: &Plan| {
        [PlanKind::Create, PlanKind::Change, PlanKind::Give, PlanKind::Same, PlanKind::OnlyHere]
            .map(|kind| plan.count(kind))
    };
    assert_eq!(counts(&before), [1, 2, 0, 0, 0]);
    assert_eq!(before.rows[0].code, "POST-1");
    let changes = desk.plan(PlanKind::Change).await.rows;
    let shown: Vec<_> = changes
        .iter()
        .flat_map(|row| &row.fields)
        .map(|field| (field.field, field.ours.as_str(), field.theirs.as_str(), field.fate))
        .collect();
    assert_eq!(
        shown,
        [
            (ProductField::Name, "Regency cakestand", "Regency cakestand 3 tier", FieldFate::Taken),
            (ProductField::Sku, "85123A", "85123a", FieldFate::Taken),
            (ProductField::Price, "2.55", "2.95", FieldFate::Taken),
        ]
    );
    desk.read().await;
    assert_eq!(desk.product("POST-1").await, None);
    assert_eq!(desk.product("22423").await.unwrap().name, "Regency cakestand");

    desk.accept().await;
    let new = desk.product("POST-1").await.unwrap();
    assert_eq!((new.name.as_str(), new.price, new.stocked), ("Postcard", price("0.85"), true));
    assert_eq!(new.tax_category_id, desk.house.shelf.standard);
    assert_eq!(desk.product("22423").await.unwrap().name, "Regency cakestand 3 tier");
    assert_eq!(desk.product("85123a").await.unwrap().price, price("2.95"));
    assert_eq!(counts(&desk.plan(PlanKind::Same).await), [0, 0, 0, 3, 0]);
    // Once more changes nothing, and their next change comes by itself.
    desk.read().await;
    assert_eq!(desk.product("POST-1").await.unwrap(), new);
    desk.there(9, |good| good.price = "0.9500");
    desk.read().await;
    assert_eq!(desk.product("POST-1").await.unwrap().price, price("0.95"));
    assert_eq!(desk.writes(), 0);
}

async fn who_decides_is_who_decides(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Ours)]).await;
    assert_eq!(desk.name_there(7), "Regency cakestand", "ours went there at once");
    // The price is theirs: typed over here, it is taken back.
    desk.edit("22423", |product| product.price = price("99")).await;
    desk.work().await;
    assert_eq!(desk.product("22423").await.unwrap().price, price("12.75"));
    // The name is ours: typed over there, it is put right, and a new one goes there.
    desk.there(7, |good| good.name = "Cake plate".to_owned());
    desk.read().await;
    assert_eq!(desk.name_there(7), "Regency cakestand");
    desk.edit("22423", |product| product.name = "Cakestand, three tiers".to_owned()).await;
    desk.work().await;
    assert_eq!(desk.name_there(7), "Cakestand, three tiers");
    let writes = desk.writes();
    desk.read().await;
    desk.work().await;
    assert_eq!(desk.writes(), writes, "nothing is left to say");
    let all = desk.deliveries().await;
    assert!(all.iter().all(|one| one.state == DeliveryState::Delivered && one.flow == Flow::ProductChanges));
    // What they cut is how it is there.
    desk.erp.books.lock().unwrap().cut = Some(20);
    desk.edit("22423", |product| product.name = "Cakestand with three tiers and a rose".to_owned()).await;
    desk.work().await;
    let writes = desk.writes();
    desk.read().await;
    assert_eq!(desk.writes(), writes);
    assert_eq!(desk.name_there(7), "Cakestand with three");
    assert_eq!(desk.plan(PlanKind::Same).await.count(PlanKind::Give), 0);
}

async fn a_name_of_ours_goes_there_once_whatever_is_lost(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Ours)]).await;
    for (at, wrong) in
        [Wrong::Silent, Wrong::Lost, Wrong::Half, Wrong::Html, Wrong::Status(500)].into_iter().enumerate()
    {
        let name = format!("Cakestand {at}");
        desk.edit("22423", |product| product.name.clone_from(&name)).await;
        desk.erp.goes_wrong("write", wrong);
        desk.work().await;
        let waiting = desk.deliveries().await.remove(0);
        assert_eq!(waiting.state, DeliveryState::Waiting, "{wrong:?}");
        let ids = [waiting.id];
        deliveries::send_again(&desk.bridge, desk.house.organisation_id, desk.id, &ids).await.unwrap();
        connections::start(&desk.bridge, desk.house.organisation_id, desk.id).await.unwrap();
        desk.work().await;
        assert_eq!(desk.name_there(7), name, "{wrong:?}");
        assert_eq!(desk.deliveries().await.remove(0).state, DeliveryState::Delivered, "{wrong:?}");
    }
}

async fn what_both_have_changed_waits_for_a_person(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Newest)]).await;
    assert_eq!(desk.product("22423").await.unwrap().name, "Regency cakestand 3 tier", "they were first");
    desk.edit("22423", |product| product.name = "Ours".to_owned()).await;
    desk.work().await;
    assert_eq!(desk.name_there(7), "Ours", "changed here alone");
    desk.there(7, |good| good.name = "Theirs".to_owned());
    desk.read().await;
    assert_eq!(desk.product("22423").await.unwrap().name, "Theirs", "changed there alone");
    // Both, while nobody could tell the other.
    connections::pause(&desk.bridge, desk.house.organisation_id, desk.id).await.unwrap();
    desk.edit("22423", |product| product.name = "Here".to_owned()).await;
    desk.there(7, |good| good.name = "There".to_owned());
    connections::start(&desk.bridge, desk.house.organisation_id, desk.id).await.unwrap();
    desk.read().await;
    assert_eq!(desk.product("22423").await.unwrap().name, "Here");
    assert_eq!(desk.name_there(7), "There");
    let plan = desk.plan(PlanKind::Conflict).await;
    assert_eq!((plan.count(PlanKind::Conflict), plan.rows[0].code.as_str()), (1, "22423"));
    desk.edit("22423", |product| product.name = "There".to_owned()).await;
    desk.work().await;
    assert_eq!(desk.plan(PlanKind::Conflict).await.count(PlanKind::Conflict), 0);
    desk.edit("22423", |product| product.name = "Settled".to_owned()).await;
    desk.work().await;
    assert_eq!(desk.name_there(7), "Settled");
}

async fn a_value_without_a_place_is_named_and_holds_nothing_else_up(house: House) {
    let desk = Desk::open(house).await;
    desk.there(8, |good| good.vat = Some("VAT 5%"));
    desk.there(9, |good| good.vat = Some("VAT 5%"));
    desk.read().await;
    desk.accept().await;
    assert_eq!(desk.product("85123a").await.unwrap().price, price("2.95"), "the rest of it comes");
    assert_eq!(desk.product("POST-1").await, None, "a product needs its tax");
    let plan = desk.plan(PlanKind::Problem).await;
    let unmapped: Vec<_> =
        plan.unmapped.iter().map(|one| (one.field, one.value.as_str(), one.count)).collect();
    assert_eq!(unmapped, [(ProductField::TaxCategory, "VAT 5%", 2)]);
    assert_eq!(plan.rows.len(), 2);
    let mut mapping = desk.mapping().await;
    let row = mapping.fields.iter_mut().find(|row| row.ours == ProductField::TaxCategory).unwrap();
    let untaxed = desk.house.shelf.tax_categories[1].name.clone();
    row.rule = Rule::Table {
        rows: [("VAT 5%".to_owned(), untaxed), ("Standard".to_owned(), "Standard".to_owned())].into(),
    };
    desk.change(mapping, None).await.unwrap();
    desk.accept().await;
    assert_eq!(desk.product("POST-1").await.unwrap().tax_category_id, desk.house.shelf.untaxed);
    assert_eq!(desk.product("85123a").await.unwrap().tax_category_id, desk.house.shelf.untaxed);
}

async fn a_changed_mapping_is_in_force_once_it_is_accepted(house: House) {
    let desk = Desk::open(house).await;
    let organisation = desk.house.organisation_id;
    desk.accept().await;
    let mut changed = desk.mapping().await;
    changed.fields.iter_mut().find(|row| row.ours == ProductField::Name).unwrap().rule = Rule::UpperCase;
    let version = desk.change(changed.clone(), Some(0)).await.unwrap();
    assert_eq!(version, 1);
    assert_eq!(desk.plan(PlanKind::Change).await.count(PlanKind::Change), 3, "shown");
    desk.there(9, |good| good.price = "0.9900");
    desk.read().await;
    let post = desk.product("POST-1").await.unwrap();
    assert_eq!((post.name.as_str(), post.price), ("Postcard", price("0.99")), "the one before is in force");
    let by = (organisation, "Olive".to_owned());
    let stale = mapping::accept(&desk.bridge, by, desk.id, 0).await.unwrap_err();
    assert!(matches!(stale, AppError::Conflict(_)));
    desk.accept().await;
    assert_eq!(desk.product("POST-1").await.unwrap().name, "POSTCARD");
    // Two people at once, and what cannot be.
    changed.create = false;
    assert!(matches!(desk.change(changed.clone(), Some(0)).await, Err(AppError::Conflict(_))));
    changed.fields[0].theirs = "nothing".to_owned();
    let Err(AppError::WrongInput { fields, .. }) = desk.change(changed, Some(1)).await else {
        panic!("there is no such field")
    };
    assert_eq!(fields.len(), 1);
    let versions = mapping::versions(&desk.bridge, organisation, desk.id).await.unwrap();
    assert_eq!(
        versions.iter().map(|one| (one.version, one.by.as_str())).collect::<Vec<_>>(),
        [(1, "Olive"), (0, "Olive")]
    );
}

async fn a_code_that_another_product_has_stays_with_it(house: House) {
    let desk = Desk::open(house).await;
    // Matched by a person with another one; and a new one whose barcode ours has already.
    let ours = desk.product("85123A").await.unwrap();
    matching::set(
        &desk.bridge,
        desk.house.organisation_id,
        (desk.id, shared::connect::LinkKind::Product),
        (ours.id.to_string(), Some("7".to_owned())),
    )
    .await
    .unwrap();
    desk.edit("22423", |product| product.barcodes = vec!["5012345678900".to_owned()]).await;
    desk.there(9, |good| good.barcodes = vec!["5012345678900"]);
    desk.read().await;
    desk.accept().await;
    assert_eq!(
        desk.product("85123A").await.unwrap().name,
        "Regency cakestand 3 tier",
        "the rest of it comes"
    );
    assert_eq!(desk.product("POST-1").await, None);
    let plan = desk.plan(PlanKind::Problem).await;
    let taken = plan.rows.iter().flat_map(|row| &row.fields);
    let taken: Vec<_> = taken.filter(|one| one.problem == Some(ValueProblem::Taken)).collect();
    assert_eq!(taken.iter().filter(|one| one.field == ProductField::Sku).count(), 1);
    assert!(desk.plan(PlanKind::OnlyHere).await.count(PlanKind::OnlyHere) == 0);
}

async fn a_check_finds_what_would_make_trouble(house: House) {
    let desk = Desk::open(house).await;
    desk.there(8, |good| good.unit = "box");
    desk.there(9, |good| {
        good.vat = Some("VAT 5%");
        good.barcodes = vec!["5012345678901"];
    });
    desk.erp.books.lock().unwrap().products.push((10, "post-1", "Postcard"));
    desk.erp.books.lock().unwrap().goods.insert(10, Good::new("Postcard", "0.85"));
    desk.read().await;
    let checked = desk.check().await;
    let count = |found: Found| {
        checked.findings.iter().filter(|one| one.found == found).map(|one| one.count).sum::<u64>()
    };
    assert_eq!((checked.here, checked.there), (2, 4));
    assert_eq!(count(Found::TaxUnmapped), 1);
    assert_eq!(count(Found::UnitUnmapped), 1);
    assert_eq!(count(Found::BarcodeWrong), 1);
    assert_eq!(count(Found::CodeAlmost), 2);
    assert_eq!(count(Found::PriceDiffers), 1);
    assert_eq!(count(Found::Unmatched), 0);
    assert!(checked.score < 100);
    let table = check::export(&desk.bridge, desk.house.organisation_id, desk.id).await.unwrap();
    assert!(table.starts_with("finding,side,code,name,detail\r\n"), "{table}");
    assert!(table.contains("tax_unmapped,there,POST-1,Postcard,VAT 5%\r\n"), "{table}");
}

async fn a_list_that_is_refused_keeps_no_sale_and_no_processor_busy(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Ours)]).await;
    desk.edit("22423", |product| product.name = "Ours".to_owned()).await;
    for _ in 0..3 {
        desk.erp.goes_wrong("product.product.search_read", Wrong::Status(403));
    }
    let calls = || desk.erp.books.lock().unwrap().calls.len();
    let before = calls();
    desk.work().await;
    assert!(calls() - before < 10, "it does not go round and round");
    assert_eq!(desk.deliveries().await[0].state, DeliveryState::Waiting);
    assert_ne!(desk.name_there(7), "Ours");
    desk.erp.books.lock().unwrap().wrong.clear();
    desk.read().await;
    assert_eq!(desk.name_there(7), "Ours");
}

async fn a_flow_that_is_off_is_off(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Ours)]).await;
    let writes = desk.writes();
    desk.flow(Flow::ProductChanges, false).await;
    desk.edit("22423", |product| product.name = "Ours".to_owned()).await;
    desk.work().await;
    assert_eq!(desk.writes(), writes);
    desk.flow(Flow::ProductChanges, true).await;
    desk.work().await;
    assert_eq!(desk.name_there(7), "Ours", "what was not told is told once it is on again");
}

async fn what_was_changed_there_while_it_waited_is_not_written_over_unseen(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Newest)]).await;
    let organisation = desk.house.organisation_id;
    desk.edit("22423", |product| product.name = "Here".to_owned()).await;
    desk.erp.goes_wrong("write", Wrong::Silent);
    desk.work().await;
    assert_eq!(desk.deliveries().await[0].state, DeliveryState::Waiting);
    // A week goes by; somebody changes it there.
    connections::pause(&desk.bridge, organisation, desk.id).await.unwrap();
    desk.there(7, |good| good.name = "There".to_owned());
    connections::start(&desk.bridge, organisation, desk.id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.name_there(7), "There");
    assert_eq!(desk.product("22423").await.unwrap().name, "Here");
    assert_eq!(desk.plan(PlanKind::Conflict).await.count(PlanKind::Conflict), 1);
}

async fn two_connections_do_not_decide_one_field(house: House) {
    let desk = Desk::open(house).await;
    desk.accept().await;
    let other = connections::create(&desk.bridge, desk.house.organisation_id, {
        ConnectionRequest { name: "Other books".into(), ..request(&desk.erp.address) }
    })
    .await
    .unwrap();
    let by = || (desk.house.organisation_id, "Olive".to_owned());
    let refused = mapping::accept(&desk.bridge, by(), other.id, 0).await.unwrap_err();
    let AppError::Conflict(words) = refused else { panic!("{refused:?}") };
    assert!(words.contains("“Books” decides the sku"), "{words}");
    let mut mapping = desk.mapping().await;
    mapping.fields.iter_mut().for_each(|row| row.owner = Owner::Ours);
    mapping::change(&desk.bridge, by(), other.id, (mapping, None)).await.unwrap();
    mapping::accept(&desk.bridge, by(), other.id, 1).await.unwrap();
}

async fn a_match_that_a_person_took_away_stays_away(house: House) {
    let desk = Desk::open(house).await;
    let ours = desk.product("22423").await.unwrap().id.to_string();
    let of = (desk.id, shared::connect::LinkKind::Product);
    let organisation = desk.house.organisation_id;
    matching::set(&desk.bridge, organisation, of, (ours.clone(), None)).await.unwrap();
    desk.read().await;
    let rows = matching::list(&desk.bridge, organisation, of, (true, None)).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["22423"]);
    matching::set(&desk.bridge, organisation, of, (ours, Some("7".to_owned()))).await.unwrap();
    assert_eq!(matching::list(&desk.bridge, organisation, of, (true, None)).await.unwrap().rows, []);
}

async fn what_was_refused_waits_for_a_person_and_not_for_the_next_page(house: House) {
    let desk = Desk::open(house).await;
    desk.owned(&[(ProductField::Name, Owner::Ours)]).await;
    desk.edit("22423", |product| product.name = "Ours".to_owned()).await;
    desk.erp.goes_wrong("write", Wrong::Status(400));
    desk.work().await;
    assert_eq!(desk.deliveries().await[0].state, DeliveryState::Refused);
    desk.read().await;
    let refused = desk.deliveries().await.remove(0);
    assert_eq!((refused.state, refused.attempts), (DeliveryState::Refused, 1));
    let ids = [refused.id];
    deliveries::send_again(&desk.bridge, desk.house.organisation_id, desk.id, &ids).await.unwrap();
    desk.work().await;
    assert_eq!(desk.name_there(7), "Ours");
}
