//! Scenarios: what holds between a connector and the system it speaks to, the same for all: catalogue in, sales and returns out
//! exactly once, whatever is lost on the way, to the penny; a day read back; a product written to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod carry;

use carry::{Lost, carry};
use connectors::{
    Command, Connector, Document, DocumentLine, DocumentTax, DocumentTender, Done, Outcome, RemoteRecord,
    Secret, Setup, named,
};
use fakes::{Booked, Desk, Remote};
use shared::calendar::{Day, LocalTime};
use shared::connect::{Flow, LinkKind, ProductField};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use std::collections::BTreeMap;

/// 21 June 2026, 12:00 in London.
const NOON_MS: i64 = 1_782_039_600_000;

struct Story {
    name: &'static str,
    connector: &'static dyn Connector,
    remote: Box<dyn Remote>,
    desk: Desk,
    setup: Setup,
}

impl Story {
    fn carry(&mut self, command: &Command) -> Outcome {
        carry((self.connector, &self.setup), self.remote.as_mut(), command, Lost::Nothing).outcome
    }

    fn done(&mut self, command: &Command) -> Done {
        match self.carry(command) {
            Outcome::Done(done) => done,
            other => panic!("{}: {command:?} gave {other:?}", self.name),
        }
    }

    /// All pages of a command that lists.
    fn records(&mut self, command: impl Fn(Option<String>) -> Command) -> Vec<RemoteRecord> {
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..50 {
            let Done::Records(page) = self.done(&command(after)) else { panic!("{}: records", self.name) };
            all.extend(page.records);
            after = page.next;
            if after.is_none() {
                return all;
            }
        }
        panic!("{}: a list without an end", self.name)
    }
}

/// Every fake with its connector, freshly set up.
fn stories() -> Vec<Story> {
    let all = fakes::all().into_iter().map(|(name, mut remote)| {
        remote.at(NOON_MS);
        let desk = remote.desk();
        let connector = named(name).unwrap();
        let setup = carry::setup(connector, &desk);
        Story { name, connector, remote, desk, setup }
    });
    all.collect()
}

fn gbp() -> Currency {
    Currency::parse("GBP").unwrap()
}

/// A line: theirs, quantity in thousandths, with tax, tax, percent.
type Sold<'a> = (&'a str, i64, i64, i64, i64);

fn line(&(product, quantity, gross, tax, percent): &Sold<'_>) -> DocumentLine {
    let taxes = match percent {
        0 => vec![DocumentTax { name: "VAT 0%".to_owned(), rate: Rate(0), amount: Minor(0) }],
        percent => vec![DocumentTax {
            name: format!("VAT {percent}%"),
            rate: Rate(percent * 10_000),
            amount: Minor(tax),
        }],
    };
    let unit_price = match quantity {
        0 => UnitPrice::ZERO,
        quantity => UnitPrice(gross * 100 * 1_000 / quantity),
    };
    DocumentLine {
        product: product.to_owned(),
        sku: "A-1".to_owned(),
        name: "Of the catalogue".to_owned(),
        quantity: Quantity(quantity),
        unit_price,
        net: Minor(gross - tax),
        gross: Minor(gross),
        taxes,
    }
}

