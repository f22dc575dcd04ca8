//! Scans: codes read by a scanner or the camera, given to whoever on the screen takes them, and what became of each.
//! Invariant: while nobody takes them, a scanner is a keyboard like any other.

use crate::clock;
use crate::peripheral::{camera, scanner, sound};
use leptos::prelude::*;
use shared::barcode::{AmountError, Gs1Error};
use shared::calendar::Day;
use std::collections::VecDeque;
use std::rc::Rc;

pub use camera::{Camera, CameraError};

type Taker = Rc<dyn Fn(String)>;

/// So many of the last scans are told.
const MOST_TOLD: usize = 50;

/// A scan, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Counts up.
    pub number: u64,
    /// When, epoch ms by the device.
    pub at_ms: i64,
    /// As the scanner sent it.
    pub sent: String,
    /// What became of it.
    pub told: Told,
}

/// What became of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// This product was added; with what GS1's rules say against the label, if they do.
    Added(String, Option<Gs1Error>),
    /// A coupon's code was taken.
    Coupon,
    /// The card of this customer was taken.
    Customer(String),
    /// No product has any of these.
    Unknown(Vec<String>),
    /// Its check digit does not fit.
    Misread,
    /// It says it is GS1's and cannot be read.
    Unreadable(Gs1Error),
    /// Several products have it.
    Several,
    /// Something was being asked.
    Later,
    /// Past its day.
    Expired(Day),
    /// The amount in it is none for the product.
    Amount(AmountError),
    /// The page in front took no scans, or took this one for something else.
    Elsewhere,
}

/// The scans of this app. It is `Copy`: take it from the context with [`use_scans`].
#[derive(Clone, Copy)]
pub struct Scans {
    takers: StoredValue<Vec<(u32, Taker)>, LocalStorage>,
    /// The last ones, the newest first.
    pub log: RwSignal<VecDeque<Scan>>,
}

/// The scans of this app.
pub fn use_scans() -> Scans {
    expect_context()
}

impl Scans {
    /// Listens for the life of the page.
    pub fn start() -> Self {
        let scans = Self { takers: StoredValue::new_local(Vec::new()), log: RwSignal::default() };
        let wanted = move || scans.takers.try_with_value(|takers| !takers.is_empty()).unwrap_or(false);
        scanner::listen(wanted, move |code| scans.give(code));
        scans
    }

    /// Keeps what became of a scan, for whoever asks why it did not add.
    pub fn note(self, sent: String, told: Told) {
        self.log.update(|log| {
            let number = log.front().map_or(0, |last| last.number.saturating_add(1));
            log.push_front(Scan { number, at_ms: clock::now_ms(), sent, told });
            log.truncate(MOST_TOLD);
        });
    }

    /// Takes every scan, as it was sent, until the part of the page that asked is gone. The last to ask is the first to get.
    pub fn take(self, taker: impl Fn(String) + 'static) {
        let mut id = 0;
        self.takers.update_value(|takers| {
            id = takers.last().map_or(0, |(last, _)| last.wrapping_add(1));
            takers.push((id, Rc::new(taker)));
        });
        on_cleanup(move || {
            self.takers.try_update_value(|takers| takers.retain(|(taker, _)| *taker != id));
        });
    }

    /// A code was read.
    pub fn give(self, code: String) {
        let taker = self.takers.try_with_value(|takers| takers.last().map(|(_, taker)| Rc::clone(taker)));
        if let Some(taker) = taker.flatten() {
            taker(code);
        }
    }
}

/// Can this browser scan with the camera?
pub fn camera_is_here() -> bool {
    camera::is_here()
}

/// Sounds that something went wrong.
pub fn sound_warning() {
    sound::warn();
}
