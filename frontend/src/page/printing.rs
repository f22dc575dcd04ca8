//! Printing: an original once, then copies, each noted in the journal before it is printed; how a printout stands, in words.

use crate::component::{Icon, IconName, print_receipt};
use crate::i18n::t;
use crate::session::{PortError, Printers, RecordError, Standing, Standings, Till, use_printers};
use leptos::prelude::*;
use shared::ids::SaleId;
use shared::printing::{About, Hold, Work};
use shared::receipt::{Receipt, gift_receipt, receipt};
use shared::sale::Sale;
use shared::store::Store;

/// How the receipt on the screen is printed. It is `Copy`.
#[derive(Clone, Copy)]
pub struct Printing {
    till: Till,
    printers: Printers,
    is_copy: RwSignal<bool>,
    is_gift: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<RecordError>>,
}

impl Printing {
    /// Of an original, or of copies only.
    pub fn new(till: Till) -> Self {
        Self {
            till,
            printers: use_printers(),
            is_copy: RwSignal::new(false),
            is_gift: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            problem: RwSignal::new(None),
        }
    }

    /// The receipt as it is on the screen, and would be printed.
    pub fn receipt(self, sale: &Sale, store: &Store) -> Receipt {
        if self.is_gift.get() { gift_receipt(sale, store) } else { receipt(sale, store, self.is_copy.get()) }
    }

    /// Is a copy being noted?
    pub fn is_busy(self) -> bool {
        self.is_busy.get()
    }

    /// Why no copy was printed.
    pub fn problem(self) -> Option<RecordError> {
        self.problem.get()
    }

    /// Another receipt is on the screen.
    pub fn begin_anew(self) {
        self.is_copy.set(false);
        self.is_gift.set(false);
        self.problem.set(None);
    }

    /// Prints the receipt as it is on the screen: by the tablet's printer, else by the browser.
    pub fn print(self, sale_id: SaleId) {
        self.is_gift.set(false);
        self.send(Work::Receipt { sale_id, copy: self.is_copy.get_untracked() });
    }

    /// Prints what goes with a present.
    pub fn gift(self, sale_id: SaleId) {
        self.is_gift.set(true);
        self.send(Work::GiftReceipt { sale_id });
    }

    fn send(self, work: Work) {
        print(self.printers, work);
    }

    /// Notes a copy in the journal, marks the receipt on the screen, and prints it.
    pub fn copy(self, sale_id: SaleId) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            match self.till.record_reprint(sale_id).await {
                Ok(()) => {
                    self.is_copy.set(true);
                    self.print(sale_id);
                }
                Err(error) => self.problem.set(Some(error)),
            }
            self.is_busy.set(false);
        });
    }
}

/// Prints what is on the screen: by the tablet's printer, else by the browser.
pub fn print(printers: Printers, work: Work) {
    if !printers.print(work) {
        print_receipt();
    }
}

/// How the newest printout of a receipt or a report stands, with what there is to do about it.
#[component]
pub fn PrintStanding(
    /// What is on the screen.
    #[prop(into)]
    about: Signal<About>,
) -> impl IntoView {
    let printers = use_printers();
    let now = Memo::new(move |_| printers.standing(about.get()));
    let is_shut =
        Memo::new(move |_| matches!(about.get(), About::Sale(sale_id) if printers.drawer_failed(sale_id)));
    view! {
        <div class="print-standing" role="status">
            {move || is_shut.get().then(|| view! { <p class="note warn">{t!("pay.drawer_failed")}</p> })}
            {move || now.get().map(|of| view! {
                <p class=class(of.standing)>{standing_words(of.standing)}</p>
                <Decision of />
            })}
        </div>
    }
}

/// What a person can do about a printout that does not come out by itself.
#[component]
pub fn Decision(of: Standings) -> impl IntoView {
    let printers = use_printers();
    let (again, forget) = match of.standing {
        Standing::Unsure => (true, Some(t!("pay.printer_is_out"))),
        Standing::Failed => (true, Some(t!("pay.printer_forget_job"))),
        Standing::Held(_) | Standing::Away(_) => (false, Some(t!("pay.printer_forget_job"))),
        Standing::Printing | Standing::Printed { .. } => (false, None),
    };
    view! {
        {(again || forget.is_some()).then(|| view! {
            <div class="actions">
                {again.then(|| view! {
                    <button class="btn line" on:click=move |_| printers.again(of)>
                        <Icon name=IconName::Print />
                        {t!("pay.printer_again")}
                    </button>
                })}
                {forget.map(|words| view! {
                    <button class="btn line" on:click=move |_| printers.forget(of)>{words}</button>
                })}
            </div>
        })}
    }
}

/// The look of a standing.
pub const fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Printed { .. } => "note ok",
        Standing::Printing => "note info",
        Standing::Held(_) | Standing::Away(_) | Standing::Unsure => "note warn",
        Standing::Failed => "note bad",
    }
}

/// How a printout stands.
pub fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Held(hold) => hold_words(hold),
        Standing::Away(error) => trouble_words(error),
        Standing::Printing => t!("pay.printer_printing"),
        Standing::Printed { proven: true } => t!("pay.printer_printed"),
        Standing::Printed { proven: false } => t!("pay.printer_sent"),
        Standing::Unsure => t!("pay.printer_unsure"),
        Standing::Failed => t!("pay.printer_failed"),
    }
}

/// Why a printer cannot be used, and what helps.
pub fn trouble_words(error: PortError) -> &'static str {
    match error {
        PortError::Unsupported => t!("pay.printer_unsupported"),
        PortError::NoPrinter => t!("pay.printer_no_printer"),
        PortError::Taken => t!("pay.printer_taken"),
        PortError::Gone | PortError::NotChosen => t!("pay.printer_unplugged"),
        PortError::Broken => t!("pay.printer_failed"),
        PortError::NoServer => t!("pay.printer_no_server"),
        PortError::Unreached => t!("pay.printer_unreached"),
        PortError::NotReached => t!("pay.printer_not_reached"),
        PortError::LoadAnew => t!("pay.printer_load_anew"),
        PortError::Removed => t!("pay.printer_removed"),
        PortError::Forgotten => t!("pay.printer_forgotten"),
    }
}

/// Why nothing comes out, and what helps.
pub fn hold_words(hold: Hold) -> &'static str {
    match hold {
        Hold::Unplugged => t!("pay.printer_unplugged"),
        Hold::PaperOut => t!("pay.printer_paper_out"),
        Hold::CoverOpen => t!("pay.printer_cover_open"),
        Hold::Trouble => t!("pay.printer_trouble"),
        Hold::Silent => t!("pay.printer_silent"),
    }
}
