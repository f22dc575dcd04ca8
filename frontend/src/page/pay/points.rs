//! Points: how many the customer has, how many they spend on this sale, and how many it earns.
//! May use: session, shared::points. Never: what points are worth, which the store's rules say.

use super::taking::Taking;
use crate::i18n::{self, money, t};
use crate::session::{OpenCart, use_open_cart};
use leptos::prelude::*;
use shared::money::Minor;
use shared::points::{CartPoints, LinePoints};

/// Nothing where the store gives no points, nobody is known to buy, or only goods come back.
#[component]
pub fn Points(taking: Taking) -> impl IntoView {
    let cart = use_open_cart();
    let currency = taking.currency();
    let known =
        Memo::new(move |_| cart.with(|cart| cart.points.clone().filter(|_| cart.customer.id.is_some())));
    let sold = Memo::new(move |_| Sold::of(cart));
    let most = Memo::new(move |_| {
        known
            .with(|known| known.as_ref().map_or(0, |known| known.rules.most(known.balance, sold.get().worth)))
    });
    let spend = move |points: i64| {
        let _ = cart.change(|cart| {
            cart.spend_points(points);
            Ok(())
        });
    };
    let step = move || known.with_untracked(|known| known.as_ref().map_or(0, |known| known.rules.spend));
    let held = move || taking.is_held();
    let toggle = move |_| {
        let on = sold.get_untracked().points.spent > 0;
        spend(if on { 0 } else { most.get_untracked() });
    };
    let by = move |step: i64| {
        let spent = sold.get_untracked().points.spent;
        spend(spent.saturating_add(step).clamp(0, most.get_untracked()));
    };
    let use_words = move || {
        let now = sold.get().points;
        let (points, off) = if now.spent > 0 {
            (now.spent, now.off)
        } else {
            let off = known.with(|known| known.as_ref().map(|known| known.rules.off_at_most(most.get())));
            (most.get(), off.unwrap_or_default())
        };
        t!(
            "pay.points_use",
            points = i18n::number(points),
            amount = money(Minor(off.0.saturating_neg()), currency)
        )
    };
    let cannot_more = move || held() || sold.get().points.spent >= most.get();
    let chips = move || {
        view! {
            <button type="button" class="chip" aria-pressed=move || (sold.get().points.spent > 0).to_string() disabled=held
                on:click=toggle
            >
                <bdi>{use_words}</bdi>
            </button>
            {move || (sold.get().points.spent > 0 && most.get() > step()).then(|| view! {
                <button type="button" class="chip" aria-label=t!("pay.points_fewer") disabled=held
                    on:click=move |_| by(step().saturating_neg())>"−"</button>
                <button type="button" class="chip" aria-label=t!("pay.points_more")
                    disabled=cannot_more on:click=move |_| by(step())>"+"</button>
            })}
        }
    };
    let can = Memo::new(move |_| most.get() > 0);
    let is_shown = Memo::new(move |_| known.with(Option::is_some) && sold.get().worth.0 > 0);
    move || {
        is_shown.get().then(|| {
            view! {
                <div class="pay-giving" role="group" aria-labelledby="pay-points">
                    <p class="sm" id="pay-points">
                        <span class="strong">{t!("pay.points")}</span>
                        " "
                        <span class="muted">{move || known.with(|known| known.as_ref().map(|known| have(known, sold.get())))}</span>
                    </p>
                    {move || can.get().then(|| view! { <div class="chips">{chips()}</div> })}
                </div>
            }
        })
    }
}

/// "340 · Silver · 12 more with this sale".
fn have(known: &CartPoints, sold: Sold) -> String {
    let mut words = i18n::number(known.balance);
    if let Some(tier) = &known.tier {
        words = format!("{words} · {}", tier.name);
    }
    if sold.points.earned > 0 {
        words = format!("{words} · {}", t!("pay.points_earns", points = i18n::number(sold.points.earned)));
    }
    words
}

/// What is sold in the cart: what it is worth before points, and its points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sold {
    worth: Minor,
    points: LinePoints,
}

impl Sold {
    fn of(cart: OpenCart) -> Self {
        let Ok(priced) = cart.priced() else { return Self::default() };
        cart.with(|cart| {
            let lines = cart.lines.iter().zip(&priced.lines);
            let sold = lines.filter(|(line, _)| line.back.is_none() && !line.is_aside());
            sold.fold(Self::default(), |sum, (_, line)| {
                let worth = line.amount.0.saturating_add(line.points.off.0).max(0);
                Self {
                    worth: Minor(sum.worth.0.saturating_add(worth)),
                    points: LinePoints {
                        earned: sum.points.earned.saturating_add(line.points.earned),
                        spent: sum.points.spent.saturating_add(line.points.spent),
                        off: Minor(sum.points.off.0.saturating_add(line.points.off.0)),
                    },
                }
            })
        })
    }
}
