//! Offer: what a promotion gives, typed in the words of its kind, and told in a few.

use super::goods::{Chosen, GoodsField};
use super::when::fault_words;
use crate::component::{Below, Choose, Field, Home, Icon, IconName, wrong};
use crate::i18n::{self, t};
use crate::session::typed;
use leptos::prelude::*;
use shared::catalog::Product;
use shared::ids::ProductId;
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use shared::pricing::{
    Bundle, BundlePart, BuyGet, ForPrice, Goods, Offer, Promotion, Tier, TierBy, Tiers, Wrong,
};
use shared::store::WrongSetting;
use std::collections::HashMap;

type Text = RwSignal<String>;

/// A step that is typed: from where, and how much off.
type StepTyped = (Text, Text);

/// A part of a bundle that is typed: what, and how many.
type PartTyped = (Chosen, Text);

/// What is typed.
#[derive(Clone, Copy)]
pub struct OfferTyped {
    kind: Text,
    percent: Text,
    gift_off: Text,
    amount: Text,
    buy: Text,
    get: Text,
    tier_by: Text,
    steps: RwSignal<Vec<StepTyped>>,
    gifts: Chosen,
    parts: RwSignal<Vec<PartTyped>>,
    home: Home,
}

/// What an offer has to say about its fields.
#[derive(Default)]
struct Begin {
    kind: &'static str,
    percent: String,
    gift_off: String,
    amount: String,
    buy: String,
    get: String,
    by_amount: bool,
    steps: Vec<(String, String)>,
    gifts: Goods,
    parts: Vec<BundlePart>,
}

impl Begin {
    fn of(offer: &Offer, currency: Currency) -> Self {
        let money = |amount: Minor| amount.to_decimal(currency);
        match offer {
            Offer::Percent(off) => Self { kind: "percent", percent: off.to_percent(), ..Self::default() },
            Offer::EachOff(off) => {
                Self { kind: "each_off", amount: off.to_decimal(currency), ..Self::default() }
            }
            Offer::AmountOff(off) => Self { kind: "amount_off", amount: money(*off), ..Self::default() },
            Offer::Tiers(tiers) => {
                let by_amount = tiers.by == TierBy::Amount;
                let from =
                    |from: i64| if by_amount { money(Minor(from)) } else { Quantity(from).to_decimal() };
                let steps = tiers.steps.iter().map(|step| (from(step.from), step.off.to_percent())).collect();
                Self { kind: "tiers", by_amount, steps, ..Self::default() }
            }
            Offer::BuyGet(BuyGet { buy, get, off, gifts }) => Self {
                kind: if gifts.is_some() { "gift" } else { "buy_get" },
                buy: buy.to_string(),
                get: get.to_string(),
                gift_off: off.to_percent(),
                gifts: gifts.clone().unwrap_or_default(),
                ..Self::default()
            },
            Offer::ForPrice(ForPrice { count, price }) => {
                Self { kind: "for_price", buy: count.to_string(), amount: money(*price), ..Self::default() }
            }
            Offer::Bundle(bundle) => Self {
                kind: "bundle",
                amount: money(bundle.price),
                parts: bundle.parts.clone(),
                ..Self::default()
            },
        }
    }
}

