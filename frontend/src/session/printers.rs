//! Printers: the printers of this tablet, and what they print.
//! Lives here: the shell around `shared::printing`: a desk a printer that tells its queue what happened and carries out what
//! it says (`desk`), a job as bytes (`printout`; `beside` what no sale needs: labels, reports), how they get there (`way`; `afar`
//! where it is by no cable), and the printers as signals for the pages.
//! May use: device_store, peripheral, api_client, clock, shared rules. Never: markup, a decision about when something is sent.
//! Invariant: only the tab that owns the tablet prints; on a tablet without a printer nothing of this is begun.

mod afar;
mod beside;
mod desk;
mod labels;
mod printout;
mod way;
mod web;

pub use crate::peripheral::printer::{Connection, PortError};

use super::{Phase, Till};
use crate::clock;
use crate::device_store::KeptPrinter;
use crate::peripheral::printer;
use beside::Beside;
use desk::Desk;
use leptos::prelude::*;
use shared::cable::{Cable, WebPlace, WebService};
use shared::ids::{PrintJobId, PrinterId, ProductId, SaleId};
use shared::label::LabelKind;
use shared::printing::{About, Commands, Hold, Input, Job, JobState, Paper, PrintQueue, Printer, Work};
use shared::sale::Sale;
use shared::tender::opens_drawer;
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;
use way::OpenAfar;

/// A printer, for the pages.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownPrinter {
    /// It.
    pub printer: Printer,
    /// What it prints and has printed.
    pub queue: PrintQueue,
    /// Why it cannot be used though it is plugged in.
    pub trouble: Option<PortError>,
}

impl KnownPrinter {
    /// Does it hang on no cable of the tablet?
    pub fn is_afar(&self) -> bool {
        !way::is_on_cable(&self.printer.cable)
    }
}

/// How a printout stands, for whoever waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits until this is over.
    Held(Hold),
    /// It waits until the printer can be reached: this is in the way.
    Away(PortError),
    /// It waits for its turn, or is being printed.
    Printing,
    /// It is out: the printer has said so, or has taken it and says nothing.
    Printed {
        /// Has it said so?
        proven: bool,
    },
    /// A person must look whether it is out.
    Unsure,
    /// It is not out.
    Failed,
}

impl Standing {
    /// How a job of a printer stands.
    pub fn of(job: &Job, known: &KnownPrinter) -> Self {
        match (job.state, known.queue.hold()) {
            (JobState::Waiting, Some(Hold::Unplugged)) if known.is_afar() => {
                Self::Away(known.trouble.unwrap_or(PortError::Gone))
            }
            (JobState::Waiting | JobState::Ending, Some(hold)) => Self::Held(hold),
            (JobState::Waiting | JobState::Sending | JobState::Ending, _) => Self::Printing,
            (JobState::Printed { proven }, _) => Self::Printed { proven },
            (JobState::Unsure, _) => Self::Unsure,
            (JobState::Failed, _) => Self::Failed,
        }
    }
}

/// A job of a printer, for the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standings {
    /// Which printer.
    pub printer: PrinterId,
    /// Which job.
    pub job: PrintJobId,
    /// How it stands.
    pub standing: Standing,
}

/// The printers of this tablet. It is `Copy`: take it from the context with [`use_printers`].
#[derive(Clone, Copy)]
pub struct Printers {
    till: Till,
    /// Every one, in the order they were added.
    pub known: RwSignal<Arc<Vec<KnownPrinter>>>,
    desks: StoredValue<Vec<Rc<Desk>>, LocalStorage>,
    is_listening: StoredValue<bool>,
    /// What makes what no sale needs, once it is here.
    beside: StoredValue<Option<Beside>>,
    /// What opens printers that hang on no cable, once it is here.
    open_afar: StoredValue<Option<OpenAfar>>,
    /// Was this page loaded by a tablet of no shop?
    was_unpaired: StoredValue<bool>,
}

/// The printers of this tablet.
pub fn use_printers() -> Printers {
    expect_context()
}

impl Printers {
    /// Finds the printers again as soon as this tab owns the tablet.
    pub fn start(till: Till) -> Self {
        let printers = Self {
            till,
            known: RwSignal::default(),
            desks: StoredValue::new_local(Vec::new()),
            is_listening: StoredValue::new(false),
            beside: StoredValue::new(None),
            open_afar: StoredValue::new(None),
            was_unpaired: StoredValue::new(false),
        };
        Effect::new(move |_| {
            if till.phase.with(|phase| *phase == Phase::Unpaired) {
                printers.was_unpaired.set_value(true);
            }
        });
        let is_paired = Memo::new(move |_| till.identity.with(Option::is_some));
        Effect::new(move |_| match till.owner.get() && is_paired.get() {
            true => spawn_local(async move { printers.find_again().await }),
            false => printers.let_go(),
        });
        printers
    }

