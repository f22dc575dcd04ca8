//! Printing: tablets print on a network printer by the server, told on both engines with a printer that is a real socket: it
//! answers, is silent, has no paper, hangs up in the middle, and takes one connection at a time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod house;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use house::visitors::{TestApp, store};
use serde_json::{Value, json};
use shared::api::{
    OutcomeRequest, PrinterLook, PrintoutRequest, PrintoutResponse, PrintoutState, StorePrinter,
};
use shared::ids::{DeviceId, NetworkPrinterId, PrintoutId, StoreId};
use shared::printing::NetworkPrinter;
use shared::receipt::escpos::Dialect;
use shared::store::Store;
use std::sync::{Arc, Mutex};
use tillbridge::app::access::DeviceCaller;
use tillbridge::app::{App, AppError, printers, printouts};
use tillbridge::clock::{self, FreshIds};
use tillbridge::printing::Reach;
use tillbridge::store::{Db, printers as rows};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

on_both_engines!(in crate::house::visitors::TestApp:
    a_receipt_is_printed_once_and_proven,
    a_printer_that_says_nothing_was_sent_to,
    without_paper_nothing_is_begun,
    paper_that_ends_in_the_middle_is_waited_for,
    a_printer_that_hangs_up_leaves_it_undone_or_unknown,
    a_star_printer_says_it_its_own_way,
    many_tablets_and_two_servers_print_one_after_the_other,
    a_drawer_opens_now_or_not_at_all,
    what_comes_after_it_was_asked_for_is_not_printed,
    what_a_killed_server_was_at_is_unknown,
    a_manager_sets_a_printer_up_and_a_tablet_names_it_by_its_id_alone,
);

const BODY: &[u8] = b"Regency cakestand 12.75\n";
const CUT: &[u8] = &[0x1d, b'V', 1];

/// What makes a printer misbehave.
#[derive(Clone, Copy, Default)]
struct Ways {
    silent: bool,
    star: bool,
    /// It ends the connection behind so many bytes of a printout.
    hangs_up_after: Option<usize>,
    /// It ends the connection instead of cutting.
    hangs_up_at_cut: bool,
    /// Its paper ends behind so many bytes.
    paper_ends_after: Option<usize>,
}

/// A printer on a port of this machine.
struct Printer {
    port: u16,
    printed: Arc<Mutex<Vec<u8>>>,
    paper: watch::Sender<bool>,
}

impl Printer {
    async fn on(ways: Ways) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let printed = Arc::new(Mutex::new(Vec::new()));
        let (paper, has_paper) = watch::channel(true);
        let (out, taken) = (Arc::clone(&printed), paper.clone());
        tokio::spawn(async move {
            // One connection after the other, as printers do: the next waits to be let in.
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, ways, &out, &taken, has_paper.clone()).await;
            }
        });
        Self { port, printed, paper }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.printed.lock().unwrap()).into_owned()
    }
}

async fn serve(
    mut stream: TcpStream,
    ways: Ways,
    out: &Mutex<Vec<u8>>,
    paper: &watch::Sender<bool>,
    mut has_paper: watch::Receiver<bool>,
) {
    let (mut held, mut through): (Vec<u8>, usize) = (Vec::new(), 0);
    let mut buffer = [0; 4_096];
    loop {
        let count = tokio::select! {
            count = stream.read(&mut buffer) => count.unwrap_or(0),
            changed = has_paper.changed() => {
                changed.unwrap();
                if !print(&mut stream, &mut held, ways, out, &has_paper).await { return }
                continue;
            }
        };
        if count == 0 {
            return;
        }
        let mut rest = &buffer[..count];
        while let Some((&byte, left)) = rest.split_first() {
            rest = left;
            match (byte, left) {
                // Asked in real time, it answers whatever it is doing.
                (0x10, [4, question, left @ ..]) => {
                    rest = left;
                    let empty = !*has_paper.borrow();
                    let bits = match (question, empty) {
                        (1, true) => 0x08,
                        (2, true) => 0x20,
                        (4, true) => 0x60,
                        _ => 0,
                    };
                    if !ways.silent {
                        stream.write_all(&[0x12 | bits]).await.unwrap();
                    }
                }
                (0x1b, [0x06, 0x01, left @ ..]) if ways.star => {
                    rest = left;
                    let states = star(*has_paper.borrow(), false);
                    stream.write_all(&states).await.unwrap();
                }
                (0x1b, [0x1e, b'a', 1, left @ ..]) if ways.star => rest = left,
                _ => {
                    through += 1;
                    held.push(byte);
                    if ways.hangs_up_after == Some(through) {
                        return;
                    }
                    if ways.paper_ends_after == Some(through) {
                        paper.send_replace(false);
                    }
                }
            }
        }
        if !print(&mut stream, &mut held, ways, out, &has_paper).await {
            return;
        }
    }
}

