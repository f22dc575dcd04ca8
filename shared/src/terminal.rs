//! Terminal: charging a card on a terminal that answers, answers late, or does not.
//! Lives here: what is kept of a charge before the terminal hears of it, and every step from there to a payment or none.
//! May use: tender, money, ids. Never: a clock, a cable, a card number.
//! Invariant: a charge is on the disk before the terminal hears of it; the terminal hears of it once; where no answer came it
//! is asked, or a person reads its slip, before anything else is charged.
//!
//! ```text
//! begin → keeping → presented → approved → taken into the sale
//!            ↓          ↓  ↘ declined
//!         not kept   unknown ⇄ asked → approved | declined
//!                       ↘ a person: charged | not charged
//! after a restart: whatever was kept is unknown
//! ```

use crate::ids::{SaleId, TenderId};
use crate::money::{Currency, Minor};
use crate::planted::{Planted, is_planted};
use crate::tender::{Tender, TenderError, TenderKind, TypeThen};
use serde::{Deserialize, Serialize};

/// What is kept before a card is presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Its id, which becomes the payment's: the terminal knows it by this.
    pub id: TenderId,
    /// For which sale.
    pub sale_id: SaleId,
    /// How much; below zero where money goes back.
    pub amount: Minor,
    /// Of what.
    pub currency: Currency,
    /// The shop's tender type then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<TypeThen>,
    /// When it was begun, epoch ms by the tablet.
    pub begun_at_ms: i64,
}

/// What a terminal gives for a charge it has made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// The terminal's number of it.
    pub reference: String,
    /// Last digits of the card, four at most.
    pub last_four: Option<String>,
}

impl Charge {
    /// The payment it has become.
    ///
    /// # Errors
    /// When the approval carries more of a card than may be kept.
    pub fn tender(&self, approval: &Approval) -> Result<Tender, TenderError> {
        let kind = TenderKind::Card {
            reference: approval.reference.trim().to_owned(),
            last_four: approval.last_four.clone(),
        };
        kind.check()?;
        Ok(Tender { id: self.id, kind, amount: self.amount, of: self.of.clone() })
    }
}

/// What a terminal says, at once, late or when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The card was charged.
    Approved(Approval),
    /// It was not, and will not be by this charge.
    Declined,
    /// It is still at it.
    Busy,
    /// Nothing came in time, or the connection broke.
    Silent,
}

/// The terminal of a tablet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connected {
    /// It stands alone: its result is keyed in.
    #[default]
    StandAlone,
    /// None at all: a pretended one, for trying out and for training. It charges nobody.
    Simulated(Behaviour),
}

/// What a pretended terminal does. It needs no memory: what it says when it is asked follows from this too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Approves.
    Approves,
    /// Declines.
    Declines,
    /// Hears nothing, and charges nothing.
    TimesOut,
    /// Approves, later than anybody waits.
    AnswersLate,
    /// Charges, and its answer is lost.
    LosesAnswer,
    /// Says nothing any more, also when it is asked: only its slip tells.
    Dead,
}

impl Behaviour {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Approves, Self::Declines, Self::TimesOut, Self::AnswersLate, Self::LosesAnswer, Self::Dead];

    /// One word for forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approves => "approves",
            Self::Declines => "declines",
            Self::TimesOut => "times_out",
            Self::AnswersLate => "answers_late",
            Self::LosesAnswer => "loses_answer",
            Self::Dead => "dead",
        }
    }

    /// What it says to a charge it is told of; silent where it says nothing in time.
    pub fn told(self, charge: &Charge) -> Answer {
        match self {
            Self::Approves => Answer::Approved(pretended(charge)),
            Self::Declines => Answer::Declined,
            Self::TimesOut | Self::AnswersLate | Self::LosesAnswer | Self::Dead => Answer::Silent,
        }
    }

    /// What it says when it is asked what became of it.
    pub fn asked(self, charge: &Charge) -> Answer {
        match self {
            Self::Approves | Self::AnswersLate | Self::LosesAnswer => Answer::Approved(pretended(charge)),
            Self::Declines | Self::TimesOut => Answer::Declined,
            Self::Dead => Answer::Silent,
        }
    }
}

/// Always the same for a charge.
fn pretended(charge: &Charge) -> Approval {
    let mut reference = charge.id.0.simple().to_string();
    reference = format!("SIM-{}", reference.split_off(24).to_uppercase());
    Approval { reference, last_four: Some("0000".to_owned()) }
}

/// Where a charge stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being written; the terminal has not heard of it.
    Keeping,
    /// The terminal was told, and has not answered yet.
    Presented,
    /// Whether the card was charged is not known.
    Unknown {
        /// Is the terminal being asked?
        asking: bool,
    },
    /// The card was charged; the payment is on its way into the sale.
    Approved(Tender),
}

