//! Component: parts that several pages show.
//! Lives here: icons, dialogs, the keypad, keys of a page, receipts, toasts, the frame around the pages, the sync pill.
//! May use: session, i18n. Never: storage, network, devices, a rule of the shop.
//! Invariant: every part works by touch and by keyboard and has a name for a screen reader.

mod dialog;
mod frame;
mod icon;
mod keypad;
mod language_choice;
mod receipt_paper;
mod stroke;
mod sync_pill;
mod toast;

pub use dialog::Dialog;
pub use frame::Frame;
pub use icon::{Icon, IconName};
pub use keypad::{Key, Keypad};
pub use language_choice::LanguageChoice;
pub use receipt_paper::{ReceiptPaper, print_receipt};
pub use stroke::{Stroke, on_strokes};
pub use sync_pill::SyncPill;
pub use toast::{ToastPlace, Toasts, use_toasts};