/// "Automatic Status" of nine bytes, version 3.
fn star(has_paper: bool, printed: bool) -> [u8; 9] {
    let offline = if has_paper { 0 } else { 0x08 };
    [0x23, 0x06, offline | if printed { 0x02 } else { 0 }, 0, 0, offline, 0, 0, 0]
}

/// Prints what is held as far as there is paper; false where it hangs up.
async fn print(
    stream: &mut TcpStream,
    held: &mut Vec<u8>,
    ways: Ways,
    out: &Mutex<Vec<u8>>,
    has_paper: &watch::Receiver<bool>,
) -> bool {
    if !*has_paper.borrow() {
        return true;
    }
    for byte in std::mem::take(held) {
        let last: Vec<u8> = {
            let mut out = out.lock().unwrap();
            out.push(byte);
            out[out.len().saturating_sub(3)..].to_vec()
        };
        match last.as_slice() {
            [0x1d, b'V', _] if ways.hangs_up_at_cut => return false,
            [0x1d, b'r', 1] if !ways.silent => stream.write_all(&[0]).await.unwrap(),
            [.., 0x17] if ways.star => stream.write_all(&star(true, true)).await.unwrap(),
            _ => {}
        }
    }
    true
}

async fn store_of(shop: &TestApp) -> StoreId {
    shop.as_owner().get("/api/stores").await.json::<Vec<Store>>()[0].id
}

/// The printer as a manager sets it up.
async fn set_up(shop: &TestApp, printer: &Printer) -> NetworkPrinter {
    let new = json!({
        "id": "0199b1a5-0000-7000-8000-000000000000", "store_id": store_of(shop).await, "name": " Kitchen ",
        "host": "127.0.0.1", "port": printer.port,
    });
    shop.as_manager().post("/api/network-printers", &new).await.expect(StatusCode::OK).json()
}

fn printout(printer: &NetworkPrinter, body: &[u8]) -> PrintoutRequest {
    PrintoutRequest {
        id: PrintoutId::fresh(&mut FreshIds),
        printer_id: printer.id,
        dialect: Some(Dialect::EscPos),
        body: STANDARD.encode(body),
        end: STANDARD.encode(CUT),
        now: false,
    }
}

/// Hands it in and asks until it has ended.
async fn sent(shop: &TestApp, printout: &PrintoutRequest) -> PrintoutResponse {
    let mut told: PrintoutResponse = shop.as_device().post("/api/printouts", printout).await.json();
    while told.outcome().is_none() {
        told = asked(shop, printout.id).await;
    }
    told
}

async fn asked(shop: &TestApp, id: PrintoutId) -> PrintoutResponse {
    shop.as_device().post("/api/printouts/outcome", &OutcomeRequest { id }).await.json()
}

async fn looked(shop: &TestApp, printer: &NetworkPrinter) -> PrinterLook {
    let look = json!({ "printer_id": printer.id, "dialect": "esc_pos" });
    shop.as_device().post("/api/printers/look", &look).await.json()
}

