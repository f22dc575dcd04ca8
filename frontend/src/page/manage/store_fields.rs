//! Store fields: what is asked about a store, the same in set-up and later.

use super::store_codes::{CodesTyped, StoreCodes};
use super::store_points::{PointsTyped, StorePoints};
use super::store_receipt::ReceiptTyped;
use crate::component::{Choose, Field, Radios, Switch, wrong};
use crate::i18n::{self, t};
use crate::session::choices;
use crate::session::typed::{cash_steps, percent};
use leptos::prelude::*;
use shared::api::StoreSettings;
use shared::approval::ApprovalRules;
use shared::money::{Currency, Minor, Rate, Rounding};
use shared::sale::KNOWN_DAYS;
use shared::store::{CashRounding, GivingRules, LOCK_AFTER_MINUTES, ReceiptTemplate, Store, WrongSetting};
use shared::tax::{RoundedPer, TaxSettings};

/// What is typed about a store.
#[derive(Clone, Copy)]
pub struct StoreForm {
    /// As over the door.
    pub name: RwSignal<String>,
    address: RwSignal<String>,
    country: RwSignal<String>,
    currency: RwSignal<String>,
    time_zone: RwSignal<String>,
    language: RwSignal<String>,
    include_tax: RwSignal<String>,
    rounded: RwSignal<String>,
    step: RwSignal<String>,
    tax_number: RwSignal<String>,
    shift_needed: RwSignal<bool>,
    codes: CodesTyped,
    /// Closing words of its receipts.
    pub footer: RwSignal<String>,
    /// How its receipts are made up.
    pub receipt: ReceiptTyped,
    most_discount: RwSignal<String>,
    returns_approved: RwSignal<bool>,
    without_receipt: RwSignal<bool>,
    other_ways: RwSignal<bool>,
    tips: RwSignal<String>,
    donation: RwSignal<String>,
    points: PointsTyped,
    lock_after: RwSignal<String>,
    known_days: RwSignal<String>,
    tax: TaxSettings,
    cash_rounding: Rounding,
}