    async fn find_again(self) {
        match self.till.device().printers().await {
            Ok(kept) => kept.into_iter().for_each(|kept| self.set_up(kept)),
            Err(error) => leptos::logging::warn!("printers: {error}"),
        }
    }

    fn let_go(self) {
        let desks = self.desks.try_update_value(std::mem::take).unwrap_or_default();
        desks.iter().for_each(|desk| desk.end());
        self.show();
    }

    fn set_up(self, kept: KeptPrinter) {
        if self.desk(kept.printer.id).is_some() {
            return;
        }
        if self.is_listening.try_update_value(|is| !std::mem::replace(is, true)) == Some(true) {
            printer::on_plug(move || self.plugged());
        }
        let desk = Desk::new(self, kept);
        self.desks.update_value(|desks| desks.push(Rc::clone(&desk)));
        self.show();
        desk.connect();
    }

    fn plugged(self) {
        for desk in self.desks.try_with_value(Clone::clone).unwrap_or_default() {
            desk.look_for_it();
        }
    }

    fn desk(self, id: PrinterId) -> Option<Rc<Desk>> {
        self.desks.try_with_value(|desks| desks.iter().find(|desk| desk.id() == id).cloned()).flatten()
    }

    fn show(self) {
        let known =
            self.desks.try_with_value(|desks| desks.iter().map(|desk| desk.known()).collect::<Vec<_>>());
        let Some(known) = known else { return };
        if self.known.try_with_untracked(|before| **before != known) == Some(true) {
            self.known.set(Arc::new(known));
        }
    }

    /// Makes all of it durable. Printing goes on also where that fails: a receipt twice is better than none.
    async fn keep(self) {
        let kept: Vec<KeptPrinter> = self
            .desks
            .try_with_value(|desks| desks.iter().map(|desk| desk.kept()).collect())
            .unwrap_or_default();
        if let Err(error) = self.till.device().keep_printers(&kept).await {
            leptos::logging::warn!("printers: {error}");
        }
    }

    fn tell(self, printer: PrinterId, input: Input) {
        if let Some(desk) = self.desk(printer) {
            desk.tell(input);
        }
    }

    /// Lets a person choose a printer and adds it; only as an answer to a touch or a key.
    ///
    /// # Errors
    /// See [`PortError`].
    pub async fn add(self, connection: Connection, name: String) -> Result<PrinterId, PortError> {
        Ok(self.add_on(printer::choose(connection).await?, name).await)
    }

    /// Adds the printer on a cable, or finds the one that is there.
    async fn add_on(self, cable: Cable, name: String) -> PrinterId {
        let known = self.known.get_untracked();
        if let Some(again) = known.iter().find(|known| known.printer.cable == cable) {
            self.look(again.printer.id);
            return again.printer.id;
        }
        let id = PrinterId(clock::mint());
        let is_first = known.is_empty();
        let profile = match &cable {
            Cable::Web { place: WebPlace { service: WebService::WebPrnt, .. }, .. } => ANY_STAR,
            _ => ANY_KIND,
        };
        let printer = Printer {
            id,
            name,
            cable,
            commands: Commands::EscPos,
            profile: profile.to_owned(),
            paper: Paper::Widest,
            drawer: None,
            prints_by_itself: is_first,
        };
        self.set_up(KeptPrinter { printer, jobs: Vec::new() });
        self.keep().await;
        id
    }

    /// Changes what is set of a printer.
    pub fn change(self, printer: Printer) {
        if let Some(desk) = self.desk(printer.id) {
            desk.change(printer);
            self.show();
            spawn_local(async move { self.keep().await });
        }
    }

    /// Forgets a printer and what it has not printed.
    pub fn remove(self, id: PrinterId) {
        if let Some(desk) = self.desk(id) {
            desk.end();
            self.desks.update_value(|desks| desks.retain(|desk| desk.id() != id));
            self.show();
            spawn_local(async move { self.keep().await });
        }
    }

    /// Asks a printer how it is.
    pub fn look(self, id: PrinterId) {
        if let Some(desk) = self.desk(id) {
            desk.connect();
            desk.tell(Input::Look);
        }
    }

    /// Prints the page that shows what a printer can do.
    pub fn test(self, id: PrinterId) {
        self.tell(id, Input::Add(PrintJobId(clock::mint()), Work::SelfTest));
    }

    /// Opens the drawer of a printer.
    pub fn open_drawer(self, id: PrinterId) {
        self.tell(id, Input::Add(PrintJobId(clock::mint()), Work::Drawer));
    }