async fn a_receipt_is_printed_once_and_proven(shop: TestApp) {
    let printer = Printer::on(Ways::default()).await;
    let set = set_up(&shop, &printer).await;
    let look = looked(&shop, &set).await;
    assert_eq!((look.reached, look.busy, look.status), (true, false, Some(Default::default())));
    let receipt = printout(&set, BODY);
    assert_eq!(sent(&shop, &receipt).await.state, PrintoutState::Printed);
    let once = printer.text();
    assert_eq!(once, "Regency cakestand 12.75\n\u{1d}V\u{1}\u{1d}r\u{1}");
    // The answer was lost: handed in again and asked after, it is the same printout.
    assert_eq!(sent(&shop, &receipt).await.state, PrintoutState::Printed);
    assert_eq!(asked(&shop, receipt.id).await.state, PrintoutState::Printed);
    assert_eq!(printer.text(), once);
    // Whose it is not, does not hear of it.
    let other = shop.another_tablet().await;
    let other = shop.as_device().instead(other.cookie);
    let answer = other.post("/api/printouts/outcome", &OutcomeRequest { id: receipt.id }).await;
    answer.expect(StatusCode::NOT_FOUND);
    other.post("/api/printouts", &receipt).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(printer.text(), once);
}

async fn a_printer_that_says_nothing_was_sent_to(shop: TestApp) {
    let printer = Printer::on(Ways { silent: true, ..Ways::default() }).await;
    let set = set_up(&shop, &printer).await;
    let look = looked(&shop, &set).await;
    assert_eq!((look.reached, look.status), (true, None));
    assert_eq!(sent(&shop, &printout(&set, BODY)).await.state, PrintoutState::Sent);
    assert_eq!(printer.text(), "Regency cakestand 12.75\n\u{1d}V\u{1}");
    // A printer of labels is asked nothing at all.
    let labels = PrintoutRequest { dialect: None, ..printout(&set, b"^XA^XZ") };
    assert_eq!(sent(&shop, &labels).await.state, PrintoutState::Sent);
}

async fn without_paper_nothing_is_begun(shop: TestApp) {
    let printer = Printer::on(Ways::default()).await;
    let set = set_up(&shop, &printer).await;
    printer.paper.send_replace(false);
    let told = sent(&shop, &printout(&set, BODY)).await;
    assert_eq!((told.state, told.begun), (PrintoutState::NotPrinted, false));
    assert!(told.status.unwrap().paper_out);
    assert!(looked(&shop, &set).await.status.unwrap().paper_out);
    assert_eq!(printer.text(), "");
    printer.paper.send_replace(true);
    assert_eq!(sent(&shop, &printout(&set, BODY)).await.state, PrintoutState::Printed);
}

async fn paper_that_ends_in_the_middle_is_waited_for(shop: TestApp) {
    let printer = Printer::on(Ways { paper_ends_after: Some(10), ..Ways::default() }).await;
    let set = set_up(&shop, &printer).await;
    let receipt = printout(&set, BODY);
    let told: PrintoutResponse = shop.as_device().post("/api/printouts", &receipt).await.json();
    assert_eq!(told.state, PrintoutState::Printing, "the answer is not held back for it");
    // Whoever else wants to print hears that it is taken.
    let look = looked(&shop, &set).await;
    assert!(look.reached && look.busy);
    printer.paper.send_replace(true);
    assert_eq!(sent(&shop, &receipt).await.state, PrintoutState::Printed);
    assert_eq!(printer.text(), "Regency cakestand 12.75\n\u{1d}V\u{1}\u{1d}r\u{1}");
}

