//! Customer: the form of one, what they bought, what was changed in the record, and erasing it.
//! Invariant: nothing typed is lost by an error; a change of somebody else's is never overwritten unseen.

use super::accounts::{account_card, points_card};
use super::rule::{RuleButtons, RuleWords, rule_page, saving};
use super::sales::kind_tag;
use crate::component::{
    Choose, Dialog, Failed, Field, Form, FormBody, Home, Icon, IconName, Note, Radios, save_file,
    trouble_words, use_toasts, wrong,
};
use crate::i18n::{self, t};
use crate::session::{Loaded, Versioned, choices, mint, typed, use_address, use_manage};
use leptos::prelude::*;
use shared::api::{BoughtIn, CustomerChange, CustomerStory, SaleRow};
use shared::calendar::Day;
use shared::customer::{Address, Consent, Customer, CustomerField, FieldChange, WrongCustomer};
use shared::ids::{CustomerGroupId, CustomerId};
use shared::money::{Currency, Minor};
use shared::store::WrongSetting;
use std::sync::Arc;

/// Purchases and changes shown beside the form.
const SHOWN: u32 = 20;
/// In the file a person may ask for: as many as the server gives at once.
const IN_A_FILE: u32 = 500;
/// A certificate that ends within so many days is warned of.
pub const ENDS_SOON_DAYS: i64 = 30;
const LIST: &str = "/manage/customers";

/// The form's page: with an id of that customer, else of a new one.
#[component]
pub fn CustomerPage(
    /// Which.
    id: Option<CustomerId>,
) -> AnyView {
    use_manage().load_customer_groups();
    let words = RuleWords {
        list: LIST,
        single: t!("manage.customer"),
        add: t!("manage.customers.add"),
        name: |customer: &Customer| customer.title().to_owned(),
    };
    rule_page(id.map(|id| id.to_string()), words, |known, loaded, currency| {
        view! { <CustomerForm known loaded currency /> }.into_any()
    })
}

#[derive(Clone, Copy)]
struct AddressTyped {
    number: usize,
    label: RwSignal<String>,
    lines: RwSignal<String>,
    postcode: RwSignal<String>,
    city: RwSignal<String>,
    country: RwSignal<String>,
}

impl AddressTyped {
    fn of(number: usize, address: &Address) -> Self {
        let text = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
        Self {
            number,
            label: text(&address.label),
            lines: RwSignal::new(address.lines.join("\n")),
            postcode: text(&address.postcode),
            city: text(&address.city),
            country: text(&address.country),
        }
    }

    fn read(&self) -> Address {
        Address {
            label: Some(self.label.get_untracked()),
            lines: self.lines.get_untracked().lines().map(str::to_owned).collect(),
            postcode: Some(self.postcode.get_untracked()),
            city: Some(self.city.get_untracked()),
            country: Some(self.country.get_untracked()),
        }
    }
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    company: RwSignal<String>,
    number: RwSignal<String>,
    email: RwSignal<String>,
    phone: RwSignal<String>,
    tax_number: RwSignal<String>,
    tax_exemption: RwSignal<String>,
    exempt_until: RwSignal<String>,
    group: RwSignal<String>,
    limit: RwSignal<String>,
    currency: Currency,
    note: RwSignal<String>,
    marketing: RwSignal<String>,
    addresses: RwSignal<Vec<AddressTyped>>,
    home: Home,
}

impl Typed {
    fn of(known: &Customer, currency: Currency) -> Self {
        let text = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
        let limit = known.credit_limit.map(|limit| limit.to_decimal(currency));
        let said = match known.marketing {
            None => "",
            Some(Consent { given: true, .. }) => "yes",
            Some(_) => "no",
        };
        let addresses = known.addresses.iter().enumerate();
        Self {
            name: RwSignal::new(known.name.clone()),
            company: text(&known.company),
            number: text(&known.number),
            email: text(&known.email),
            phone: text(&known.phone),
            tax_number: text(&known.tax_number),
            tax_exemption: text(&known.tax_exemption),
            exempt_until: RwSignal::new(
                known.tax_exempt_until.map(|day| day.to_string()).unwrap_or_default(),
            ),
            group: RwSignal::new(known.group_id.map(|id| id.to_string()).unwrap_or_default()),
            limit: RwSignal::new(limit.unwrap_or_default()),
            currency,
            note: text(&known.note),
            marketing: RwSignal::new(said.to_owned()),
            addresses: RwSignal::new(addresses.map(|(at, one)| AddressTyped::of(at, one)).collect()),
            home: Home::here(),
        }
    }

