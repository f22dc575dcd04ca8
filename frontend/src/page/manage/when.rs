//! When: the days, hours and stores of a price list or promotion, typed and in words.

use crate::component::{Below, Field, Radios, Switch, wrong};
use crate::i18n::{self, t};
use crate::session::{Manage, local_time, use_manage};
use leptos::prelude::*;
use shared::calendar::{Day, LocalTime};
use shared::ids::{CustomerGroupId, StoreId};
use shared::pricing::{Applies, Standing, Wrong};
use shared::store::WrongSetting;

/// A Monday, to name the days of the week by.
const MONDAY: i64 = 4;

/// What is typed.
#[derive(Clone, Copy)]
pub struct When {
    from: RwSignal<String>,
    to: RwSignal<String>,
    weekdays: RwSignal<Vec<u8>>,
    from_time: RwSignal<String>,
    to_time: RwSignal<String>,
    stores: RwSignal<Vec<StoreId>>,
    groups: RwSignal<Vec<CustomerGroupId>>,
    active: RwSignal<bool>,
    priority: RwSignal<String>,
}

impl When {
    /// As a rule has it.
    pub fn of(applies: &Applies, priority: i64) -> Self {
        let day = |day: Option<Day>| RwSignal::new(day.map(|day| day.to_string()).unwrap_or_default());
        let time = |minute: Option<u16>| RwSignal::new(minute.map(clock_text).unwrap_or_default());
        Self {
            from: day(applies.from),
            to: day(applies.to),
            weekdays: RwSignal::new(applies.weekdays.clone()),
            from_time: time(applies.from_minute),
            to_time: time(applies.to_minute),
            stores: RwSignal::new(applies.stores.clone()),
            groups: RwSignal::new(applies.groups.clone()),
            active: RwSignal::new(!applies.paused),
            priority: RwSignal::new(priority.to_string()),
        }
    }

    /// Reads it and its priority, and notes what cannot be.
    pub fn read(self, faults: &mut Vec<WrongSetting>) -> (Applies, i64) {
        let day = |text: RwSignal<String>| Day::parse(&text.get_untracked()).ok();
        let time = |text: RwSignal<String>| minute_of(&text.get_untracked());
        let priority = self.priority.with_untracked(|text| text.trim().parse());
        if priority.is_err() {
            faults.push(wrong("priority", fault_words(Wrong::Priority)));
        }
        let applies = Applies {
            stores: self.stores.get_untracked(),
            groups: self.groups.get_untracked(),
            from: day(self.from),
            to: day(self.to),
            weekdays: self.weekdays.get_untracked(),
            from_minute: time(self.from_time),
            to_minute: time(self.to_time),
            paused: !self.active.get_untracked(),
        };
        (applies, priority.unwrap_or(0))
    }
}

/// `08:30`.
fn clock_text(minute: u16) -> String {
    format!("{:02}:{:02}", (minute / 60) % 24, minute % 60)
}

fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let minute = minute.get(..2)?.parse::<u16>().ok()?;
    hour.parse::<u16>().ok()?.checked_mul(60)?.checked_add(minute).filter(|minute| *minute < 24 * 60)
}

/// The card about when, where and how soon.
#[component]
pub fn WhenFields(
    /// What is typed.
    when: When,
) -> AnyView {
    let manage = use_manage();
    let weekday = move |day: u8| {
        let name = i18n::weekday(Day::from_number(MONDAY + i64::from(day) - 1));
        let is_on = Memo::new(move |_| when.weekdays.with(|days| days.contains(&day)));
        let turn = move |_| {
            when.weekdays.update(|days| match days.iter().position(|known| *known == day) {
                Some(at) => drop(days.remove(at)),
                None => {
                    days.push(day);
                    days.sort_unstable();
                }
            });
        };
        view! { <button type="button" class="chip" aria-pressed=move || is_on.get().to_string() on:click=turn>{name}</button> }
    };
    let store = move |id: StoreId, name: String| {
        let is_on = Memo::new(move |_| when.stores.with(|stores| stores.contains(&id)));
        let turn = move |_| {
            when.stores.update(|stores| match stores.iter().position(|known| *known == id) {
                Some(at) => drop(stores.remove(at)),
                None => stores.push(id),
            });
        };
        view! { <button type="button" class="chip" aria-pressed=move || is_on.get().to_string() on:click=turn>{name}</button> }
    };
    let stores = move || {
        let all = manage.stores.get();
        all.iter().map(|one| store(one.id, one.name.clone())).collect_view()
    };
    manage.load_customer_groups();
    let group = move |id: CustomerGroupId, name: String| {
        let is_on = Memo::new(move |_| when.groups.with(|groups| groups.contains(&id)));
        let turn = move |_| {
            when.groups.update(|groups| match groups.iter().position(|known| *known == id) {
                Some(at) => drop(groups.remove(at)),
                None => groups.push(id),
            });
        };
        view! { <button type="button" class="chip" aria-pressed=move || is_on.get().to_string() on:click=turn>{name}</button> }
    };
    let groups = move || {
        let all = manage.customer_groups.get();
        (!all.is_empty()).then(|| {
            view! {
                <div class="field" role="group" aria-label=t!("manage.when.groups")>
                    <span class="label">{t!("manage.when.groups")}</span>
                    <div class="inline">{all.iter().map(|one| group(one.id, one.name.clone())).collect_view()}</div>
                    <span class="hint">{t!("manage.when.groups.hint")}</span>
                    <Below name="applies.groups" id="below-groups" />
                </div>
            }
        })
    };
    view! {
        <section class="card padded fields">
            <h2>{t!("manage.when")}</h2>
            <Switch label=t!("manage.when.active") value=when.active hint=t!("manage.when.active.hint") />
            <div class="pair">
                <Field name="applies.from" label=t!("manage.when.from") value=when.from kind="date" optional=true />
                <Field name="applies.to" label=t!("manage.when.to") value=when.to kind="date" optional=true />
            </div>
            <div class="field" role="group" aria-label=t!("manage.when.weekdays")>
                <span class="label">{t!("manage.when.weekdays")}</span>
                <div class="inline">{(1..=7).map(weekday).collect_view()}</div>
                <span class="hint">{t!("manage.when.weekdays.hint")}</span>
                <Below name="applies.weekdays" id="below-weekdays" />
            </div>
            <div class="pair">
                <Field name="applies.from_minute" label=t!("manage.when.from_time") value=when.from_time kind="time" optional=true />
                <Field name="applies.to_minute" label=t!("manage.when.to_time") value=when.to_time kind="time" optional=true />
            </div>
            <div class="field" role="group" aria-label=t!("manage.when.stores")>
                <span class="label">{t!("manage.when.stores")}</span>
                <div class="inline">{stores}</div>
                <span class="hint">{t!("manage.when.stores.hint")}</span>
                <Below name="applies.stores" id="below-stores" />
            </div>
            {groups}
            <Field name="priority" label=t!("manage.when.priority") value=when.priority kind="digits" hint=t!("manage.when.priority.hint") />
        </section>
    }
    .into_any()
}

