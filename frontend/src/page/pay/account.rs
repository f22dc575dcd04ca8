//! Account: what is on the gift card or the customer's account that is to pay, as far as this tablet knows.
//! May use: session, shared::account. Never: a promise about what other tablets have taken meanwhile.

use super::taking::Taking;
use crate::i18n::{money, t};
use crate::session::Paying;
use leptos::prelude::*;
use shared::account::{AccountKey, CardCode, available};
use shared::money::Minor;
use shared::tender::{TenderError, TenderKind, TenderType, TypeKind};

/// An account and what can be taken from it, payments of the open sale already off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// What is on it.
    pub balance: Minor,
    /// What can be taken.
    pub left: Minor,
}

/// The account a way to pay would move.
pub fn key_of(paying: Paying, way: &TenderType, reference: &str) -> Option<AccountKey> {
    match way.kind {
        TypeKind::OnAccount => paying.customer().id.map(AccountKey::of_customer),
        TypeKind::GiftCard => CardCode::parse(reference).map(|code| AccountKey::of_card(&code)),
        _ => None,
    }
}

/// Reads it from what the tablet keeps.
pub async fn stand(paying: Paying, key: AccountKey) -> Option<Stand> {
    let (balance, may_owe) = paying.account(&key).await?;
    let customer = paying.customer().id.map(AccountKey::of_customer);
    let taken = paying.tenders_now().iter().fold(0_i64, |sum, tender| {
        let is_it = match &tender.kind {
            TenderKind::OnAccount => customer.as_ref() == Some(&key),
            TenderKind::GiftCard { card, .. } => *card == key,
            _ => false,
        };
        if is_it { sum.saturating_add(tender.amount.0) } else { sum }
    });
    let balance = balance.minus(Minor(taken)).ok()?;
    Some(Stand { balance, left: available(balance, may_owe).ok()? })
}

/// Why so much cannot be taken in this way; money that goes back always fits.
pub fn fault(taking: Taking, way: &TenderType, amount: Minor, is_refund: bool) -> Option<TenderError> {
    if !way.kind.is_account() {
        return None;
    }
    if way.kind == TypeKind::OnAccount && taking.paying.customer().id.is_none() {
        return Some(TenderError::NoCustomer);
    }
    let left = taking.account.get().map_or(Minor::ZERO, |stand| stand.left);
    (!is_refund && amount > left).then_some(TenderError::Account { left })
}

/// What is on it, in words.
#[component]
pub fn AccountWords(
    /// The page.
    taking: Taking,
    /// How it is to be paid.
    way: TenderType,
) -> impl IntoView {
    let is_card = way.kind == TypeKind::GiftCard;
    let words = move || {
        let currency = taking.currency();
        if !is_card && taking.paying.customer().id.is_none() {
            return Some(t!("pay.account_nobody").to_owned());
        }
        let stand = taking.account.get()?;
        let name = taking.paying.customer().name.unwrap_or_default();
        Some(match (is_card, stand.balance.is_negative()) {
            (true, _) if stand.balance.is_zero() => t!("pay.gift_card_empty").to_owned(),
            (true, _) => t!("pay.gift_card_has", amount = money(stand.balance, currency)),
            (false, false) => t!(
                "pay.account_has",
                name = name,
                amount = money(stand.balance, currency),
                left = money(stand.left, currency)
            ),
            (false, true) => t!(
                "pay.account_owes",
                name = name,
                amount = money(Minor(stand.balance.0.saturating_neg()), currency),
                left = money(stand.left, currency)
            ),
        })
    };
    view! { <p class="pay-account sm" role="status">{words}</p> }
}
