//! Giving: what the customer may give on top: a tip, and the rest to the next whole amount for a good cause.
//! May use: session, shared::store. Never: a rule about money.

use super::taking::Taking;
use crate::component::Dialog;
use crate::i18n::{money, t};
use crate::page::sell::{refusal, typed_number};
use crate::session::{OpenCart, mint, now_ms, use_open_cart, use_till};
use leptos::html;
use leptos::prelude::*;
use shared::ids::LineId;
use shared::money::{Currency, Minor, Rate, UnitPrice};
use shared::sale::{CartError, LineKind};
use shared::store::GivingRules;

/// What the store asks for, nothing where money goes back or none is asked for.
#[component]
pub fn Giving(taking: Taking) -> impl IntoView {
    let (till, cart) = (use_till(), use_open_cart());
    let rules = till.store.with_untracked(|store| store.as_ref().map(|store| store.giving.clone()));
    let rules = rules.filter(|rules| !rules.is_empty())?;
    let (rules, asks) = (StoredValue::new(rules), RwSignal::new(false));
    let bill = Memo::new(move |_| bill(cart));
    let tips = move || {
        rules.with_value(|rules| (!rules.tips.is_empty()).then(|| tips(taking, cart, rules, bill, asks)))
    };
    let donation =
        move || rules.with_value(|rules| rules.donation.clone().map(|to| donation(taking, cart, to)));
    Some(view! {
        {move || (bill.get().0 > 0).then(|| view! { <div class="pay-giving">{tips()} {donation()}</div> })}
        {move || asks.get().then(|| view! { <AskTip cart asks currency=taking.currency() /> })}
    })
}

/// What is to pay for the goods alone.
fn bill(cart: OpenCart) -> Minor {
    let Ok(priced) = cart.priced() else { return Minor::ZERO };
    let given = cart.with(|cart| {
        let lines = cart.lines.iter().zip(&priced.lines).filter(|(line, _)| line.is_aside());
        lines.fold(0_i64, |sum, (_, priced)| sum.saturating_add(priced.tax.gross.0))
    });
    priced.total.minus(Minor(given)).unwrap_or_default()
}

/// What is given so far, in minor units.
fn given(cart: OpenCart, kind: LineKind) -> Minor {
    let Ok(priced) = cart.priced() else { return Minor::ZERO };
    let place = cart.with(|cart| cart.lines.iter().position(|line| line.kind == kind));
    place.and_then(|place| priced.lines.get(place)).map_or(Minor::ZERO, |line| line.tax.gross)
}

fn give(cart: OpenCart, kind: LineKind, name: &str, amount: UnitPrice) -> Result<(), CartError> {
    cart.change(|cart| cart.give(kind, LineId(mint()), name, amount, now_ms()))
}

/// Another tip. What goes to a good cause is what is missing to a whole amount then.
fn give_tip(cart: OpenCart, amount: UnitPrice, currency: Currency) -> Result<(), CartError> {
    give(cart, LineKind::Tip, t!("pay.tip"), amount)?;
    untrack(|| {
        if !given(cart, LineKind::Donation).is_zero() {
            give_minor(cart, LineKind::Donation, "", up_to_whole(cart, currency), currency);
        }
    });
    Ok(())
}

/// What is missing to the next whole amount of all that is paid, a tip too.
fn up_to_whole(cart: OpenCart, currency: Currency) -> Minor {
    let with_tip = bill(cart).plus(given(cart, LineKind::Tip)).unwrap_or_default();
    GivingRules::up_to_whole(with_tip, currency)
}

/// An amount that was worked out. What does not fit is not given: it stays as it is.
fn give_minor(cart: OpenCart, kind: LineKind, name: &str, amount: Minor, currency: Currency) {
    if let Ok(amount) = UnitPrice::from_minor(amount, currency) {
        let _ = give(cart, kind, name, amount);
    }
}