    fn add_address(self) {
        self.addresses.update(|all| {
            let number = all.iter().map(|one| one.number).max().map_or(0, |number| number.saturating_add(1));
            all.push(self.home.make(|| AddressTyped::of(number, &Address::default())));
        });
    }

    /// Reads it, with what cannot be.
    fn read(self, id: CustomerId) -> (Customer, Vec<WrongSetting>) {
        let text = |value: RwSignal<String>| Some(value.get_untracked());
        let marketing = match self.marketing.get_untracked().as_str() {
            "yes" => Some(Consent { given: true, at_ms: 0 }),
            "no" => Some(Consent { given: false, at_ms: 0 }),
            _ => None,
        };
        let limit = typed::decimal(&self.limit.get_untracked());
        let limit = (!limit.is_empty()).then(|| Minor::parse(&limit, self.currency).unwrap_or(Minor(-1)));
        let mut read = Customer {
            id,
            number: text(self.number),
            name: self.name.get_untracked(),
            company: text(self.company),
            email: text(self.email),
            phone: text(self.phone),
            tax_number: text(self.tax_number),
            tax_exemption: text(self.tax_exemption),
            tax_exempt_until: Day::parse(&self.exempt_until.get_untracked()).ok(),
            group_id: self.group.get_untracked().parse::<CustomerGroupId>().ok(),
            credit_limit: limit,
            note: text(self.note),
            marketing,
            addresses: self.addresses.with_untracked(|all| all.iter().map(AddressTyped::read).collect()),
        };
        read.tidy();
        let faults =
            read.check().into_iter().map(|fault| wrong(fault.field, fault_words(fault.wrong))).collect();
        (read, faults)
    }
}

fn fault_words(wrong: WrongCustomer) -> &'static str {
    match wrong {
        WrongCustomer::Name => t!("manage.customer.wrong.name"),
        WrongCustomer::Long => t!("manage.customer.wrong.long"),
        WrongCustomer::Email => t!("manage.customer.wrong.email"),
        WrongCustomer::Phone => t!("manage.customer.wrong.phone"),
        WrongCustomer::Addresses => t!("manage.customer.wrong.addresses"),
        WrongCustomer::Country => t!("manage.customer.wrong.country"),
        WrongCustomer::Limit => t!("manage.customer.wrong.limit"),
    }
}