    /// Opens the drawer of this tablet without a sale, where it has one.
    pub fn open_the_drawer(self) {
        let known = self.known.get_untracked();
        if let Some(with) = known.iter().find(|known| known.printer.drawer.is_some()) {
            self.open_drawer(with.printer.id);
        }
    }

    /// Prints it (again).
    pub fn again(self, of: Standings) {
        self.tell(of.printer, Input::Again(of.job));
    }

    /// It is out, or not wanted any more.
    pub fn forget(self, of: Standings) {
        self.tell(of.printer, Input::Forget(of.job));
    }

    /// Prints a receipt or a report: the original once, anything else as often as it is asked for. False where there is no
    /// printer for it.
    pub fn print(self, work: Work) -> bool {
        let known = self.known.get_untracked();
        let Some(id) = printer_for(&known, work) else { return false };
        let job = work.once().unwrap_or_else(|| PrintJobId(clock::mint()));
        self.tell(id, Input::Add(job, work));
        true
    }

    /// From now on labels, reports and the shop's picture can be made, and printers be reached that hang on no cable; a part of
    /// the register says so.
    pub fn begin_beside(self) {
        self.beside.set_value(Some(beside::BESIDE));
        self.open_afar.set_value(Some(afar::open));
        beside::keep_logo(self.till);
        self.follow_store();
        // Those that were waited with.
        self.plugged();
    }

    /// The name of the printer that labels go to, if there is one.
    pub fn for_labels(self) -> Option<String> {
        let known = self.known.get();
        let id = printer_for(&known, LABELS)?;
        known.iter().find(|known| known.printer.id == id).map(|known| known.printer.name.clone())
    }

    /// What a finished sale sets in motion: the drawer for what belongs there or to give change, and the receipt where that is wanted. Once a sale, however
    /// often it is called. True where the receipt is being printed.
    pub fn after_sale(self, sale: &Sale) -> bool {
        let known = self.known.get_untracked();
        let types = self.till.tender_types.get_untracked();
        let opens = sale.tenders.iter().any(|tender| opens_drawer(&types, tender));
        if (opens || !sale.change.is_zero())
            && let Some(drawer) = known.iter().find(|known| known.printer.drawer.is_some())
        {
            self.tell(drawer.printer.id, Input::Add(drawer_of(sale.id), Work::Drawer));
        }
        let by_itself = known.iter().any(|known| known.printer.prints_by_itself);
        by_itself && self.print(Work::Receipt { sale_id: sale.id, copy: false })
    }

    /// Is there such a cable in this browser?
    pub fn can_have(self, connection: Connection) -> bool {
        printer::is_here(connection)
    }

    /// The number of a sale's receipt, for naming what is printed.
    pub async fn receipt_number(self, sale_id: SaleId) -> Option<String> {
        let sale = self.till.sale_kept(sale_id).await.ok()??;
        Some(sale.receipt_number.clone())
    }

    /// Was the drawer to be opened for a sale, and was not?
    pub fn drawer_failed(self, sale_id: SaleId) -> bool {
        let is_it = |job: &Job| job.id == drawer_of(sale_id) && job.state == JobState::Failed;
        self.known.with(|known| known.iter().any(|known| known.queue.jobs().iter().any(is_it)))
    }

    /// How the newest printout of it stands; none where none was asked for since the page was loaded, or it was forgotten.
    pub fn standing(self, about: About) -> Option<Standings> {
        self.known.get().iter().find_map(|known| {
            let of_it = |job: &&Job| job.work.about() == Some(about);
            let job = known.queue.jobs().iter().rev().find(of_it)?;
            let standing = Standing::of(job, known);
            Some(Standings { printer: known.printer.id, job: job.id, standing })
        })
    }
}

/// The kinds taken until a person has chosen one.
const ANY_KIND: &str = "default";
const ANY_STAR: &str = "star-80";
/// Any labels.
const LABELS: Work = Work::Labels { product_id: ProductId(Uuid::nil()), kind: LabelKind::Shelf, copies: 1 };

/// Labels go to a printer of labels, else to one of receipts; receipts to the one that prints them by itself, else to the first.
fn printer_for(known: &[KnownPrinter], work: Work) -> Option<PrinterId> {
    let of_labels = known.iter().find(|known| !known.printer.prints_receipts());
    let mut of_receipts = known.iter().filter(|known| known.printer.prints_receipts());
    let of_receipts =
        of_receipts.clone().find(|known| known.printer.prints_by_itself).or_else(|| of_receipts.next());
    let printer = match work {
        Work::Labels { .. } => of_labels.or(of_receipts),
        _ => of_receipts,
    };
    printer.map(|known| known.printer.id)
}

/// The drawer's job of a sale: a name that is the same the next time.
const fn drawer_of(sale_id: SaleId) -> PrintJobId {
    PrintJobId(Uuid::from_u128(sale_id.0.as_u128() ^ 1))
}
