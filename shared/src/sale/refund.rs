//! Refund: money goes back the way it came.
//! Lives here: how a sale whose goods come back had been paid, the ways money can go back in, what goes back in other ways.
//! May use: tender, ids, money. Never: a terminal, what a shop allows (approval says who may).
//! Invariant: no more goes back in a way, unnoticed, than was paid in it.

use super::finished::Sale;
use crate::account::AccountKey;
use crate::ids::{SaleId, TenderTypeId};
use crate::money::{Minor, MoneyError};
use crate::tender::{Tender, TenderKind};
use serde::{Deserialize, Serialize};

/// A payment of a sale whose goods come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaidBefore {
    /// Of which sale.
    pub sale_id: SaleId,
    /// The payment, its change taken off; cash of another currency as cash of the shop's own, which it goes back in.
    pub tender: Tender,
}

/// What was paid for a sale, without what went back as change. What was given back in it is no payment.
pub fn paid_before(sale: &Sale) -> Vec<PaidBefore> {
    let mut change = sale.change.0.max(0);
    let mut paid = Vec::new();
    for tender in sale.tenders.iter().filter(|tender| tender.amount.0 > 0) {
        let mut tender = tender.clone();
        if tender.gives_change() {
            let off = change.min(tender.amount.0);
            change = change.saturating_sub(off);
            tender.amount = Minor(tender.amount.0.saturating_sub(off));
        }
        if matches!(tender.kind, TenderKind::ForeignCash { .. }) {
            tender = Tender::plain(tender.id, TenderKind::Cash, tender.amount);
        }
        if tender.amount.0 > 0 {
            paid.push(PaidBefore { sale_id: sale.id, tender });
        }
    }
    paid
}

/// What makes two payments the same way: the shop's type, or the kind where it has named none, and of gift cards which.
fn way(tender: &Tender) -> (Option<TenderTypeId>, &'static str, Option<&AccountKey>) {
    let card = match &tender.kind {
        TenderKind::GiftCard { card, .. } => Some(card),
        _ => None,
    };
    (tender.type_id(), tender.kind.word(), card)
}

/// Is the money still with the shop, as what it owes the customer?
fn is_credit(tender: &Tender) -> bool {
    matches!(tender.kind, TenderKind::GiftCard { .. } | TenderKind::OnAccount)
}

/// The ways these sales were paid in, in order, and how much of each has not gone back in these tenders yet (above zero).
///
/// # Errors
/// When a sum does not fit.
pub fn ways_back(paid: &[PaidBefore], tenders: &[Tender]) -> Result<Vec<Tender>, MoneyError> {
    let mut ways: Vec<Tender> = Vec::new();
    for PaidBefore { tender, .. } in paid {
        match ways.iter_mut().find(|known| way(known) == way(tender)) {
            Some(known) => known.amount = known.amount.plus(tender.amount)?,
            None => ways.push(tender.clone()),
        }
    }
    for back in tenders.iter().filter(|tender| tender.amount.is_negative()) {
        if let Some(known) = ways.iter_mut().find(|known| way(known) == way(back)) {
            known.amount = known.amount.plus(back.amount)?;
        }
    }
    ways.retain(|known| known.amount.0 > 0);
    Ok(ways)
}

/// What these tenders give back in other ways than was paid, or more in a way than was paid in it. On an account the money
/// stays with the shop: that is none of it.
///
/// # Errors
/// When a sum does not fit.
pub fn elsewhere(paid: &[PaidBefore], tenders: &[Tender]) -> Result<Minor, MoneyError> {
    let back = |tender: &&Tender| tender.amount.is_negative() && !is_credit(tender);
    let mut ways: Vec<&Tender> = Vec::new();
    let mut sum = Minor::ZERO;
    for tender in tenders.iter().filter(back) {
        if ways.iter().any(|known| way(known) == way(tender)) {
            continue;
        }
        ways.push(tender);
        let same = |other: &&Tender| way(other) == way(tender);
        let given = Minor::sum(tenders.iter().filter(back).filter(same).map(|one| one.amount))?.negated()?;
        let taken = Minor::sum(paid.iter().map(|paid| &paid.tender).filter(same).map(|one| one.amount))?;
        sum = sum.plus(Minor(given.minus(taken)?.0.max(0)))?;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::CardCode;
    use crate::ids::TenderId;
    use uuid::Uuid;

    fn cash(amount: i64) -> Tender {
        Tender::plain(TenderId(Uuid::nil()), TenderKind::Cash, Minor(amount))
    }

    fn card(amount: i64) -> Tender {
        let kind = TenderKind::Card { reference: "T-1".into(), last_four: Some("4242".into()) };
        Tender::plain(TenderId(Uuid::nil()), kind, Minor(amount))
    }

    fn gift_card(code: &str, amount: i64) -> Tender {
        let code = CardCode::parse(code).unwrap();
        let kind =
            TenderKind::GiftCard { card: AccountKey::of_card(&code), last_letters: code.last_letters() };
        Tender::plain(TenderId(Uuid::nil()), kind, Minor(amount))
    }

    fn paid(tenders: &[Tender]) -> Vec<PaidBefore> {
        let sale_id = SaleId(Uuid::nil());
        tenders.iter().map(|tender| PaidBefore { sale_id, tender: tender.clone() }).collect()
    }

    #[test]
    fn what_goes_back_in_another_way_than_it_came() {
        let one = "GIFT-0000-0001";
        // Paid, given back, of that in other ways.
        let table: [(&str, &[Tender], &[Tender], i64); 9] = [
            ("the way it came", &[card(2_000)], &[card(-2_000)], 0),
            ("a part of it", &[card(2_000)], &[card(-500)], 0),
            ("in cash instead", &[card(2_000)], &[cash(-2_000)], 2_000),
            ("more by card than was paid by card", &[card(500), cash(1_500)], &[card(-2_000)], 1_500),
            ("split as it was", &[card(500), cash(1_500)], &[cash(-1_500), card(-500)], 0),
            ("in two parts of the same", &[card(2_000)], &[card(-500), card(-1_600)], 100),
            ("on a gift card", &[card(2_000)], &[gift_card(one, -2_000)], 0),
            ("without a receipt", &[], &[cash(-700)], 700),
            ("a sale gives nothing back", &[], &[cash(700)], 0),
        ];
        for (name, before, tenders, wanted) in table {
            assert_eq!(elsewhere(&paid(before), tenders), Ok(Minor(wanted)), "{name}");
        }
    }

    #[test]
    fn the_ways_that_are_left() {
        let (one, other) = ("GIFT-0000-0001", "GIFT-0000-0002");
        let before = paid(&[card(500), gift_card(one, 300), card(200), gift_card(other, 50)]);
        let left = |tenders: &[Tender]| -> Vec<i64> {
            ways_back(&before, tenders).unwrap().iter().map(|way| way.amount.0).collect()
        };
        assert_eq!(left(&[]), [700, 300, 50]);
        assert_eq!(left(&[card(-600)]), [100, 300, 50]);
        assert_eq!(left(&[gift_card(one, -300), cash(-10)]), [700, 50]);
    }
}