#[component]
fn CustomerForm(
    known: Option<Arc<Versioned<Customer>>>,
    loaded: Loaded<Versioned<Customer>>,
    currency: Currency,
) -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let id = known.as_ref().map_or_else(|| CustomerId(mint()), |read| read.rule.id);
    let before = known.as_ref().map_or_else(|| Customer::new(id), |read| read.rule.clone());
    let typed = Typed::of(&before, currency);
    let version = known.as_ref().map(|read| read.version.clone());
    let save = saving::<Customer>(manage, form, version, LIST);
    let send = move |()| {
        let (one, faults) = typed.read(id);
        if form.is_fit(faults) {
            save.run(one);
        }
    };
    let groups = move || {
        let all = manage.customer_groups.get();
        all.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>()
    };
    let said = vec![
        ("yes", t!("manage.customer.marketing.yes"), t!("manage.customer.marketing.yes.words")),
        ("no", t!("manage.customer.marketing.no"), ""),
        ("", t!("manage.customer.marketing.unasked"), ""),
    ];
    let certificate = move || {
        typed.tax_exemption.with(|number| !number.trim().is_empty()).then_some(())?;
        let until = Day::parse(&typed.exempt_until.get()).ok()?;
        let (kind, words) = certificate_words(until, manage.today())?;
        Some(view! { <Note kind>{words}</Note> })
    };
    let story = known.is_some().then(|| view! { <Story id /> });
    view! {
        <FormBody form on_submit=send>
            <div class="columns">
                <section class="card padded fields">
                    <h2>{t!("manage.customer.who")}</h2>
                    <Field name="name" label=t!("manage.name") value=typed.name />
                    <Field name="company" label=t!("manage.customer.company") value=typed.company optional=true />
                    <div class="pair">
                        <Field name="phone" label=t!("manage.customer.phone") value=typed.phone kind="tel" optional=true />
                        <Field name="email" label=t!("manage.customer.email") value=typed.email kind="email" optional=true />
                    </div>
                    <div class="pair">
                        <Field name="number" label=t!("manage.customer.number") value=typed.number optional=true
                            hint=t!("manage.customer.number.hint") />
                        <Field name="tax_number" label=t!("manage.customer.tax_number") value=typed.tax_number optional=true />
                    </div>
                    <Addresses typed />
                </section>
                <section class="card padded fields">
                    <h2>{t!("manage.customer.how")}</h2>
                    <Choose name="group_id" label=t!("manage.customer.group") value=typed.group options=Signal::derive(groups)
                        none=t!("manage.customer.no_group") hint=t!("manage.customer.group.hint") />
                    <Field name="credit_limit" label=t!("manage.customer.limit") value=typed.limit kind="decimal" optional=true
                        unit=currency.code() hint=t!("manage.customer.limit.hint") />
                    <Field name="tax_exemption" label=t!("manage.customer.tax_exemption") value=typed.tax_exemption optional=true
                        hint=t!("manage.customer.tax_exemption.hint") />
                    <Field name="tax_exempt_until" label=t!("manage.customer.exempt_until") value=typed.exempt_until kind="date"
                        optional=true hint=t!("manage.customer.exempt_until.hint") />
                    {certificate}
                    <Field name="note" label=t!("manage.customer.note") value=typed.note optional=true rows=3
                        hint=t!("manage.customer.note.hint") />
                    <Radios name="marketing" label=t!("manage.customer.marketing") value=typed.marketing options=said />
                </section>
            </div>
            <RuleButtons form loaded known=known.map(|read| read.rule.clone()) list=LIST stays=true />
        </FormBody>
        {story}
    }
    .into_any()
}

/// What is to be said of a certificate's last day: that it was, or that it is near.
pub fn certificate_words(until: Day, today: Day) -> Option<(&'static str, String)> {
    if until < today {
        Some(("bad", t!("manage.customer.exempt_ended", day = i18n::date(until))))
    } else if until <= today.plus_days(ENDS_SOON_DAYS) {
        Some(("warn", t!("manage.customer.exempt_ends", day = i18n::date(until))))
    } else {
        None
    }
}

