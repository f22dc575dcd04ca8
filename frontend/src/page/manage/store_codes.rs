//! Store codes: how the numbers on labels of a shop's own scales and printers are made up.
//! May use: session, component, i18n, shared::barcode. Never: storage, network.

use crate::component::{Below, Choose, Field, Form, Home, Icon, IconName};
use crate::i18n::t;
use leptos::prelude::*;
use shared::barcode::{InStorePattern, InStoreValue};

/// What is typed about one kind of codes.
#[derive(Clone, Copy)]
struct Row {
    number: usize,
    format: RwSignal<String>,
    value: RwSignal<String>,
    decimals: RwSignal<String>,
}

/// What is typed about all of them.
#[derive(Clone, Copy)]
pub struct CodesTyped {
    rows: RwSignal<Vec<Row>>,
    home: Home,
}

impl CodesTyped {
    /// As a store has them.
    pub fn of(patterns: &[InStorePattern]) -> Self {
        let row = |(number, pattern): (usize, &InStorePattern)| Row {
            number,
            format: RwSignal::new(pattern.format.clone()),
            value: RwSignal::new(word(pattern.value).to_owned()),
            decimals: RwSignal::new(pattern.decimals.to_string()),
        };
        Self { rows: RwSignal::new(patterns.iter().enumerate().map(row).collect()), home: Home::here() }
    }

    /// Reads them; what cannot be is said by the store's own check.
    pub fn read(self) -> Vec<InStorePattern> {
        let read = |row: &Row| InStorePattern {
            format: row.format.get_untracked().trim().to_uppercase(),
            value: match row.value.get_untracked().as_str() {
                "weight" => InStoreValue::Weight,
                "count" => InStoreValue::Count,
                _ => InStoreValue::Price,
            },
            decimals: row.decimals.get_untracked().trim().parse().unwrap_or(u8::MAX),
        };
        self.rows.with_untracked(|rows| rows.iter().map(read).collect())
    }

    fn add(self) {
        self.rows.update(|rows| {
            let number = rows.iter().map(|row| row.number).max().map_or(0, |number| number.saturating_add(1));
            rows.push(self.home.make(|| Row {
                number,
                format: RwSignal::new(String::new()),
                value: RwSignal::new("price".to_owned()),
                decimals: RwSignal::new("2".to_owned()),
            }));
        });
    }
}

fn word(value: InStoreValue) -> &'static str {
    match value {
        InStoreValue::Price => "price",
        InStoreValue::Weight => "weight",
        InStoreValue::Count => "count",
    }
}

/// The fields.
#[component]
pub fn StoreCodes(
    /// What is typed.
    codes: CodesTyped,
) -> AnyView {
    let rows = move || codes.rows.get();
    view! {
        <fieldset class="store-codes fields">
            <legend>{t!("manage.store.codes")}</legend>
            <p class="sm muted">{t!("manage.store.codes.words")}</p>
            <For each=rows key=|row| row.number children=move |row| code_row(codes, row) />
            <div class="field"><Below name="store.in_store_codes" id="below-codes" /></div>
            <div class="inline">
                <button type="button" class="btn line" on:click=move |_| codes.add()>
                    <Icon name=IconName::Plus />{t!("manage.store.codes.add")}
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

fn code_row(codes: CodesTyped, row: Row) -> AnyView {
    let form: Form = expect_context();
    let place = codes.rows.with_untracked(|rows| rows.iter().position(|known| known.number == row.number));
    let name = format!("store.in_store_codes.{}", place.unwrap_or_default());
    let values = vec![
        ("price".to_owned(), t!("manage.store.codes.price").to_owned()),
        ("weight".to_owned(), t!("manage.store.codes.weight").to_owned()),
        ("count".to_owned(), t!("manage.store.codes.count").to_owned()),
    ];
    let remove = move |_| {
        // The others are shown anew: what was wrong with them was said of their old places.
        form.wrong.set(Vec::new());
        codes.rows.update(|rows| {
            rows.retain(|known| known.number != row.number);
            let next = rows.iter().map(|known| known.number).max().map_or(0, |last| last.saturating_add(1));
            for (number, known) in (next..).zip(rows.iter_mut()) {
                known.number = number;
            }
        });
    };
    view! {
        <div class="price-row" role="group" aria-label=t!("manage.store.codes.kind")>
            <Field name label=t!("manage.store.codes.format") value=row.format hint=t!("manage.store.codes.example") />
            <div class="pair with-button">
                <Choose name=format!("codes.{}.value", row.number) label=t!("manage.store.codes.value") value=row.value
                    options=Signal::stored(values) />
                <Field name=format!("codes.{}.decimals", row.number) label=t!("manage.store.codes.decimals") value=row.decimals kind="digits" />
                <button type="button" class="btn line square" aria-label=t!("manage.store.codes.remove") on:click=remove>
                    <Icon name=IconName::Close />
                </button>
            </div>
        </div>
    }
    .into_any()
}