/// A document whose figures add up; `of` makes its number and its id.
fn document(desk: &Desk, of: u32, lines: &[Sold<'_>], tenders: &[(&str, i64)]) -> Document {
    let lines: Vec<DocumentLine> = lines.iter().map(line).collect();
    let total = Minor::sum(lines.iter().map(|line| line.gross)).unwrap();
    let net = Minor::sum(lines.iter().map(|line| line.net)).unwrap();
    assert_eq!(total, Minor(tenders.iter().map(|one| one.1).sum()), "the test's own sums");
    Document {
        external_id: format!("01996f2e-7b1a-7c3d-8e4f-{of:012x}"),
        number: format!("R1-{of:06}"),
        is_return: total.is_negative(),
        time: LocalTime { at_ms: NOON_MS, offset_minutes: 60 },
        currency: gbp(),
        store: desk.store.clone(),
        tenders: tenders
            .iter()
            .map(|(method, amount)| DocumentTender { method: (*method).to_owned(), amount: Minor(*amount) })
            .collect(),
        net,
        tax: total.minus(net).unwrap(),
        total,
        lines,
    }
}

/// A cakestand, three hearts and a cocoa: 12.75 + 8.85 + 3.50, paid in cash and by card.
fn basket(desk: &Desk, of: u32) -> Document {
    let lines = [
        (desk.cakestand.as_str(), 1_000, 1_275, 213, 20),
        (desk.heart.as_str(), 3_000, 885, 148, 20),
        (desk.cocoa.as_str(), 1_000, 350, 0, 0),
    ];
    document(desk, of, &lines, &[(&desk.cash, 1_000), (&desk.card, 1_510)])
}

fn deliver(document: &Document) -> Command {
    Command::Deliver(Box::new(document.clone()))
}

/// Where a system has no place for what comes back, a document with some of it must be refused, whole.
fn can_be_told(story: &Story, document: &Document) -> bool {
    let comes_back =
        document.total.is_negative() || document.lines.iter().any(|line| line.quantity.is_negative());
    story.connector.returns() || !comes_back
}

/// What the other side must have of documents, however its rows of payments are ordered.
fn expect_booked(story: &Story, documents: &[&Document]) {
    let mut expected: Vec<Booked> = documents
        .iter()
        .map(|document| Booked {
            number: story.connector.number(&document.number, &document.external_id),
            posted: true,
            total: document.total.0,
            tax: document.tax.0,
            paid: sorted(
                document.tenders.iter().map(|one| (one.method.clone(), one.amount.0)).collect::<Vec<_>>(),
            ),
        })
        .collect();
    let mut found: Vec<Booked> = story
        .remote
        .booked()
        .into_iter()
        .map(|booked| Booked { paid: sorted(booked.paid.clone()), ..booked })
        .collect();
    expected.sort_by(|one, other| one.number.cmp(&other.number));
    found.sort_by(|one, other| one.number.cmp(&other.number));
    assert_eq!(found, expected, "{}", story.name);
}

fn sorted(mut paid: Vec<(String, i64)>) -> Vec<(String, i64)> {
    paid.sort();
    paid
}

#[test]
fn who_is_there_is_told_and_a_wrong_key_is_a_matter_for_a_person() {
    for mut story in stories() {
        let Done::Seen { about } = story.done(&Command::Look) else { panic!("{}: seen", story.name) };
        let title = story.connector.descriptor().title;
        assert!(about.contains(&title), "{about} names {title}");
        let key = story.desk.key.clone();
        story.setup.secrets.insert(key, Secret::new("mistyped"));
        let outcome = story.carry(&Command::Look);
        assert!(matches!(outcome, Outcome::SignedOut { .. }), "{}: {outcome:?}", story.name);
    }
}

#[test]
fn what_they_have_is_listed_whole_and_fits_the_descriptor() {
    for mut story in stories() {
        let descriptor = story.connector.descriptor();
        let find = |records: &[RemoteRecord], id: &str| {
            records.iter().find(|record| record.id == id).cloned().unwrap_or_else(|| panic!("{id} is there"))
        };
        let desk = story.desk.clone();
        for (kind, ids) in [
            (LinkKind::Store, vec![&desk.store]),
            (LinkKind::Tender, vec![&desk.cash, &desk.card]),
            (LinkKind::Line, vec![&desk.line]),
        ] {
            // What takes no sales has nothing to be matched for them.
            if !descriptor.matches.contains(&kind) {
                continue;
            }
            let records = story.records(|after| Command::List { kind, after });
            ids.into_iter().for_each(|id| assert!(!find(&records, id).name.is_empty(), "{}", story.name));
        }
        let products = story.records(|after| Command::Changed { since_ms: None, after });
        let mut ids: Vec<&String> = products.iter().map(|record| &record.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), products.len(), "{}: none twice", story.name);
        let cakestand = find(&products, &desk.cakestand);
        assert_eq!(cakestand.code, "22423", "{}", story.name);
        assert_eq!(cakestand.name, "Regency cakestand 3 tier", "{}", story.name);
        assert_eq!(cakestand.barcodes, ["5012345678900"], "{}", story.name);
        assert!(cakestand.active && cakestand.changed_at_ms.is_some(), "{}", story.name);
        assert_eq!(find(&products, &desk.cocoa).code, "COCOA-250", "{}", story.name);
        // What the descriptor offers to the mapping, a product has, and the other way round.
        for field in cakestand.fields.keys() {
            assert!(descriptor.fields.iter().any(|one| one.name == *field), "{}: {field}", story.name);
        }
        for ours in [ProductField::Sku, ProductField::Name, ProductField::Price, ProductField::TaxCategory] {
            let field = descriptor.fields.iter().find(|one| one.ours == Some(ours)).unwrap();
            assert!(cakestand.fields.contains_key(&field.name), "{}: {}", story.name, field.name);
        }
    }
}

