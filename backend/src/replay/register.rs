//! Register: a till without a screen. The same rules as the tablet's: cart → price → settle → sale → journal entry.

use super::ReplayError;
use super::chance::Chance;
use super::slice::{Invoice, InvoiceKind, SliceLine};
use shared::calendar::LocalTime;
use shared::catalog::{Product, Unit};
use shared::ids::{
    DeviceId, EntryId, LineId, ProductId, RegisterId, SaleId, StaffId, TaxCategoryId, TenderId,
};
use shared::money::{Minor, Quantity};
use shared::sale::{Cart, CartLine, Finish, LineKind, PriceRules, SaleKind, finish, price};
use shared::stock::{StockAdjustment, StockAdjustmentLine, StockReason};
use shared::store::Store;
use shared::sync::journal::{EntryBody, JournalEntry, NO_HASH, SealedEntry};
use shared::tax::TaxCategory;
use shared::tender::{Tender, TenderKind, settle};
use std::collections::HashMap;

/// What the till sells from: the catalogue and the tax table of the shop.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// Where it stands.
    pub store: Store,
    /// Taxes by category.
    pub tax_categories: Vec<TaxCategory>,
    /// Goods by code, to the letter.
    pub products: HashMap<String, Product>,
    /// Goods sold at home are taxed so.
    pub standard: TaxCategoryId,
    /// Whatever is outside the scope of the tax: sold abroad, carriage, fees.
    pub untaxed: TaxCategoryId,
    /// The name of the country that is home, as the invoices write it.
    pub home: String,
}

/// A till.
#[derive(Debug)]
pub struct NativeRegister {
    /// Which tablet it plays.
    pub device_id: DeviceId,
    /// Where that stands.
    pub register_id: RegisterId,
    /// Who is signed in.
    pub staff_id: StaffId,
    /// Their name.
    pub staff_name: String,
    chance: Chance,
    sequence: u64,
    previous: String,
}

impl NativeRegister {
    /// A freshly paired one.
    pub fn new(
        device_id: DeviceId,
        register_id: RegisterId,
        staff_id: StaffId,
        staff_name: &str,
        seed: u64,
    ) -> Self {
        Self {
            device_id,
            register_id,
            staff_id,
            staff_name: staff_name.to_owned(),
            chance: Chance::new(seed),
            sequence: 0,
            previous: NO_HASH.to_owned(),
        }
    }

    /// Records an invoice: a sale, a return, a correction, and what was written off of the stock.
    pub fn record(&mut self, invoice: &Invoice, shelf: &Shelf) -> Result<Vec<SealedEntry>, ReplayError> {
        let is_write_off = |line: &&SliceLine| {
            invoice.kind() == InvoiceKind::Sale
                && invoice.customer.is_none()
                && line.quantity.is_negative()
                && line.price.is_zero()
        };
        let (gone, sold): (Vec<&SliceLine>, Vec<&SliceLine>) = invoice.lines.iter().partition(is_write_off);
        let mut entries = Vec::new();
        if !sold.is_empty() {
            entries.push(self.sell(invoice, &sold, shelf)?);
        }
        if !gone.is_empty() {
            entries.push(self.write_off(invoice, &gone, shelf)?);
        }
        Ok(entries)
    }

