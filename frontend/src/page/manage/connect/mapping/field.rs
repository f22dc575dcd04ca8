//! Field: one row of the mapping: which field of theirs, who decides, by which rule; a table where values have other names.

use super::super::names::{field_name, units};
use crate::component::{Choose, Dialog, Field, Form, FormBody, Home, Submit};
use crate::i18n::t;
use crate::session::use_manage;
use leptos::prelude::*;
use shared::connect::{
    ConnectorView, FieldMapping, Owner, ProductField, ProductMapping, RemoteField, Rule, Unmapped, ValueForm,
};
use std::collections::BTreeMap;

/// The row that is changed, and what is known around it.
#[derive(Clone)]
pub struct Opened {
    /// Which of ours.
    pub ours: ProductField,
    /// Values of theirs that have no place yet.
    pub unmapped: Vec<Unmapped>,
    /// The other side.
    pub connector: ConnectorView,
    /// The mapping as it stands.
    pub mapping: ProductMapping,
}

/// A row of the table: theirs, and ours as it is chosen.
type TableRow = (String, RwSignal<String>);

/// Changes a row.
#[component]
pub fn ChangeField(
    /// Which.
    opened_now: Opened,
    /// Closed by setting nothing.
    opened: RwSignal<Option<Opened>>,
    /// Gets the mapping as it shall be.
    save: Callback<ProductMapping>,
) -> AnyView {
    let form = Form::new();
    let known = opened_now.mapping.field(opened_now.ours).cloned();
    let theirs = RwSignal::new(known.as_ref().map_or_else(String::new, |one| one.theirs.clone()));
    let owner = RwSignal::new(owner_word(known.as_ref().map_or(Owner::Theirs, |one| one.owner)).to_owned());
    let rule = known.as_ref().map_or(Rule::AsIs, |one| one.rule.clone());
    let (kind, template) = (RwSignal::new(rule_word(&rule).to_owned()), RwSignal::new(template_of(&rule)));
    let table = table_rows(&rule, &opened_now.unmapped);
    let offered = offered(&opened_now.connector.fields, opened_now.ours);
    let rules = rules(opened_now.ours);
    let owners = vec![
        ("theirs".to_owned(), opened_now.connector.title.clone()),
        ("ours".to_owned(), "Tillbridge".to_owned()),
        ("newest".to_owned(), t!("manage.connect.owner.newest").to_owned()),
    ];
    let send = {
        let (now, table) = (opened_now.clone(), table.clone());
        move |()| {
            let rule = made(&kind.get_untracked(), template.get_untracked(), &table);
            let row = (!theirs.with_untracked(String::is_empty)).then(|| FieldMapping {
                ours: now.ours,
                theirs: theirs.get_untracked(),
                rule,
                owner: owner_of(&owner.get_untracked()),
            });
            let mut mapping = now.mapping.clone();
            mapping.fields.retain(|one| one.ours != now.ours);
            mapping.fields.extend(row);
            mapping.fields.sort_by_key(|one| one.ours);
            opened.set(None);
            save.run(mapping);
        }
    };
    let heading = t!("manage.connect.mapping.of", field = field_name(opened_now.ours));
    let ours = opened_now.ours;
    let more = move || match kind.get().as_str() {
        "template" => {
            let hint = t!("manage.connect.rule.template.hint");
            Some(view! { <Field name="template" label=t!("manage.connect.rule.template") value=template hint=hint /> }.into_any())
        }
        "table" => Some(value_table(ours, &table)),
        _ => None,
    };
    let has_theirs = Memo::new(move |_| theirs.with(|theirs| !theirs.is_empty()));
    view! {
        <Dialog heading on_close=move |()| opened.set(None)>
            <FormBody form on_submit=send>
                <Choose name="theirs" label=t!("manage.connect.mapping.theirs", name = opened_now.connector.title.clone()) value=theirs options=offered none=t!("manage.connect.mapping.no_field") />
                <Show when=move || has_theirs.get()>
                    <Choose name="owner" label=t!("manage.connect.mapping.owner") value=owner options=owners.clone() hint=t!("manage.connect.mapping.owner.hint") />
                    <Choose name="rule" label=t!("manage.connect.mapping.rule") value=kind options=rules.clone() />
                    {more.clone()}
                </Show>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| opened.set(None)>{t!("common.cancel")}</button>
                    <Submit label=t!("common.save") />
                </div>
            </FormBody>
        </Dialog>
    }
    .into_any()
}

/// Fields of theirs that can be this one of ours.
fn offered(fields: &[RemoteField], ours: ProductField) -> Vec<(String, String)> {
    let fits = |field: &&RemoteField| (ours == ProductField::Price) == (field.form == ValueForm::Amount);
    let named = |field: &RemoteField| (field.name.clone(), format!("{} ({})", field.label, field.name));
    fields.iter().filter(fits).map(named).collect()
}