#[test]
fn what_they_change_comes_and_what_they_did_not_is_not_asked_for_again() {
    for mut story in stories() {
        let desk = story.desk.clone();
        let price = price_field(story.connector);
        story.remote.at(NOON_MS + 3_600_000);
        story.remote.reprice(&desk.heart, "3.25");
        story.remote.retire(&desk.cocoa);
        let since_ms = Some(NOON_MS + 1_800_000);
        let changed = story.records(|after| Command::Changed { since_ms, after });
        let ids: Vec<&str> = changed.iter().map(|record| record.id.as_str()).collect();
        assert!(ids.contains(&desk.heart.as_str()) && !ids.contains(&desk.cakestand.as_str()), "{ids:?}");
        let heart = changed.iter().find(|record| record.id == desk.heart).unwrap();
        let said = UnitPrice::parse(&heart.fields[&price]).unwrap();
        assert_eq!(said, UnitPrice::parse("3.25").unwrap(), "{}", story.name);
        // What is gone altogether is missed when everything is read anew; what is only put aside says so.
        if let Some(cocoa) = changed.iter().find(|record| record.id == desk.cocoa) {
            assert!(!cocoa.active, "{}", story.name);
        }
        let whole = story.records(|after| Command::Changed { since_ms: None, after });
        assert!(!whole.iter().any(|record| record.id == desk.cocoa && record.active), "{}", story.name);
    }
}

fn price_field(connector: &dyn Connector) -> String {
    let fields = connector.descriptor().fields;
    fields.into_iter().find(|field| field.ours == Some(ProductField::Price)).unwrap().name
}

#[test]
fn a_sale_is_there_once_however_often_it_is_sent() {
    for mut story in selling() {
        let sale = basket(&story.desk, 7);
        let Done::Delivered { remote_id, was_there } = story.done(&deliver(&sale)) else {
            panic!("{}: delivered", story.name)
        };
        assert!(!remote_id.is_empty() && !was_there, "{}", story.name);
        let again = story.done(&deliver(&sale));
        assert_eq!(again, Done::Delivered { remote_id, was_there: true }, "{}", story.name);
        expect_booked(&story, &[&sale]);
    }
}

fn selling() -> Vec<Story> {
    stories().into_iter().filter(|story| story.connector.descriptor().flows.contains(&Flow::Sales)).collect()
}

