//! Component: parts that several pages show.
//! Lives here: icons, dialogs, the keypad, the frame around the pages, the sync pill.
//! May use: session, i18n. Never: storage, network, devices, a rule of the shop.
//! Invariant: every part works by touch and by keyboard and has a name for a screen reader.

mod dialog;
mod icon;
mod keypad;

pub use dialog::Dialog;
pub use icon::{Icon, IconName};
pub use keypad::{Key, Keypad};
