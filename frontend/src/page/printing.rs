//! Printing: an original once, then copies, each noted in the journal before it is printed.

use crate::component::print_receipt;
use crate::session::{RecordError, Till};
use leptos::prelude::*;
use shared::ids::SaleId;

/// How the receipt on the screen is printed. It is `Copy`.
#[derive(Clone, Copy)]
pub struct Printing {
    till: Till,
    is_copy: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<RecordError>>,
}

impl Printing {
    /// Of an original, or of copies only.
    pub fn new(till: Till) -> Self {
        Self {
            till,
            is_copy: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            problem: RwSignal::new(None),
        }
    }

    /// Does the receipt on the screen carry the copy mark?
    pub fn is_copy(self) -> bool {
        self.is_copy.get()
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
        self.problem.set(None);
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
                    print_receipt();
                }
                Err(error) => self.problem.set(Some(error)),
            }
            self.is_busy.set(false);
        });
    }
}