impl OfferTyped {
    /// As a promotion has it; a new one begins with a share off.
    pub fn of(offer: Option<&Offer>, currency: Currency, names: &HashMap<ProductId, Product>) -> Self {
        let fresh = || Begin { kind: "percent", ..Begin::default() };
        let begin = offer.map_or_else(fresh, |offer| Begin::of(offer, currency));
        let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
        let steps =
            if begin.steps.is_empty() { vec![("3".to_owned(), "10".to_owned())] } else { begin.steps };
        let part =
            |part: &BundlePart| (Chosen::of(&part.goods, names), RwSignal::new(part.count.to_string()));
        let mut parts: Vec<PartTyped> = begin.parts.iter().map(part).collect();
        while parts.len() < 2 {
            parts.push(empty_part());
        }
        Self {
            kind: RwSignal::new(begin.kind.to_owned()),
            percent: RwSignal::new(or(begin.percent, "10")),
            gift_off: RwSignal::new(or(begin.gift_off, "100")),
            amount: RwSignal::new(begin.amount),
            buy: RwSignal::new(or(begin.buy, "2")),
            get: RwSignal::new(or(begin.get, "1")),
            tier_by: RwSignal::new(if begin.by_amount { "amount" } else { "quantity" }.to_owned()),
            steps: RwSignal::new(
                steps.into_iter().map(|(from, off)| (RwSignal::new(from), RwSignal::new(off))).collect(),
            ),
            gifts: Chosen::of(&begin.gifts, names),
            parts: RwSignal::new(parts),
            home: Home::here(),
        }
    }

    /// Reads it, and notes what is no number.
    pub fn read(self, currency: Currency, faults: &mut Vec<WrongSetting>) -> Offer {
        let percent = |field: &str, text: Text, faults: &mut Vec<WrongSetting>| {
            let read = text.with(|text| typed::percent(text));
            read.unwrap_or_else(|_| note(faults, field, Wrong::Share, Rate(1)))
        };
        let money = |field: &str, wrong: Wrong, faults: &mut Vec<WrongSetting>| {
            let read = self.amount.with(|text| Minor::parse(&typed::decimal(text), currency));
            read.unwrap_or_else(|_| note(faults, field, wrong, Minor(1)))
        };
        let pieces = |field: &str, text: Text, faults: &mut Vec<WrongSetting>| {
            let read = text.with(|text| typed::decimal(text).parse::<u32>());
            read.unwrap_or_else(|_| note(faults, field, Wrong::Pieces, 1))
        };
        match self.kind.get().as_str() {
            "each_off" => {
                let read = self.amount.with(|text| UnitPrice::parse(&typed::decimal(text)));
                Offer::EachOff(
                    read.unwrap_or_else(|_| note(faults, "offer.each_off", Wrong::Amount, UnitPrice(1))),
                )
            }
            "amount_off" => Offer::AmountOff(money("offer.amount_off", Wrong::Amount, faults)),
            "tiers" => Offer::Tiers(self.tiers(currency, faults)),
            kind @ ("buy_get" | "gift") => Offer::BuyGet(BuyGet {
                buy: pieces("offer.buy", self.buy, faults),
                get: pieces("offer.get", self.get, faults),
                off: percent("offer.off", self.gift_off, faults),
                gifts: (kind == "gift").then(|| self.gifts.read()),
            }),
            "for_price" => Offer::ForPrice(ForPrice {
                count: pieces("offer.count", self.buy, faults),
                price: money("offer.price", Wrong::Price, faults),
            }),
            "bundle" => {
                let parts = self.parts.get().into_iter().map(|(goods, count)| BundlePart {
                    goods: goods.read(),
                    count: pieces("offer.parts", count, faults),
                });
                Offer::Bundle(Bundle {
                    parts: parts.collect(),
                    price: money("offer.price", Wrong::Price, faults),
                })
            }
            _ => Offer::Percent(percent("offer.percent", self.percent, faults)),
        }
    }

    fn tiers(self, currency: Currency, faults: &mut Vec<WrongSetting>) -> Tiers {
        let by = if self.tier_by.get() == "amount" { TierBy::Amount } else { TierBy::Quantity };
        let from = |text: &str| match by {
            TierBy::Amount => Minor::parse(&typed::decimal(text), currency).map(|amount| amount.0),
            TierBy::Quantity => Quantity::parse(&typed::decimal(text)).map(|quantity| quantity.0),
        };
        let mut steps = Vec::new();
        for (typed_from, typed_off) in self.steps.get() {
            let read =
                typed_from.with(|text| from(text)).ok().zip(typed_off.with(|text| typed::percent(text)).ok());
            match read {
                Some((from, off)) => steps.push(Tier { from, off }),
                None => note(faults, "offer.steps", Wrong::Steps, ()),
            }
        }
        Tiers { by, steps }
    }
}

