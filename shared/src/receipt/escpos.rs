//! ESC/POS: a receipt as the bytes receipt printers take.
//! Lives here: the printers' commands, their code pages, what each kind of printer can do.
//! May use: the receipt, json. Never: a cable or network; drawing letters, which is the browser's affair.
//! Invariant: no text can command the printer; what it cannot write is told as rows to draw, never as question marks.

mod code_page;
mod commands;
mod profile;

pub use code_page::CodePage;
pub use commands::{Align, Commands, Cut, DrawerPin, QrLevel, Unprintable, code128_width_dots};
pub use profile::{CodePages, Profile, profile, profiles};
