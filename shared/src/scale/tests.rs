//! Tests: what the makers' documents say, byte by byte; whatever comes, in whatever pieces; a scale at work.

use super::*;
use proptest::prelude::*;

const KG: Unit = Unit::Kilogram;

fn weight(millionths: i64, unit: Unit) -> Weight {
    Weight { millionths, unit }
}

fn stable(millionths: i64, unit: Unit) -> Said {
    Said::Reading(Reading::Stable { weight: weight(millionths, unit), net: false })
}

fn net(millionths: i64, unit: Unit) -> Said {
    Said::Reading(Reading::Stable { weight: weight(millionths, unit), net: true })
}

fn is(reading: Reading) -> Said {
    Said::Reading(reading)
}

/// What a scale of this protocol says by these bytes after it was asked, or told something.
fn said(protocol: Protocol, told: Option<Order>, bytes: &[u8]) -> Vec<Said> {
    let mut reader = Reader::of(protocol);
    match told {
        Some(order) => drop(reader.tell(order)),
        None => drop(reader.ask()),
    }
    reader.read(bytes)
}

#[test]
fn the_8217_says_what_its_manual_says() {
    let of = |bytes: &[u8]| said(Protocol::Toledo8217, None, bytes);
    for (bytes, heard) in [
        // "WW.WWW": gross, kilograms; "WW.WW": gross, pounds; `N` behind it: net.
        (&b"\x0201.234\r"[..], stable(1_234_000, KG)),
        (b"\x0212.34\r", stable(12_340_000, Unit::Pound)),
        (b"\x02012.34\r", stable(12_340_000, Unit::Pound)),
        (b"\x0200.500N\r", net(500_000, KG)),
        (b"\x0200.000\r", stable(0, KG)),
        // Bits of the status byte; bit 6 is always 1.
        (b"\x02?A\r", is(Reading::Moving(None))),
        (b"\x02?B\r", is(Reading::Over)),
        (b"\x02?D\r", is(Reading::Under)),
        (b"\x02?H\r", is(Reading::Unready)),
        (b"\x02?d\r", is(Reading::Under)),
        (b"\x02?a\r", is(Reading::Moving(None))),
        (b"\x02?@\r", is(Reading::Unready)),
        (b"\x021234\r", is(Reading::Unreadable)),
        // The same line heard with eight bits: even parity in the eighth.
        (b"\x8200.500\x8d", stable(500_000, KG)),
    ] {
        assert_eq!(of(bytes), [heard], "{}", bytes.escape_ascii());
    }
    assert_eq!(of(b"00.500\r\x02\r"), [], "no beginning, and the confirmation of a self-test");
    assert_eq!(of(b"\x0201.\x0200.500\r"), [stable(500_000, KG)], "one that broke off");
}

#[test]
fn what_an_8217_was_told_is_judged_by_its_status() {
    for (order, bytes, heard) in [
        (Order::Zero, b"\x02?P\r", Said::Done(None)),
        (Order::Zero, b"\x02?A\r", Said::Refused),
        (Order::Zero, b"\x02?H\r", Said::Refused),
        (Order::Zero, b"\x02?@\r", Said::Refused),
        (Order::Tare, b"\x02?`\r", Said::Done(None)),
        (Order::Tare, b"\x02?@\r", Said::Refused),
        (Order::ClearTare, b"\x02?@\r", Said::Done(None)),
        (Order::ClearTare, b"\x02?`\r", Said::Refused),
    ] {
        assert_eq!(said(Protocol::Toledo8217, Some(order), bytes), [heard], "{order:?}");
    }
}

#[test]
fn mt_sics_says_what_its_manual_says() {
    for (told, bytes, heard) in [
        (None, &b"S S     100.00 g\r\n"[..], stable(100_000_000, Unit::Gram)),
        (None, b"S S      0.500 kg\r\n", stable(500_000, KG)),
        (None, b"S S    0.12345 kg\r\n", stable(123_450, KG)),
        (None, b"S S       1.10 lb\r\n", stable(1_100_000, Unit::Pound)),
        (None, b"S D      0.498 kg\r\n", is(Reading::Moving(Some(weight(498_000, KG))))),
        (None, b"S S     -0.015 kg\r\n", is(Reading::Under)),
        (None, b"S +\r\n", is(Reading::Over)),
        (None, b"S -\r\n", is(Reading::Under)),
        (None, b"S I\r\n", is(Reading::Unready)),
        (None, b"S S Error 10b\r\n", is(Reading::Unready)),
        (None, b"S S      12.00 oz\r\n", is(Reading::Unreadable)),
        (None, b"ES\r\n", is(Reading::Unready)),
        (Some(Order::Zero), b"Z A\r\n", Said::Done(None)),
        (Some(Order::Zero), b"Z I\r\n", Said::Refused),
        (Some(Order::Zero), b"Z +\r\n", Said::Refused),
        (Some(Order::Tare), b"T S      0.100 kg\r\n", Said::Done(Some(weight(100_000, KG)))),
        (Some(Order::Tare), b"T -\r\n", Said::Refused),
        (Some(Order::Tare), b"ES\r\n", Said::Refused),
        (Some(Order::ClearTare), b"TAC A\r\n", Said::Done(None)),
        (Some(Order::ClearTare), b"EL\r\n", Said::Refused),
    ] {
        assert_eq!(said(Protocol::MtSics, told, bytes), [heard], "{}", bytes.escape_ascii());
    }
    assert_eq!(said(Protocol::MtSics, None, b"I4 A \"1234567890\"\r\n\r\n"), [], "switched on");
}