#[test]
fn whatever_is_lost_on_the_way_the_sale_is_there_once() {
    let needs = selling().into_iter().map(|mut story| {
        let sale = basket(&story.desk, 7);
        let setup = story.setup.clone();
        let line = (story.connector, &setup);
        carry(line, story.remote.as_mut(), &deliver(&sale), Lost::Nothing).requests
    });
    let needs: Vec<usize> = needs.collect();
    for (at, needed) in needs.into_iter().enumerate() {
        for lost in (0..needed).flat_map(|at| [Lost::Request(at), Lost::Answer(at)]) {
            let mut story = selling().swap_remove(at);
            let sale = basket(&story.desk, 7);
            let setup = story.setup.clone();
            let carried = carry((story.connector, &setup), story.remote.as_mut(), &deliver(&sale), lost);
            assert!(
                !matches!(carried.outcome, Outcome::Done(_) | Outcome::Wedged(_)),
                "{} with {lost:?}: {:?}",
                story.name,
                carried.outcome
            );
            let done = story.done(&deliver(&sale));
            assert!(matches!(done, Done::Delivered { .. }), "{} after {lost:?}", story.name);
            expect_booked(&story, &[&sale]);
        }
    }
}

#[test]
fn money_and_tax_are_theirs_to_the_penny() {
    for mut story in selling() {
        let desk = story.desk.clone();
        let (stand, heart, cocoa) = (desk.cakestand.as_str(), desk.heart.as_str(), desk.cocoa.as_str());
        let (cash, card) = (desk.cash.as_str(), desk.card.as_str());
        let documents = [
            // Three for 10.00, seven for 9.99: no price of one gives that.
            document(&desk, 1, &[(stand, 3_000, 1_000, 167, 20)], &[(card, 1_000)]),
            document(&desk, 2, &[(heart, 7_000, 999, 167, 20)], &[(cash, 999)]),
            // By weight.
            document(&desk, 3, &[(cocoa, 333, 117, 0, 0)], &[(card, 117)]),
            // A penny, and a large one.
            document(&desk, 4, &[(cocoa, 1_000, 1, 0, 0)], &[(cash, 1)]),
            document(&desk, 5, &[(stand, 999_000, 1_273_725, 212_288, 20)], &[(card, 1_273_725)]),
            // Taxes worked out line by line that differ by a penny from the sum's.
            document(
                &desk,
                6,
                &[(heart, 1_000, 101, 17, 20), (heart, 1_000, 101, 17, 20), (heart, 1_000, 101, 16, 20)],
                &[(card, 303)],
            ),
            // Coins rounded away, both ways; given free.
            document(&desk, 8, &[(heart, 1_000, 297, 50, 20), (&desk.line, 1_000, -2, 0, 0)], &[(cash, 295)]),
            document(&desk, 9, &[(heart, 1_000, 298, 50, 20), (&desk.line, 1_000, 2, 0, 0)], &[(cash, 300)]),
            document(&desk, 10, &[(heart, 1_000, 0, 0, 20), (cocoa, 1_000, 350, 0, 0)], &[(cash, 350)]),
            // Something comes back and something else is taken: money in, money back, nothing.
            document(
                &desk,
                11,
                &[(heart, -1_000, -295, -49, 20), (stand, 1_000, 1_275, 213, 20)],
                &[(card, 980)],
            ),
            document(
                &desk,
                12,
                &[(heart, 1_000, 295, 49, 20), (stand, -1_000, -1_275, -213, 20)],
                &[(cash, -980)],
            ),
            document(&desk, 13, &[(heart, -1_000, -295, -49, 20), (heart, 1_000, 295, 49, 20)], &[]),
            // Goods back, by the way they were paid; parts of three for 10.00.
            document(&desk, 14, &[(stand, -1_000, -333, -56, 20)], &[(card, -333)]),
            document(
                &desk,
                15,
                &[(stand, -1_000, -1_275, -213, 20), (cocoa, -333, -117, 0, 0)],
                &[(cash, -1_000), (card, -392)],
            ),
        ];
        let told: Vec<&Document> = documents.iter().filter(|one| can_be_told(&story, one)).collect();
        for one in &documents {
            let outcome = story.carry(&deliver(one));
            if can_be_told(&story, one) {
                let is_there = matches!(outcome, Outcome::Done(Done::Delivered { .. }));
                assert!(is_there, "{} {}: {outcome:?}", story.name, one.number);
            } else {
                let Outcome::Wedged(wedged) = outcome else { panic!("{}: {outcome:?}", story.name) };
                assert!(!wedged.reason.is_empty() && !wedged.remedy.is_empty(), "{}", story.name);
            }
        }
        expect_booked(&story, &told);
    }
}