fn note<T>(faults: &mut Vec<WrongSetting>, field: &str, what: Wrong, instead: T) -> T {
    faults.push(wrong(field, fault_words(what)));
    instead
}

fn empty_part() -> PartTyped {
    (Chosen::of(&Goods::default(), &HashMap::new()), RwSignal::new("1".to_owned()))
}

fn kinds() -> Vec<(String, String)> {
    [
        ("percent", t!("manage.offer.percent")),
        ("each_off", t!("manage.offer.each_off")),
        ("amount_off", t!("manage.offer.amount_off")),
        ("buy_get", t!("manage.offer.buy_get")),
        ("gift", t!("manage.offer.gift")),
        ("for_price", t!("manage.offer.for_price")),
        ("bundle", t!("manage.offer.bundle")),
        ("tiers", t!("manage.offer.tiers")),
    ]
    .map(|(key, words)| (key.to_owned(), words.to_owned()))
    .to_vec()
}

/// The kind, and the fields that it has.
#[component]
pub fn OfferFields(
    /// What is typed.
    offer: OfferTyped,
    /// What the promotion is on.
    goods: Chosen,
    /// Of amounts.
    currency: Currency,
) -> AnyView {
    let fields = move || fields(offer, currency);
    // A bundle names its own goods.
    let on_what = move || {
        offer.kind.with(|kind| kind != "bundle").then(|| {
            view! {
                <GoodsField name="goods" label=t!("manage.goods").to_owned() chosen=goods nothing=t!("manage.goods.everything")
                    with_exceptions=true />
            }
        })
    };
    view! {
        <Choose name="kind" label=t!("manage.offer.kind") value=offer.kind options=kinds() />
        {fields}
        {on_what}
    }
    .into_any()
}

fn fields(offer: OfferTyped, currency: Currency) -> AnyView {
    let code = || currency.code().to_owned();
    let percent = |name: &'static str, value: Text| {
        view! { <Field name=name label=t!("manage.offer.off") value=value kind="decimal" unit="%" /> }
    };
    let amount = |name: &'static str, label: &'static str| {
        view! { <Field name=name label=label value=offer.amount kind="decimal" unit=code() /> }
    };
    let count = |name: &'static str, label: &'static str, value: Text| {
        view! { <Field name=name label=label value=value kind="digits" /> }
    };
    match offer.kind.get().as_str() {
        "each_off" => amount("offer.each_off", t!("manage.offer.amount_each")).into_any(),
        "amount_off" => amount("offer.amount_off", t!("manage.offer.amount_together")).into_any(),
        "buy_get" => view! {
            <div class="pair">
                {count("offer.buy", t!("manage.offer.buy"), offer.buy)}
                {count("offer.get", t!("manage.offer.get"), offer.get)}
            </div>
            {percent("offer.off", offer.gift_off)}
        }
        .into_any(),
        "gift" => view! {
            <div class="pair">
                {count("offer.buy", t!("manage.offer.buy"), offer.buy)}
                {count("offer.get", t!("manage.offer.get"), offer.get)}
            </div>
            {percent("offer.off", offer.gift_off)}
            <GoodsField name="offer.gifts" label=t!("manage.offer.gifts").to_owned() chosen=offer.gifts
                nothing=t!("manage.goods.none") />
        }
        .into_any(),
        "for_price" => view! {
            <div class="pair">
                {count("offer.count", t!("manage.offer.count"), offer.buy)}
                {amount("offer.price", t!("manage.offer.price"))}
            </div>
        }
        .into_any(),
        "bundle" => view! { {amount("offer.price", t!("manage.offer.price"))} {parts(offer)} }.into_any(),
        "tiers" => steps(offer),
        _ => percent("offer.percent", offer.percent).into_any(),
    }
}