#[test]
fn nci_says_what_its_manual_says() {
    for (told, bytes, heard) in [
        (None, &b"\n01.234KG\r\nS00\r\x03"[..], stable(1_234_000, KG)),
        (None, b"\n02.50LB\r\nS00\r\x03", stable(2_500_000, Unit::Pound)),
        // As Avery Berkel's 6700 ends its lines.
        (None, b"\n00.500LB\n\rS00\r\x03", stable(500_000, Unit::Pound)),
        (None, b"\n00.500KG\r\nS0p4\r\x03", net(500_000, KG)),
        (None, b"\nS10\r\x03", is(Reading::Moving(None))),
        (None, b"\nS01\r\x03", is(Reading::Under)),
        (None, b"\nS02\r\x03", is(Reading::Over)),
        (None, b"\nS08\r\x03", is(Reading::Unready)),
        (None, b"\nS0p8\r\x03", is(Reading::Unready)),
        (None, b"\n1LB 02.5OZ\r\nS00\r\x03", is(Reading::Unreadable)),
        (None, b"\n?\r\x03", is(Reading::Unready)),
        (Some(Order::Zero), b"\nS20\r\x03", Said::Done(None)),
        (Some(Order::Zero), b"\nS00\r\x03", Said::Refused),
        (Some(Order::Zero), b"\nS30\r\x03", Said::Refused),
    ] {
        assert_eq!(said(Protocol::Nci, told, bytes), [heard], "{}", bytes.escape_ascii());
    }
    assert_eq!(Reader::of(Protocol::Nci).tell(Order::Tare), None);
}

#[test]
fn a_weight_becomes_a_quantity_of_what_is_sold_and_nothing_is_rounded_up() {
    for (millionths, from, to, thousandths) in [
        (500_000, KG, KG, Some(500)),
        (123_450, KG, KG, Some(123)),
        (123_450, KG, Unit::Gram, Some(123_450)),
        (100_000_000, Unit::Gram, KG, Some(100)),
        (999_999, Unit::Gram, KG, Some(0)),
        (2_500_000, Unit::Pound, Unit::Pound, Some(2_500)),
        (500_000, KG, Unit::Pound, None),
        (500_000, KG, Unit::Piece, None),
        (500_000, KG, Unit::Litre, None),
        (i64::MAX, KG, Unit::Gram, Some(i64::MAX)),
    ] {
        assert_eq!(weight(millionths, from).sold_by(to), thousandths.map(Quantity), "{millionths} {from:?}");
    }
}

/// A scale at work, and what was sent to it.
struct Counter {
    weighing: Weighing,
    now_ms: i64,
    wake_ms: Option<i64>,
    sent: Vec<String>,
}

impl Counter {
    fn with(protocol: Protocol) -> Self {
        let mut counter =
            Self { weighing: Weighing::of(protocol), now_ms: 0, wake_ms: None, sent: Vec::new() };
        counter.tell(Input::Connected);
        counter
    }

    fn tell(&mut self, input: Input) {
        let (weighing, outputs) = step(std::mem::take(&mut self.weighing), input, self.now_ms);
        self.weighing = weighing;
        for output in outputs {
            match output {
                Output::Send(bytes) => self.sent.push(bytes.escape_ascii().to_string()),
                Output::WakeAt(at_ms) => self.wake_ms = Some(at_ms),
            }
        }
    }

    fn wait(&mut self) {
        self.now_ms = self.wake_ms.take().unwrap();
        self.tell(Input::Woken);
    }

    fn standing(&self) -> Standing {
        self.weighing.standing()
    }
}

#[test]
fn a_scale_is_asked_only_while_somebody_looks() {
    let mut counter = Counter::with(Protocol::Toledo8217);
    assert_eq!(counter.sent, [""; 0]);
    counter.tell(Input::Watched(true));
    assert_eq!((counter.standing(), counter.sent.as_slice()), (Standing::Waiting, &["W".to_owned()][..]));
    counter.tell(Input::Heard(b"\x0200.5"));
    counter.tell(Input::Heard(b"00\r"));
    let half = Reading::Stable { weight: weight(500_000, KG), net: false };
    assert_eq!(counter.standing(), Standing::Weighed(half));
    assert_eq!(counter.sent.len(), 1, "not at once again");
    counter.wait();
    assert_eq!((counter.now_ms, counter.sent.len()), (200, 2));
    counter.tell(Input::Heard(b"\x02?A\r"));
    assert_eq!(counter.standing(), Standing::Weighed(Reading::Moving(None)));
    counter.tell(Input::Watched(false));
    assert_eq!(counter.standing(), Standing::Waiting, "what it said is not how it is");
    counter.wait();
    assert_eq!(counter.sent.len(), 2);
}

