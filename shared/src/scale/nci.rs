//! NCI: Weigh-Tronix' protocol SCP-01, also called ECR (Diva service manual, 6.1.1; bits: Ohaus Aviator 7000 service manual, p. 49).
//! `W CR` asks; a line with the weight and its unit answers, and one with `S` and bytes of states. No weight while it moves,
//! is below zero or over what it can bear.

use super::{Order, Reading, Said, Weight, unit};

pub(super) const ASK: &[u8] = b"W\r";

pub(super) const fn order(order: Order) -> Option<&'static [u8]> {
    match order {
        Order::Zero => Some(b"Z\r"),
        // Its tare is a key of the scale alone.
        Order::Tare | Order::ClearTare => None,
    }
}

pub(super) fn said(line: &[u8], told: Option<Order>, earlier: &mut Option<Reading>) -> Option<Said> {
    match line {
        [b'S', states @ ..] if (2..=4).contains(&states.len()) => {
            let weighed = earlier.take();
            Some(state_said(states, told, weighed))
        }
        [b'?'] => Some(if told.is_some() { Said::Refused } else { Said::Reading(Reading::Unready) }),
        weight => {
            *earlier = Some(weighed(weight).unwrap_or(Reading::Unreadable));
            None
        }
    }
}

fn state_said(states: &[u8], told: Option<Order>, weighed: Option<Reading>) -> Said {
    let has = |byte: usize, bit: u8| states.get(byte).is_some_and(|state| state & (1 << bit) != 0);
    let reading = match weighed {
        _ if has(0, 0) => Reading::Moving(None),
        _ if has(1, 1) => Reading::Over,
        _ if has(1, 0) => Reading::Under,
        // Memory, calibration, or no zero found when it was switched on.
        _ if has(0, 2) || has(0, 3) || has(1, 2) || has(1, 3) || has(2, 3) => Reading::Unready,
        Some(Reading::Stable { weight, .. }) => Reading::Stable { weight, net: has(2, 2) },
        Some(other) => other,
        None => Reading::Unready,
    };
    match told {
        None => Said::Reading(reading),
        Some(Order::Zero) if has(0, 1) && !has(0, 0) => Said::Done(None),
        Some(_) => Said::Refused,
    }
}

fn weighed(line: &[u8]) -> Option<Reading> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let at = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, letters) = text.split_at_checked(at)?;
    Some(Reading::Stable { weight: Weight::parse(number, unit(letters)?)?, net: false })
}