fn rules(ours: ProductField) -> Vec<(String, String)> {
    let all: &[(&str, &str)] = match ours {
        ProductField::Price => &[
            ("as_is", t!("manage.connect.rule.as_is")),
            ("add_tax", t!("manage.connect.rule.add_tax")),
            ("take_tax_off", t!("manage.connect.rule.take_tax_off")),
        ],
        _ => &[
            ("as_is", t!("manage.connect.rule.as_is")),
            ("trim", t!("manage.connect.rule.trim")),
            ("upper_case", t!("manage.connect.rule.upper_case")),
            ("lower_case", t!("manage.connect.rule.lower_case")),
            ("table", t!("manage.connect.rule.table")),
            ("template", t!("manage.connect.rule.template")),
        ],
    };
    all.iter().map(|(word, words)| ((*word).to_owned(), (*words).to_owned())).collect()
}

fn rule_word(rule: &Rule) -> &'static str {
    match rule {
        Rule::AsIs => "as_is",
        Rule::Trim => "trim",
        Rule::UpperCase => "upper_case",
        Rule::LowerCase => "lower_case",
        Rule::Table { .. } => "table",
        Rule::Template { .. } => "template",
        Rule::AddTax => "add_tax",
        Rule::TakeTaxOff => "take_tax_off",
    }
}

fn made(word: &str, template: String, table: &[TableRow]) -> Rule {
    match word {
        "trim" => Rule::Trim,
        "upper_case" => Rule::UpperCase,
        "lower_case" => Rule::LowerCase,
        "table" => {
            let chosen = table.iter().map(|(theirs, ours)| (theirs.clone(), ours.get_untracked()));
            let rows: BTreeMap<String, String> = chosen.filter(|(_, ours)| !ours.trim().is_empty()).collect();
            Rule::Table { rows }
        }
        "template" => Rule::Template { text: template },
        "add_tax" => Rule::AddTax,
        "take_tax_off" => Rule::TakeTaxOff,
        _ => Rule::AsIs,
    }
}

fn owner_word(owner: Owner) -> &'static str {
    match owner {
        Owner::Theirs => "theirs",
        Owner::Ours => "ours",
        Owner::Newest => "newest",
    }
}

fn owner_of(word: &str) -> Owner {
    match word {
        "ours" => Owner::Ours,
        "newest" => Owner::Newest,
        _ => Owner::Theirs,
    }
}

fn template_of(rule: &Rule) -> String {
    match rule {
        Rule::Template { text } => text.clone(),
        _ => String::new(),
    }
}

/// What the table has, and what has no place yet.
fn table_rows(rule: &Rule, unmapped: &[Unmapped]) -> Vec<TableRow> {
    let home = Home::here();
    let known = match rule {
        Rule::Table { rows } => rows.clone(),
        _ => BTreeMap::new(),
    };
    let new = unmapped.iter().filter(|one| !known.contains_key(&one.value));
    let mut rows: Vec<(String, String)> = new.map(|one| (one.value.clone(), String::new())).collect();
    rows.extend(known);
    rows.into_iter().map(|(theirs, ours)| (theirs, home.make(|| RwSignal::new(ours)))).collect()
}

/// The table: each value of theirs, and what it is here.
fn value_table(ours: ProductField, table: &[TableRow]) -> AnyView {
    let manage = use_manage();
    if table.is_empty() {
        return view! { <p class="muted">{t!("manage.connect.rule.table.none")}</p> }.into_any();
    }
    let options: Option<Vec<(String, String)>> = match ours {
        ProductField::TaxCategory => {
            let groups = manage.groups.get_untracked();
            Some(groups.tax_categories.iter().map(|one| (one.name.clone(), one.name.clone())).collect())
        }
        ProductField::Category => {
            let groups = manage.groups.get_untracked();
            Some(groups.categories.iter().map(|one| (one.name.clone(), one.name.clone())).collect())
        }
        ProductField::Unit => Some(units()),
        ProductField::Stocked | ProductField::Active => Some(vec![
            ("true".to_owned(), t!("manage.yes").to_owned()),
            ("false".to_owned(), t!("manage.no").to_owned()),
        ]),
        _ => None,
    };
    let row = |(at, (theirs, chosen)): (usize, &TableRow)| {
        let (label, chosen) = (theirs.clone(), *chosen);
        match &options {
            Some(options) => {
                let options = options.clone();
                view! { <Choose name=format!("row-{at}") label value=chosen options none=t!("manage.connect.rule.table.nothing") /> }
                    .into_any()
            }
            None => view! { <Field name=format!("row-{at}") label value=chosen optional=true /> }.into_any(),
        }
    };
    let rows = table.iter().enumerate().map(row).collect_view();
    view! {
        <fieldset class="stack plain">
            <legend class="strong">{t!("manage.connect.rule.table.rows")}</legend>
            {rows}
        </fieldset>
    }
    .into_any()
}
