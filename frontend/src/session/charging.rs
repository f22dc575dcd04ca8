//! Charging: the shell around `shared::terminal`: carries out what it says with this tablet's disk, terminal and open cart.
//! Invariant: a charge stays on the disk until its sale is recorded, or it is certain that nothing was charged.

use super::cart::OpenCart;
use super::paying::Paying;
use super::till::Till;
use crate::clock;
use crate::peripheral::terminal;
use leptos::prelude::*;
use shared::ids::TenderId;
use shared::money::Minor;
use shared::sale::Sale;
use shared::tender::{Tender, TenderError, TenderType};
use shared::terminal::{Approval, Charge, Charging, Connected, Input, Output, Stage};
use wasm_bindgen_futures::spawn_local;

/// How long to wait for a storage that does not answer.
const LOOK_AGAIN_MS: i64 = 1_000;

/// Cards charged by a terminal. It is `Copy`: take it from the context with [`use_charges`].
#[derive(Clone, Copy)]
pub struct Charges {
    till: Till,
    cart: OpenCart,
    paying: Paying,
    charging: RwSignal<Charging>,
    /// A charged card whose sale is not the open one.
    stray: RwSignal<Option<Tender>>,
    /// Was the last charge none?
    not_charged: RwSignal<bool>,
    /// Which terminal this tablet has.
    pub connected: RwSignal<Connected>,
}

/// The cards charged at this tablet.
pub fn use_charges() -> Charges {
    expect_context()
}

impl Charges {
    /// Looks for charges that were not over when the page went, as soon as this tab owns the tablet and its cart is back.
    pub fn start(till: Till, cart: OpenCart, paying: Paying) -> Self {
        let charges = Self {
            till,
            cart,
            paying,
            charging: RwSignal::default(),
            stray: RwSignal::new(None),
            not_charged: RwSignal::new(false),
            connected: RwSignal::default(),
        };
        let is_paired = Memo::new(move |_| till.identity.with(Option::is_some));
        Effect::new(move |_| {
            if till.owner.get() && is_paired.get() {
                spawn_local(async move { charges.find().await });
            }
        });
        Effect::new(move |_| {
            if let Some(sale) = paying.done() {
                spawn_local(async move { charges.recorded(&sale).await });
            }
        });
        charges
    }

    /// The charge that is not over, and where it stands.
    pub fn open(self) -> Option<(Charge, Stage)> {
        self.charging.with(|charging| charging.open().map(|(charge, stage)| (charge.clone(), stage.clone())))
    }

    /// Is a charge under way, or a card charged that has no sale?
    pub fn is_open(self) -> bool {
        self.charging.with(|charging| charging.open().is_some()) || self.stray.with(Option::is_some)
    }

    /// A charged card whose sale is not the open one.
    pub fn stray(self) -> Option<Tender> {
        self.stray.get()
    }

    /// Was the card not charged, the last time?
    pub fn was_not_charged(self) -> bool {
        self.not_charged.get()
    }

    /// Can the terminal be told what to charge?
    pub fn is_told(self) -> bool {
        terminal::is_told(self.connected.get())
    }

    /// Chooses the terminal of this tablet.
    pub fn connect(self, to: Connected) {
        self.connected.set(to);
        spawn_local(async move {
            if let Err(error) = self.till.device().keep_terminal(to).await {
                leptos::logging::warn!("terminal: {error}");
            }
        });
    }

    /// Has a card charged for the open sale.
    ///
    /// # Errors
    /// When that amount cannot be taken; nothing has changed then.
    pub fn begin(self, way: &TenderType, amount: Minor) -> Result<(), TenderError> {
        let id = TenderId(clock::mint());
        let would_be = way.tender(id, amount, "-", "")?;
        untrack(|| self.paying.standing_with(would_be.clone()))?;
        let Some(currency) = untrack(|| self.paying.currency()) else { return Ok(()) };
        self.not_charged.set(false);
        self.tell(Input::Begin(Charge {
            id,
            sale_id: untrack(|| self.cart.with(|cart| cart.id)),
            amount,
            currency,
            of: would_be.of,
            begun_at_ms: clock::now_ms(),
        }));
        Ok(())
    }

