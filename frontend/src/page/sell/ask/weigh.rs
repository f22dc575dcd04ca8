//! Weigh: what lies on the scale, live, to be taken over with one press; packaging off by the scale or by hand.
//! May use: session, i18n, shared::scale. Never: a cable, the cart.
//! Invariant: what is taken over is what the scale says of a load that stands still, less the packaging, and more than nothing.

use crate::i18n::t;
use crate::page::sell::words::typed_number;
use crate::page::weighing::{amount_words, how_it_is, shown};
use crate::session::{KnownScale, use_scales};
use leptos::prelude::*;
use shared::catalog::Unit;
use shared::money::Quantity;
use shared::scale::{Order, Reading, Standing, Weight};

/// What was weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// Without packaging, in the unit it is sold by.
    pub quantity: Quantity,
    /// What the buyer is told of the packaging, on the receipt.
    pub note: Option<String>,
}

/// The scale, where there is one and this is sold by weight. What could be taken over at present stands in `ready`.
#[component]
pub fn Weigh(
    /// What it is sold by.
    unit: Unit,
    /// What could be taken over.
    ready: RwSignal<Option<Weighed>>,
    /// Takes it over.
    #[prop(into)]
    take: Callback<Weighed>,
) -> AnyView {
    if !matches!(unit, Unit::Kilogram | Unit::Gram | Unit::Pound) {
        return ().into_any();
    }
    let scales = use_scales();
    scales.watch();
    // The one that is there, of several.
    let known = Memo::new(move |_| {
        scales.known.with(|known| {
            let there = known.iter().find(|known| known.standing != Standing::Unplugged);
            there.or_else(|| known.first()).cloned()
        })
    });
    let is_here = Memo::new(move |_| known.with(Option::is_some));
    // Packaging by hand, as it is typed; none while it is not asked for.
    let by_hand = RwSignal::new(None::<String>);
    let weighed =
        Memo::new(move |_| known.with(|known| weighed(known.as_ref()?, unit, by_hand.get().as_deref())));
    Effect::new(move |_| ready.set(weighed.get()));
    let shown = move || is_here.get().then(|| view! { <Live unit known weighed by_hand take /> });
    shown.into_any()
}

/// What could be taken over.
fn weighed(known: &KnownScale, unit: Unit, by_hand: Option<&str>) -> Option<Weighed> {
    let Standing::Weighed(Reading::Stable { weight, net }) = known.standing else { return None };
    let gross = weight.sold_by(unit)?;
    let typed = by_hand.map(typed_number).filter(|text| !text.is_empty());
    let packaging = match typed.map(|text| Quantity::parse(&text)) {
        None => Quantity::ZERO,
        Some(Ok(packaging)) if !packaging.is_negative() => packaging,
        Some(_) => return None,
    };
    let quantity = gross.minus(packaging).ok().filter(|quantity| quantity.0 > 0)?;
    Some(Weighed { quantity, note: note(packaging, known.tare, net, unit) })
}

fn note(packaging: Quantity, of_scale: Option<Weight>, net: bool, unit: Unit) -> Option<String> {
    let of_scale = of_scale.and_then(|weight| weight.sold_by(unit)).unwrap_or_default();
    let tare = packaging.plus(of_scale).ok()?;
    match tare.0 {
        1.. => Some(t!("devices.tare_note", weight = amount_words(tare, unit.symbol()))),
        _ if net => Some(t!("devices.net_note").to_owned()),
        _ => None,
    }
}