async fn a_printer_that_hangs_up_leaves_it_undone_or_unknown(shop: TestApp) {
    for (ways, state, begun) in [
        (Ways { hangs_up_after: Some(10), ..Ways::default() }, PrintoutState::NotPrinted, true),
        (Ways { hangs_up_at_cut: true, ..Ways::default() }, PrintoutState::Unknown, false),
    ] {
        let printer = Printer::on(ways).await;
        let set = set_up(&shop, &printer).await;
        let told = sent(&shop, &printout(&set, BODY)).await;
        assert_eq!((told.state, told.begun), (state, begun));
        let path = format!("/api/network-printers/{}", set.id);
        shop.as_manager().delete(&path).await.expect(StatusCode::NO_CONTENT);
    }
    // Nobody is there.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = gone.local_addr().unwrap().port();
    drop(gone);
    let (printed, (paper, _)) = (Arc::default(), watch::channel(true));
    let set = set_up(&shop, &Printer { port, printed, paper }).await;
    assert!(!looked(&shop, &set).await.reached);
    let told = sent(&shop, &printout(&set, BODY)).await;
    assert_eq!((told.state, told.begun), (PrintoutState::NotPrinted, false));
}

async fn a_star_printer_says_it_its_own_way(shop: TestApp) {
    let printer = Printer::on(Ways { star: true, ..Ways::default() }).await;
    let set = set_up(&shop, &printer).await;
    let star = |body: &[u8]| PrintoutRequest { dialect: Some(Dialect::StarPrnt), ..printout(&set, body) };
    assert_eq!(sent(&shop, &star(BODY)).await.state, PrintoutState::Printed);
    assert!(printer.text().ends_with("\u{1d}V\u{1}\u{17}"), "{:?}", printer.text());
    printer.paper.send_replace(false);
    let told = sent(&shop, &star(BODY)).await;
    assert_eq!((told.state, told.status.unwrap().paper_out), (PrintoutState::NotPrinted, true));
}

/// A tablet of the shop as the guard lets it in.
fn tablet(shop: &TestApp, store_id: StoreId) -> DeviceCaller {
    let is = &shop.tablet.is;
    DeviceCaller {
        organisation_id: is.organisation_id,
        device_id: DeviceId::fresh(&mut FreshIds),
        store_id,
        register_id: is.register.id,
        last_seen_ms: None,
        unsent: 0,
        last_sequence: 0,
        session: String::new(),
    }
}

async fn many_tablets_and_two_servers_print_one_after_the_other(shop: TestApp) {
    let printer = Printer::on(Ways::default()).await;
    let set = set_up(&shop, &printer).await;
    let reach = Reach::parse("127.0.0.0/8").unwrap();
    let second = App::start(Db::open(&shop.url).await.unwrap()).printing_in(reach);
    let mut all = tokio::task::JoinSet::new();
    for number in 0..6 {
        let app = if number % 2 == 0 { shop.app.clone() } else { second.clone() };
        let (caller, receipt) =
            (tablet(&shop, set.store_id), printout(&set, format!("[{number}").repeat(500).as_bytes()));
        all.spawn(async move {
            let mut told = printouts::begin(&app, &caller, receipt.clone()).await.unwrap();
            while told.outcome().is_none() {
                told = printouts::outcome(&app, &caller, OutcomeRequest { id: receipt.id }).await.unwrap();
            }
            told.state
        });
    }
    assert_eq!(all.join_all().await, [PrintoutState::Printed; 6]);
    let text = printer.text();
    for number in 0..6 {
        assert_eq!(text.matches(&format!("[{number}").repeat(500)).count(), 1, "{number} is whole, and once");
    }
}

