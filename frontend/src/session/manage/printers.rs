//! Printers: the printers on stores' networks, for the page that sets them up.

use super::{Manage, Trouble};
use shared::api::PrinterLook;
use shared::ids::NetworkPrinterId;
use shared::printing::NetworkPrinter;

impl Manage {
    /// All of them, by name.
    pub async fn network_printers(self) -> Result<Vec<NetworkPrinter>, Trouble> {
        self.get("/api/network-printers").await
    }

    /// Adds one, or changes the one that has this id.
    pub async fn save_printer(
        self,
        printer: NetworkPrinter,
        is_new: bool,
    ) -> Result<NetworkPrinter, Trouble> {
        match is_new {
            true => self.send("POST", "/api/network-printers", &printer).await,
            false => self.send("PUT", &format!("/api/network-printers/{}", printer.id), &printer).await,
        }
    }

    /// Does the server reach it, and how is it?
    pub async fn test_printer(self, id: NetworkPrinterId) -> Result<PrinterLook, Trouble> {
        self.send("POST", &format!("/api/network-printers/{id}/test"), &()).await
    }

    /// Removes one.
    pub async fn remove_printer(self, id: NetworkPrinterId) -> Result<(), Trouble> {
        self.send("DELETE", &format!("/api/network-printers/{id}"), &()).await
    }
}