/// How a promotion goes with others, to choose.
#[component]
pub fn StackingField(
    /// What is chosen.
    value: RwSignal<String>,
) -> AnyView {
    let options = vec![
        ("alone", t!("manage.stacking.alone"), t!("manage.stacking.alone.hint")),
        ("with_others", t!("manage.stacking.with_others"), t!("manage.stacking.with_others.hint")),
        ("only_one", t!("manage.stacking.only_one"), t!("manage.stacking.only_one.hint")),
    ];
    view! { <Radios name="stacking" label=t!("manage.stacking") value options /> }.into_any()
}

/// This moment in the shop.
pub fn shop_time(manage: Manage) -> LocalTime {
    let zone = manage.stores.with(|stores| stores.first().map(|store| store.time_zone.clone()));
    local_time(zone.as_deref().unwrap_or("UTC"))
}

/// How it stands, as a tag.
pub fn standing_tag(applies: &Applies, now: LocalTime) -> AnyView {
    let (class, words) = match applies.standing(now) {
        Standing::Now => ("tag ok", t!("manage.standing.now")),
        Standing::NotAtThisHour => ("tag info", t!("manage.standing.not_at_this_hour")),
        Standing::Planned => ("tag info", t!("manage.standing.planned")),
        Standing::Over => ("tag warn", t!("manage.standing.over")),
        Standing::Paused => ("tag warn", t!("manage.standing.paused")),
    };
    view! { <span class=class>{words}</span> }.into_any()
}

/// Its days in words.
pub fn days_words(applies: &Applies) -> String {
    match (applies.from, applies.to) {
        (None, None) => t!("manage.when.always").to_owned(),
        (Some(from), None) => t!("manage.when.from_day", day = i18n::day(from)),
        (None, Some(to)) => t!("manage.when.to_day", day = i18n::day(to)),
        (Some(from), Some(to)) => format!("{} – {}", i18n::day(from), i18n::day(to)),
    }
}

/// Its stores in words.
pub fn stores_words(manage: Manage, applies: &Applies) -> String {
    if applies.stores.is_empty() {
        return t!("manage.when.every_store").to_owned();
    }
    let stores = manage.stores.get();
    let named = stores.iter().filter(|store| applies.stores.contains(&store.id));
    named.map(|store| store.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is wrong with a field of a rule, in the language of the screen.
pub fn fault_words(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Name => t!("manage.rule.name"),
        Wrong::Priority => t!("manage.rule.priority"),
        Wrong::Days => t!("manage.rule.days"),
        Wrong::Hours => t!("manage.rule.hours"),
        Wrong::Weekdays => t!("manage.rule.weekdays"),
        Wrong::Code => t!("manage.rule.code"),
        Wrong::Times => t!("manage.rule.times"),
        Wrong::Currency | Wrong::Amount => t!("manage.rule.amount"),
        Wrong::Share => t!("manage.rule.share"),
        Wrong::Price => t!("manage.rule.price"),
        Wrong::Pieces => t!("manage.rule.pieces"),
        Wrong::Steps => t!("manage.rule.steps"),
        Wrong::Goods => t!("manage.rule.goods"),
        Wrong::TooMany => t!("manage.rule.too_many"),
        Wrong::Parts => t!("manage.rule.parts"),
        Wrong::Prices => t!("manage.rule.prices"),
        Wrong::Twice => t!("manage.rule.twice"),
    }
}