async fn a_drawer_opens_now_or_not_at_all(shop: TestApp) {
    let printer = Printer::on(Ways::default()).await;
    let set = set_up(&shop, &printer).await;
    let pulse = STANDARD.encode([0x1b, b'p', 0, 25, 250]);
    let drawer =
        || PrintoutRequest { body: String::new(), end: pulse.clone(), now: true, ..printout(&set, b"") };
    assert_eq!(sent(&shop, &drawer()).await.state, PrintoutState::Sent);
    assert_eq!(printer.text(), "\u{1b}p\u{0}\u{19}\u{fffd}");
    // Somebody else's receipt is on its way.
    let organisation_id = shop.tablet.is.organisation_id;
    let (by, now_ms) = (PrintoutId::fresh(&mut FreshIds), clock::now_ms());
    let mut tx = shop.app.db.write_for(organisation_id).await.unwrap();
    let until = (now_ms, now_ms + 60_000);
    assert!(rows::hold(&mut tx, organisation_id, set.id, by, until).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(sent(&shop, &drawer()).await.state, PrintoutState::NotPrinted);
    // Whoever held it is dead: it is not held for ever.
    let mut tx = shop.app.db.write_for(organisation_id).await.unwrap();
    assert!(rows::hold(&mut tx, organisation_id, set.id, by, (now_ms, now_ms - 1)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(sent(&shop, &drawer()).await.state, PrintoutState::Sent);
}

async fn what_comes_after_it_was_asked_for_is_not_printed(shop: TestApp) {
    let printer = Printer::on(Ways::default()).await;
    let set = set_up(&shop, &printer).await;
    let late = printout(&set, BODY);
    assert_eq!(asked(&shop, late.id).await.state, PrintoutState::NotPrinted, "it hangs in a line somewhere");
    assert_eq!(sent(&shop, &late).await.state, PrintoutState::NotPrinted);
    assert_eq!(printer.text(), "");
}

async fn what_a_killed_server_was_at_is_unknown(shop: TestApp) {
    let printer = Printer::on(Ways::default()).await;
    let set = set_up(&shop, &printer).await;
    let organisation_id = shop.tablet.is.organisation_id;
    let note = async |state, heard_at_ms| {
        let id = PrintoutId::fresh(&mut FreshIds);
        let mut tx = shop.app.db.write_for(organisation_id).await.unwrap();
        let whose = (shop.tablet.is.device_id, Some(set.id));
        assert!(rows::note_printout(&mut tx, organisation_id, id, whose, state, heard_at_ms).await.unwrap());
        tx.commit().await.unwrap();
        asked(&shop, id).await.state
    };
    let (now_ms, old_ms) = (clock::now_ms(), clock::now_ms() - 60_000);
    for (state, heard_at_ms, told) in [
        (PrintoutState::Waiting, now_ms, PrintoutState::Waiting),
        (PrintoutState::Printing, now_ms, PrintoutState::Printing),
        (PrintoutState::Waiting, old_ms, PrintoutState::NotPrinted),
        (PrintoutState::Printing, old_ms, PrintoutState::Unknown),
    ] {
        assert_eq!(note(state, heard_at_ms).await, told);
    }
    // What is a week old is forgotten with the next that comes.
    note(PrintoutState::Printed, now_ms - 8 * 86_400_000).await;
    let count = async || {
        let mut tx = shop.app.db.read_for(organisation_id).await.unwrap();
        let sql = "SELECT COUNT(*) FROM printouts WHERE state = 'printed'";
        let (count,): (i64,) = tillbridge::on_engine!(&mut tx, connection => {
            sqlx::query_as(sql).fetch_one(connection).await.unwrap()
        });
        count
    };
    assert_eq!(count().await, 1);
    sent(&shop, &printout(&set, BODY)).await;
    assert_eq!(count().await, 1, "the one that was printed now");
}

async fn a_manager_sets_a_printer_up_and_a_tablet_names_it_by_its_id_alone(shop: TestApp) {
    let manager = shop.as_manager();
    let store_id = store_of(&shop).await;
    let new = |name: &str, host: &str, port: u16| json!({ "id": NetworkPrinterId::fresh(&mut FreshIds), "store_id": store_id, "name": name, "host": host, "port": port });
    for (name, host, port, field) in [
        ("", "192.168.1.50", 9_100, "name"),
        ("Bar", "http://192.168.1.50", 9_100, "host"),
        ("Bar", "192.168.1.50", 22, "port"),
        // This machine, a cloud's secrets, link-local, elsewhere in the world.
        ("Bar", "169.254.169.254", 9_100, "host"),
        ("Bar", "::ffff:169.254.169.254", 9_100, "host"),
        ("Bar", "fe80::1", 9_100, "host"),
        ("Bar", "[::1]", 9_100, "host"),
        ("Bar", "8.8.8.8", 9_100, "host"),
    ] {
        let answer = manager.post("/api/network-printers", &new(name, host, port)).await;
        let fields = answer.expect(StatusCode::BAD_REQUEST).error().fields;
        assert_eq!(fields.iter().map(|wrong| wrong.field.as_str()).collect::<Vec<_>>(), [field], "{host}");
    }
    let answer = manager.post("/api/network-printers", &new(" Bar ", " 192.168.1.50 ", 9_100)).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    let bar: NetworkPrinter = answer.json();
    assert_eq!((bar.name.as_str(), bar.host.as_str()), ("Bar", "192.168.1.50"));
    for taken in [new("Bar", "192.168.1.51", 9_100), new("Kitchen", "192.168.1.50", 9_100)] {
        manager.post("/api/network-printers", &taken).await.expect(StatusCode::CONFLICT);
    }
    // Renamed, by whoever has read it last.
    let path = format!("/api/network-printers/{}", bar.id);
    let front = NetworkPrinter { name: "Front".into(), ..bar.clone() };
    let first = shop.as_manager().with("if-match", "\"1\"");
    first.put(&path, &front).await.expect(StatusCode::OK);
    first.put(&path, &bar).await.expect(StatusCode::CONFLICT);
    assert_eq!(manager.get(&path).await.json::<NetworkPrinter>(), front);
    // A tablet knows what it is called, not where it is, and its word for a host is no word.
    let known: Vec<StorePrinter> = shop.as_device().get("/api/printers").await.json();
    assert_eq!(known, [StorePrinter { id: bar.id, name: "Front".into(), place: None }]);
    assert!(!shop.as_device().get("/api/printers").await.text().contains("192.168"));
    let printer = Printer::on(Ways::default()).await;
    let mut named: Value = serde_json::to_value(printout(&front, BODY)).unwrap();
    for (field, value) in [("host", json!("127.0.0.1")), ("port", json!(printer.port))] {
        named[field] = value;
    }
    named["printer_id"] = json!(NetworkPrinterId::fresh(&mut FreshIds));
    shop.as_device().post("/api/printouts", &named).await.expect(StatusCode::NOT_FOUND);
    let garbled = json!({ "id": front.id, "printer_id": front.id, "body": "no base64!", "end": "" });
    shop.as_device().post("/api/printouts", &garbled).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(printer.text(), "");
    // Nor is it another store's.
    let other: Store = shop.as_owner().post("/api/stores", &store("Low Street")).await.json();
    let caller = tablet(&shop, other.id);
    assert_eq!(printers::of_store(&shop.app, &caller).await.unwrap(), []);
    let refused = printouts::begin(&shop.app, &caller, printout(&front, BODY)).await;
    assert!(matches!(refused, Err(AppError::NotFound)));
    // A name is judged when it is looked up, also one that was set up before.
    let here = NetworkPrinter { host: "localhost".into(), ..front.clone() };
    manager.put(&path, &here).await.expect(StatusCode::OK);
    let strict = App::start(Db::open(&shop.url).await.unwrap());
    let organisation_id = shop.tablet.is.organisation_id;
    let refused = printers::test(&strict, organisation_id, bar.id).await;
    assert!(matches!(refused, Err(AppError::WrongInput { .. })), "{refused:?}");
    // Tested, and removed.
    let set = set_up(&shop, &printer).await;
    let path = format!("/api/network-printers/{}", set.id);
    let look: PrinterLook = manager.post(&format!("{path}/test"), &json!({})).await.json();
    assert!(look.reached && look.status.is_some());
    manager.delete(&path).await.expect(StatusCode::NO_CONTENT);
    manager.delete(&path).await.expect(StatusCode::NOT_FOUND);
    shop.as_device().post("/api/printouts", &printout(&set, BODY)).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(printer.text(), "");
}
