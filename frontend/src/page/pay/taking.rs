//! Taking: what is keyed in on the pay page, and what the next press does with it.

use super::entry::Entry;
use crate::component::Key;
use crate::session::{Paying, now_ms};
use leptos::prelude::*;
use shared::money::{Currency, Minor};
use shared::tender::{Settlement, Standing, TenderError, TenderKind, is_likely_cash};
use std::time::Duration;

/// After that long a person is told that it is still being written.
const SLOW: Duration = Duration::from_secs(3);

/// A scanner has typed a code in less.
const LONGEST_SCAN_MS: i64 = 1_000;

/// How the next payment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Notes and coins.
    Cash,
    /// A card on a terminal of its own.
    Card,
}

/// What the amount keyed in would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is keyed in.
    Unset,
    /// It pays for the rest.
    Pays(Settlement),
    /// So much is left after it.
    Leaves(Minor),
    /// Nobody hands over that much.
    Unlikely,
    /// It cannot be taken.
    Refused(TenderError),
}

/// The state of the page. It is `Copy`.
#[derive(Clone, Copy)]
pub struct Taking {
    /// The session's side.
    pub paying: Paying,
    /// How the next payment is made.
    pub method: RwSignal<Method>,
    /// Its amount.
    pub entry: RwSignal<Entry>,
    /// The amount before the last key, and when that was pressed.
    before: StoredValue<(Entry, i64)>,
    /// The terminal's number of the payment.
    pub reference: RwSignal<String>,
    /// The card's last digits.
    pub last_four: RwSignal<String>,
    /// Why the payment was not taken.
    pub wrong: RwSignal<Option<TenderError>>,
    /// How far paying is.
    pub standing: Memo<Option<Standing>>,
    /// What the amount would do.
    pub outcome: Memo<Outcome>,
    /// Does recording take unusually long?
    pub is_slow: RwSignal<bool>,
}

impl Taking {
    /// With nothing keyed in.
    pub fn new(paying: Paying) -> Self {
        let method = RwSignal::new(Method::Cash);
        let entry = RwSignal::new(Entry::default());
        let (reference, last_four) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let standing = Memo::new(move |_| paying.standing());
        let outcome = Memo::new(move |_| {
            let kind = kind_of(method.get(), &reference.get(), &last_four.get());
            outcome(paying, standing.get(), kind, entry.get())
        });
        let is_slow = RwSignal::new(false);
        Effect::new(move |_| {
            is_slow.set(false);
            if paying.is_recording() {
                set_timeout(move || is_slow.set(paying.still_recording()), SLOW);
            }
        });
        let wrong = RwSignal::new(None);
        let before = StoredValue::new((Entry::default(), 0));
        Self { paying, method, entry, before, reference, last_four, wrong, standing, outcome, is_slow }
    }

    /// The store's currency. A cart without a store has no price and is not paid for.
    pub fn currency(self) -> Currency {
        self.paying.currency().unwrap_or(Currency::NONE)
    }

    fn decimals(self) -> u32 {
        untrack(|| self.currency().digits())
    }

    /// Does money go back?
    pub fn is_refund(self) -> bool {
        self.paying.total().is_ok_and(Minor::is_negative)
    }

    /// What is due by the chosen way, without its sign.
    pub fn due(self) -> Minor {
        due(self.standing.get(), self.method.get() == Method::Cash)
    }

    /// What the store's coins add when the rest is paid in cash.
    pub fn rounding(self) -> Minor {
        match self.standing.get() {
            Some(Standing::Open { remaining, in_cash }) => in_cash.minus(remaining).unwrap_or_default(),
            _ => Minor::ZERO,
        }
    }

    /// What is keyed in or was chosen.
    pub fn amount(self) -> Option<Minor> {
        self.entry.get().amount(self.currency().digits())
    }

    /// A key of the pad.
    pub fn press(self, key: Key) {
        if self.may_change() {
            self.wrong.set(None);
            let decimals = self.decimals();
            self.before.set_value((self.entry.get_untracked(), now_ms()));
            self.entry.update(|entry| *entry = entry.press(key, decimals));
        }
    }

    /// Something was scanned: its first letter looked like a key and is taken back.
    pub fn forget_last(self) {
        let (entry, at_ms) = self.before.get_value();
        // A scan into a field has not pressed a key here.
        if self.may_change() && now_ms().saturating_sub(at_ms) < LONGEST_SCAN_MS {
            self.entry.set(entry);
        }
    }

