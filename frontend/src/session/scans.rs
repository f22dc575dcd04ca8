//! Scans: codes read by a scanner or the camera, given to whoever on the screen takes them.
//! Invariant: while nobody takes them, a scanner is a keyboard like any other.

use crate::peripheral::{camera, scanner, sound};
use leptos::prelude::*;
use std::rc::Rc;

pub use camera::{Camera, CameraError};

type Taker = Rc<dyn Fn(String)>;

/// The scans of this app. It is `Copy`: take it from the context with [`use_scans`].
#[derive(Clone, Copy)]
pub struct Scans {
    takers: StoredValue<Vec<(u32, Taker)>, LocalStorage>,
}

/// The scans of this app.
pub fn use_scans() -> Scans {
    expect_context()
}

impl Scans {
    /// Listens for the life of the page.
    pub fn start() -> Self {
        let scans = Self { takers: StoredValue::new_local(Vec::new()) };
        let wanted = move || scans.takers.try_with_value(|takers| !takers.is_empty()).unwrap_or(false);
        scanner::listen(wanted, move |code| scans.give(code));
        scans
    }

    /// Takes every scan until the part of the page that asked is gone. The last to ask is the first to get.
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
