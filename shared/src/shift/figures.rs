//! The running figures of a shift: moved by every record, in the transaction that records it.

use super::{CashMovement, CashMovementKind, DrawerCount, ShiftOpening};
use crate::calendar::LocalTime;
use crate::ids::{ShiftId, TenderTypeId};
use crate::money::{Currency, Minor};
use crate::sale::{LineKind, Sale, SaleKind};
use crate::tax::TaxAmount;
use crate::tender::{ForeignCash, Tender, TenderKind};
use serde::{Deserialize, Serialize};

/// A shift in figures: what an X report shows at any time, and a Z report at the end. Amounts are minor units of its
/// currency. Sums stop at the largest number there is: a sale is never refused for a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShiftFigures {
    /// Which shift.
    pub shift_id: ShiftId,
    /// Its number on this tablet.
    pub number: u64,
    /// Of all amounts.
    pub currency: Currency,
    /// When the drawer was opened, by the tablet.
    pub opened: LocalTime,
    /// By whom.
    pub opened_by: String,
    /// What was in the drawer then.
    pub float: Minor,
    /// Cash taken in sales less change and refunds.
    pub cash: Minor,
    /// Cash in and out without a sale, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub movements: Vec<CashMovement>,
    /// Counts while the shift went on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<DrawerCount>,
    /// How often the drawer was opened without a sale.
    pub drawer_openings: u64,
    /// Receipts printed again.
    pub reprints: u64,
    /// Sales that are no returns.
    pub sales: u64,
    /// Returns.
    pub returns: u64,
    /// Goods out, with tax.
    pub sold: Minor,
    /// Goods back, with tax; zero or above. In an exchange too.
    pub returned: Minor,
    /// Taken off by promotions and discounts.
    pub discounts: Minor,
    /// Without tax: sales less returns.
    pub net: Minor,
    /// With tax: sales less returns, and what was put on accounts or given on top.
    pub total: Minor,
    /// Put on accounts: gift cards sold or filled up, paid into customers' accounts. No turnover.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub paid_in: Minor,
    /// Given freely to whoever served. No turnover.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub tips: Minor,
    /// Given for a good cause, to be passed on. No turnover.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub donations: Minor,
    /// Given or taken for want of small coins.
    pub cash_rounding: Minor,
    /// One row a rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxFigure>,
    /// One row a tender type; cash without the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<TenderFigure>,
    /// Cash of other currencies taken in sales, one row a currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignCash>,
    /// Number of the first receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_receipt: Option<String>,
    /// Number of the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_receipt: Option<String>,
}

/// A tax rate in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxFigure {
    /// As on receipts.
    pub name: String,
    /// `20`, `5.5`; none for an amount a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<String>,
    /// Without the tax.
    pub net: Minor,
    /// The tax.
    pub tax: Minor,
}

/// A tender in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TenderFigure {
    /// [`TenderKind::word`].
    pub kind: String,
    /// How many payments.
    pub count: u64,
    /// Taken less given back.
    pub amount: Minor,
    /// The shop's tender type, where it has named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_id: Option<TenderTypeId>,
    /// Its name, as it was last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Takes change out of the cash: it is given in cash, whatever was paid with.
pub fn take_change(tenders: &mut Vec<TenderFigure>, change: Minor) {
    if change.is_zero() {
        return;
    }
    let word = TenderKind::Cash.word();
    match tenders.iter_mut().find(|row| row.kind == word) {
        Some(cash) => take(&mut cash.amount, change),
        None => tenders.push(TenderFigure {
            kind: word.to_owned(),
            count: 0,
            amount: Minor(change.0.saturating_neg()),
            type_id: None,
            name: None,
        }),
    }
}

fn add(sum: &mut Minor, more: Minor) {
    sum.0 = sum.0.saturating_add(more.0);
}

fn take(sum: &mut Minor, less: Minor) {
    sum.0 = sum.0.saturating_sub(less.0);
}

impl ShiftFigures {
    /// A shift at its opening.
    pub fn begin(opening: &ShiftOpening, opened: LocalTime) -> Self {
        Self {
            shift_id: opening.shift_id,
            number: opening.number,
            currency: opening.currency,
            opened,
            opened_by: opening.staff_name.clone(),
            float: opening.float.total,
            cash: Minor::ZERO,
            movements: Vec::new(),
            counts: Vec::new(),
            drawer_openings: 0,
            reprints: 0,
            sales: 0,
            returns: 0,
            sold: Minor::ZERO,
            returned: Minor::ZERO,
            discounts: Minor::ZERO,
            net: Minor::ZERO,
            total: Minor::ZERO,
            paid_in: Minor::ZERO,
            tips: Minor::ZERO,
            donations: Minor::ZERO,
            cash_rounding: Minor::ZERO,
            taxes: Vec::new(),
            tenders: Vec::new(),
            foreign: Vec::new(),
            first_receipt: None,
            last_receipt: None,
        }
    }

