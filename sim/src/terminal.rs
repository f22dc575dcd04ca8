//! Terminal: a day of cards at one tablet, with a terminal that forgets to answer, answers late, or was never heard, and a
//! browser that is killed between any two steps.
//! Lives here: the terminal's model, the tablet's disk as far as charges go, the check of I17.
//! May use: the shipped rules of charging. Never: a rule of its own about asking again.
//! Invariant: what the terminal's model has charged is the truth that the recorded sales are held against.

use shared::ids::{SaleId, TenderId};
use shared::money::{Currency, Minor};
use shared::tender::Tender;
use shared::terminal::{Answer, Approval, Charge, Charging, Input, Output, Stage};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tillbridge::replay::chance::Chance;

/// More steps than any sale takes.
const MOST_STEPS: usize = 400;

/// What really happened to cards.
#[derive(Default)]
struct Terminal {
    /// How often each charge took money. Told twice, it takes it twice.
    charged: BTreeMap<TenderId, u32>,
    /// Charges it was asked about before it had heard of them, or that a person has cancelled on it.
    refused: BTreeSet<TenderId>,
    /// On their way to it.
    under_way: Vec<TenderId>,
}

impl Terminal {
    fn arrive(&mut self, id: TenderId) -> bool {
        let takes = !self.refused.contains(&id);
        if takes {
            *self.charged.entry(id).or_default() += 1;
        }
        takes
    }

    fn approval(&self, id: TenderId) -> Option<Approval> {
        let number = self.charged.keys().position(|known| *known == id)?;
        Some(Approval { reference: format!("T-{number}"), last_four: None })
    }
}

/// What survives a kill.
#[derive(Clone, Default)]
struct Disk {
    charges: Vec<Charge>,
    /// The open cart: which sale, and what was taken for it. Its newest change may be lost.
    cart: Vec<Tender>,
    sales: Vec<(SaleId, Vec<Tender>)>,
}

struct Counter<'a> {
    terminal: Terminal,
    disk: Disk,
    charging: Charging,
    cart: Vec<Tender>,
    sale_id: SaleId,
    faulty: bool,
    chance: &'a mut Chance,
}

/// So many card sales; says what must not be.
pub fn day(sales: usize, faulty: bool, chance: &mut Chance) -> Vec<String> {
    let sale_id = SaleId::fresh(&mut chance.ids(0));
    let mut counter = Counter {
        terminal: Terminal::default(),
        disk: Disk::default(),
        charging: Charging::default(),
        cart: Vec::new(),
        sale_id,
        faulty,
        chance,
    };
    let mut wrong = Vec::new();
    for number in 0..sales {
        if !counter.sell(i64::try_from(number).unwrap_or(0)) {
            wrong.push(format!("I17: card sale {number} came to no end"));
        }
    }
    counter.check(&mut wrong);
    wrong
}

