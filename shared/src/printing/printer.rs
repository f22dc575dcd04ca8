//! Printer: a printer as a tablet knows it.
//! Lives here: its name, its kind, its paper, its drawer.
//! May use: ids, cable, the kinds of printers. Never: a cable itself.
//! Invariant: it is found again by its cable after it was unplugged, without asking anybody.

use crate::cable::Cable;
use crate::ids::PrinterId;
use crate::label::{Dots, LabelSize};
use crate::receipt::escpos::{Dialect, DrawerPin, Profile, profile};
use serde::{Deserialize, Serialize};

/// The kind taken for a printer of no known kind.
const ANY_KIND: &str = "default";

/// The roll in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// As wide as its kind takes.
    #[default]
    Widest,
    /// 58 mm in a printer that takes 80 mm.
    Mm58,
}

/// What a printer is told in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Commands {
    /// ESC/POS: receipts, and labels on their roll.
    #[default]
    EscPos,
    /// Zebra's ZPL II: labels.
    Zpl {
        /// How fine it prints.
        dots: Dots,
        /// The labels in it.
        size: LabelSize,
    },
}

/// A printer of a tablet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printer {
    /// Its name among records.
    pub id: PrinterId,
    /// Its name among people.
    pub name: String,
    /// Where it hangs.
    pub cable: Cable,
    /// What it is told in.
    #[serde(default)]
    pub commands: Commands,
    /// The id of its kind ([`profile`]).
    pub profile: String,
    /// The roll in it.
    #[serde(default)]
    pub paper: Paper,
    /// The pin its drawer listens to; none without a drawer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawer: Option<DrawerPin>,
    /// Does it print a receipt after every sale by itself?
    #[serde(default)]
    pub prints_by_itself: bool,
}

impl Printer {
    /// Does it print receipts and open drawers?
    pub fn prints_receipts(&self) -> bool {
        self.commands == Commands::EscPos
    }

    /// How it is told, of those that print receipts.
    pub fn dialect(&self) -> Dialect {
        profile(&self.profile).map(|kind| kind.dialect).unwrap_or_default()
    }

    /// What it can do, on the roll that is in it.
    pub fn profile(&self) -> Option<Profile> {
        let kind = profile(&self.profile).or_else(|| profile(ANY_KIND))?;
        Some(match self.paper {
            Paper::Widest => kind,
            Paper::Mm58 => kind.on_58_mm(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt::escpos::profiles;

    fn printer(profile: &str, paper: Paper) -> Printer {
        let cable = Cable::Serial { vendor_id: None, product_id: None, baud: 9_600 };
        Printer {
            id: PrinterId(uuid::Uuid::nil()),
            name: "Counter".into(),
            cable,
            commands: Commands::EscPos,
            profile: profile.into(),
            paper,
            drawer: None,
            prints_by_itself: false,
        }
    }

    #[test]
    fn a_narrow_roll_makes_no_printer_wider() {
        for kind in profiles() {
            let narrow = printer(&kind.id, Paper::Mm58).profile().unwrap();
            assert!(narrow.columns <= 32 && narrow.width_dots <= 420, "{}", kind.id);
            assert_eq!(narrow.width_dots % narrow.columns, 0, "{}", kind.id);
            assert_eq!(printer(&kind.id, Paper::Widest).profile(), Some(kind));
        }
        assert_eq!(printer("gone", Paper::Widest).profile().unwrap().id, ANY_KIND);
    }

    #[test]
    fn what_was_kept_before_is_read() {
        let first = r#"{"id":"00000000-0000-0000-0000-000000000000","name":"Counter",
            "cable":{"usb":{"vendor_id":1208,"product_id":514}},"profile":"TM-T88V"}"#;
        let read: Printer = crate::json::read(first.as_bytes()).unwrap();
        assert_eq!(read.cable, Cable::Usb { vendor_id: 1208, product_id: 514, serial_number: None });
        assert_eq!((read.paper, read.drawer, read.prints_by_itself), (Paper::Widest, None, false));
    }
}