impl StoreForm {
    /// A new store, as the browser guesses it.
    pub fn new() -> Self {
        let country = choices::own_country();
        let currency = choices::currency_of(&country).unwrap_or_default();
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            name: text(""),
            address: text(""),
            currency: text(currency),
            time_zone: RwSignal::new(choices::own_time_zone()),
            language: text(i18n::language()),
            include_tax: text(if choices::taxed_on_top(&country) { "no" } else { "yes" }),
            rounded: text("line"),
            step: text("1"),
            tax_number: text(""),
            footer: text(""),
            receipt: ReceiptTyped::of(&ReceiptTemplate::default()),
            shift_needed: RwSignal::new(false),
            codes: CodesTyped::of(&[]),
            most_discount: RwSignal::new(ApprovalRules::default().most_discount.to_percent()),
            returns_approved: RwSignal::new(ApprovalRules::default().returns),
            // A shop that begins has nobody who is used to anything else.
            without_receipt: RwSignal::new(true),
            other_ways: RwSignal::new(true),
            tips: text(""),
            donation: text(""),
            points: PointsTyped::of(None, Currency::parse(currency).unwrap_or(Currency::NONE)),
            lock_after: RwSignal::new(LOCK_AFTER_MINUTES.to_string()),
            known_days: RwSignal::new(KNOWN_DAYS.to_string()),
            tax: TaxSettings::default(),
            cash_rounding: Rounding::default(),
            country: RwSignal::new(country),
        }
    }

    /// A known store.
    pub fn of(store: &Store) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            name: text(&store.name),
            address: RwSignal::new(store.address.join("\n")),
            country: text(&store.country),
            currency: text(store.currency.code()),
            time_zone: text(&store.time_zone),
            language: text(&store.language),
            include_tax: text(if store.tax.prices_include_tax { "yes" } else { "no" }),
            rounded: text(match store.tax.rounded {
                RoundedPer::Line => "line",
                RoundedPer::Sale => "sale",
                RoundedPer::Unit => "unit",
            }),
            step: RwSignal::new(store.cash_rounding.step_minor.to_string()),
            tax_number: text(store.tax_number.as_deref().unwrap_or_default()),
            footer: text(store.receipt_footer.as_deref().unwrap_or_default()),
            receipt: ReceiptTyped::of(&store.receipt),
            shift_needed: RwSignal::new(store.shift_needed),
            codes: CodesTyped::of(&store.in_store_codes),
            most_discount: RwSignal::new(store.approval.most_discount.to_percent()),
            returns_approved: RwSignal::new(store.approval.returns),
            without_receipt: RwSignal::new(store.approval.without_receipt),
            other_ways: RwSignal::new(store.approval.other_ways),
            tips: RwSignal::new(shares(&store.giving.tips)),
            donation: text(store.giving.donation.as_deref().unwrap_or_default()),
            lock_after: RwSignal::new(store.lock_after_minutes.to_string()),
            points: PointsTyped::of(store.points.as_ref(), store.currency),
            known_days: RwSignal::new(store.known_days.to_string()),
            tax: store.tax,
            cash_rounding: store.cash_rounding.rounding,
        }
    }

    /// Reads it, or says what is missing.
    pub fn read(self) -> Result<StoreSettings, Vec<WrongSetting>> {
        untrack(|| self.gather())
    }

    /// The same, for whoever shows what is typed while it is.
    pub fn gather(self) -> Result<StoreSettings, Vec<WrongSetting>> {
        let text = |signal: RwSignal<String>| signal.get().trim().to_owned();
        let some = |signal: RwSignal<String>| Some(text(signal)).filter(|text| !text.is_empty());
        let mut faults = Vec::new();
        if text(self.name).is_empty() {
            faults.push(wrong("store.name", t!("manage.store.name.missing")));
        }
        if text(self.country).is_empty() {
            faults.push(wrong("store.country", t!("manage.store.country.missing")));
        }
        let currency = Currency::parse(&text(self.currency));
        let Ok(currency) = currency else {
            faults.push(wrong("store.currency", t!("manage.store.currency.missing")));
            return Err(faults);
        };
        let most_discount = percent(&text(self.most_discount));
        if most_discount.is_err() {
            faults.push(wrong("approval.most_discount", t!("manage.store.most_discount.wrong")));
        }
        let tips: Result<Vec<Rate>, _> =
            text(self.tips).split([';', ' ']).filter(|share| !share.is_empty()).map(percent).collect();
        if tips.is_err() {
            faults.push(wrong("giving.tips", t!("manage.store.tips.wrong")));
        }
        let tips = tips.unwrap_or_default();
        let (points, wrong_points) = self.points.read(currency);
        faults.extend(wrong_points);
        let (Ok(most_discount), true) = (most_discount, faults.is_empty()) else { return Err(faults) };
        let address = text(self.address);
        let rounded = match text(self.rounded).as_str() {
            "sale" => RoundedPer::Sale,
            "unit" => RoundedPer::Unit,
            _ => RoundedPer::Line,
        };
        Ok(StoreSettings {
            name: text(self.name),
            address: address.lines().map(|row| row.trim().to_owned()).collect(),
            country: text(self.country),
            currency,
            time_zone: text(self.time_zone),
            language: text(self.language),
            tax: TaxSettings { prices_include_tax: text(self.include_tax) == "yes", rounded, ..self.tax },
            cash_rounding: CashRounding {
                step_minor: text(self.step).parse().unwrap_or(1),
                rounding: self.cash_rounding,
            },
            tax_number: some(self.tax_number),
            receipt_footer: some(self.footer),
            receipt: self.receipt.read(),
            shift_needed: self.shift_needed.get(),
            in_store_codes: self.codes.read(),
            approval: ApprovalRules {
                most_discount,
                returns: self.returns_approved.get(),
                without_receipt: self.without_receipt.get(),
                other_ways: self.other_ways.get(),
            },
            giving: GivingRules { tips, donation: some(self.donation) },
            points,
            lock_after_minutes: text(self.lock_after).parse().unwrap_or(LOCK_AFTER_MINUTES),
            known_days: text(self.known_days).parse().unwrap_or(KNOWN_DAYS),
        })
    }

    /// Another country is another guess, as long as nothing was chosen by hand.
    fn country_chosen(self) {
        let country = self.country.get_untracked();
        if let Some(currency) = choices::currency_of(&country) {
            self.currency.set(currency.to_owned());
        }
        self.include_tax.set(if choices::taxed_on_top(&country) { "no" } else { "yes" }.to_owned());
    }

    fn locks(self) -> Vec<(String, String)> {
        let own = self.lock_after.get().parse::<u16>().unwrap_or(LOCK_AFTER_MINUTES);
        let mut minutes = vec![0, 1, 2, 5, 10, 15, 30, 60];
        if !minutes.contains(&own) {
            minutes.push(own);
        }
        let words = |minutes: u16| match minutes {
            0 => t!("manage.store.lock.never").to_owned(),
            minutes => t!("manage.store.lock.minutes", minutes = minutes),
        };
        minutes.into_iter().map(|minutes| (minutes.to_string(), words(minutes))).collect()
    }

    fn days(self) -> Vec<(String, String)> {
        let own = self.known_days.get().parse::<u16>().unwrap_or(KNOWN_DAYS);
        let mut days = vec![0, 7, 14, 30, 60, 90, 180, 366];
        if !days.contains(&own) {
            days.push(own);
        }
        let words = |days: u16| match days {
            0 => t!("manage.store.known.never").to_owned(),
            days => t!("manage.store.known.days", days = days),
        };
        days.into_iter().map(|days| (days.to_string(), words(days))).collect()
    }

    fn steps(self) -> Vec<(String, String)> {
        let Ok(currency) = Currency::parse(&self.currency.get()) else {
            return vec![("1".to_owned(), t!("manage.store.no_rounding").to_owned())];
        };
        let own = self.step.get().parse::<i64>().unwrap_or(1);
        let mut steps = cash_steps(currency).to_vec();
        if !steps.contains(&own) {
            steps.push(own);
        }
        let words = |step: i64| match step {
            1 => t!("manage.store.no_rounding").to_owned(),
            step => t!("manage.store.rounding_to", amount = i18n::money(Minor(step), currency)),
        };
        steps.into_iter().map(|step| (step.to_string(), words(step))).collect()
    }
}