#[test]
fn a_scale_that_says_nothing_is_silent_and_asked_again() {
    let mut counter = Counter::with(Protocol::MtSics);
    counter.tell(Input::Watched(true));
    counter.wait();
    assert_eq!((counter.now_ms, counter.standing()), (1_000, Standing::Silent));
    assert_eq!(counter.sent, ["SI\\r\\n", "SI\\r\\n"]);
    counter.tell(Input::Heard(b"S S      0.500 kg\r\n"));
    assert!(matches!(counter.standing(), Standing::Weighed(Reading::Stable { .. })));
    counter.tell(Input::Gone);
    assert_eq!(counter.standing(), Standing::Unplugged);
    counter.tell(Input::Connected);
    assert_eq!(
        (counter.standing(), counter.sent.len()),
        (Standing::Waiting, 3),
        "plugged in again, it goes on"
    );
}

#[test]
fn a_tare_is_taken_in_turn_and_remembered_until_the_scale_goes() {
    let mut counter = Counter::with(Protocol::MtSics);
    counter.tell(Input::Watched(true));
    counter.tell(Input::Wanted(Order::Tare));
    assert_eq!(counter.sent.len(), 1, "first the answer to what was asked");
    counter.tell(Input::Heard(b"S S      0.100 kg\r\n"));
    assert_eq!(counter.sent.last().unwrap(), "T\\r\\n");
    counter.tell(Input::Heard(b"T S      0.100 kg\r\n"));
    assert_eq!((counter.standing(), counter.weighing.tare()), (Standing::Waiting, Some(weight(100_000, KG))));
    counter.wait();
    counter.tell(Input::Heard(b"S S      0.400 kg\r\n"));
    let net = Reading::Stable { weight: weight(400_000, KG), net: true };
    assert_eq!(counter.standing(), Standing::Weighed(net));
    counter.tell(Input::Gone);
    counter.tell(Input::Connected);
    assert_eq!(counter.weighing.tare(), None);
}

#[test]
fn what_cannot_be_is_said_and_what_was_told_waits_longer_than_a_question() {
    let mut counter = Counter::with(Protocol::Nci);
    counter.tell(Input::Wanted(Order::Tare));
    assert_eq!((counter.weighing.refused(), counter.sent.len()), (Some(Order::Tare), 0));
    counter.tell(Input::Wanted(Order::Zero));
    assert_eq!((counter.weighing.refused(), counter.wake_ms), (None, Some(6_000)));
    counter.wait();
    assert_eq!((counter.weighing.refused(), counter.standing()), (Some(Order::Zero), Standing::Silent));
}

#[test]
fn what_could_not_be_done_is_forgotten_once_something_else_lies_there() {
    let mut counter = Counter::with(Protocol::Toledo8217);
    counter.tell(Input::Watched(true));
    counter.tell(Input::Wanted(Order::Zero));
    counter.tell(Input::Heard(b"\x0202.000\r"));
    counter.tell(Input::Heard(b"\x02?H\r"));
    assert_eq!(counter.weighing.refused(), Some(Order::Zero));
    for _ in 0..2 {
        counter.wait();
        counter.tell(Input::Heard(b"\x0202.000\r"));
        assert_eq!(counter.weighing.refused(), Some(Order::Zero));
    }
    counter.wait();
    counter.tell(Input::Heard(b"\x0200.500\r"));
    assert_eq!(counter.weighing.refused(), None);
}

fn protocol() -> impl Strategy<Value = Protocol> {
    prop::sample::select(Protocol::ALL.to_vec())
}

fn order() -> impl Strategy<Value = Option<Order>> {
    prop::option::of(prop::sample::select(vec![Order::Zero, Order::Tare, Order::ClearTare]))
}

/// Bytes as scales send them, and any others among them.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let likely = prop::sample::select(b"\x02\x03\r\n?SDIZTA +-N.0123456789kglbKGLB@APB".to_vec());
    prop::collection::vec(prop_oneof![4 => likely, 1 => any::<u8>()], 0..200)
}

proptest! {
    #[test]
    fn whatever_comes_in_whatever_pieces_is_heard_the_same(
        protocol in protocol(), told in order(), bytes in bytes(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let whole = said(protocol, told, &bytes);
        let mut reader = Reader::of(protocol);
        match told {
            Some(order) => drop(reader.tell(order)),
            None => drop(reader.ask()),
        }
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        let mut from = 0;
        let mut pieces = Vec::new();
        for end in ends {
            pieces.extend(reader.read(&bytes[from..end]));
            from = end;
        }
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn no_weight_below_zero_is_ever_taken(protocol in protocol(), bytes in bytes()) {
        for heard in said(protocol, None, &bytes) {
            if let Said::Reading(Reading::Stable { weight, .. }) = heard {
                prop_assert!(weight.millionths >= 0);
            }
        }
    }
}
