//! Afar: printers that hang on no cable of the tablet: on the store's network, by the server or over HTTP (`web`); on Bluetooth. Beside the register's
//! start (ADR 0021), which knows them by their form alone (`way`).
//! Invariant: a printout is handed to the server under one id, however often its answer is lost.

use super::way::{Bytes, Handed, Later, Relay, Way};
use super::web::Web;
use super::{PortError, Printers};
use crate::api_client::{self, ApiError};
use crate::clock;
use crate::device_key::base64;
use crate::peripheral::printer::BluetoothPort;
use shared::api::{
    OutcomeRequest, PrinterLook, PrinterLookRequest, PrintoutRequest, PrintoutResponse, StorePrinter,
};
use shared::cable::Cable;
use shared::ids::{NetworkPrinterId, PrinterId, PrintoutId};
use shared::printing::{Outcome, Printer, PrinterStatus};
use shared::receipt::escpos::Dialect;

/// How soon the server is asked again.
const ASK_AGAIN_MS: i64 = 1_000;
/// It is silent for so long: then a person must look at the printer.
const SILENT_MS: i64 = 40_000;

/// Opens a printer.
pub fn open(printer: Printer) -> Later<'static, Result<Way, PortError>> {
    Box::pin(async move {
        match &printer.cable {
            Cable::Bluetooth { id } => {
                let port = BluetoothPort::open(id).await?;
                Ok(Way::Air(Box::new(port)))
            }
            Cable::Network { printer_id } => {
                let dialect = printer.prints_receipts().then(|| printer.dialect());
                let server = Server { printer_id: *printer_id, dialect };
                server.asked().await?;
                Ok(Way::Relayed(Box::new(server)))
            }
            Cable::Web { place, .. } => Ok(Way::Relayed(Box::new(Web::open(place).await?))),
            Cable::Usb { .. } | Cable::Serial { .. } => Err(PortError::Unsupported),
        }
    })
}

impl Bytes for BluetoothPort {
    fn write<'a>(&'a self, bytes: &'a [u8]) -> Later<'a, Result<(), PortError>> {
        Box::pin(Self::write(self, bytes))
    }

    fn read(&self) -> Later<'_, Result<Vec<u8>, PortError>> {
        Box::pin(Self::read(self))
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(Self::close(self))
    }
}

/// The server, which prints on this printer of the store.
struct Server {
    printer_id: NetworkPrinterId,
    dialect: Option<Dialect>,
}

impl Server {
    async fn asked(&self) -> Result<Option<PrinterStatus>, PortError> {
        let request = PrinterLookRequest { printer_id: self.printer_id, dialect: self.dialect };
        match api_client::post::<PrinterLook>("/api/printers/look", &request).await {
            // What prints for somebody else is well enough to be waited for.
            Ok(look) if look.busy => Ok(look.status.or(self.dialect.map(|_| PrinterStatus::default()))),
            Ok(look) if look.reached => Ok(look.status),
            Ok(_) => Err(PortError::Unreached),
            Err(ApiError::Refused(refusal)) if refusal.code == "not_found" => Err(PortError::Removed),
            Err(_) => Err(PortError::NoServer),
        }
    }

    async fn printed(&self, printout: Handed, heard: &dyn Fn(PrinterStatus)) -> Outcome {
        let never = Outcome::NotPrinted { begun: false };
        let (Ok(body), Ok(end)) = (base64(&printout.body), base64(&printout.end)) else { return never };
        let id = PrintoutId(clock::mint());
        let (printer_id, dialect, now) = (self.printer_id, self.dialect, printout.now);
        let request = PrintoutRequest { id, printer_id, dialect, body, end, now };
        let mut answer = api_client::post::<PrintoutResponse>("/api/printouts", &request).await;
        let mut heard_at_ms = clock::now_ms();
        loop {
            match answer {
                Ok(told) => {
                    heard_at_ms = clock::now_ms();
                    if let Some(outcome) = told.outcome() {
                        return outcome;
                    }
                    if let Some(status) = told.status {
                        heard(status);
                    }
                }
                Err(ApiError::Refused(refusal))
                    if ["not_found", "wrong_input"].contains(&refusal.code.as_str()) =>
                {
                    return never;
                }
                // It may have come all the same: the server says so as soon as it answers.
                Err(_) if clock::now_ms().saturating_sub(heard_at_ms) > SILENT_MS => return Outcome::Unknown,
                Err(_) => {}
            }
            clock::pause(ASK_AGAIN_MS).await;
            answer = api_client::post("/api/printouts/outcome", &OutcomeRequest { id }).await;
        }
    }
}

impl Relay for Server {
    fn look(&self) -> Later<'_, Result<Option<PrinterStatus>, PortError>> {
        Box::pin(self.asked())
    }

    fn print<'a>(&'a self, printout: Handed, heard: &'a dyn Fn(PrinterStatus)) -> Later<'a, Outcome> {
        Box::pin(self.printed(printout, heard))
    }
}

impl Printers {
    /// The printers on the store's network that this tablet does not have yet; none that are known without the server.
    pub async fn of_store(self) -> Option<Vec<StorePrinter>> {
        api_client::get("/api/printers").await.ok()
    }

    /// Adds a printer on the store's network.
    pub async fn add_of_store(self, printer: StorePrinter) -> PrinterId {
        self.add_on(Cable::of_store(printer.id, printer.place), printer.name).await
    }
}