    /// Asks the terminal again.
    pub fn ask(self) {
        self.tell(Input::Ask);
    }

    /// A person has read the terminal's slip.
    pub fn by_hand(self, said: Option<Approval>) {
        self.tell(Input::ByHand(said));
    }

    /// A charged card without a sale was put right.
    pub fn settled(self) {
        if let Some(tender) = self.stray.get_untracked() {
            self.stray.set(None);
            spawn_local(async move { self.forget(tender.id).await });
        }
    }

    /// A person has taken a charged card out of the sale.
    pub fn removed(self, id: TenderId) {
        spawn_local(async move { self.forget(id).await });
    }

    fn tell(self, input: Input) {
        let (next, outputs) = self.charging.get_untracked().step(input);
        self.charging.set(next);
        outputs.into_iter().for_each(|output| self.carry_out(output));
    }

    fn carry_out(self, output: Output) {
        match output {
            Output::Keep(charge) => spawn_local(async move {
                let kept = self.till.device().change_charges(|charges| charges.push(charge)).await;
                self.tell(Input::Kept(kept.is_ok()));
            }),
            Output::Present(charge) => spawn_local(async move {
                let answer = terminal::charge(self.connected.get_untracked(), &charge).await;
                self.tell(Input::Heard(charge.id, answer));
            }),
            Output::Ask(id) => {
                let charge = self.open_untracked().filter(|charge| charge.id == id);
                spawn_local(async move {
                    let Some(charge) = charge else { return };
                    let answer = terminal::ask(self.connected.get_untracked(), &charge).await;
                    self.tell(Input::Heard(id, answer));
                });
            }
            Output::Take(tender) => self.take(tender),
            Output::Forget(id) => spawn_local(async move { self.forget(id).await }),
            Output::NotCharged => self.not_charged.set(true),
        }
    }

    fn open_untracked(self) -> Option<Charge> {
        self.charging.with_untracked(|charging| charging.open().map(|(charge, _)| charge.clone()))
    }

    /// Into the sale it is for, once; what is charged is taken whatever the sale has become.
    fn take(self, tender: Tender) {
        let id = tender.id;
        let of_cart = self
            .open_untracked()
            .is_some_and(|charge| untrack(|| self.cart.with(|cart| cart.id == charge.sale_id)));
        if of_cart {
            self.paying.take_charged(tender)
        } else {
            self.stray.set(Some(tender))
        }
        self.tell(Input::Taken(id));
    }

    async fn forget(self, id: TenderId) {
        if let Err(error) = self.till.device().change_charges(|all| all.retain(|known| known.id != id)).await
        {
            leptos::logging::warn!("terminal: {error}");
        }
    }

    async fn recorded(self, sale: &Sale) {
        for tender in &sale.tenders {
            self.forget(tender.id).await;
        }
    }

    /// Charges that were not over. One whose sale is recorded is; the others are asked for, one after the other.
    async fn find(self) {
        let device = self.till.device();
        // A storage that is away for the moment hides no charge: it is looked at again until it answers.
        let (terminal, charges) = loop {
            match (device.terminal().await, device.charges().await) {
                (Ok(terminal), Ok(charges)) => break (terminal, charges),
                _ => clock::pause(LOOK_AGAIN_MS).await,
            }
        };
        self.connected.set(terminal);
        while self.till.cart_comes_back() {
            clock::pause(50).await;
        }
        for charge in charges {
            let sale = loop {
                match device.sale(charge.sale_id).await {
                    Ok(sale) => break sale,
                    Err(_) => clock::pause(LOOK_AGAIN_MS).await,
                }
            };
            if sale.is_some_and(|sale| sale.tenders.iter().any(|tender| tender.id == charge.id)) {
                self.forget(charge.id).await;
                continue;
            }
            // A sale that is paid by it is recorded by whoever is at the till.
            while self.till.signed_in().is_none() || self.is_open_untracked() {
                clock::pause(200).await;
            }
            self.tell(Input::Found(charge));
        }
    }

    fn is_open_untracked(self) -> bool {
        untrack(|| self.is_open())
    }
}
