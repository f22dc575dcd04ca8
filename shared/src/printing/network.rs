//! Network: a printer of a store that its server reaches over the network.
//! Lives here: what a manager sets of one, and what cannot be set.
//! May use: ids, the store's words for wrong settings. Never: an address that is looked up, a connection.
//! Invariant: a tablet names a printer by its id alone; where it stands is the manager's to say.

use crate::ids::{NetworkPrinterId, StoreId};
use crate::store::WrongSetting;
use serde::{Deserialize, Serialize};

/// Where printers take bytes as they are.
pub const RAW_PORT: u16 = 9_100;
/// Below stand the ports of other services (mail, files, web, remote shells), which nobody shall write to by mistake.
const LOWEST_PORT: u16 = 1_024;
/// Longest name of a printer.
const LONGEST_NAME: usize = 40;
/// Longest name of a machine.
const LONGEST_HOST: usize = 253;

/// A printer on a store's network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NetworkPrinter {
    /// Its id.
    pub id: NetworkPrinterId,
    /// The store it stands in: its tablets print on it.
    pub store_id: StoreId,
    /// Its name among people.
    pub name: String,
    /// Its address, or its name in the network.
    pub host: String,
    /// Where it takes bytes as they are.
    #[serde(default = "raw_port")]
    pub port: u16,
}

const fn raw_port() -> u16 {
    RAW_PORT
}

impl NetworkPrinter {
    /// Takes away what is only around the texts.
    pub fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
        self.host = self.host.trim().trim_start_matches('[').trim_end_matches(']').to_owned();
    }

    /// What cannot be, each with its field.
    pub fn check(&self) -> Vec<WrongSetting> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, message: &str| {
            wrong.push(WrongSetting { field: field.to_owned(), message: message.to_owned() });
        };
        let length = self.name.chars().count();
        if length == 0 || length > LONGEST_NAME || self.name.contains(char::is_control) {
            say("name", "Give the printer a name of at most 40 letters.");
        }
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':');
        if self.host.is_empty() || self.host.len() > LONGEST_HOST || !self.host.chars().all(fits) {
            say("host", "An address like 192.168.1.50 is expected; the printer’s own test page shows it.");
        }
        if self.port < LOWEST_PORT {
            say("port", "Printers take what is printed at port 9100; it is never below 1024.");
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_cannot_be_is_said_by_field() {
        let nil = Uuid::nil();
        let printer = |name: &str, host: &str, port| {
            let (id, store_id) = (NetworkPrinterId(nil), StoreId(nil));
            let mut one = NetworkPrinter { id, store_id, name: name.into(), host: host.into(), port };
            one.tidy();
            one.check().into_iter().map(|wrong| wrong.field).collect::<Vec<_>>().join(" ")
        };
        for (name, host, port, wrong) in [
            (" Kitchen ", " 192.168.1.50 ", RAW_PORT, ""),
            ("Bar", "printer-2.shop.lan", 9_101, ""),
            ("Bar", "[fd00::12]", RAW_PORT, ""),
            ("", "192.168.1.50", RAW_PORT, "name"),
            (&"x".repeat(41), "192.168.1.50", RAW_PORT, "name"),
            ("A\nB", "192.168.1.50", RAW_PORT, "name"),
            ("Bar", "", RAW_PORT, "host"),
            ("Bar", "http://192.168.1.50/", RAW_PORT, "host"),
            ("Bar", "192.168.1.50", 80, "port"),
            ("", "a b", 0, "name host port"),
        ] {
            assert_eq!(printer(name, host, port), wrong, "{name:?} {host:?} {port}");
        }
    }

    #[test]
    fn the_port_need_not_be_said() {
        let text = r#"{"id":"00000000-0000-0000-0000-000000000000","store_id":"00000000-0000-0000-0000-000000000000",
            "name":"Kitchen","host":"192.168.1.50"}"#;
        assert_eq!(crate::json::read::<NetworkPrinter>(text.as_bytes()).unwrap().port, RAW_PORT);
    }
}
