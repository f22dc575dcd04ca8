//! Scanned: what a code that a scanner or the camera read means for the sale.
//! Lives here: which product it names, what its label says of amount and dates, why it added nothing. May use: desk, session,
//! shared::barcode. Never: a scanner.
//! Invariant: every scan is told of in the log, whatever became of it.

use super::desk::{Ask, Desk};
use super::words::{refusal, times};
use crate::i18n::{self, t};
use crate::session::{Told, sound_warning};
use leptos::prelude::*;
use shared::barcode::{Amount, Gs1Error, LineAmount, ScannedGoods, as_printed};
use shared::catalog::Product;
use shared::customer::Customer;
use shared::money::Currency;
use shared::pricing::Promotion;

/// Why a code that was read added nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// No product has it.
    NoProduct,
    /// Its check digit does not fit.
    Misread,
    /// It says it is GS1's and cannot be read.
    Label(Gs1Error),
}

impl Desk {
    /// A scanner or the camera read a code, as it was sent.
    pub fn scanned(self, sent: String) {
        let code = as_printed(&sent);
        if self.ask.with_untracked(|ask| matches!(ask, Some(ask) if !matches!(ask, Ask::Camera))) {
            sound_warning();
            self.toasts.warn(t!("sell.scan_later", code = code));
            return self.scans.note(sent, Told::Later);
        }
        self.ask.set(None);
        if let Some(product) = self.known(&sent, std::slice::from_ref(&code)) {
            if let Some(product) = product {
                self.scans.note(sent, Told::Added(product.name.clone(), None));
                let quantity = self.text.with_untracked(|text| times(text).0);
                self.clear_search();
                self.choose(product, quantity);
            }
            return;
        }
        // It may say more than which goods.
        leptos::task::spawn_local(async move {
            let read = (self.parts.read_code)().await;
            let patterns = self.till.in_store_codes();
            match read.map(|read| read(&sent, &patterns)) {
                Some(Ok(goods)) if goods.is_misread() => {
                    self.say_unread(code, Unread::Misread);
                    self.scans.note(sent, Told::Misread);
                }
                Some(Ok(goods)) if goods.codes != [code.clone()] => self.take_label(sent, code, goods),
                Some(Err(error)) => {
                    self.say_unread(code, Unread::Label(error.clone()));
                    self.scans.note(sent, Told::Unreadable(error));
                }
                _ => match self.till.customer_numbered(&code).await {
                    Some(customer) => self.take_card(sent, customer),
                    None => self.unknown_code(sent, code, Vec::new()),
                },
            }
        });
    }

    /// A customer's card.
    fn take_card(self, sent: String, customer: Customer) {
        let name = customer.title().to_owned();
        self.clear_search();
        if !self.change(|cart| cart.set_customer(customer.for_sale())) {
            return;
        }
        self.toasts.say(t!("sell.customer_taken", name = name));
        self.scans.note(sent, Told::Customer(name));
    }

    /// The one product that has one of these codes. Several are shown to choose from; then the answer is nothing to add.
    fn known(self, sent: &str, codes: &[String]) -> Option<Option<Product>> {
        let catalog = self.till.catalog.get_untracked();
        let of_code = |code: &str| {
            let mut products = catalog.by_barcode(code);
            if products.is_empty() {
                products.extend(catalog.by_sku(code));
            }
            (!products.is_empty()).then_some(products)
        };
        let (mut products, code) = codes.iter().find_map(|code| Some((of_code(code)?, code)))?;
        if products.len() > 1 {
            self.seek(code.clone());
            self.toasts.warn(t!("sell.scan_several", code = code));
            self.scans.note(sent.to_owned(), Told::Several);
            return Some(None);
        }
        Some(products.pop())
    }

    /// A label that says which goods, and how much of them, at what price, or until when.
    fn take_label(self, sent: String, code: String, goods: ScannedGoods) {
        let product = match self.known(&sent, &goods.codes) {
            Some(Some(product)) => product,
            Some(None) => return,
            None => return self.unknown_code(sent, code, goods.codes),
        };
        let today = self.till.today();
        if let Some(day) = goods.use_by.filter(|day| *day < today) {
            sound_warning();
            self.toasts.warn(t!("sell.scan_expired", name = product.name, day = i18n::day(day)));
            return self.scans.note(sent, Told::Expired(day));
        }
        let currency = self.amounts.currency().unwrap_or(Currency::NONE);
        let of_line = |amount: &Amount| amount.of_line(product.unit, product.price, currency);
        let amount = match goods.amount.as_ref().map(of_line).transpose() {
            Ok(amount) => amount,
            Err(error) => {
                sound_warning();
                self.toasts.warn(t!("sell.scan_amount", name = product.name));
                return self.scans.note(sent, Told::Amount(error));
            }
        };
        self.clear_search();
        self.unknown.set(None);
        if let Some(day) = goods.best_before.filter(|day| *day < today) {
            self.toasts.warn(t!("sell.scan_best_before", name = product.name, day = i18n::day(day)));
        }
        self.scans.note(sent, Told::Added(product.name.clone(), goods.fault));
        let words = [
            goods.serial.map(|serial| t!("sell.serial", number = serial)),
            goods.batch.map(|batch| t!("sell.batch", number = batch)),
        ];
        let note = words.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let is_whole = product.price.is_some() || amount.is_some_and(|amount| amount.price.is_some());
        match amount.or_else(|| (!product.unit.is_measured()).then_some(LineAmount::ONE)) {
            Some(amount) if is_whole => {
                let note = Some(note).filter(|note| !note.is_empty());
                match self.cart.add_labelled(&product, amount, note) {
                    Ok(_) => self.added.update(|added| *added = added.wrapping_add(1)),
                    Err(error) => self.toasts.warn(refusal(&error)),
                }
            }
            // What the label does not say is asked.
            amount => self.choose(product, amount.map(|amount| amount.quantity)),
        }
    }

    /// No product has this code: it may be a coupon's.
    pub fn say_unknown(self, code: String) {
        let sent = code.clone();
        self.unknown_code(sent, code, Vec::new());
    }

    fn unknown_code(self, sent: String, code: String, codes: Vec<String>) {
        let is_coupon =
            |promotion: &Promotion| promotion.coupon.as_ref().is_some_and(|coupon| coupon.is(&code));
        if self.till.promotions.with_untracked(|promotions| promotions.iter().any(is_coupon)) {
            self.clear_search();
            self.unknown.set(None);
            self.take_code(&code);
            self.scans.note(sent, Told::Coupon);
        } else if !code.is_empty() {
            self.say_unread(code, Unread::NoProduct);
            self.scans.note(sent, Told::Unknown(codes));
        }
    }

    fn say_unread(self, code: String, why: Unread) {
        sound_warning();
        self.unknown.set(Some((code, why)));
    }
}
