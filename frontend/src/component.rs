//! Component: parts that several pages show.
//! Lives here: icons, dialogs, the keypad, keys of a page, receipts, toasts, the frame around the pages, the sync pill,
//! forms, lists, the chart.
//! May use: session, i18n. Never: storage, network, devices, a rule of the shop.
//! Invariant: every part works by touch and by keyboard and has a name for a screen reader.

mod chart;
mod dialog;
mod file_button;
mod form;
mod frame;
mod icon;
mod keypad;
mod language_choice;
mod note;
mod notices;
mod number_entry;
mod receipt_paper;
mod save_file;
mod seek;
mod stroke;
mod sync_pill;
mod sync_words;
mod ticks;
mod toast;

pub use chart::HourChart;
pub use dialog::Dialog;
pub use file_button::{FileButton, dropped_file};
pub use form::{Below, Choose, Field, Form, FormBody, Home, Radios, Submit, Switch, wrong};
pub use frame::Frame;
pub use icon::{Icon, IconName};
pub use keypad::{Key, Keypad};
pub use language_choice::LanguageChoice;
pub use note::{Empty, Failed, Note, trouble_words};
pub use notices::Notices;
pub use number_entry::NumberEntry;
pub use receipt_paper::{ReceiptPaper, print_receipt};
pub use save_file::save_file;
pub use seek::{ListEnd, Seek};
pub use stroke::{Stroke, on_strokes, on_strokes_of_dialog};
pub use sync_pill::SyncPill;
pub use sync_words::{clock_words, sync_words};
pub use ticks::{left, ticking};
pub use toast::{ToastPlace, Toasts, use_toasts};