fn parts(offer: OfferTyped) -> AnyView {
    let row = move |(at, (goods, count)): (usize, PartTyped)| {
        let remove = move |_| {
            offer.parts.update(|parts| {
                parts.remove(at);
            });
        };
        view! {
            <div class="part">
                <GoodsField name="offer.parts" label=t!("manage.offer.part", number = at + 1) chosen=goods
                    nothing=t!("manage.goods.none") />
                <div class="pair with-button">
                    <Field name=format!("offer.parts.{at}") label=t!("manage.offer.pieces") value=count kind="digits" />
                    <span></span>
                    <button type="button" class="btn line square" aria-label=t!("manage.remove") on:click=remove><Icon name=IconName::Close /></button>
                </div>
            </div>
        }
    };
    let add = move |_| offer.parts.update(|parts| parts.push(offer.home.make(empty_part)));
    view! {
        {move || offer.parts.get().into_iter().enumerate().map(row).collect_view()}
        <button type="button" class="btn line" on:click=add><Icon name=IconName::Plus />{t!("manage.offer.add_part")}</button>
    }
    .into_any()
}

fn steps(offer: OfferTyped) -> AnyView {
    let row = move |(at, (from, off)): (usize, StepTyped)| {
        let remove = move |_| {
            offer.steps.update(|steps| {
                steps.remove(at);
            });
        };
        view! {
            <div class="pair with-button">
                <Field name=format!("step.{at}.from") label=t!("manage.offer.step_from") value=from kind="decimal" />
                <Field name=format!("step.{at}.off") label=t!("manage.offer.off") value=off kind="decimal" unit="%" />
                <button type="button" class="btn line square" aria-label=t!("manage.remove") on:click=remove><Icon name=IconName::Close /></button>
            </div>
        }
    };
    let add = move |_| {
        let step = offer.home.make(|| (RwSignal::new(String::new()), RwSignal::new(String::new())));
        offer.steps.update(|steps| steps.push(step));
    };
    let by = vec![
        ("quantity".to_owned(), t!("manage.offer.by_quantity").to_owned()),
        ("amount".to_owned(), t!("manage.offer.by_amount").to_owned()),
    ];
    view! {
        <Choose name="offer.by" label=t!("manage.offer.by") value=offer.tier_by options=by />
        {move || offer.steps.get().into_iter().enumerate().map(row).collect_view()}
        <Below name="offer.steps" id="below-steps" />
        <button type="button" class="btn line" on:click=add><Icon name=IconName::Plus />{t!("manage.offer.add_step")}</button>
    }
    .into_any()
}

/// What a promotion gives, in a few words: "3 for £25.00".
pub fn offer_words(promotion: &Promotion, currency: Currency) -> String {
    let money = |amount: Minor| i18n::money(amount, currency);
    match &promotion.offer {
        Offer::Percent(off) => t!("manage.gives.percent", percent = off.to_percent()),
        Offer::EachOff(off) => t!("manage.gives.each_off", amount = i18n::unit_price(*off, currency)),
        Offer::AmountOff(off) => t!("manage.gives.amount_off", amount = money(*off)),
        Offer::Tiers(tiers) => {
            let most = tiers.steps.iter().map(|step| step.off).max_by_key(|off| off.0).unwrap_or(Rate(0));
            t!("manage.gives.tiers", percent = most.to_percent())
        }
        Offer::BuyGet(offer) if offer.off.0 >= 1_000_000 => {
            t!("manage.gives.free", buy = offer.buy, get = offer.get)
        }
        Offer::BuyGet(offer) => {
            t!("manage.gives.buy_get", buy = offer.buy, get = offer.get, percent = offer.off.to_percent())
        }
        Offer::ForPrice(offer) => {
            t!("manage.gives.for_price", pieces = offer.count, price = money(offer.price))
        }
        Offer::Bundle(bundle) => t!("manage.gives.bundle", price = money(bundle.price)),
    }
}
