//! Weighing: what a scale says, in words; the same on the page of the devices and where something is weighed.
//! May use: session, i18n, shared::scale. Never: a cable.

use crate::i18n::{self, t};
use crate::session::{KnownScale, PortError};
use shared::money::Quantity;
use shared::scale::{Order, Reading, Standing, Weight};

/// "0.485 kg", as many decimals as a scale shows.
pub fn weight_words(weight: Weight) -> String {
    amount_words(weight.sold_by(weight.unit).unwrap_or_default(), weight.unit.symbol())
}

/// "0.485 kg".
pub fn amount_words(amount: Quantity, unit: &str) -> String {
    format!("{} {unit}", i18n::weight(amount))
}

/// What it shows: a weight while it has one.
pub fn shown(standing: Standing) -> Option<Weight> {
    match standing {
        Standing::Weighed(Reading::Stable { weight, .. }) => Some(weight),
        Standing::Weighed(Reading::Moving(weight)) => weight,
        _ => None,
    }
}

/// How a scale is, with its look.
pub fn how_it_is(known: &KnownScale) -> (&'static str, &'static str) {
    if let Some(order) = known.refused {
        return ("note warn", refused_words(order));
    }
    match (known.trouble, known.standing) {
        (Some(trouble), _) => ("note bad", trouble_words(trouble)),
        (None, Standing::Unplugged) => ("note warn", t!("devices.scale_unplugged")),
        (None, Standing::Silent) => ("note warn", t!("devices.scale_silent")),
        (None, Standing::Waiting) => ("note info", t!("devices.scale_waiting")),
        (None, Standing::Weighed(reading)) => match reading {
            Reading::Stable { net: true, .. } => ("note ok", t!("devices.scale_stable_net")),
            Reading::Stable { net: false, .. } => ("note ok", t!("devices.scale_stable")),
            Reading::Moving(_) => ("note info", t!("devices.scale_moving")),
            Reading::Over => ("note bad", t!("devices.scale_over")),
            Reading::Under => ("note warn", t!("devices.scale_under")),
            Reading::Unready => ("note warn", t!("devices.scale_unready")),
            Reading::Unreadable => ("note warn", t!("devices.scale_unreadable")),
        },
    }
}

fn refused_words(order: Order) -> &'static str {
    match order {
        Order::Zero => t!("devices.scale_no_zero"),
        Order::Tare | Order::ClearTare => t!("devices.scale_no_tare"),
    }
}

/// Why a device on a serial line cannot be used.
pub fn trouble_words(error: PortError) -> &'static str {
    match error {
        PortError::Unsupported => t!("devices.serial_unsupported"),
        PortError::Taken => t!("devices.serial_taken"),
        _ => t!("devices.serial_gone"),
    }
}
