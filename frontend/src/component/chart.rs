//! Chart: net sales by hour as bars, beside those of another day.
//! Lives here: the drawing, its reading by pointer and by keys, and the table that says the same.
//! May use: session, i18n. Never: a colour of its own, a float.
//! Invariant: what the drawing shows, its table says.

use crate::i18n::{self, t};
use crate::session::compare::marks;
use leptos::prelude::*;
use shared::api::HourFigures;
use shared::money::{Currency, Minor};

// The drawing is ten times finer than a pixel, so that whole numbers place everything.
const WIDTH: i64 = 8_000;
const HEIGHT: i64 = 2_300;
const LEFT: i64 = 800;
const TOP: i64 = 140;
const BOTTOM: i64 = 2_020;

/// What is drawn: hours and where the axis ends.
#[derive(Clone, PartialEq)]
struct Drawing {
    hours: Vec<HourFigures>,
    marks: Vec<i64>,
}

impl Drawing {
    /// The hours anything was sold in, and the usual ones of a shop.
    fn of(hours: &[HourFigures], currency: Currency) -> Self {
        let sold = |hour: &&HourFigures| !hour.net.is_zero() || !hour.compared_net.is_zero();
        let first = hours.iter().find(sold).map_or(9, |hour| hour.hour.min(9));
        let last = hours.iter().rev().find(sold).map_or(17, |hour| hour.hour.max(17));
        let hours: Vec<HourFigures> =
            hours.iter().filter(|hour| (first..=last).contains(&hour.hour)).copied().collect();
        let amounts = || hours.iter().flat_map(|hour| [hour.net.0, hour.compared_net.0]);
        let unit = 10_i64.pow(currency.digits());
        let marks = marks(amounts().min().unwrap_or(0), amounts().max().unwrap_or(0), unit);
        Self { hours, marks }
    }

    fn y(&self, amount: i64) -> i64 {
        let (low, high) = (self.marks.first().copied().unwrap_or(0), self.marks.last().copied().unwrap_or(1));
        let part = i128::from(high.saturating_sub(amount)) * i128::from(BOTTOM - TOP);
        let whole = i128::from(high.saturating_sub(low)).max(1);
        TOP + i64::try_from(part / whole).unwrap_or(0)
    }

    fn column(&self) -> i64 {
        (WIDTH - LEFT) / i64::try_from(self.hours.len().max(1)).unwrap_or(1)
    }

    fn x(&self, place: usize) -> i64 {
        LEFT + self.column() * i64::try_from(place).unwrap_or(0)
    }
}

/// `9:00`.
fn clock(hour: u8) -> String {
    format!("{hour}:00")
}

