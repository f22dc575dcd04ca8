//! Network: a printer of a store that its server reaches over the network, or its tablets over HTTP.
//! Lives here: what a manager sets of one, and what cannot be set.
//! May use: ids, cable, the store's words for wrong settings. Never: an address that is looked up, a connection.
//! Invariant: a tablet names a printer to the server by its id alone; where it stands is the manager's to say. Tablets call nothing
//! over HTTP but what stands near by its address or name.

use crate::cable::{Cable, WebPlace, WebService};
use crate::ids::{NetworkPrinterId, StoreId};
use crate::store::WrongSetting;
use core::net::Ipv4Addr;
use serde::{Deserialize, Serialize};

/// Where printers take bytes as they are.
pub const RAW_PORT: u16 = 9_100;
/// Below stand the ports of other services (mail, files, web, remote shells), which nobody shall write to by mistake.
const LOWEST_PORT: u16 = 1_024;
/// Where printers take HTTP.
const WEB_PORTS: [u16; 2] = [80, 443];
/// Names of machines that no public directory of names has.
const NEAR: [&str; 4] = [".local", ".lan", ".home.arpa", ".internal"];
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
    /// What it understands over HTTP: then tablets print on it themselves; none where the server does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web: Option<WebService>,
    /// Over HTTP: by HTTPS?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secure: bool,
}

const fn raw_port() -> u16 {
    RAW_PORT
}

/// Where a printer usually takes what is printed.
pub const fn usual_port(web: Option<WebService>, secure: bool) -> u16 {
    match (web, secure) {
        (None, _) => RAW_PORT,
        (Some(_), true) => 443,
        (Some(_), false) => 80,
    }
}

impl NetworkPrinter {
    /// Where tablets reach it over HTTP; none where the server prints on it.
    pub fn place(&self) -> Option<WebPlace> {
        let service = self.web?;
        let scheme = if self.secure { "https" } else { "http" };
        let host = self.host.to_ascii_lowercase();
        let origin = match self.port {
            port if port == usual_port(self.web, self.secure) => format!("{scheme}://{host}"),
            port => format!("{scheme}://{host}:{port}"),
        };
        Some(WebPlace { service, origin })
    }

    /// Takes away what is only around the texts.
    pub fn tidy(&mut self) {
        self.name = self.name.trim().to_owned();
        self.secure &= self.web.is_some();
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
        if self.web.is_some() {
            if !is_near(&self.host) {
                say(
                    "host",
                    "Tablets call only what stands near: an address like 192.168.1.50, or a name that ends in .local or .lan.",
                );
            }
            if self.port < LOWEST_PORT && !WEB_PORTS.contains(&self.port) {
                say("port", "443 with HTTPS, 80 without; else a port from 1024 up.");
            }
            return wrong;
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

impl Cable {
    /// The printer of the store with this id, which the server prints on, or which stands at this place.
    pub fn of_store(printer_id: NetworkPrinterId, place: Option<WebPlace>) -> Self {
        match place {
            Some(place) => Self::Web { printer_id, place },
            None => Self::Network { printer_id },
        }
    }
}

/// Is it, by its address or name, a machine of the store's own network, or the tablet itself? A page's policy can name no IPv6
/// address, and a whole number would be read as an address.
fn is_near(host: &str) -> bool {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return address.is_private() || address.is_loopback();
    }
    let host = host.to_ascii_lowercase();
    let is_label = |label: &str| {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        (1..=63).contains(&label.len()) && label.chars().all(fits) && !label.starts_with('-')
    };
    let is_name = host.len() <= LONGEST_HOST
        && host.starts_with(|first: char| first.is_ascii_alphabetic())
        && host.split('.').all(is_label);
    is_name && (!host.contains('.') || NEAR.iter().any(|end| host.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn over_http(host: &str, port: u16, secure: bool) -> NetworkPrinter {
        let (id, store_id) = (NetworkPrinterId(Uuid::nil()), StoreId(Uuid::nil()));
        let web = Some(WebService::EposPrint);
        NetworkPrinter { id, store_id, name: "Counter".into(), host: host.into(), port, web, secure }
    }

    #[test]
    fn tablets_call_only_what_stands_near() {
        for (host, port, wrong) in [
            ("192.168.1.50", 443, ""),
            ("10.0.0.9", 80, ""),
            ("172.16.0.9", 8_008, ""),
            ("127.0.0.1", 8_001, ""),
            ("localhost", 8_001, ""),
            ("TM-m30-A1.local", 443, ""),
            ("printer", 443, ""),
            ("counter.shop.lan", 443, ""),
            ("8.8.8.8", 443, "host"),
            ("169.254.169.254", 80, "host"),
            ("printer.example.com", 443, "host"),
            ("evil.example.com/.local", 443, "host"),
            ("a.local b", 443, "host"),
            ("*.local", 443, "host"),
            (".local", 443, "host"),
            ("134744072", 443, "host"),
            ("0x8080808", 443, "host"),
            ("[fd00::12]", 443, "host"),
            ("a;script-src", 443, "host"),
            ("", 443, "host"),
            ("192.168.1.50", 22, "port"),
            ("192.168.1.50", 0, "port"),
        ] {
            let mut one = over_http(host, port, true);
            one.tidy();
            let found: Vec<_> = one.check().into_iter().map(|wrong| wrong.field).collect();
            assert_eq!(found.join(" "), wrong, "{host} {port}");
        }
    }

    #[test]
    fn where_it_stands_is_written_as_a_page_says_it() {
        for (host, port, secure, origin) in [
            ("192.168.1.50", 443, true, "https://192.168.1.50"),
            ("192.168.1.50", 80, false, "http://192.168.1.50"),
            ("192.168.1.50", 80, true, "https://192.168.1.50:80"),
            ("TM-m30.local", 8_043, true, "https://tm-m30.local:8043"),
        ] {
            let place = WebPlace { service: WebService::EposPrint, origin: origin.to_owned() };
            assert_eq!(over_http(host, port, secure).place(), Some(place));
        }
        let raw = NetworkPrinter { web: None, ..over_http("192.168.1.50", RAW_PORT, false) };
        assert_eq!(raw.place(), None);
    }

    #[test]
    fn what_cannot_be_is_said_by_field() {
        let nil = Uuid::nil();
        let printer = |name: &str, host: &str, port| {
            let (id, store_id) = (NetworkPrinterId(nil), StoreId(nil));
            let mut one = NetworkPrinter {
                id,
                store_id,
                name: name.into(),
                host: host.into(),
                port,
                web: None,
                secure: false,
            };
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
