//! Simulated: a terminal that is pretended, for trying out and for training: it takes its time, and charges nobody.

use super::CardTerminal;
use crate::clock::pause;
use shared::terminal::{Answer, Behaviour, Charge};

/// How long it takes to say something.
const ANSWER_MS: i64 = 700;
/// How long is waited for one that says nothing.
const PATIENCE_MS: i64 = 4_000;

/// It, and what it does.
pub struct Simulated(pub Behaviour);

impl CardTerminal for Simulated {
    async fn charge(&self, charge: &Charge) -> Answer {
        let answer = self.0.told(charge);
        pause(if answer == Answer::Silent { PATIENCE_MS } else { ANSWER_MS }).await;
        answer
    }

    async fn ask(&self, charge: &Charge) -> Answer {
        pause(ANSWER_MS).await;
        self.0.asked(charge)
    }
}