#[component]
fn Live(
    unit: Unit,
    known: Memo<Option<KnownScale>>,
    weighed: Memo<Option<Weighed>>,
    by_hand: RwSignal<Option<String>>,
    take: Callback<Weighed>,
) -> impl IntoView {
    let scales = use_scales();
    let id = move || known.with_untracked(|known| known.as_ref().map(|known| known.scale.id));
    let standing = Memo::new(move |_| known.with(|known| known.as_ref().map(how_it_is)));
    let other_unit = Memo::new(move |_| {
        let weight = known.with(|known| known.as_ref().and_then(|known| shown(known.standing)));
        weight.is_some_and(|weight| weight.sold_by(unit).is_none())
    });
    let now = move || {
        let weight = known.with(|known| known.as_ref().and_then(|known| shown(known.standing)));
        let amount = weight.and_then(|weight| weight.sold_by(unit));
        amount.map_or("–".to_owned(), |amount| amount_words(amount, unit.symbol()))
    };
    let words = move || match weighed.get() {
        Some(weighed) => t!("devices.take", weight = amount_words(weighed.quantity, unit.symbol())),
        None => t!("devices.take_none").to_owned(),
    };
    let take = move |_| {
        if let Some(weighed) = weighed.get_untracked() {
            take.run(weighed);
        }
    };
    let order = move |order: Order, words: &'static str| {
        let can =
            known.with_untracked(|known| known.as_ref().is_some_and(|known| known.scale.protocol.can(order)));
        let tell = move |_| {
            if let Some(id) = id() {
                scales.tell(id, order);
            }
        };
        can.then(|| view! { <button type="button" class="btn line" on:click=tell>{words}</button> })
    };
    let is_by_hand = Memo::new(move |_| by_hand.with(Option::is_some));
    let hand = move || match is_by_hand.get() {
        true => view! { <ByHand unit by_hand /> }.into_any(),
        false => view! {
            <button type="button" class="btn line" on:click=move |_| by_hand.set(Some(String::new()))>
                {t!("devices.tare_by_hand")}
            </button>
        }
        .into_any(),
    };
    view! {
        <section class="weigh" aria-label=t!("devices.scale")>
            <p class="weigh-now"><bdi>{now}</bdi></p>
            <p class=move || standing.get().map(|(class, _)| class) role="status">
                {move || match other_unit.get() {
                    true => Some(t!("devices.other_unit")),
                    false => standing.get().map(|(_, words)| words),
                }}
            </p>
            <button type="button" class="btn primary wide" disabled=move || weighed.with(Option::is_none) on:click=take>
                {words}
            </button>
            <div class="printer-ways">
                {order(Order::Zero, t!("devices.set_zero"))}
                {order(Order::Tare, t!("devices.tare"))}
                {order(Order::ClearTare, t!("devices.clear_tare"))}
                {hand}
            </div>
        </section>
    }
}

/// The packaging, where it is known without weighing it.
#[component]
fn ByHand(unit: Unit, by_hand: RwSignal<Option<String>>) -> impl IntoView {
    view! {
        <label class="field weigh-hand">
            {t!("devices.packaging", unit = unit.symbol())}
            <input
                type="text"
                inputmode="decimal"
                autocomplete="off"
                dir="ltr"
                on:input=move |event| by_hand.set(Some(event_target_value(&event)))
            />
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::cable::{Cable, Framing};
    use shared::ids::ScaleId;
    use shared::scale::{Protocol, Scale};
    use wasm_bindgen_test::wasm_bindgen_test;

    fn scale(standing: Standing, tare: Option<Weight>) -> KnownScale {
        let scale = Scale {
            id: ScaleId(uuid::Uuid::nil()),
            name: "Counter".into(),
            cable: Cable::Serial { vendor_id: None, product_id: None, baud: 9_600 },
            protocol: Protocol::MtSics,
            framing: Framing::EightNone,
        };
        KnownScale { scale, standing, refused: None, tare, trouble: None }
    }

    fn kilograms(millionths: i64) -> Weight {
        Weight { millionths, unit: Unit::Kilogram }
    }

    #[wasm_bindgen_test]
    fn what_is_taken_is_stable_without_packaging_and_more_than_nothing() {
        let stable =
            |millionths, net| Standing::Weighed(Reading::Stable { weight: kilograms(millionths), net });
        let moving = Standing::Weighed(Reading::Moving(Some(kilograms(500_000))));
        for (standing, tare, by_hand, taken) in [
            (stable(500_000, false), None, None, Some((500, None))),
            (stable(500_000, false), None, Some(""), Some((500, None))),
            (stable(500_000, false), None, Some("0,015"), Some((485, Some("Net, tare 0.015 kg")))),
            (stable(500_000, true), None, None, Some((500, Some("Net weight")))),
            (stable(500_000, true), Some(100_000), None, Some((500, Some("Net, tare 0.100 kg")))),
            (stable(500_000, true), Some(100_000), Some("0.01"), Some((490, Some("Net, tare 0.110 kg")))),
            (stable(500_000, false), None, Some("0.5"), None),
            (stable(500_000, false), None, Some("-0.1"), None),
            (stable(500_000, false), None, Some("much"), None),
            (stable(0, false), None, None, None),
            (moving, None, None, None),
            (Standing::Silent, None, None, None),
        ] {
            let known = scale(standing, tare.map(kilograms));
            let weighed = weighed(&known, Unit::Kilogram, by_hand);
            let told = weighed.map(|weighed| (weighed.quantity.0, weighed.note));
            assert_eq!(
                told,
                taken.map(|(quantity, note)| (quantity, note.map(str::to_owned))),
                "{by_hand:?}"
            );
        }
        let known = scale(stable(500_000, false), None);
        assert_eq!(weighed(&known, Unit::Pound, None), None, "the scale weighs in kilograms");
    }
}
