//! MT-SICS: Mettler Toledo's Standard Interface Command Set, levels 0 and 1 (reference manual 11780711).
//! Words between spaces, `CR LF` at the end: the command's name again, how it went, and with a weight its value and unit.

use super::{Order, Reading, Said, Weight, unit};

/// The weight at once, still or not.
pub(super) const ASK: &[u8] = b"SI\r\n";

pub(super) const fn order(order: Order) -> &'static [u8] {
    match order {
        Order::Zero => b"Z\r\n",
        Order::Tare => b"T\r\n",
        Order::ClearTare => b"TAC\r\n",
    }
}

pub(super) fn said(line: &[u8], told: Option<Order>) -> Option<Said> {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let words: Vec<&str> = text.split_ascii_whitespace().take(6).collect();
    let name = words.first().copied().unwrap_or_default();
    match (name, told) {
        // It does not know the command, or has not understood it.
        ("ES" | "ET" | "EL", Some(_)) => Some(Said::Refused),
        ("ES" | "ET" | "EL", None) => Some(Said::Reading(Reading::Unready)),
        ("S" | "SI", _) => Some(Said::Reading(reading(words.get(1..).unwrap_or_default()))),
        ("Z" | "T" | "TAC", Some(_)) => match words.get(1..) {
            Some(["A", ..]) => Some(Said::Done(None)),
            Some(["S", value @ ..]) => Some(Said::Done(weight(value))),
            _ => Some(Said::Refused),
        },
        // It says something by itself, as some do when they are switched on.
        _ => None,
    }
}

fn reading(words: &[&str]) -> Reading {
    match words {
        ["+"] => Reading::Over,
        ["-"] => Reading::Under,
        ["I"] | [_, "Error", ..] => Reading::Unready,
        ["D", value @ ..] => Reading::Moving(weight(value)),
        ["S", value @ ..] => match weight(value) {
            // Net or not, it does not say.
            Some(weight) => Reading::Stable { weight, net: false },
            None => Reading::Unreadable,
        },
        _ => Reading::Unreadable,
    }
}

fn weight(words: &[&str]) -> Option<Weight> {
    match words {
        [value, in_unit] => Weight::parse(value, unit(in_unit)?),
        // A sign may stand apart.
        [sign @ ("-" | "+"), value, in_unit] => Weight::parse(&format!("{sign}{value}"), unit(in_unit)?),
        _ => None,
    }
}