/// The charge of a tablet that is not over, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charging {
    open: Option<(Charge, Stage)>,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A person wants a card charged.
    Begin(Charge),
    /// The charge is on the disk, or could not be written.
    Kept(bool),
    /// The terminal has said something of the charge with this id.
    Heard(TenderId, Answer),
    /// A person wants the terminal asked again.
    Ask,
    /// A person has read the terminal's slip: it was charged, or none was.
    ByHand(Option<Approval>),
    /// A charge was found on the disk after a start.
    Found(Charge),
    /// The payment is in its sale. Whoever records that sale takes the charge off the disk.
    Taken(TenderId),
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Write it, durably, and say `Kept`.
    Keep(Charge),
    /// Tell the terminal. Once a charge.
    Present(Charge),
    /// Ask the terminal what became of it. One that has not heard of it refuses it from then on.
    Ask(TenderId),
    /// Put the payment into its sale, if it is not in it already.
    Take(Tender),
    /// Nothing was charged by it: take it off the disk.
    Forget(TenderId),
    /// Say that nothing was charged.
    NotCharged,
}

impl Charging {
    /// The charge that is not over, and where it stands.
    pub fn open(&self) -> Option<(&Charge, &Stage)> {
        self.open.as_ref().map(|(charge, stage)| (charge, stage))
    }

    /// One step. What does not belong to the charge that is open changes nothing.
    #[must_use]
    pub fn step(self, input: Input) -> (Self, Vec<Output>) {
        match (self.open, input) {
            (None, Input::Begin(charge)) => begin(charge),
            (None, Input::Found(charge)) => unknown(charge),
            (Some((charge, Stage::Keeping)), Input::Kept(true)) => {
                let present = Output::Present(charge.clone());
                at(charge, Stage::Presented, vec![present])
            }
            (Some((_, Stage::Keeping)), Input::Kept(false)) => (Self::default(), vec![Output::NotCharged]),
            (Some((charge, stage)), Input::Heard(id, answer)) if id == charge.id => {
                heard(charge, stage, answer)
            }
            (Some((charge, Stage::Unknown { .. })), Input::Ask) => unknown(charge),
            (Some((charge, Stage::Unknown { .. })), Input::ByHand(said)) => {
                heard(charge, Stage::Presented, said.map_or(Answer::Declined, Answer::Approved))
            }
            (Some((charge, Stage::Approved(_))), Input::Taken(id)) if id == charge.id => {
                (Self::default(), Vec::new())
            }
            (open, _) => (Self { open }, Vec::new()),
        }
    }
}

type Stepped = (Charging, Vec<Output>);

fn at(charge: Charge, stage: Stage, outputs: Vec<Output>) -> Stepped {
    (Charging { open: Some((charge, stage)) }, outputs)
}

fn begin(charge: Charge) -> Stepped {
    if is_planted(Planted::IntentAfterCharge) {
        let outputs = vec![Output::Present(charge.clone())];
        return at(charge, Stage::Presented, outputs);
    }
    let keep = Output::Keep(charge.clone());
    at(charge, Stage::Keeping, vec![keep])
}

fn unknown(charge: Charge) -> Stepped {
    let next = if is_planted(Planted::RetryWithoutAsking) {
        Output::Present(charge.clone())
    } else {
        Output::Ask(charge.id)
    };
    at(charge, Stage::Unknown { asking: true }, vec![next])
}