    /// An amount that is offered.
    pub fn offer(self, amount: Minor) {
        if self.may_change() {
            self.wrong.set(None);
            self.entry.set(Entry::whole(amount));
        }
    }

    /// Begins anew.
    pub fn wipe(self) {
        if self.may_change() {
            self.wrong.set(None);
            self.entry.set(Entry::default());
        }
    }

    fn may_change(self) -> bool {
        !self.paying.still_recording()
    }

    /// Another way to pay.
    pub fn choose(self, method: Method) {
        if self.may_change() && self.method.get_untracked() != method {
            self.wipe();
            self.method.set(method);
        }
    }

    /// The button that goes on, or Enter.
    pub fn confirm(self) {
        if !self.may_change() {
            return;
        }
        let (standing, method) = (self.standing.get_untracked(), self.method.get_untracked());
        match (standing, method) {
            (Some(Standing::Paid(_)), _) => self.paying.finish(),
            (Some(Standing::Open { .. }), Method::Cash) => self.confirm_cash(),
            (Some(Standing::Open { .. }), Method::Card) => self.confirm_card(),
            _ => {}
        }
    }

    fn confirm_cash(self) {
        let (due, entered) = untrack(|| (self.due(), self.amount()));
        let is_exact = untrack(|| self.is_refund()) || due.is_zero();
        match (entered, self.outcome.get_untracked()) {
            _ if is_exact => self.take(TenderKind::Cash, due),
            (None, _) => self.offer(due),
            (Some(amount), Outcome::Pays(_) | Outcome::Leaves(_)) => self.take(TenderKind::Cash, amount),
            _ => {}
        }
    }

    fn confirm_card(self) {
        let amount = untrack(|| self.amount().unwrap_or_else(|| self.due()));
        let (reference, last_four) = (self.reference.get_untracked(), self.last_four.get_untracked());
        self.take(kind_of(Method::Card, &reference, &last_four), amount);
    }

    fn take(self, kind: TenderKind, amount: Minor) {
        let signed = if untrack(|| self.is_refund()) { Minor(amount.0.saturating_neg()) } else { amount };
        match self.paying.take(kind, signed) {
            Ok(()) => self.begin_anew(),
            Err(error) => {
                // What must not be kept is not left standing on the screen either.
                if error == TenderError::CardNumber {
                    self.reference.set(String::new());
                }
                self.wrong.set(Some(error));
            }
        }
    }

    fn begin_anew(self) {
        self.entry.set(Entry::default());
        self.wrong.set(None);
        self.reference.set(String::new());
        self.last_four.set(String::new());
    }
}

/// The last digits are the only ones of a card that are asked for.
fn kind_of(method: Method, reference: &str, last_four: &str) -> TenderKind {
    match method {
        Method::Cash => TenderKind::Cash,
        Method::Card => TenderKind::Card {
            reference: reference.trim().to_owned(),
            last_four: Some(last_four.trim().to_owned()).filter(|digits| !digits.is_empty()),
        },
    }
}

fn due(standing: Option<Standing>, in_cash: bool) -> Minor {
    match standing {
        Some(Standing::Open { in_cash: due, .. }) if in_cash => Minor(due.0.saturating_abs()),
        Some(Standing::Open { remaining, .. }) => Minor(remaining.0.saturating_abs()),
        _ => Minor::ZERO,
    }
}

fn outcome(paying: Paying, standing: Option<Standing>, kind: TenderKind, entry: Entry) -> Outcome {
    let Some(currency) = paying.currency() else { return Outcome::Unset };
    let is_cash = kind == TenderKind::Cash;
    let due = due(standing, is_cash);
    let offered = if is_cash { None } else { Some(due) };
    let Some(amount) = entry.amount(currency.digits()).or(offered) else { return Outcome::Unset };
    if is_cash && !is_likely_cash(due, amount, currency) {
        return Outcome::Unlikely;
    }
    let is_refund = paying.total().is_ok_and(Minor::is_negative);
    let signed = if is_refund { Minor(amount.0.saturating_neg()) } else { amount };
    match paying.standing_with(kind, signed) {
        Ok(Standing::Paid(settlement)) => Outcome::Pays(settlement),
        Ok(Standing::Open { remaining, .. }) => Outcome::Leaves(Minor(remaining.0.saturating_abs())),
        Ok(Standing::Over(over)) => Outcome::Refused(TenderError::Over { over }),
        Err(TenderError::Sign) => Outcome::Unset,
        Err(error) => Outcome::Refused(error),
    }
}