fn tips(
    taking: Taking,
    cart: OpenCart,
    rules: &GivingRules,
    bill: Memo<Minor>,
    asks: RwSignal<bool>,
) -> impl IntoView + use<> {
    let currency = taking.currency();
    let now = Memo::new(move |_| given(cart, LineKind::Tip));
    let chip = |share: &Rate| {
        let share = *share;
        let amount = Memo::new(move |_| GivingRules::tip(bill.get(), share).unwrap_or_default());
        let on = Memo::new(move |_| !now.get().is_zero() && now.get() == amount.get());
        let press = move |_| {
            let amount = if on.get_untracked() { Minor::ZERO } else { amount.get_untracked() };
            // A share of what fits fits.
            let _ = UnitPrice::from_minor(amount, currency)
                .map_err(CartError::from)
                .and_then(|amount| give_tip(cart, amount, currency));
        };
        view! {
            <button type="button" class="chip" aria-pressed=move || on.get().to_string() disabled=move || taking.is_held() on:click=press>
                {format!("{} %", share.to_percent())}
                " "
                <bdi class="num">{move || money(amount.get(), currency)}</bdi>
            </button>
        }
    };
    let chips = rules.tips.iter().map(chip).collect_view();
    let shares = rules.tips.clone();
    let other = Memo::new(move |_| {
        let is_share = |share: &Rate| GivingRules::tip(bill.get(), *share).is_ok_and(|tip| tip == now.get());
        !now.get().is_zero() && !shares.iter().any(is_share)
    });
    view! {
        <div class="chips" role="group" aria-label=t!("pay.tip")>
            <span class="sm strong">{t!("pay.tip")}</span>
            {chips}
            <button type="button" class="chip" aria-pressed=move || other.get().to_string()
                disabled=move || taking.is_held() on:click=move |_| asks.set(true)
            >
                {move || if other.get() { money(now.get(), currency) } else { t!("pay.tip_other").to_owned() }}
            </button>
        </div>
    }
}

fn donation(taking: Taking, cart: OpenCart, to: String) -> impl IntoView {
    let currency = taking.currency();
    let now = Memo::new(move |_| given(cart, LineKind::Donation));
    let whole = Memo::new(move |_| up_to_whole(cart, currency));
    let words = StoredValue::new(t!("pay.donation_line", to = to));
    let on = move || !now.get().is_zero();
    let press = move |_| {
        let amount = if untrack(on) { Minor::ZERO } else { whole.get_untracked() };
        words.with_value(|words| give_minor(cart, LineKind::Donation, words, amount, currency));
    };
    let shown = move || {
        let amount = if on() { now.get() } else { whole.get() };
        t!("pay.donation", amount = money(amount, currency), to = to)
    };
    view! {
        <button type="button" class="chip" aria-pressed=move || on().to_string() disabled=move || taking.is_held() on:click=press>
            {shown}
        </button>
    }
}

/// Another tip; none takes it out again.
#[component]
fn AskTip(cart: OpenCart, asks: RwSignal<bool>, currency: Currency) -> impl IntoView {
    let (amount, wrong) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let first = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = first.get() {
            let _ = field.focus();
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = amount.get_untracked();
        let price =
            if typed.trim().is_empty() { Ok(UnitPrice(0)) } else { UnitPrice::parse(&typed_number(&typed)) };
        let given = price.map_err(|_| CartError::Price).and_then(|price| give_tip(cart, price, currency));
        match given {
            Ok(()) => asks.set(false),
            Err(error) => wrong.set(Some(refusal(&error))),
        }
    };
    view! {
        <Dialog heading=t!("pay.tip").to_owned() on_close=move |()| asks.set(false)>
            <form class="ask" novalidate on:submit=send>
                <label class="field">
                    {t!("pay.tip_amount")}
                    <input node_ref=first type="text" inputmode="decimal" autocomplete="off" prop:value=move || amount.get()
                        aria-invalid=move || wrong.get().is_some().then_some("true")
                        on:input=move |event| amount.set(event_target_value(&event)) />
                    <span class="wrong" role="alert">{move || wrong.get()}</span>
                </label>
                <button type="submit" class="btn primary wide">{t!("pay.tip_give")}</button>
            </form>
        </Dialog>
    }
}
