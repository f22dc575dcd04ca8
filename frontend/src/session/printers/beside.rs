//! Beside: printouts that no sale needs, and the shop's picture, in a part of the register (ADR 0021): the start knows them by
//! their form alone.

use super::labels;
use crate::clock;
use crate::peripheral::printer::{fetched, picture};
use crate::session::Till;
use leptos::prelude::*;
use shared::ids::ShiftId;
use shared::picture::path_of;
use shared::printing::{Printer, Work};
use shared::receipt::escpos::{Printout, Profile, escpos};
use shared::receipt::{Receipt, x_report, z_report};
use shared::store::Store;
use std::pin::Pin;

/// How often the shop's picture is asked for, and how soon again.
const MOST_TRIES: u32 = 60;
const TRY_AGAIN_MS: i64 = 10_000;

/// A printout, and whether it is read from right to left; none where it cannot be made.
type Making = Pin<Box<dyn Future<Output = Option<(Printout, bool)>>>>;
/// An image as bytes; none where it is not at hand.
type Drawing = Pin<Box<dyn Future<Output = Option<Vec<u8>>>>>;

/// What the start calls.
#[derive(Clone, Copy)]
pub struct Beside {
    /// Labels, or a report.
    pub make: fn(Till, Printer, Work) -> Making,
    /// The shop's picture by its hash.
    pub logo: fn(String, Profile) -> Drawing,
}

/// All of it.
pub const BESIDE: Beside = Beside {
    make: |till, printer, work| Box::pin(async move { make(till, &printer, work).await }),
    logo: |hash, profile| Box::pin(async move { picture(&path_of(&hash), &profile).await }),
};

async fn make(till: Till, printer: &Printer, work: Work) -> Option<(Printout, bool)> {
    let report = match work {
        Work::XReport { shift_id } => of_open_shift(till, shift_id)?,
        Work::ZReport { sequence, copy, .. } => {
            let close = till.close_at(sequence).await?;
            let (store, register) = place(till)?;
            z_report(&close.closing, &close.time, &store, &register, copy)
        }
        _ => return labels::make(till, printer, work),
    };
    Some((escpos(&report, &printer.profile()?), report.is_right_to_left()))
}

/// None once the shift is over: its Z report says it all.
fn of_open_shift(till: Till, shift_id: ShiftId) -> Option<Receipt> {
    let figures = till.shift.get_untracked().filter(|figures| figures.shift_id == shift_id)?;
    let (store, register) = place(till)?;
    Some(x_report(&figures, &store, &register))
}

fn place(till: Till) -> Option<(std::sync::Arc<Store>, String)> {
    let register = till.register.get_untracked().map(|register| register.name.clone());
    Some((till.store.get_untracked()?, register.unwrap_or_default()))
}

/// The shop's picture is fetched as soon as it is known, so that it is here when there is no network.
pub fn keep_logo(till: Till) {
    let logo = Memo::new(move |_| till.store.with(|store| store.as_ref()?.receipt.logo.clone()));
    Effect::new(move |_| {
        if let Some(hash) = logo.get() {
            leptos::task::spawn_local(fetch(hash));
        }
    });
}

/// The tablet may not have signed in yet, or there is no network now.
async fn fetch(hash: String) {
    for _ in 0..MOST_TRIES {
        if fetched(&path_of(&hash)).await.is_some() {
            return;
        }
        clock::pause(TRY_AGAIN_MS).await;
    }
}
