//! Taking: what is keyed in on the pay page, and what the next press does with it.

use super::account::{self, Stand};
use super::entry::Entry;
use crate::component::Key;
use crate::session::{Charges, Paying, mint, now_ms};
use leptos::prelude::*;
use shared::approval::Need;
use shared::ids::{TenderId, TenderTypeId};
use shared::money::{Currency, Minor};
use shared::tender::{
    ForeignRate, Settlement, Standing, Tender, TenderError, TenderType, TypeKind, is_likely_cash,
};
use std::time::Duration;

/// After that long a person is told that it is still being written.
const SLOW: Duration = Duration::from_secs(3);

/// A scanner has typed a code in less.
const LONGEST_SCAN_MS: i64 = 1_000;

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

/// A payment, and the way it is made.
#[derive(Clone)]
pub struct Handed {
    way: TenderType,
    tender: Tender,
}

/// A payment that somebody has to approve first.
#[derive(Clone)]
pub struct Asking {
    /// What of it.
    pub needs: Vec<Need>,
    handed: Handed,
}

/// The state of the page. It is `Copy`.
#[derive(Clone, Copy)]
pub struct Taking {
    /// The session's side.
    pub paying: Paying,
    /// Cards charged by a terminal.
    pub charges: Charges,
    /// The ways to pay there are.
    pub ways: Memo<Vec<TenderType>>,
    /// The one that a person has chosen.
    chosen: RwSignal<Option<TenderTypeId>>,
    /// How the goods that come back were paid, as far as money goes back in it and has not yet.
    pub backs: Memo<Vec<Tender>>,
    /// How the next payment is made: as chosen, else in the first way there is; money goes back the way it came.
    pub way: Memo<Option<TenderType>>,
    /// Its amount; of cash of another currency in that one.
    pub entry: RwSignal<Entry>,
    /// The amount before the last key, and when that was pressed.
    before: StoredValue<(Entry, i64)>,
    /// The number of the payment at the terminal, of the voucher, of the cheque.
    pub reference: RwSignal<String>,
    /// The card's last digits.
    pub last_four: RwSignal<String>,
    /// Why the payment was not taken.
    pub wrong: RwSignal<Option<TenderError>>,
    /// How far paying is.
    pub standing: Memo<Option<Standing>>,
    /// What the amount would do.
    pub outcome: Memo<Outcome>,
    /// What is on the account that is to pay.
    pub account: RwSignal<Option<Stand>>,
    /// What somebody has to approve before it is taken.
    pub asked: RwSignal<Option<Asking>>,
    /// Does recording take unusually long?
    pub is_slow: RwSignal<bool>,
}