fn heard(charge: Charge, stage: Stage, answer: Answer) -> Stepped {
    let id = charge.id;
    match (stage, answer) {
        // It is in the sale already, or cannot have been heard of.
        (stage @ (Stage::Approved(_) | Stage::Keeping), _) => at(charge, stage, Vec::new()),
        (_, Answer::Approved(approval)) => match charge.tender(&approval) {
            Ok(tender) => {
                let mut outputs = vec![Output::Take(tender.clone())];
                if is_planted(Planted::IntentAfterCharge) {
                    outputs.insert(0, Output::Keep(charge.clone()));
                }
                at(charge, Stage::Approved(tender), outputs)
            }
            // What may not be kept is left out; that it was charged is kept.
            Err(_) => heard(charge, Stage::Presented, Answer::Approved(Approval::default())),
        },
        (_, Answer::Declined) => (Charging::default(), vec![Output::Forget(id), Output::NotCharged]),
        (Stage::Presented, Answer::Silent) => unknown(charge),
        (_, Answer::Silent | Answer::Busy) => at(charge, Stage::Unknown { asking: false }, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn charge(number: u128) -> Charge {
        Charge {
            id: TenderId(Uuid::from_u128(number)),
            sale_id: SaleId(Uuid::from_u128(9)),
            amount: Minor(1_275),
            currency: Currency::parse("GBP").unwrap(),
            of: None,
            begun_at_ms: 0,
        }
    }

    fn approval() -> Approval {
        Approval { reference: "0042".into(), last_four: Some("4417".into()) }
    }

    fn tender() -> Tender {
        charge(1).tender(&approval()).unwrap()
    }

    /// Everything said after these inputs, in short.
    fn said(inputs: Vec<Input>) -> Vec<Output> {
        let mut charging = Charging::default();
        let mut said = Vec::new();
        for input in inputs {
            let (next, outputs) = charging.step(input);
            charging = next;
            said.extend(outputs);
        }
        said
    }

    fn heard(answer: Answer) -> Input {
        Input::Heard(charge(1).id, answer)
    }

    #[test]
    fn a_charge_is_on_the_disk_before_the_terminal_hears_of_it() {
        let id = charge(1).id;
        let (keep, present) = (Output::Keep(charge(1)), Output::Present(charge(1)));
        assert_eq!(said(vec![Input::Begin(charge(1))]), std::slice::from_ref(&keep));
        assert_eq!(
            said(vec![Input::Begin(charge(1)), Input::Kept(false)]),
            [keep.clone(), Output::NotCharged],
            "not kept, not presented"
        );
        let approved = vec![
            Input::Begin(charge(1)),
            Input::Kept(true),
            heard(Answer::Approved(approval())),
            Input::Taken(id),
            Input::Begin(charge(2)),
        ];
        let next = Output::Keep(charge(2));
        assert_eq!(said(approved), [keep.clone(), present.clone(), Output::Take(tender()), next]);
        let declined = vec![Input::Begin(charge(1)), Input::Kept(true), heard(Answer::Declined)];
        assert_eq!(said(declined), [keep, present, Output::Forget(id), Output::NotCharged]);
    }

    #[test]
    fn without_an_answer_the_terminal_is_asked_and_nothing_is_presented_again() {
        let id = charge(1).id;
        let silent = || vec![Input::Begin(charge(1)), Input::Kept(true), heard(Answer::Silent)];
        let begun = [Output::Keep(charge(1)), Output::Present(charge(1)), Output::Ask(id)];
        let after = |more: Vec<Input>| {
            let all = said(silent().into_iter().chain(more).collect());
            assert_eq!(all[..3], begun);
            all[3..].to_vec()
        };
        assert_eq!(after(vec![heard(Answer::Approved(approval()))]), [Output::Take(tender())]);
        assert_eq!(after(vec![heard(Answer::Declined)]), [Output::Forget(id), Output::NotCharged]);
        // Asked in vain, again, and then by the slip.
        assert_eq!(after(vec![heard(Answer::Silent)]), []);
        assert_eq!(after(vec![heard(Answer::Busy), Input::Ask]), [Output::Ask(id)]);
        assert_eq!(
            after(vec![heard(Answer::Silent), Input::ByHand(Some(approval()))]),
            [Output::Take(tender())]
        );
        assert_eq!(
            after(vec![heard(Answer::Silent), Input::ByHand(None)]),
            [Output::Forget(id), Output::NotCharged]
        );
        // Nothing else begins meanwhile, and the late answer to the first question changes nothing twice.
        assert_eq!(after(vec![Input::Begin(charge(2))]), []);
        let twice = vec![heard(Answer::Approved(approval())), heard(Answer::Approved(approval()))];
        assert_eq!(after(twice), [Output::Take(tender())]);
        let of_another = Input::Heard(charge(2).id, Answer::Declined);
        assert_eq!(after(vec![of_another, Input::Taken(charge(2).id)]), []);
    }

    #[test]
    fn after_a_restart_what_was_kept_is_asked_for() {
        let id = charge(1).id;
        let found = vec![Input::Found(charge(1)), heard(Answer::Approved(approval())), Input::Taken(id)];
        assert_eq!(said(found), [Output::Ask(id), Output::Take(tender())]);
        let (charging, _) = Charging::default().step(Input::Found(charge(1)));
        assert_eq!(charging.open(), Some((&charge(1), &Stage::Unknown { asking: true })));
    }

    #[test]
    fn a_card_number_in_an_answer_is_not_kept_and_the_charge_is() {
        let number = Approval { reference: "4242424242424242".into(), last_four: None };
        let all = said(vec![Input::Found(charge(1)), heard(Answer::Approved(number))]);
        let kind = TenderKind::Card { reference: String::new(), last_four: None };
        assert_eq!(all[1], Output::Take(Tender::plain(charge(1).id, kind, Minor(1_275))));
    }
}
