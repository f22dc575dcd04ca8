//! Returns: a sale whose goods come back, found on this tablet, in what it was told or at the server, and how much of it is back
//! already.

use super::till::{RecordError, Till};
use crate::api_client::{self, ApiError};
use crate::device_store::StoreError;
use leptos::prelude::{GetUntracked, With};
use shared::api::ReceiptResponse;
use shared::ids::SaleId;
use shared::money::MoneyError;
pub use shared::sale::BackSoFar;
use shared::sale::{Cart, CartError, Sale};
use shared::sync::journal::EntryBody;
use std::sync::Arc;

/// Unsent entries that are looked through for returns, at most.
const MOST_UNSENT: usize = 10_000;
/// Sales in the list of receipts, at most.
const MOST_SHOWN: usize = 200;

impl Till {
    /// How much has come back of a sale as far as this tablet knows: what it took back, and what it was told.
    ///
    /// # Errors
    /// When its sales could not be read.
    pub async fn returned_here(self, sale_id: SaleId) -> Result<BackSoFar, RecordError> {
        let mut back = BackSoFar::new();
        for sale in self.sales_kept().await? {
            count(&mut back, &sale, sale_id)?;
        }
        let Some(known) = self.device().known_sale(sale_id).await? else { return Ok(back) };
        let unsent = self.sync().map(|sync| sync.returned(sale_id)).unwrap_or_default();
        Ok(known.back_so_far(&unsent, &back)?)
    }

    /// Sales that this tablet can show, newest first: its own, all of them or those whose receipt number, products, customer or
    /// total contain the text, and with them what it was told of other tablets, by their number.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn receipts(self, search: &str) -> Result<Vec<Arc<Sale>>, RecordError> {
        let mut own = self.recent_sales(search).await?.into_iter().peekable();
        let mine = self.identity.get_untracked().map(|identity| identity.device_id);
        let told = self.device().known_sales(search, MOST_SHOWN).await?;
        let elsewhere = told.into_iter().map(|known| known.sale).filter(|sale| Some(sale.device_id) != mine);
        let mut sales = Vec::new();
        for sale in elsewhere {
            while let Some(newer) = own.next_if(|own| own.time.at_ms >= sale.time.at_ms) {
                sales.push(newer);
            }
            sales.push(Arc::new(sale));
        }
        sales.extend(own);
        sales.truncate(MOST_SHOWN);
        Ok(sales)
    }

    /// Was it sold at another tablet?
    pub fn is_of_other_tablet(self, sale: &Sale) -> bool {
        self.identity.with(|identity| identity.as_ref().is_some_and(|own| own.device_id != sale.device_id))
    }

    /// A sale of this tablet, or one it was told of.
    pub(super) async fn sale_kept(self, id: SaleId) -> Result<Option<Arc<Sale>>, StoreError> {
        match self.device().sale(id).await? {
            Some(sale) => Ok(Some(sale)),
            None => Ok(self.device().known_sale(id).await?.map(|known| Arc::new(known.sale))),
        }
    }

    /// How much has come back of a sale in what the server has not answered for yet.
    async fn returned_unsent(self, sale_id: SaleId) -> Result<BackSoFar, RecordError> {
        let mut back = BackSoFar::new();
        for entry in self.unsent(MOST_UNSENT).await? {
            if let Ok(open) = entry.open()
                && let EntryBody::SaleCompleted { sale } = open.body
            {
                count(&mut back, &sale, sale_id)?;
            }
        }
        Ok(back)
    }

    /// The sale with this receipt number at the server, whichever tablet sold it, and how much of it has come back: there,
    /// and here unsent. None when the shop has no such sale.
    ///
    /// # Errors
    /// When there is no connection, or what is unsent could not be read.
    pub async fn receipt_of_shop(self, number: &str) -> Result<Option<(Sale, BackSoFar)>, ReceiptError> {
        let path = format!("/api/receipts?number={}", api_client::escaped(number.trim()));
        let found: ReceiptResponse = match api_client::get(&path).await {
            Ok(found) => found,
            Err(ApiError::Refused(refusal)) if refusal.code == "not_found" => return Ok(None),
            Err(_) => return Err(ReceiptError::NoAnswer),
        };
        let mut back = self.returned_unsent(found.sale.id).await?;
        for line in found.returned {
            let so_far = back.entry(line.line).or_default();
            *so_far = so_far.plus(line.quantity).map_err(RecordError::from)?;
        }
        Ok(Some((found.sale, back)))
    }

    /// Looks again how much has come back of what comes back in a cart: another tab, or a cart put aside, may have
    /// taken it back since.
    ///
    /// # Errors
    /// Why the cart cannot be paid as it is.
    pub async fn renew_returns(self, cart: &mut Cart) -> Result<(), CartError> {
        for line in &mut cart.lines {
            let Some(back) = &mut line.back else { continue };
            // What cannot be read now is looked at by the server later.
            let Ok(here) = self.returned_here(back.origin.sale_id).await else { continue };
            let known = here.get(&back.origin.line).copied().unwrap_or_default();
            back.returned = back.returned.max(known);
            let most = back.sold.returnable(back.returned);
            if line.quantity.0.saturating_neg() > most.0 {
                return Err(CartError::Returned(most));
            }
        }
        Ok(())
    }
}

/// Why a receipt could not be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptError {
    /// The server did not answer.
    NoAnswer,
    /// The tablet's own records could not be read.
    Unread(RecordError),
}

impl From<RecordError> for ReceiptError {
    fn from(error: RecordError) -> Self {
        Self::Unread(error)
    }
}

impl From<StoreError> for ReceiptError {
    fn from(error: StoreError) -> Self {
        Self::Unread(error.into())
    }
}

fn count(back: &mut BackSoFar, sale: &Sale, of: SaleId) -> Result<(), MoneyError> {
    for (_, line, quantity) in sale.takes_back().filter(|(sale_id, ..)| *sale_id == of) {
        let so_far = back.entry(line).or_default();
        *so_far = so_far.plus(quantity)?;
    }
    Ok(())
}
