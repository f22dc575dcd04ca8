//! Check: what of both sides' records would make trouble: a score, what was found, what each would do, and all of it as a table.

use crate::component::{Empty, Failed, Icon, IconName};
use crate::i18n::{self, t};
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::connect::{DataCheck, Finding, Found, Side, Weight};
use shared::ids::ConnectionId;

/// The check of a connection.
#[component]
pub fn Check(
    /// Of which.
    id: ConnectionId,
) -> AnyView {
    let manage = use_manage();
    let found = Loaded::<DataCheck>::default();
    let busy = RwSignal::new(false);
    let load = Callback::new(move |()| {
        busy.set(true);
        found.load(async move {
            let answer = manage.data_check(id).await;
            busy.try_set(false);
            answer
        });
    });
    load.run(());
    let figures = move || {
        let found = found.value.get()?;
        let number = |count: u64| i18n::number(i64::try_from(count).unwrap_or(i64::MAX));
        let under = t!(
            "manage.connect.check.looked_at",
            here = number(found.here),
            there = number(found.there),
            customers = number(found.customers)
        );
        Some(view! {
            <section class="card kpi">
                <h2 class="xs muted">{t!("manage.connect.check.score")}</h2>
                <p class="figure">{i18n::number(i64::from(found.score))}" %"</p>
                <progress class="score" max="100" value=found.score.to_string() aria-hidden="true"></progress>
                <p class="sm muted">{under}</p>
            </section>
        })
    };
    let findings = move || {
        let found = found.value.get()?;
        if found.findings.is_empty() {
            let words = t!("manage.connect.check.none.words").to_owned();
            return Some(
                view! { <Empty icon=IconName::Done heading=t!("manage.connect.check.none") words /> }
                    .into_any(),
            );
        }
        Some(found.findings.iter().map(finding).collect_view().into_any())
    };
    view! {
        {move || found.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
        <div class="board flows">{figures}</div>
        <div class="toolbar">
            <span class="grow muted" role="status">{move || busy.get().then(|| t!("manage.connect.check.looking"))}</span>
            <a class="btn line" href=manage.data_check_table(id) download="data-check.csv">
                <Icon name=IconName::Download />{t!("manage.connect.check.table")}
            </a>
            <button type="button" class="btn line" on:click=move |_| load.run(())>{t!("manage.connect.check.again")}</button>
        </div>
        <div class="card sheet" aria-busy=move || busy.get().to_string()>{findings}</div>
    }
    .into_any()
}

fn finding(one: &Finding) -> AnyView {
    let (class, weight) = match one.weight {
        Weight::Stops => ("tag bad", t!("manage.connect.check.stops")),
        Weight::Warns => ("tag warn", t!("manage.connect.check.warns")),
    };
    let side = match one.side {
        Side::Here => t!("manage.connect.ours"),
        Side::There => t!("manage.connect.theirs"),
        Side::Both => t!("manage.connect.check.both"),
    };
    let (heading, words) = words(one.found);
    let count = i18n::number(i64::try_from(one.count).unwrap_or(i64::MAX));
    let examples = one.examples.iter().map(|example| {
        view! {
            <tr>
                <th scope="row"><bdi>{example.code.clone()}</bdi></th>
                <td><bdi>{example.name.clone()}</bdi></td>
                <td><bdi>{example.detail.clone()}</bdi></td>
            </tr>
        }
    });
    view! {
        <details class="finding">
            <summary>
                <span class="grow">
                    <span class="strong block">{heading}</span>
                    <span class="sm muted block">{words}</span>
                </span>
                <span class="tag">{side}</span>
                <span class=class>{weight}</span>
                <span class="num strong">{count}</span>
            </summary>
            <table class="list rows">
                <thead class="hidden-text">
                    <tr>
                        <th scope="col">{t!("manage.connect.check.code")}</th>
                        <th scope="col">{t!("manage.name")}</th>
                        <th scope="col">{t!("manage.connect.check.detail")}</th>
                    </tr>
                </thead>
                <tbody>{examples.collect_view()}</tbody>
            </table>
        </details>
    }
    .into_any()
}

/// What was found, and what would go wrong.
fn words(found: Found) -> (&'static str, &'static str) {
    match found {
        Found::ValueUnmatched => {
            (t!("manage.connect.found.value_unmatched"), t!("manage.connect.found.value_unmatched.words"))
        }
        Found::Unmatched => {
            (t!("manage.connect.found.unmatched"), t!("manage.connect.found.unmatched.words"))
        }
        Found::CodeMissing => {
            (t!("manage.connect.found.code_missing"), t!("manage.connect.found.code_missing.words"))
        }
        Found::CodeDoubled => {
            (t!("manage.connect.found.code_doubled"), t!("manage.connect.found.code_doubled.words"))
        }
        Found::CodeAlmost => {
            (t!("manage.connect.found.code_almost"), t!("manage.connect.found.code_almost.words"))
        }
        Found::BarcodeWrong => {
            (t!("manage.connect.found.barcode_wrong"), t!("manage.connect.found.barcode_wrong.words"))
        }
        Found::BarcodeDoubled => {
            (t!("manage.connect.found.barcode_doubled"), t!("manage.connect.found.barcode_doubled.words"))
        }
        Found::PriceMissing => {
            (t!("manage.connect.found.price_missing"), t!("manage.connect.found.price_missing.words"))
        }
        Found::PriceDiffers => {
            (t!("manage.connect.found.price_differs"), t!("manage.connect.found.price_differs.words"))
        }
        Found::TaxUnmapped => {
            (t!("manage.connect.found.tax_unmapped"), t!("manage.connect.found.tax_unmapped.words"))
        }
        Found::TaxDiffers => {
            (t!("manage.connect.found.tax_differs"), t!("manage.connect.found.tax_differs.words"))
        }
        Found::UnitUnmapped => {
            (t!("manage.connect.found.unit_unmapped"), t!("manage.connect.found.unit_unmapped.words"))
        }
        Found::UnitDiffers => {
            (t!("manage.connect.found.unit_differs"), t!("manage.connect.found.unit_differs.words"))
        }
        Found::MatchedTwice => {
            (t!("manage.connect.found.matched_twice"), t!("manage.connect.found.matched_twice.words"))
        }
        Found::RetiredThere => {
            (t!("manage.connect.found.retired_there"), t!("manage.connect.found.retired_there.words"))
        }
        Found::VariantOrphan => {
            (t!("manage.connect.found.variant_orphan"), t!("manage.connect.found.variant_orphan.words"))
        }
        Found::StockNegative => {
            (t!("manage.connect.found.stock_negative"), t!("manage.connect.found.stock_negative.words"))
        }
        Found::StockOdd => (t!("manage.connect.found.stock_odd"), t!("manage.connect.found.stock_odd.words")),
        Found::CustomerMailDoubled => {
            (t!("manage.connect.found.mail_doubled"), t!("manage.connect.found.mail_doubled.words"))
        }
        Found::CustomerPhoneDoubled => {
            (t!("manage.connect.found.phone_doubled"), t!("manage.connect.found.phone_doubled.words"))
        }
    }
}
