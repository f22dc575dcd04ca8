//! Receipts: a sale's receipt as a page, as a PDF or as text, for a manager to look at or to send.
//! Lives here: what a receipt is made of on the server: sale, store, picture, code of the number; its forms (`pdf`).
//! May use: store, shared rules. Never: SQL, a header of HTTP, a receipt that differs from the till's.
//! Invariant: what is given out here is marked as a copy: the original was the till's.

mod letters;
mod pdf;

use super::{App, AppError, books, pictures};
use crate::store::ground;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::ids::{OrganisationId, SaleId};
use shared::receipt::{COLUMNS_80_MM, number_code, receipt, to_html, to_text};

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReceiptForm {
    /// A page that needs nothing else.
    #[default]
    Html,
    /// A PDF as wide as the roll.
    Pdf,
    /// Plain text of 48 letters a row.
    Text,
}

impl ReceiptForm {
    /// By its word; none for any other word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "html" => Some(Self::Html),
            "pdf" => Some(Self::Pdf),
            "text" => Some(Self::Text),
            _ => None,
        }
    }
}

/// A receipt on its way out.
#[derive(Debug)]
pub struct MadeReceipt {
    /// As printed.
    pub number: String,
    /// In the form asked for.
    pub bytes: Vec<u8>,
}

/// The receipt of a sale, marked as a copy.
pub async fn of_sale(
    app: &App,
    organisation_id: OrganisationId,
    id: SaleId,
    form: ReceiptForm,
) -> Result<MadeReceipt, AppError> {
    let sale = books::sale(app, organisation_id, id).await?.sale;
    let mut tx = app.db.read_for(organisation_id).await?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    drop(tx);
    let store = stores.iter().find(|store| store.id == sale.store_id).ok_or(AppError::NotFound)?;
    let receipt = receipt(&sale, store, true);
    let logo = match &store.receipt.logo {
        Some(hash) => pictures::picture(&app.db, organisation_id, hash).await.ok(),
        None => None,
    };
    let bytes = match form {
        ReceiptForm::Text => to_text(&receipt, COLUMNS_80_MM).into_bytes(),
        ReceiptForm::Html => {
            let address = logo.map(|logo| {
                format!("data:{};base64,{}", logo.kind.media_type(), STANDARD.encode(&logo.bytes))
            });
            to_html(&receipt, address.as_deref(), number_code(&receipt).as_ref()).into_bytes()
        }
        ReceiptForm::Pdf => pdf::to_pdf(&receipt, logo, number_code(&receipt).as_ref()).map_err(no_pdf)?,
    };
    Ok(MadeReceipt { number: receipt.number, bytes })
}

fn no_pdf(fault: pdf::PdfFault) -> AppError {
    match fault {
        pdf::PdfFault::Letter(letter) => AppError::wrong_field(
            "form",
            &format!(
                "This receipt has letters that a PDF here cannot show ({letter}). Ask for form=html instead."
            ),
        ),
        pdf::PdfFault::Broken(error) => {
            tracing::error!(%error, "a receipt could not be made into a PDF");
            AppError::wrong_field(
                "form",
                "This receipt cannot be made into a PDF. Ask for form=html instead.",
            )
        }
    }
}