/// "10 12.5 15".
fn shares(tips: &[Rate]) -> String {
    let shares: Vec<String> = tips.iter().map(|share| share.to_percent()).collect();
    shares.join(" ")
}

/// The fields.
#[component]
pub fn StoreFields(
    /// What is typed.
    store: StoreForm,
) -> AnyView {
    let fixed = |options: Vec<(String, String)>| Signal::stored(options);
    view! {
        <Field name="store.name" label=t!("manage.store.name") value=store.name hint=t!("manage.store.name.hint") />
        <Field name="store.address" label=t!("manage.store.address") value=store.address rows=3 optional=true
            hint=t!("manage.store.address.hint") />
        <div class="pair">
            <Choose name="store.country" label=t!("manage.store.country") value=store.country
                options=fixed(choices::countries()) none=t!("manage.choose") on_choice=Callback::new(move |()| store.country_chosen()) />
            <Choose name="store.currency" label=t!("manage.store.currency") value=store.currency
                options=fixed(choices::currencies()) none=t!("manage.choose") />
        </div>
        <div class="pair">
            <Choose name="store.time_zone" label=t!("manage.store.time_zone") value=store.time_zone
                options=fixed(choices::time_zones()) />
            <Choose name="store.language" label=t!("manage.store.language") value=store.language
                options=fixed(choices::languages()) hint=t!("manage.store.language.hint") />
        </div>
        <Radios name="include_tax" label=t!("manage.store.prices") value=store.include_tax options=vec![
            ("yes", t!("manage.store.prices.with"), t!("manage.store.prices.with.words")),
            ("no", t!("manage.store.prices.without"), t!("manage.store.prices.without.words")),
        ] />
        <Radios name="rounded" label=t!("manage.store.rounded") value=store.rounded options=vec![
            ("line", t!("manage.store.rounded.line"), t!("manage.store.rounded.line.words")),
            ("sale", t!("manage.store.rounded.sale"), t!("manage.store.rounded.sale.words")),
            ("unit", t!("manage.store.rounded.unit"), t!("manage.store.rounded.unit.words")),
        ] />
        <Choose name="store.cash_rounding" label=t!("manage.store.cash") value=store.step
            options=Signal::derive(move || store.steps()) hint=t!("manage.store.cash.hint") />
        <Field name="store.tax_number" label=t!("manage.store.tax_number") value=store.tax_number optional=true />
        <Switch label=t!("manage.store.shifts") value=store.shift_needed hint=t!("manage.store.shifts.hint") />
        <div class="pair">
            <Field name="approval.most_discount" label=t!("manage.store.most_discount") value=store.most_discount
                kind="decimal" unit="%" hint=t!("manage.store.most_discount.hint") />
            <Choose name="lock_after_minutes" label=t!("manage.store.lock") value=store.lock_after
                options=Signal::derive(move || store.locks()) hint=t!("manage.store.lock.hint") />
        </div>
        <Choose name="known_days" label=t!("manage.store.known") value=store.known_days
            options=Signal::derive(move || store.days()) hint=t!("manage.store.known.hint") />
        <Switch label=t!("manage.store.returns") value=store.returns_approved hint=t!("manage.store.returns.hint") />
        <Switch label=t!("manage.store.without_receipt") value=store.without_receipt
            hint=t!("manage.store.without_receipt.hint") />
        <Switch label=t!("manage.store.other_ways") value=store.other_ways hint=t!("manage.store.other_ways.hint") />
        <div class="pair">
            <Field name="giving.tips" label=t!("manage.store.tips") value=store.tips optional=true
                hint=t!("manage.store.tips.hint") />
            <Field name="giving.donation" label=t!("manage.store.donation") value=store.donation optional=true
                hint=t!("manage.store.donation.hint") />
        </div>
        <StorePoints points=store.points currency=store.currency />
        <StoreCodes codes=store.codes />
    }
    .into_any()
}
