//! Promotions: the lists of promotions and of price lists, with how each stands now.

use super::frame::{Screen, Tabs};
use super::offer::offer_words;
use super::when::{days_words, shop_time, standing_tag, stores_words};
use crate::component::{Empty, Failed, Icon, IconName, Seek};
use crate::i18n::{self, t};
use crate::letters::fold;
use crate::session::{Loaded, Manage, use_manage};
use leptos::prelude::*;
use shared::api::PriceListSummary;
use shared::calendar::LocalTime;
use shared::pricing::{Applies, Promotion, Standing};

fn tabs(lists: bool) -> AnyView {
    view! {
        <Tabs tabs=vec![
            ("/manage/promotions", t!("manage.promotions").to_owned(), !lists),
            ("/manage/price-lists", t!("manage.price_lists").to_owned(), lists),
        ] />
    }
    .into_any()
}

fn add(href: &'static str, label: &'static str) -> AnyView {
    view! { <a class="btn primary" href=href><Icon name=IconName::Plus />{label}</a> }.into_any()
}

/// What runs comes first, what is over last.
fn order(applies: &Applies, now: LocalTime) -> u8 {
    match applies.standing(now) {
        Standing::Now => 0,
        Standing::NotAtThisHour => 1,
        Standing::Planned => 2,
        Standing::Paused => 3,
        Standing::Over => 4,
    }
}

/// The list of promotions.
#[component]
pub fn Promotions() -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<Vec<Promotion>>::default();
    let load = move || loaded.load(manage.promotions());
    Effect::new(move |_| {
        manage.changes.track();
        load();
    });
    let words = RwSignal::new(String::new());
    let rows = move || {
        let now = shop_time(manage);
        let wanted = fold(&words.get());
        let all = loaded.value.get()?;
        let is_meant = |promotion: &&Promotion| {
            let code = promotion.coupon.as_ref().map(|coupon| fold(&coupon.code)).unwrap_or_default();
            fold(&promotion.name).contains(&wanted) || code.contains(&wanted)
        };
        let mut shown: Vec<Promotion> = all.iter().filter(is_meant).cloned().collect();
        shown.sort_by_key(|promotion| order(&promotion.applies, now));
        Some((shown, all.is_empty(), now))
    };
    let list = move || {
        match rows() {
        None => None,
        Some((_, true, _)) => Some(
            view! {
                <Empty icon=IconName::Tag heading=t!("manage.promotions.none") words=t!("manage.promotions.none.words").to_owned()>
                    <div class="actions">{add("/manage/promotions/new", t!("manage.promotions.add"))}</div>
                </Empty>
            }
            .into_any(),
        ),
        Some((shown, _, _)) if shown.is_empty() => Some(none_found()),
        Some((shown, _, now)) => Some(
            view! {
                <table class="list rows">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.name")}</th>
                            <th scope="col">{t!("manage.gives")}</th>
                            <th scope="col" class="roomy">{t!("manage.when")}</th>
                            <th scope="col">{t!("manage.standing")}</th>
                        </tr>
                    </thead>
                    <tbody>{shown.iter().map(|promotion| row(manage, promotion, now)).collect_view()}</tbody>
                </table>
            }
            .into_any(),
        ),
    }
    };
    view! {
        <Screen heading=t!("manage.rail.prices").to_owned() actions=add("/manage/promotions/new", t!("manage.promotions.add"))>
            {tabs(false)}
            <div class="toolbar"><Seek label=t!("manage.promotions.seek") value=words /></div>
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            <div class="card sheet">{list}</div>
        </Screen>
    }
    .into_any()
}

fn none_found() -> AnyView {
    let words = t!("manage.promotions.none_found.words").to_owned();
    view! { <Empty icon=IconName::Search heading=t!("manage.promotions.none_found") words /> }.into_any()
}

fn row(manage: Manage, promotion: &Promotion, now: LocalTime) -> AnyView {
    let currency = promotion.currency.or_else(|| manage.currency());
    let gives = currency.map(|currency| offer_words(promotion, currency));
    let code = promotion.coupon.as_ref().map(|coupon| {
        let used = i18n::number(i64::from(coupon.uses));
        match coupon.most_uses {
            Some(most) => t!("manage.promotions.code_of", code = coupon.code, used = used, most = most),
            None => t!("manage.promotions.code", code = coupon.code, used = used),
        }
    });
    view! {
        <tr class:off=order(&promotion.applies, now) == 4>
            <th scope="row">
                <a class="whole" href=format!("/manage/promotions/{}", promotion.id)><bdi>{promotion.name.clone()}</bdi></a>
                <span class="xs muted block">{code}</span>
            </th>
            <td>{gives}</td>
            <td class="roomy">{days_words(&promotion.applies)}<span class="xs muted block">{stores_words(manage, &promotion.applies)}</span></td>
            <td>{standing_tag(&promotion.applies, now)}</td>
        </tr>
    }
    .into_any()
}

/// The list of price lists.
#[component]
pub fn PriceLists() -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<Vec<PriceListSummary>>::default();
    let load = move || loaded.load(manage.price_lists());
    Effect::new(move |_| {
        manage.changes.track();
        load();
    });
    let list = move || {
        let all = loaded.value.get()?;
        if all.is_empty() {
            return Some(
                view! {
                    <Empty icon=IconName::Tag heading=t!("manage.price_lists.none") words=t!("manage.price_lists.none.words").to_owned()>
                        <div class="actions">{add("/manage/price-lists/new", t!("manage.price_lists.add"))}</div>
                    </Empty>
                }
                .into_any(),
            );
        }
        let now = shop_time(manage);
        let mut shown: Vec<&PriceListSummary> = all.iter().collect();
        shown.sort_by_key(|list| order(&list.applies, now));
        let rows = shown.into_iter().map(|list| list_row(manage, list, now)).collect_view();
        Some(
            view! {
                <table class="list rows">
                    <thead>
                        <tr>
                            <th scope="col">{t!("manage.name")}</th>
                            <th scope="col" class="num">{t!("manage.price_lists.prices")}</th>
                            <th scope="col" class="roomy">{t!("manage.when")}</th>
                            <th scope="col">{t!("manage.standing")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any(),
        )
    };
    view! {
        <Screen heading=t!("manage.rail.prices").to_owned() actions=add("/manage/price-lists/new", t!("manage.price_lists.add"))>
            {tabs(true)}
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            <div class="card sheet">{list}</div>
        </Screen>
    }
    .into_any()
}

fn list_row(manage: Manage, list: &PriceListSummary, now: LocalTime) -> AnyView {
    view! {
        <tr class:off=order(&list.applies, now) == 4>
            <th scope="row">
                <a class="whole" href=format!("/manage/price-lists/{}", list.id)><bdi>{list.name.clone()}</bdi></a>
                <span class="xs muted block">{list.currency.code().to_owned()}</span>
            </th>
            <td class="num">{i18n::number(i64::from(list.prices))}</td>
            <td class="roomy">{days_words(&list.applies)}<span class="xs muted block">{stores_words(manage, &list.applies)}</span></td>
            <td>{standing_tag(&list.applies, now)}</td>
        </tr>
    }
    .into_any()
}