#[component]
fn Addresses(typed: Typed) -> AnyView {
    let countries = Signal::stored(choices::countries());
    let one = move |address: AddressTyped| {
        let remove = move |_| typed.addresses.update(|all| all.retain(|one| one.number != address.number));
        view! {
            <div class="price-row fields" role="group" aria-label=t!("manage.customer.address")>
                <Field name="addresses" label=t!("manage.customer.address.label") value=address.label optional=true
                    hint=t!("manage.customer.address.label.hint") />
                <Field name="addresses.lines" label=t!("manage.customer.address.lines") value=address.lines rows=2 />
                <div class="pair">
                    <Field name="addresses.postcode" label=t!("manage.customer.address.postcode") value=address.postcode />
                    <Field name="addresses.city" label=t!("manage.customer.address.city") value=address.city />
                </div>
                <Choose name="addresses.country" label=t!("manage.store.country") value=address.country options=countries
                    none=t!("manage.choose") />
                <div class="inline">
                    <button type="button" class="btn line" on:click=remove>{t!("manage.customer.address.remove")}</button>
                </div>
            </div>
        }
    };
    view! {
        <fieldset class="store-codes fields">
            <legend>{t!("manage.customer.addresses")}</legend>
            <For each=move || typed.addresses.get() key=|address| address.number children=one />
            <div class="inline">
                <button type="button" class="btn line" on:click=move |_| typed.add_address()>
                    <Icon name=IconName::Plus />{t!("manage.customer.address.add")}
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// What is known beside the record.
#[component]
fn Story(id: CustomerId) -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<CustomerStory>::default();
    let load = move || loaded.load(manage.customer_story(id, SHOWN));
    Effect::new(move |_| {
        manage.changes.track();
        load();
    });
    view! {
        {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
        {move || loaded.value.get().map(|story| {
            let merged = (story.merged > 0).then(|| view! {
                <p class="sm muted">{t!("manage.customer.merged", count = story.merged)}</p>
            });
            view! {
                <section class="card sheet">
                    <h2 class="padded-head">{t!("manage.customer.bought")}</h2>
                    <dl class="facts">{story.bought.iter().map(|one| bought(manage.currency(), one)).collect_view()}</dl>
                    {sales(&story.sales)}
                </section>
                {account_card(&story.account)}
                {story.points.as_ref().map(points_card)}
                <section class="card padded fields">
                    <h2>{t!("manage.customer.changes")}</h2>
                    {merged}
                    {changes(&story.changes)}
                </section>
            }
        })}
        <Rights id />
    }
    .into_any()
}

fn bought(own: Option<Currency>, one: &BoughtIn) -> AnyView {
    let label = if own == Some(one.currency) {
        t!("manage.customer.spent").to_owned()
    } else {
        t!("manage.customer.spent_in", currency = one.currency)
    };
    view! {
        <div><dt>{label}</dt><dd>{i18n::money(one.total, one.currency)}</dd></div>
        <div><dt>{t!("manage.customer.times")}</dt><dd>{i18n::number(i64::try_from(one.sales).unwrap_or(0))}</dd></div>
        <div><dt>{t!("manage.customer.last")}</dt><dd>{i18n::moment(one.last_ms, None)}</dd></div>
    }
    .into_any()
}

fn sales(all: &[SaleRow]) -> AnyView {
    if all.is_empty() {
        return view! { <p class="muted padded-head">{t!("manage.customer.bought.none")}</p> }.into_any();
    }
    let row = |row: &SaleRow| {
        view! {
            <tr>
                <th scope="row">
                    <a class="whole" href=format!("/manage/sales/{}", row.id)>{row.receipt_number.clone()}</a>
                    " " {kind_tag(row.kind)}
                </th>
                <td>{row.local_time.clone()}</td>
                <td class="num strong">{i18n::money(row.total, row.currency)}</td>
            </tr>
        }
    };
    view! {
        <table class="list rows">
            <thead>
                <tr>
                    <th scope="col">{t!("manage.sales.receipt")}</th>
                    <th scope="col">{t!("manage.sales.time")}</th>
                    <th scope="col" class="num">{t!("manage.total")}</th>
                </tr>
            </thead>
            <tbody>{all.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn field_words(field: CustomerField) -> &'static str {
    match field {
        CustomerField::Name => t!("manage.name"),
        CustomerField::Company => t!("manage.customer.company"),
        CustomerField::Number => t!("manage.customer.number"),
        CustomerField::Email => t!("manage.customer.email"),
        CustomerField::Phone => t!("manage.customer.phone"),
        CustomerField::TaxNumber => t!("manage.customer.tax_number"),
        CustomerField::TaxExemption => t!("manage.customer.tax_exemption"),
        CustomerField::TaxExemptUntil => t!("manage.customer.exempt_until"),
        CustomerField::Note => t!("manage.customer.note"),
        CustomerField::Marketing => t!("manage.customer.marketing"),
        CustomerField::Group => t!("manage.customer.group"),
        CustomerField::CreditLimit => t!("manage.customer.limit"),
        CustomerField::Addresses => t!("manage.customer.addresses"),
    }
}

/// A value as one reads it: a group by its name, an answer in words.
fn value_words(field: CustomerField, value: Option<&String>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match field {
        CustomerField::Marketing if value == "yes" => t!("manage.customer.marketing.yes").to_owned(),
        CustomerField::Marketing => t!("manage.customer.marketing.no").to_owned(),
        CustomerField::Group => {
            value.parse().ok().and_then(|id| use_manage().group_name(id)).unwrap_or_else(|| "–".to_owned())
        }
        CustomerField::TaxExemptUntil => Day::parse(value).map_or_else(|_| value.clone(), i18n::date),
        CustomerField::CreditLimit => {
            let manage = use_manage();
            let amount = value.parse().ok().map(Minor).zip(manage.currency());
            amount.map_or_else(|| value.clone(), |(amount, currency)| i18n::money(amount, currency))
        }
        _ => value.clone(),
    }
}

/// A change of a field, made or not.
pub fn change_words(change: &FieldChange, overtaken: bool) -> AnyView {
    let was = value_words(change.field, change.was.as_ref());
    let now = value_words(change.field, change.now.as_ref());
    view! {
        <li>
            {field_words(change.field)}": "
            {change.was.is_some().then(|| view! { <s class="muted">{was}</s> " → " })}
            <bdi>{now}</bdi>
            {overtaken.then(|| view! { " " <span class="tag warn">{t!("manage.customer.overtaken")}</span> })}
        </li>
    }
    .into_any()
}

fn changes(all: &[CustomerChange]) -> AnyView {
    let row = |change: &CustomerChange| {
        let who = [change.staff_name.clone(), change.register.clone()];
        let who = who.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let merged =
            change.merged.then(|| view! { <span class="tag info">{t!("manage.customer.was_merged")}</span> });
        let imported = change
            .imported
            .then(|| view! { <span class="tag info">{t!("manage.customer.was_imported")}</span> });
        view! {
            <li>
                <span class="xs muted">{i18n::moment(change.at_ms, None)}" · "{who}" "{merged}{imported}</span>
                <ul class="plain-list">
                    {change.made.iter().map(|made| change_words(made, false)).collect_view()}
                    {change.overtaken.iter().map(|lost| change_words(lost, true)).collect_view()}
                </ul>
            </li>
        }
    };
    view! { <ul class="plain-list changes">{all.iter().map(row).collect_view()}</ul> }.into_any()
}

/// What a person may ask for: a copy of what is known, and that it is erased.
#[component]
fn Rights(id: CustomerId) -> AnyView {
    let manage = use_manage();
    let (toasts, address) = (use_toasts(), use_address());
    let asking = RwSignal::new(false);
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            let story = manage.customer_story(id, IN_A_FILE).await;
            let saved = story.map_err(|trouble| trouble_words(&trouble)).and_then(|story| {
                let text = serde_json::to_string_pretty(&story).map_err(|error| error.to_string())?;
                save_file("customer.json", &text)
            });
            if let Err(words) = saved {
                toasts.warn(words);
            }
        });
    };
    let erase = move |_| {
        leptos::task::spawn_local(async move {
            match manage.remove_rule::<Customer>(id.to_string()).await {
                Ok(()) => {
                    toasts.say(t!("manage.customer.erased"));
                    address.go(LIST);
                }
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
        });
    };
    view! {
        <section class="card padded fields">
            <h2>{t!("manage.customer.rights")}</h2>
            <p class="sm muted">{t!("manage.customer.rights.words")}</p>
            <div class="inline">
                <button type="button" class="btn line" on:click=copy><Icon name=IconName::Download />{t!("manage.customer.copy")}</button>
                <button type="button" class="btn danger" on:click=move |_| asking.set(true)>{t!("manage.customer.erase")}</button>
            </div>
        </section>
        <Show when=move || asking.get()>
            <Dialog heading=t!("manage.customer.erase.ask").to_owned() on_close=move |()| asking.set(false)>
                <p>{t!("manage.customer.erase.words")}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| asking.set(false)>{t!("common.cancel")}</button>
                    <button type="button" class="btn danger" on:click=erase>{t!("manage.customer.erase")}</button>
                </div>
            </Dialog>
        </Show>
    }
    .into_any()
}