    /// What must be in the drawer now.
    pub fn expected_cash(&self) -> Minor {
        let mut expected = self.float;
        add(&mut expected, self.cash);
        for movement in &self.movements {
            add(&mut expected, movement.kind.signed(movement.amount));
        }
        expected
    }

    /// Paid in, paid out or dropped so far.
    pub fn moved(&self, kind: CashMovementKind) -> Minor {
        let mut sum = Minor::ZERO;
        for movement in self.movements.iter().filter(|movement| movement.kind == kind) {
            add(&mut sum, movement.amount);
        }
        sum
    }

    /// A sale was recorded. One in another currency, after the store's was changed, counts as a sale only.
    pub fn take_sale(&mut self, sale: &Sale) {
        match sale.kind {
            SaleKind::Return => self.returns = self.returns.saturating_add(1),
            SaleKind::Sale | SaleKind::Adjustment => self.sales = self.sales.saturating_add(1),
        }
        self.first_receipt.get_or_insert_with(|| sale.receipt_number.clone());
        self.last_receipt = Some(sale.receipt_number.clone());
        if sale.currency != self.currency {
            return;
        }
        add(&mut self.cash, sale.cash());
        add(&mut self.net, sale.net);
        take(&mut self.net, sale.aside());
        add(&mut self.paid_in, sale.paid_in());
        add(&mut self.tips, sale.given(LineKind::Tip));
        add(&mut self.donations, sale.given(LineKind::Donation));
        add(&mut self.total, sale.total);
        add(&mut self.cash_rounding, sale.cash_rounding);
        for line in &sale.lines {
            if line.is_aside() {
                continue;
            }
            if line.tax.gross.is_negative() {
                take(&mut self.returned, line.tax.gross);
            } else {
                add(&mut self.sold, line.tax.gross);
            }
            if line.origin.is_none() {
                add(&mut self.discounts, line.line_discount);
                add(&mut self.discounts, line.cart_discount);
                add(&mut self.discounts, line.points.off);
                line.promotions.iter().for_each(|part| add(&mut self.discounts, part.off));
            }
        }
        sale.taxes.iter().for_each(|tax| self.take_tax(tax));
        sale.tenders.iter().for_each(|tender| self.take_tender(tender));
        take_change(&mut self.tenders, sale.change);
        sale.foreign_cash().for_each(|cash| self.take_foreign(cash));
    }

    /// Does it hold what came with tips and donations?
    pub fn needs_seventh_version(&self) -> bool {
        !self.tips.is_zero() || !self.donations.is_zero()
    }

    /// Does it hold what came with accounts?
    pub fn needs_sixth_version(&self) -> bool {
        !self.paid_in.is_zero()
    }

    /// Does it hold what a server of before could not read?
    pub fn needs_fifth_version(&self) -> bool {
        !self.foreign.is_empty() || self.tenders.iter().any(|row| row.type_id.is_some())
    }

    fn take_foreign(&mut self, cash: ForeignCash) {
        match self.foreign.iter_mut().find(|known| known.currency == cash.currency) {
            Some(known) => add(&mut known.amount, cash.amount),
            None => self.foreign.push(cash),
        }
    }

    fn take_tax(&mut self, tax: &TaxAmount) {
        let percent = tax.percent();
        let known = self.taxes.iter_mut().find(|row| row.name == tax.name && row.percent == percent);
        if let Some(row) = known {
            add(&mut row.net, tax.net);
            add(&mut row.tax, tax.tax);
        } else {
            self.taxes.push(TaxFigure { name: tax.name.clone(), percent, net: tax.net, tax: tax.tax });
        }
    }

    fn take_tender(&mut self, tender: &Tender) {
        let (word, of) = (tender.kind.word(), tender.of.as_ref());
        let type_id = of.map(|of| of.id);
        let name = of.map(|of| of.name.clone());
        if let Some(row) = self.tenders.iter_mut().find(|row| row.kind == word && row.type_id == type_id) {
            row.count = row.count.saturating_add(1);
            row.name = name;
            add(&mut row.amount, tender.amount);
        } else {
            let row = TenderFigure { kind: word.to_owned(), count: 1, amount: tender.amount, type_id, name };
            self.tenders.push(row);
        }
    }
}