#[test]
fn a_day_is_read_back_as_it_was_sent() {
    for mut story in selling() {
        let sales: Vec<Document> = (1..=5).map(|of| basket(&story.desk, of)).collect();
        let sign = if story.connector.returns() { -1 } else { 1 };
        let mut back = document(
            &story.desk,
            6,
            &[(&story.desk.heart, sign * 1_000, sign * 295, sign * 49, 20)],
            &[(&story.desk.card, sign * 295)],
        );
        // A minute before midnight is of that day, wherever the other side's clock is.
        back.time.at_ms = NOON_MS + 43_140_000;
        for sale in sales.iter().chain([&back]) {
            story.done(&deliver(sale));
        }
        let read = |story: &mut Story, day: &str| {
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let command = Command::Documents {
                    store: story.desk.store.clone(),
                    day: Day::parse(day).unwrap(),
                    currency: gbp(),
                    after,
                };
                let Done::Documents { documents, next } = story.done(&command) else {
                    panic!("{}: documents", story.name)
                };
                all.extend(documents);
                after = next;
                if after.is_none() {
                    return all;
                }
            }
        };
        let mut found = read(&mut story, "2026-06-21");
        found.sort_by(|one, other| one.number.cmp(&other.number));
        assert_eq!(found.len(), 6, "{}: {found:?}", story.name);
        for (theirs, ours) in found.iter().zip(sales.iter().chain([&back])) {
            assert_eq!(theirs.number, story.connector.number(&ours.number, &ours.external_id));
            assert!(theirs.posted, "{}", story.name);
            assert_eq!((theirs.total, theirs.tax), (Some(ours.total), Some(ours.tax)), "{}", story.name);
        }
        assert_eq!(read(&mut story, "2026-06-20"), [], "{}", story.name);
        assert_eq!(read(&mut story, "2026-06-22"), [], "{}", story.name);
    }
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_booked() {
    for mut story in selling() {
        let mut unknown = basket(&story.desk, 7);
        unknown.lines[1].product = "987654321".to_owned();
        let outcome = story.carry(&deliver(&unknown));
        let Outcome::Wedged(wedged) = outcome else { panic!("{}: {outcome:?}", story.name) };
        assert!(!wedged.reason.is_empty() && !wedged.remedy.is_empty());
        expect_booked(&story, &[]);
    }
}

#[test]
fn a_product_is_written_to_and_once_more_changes_nothing() {
    for mut story in stories() {
        let descriptor = story.connector.descriptor();
        let writable: Vec<_> = descriptor.fields.iter().filter(|field| field.writable).collect();
        let new = |ours: ProductField| match ours {
            ProductField::Name => Some("Heart of glass"),
            ProductField::Price => Some("3.45"),
            _ => None,
        };
        let fields: BTreeMap<String, String> = writable
            .iter()
            .filter_map(|field| Some((field.name.clone(), new(field.ours?)?.to_owned())))
            .collect();
        if fields.is_empty() {
            continue;
        }
        let heart = story.desk.heart.clone();
        let command = Command::Write { id: heart.clone(), fields: fields.clone() };
        for _ in 0..2 {
            assert_eq!(story.done(&command), Done::Written, "{}", story.name);
            for (name, value) in &fields {
                let there = story.remote.product(&heart, name).unwrap();
                let same = match UnitPrice::parse(value) {
                    Ok(price) => UnitPrice::parse(&there) == Ok(price),
                    Err(_) => there == *value,
                };
                assert!(same, "{}: {name} is {there}", story.name);
            }
        }
        let unknown = Command::Write { id: "987654321".to_owned(), fields };
        let outcome = story.carry(&unknown);
        assert!(matches!(outcome, Outcome::Wedged(_)), "{}: {outcome:?}", story.name);
    }
}
