//! Web: printers on the store's network that the tablet prints on itself, over HTTP (ADR 0041), with or without the server.
//! Lives here: handing a printout over, what an answer that is lost means, and whom this page may call.
//! Invariant: a printout is posted once; where no answer comes, a person looks. The page calls only what its policy names.

use super::way::{Handed, Later, Relay};
use super::{PortError, Printers};
use crate::peripheral::printer::web::{policy, post};
use leptos::prelude::{GetUntracked, GetValue};
use shared::api::StorePrinter;
use shared::cable::{Cable, WebPlace};
use shared::printing::web::{PRINTS_WITHIN_MS, WebAnswer, ask, callable, print, read};
use shared::printing::{Outcome, PrinterStatus};
use std::cell::RefCell;
use wasm_bindgen_futures::spawn_local;

/// Asked how it is, a printer answers after what it prints for others.
const ASKED_WITHIN_MS: u32 = 10_000;
/// It says itself that it could not before that.
const PRINTED_WITHIN_MS: u32 = PRINTS_WITHIN_MS + 15_000;

thread_local! {
    /// The policy this page was loaded with.
    static OWN: RefCell<Option<String>> = RefCell::default();
    /// What the page that is kept names since: this page may call it when it is loaded anew.
    static LATE: RefCell<Vec<String>> = RefCell::default();
}

/// A printer that takes HTTP.
pub struct Web(WebPlace);

impl Web {
    /// One that is reached.
    pub async fn open(place: &WebPlace) -> Result<Self, PortError> {
        may_call(&place.origin).await?;
        let web = Self(place.clone());
        web.asked().await?;
        Ok(web)
    }

    async fn asked(&self) -> Result<Option<PrinterStatus>, PortError> {
        let WebPlace { service, origin } = &self.0;
        let answer = post(origin, &ask(*service), ASKED_WITHIN_MS).await;
        match answer.and_then(|text| read(*service, &text)) {
            Some(WebAnswer { is_there: true, status, .. }) => Ok(Some(status)),
            _ => Err(PortError::NotReached),
        }
    }

    async fn printed(&self, printout: Handed, heard: &dyn Fn(PrinterStatus)) -> Outcome {
        let WebPlace { service, origin } = &self.0;
        let mut whole = printout.body;
        whole.extend(printout.end);
        let answer = post(origin, &print(*service, &whole), PRINTED_WITHIN_MS).await;
        match answer.and_then(|text| read(*service, &text)) {
            Some(answer) => {
                heard(answer.status);
                answer.outcome
            }
            None => Outcome::Unknown,
        }
    }
}

impl Relay for Web {
    fn look(&self) -> Later<'_, Result<Option<PrinterStatus>, PortError>> {
        Box::pin(self.asked())
    }

    fn print<'a>(&'a self, printout: Handed, heard: &'a dyn Fn(PrinterStatus)) -> Later<'a, Outcome> {
        Box::pin(self.printed(printout, heard))
    }
}

/// May this page call it? What it may not is asked of the server, so that it may when it is loaded anew.
async fn may_call(origin: &str) -> Result<(), PortError> {
    if callable(&own_policy().await).contains(&origin) {
        return Ok(());
    }
    if LATE.with_borrow(|late| late.iter().any(|late| late == origin)) {
        return Err(PortError::LoadAnew);
    }
    let renewed = policy(true).await.ok_or(PortError::NotReached)?;
    if !callable(&renewed).contains(&origin) {
        return Err(PortError::Removed);
    }
    LATE.with_borrow_mut(|late| late.push(origin.to_owned()));
    Err(PortError::LoadAnew)
}

/// As the page was kept when this one was loaded: it is read before it is renewed, and once.
async fn own_policy() -> String {
    if let Some(own) = OWN.with_borrow(Clone::clone) {
        return own;
    }
    match policy(false).await {
        Some(read) => OWN.with_borrow_mut(|own| own.get_or_insert(read).clone()),
        None => String::new(),
    }
}

impl Printers {
    /// Follows what a manager has changed of the store's printers meanwhile: where one stands, and which may be called at all.
    pub(super) fn follow_store(self) {
        if self.was_unpaired.get_value() {
            // What is kept may have been fetched since, for the tablet that it has become.
            OWN.replace(Some(String::new()));
        }
        spawn_local(async move {
            let own = own_policy().await;
            let may = callable(&own);
            let is_web = |cable: &Cable| matches!(cable, Cable::Web { .. });
            let has_one = self.known.get_untracked().iter().any(|known| is_web(&known.printer.cable));
            if may.is_empty() && !has_one {
                return;
            }
            let Some(all) = self.of_store().await else { return };
            let mut places: Vec<&str> =
                all.iter().filter_map(|printer| Some(printer.place.as_ref()?.origin.as_str())).collect();
            places.sort_unstable();
            places.dedup();
            if places != may {
                // Kept for the next time; what is not there any more is not called then.
                let _ = policy(true).await;
            }
            for known in self.known.get_untracked().iter() {
                let Some(cable) = moved(&known.printer.cable, &all) else { continue };
                let mut printer = known.printer.clone();
                printer.cable = cable;
                self.change(printer);
            }
        });
    }
}

/// How a printer is reached now that was reached otherwise.
fn moved(cable: &Cable, all: &[StorePrinter]) -> Option<Cable> {
    let (Cable::Web { printer_id, .. } | Cable::Network { printer_id }) = cable else { return None };
    let found = all.iter().find(|printer| printer.id == *printer_id)?;
    Some(Cable::of_store(found.id, found.place.clone())).filter(|now| now != cable)
}