/// Bars by hour; arrow keys walk through the hours.
#[component]
pub fn HourChart(
    /// 24 rows.
    #[prop(into)]
    hours: Signal<Vec<HourFigures>>,
    /// Of the amounts.
    #[prop(into)]
    currency: Signal<Currency>,
    /// What it is about.
    heading: &'static str,
    /// The day drawn strong.
    #[prop(into)]
    this_day: Signal<String>,
    /// The day drawn pale.
    #[prop(into)]
    other_day: Signal<String>,
) -> AnyView {
    let drawing = Memo::new(move |_| Drawing::of(&hours.read(), currency.get()));
    let read = RwSignal::new(None::<usize>);
    let money = move |amount: Minor| i18n::money(amount, currency.get());
    let reading = move || {
        let drawing = drawing.read();
        read.get().and_then(|place| drawing.hours.get(place).copied())
    };
    let walked = move |event: web_sys::KeyboardEvent| {
        let last = drawing.read_untracked().hours.len().saturating_sub(1);
        let to = match (event.key().as_str(), read.get_untracked()) {
            ("ArrowRight" | "ArrowUp", None) | ("Home", _) => 0,
            ("ArrowLeft" | "ArrowDown", None) | ("End", _) => last,
            ("ArrowRight" | "ArrowUp", Some(place)) => place.saturating_add(1).min(last),
            ("ArrowLeft" | "ArrowDown", Some(place)) => place.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        read.set(Some(to));
    };
    let summary = move || summary(&drawing.read(), currency.get(), heading);
    view! {
        <figure class="chart">
            <figcaption>
                <h2>{heading}</h2>
                <p class="legend" aria-live="polite">
                    {move || reading().map(|hour| view! { <span class="strong">{clock(hour.hour)}</span> })}
                    <span class="series now">{this_day}
                        {move || reading().map(|hour| view! { <b>{money(hour.net)}</b> })}</span>
                    <span class="series before">{other_day}
                        {move || reading().map(|hour| view! { <b>{money(hour.compared_net)}</b> })}</span>
                </p>
            </figcaption>
            <div class="plot" tabindex="0" role="group" aria-label=t!("manage.chart.keys") on:keydown=walked
                on:blur=move |_| read.set(None) on:pointerleave=move |_| read.set(None)>
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=summary>
                    {move || axis(&drawing.read(), currency.get())}
                    {move || bars(&drawing.read(), read)}
                </svg>
            </div>
            <details class="as-table">
                <summary>{t!("manage.chart.as_table")}</summary>
                {move || table(&drawing.read(), &this_day.read(), &other_day.read(), currency.get())}
            </details>
        </figure>
    }
    .into_any()
}

fn summary(drawing: &Drawing, currency: Currency, heading: &str) -> String {
    let best = drawing.hours.iter().max_by_key(|hour| hour.net).filter(|hour| hour.net.0 > 0);
    match best {
        None => format!("{heading}. {}", t!("manage.chart.nothing")),
        Some(hour) => {
            let amount = i18n::money(hour.net, currency);
            format!("{heading}. {}", t!("manage.chart.best", hour = clock(hour.hour), amount = amount))
        }
    }
}

fn axis(drawing: &Drawing, currency: Currency) -> AnyView {
    let line = |mark: &i64| {
        let y = drawing.y(*mark);
        let class = if *mark == 0 { "zero" } else { "mark" };
        view! {
            <line class=class x1=LEFT x2=WIDTH y1=y y2=y />
            <text class="amount" x=LEFT - 100 y=y + 45>{i18n::money_short(Minor(*mark), currency)}</text>
        }
    };
    let label = |(place, hour): (usize, &HourFigures)| {
        let x = drawing.x(place) + drawing.column() / 2;
        // On a full day every other hour is named.
        let named = drawing.hours.len() <= 14 || hour.hour % 2 == 0;
        named.then(|| view! { <text class="hour" x=x y=BOTTOM + 220>{clock(hour.hour)}</text> })
    };
    view! {
        <g aria-hidden="true">
            {drawing.marks.iter().map(line).collect_view()}
            {drawing.hours.iter().enumerate().map(label).collect_view()}
        </g>
    }
    .into_any()
}

fn bars(drawing: &Drawing, read: RwSignal<Option<usize>>) -> AnyView {
    let width = (drawing.column() * 36 / 100).min(240);
    let bar = |class: &'static str, x: i64, amount: Minor| {
        let (zero, y) = (drawing.y(0), drawing.y(amount.0));
        let (top, height) = (zero.min(y), (zero - y).abs());
        (height > 0).then(|| view! { <rect class=class x=x y=top width=width height=height rx="40" /> })
    };
    let hour = |(place, hour): (usize, &HourFigures)| {
        let middle = drawing.x(place) + drawing.column() / 2;
        view! {
            <g class="column" class:read=move || read.get() == Some(place)
                on:pointerenter=move |_| read.set(Some(place)) on:pointerdown=move |_| read.set(Some(place))>
                <rect class="ground" x=drawing.x(place) y=TOP - 100 width=drawing.column() height=BOTTOM - TOP + 100 rx="60" />
                {bar("before", middle - width - 12, hour.compared_net)}
                {bar("now", middle + 12, hour.net)}
            </g>
        }
    };
    view! { <g aria-hidden="true">{drawing.hours.iter().enumerate().map(hour).collect_view()}</g> }.into_any()
}

fn table(drawing: &Drawing, this_day: &str, other_day: &str, currency: Currency) -> AnyView {
    let row = |hour: &HourFigures| {
        view! {
            <tr>
                <th scope="row">{clock(hour.hour)}</th>
                <td class="num">{i18n::money(hour.net, currency)}</td>
                <td class="num">{i18n::money(hour.compared_net, currency)}</td>
            </tr>
        }
    };
    view! {
        <table class="list">
            <thead>
                <tr>
                    <th scope="col">{t!("manage.chart.hour")}</th>
                    <th scope="col" class="num">{this_day.to_owned()}</th>
                    <th scope="col" class="num">{other_day.to_owned()}</th>
                </tr>
            </thead>
            <tbody>{drawing.hours.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