    fn sell(
        &mut self,
        invoice: &Invoice,
        lines: &[&SliceLine],
        shelf: &Shelf,
    ) -> Result<SealedEntry, ReplayError> {
        let wrong = |message: String| ReplayError::Invoice { invoice: invoice.number.clone(), message };
        let time = first_time(lines);
        let mut cart = Cart::new(SaleId::fresh(&mut self.chance.ids(time.at_ms)));
        cart.customer.number.clone_from(&invoice.customer);
        cart.customer.country = Some(invoice.country.clone());
        for line in lines {
            let id = LineId::fresh(&mut self.chance.ids(line.time.at_ms));
            let line = cart_line(id, invoice, line, shelf).map_err(&wrong)?;
            // Each line of the invoice stays a line of its own, as it was rung up then.
            cart.lines.push(line);
        }
        let rules = PriceRules {
            currency: shelf.store.currency,
            tax: shelf.store.tax,
            tax_categories: &shelf.tax_categories,
            day: time.day(),
        };
        let priced = price(&cart, &rules).map_err(|e| wrong(e.to_string()))?;
        let tenders = self.pay(invoice, priced.total, time);
        let settlement =
            settle(priced.total, &tenders, shelf.store.cash_rounding).map_err(|e| wrong(e.to_string()))?;
        let kind = match invoice.kind() {
            InvoiceKind::Sale => SaleKind::Sale,
            InvoiceKind::Cancellation => SaleKind::Return,
            InvoiceKind::Adjustment => SaleKind::Adjustment,
        };
        let sale = finish(
            &cart,
            &priced,
            Finish {
                kind,
                receipt_number: invoice.number.clone(),
                store_id: shelf.store.id,
                register_id: self.register_id,
                device_id: self.device_id,
                staff_id: self.staff_id,
                staff_name: self.staff_name.clone(),
                time,
                currency: shelf.store.currency,
                tax_settings: shelf.store.tax,
                tenders,
                settlement,
            },
        );
        sale.check().map_err(|e| wrong(e.to_string()))?;
        self.seal(EntryBody::SaleCompleted { sale: Box::new(sale) }, time, invoice)
    }

    fn pay(&mut self, invoice: &Invoice, total: Minor, time: LocalTime) -> Vec<Tender> {
        if total.is_zero() {
            return Vec::new();
        }
        let kind = if invoice.customer.is_some() { TenderKind::OnAccount } else { TenderKind::Cash };
        vec![Tender::plain(TenderId::fresh(&mut self.chance.ids(time.at_ms)), kind, total)]
    }

    fn write_off(
        &mut self,
        invoice: &Invoice,
        lines: &[&SliceLine],
        shelf: &Shelf,
    ) -> Result<SealedEntry, ReplayError> {
        let time = first_time(lines);
        let mut moved = Vec::with_capacity(lines.len());
        for line in lines {
            moved.push(StockAdjustmentLine {
                product_id: product_of(line, shelf)
                    .map_err(|message| ReplayError::Invoice { invoice: invoice.number.clone(), message })?
                    .id,
                sku: line.code.clone(),
                name: line.description.clone(),
                quantity: line.quantity,
                reason: StockReason::WriteOff,
                added_at_ms: line.time.at_ms,
            });
        }
        let adjustment = StockAdjustment {
            number: invoice.number.clone(),
            lines: moved,
            note: None,
            country: Some(invoice.country.clone()),
        };
        self.seal(EntryBody::StockAdjusted { adjustment }, time, invoice)
    }

    fn seal(
        &mut self,
        body: EntryBody,
        time: LocalTime,
        invoice: &Invoice,
    ) -> Result<SealedEntry, ReplayError> {
        let entry = JournalEntry {
            version: body.version(),
            id: EntryId::fresh(&mut self.chance.ids(time.at_ms)),
            device_id: self.device_id,
            sequence: self.sequence.saturating_add(1),
            previous: self.previous.clone(),
            time,
            staff_id: Some(self.staff_id),
            body,
            approvals: Vec::new(),
        };
        let sealed = entry
            .seal()
            .map_err(|e| ReplayError::Invoice { invoice: invoice.number.clone(), message: e.to_string() })?;
        self.sequence = sealed.sequence;
        self.previous.clone_from(&sealed.hash);
        Ok(sealed)
    }
}

/// A document happens when its first line does.
fn first_time(lines: &[&SliceLine]) -> LocalTime {
    lines
        .iter()
        .map(|line| line.time)
        .min_by_key(|time| time.at_ms)
        .unwrap_or(LocalTime { at_ms: 0, offset_minutes: 0 })
}

fn product_of<'s>(line: &SliceLine, shelf: &'s Shelf) -> Result<&'s Product, String> {
    shelf.products.get(&line.code).ok_or_else(|| format!("there is no product {}", line.code))
}

