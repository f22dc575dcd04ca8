//! Terminal: card terminals that are told what to charge, all behind one trait.
//! Lives here: the trait, and which terminal this tablet has; below it one file a terminal.
//! May use: clock, shared::terminal. Never: the cart, a page, a decision about asking again (that is `shared::terminal`'s).
//! Invariant: an answer that does not come is an answer: `Silent`. Nothing of a card but its last four digits passes here.

mod simulated;

use shared::terminal::{Answer, Charge, Connected};
use simulated::Simulated;

/// A terminal that can be told what to charge.
pub trait CardTerminal {
    /// Tells it, once a charge, and waits for what it says, but not for ever.
    async fn charge(&self, charge: &Charge) -> Answer;
    /// Asks what became of a charge. One that has not heard of it says `Declined`, and refuses it from then on.
    async fn ask(&self, charge: &Charge) -> Answer;
}

/// Is there one that can be told?
pub fn is_told(terminal: Connected) -> bool {
    terminal != Connected::StandAlone
}

/// Tells the terminal of this tablet.
pub async fn charge(terminal: Connected, charge: &Charge) -> Answer {
    match terminal {
        Connected::StandAlone => Answer::Silent,
        Connected::Simulated(behaviour) => Simulated(behaviour).charge(charge).await,
    }
}

/// Asks the terminal of this tablet.
pub async fn ask(terminal: Connected, charge: &Charge) -> Answer {
    match terminal {
        Connected::StandAlone => Answer::Silent,
        Connected::Simulated(behaviour) => Simulated(behaviour).ask(charge).await,
    }
}
