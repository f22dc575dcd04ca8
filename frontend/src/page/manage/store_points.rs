//! Store points: how a store's customers earn points and spend them, and their tiers.
//! May use: session, component, i18n, shared::points. Never: storage, network.

use crate::component::{Field, Form, Home, Icon, IconName, Switch, wrong};
use crate::i18n::t;
use crate::session::typed;
use leptos::prelude::*;
use shared::money::{Currency, Minor, Rate};
use shared::points::{MOST_TIERS, PointsRules, Tier};
use shared::store::WrongSetting;

/// What is typed of a tier.
#[derive(Clone, Copy)]
struct TierTyped {
    number: usize,
    name: RwSignal<String>,
    from: RwSignal<String>,
    share: RwSignal<String>,
}

/// What is typed of points.
#[derive(Clone, Copy)]
pub struct PointsTyped {
    on: RwSignal<bool>,
    earn: RwSignal<String>,
    spend: RwSignal<String>,
    worth: RwSignal<String>,
    tiers: RwSignal<Vec<TierTyped>>,
    home: Home,
}

impl PointsTyped {
    /// As a store has it; the usual where it has none yet.
    pub fn of(rules: Option<&PointsRules>, currency: Currency) -> Self {
        let whole = Minor(10_i64.saturating_pow(currency.digits()));
        let usual = PointsRules { earn: whole, spend: 100, worth: whole, tiers: Vec::new() };
        let known = rules.unwrap_or(&usual);
        let money = |amount: Minor| RwSignal::new(amount.to_decimal(currency));
        let tier = |(number, tier): (usize, &Tier)| TierTyped {
            number,
            name: RwSignal::new(tier.name.clone()),
            from: RwSignal::new(tier.from.to_string()),
            share: RwSignal::new(tier.share.to_percent()),
        };
        Self {
            on: RwSignal::new(rules.is_some()),
            earn: money(known.earn),
            spend: RwSignal::new(known.spend.to_string()),
            worth: money(known.worth),
            tiers: RwSignal::new(known.tiers.iter().enumerate().map(tier).collect()),
            home: Home::here(),
        }
    }

    /// Reads it, with what cannot be.
    pub fn read(self, currency: Currency) -> (Option<PointsRules>, Vec<WrongSetting>) {
        if !self.on.get() {
            return (None, Vec::new());
        }
        let money = |text: RwSignal<String>| {
            Minor::parse(&typed::decimal(&text.get()), currency).unwrap_or(Minor(-1))
        };
        let number = |text: RwSignal<String>| text.get().trim().parse().unwrap_or(-1);
        let tier = |tier: &TierTyped| Tier {
            name: tier.name.get().trim().to_owned(),
            from: number(tier.from),
            share: Rate::parse_percent(&typed::decimal(&tier.share.get())).unwrap_or(Rate(-1)),
        };
        let rules = PointsRules {
            earn: money(self.earn),
            spend: number(self.spend),
            worth: money(self.worth),
            tiers: self.tiers.with(|tiers| tiers.iter().map(tier).collect()),
        };
        let faults =
            rules.check().into_iter().map(|fault| wrong(&fault.field, words(&fault.field))).collect();
        (Some(rules), faults)
    }

    fn add(self) {
        self.tiers.update(|tiers| {
            let number = tiers.iter().map(|one| one.number).max().map_or(0, |last| last.saturating_add(1));
            tiers.push(self.home.make(|| TierTyped {
                number,
                name: RwSignal::new(String::new()),
                from: RwSignal::new(String::new()),
                share: RwSignal::new("150".to_owned()),
            }));
        });
    }
}

fn words(field: &str) -> &'static str {
    match field.rsplit_once('.').map(|(_, last)| last) {
        Some("earn" | "worth") => t!("manage.store.points.wrong.amount"),
        Some("spend") => t!("manage.store.points.wrong.spend"),
        Some("name") => t!("manage.store.points.wrong.name"),
        Some("from") => t!("manage.store.points.wrong.from"),
        Some("share") => t!("manage.store.points.wrong.share"),
        _ => t!("manage.store.points.wrong.tiers"),
    }
}

/// The fields.
#[component]
pub fn StorePoints(
    /// What is typed.
    points: PointsTyped,
    /// Of the store's amounts.
    #[prop(into)]
    currency: Signal<String>,
) -> AnyView {
    let fields = move || {
        points.on.get().then(|| {
            view! {
                <Field name="points.earn" label=t!("manage.store.points.earn") value=points.earn kind="decimal"
                    unit=currency.get_untracked() hint=t!("manage.store.points.earn.hint") />
                <div class="pair">
                    <Field name="points.spend" label=t!("manage.store.points.spend") value=points.spend kind="digits" />
                    <Field name="points.worth" label=t!("manage.store.points.worth") value=points.worth kind="decimal"
                        unit=currency.get_untracked() />
                </div>
                <p class="sm muted">{t!("manage.store.points.tiers.words")}</p>
                <For each=move || points.tiers.get() key=|tier| tier.number children=move |tier| tier_row(points, tier) />
                {move || (points.tiers.with(Vec::len) < MOST_TIERS).then(|| view! {
                    <div class="inline">
                        <button type="button" class="btn line" on:click=move |_| points.add()>
                            <Icon name=IconName::Plus />{t!("manage.store.points.tiers.add")}
                        </button>
                    </div>
                })}
            }
        })
    };
    view! {
        <fieldset class="store-codes fields">
            <legend>{t!("manage.store.points")}</legend>
            <Switch label=t!("manage.store.points.on") value=points.on hint=t!("manage.store.points.on.hint") />
            {fields}
        </fieldset>
    }
    .into_any()
}

fn tier_row(points: PointsTyped, tier: TierTyped) -> AnyView {
    let form: Form = expect_context();
    let place = points.tiers.with_untracked(|tiers| tiers.iter().position(|one| one.number == tier.number));
    let of = format!("points.tiers.{}", place.unwrap_or_default());
    let remove = move |_| {
        // The others are shown anew: what was wrong with them was said of their old places.
        form.wrong.set(Vec::new());
        points.tiers.update(|tiers| {
            tiers.retain(|one| one.number != tier.number);
            let next = tiers.iter().map(|one| one.number).max().map_or(0, |last| last.saturating_add(1));
            for (number, known) in (next..).zip(tiers.iter_mut()) {
                known.number = number;
            }
        });
    };
    view! {
        <div class="price-row" role="group" aria-label=t!("manage.store.points.tier")>
            <Field name=format!("{of}.name") label=t!("manage.store.points.tier") value=tier.name
                hint=t!("manage.store.points.tier.example") />
            <div class="pair with-button">
                <Field name=format!("{of}.from") label=t!("manage.store.points.tier.from") value=tier.from kind="digits" />
                <Field name=format!("{of}.share") label=t!("manage.store.points.tier.share") value=tier.share kind="decimal" unit="%" />
                <button type="button" class="btn line square" aria-label=t!("manage.store.points.tier.remove") on:click=remove>
                    <Icon name=IconName::Close />
                </button>
            </div>
        </div>
    }
    .into_any()
}