impl Counter<'_> {
    fn at_times(&mut self, percent: u32) -> bool {
        self.faulty && self.chance.percent(percent)
    }

    /// A sale for one card, or for two; false where it never ends.
    fn sell(&mut self, now_ms: i64) -> bool {
        self.sale_id = SaleId::fresh(&mut self.chance.ids(now_ms));
        self.cart.clear();
        self.disk.cart.clear();
        let total = i64::try_from(100 + self.chance.below(10_000)).unwrap_or(100);
        let first = if self.chance.percent(30) { total / 2 } else { total };
        for _ in 0..MOST_STEPS {
            self.late();
            let paid: i64 = self.cart.iter().map(|tender| tender.amount.0).sum();
            let stage = self.charging.open().map(|(_, stage)| stage.clone());
            match stage {
                None if paid >= total => {
                    self.record();
                    return true;
                }
                None => match self.not_over() {
                    Some(charge) => self.hear(Input::Found(charge)),
                    None => self.begin(if paid == 0 { first } else { total - paid }, now_ms),
                },
                Some(Stage::Unknown { asking: false }) if self.chance.percent(70) => self.hear(Input::Ask),
                Some(Stage::Unknown { .. }) => self.by_hand(),
                // Nothing is under way in a browser that runs: it was told all there is.
                Some(_) => self.die(),
            }
        }
        false
    }

    fn begin(&mut self, amount: i64, now_ms: i64) {
        let charge = Charge {
            id: TenderId::fresh(&mut self.chance.ids(now_ms)),
            sale_id: self.sale_id,
            amount: Minor(amount),
            currency: Currency::NONE,
            of: None,
            begun_at_ms: now_ms,
        };
        self.hear(Input::Begin(charge));
    }

    /// A charge on the disk whose payment is in no sale.
    fn not_over(&self) -> Option<Charge> {
        let taken = |id: TenderId| {
            let sold = self.disk.sales.iter().flat_map(|(_, tenders)| tenders);
            sold.chain(&self.cart).any(|tender| tender.id == id)
        };
        self.disk.charges.iter().find(|charge| !taken(charge.id)).cloned()
    }

    /// A person reads the slip, or cancels what the terminal has not done.
    fn by_hand(&mut self) {
        let Some(id) = self.charging.open().map(|(charge, _)| charge.id) else { return };
        let approval = self.terminal.approval(id);
        if approval.is_none() {
            self.terminal.refused.insert(id);
        }
        self.hear(Input::ByHand(approval));
    }

    /// What was on its way arrives, or takes its time.
    fn late(&mut self) {
        if self.chance.percent(50)
            && let Some(id) = self.terminal.under_way.pop()
        {
            self.terminal.arrive(id);
        }
    }

    fn hear(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let (next, outputs) = std::mem::take(&mut self.charging).step(input);
            self.charging = next;
            for output in outputs {
                if self.at_times(4) {
                    return self.die();
                }
                inputs.extend(self.carry_out(output));
                if self.at_times(4) {
                    return self.die();
                }
            }
        }
    }

    fn carry_out(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Keep(_) if self.at_times(3) => Some(Input::Kept(false)),
            Output::Keep(charge) => {
                self.disk.charges.push(charge);
                Some(Input::Kept(true))
            }
            Output::Present(charge) => Some(Input::Heard(charge.id, self.present(charge.id))),
            Output::Ask(id) => Some(Input::Heard(id, self.ask(id))),
            Output::Take(tender) => {
                let id = tender.id;
                if self.cart.iter().all(|taken| taken.id != id) {
                    self.cart.push(tender);
                }
                if !self.at_times(10) {
                    self.disk.cart.clone_from(&self.cart);
                }
                Some(Input::Taken(id))
            }
            Output::Forget(id) => {
                self.disk.charges.retain(|charge| charge.id != id);
                None
            }
            Output::NotCharged => None,
        }
    }

    fn present(&mut self, id: TenderId) -> Answer {
        if self.at_times(8) {
            return Answer::Silent;
        }
        if self.at_times(8) {
            self.terminal.under_way.push(id);
            return Answer::Silent;
        }
        if self.chance.percent(8) {
            self.terminal.refused.insert(id);
            return Answer::Declined;
        }
        if !self.terminal.arrive(id) {
            return Answer::Declined;
        }
        if self.at_times(15) { Answer::Silent } else { self.ask(id) }
    }

    fn ask(&mut self, id: TenderId) -> Answer {
        if self.at_times(15) {
            return Answer::Silent;
        }
        match self.terminal.approval(id) {
            Some(approval) => Answer::Approved(approval),
            None => {
                self.terminal.refused.insert(id);
                Answer::Declined
            }
        }
    }

    /// The browser is killed and started again.
    fn die(&mut self) {
        self.charging = Charging::default();
        self.cart.clone_from(&self.disk.cart);
    }

    fn record(&mut self) {
        self.disk.sales.push((self.sale_id, self.cart.clone()));
        // Killed here, the charges are still there, and over by their sale.
        if !self.at_times(10) {
            let taken: BTreeSet<TenderId> = self.cart.iter().map(|tender| tender.id).collect();
            self.disk.charges.retain(|charge| !taken.contains(&charge.id));
        }
    }

    /// I17: every card that was charged is one payment of one recorded sale, and the other way round.
    fn check(&mut self, wrong: &mut Vec<String>) {
        while let Some(id) = self.terminal.under_way.pop() {
            self.terminal.arrive(id);
        }
        let mut recorded: BTreeMap<TenderId, u32> = BTreeMap::new();
        for tender in self.disk.sales.iter().flat_map(|(_, tenders)| tenders) {
            *recorded.entry(tender.id).or_default() += 1;
        }
        for (id, times) in &self.terminal.charged {
            if *times != 1 {
                wrong.push(format!("I17: a card was charged {times} times for {id}"));
            }
            if !recorded.contains_key(id) {
                wrong.push(format!("I17: a card was charged for {id}, which is in no sale"));
            }
        }
        for (id, times) in &recorded {
            if *times != 1 || !self.terminal.charged.contains_key(id) {
                wrong.push(format!("I17: payment {id} is recorded {times} times for what was charged"));
            }
        }
    }
}