fn cart_line(id: LineId, invoice: &Invoice, line: &SliceLine, shelf: &Shelf) -> Result<CartLine, String> {
    let product = product_of(line, shelf)?;
    let mut cart_line = CartLine::of(product, id, Quantity::ONE, Some(line.price), line.time.at_ms)
        .map_err(|e| format!("code {}: {e}", line.code))?;
    // What a screen would ask about (nothing at all, a hundred thousand of it) is as the invoice says.
    cart_line.quantity = line.quantity;
    cart_line.kind =
        if invoice.kind() == InvoiceKind::Adjustment { LineKind::Adjustment } else { line_kind(&line.code) };
    cart_line.name.clone_from(&line.description);
    cart_line.stocked = product.stocked && cart_line.kind == LineKind::Product;
    if line.price != cart_line.list_price {
        cart_line.price_override = Some(line.price);
    }
    let taxed = cart_line.kind == LineKind::Product
        && is_merchandise(&line.code)
        && invoice.country == shelf.home
        && (line.quantity.0 > 0 || invoice.kind() == InvoiceKind::Cancellation)
        && line.price.0 > 0;
    cart_line.tax_category_id = Some(if taxed { shelf.standard } else { shelf.untaxed });
    Ok(cart_line)
}

/// Five digits and up to two letters: goods on a shelf.
pub fn is_merchandise(code: &str) -> bool {
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &code[digits..];
    digits == 5 && rest.len() <= 2 && rest.bytes().all(|b| b.is_ascii_alphabetic())
}

/// What a code that is not on a shelf stands for, by the words shops use.
pub fn line_kind(code: &str) -> LineKind {
    if is_merchandise(code) {
        return LineKind::Product;
    }
    let word = code.trim().to_ascii_uppercase();
    match word.as_str() {
        "POST" | "DOT" | "C2" | "C3" | "POSTAGE" | "CARRIAGE" | "SHIPPING" => LineKind::Postage,
        "BANK CHARGES" | "AMAZONFEE" | "CRUK" => LineKind::Fee,
        "D" | "DISCOUNT" => LineKind::Discount,
        "M" | "MANUAL" | "S" => LineKind::Manual,
        "B" | "ADJUST" | "ADJUST2" => LineKind::Adjustment,
        _ if word.starts_with("GIFT") => LineKind::Voucher,
        _ if word.ends_with("FEE") || word.contains("CHARGES") => LineKind::Fee,
        _ => LineKind::Product,
    }
}

/// The goods of a slice: one product a code, to the letter, with the name and price it was last sold for.
pub fn products_of(invoices: &[Invoice], standard: TaxCategoryId, untaxed: TaxCategoryId) -> Vec<Product> {
    let mut chance = Chance::new(0x7111);
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut products: Vec<Product> = Vec::new();
    for line in invoices.iter().flat_map(|invoice| &invoice.lines) {
        let place = *places.entry(line.code.as_str()).or_insert_with(|| {
            let kind = line_kind(&line.code);
            products.push(Product {
                id: ProductId::fresh(&mut chance.ids(line.time.at_ms)),
                parent_id: None,
                sku: line.code.clone(),
                name: String::new(),
                options: Vec::new(),
                barcodes: Vec::new(),
                category_id: None,
                unit: Unit::Piece,
                tax_category_id: if is_merchandise(&line.code) { standard } else { untaxed },
                price: None,
                picture: None,
                stocked: kind == LineKind::Product,
                active: true,
                favourite: false,
            });
            products.len() - 1
        });
        let product = &mut products[place];
        if whole(line.quantity).is_none() {
            product.unit = Unit::Kilogram;
        }
        if line.price.0 > 0 && line.quantity.0 > 0 {
            product.price = Some(line.price);
            let name = line.description.trim();
            if !name.is_empty() {
                name.clone_into(&mut product.name);
            }
        }
    }
    for product in &mut products {
        if product.name.is_empty() {
            product.name.clone_from(&product.sku);
        }
    }
    products
}

/// Whole or part of an amount as control totals write it: an integer when it is one.
pub fn whole(quantity: Quantity) -> Option<i64> {
    (quantity.0 % 1_000 == 0).then_some(quantity.0 / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_shops_mean_them() {
        for (code, goods) in [
            ("85123A", true),
            ("22423", true),
            ("47503J ", false),
            ("POST", false),
            ("851234", false),
            ("85123ABC", false),
        ] {
            assert_eq!(is_merchandise(code), goods, "{code}");
        }
        assert_eq!(line_kind("gift_0001_30"), LineKind::Voucher);
        assert_eq!(line_kind("AMAZONFEE"), LineKind::Fee);
        assert_eq!(line_kind("DCGS0058"), LineKind::Product);
        assert_eq!(line_kind("m"), LineKind::Manual);
    }
}
