//! Printers: what is asked of the server about a store's network printers, and handed to it to be printed.

use crate::ids::{NetworkPrinterId, PrintoutId};
use crate::printing::{Outcome, PrinterStatus, WebPlace};
use crate::receipt::escpos::Dialect;
use serde::{Deserialize, Serialize};

/// `GET /api/printers`: a network printer of the tablet's store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StorePrinter {
    /// Its id.
    pub id: NetworkPrinterId,
    /// Its name among people.
    pub name: String,
    /// Where the tablet reaches it itself; none where the server prints on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<WebPlace>,
}

/// `POST /api/printers/look`: how is it?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrinterLookRequest {
    /// Which of the store's printers.
    pub printer_id: NetworkPrinterId,
    /// How it is asked; one that is told otherwise is only reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
}

/// How a network printer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrinterLook {
    /// Did the server reach it?
    pub reached: bool,
    /// Is it printing for somebody, so that it cannot be asked?
    #[serde(default)]
    pub busy: bool,
    /// What it said of itself; nothing where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PrinterStatus>,
}

/// `POST /api/printouts`: something to print. The same id again prints nothing again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrintoutRequest {
    /// Its id, minted by the tablet for this one time.
    pub id: PrintoutId,
    /// Which of the store's printers.
    pub printer_id: NetworkPrinterId,
    /// How the printer is asked whether it can print and has printed; one that is told otherwise is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Everything but its end, base64; empty where only a drawer is opened.
    pub body: String,
    /// What gives it out, base64: the cut, or the drawer's pulse.
    pub end: String,
    /// Now or not at all: it is not waited for a printer that prints for somebody else.
    #[serde(default)]
    pub now: bool,
}

/// `POST /api/printouts/outcome`: what became of it? One that has not come to the server by then is not printed any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeRequest {
    /// Which.
    pub id: PrintoutId,
}

/// How far a printout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrintoutState {
    /// The printer prints for somebody else.
    Waiting,
    /// It is on its way.
    Printing,
    /// It is out: the printer has said so.
    Printed,
    /// It was sent, and the printer says nothing of itself.
    Sent,
    /// It was not given out, and will not be.
    NotPrinted,
    /// It may be out or not: a person can see it.
    Unknown,
}

impl PrintoutState {
    /// As it is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Printing => "printing",
            Self::Printed => "printed",
            Self::Sent => "sent",
            Self::NotPrinted => "not_printed",
            Self::Unknown => "unknown",
        }
    }

    /// By its word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Printing, Self::Printed, Self::Sent, Self::NotPrinted, Self::Unknown]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// What is known of a printout. While it is on its way, ask again: the server answers when it has ended, or after some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrintoutResponse {
    /// How far it is.
    pub state: PrintoutState,
    /// Of one that was not given out: did a part of it come out?
    #[serde(default)]
    pub begun: bool,
    /// What the printer last said of itself meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PrinterStatus>,
}

impl PrintoutResponse {
    /// One in this state of which nothing else is known.
    pub const fn of(state: PrintoutState) -> Self {
        Self { state, begun: false, status: None }
    }

    /// What became of it; nothing while it is on its way.
    pub const fn outcome(self) -> Option<Outcome> {
        match self.state {
            PrintoutState::Waiting | PrintoutState::Printing => None,
            PrintoutState::Printed => Some(Outcome::Printed { proven: true }),
            PrintoutState::Sent => Some(Outcome::Printed { proven: false }),
            PrintoutState::NotPrinted => Some(Outcome::NotPrinted { begun: self.begun }),
            PrintoutState::Unknown => Some(Outcome::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_found_by_its_word_and_the_word_is_that_of_the_answer() {
        for state in ["waiting", "printing", "printed", "sent", "not_printed", "unknown"] {
            let found = PrintoutState::of(state).unwrap();
            assert_eq!(serde_json::to_value(found).unwrap(), state);
            let waits = PrintoutResponse::of(found).outcome().is_none();
            assert_eq!(waits, ["waiting", "printing"].contains(&state));
        }
        assert_eq!(PrintoutState::of("shredded"), None);
    }
}
