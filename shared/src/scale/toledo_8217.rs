//! Toledo 8217: Mettler Toledo's host protocol for counter scales (Diva service manual, "8217 Mode Protocol", 6.1.3 and 6.1.4).
//! A letter asks; the answer stands between `STX` and `CR`: a weight, `N` behind it if net, or `?` and a byte of states.

use super::{Order, Reading, Said, Weight};
use crate::catalog::Unit;

pub(super) const ASK: &[u8] = b"W";

pub(super) const fn order(order: Order) -> &'static [u8] {
    match order {
        Order::Zero => b"Z",
        // Five digits may follow, so this one has an end.
        Order::Tare => b"T\r",
        Order::ClearTare => b"C",
    }
}

pub(super) fn said(line: &[u8], told: Option<Order>) -> Option<Said> {
    match line {
        [b'?', state] => Some(state_said(*state, told)),
        // Confirms a self-test or an echo; nobody asked.
        [] => None,
        weight => Some(Said::Reading(weighed(weight).unwrap_or(Reading::Unreadable))),
    }
}

/// Bits: 0 moves, 1 over capacity, 2 under zero, 3 outside of what can be zeroed, 4 at zero, 5 net; 6 always.
fn state_said(state: u8, told: Option<Order>) -> Said {
    let has = |bit: u8| state & (1 << bit) != 0;
    let reading = match state {
        _ if has(0) => Some(Reading::Moving(None)),
        _ if has(1) => Some(Reading::Over),
        _ if has(2) => Some(Reading::Under),
        _ if has(3) => Some(Reading::Unready),
        _ => None,
    };
    match (told, reading) {
        (None, reading) => Said::Reading(reading.unwrap_or(Reading::Unready)),
        (Some(Order::Zero), None) if has(4) => Said::Done(None),
        (Some(Order::Tare), None) if has(5) => Said::Done(None),
        (Some(Order::ClearTare), None) if !has(5) => Said::Done(None),
        (Some(_), _) => Said::Refused,
    }
}

/// The unit is not said: pounds have two decimals, kilograms three.
fn weighed(line: &[u8]) -> Option<Reading> {
    let text = std::str::from_utf8(line).ok()?;
    let (number, net) = match text.strip_suffix('N') {
        Some(number) => (number, true),
        None => (text, false),
    };
    let unit = match number.split_once('.')?.1.len() {
        2 => Unit::Pound,
        3 => Unit::Kilogram,
        _ => return None,
    };
    Some(Reading::Stable { weight: Weight::parse(number, unit)?, net })
}