impl Taking {
    /// With nothing keyed in.
    pub fn new(paying: Paying, charges: Charges) -> Self {
        let ways = Memo::new(move |_| paying.ways());
        let chosen = RwSignal::new(None);
        let backs = Memo::new(move |_| {
            let mut backs = paying.ways_back();
            ways.with(|ways| {
                backs.retain(|back| ways.iter().any(|way| Some(way.id) == back.type_id()));
            });
            backs
        });
        let way = Memo::new(move |_| {
            let id = chosen.get().or_else(|| backs.with(|backs| backs.first().and_then(Tender::type_id)));
            ways.with(|ways| ways.iter().find(|way| Some(way.id) == id).or(ways.first()).cloned())
        });
        let entry = RwSignal::new(Entry::default());
        let (reference, last_four) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let standing = Memo::new(move |_| paying.standing());
        let account = RwSignal::new(None);
        follow_account(paying, way, reference, account);
        let outcome = Memo::new(move |_| {
            let typed = (reference.get(), last_four.get());
            way.with(|way| match way {
                Some(way) => {
                    let due = backs.with(|backs| due_in(standing.get(), way, backs));
                    outcome(paying, due, way, entry.get(), &typed, account.get().as_ref())
                }
                None => Outcome::Unset,
            })
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
        Self {
            paying,
            charges,
            ways,
            chosen,
            backs,
            way,
            entry,
            before,
            reference,
            last_four,
            wrong,
            standing,
            outcome,
            account,
            asked: RwSignal::new(None),
            is_slow,
        }
    }

    /// The store's currency. A cart without a store has no price and is not paid for.
    pub fn currency(self) -> Currency {
        self.paying.currency().unwrap_or(Currency::NONE)
    }

    /// The currency that is keyed in: another one where its cash is taken.
    pub fn keyed_currency(self) -> Currency {
        self.foreign().map_or_else(|| self.currency(), |foreign| foreign.currency)
    }

    /// The rate, where cash of another currency is taken.
    pub fn foreign(self) -> Option<ForeignRate> {
        self.way.with(|way| way.as_ref()?.foreign)
    }

    fn decimals(self) -> u32 {
        untrack(|| self.keyed_currency().digits())
    }

    /// Does money go back?
    pub fn is_refund(self) -> bool {
        self.paying.total().is_ok_and(Minor::is_negative)
    }

    /// What is due by the chosen way, without its sign; of money that goes back no more than came that way, if any did.
    pub fn due(self) -> Minor {
        let standing = self.standing.get();
        let due = self.way.with(|way| match way {
            Some(way) => self.backs.with(|backs| due_in(standing, way, backs)),
            None => due(standing, false),
        });
        // An account pays no more than there is.
        match self.account.get().filter(|_| self.is_account() && !self.is_refund()) {
            Some(stand) => due.min(stand.left),
            None => due,
        }
    }

    /// The same in the currency that is keyed in.
    pub fn due_as_keyed(self) -> Minor {
        let due = self.due();
        self.foreign().map_or(due, |foreign| foreign.needed_for(due).unwrap_or(due))
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
        self.entry.get().amount(self.keyed_currency().digits())
    }

    /// What is keyed in, or all that is due where nothing is.
    pub fn amount_or_due(self) -> Minor {
        self.amount().unwrap_or_else(|| self.due_as_keyed())
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
        !self.paying.still_recording() && !untrack(|| self.charges.is_open())
    }

    /// Is it being recorded, or a card at the terminal? Nothing may be changed then.
    pub fn is_held(self) -> bool {
        self.paying.is_recording() || self.charges.is_open()
    }

    /// Is the chosen way a card that the terminal is told to charge?
    pub fn is_told(self) -> bool {
        self.charges.is_told()
            && self.way.with(|way| way.as_ref().is_some_and(|way| way.kind == TypeKind::Card))
    }

    /// Does the chosen way move an account?
    pub fn is_account(self) -> bool {
        self.way.with(|way| way.as_ref().is_some_and(|way| way.kind.is_account()))
    }

    /// Another way to pay.
    pub fn choose(self, id: TenderTypeId) {
        let is_it = self.way.with_untracked(|way| way.as_ref().is_some_and(|way| way.id == id));
        if self.may_change() {
            self.chosen.set(Some(id));
            if !is_it {
                self.begin_anew();
            }
        }
    }

    /// The way at this place, from the first on.
    pub fn choose_at(self, place: usize) {
        if let Some(id) = self.ways.with_untracked(|ways| ways.get(place).map(|way| way.id)) {
            self.choose(id);
        }
    }

    /// The button that goes on, or Enter.
    pub fn confirm(self) {
        if !self.may_change() {
            return;
        }
        let kind = self.way.with_untracked(|way| way.as_ref().map(|way| way.kind));
        match (self.standing.get_untracked(), kind) {
            (Some(Standing::Paid(_)), _) => self.paying.finish(),
            (Some(Standing::Open { .. }), Some(TypeKind::Cash | TypeKind::ForeignCash)) => {
                self.confirm_cash()
            }
            (Some(Standing::Open { .. }), Some(_)) => self.take(untrack(|| self.amount_or_due())),
            _ => {}
        }
    }

    fn confirm_cash(self) {
        let (due, entered) = untrack(|| (self.due_as_keyed(), self.amount()));
        let is_exact = untrack(|| self.is_refund()) || due.is_zero();
        match (entered, self.outcome.get_untracked()) {
            _ if is_exact => self.take(due),
            (None, _) => self.offer(due),
            (Some(amount), Outcome::Pays(_) | Outcome::Leaves(_)) => self.take(amount),
            _ => {}
        }
    }

    fn take(self, amount: Minor) {
        let Some(way) = self.way.get_untracked() else { return };
        let signed = if untrack(|| self.is_refund()) { Minor(amount.0.saturating_neg()) } else { amount };
        let fault = untrack(|| account::fault(self, &way, amount, self.is_refund()));
        if fault.is_some() {
            return self.wrong.set(fault);
        }
        let (reference, last_four) = (self.reference.get_untracked(), self.last_four.get_untracked());
        // A terminal gives the number of the payment itself.
        let reference = if untrack(|| self.is_told()) { "-".to_owned() } else { reference };
        match way.tender(TenderId(mint()), signed, &reference, &last_four) {
            Ok(tender) => self.hand(Handed { way, tender }),
            Err(error) => self.refuse(error),
        }
    }

    /// How much of an earlier payment could go back now.
    pub fn backable(self, paid: &Tender) -> Minor {
        due(self.standing.get(), paid.counts_as_cash()).min(paid.amount)
    }

    /// Gives back in the way of an earlier payment, as much of it as is due.
    pub fn give_back(self, paid: &Tender) {
        let amount = untrack(|| self.backable(paid));
        let way =
            self.ways.with_untracked(|ways| ways.iter().find(|way| Some(way.id) == paid.type_id()).cloned());
        if let Some(way) = way
            && self.may_change()
            && !amount.is_zero()
        {
            let tender =
                Tender { id: TenderId(mint()), amount: Minor(amount.0.saturating_neg()), ..paid.clone() };
            self.hand(Handed { way, tender });
        }
    }

    /// Takes it, or asks somebody first where money goes back in another way than it came.
    fn hand(self, handed: Handed) {
        let needs = self.paying.not_approved_with(&handed.tender);
        if needs.is_empty() {
            self.finally(handed);
        } else {
            self.asked.set(Some(Asking { needs, handed }));
        }
    }

    /// It was approved.
    pub fn go_on(self) {
        let asked = self.asked.get_untracked();
        self.asked.set(None);
        if let Some(Asking { handed, .. }) = asked {
            self.finally(handed);
        }
    }

    fn finally(self, Handed { way, tender }: Handed) {
        let taken = if way.kind == TypeKind::Card && untrack(|| self.charges.is_told()) {
            self.charges.begin(&way, tender.amount)
        } else {
            self.paying.take(tender)
        };
        match taken {
            Ok(()) => {
                self.begin_anew();
                // The next of the ways it came.
                if untrack(|| self.is_refund()) {
                    self.chosen.set(None);
                }
            }
            Err(error) => self.refuse(error),
        }
    }

    fn refuse(self, error: TenderError) {
        // What must not be kept is not left standing on the screen either.
        if error == TenderError::CardNumber {
            self.reference.set(String::new());
        }
        self.wrong.set(Some(error));
    }

    /// Is something still to pay or to give back?
    pub fn is_open(self) -> bool {
        matches!(self.standing.get(), Some(Standing::Open { .. }))
    }

    fn begin_anew(self) {
        self.entry.set(Entry::default());
        self.wrong.set(None);
        self.reference.set(String::new());
        self.last_four.set(String::new());
    }
}

fn due(standing: Option<Standing>, in_cash: bool) -> Minor {
    match standing {
        Some(Standing::Open { in_cash: due, .. }) if in_cash => Minor(due.0.saturating_abs()),
        Some(Standing::Open { remaining, .. }) => Minor(remaining.0.saturating_abs()),
        _ => Minor::ZERO,
    }
}

/// The same by this way; where money goes back no more than came in it, if any did.
fn due_in(standing: Option<Standing>, way: &TenderType, backs: &[Tender]) -> Minor {
    let due = due(standing, way.counts_as_cash());
    let came = backs.iter().filter(|back| back.type_id() == Some(way.id)).map(|back| back.amount).max();
    came.map_or(due, |came| due.min(came))
}

/// Looks at the account again whenever it is another one, or something was taken from it.
fn follow_account(
    paying: Paying,
    way: Memo<Option<TenderType>>,
    reference: RwSignal<String>,
    account: RwSignal<Option<Stand>>,
) {
    let key = Memo::new(move |_| {
        way.with(|way| reference.with(|text| account::key_of(paying, way.as_ref()?, text)))
    });
    Effect::new(move |_| {
        let taken = paying.tenders();
        let key = key.get();
        account.set(None);
        if let Some(key) = key {
            leptos::task::spawn_local(async move {
                let stand = account::stand(paying, key).await;
                account.try_set(stand);
            });
        }
        taken.len()
    });
}

fn outcome(
    paying: Paying,
    due: Minor,
    way: &TenderType,
    entry: Entry,
    (reference, last_four): &(String, String),
    account: Option<&Stand>,
) -> Outcome {
    let Some(currency) = paying.currency() else { return Outcome::Unset };
    let is_cash = matches!(way.kind, TypeKind::Cash | TypeKind::ForeignCash);
    let keyed = way.foreign.map_or(currency, |foreign| foreign.currency);
    let due = way.foreign.map_or(Some(due), |foreign| foreign.needed_for(due)).unwrap_or(due);
    let is_refund = paying.total().is_ok_and(Minor::is_negative);
    let left = account.filter(|_| way.kind.is_account() && !is_refund).map(|stand| stand.left);
    let offered = if is_cash { None } else { Some(left.map_or(due, |left| due.min(left))) };
    let Some(amount) = entry.amount(keyed.digits()).or(offered) else { return Outcome::Unset };
    if is_cash && !is_likely_cash(due, amount, keyed) {
        return Outcome::Unlikely;
    }
    if way.kind == TypeKind::OnAccount && paying.customer().id.is_none() {
        return Outcome::Refused(TenderError::NoCustomer);
    }
    if way.kind.is_account() && account.is_none() {
        return Outcome::Unset;
    }
    if let Some(left) = left.filter(|left| amount > *left) {
        return Outcome::Refused(TenderError::Account { left });
    }
    let signed = if is_refund { Minor(amount.0.saturating_neg()) } else { amount };
    // What is missing is said when it is taken, not while it is typed.
    let tender = match way.tender(TenderId(uuid::Uuid::nil()), signed, reference, last_four) {
        Err(TenderError::NoReference) => way.tender(TenderId(uuid::Uuid::nil()), signed, "-", last_four),
        tender => tender,
    };
    match tender.and_then(|tender| paying.standing_with(tender)) {
        Ok(Standing::Paid(settlement)) => Outcome::Pays(settlement),
        Ok(Standing::Open { remaining, .. }) => Outcome::Leaves(Minor(remaining.0.saturating_abs())),
        Ok(Standing::Over(over)) => Outcome::Refused(TenderError::Over { over }),
        Err(TenderError::Sign) => Outcome::Unset,
        Err(error) => Outcome::Refused(error),
    }
}
