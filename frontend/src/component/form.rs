//! Form: what the manage pages' forms share: fields with their error beside them, and sending without losing what was typed.
//! Lives here: the form's state, text, choice, switch and password fields.
//! May use: session, i18n. Never: a rule of the shop, storage, network.
//! Invariant: an error keeps every field as it was typed and puts the focus on the first wrong one.

use super::{Icon, IconName, Note, trouble_words};
use crate::i18n::t;
use crate::session::Trouble;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::store::WrongSetting;
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_bindgen::JsCast;

/// A form: what is wrong with it and whether it is on its way.
#[derive(Clone, Copy)]
pub struct Form {
    /// Tells two forms on one page apart.
    id: u32,
    /// Fields that cannot be.
    pub wrong: RwSignal<Vec<WrongSetting>>,
    /// Why it was not taken.
    pub trouble: RwSignal<Option<Trouble>>,
    /// Is it on its way?
    pub busy: RwSignal<bool>,
}

impl Form {
    /// An untouched form.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Self {
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            wrong: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Shows what is wrong; true when nothing is.
    pub fn is_fit(self, wrong: Vec<WrongSetting>) -> bool {
        let fit = wrong.is_empty();
        self.trouble.set(None);
        self.wrong.set(wrong);
        if !fit {
            self.focus_wrong();
        }
        fit
    }

    /// Shows what is wrong with one field, beside what is wrong with others.
    pub fn mark(self, one: WrongSetting) {
        self.forget(&one.field);
        self.wrong.update(|wrong| wrong.push(one));
    }

    /// Sends it, once at a time; `done` hears a good answer.
    pub fn send<T: 'static>(
        self,
        work: impl Future<Output = Result<T, Trouble>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            let answer = work.await;
            if self.busy.is_disposed() {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(answer) => {
                    self.wrong.set(Vec::new());
                    done(answer);
                }
                Err(trouble) => {
                    self.wrong.set(trouble.fields.clone());
                    self.trouble.set(Some(trouble));
                    self.focus_wrong();
                }
            }
        });
    }

    /// What is wrong with a field. The server names a field inside a record `store.name`, this form perhaps `name`.
    fn wrong_of(self, name: &str) -> Option<String> {
        let is_it =
            |field: &str| field == name || name.strip_suffix(field).is_some_and(|rest| rest.ends_with('.'));
        self.wrong.with(|wrong| wrong.iter().find(|one| is_it(&one.field)).map(|one| one.message.clone()))
    }

    /// The field was changed: what was wrong with it is not any more.
    pub fn forget(self, name: &str) {
        if self.wrong_of_untracked(name) {
            self.wrong.update(|wrong| {
                wrong.retain(|one| {
                    one.field != name
                        && !name.strip_suffix(one.field.as_str()).is_some_and(|rest| rest.ends_with('.'))
                });
            });
        }
    }

    fn wrong_of_untracked(self, name: &str) -> bool {
        untrack(|| self.wrong_of(name).is_some())
    }

    /// After the next frame the marks are in the page.
    fn focus_wrong(self) {
        request_animation_frame(move || {
            let selector = format!("[data-form=\"{}\"] [aria-invalid=\"true\"]", self.id);
            let found = document().query_selector(&selector).ok().flatten();
            let alert = || {
                let selector = format!("[data-form=\"{}\"] .note.bad", self.id);
                document().query_selector(&selector).ok().flatten()
            };
            if let Some(field) =
                found.or_else(alert).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok())
            {
                let _ = field.focus();
            }
        });
    }
}

/// Where what is typed lives. A signal that is made by a touch goes with the part of the page that was touched; one that is
/// made at home stays as long as the form.
#[derive(Clone, Copy)]
pub struct Home(StoredValue<Owner, LocalStorage>);

impl Home {
    /// The part of the page that is being made now.
    pub fn here() -> Self {
        Self(StoredValue::new_local(Owner::current().unwrap_or_default()))
    }

    /// Makes something there.
    pub fn make<T>(self, make: impl FnOnce() -> T) -> T {
        self.0.with_value(|owner| owner.with(make))
    }
}

/// Names a field that cannot be.
pub fn wrong(field: &str, message: impl Into<String>) -> WrongSetting {
    WrongSetting { field: field.to_owned(), message: message.into() }
}

/// A form with its fields; Enter sends it.
#[component]
pub fn FormBody(
    /// Its state.
    form: Form,
    /// Sent by the person.
    #[prop(into)]
    on_submit: Callback<()>,
    children: Children,
) -> AnyView {
    provide_context(form);
    let submitted = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        on_submit.run(());
    };
    view! {
        <form class="form" novalidate data-form=form.id.to_string() on:submit=submitted>
            {children()}
            {move || form.trouble.get().map(|trouble| {
                view! { <Note kind="bad" alert=true>{trouble_words(&trouble)}</Note> }
            })}
        </form>
    }
    .into_any()
}

/// The button that sends the form around it.
#[component]
pub fn Submit(
    /// What it does.
    label: &'static str,
) -> AnyView {
    let form: Form = expect_context();
    view! {
        <button type="submit" class="btn primary" aria-disabled=move || form.busy.get().to_string()>
            {move || if form.busy.get() { t!("manage.working") } else { label }}
        </button>
    }
    .into_any()
}

/// What stands under a field: its error, else a hint.
#[component]
pub fn Below(
    /// As the server calls the field.
    #[prop(into)]
    name: String,
    /// What helps to fill it in.
    #[prop(optional_no_strip)]
    hint: Option<&'static str>,
    /// What `aria-describedby` names.
    #[prop(into)]
    id: String,
) -> AnyView {
    let form: Form = expect_context();
    view! {
        <span class="below" id=id>
            {move || match form.wrong_of(&name) {
                Some(message) => {
                    view! { <span class="wrong"><Icon name=IconName::Warning />{message}</span> }.into_any()
                }
                None => hint.map(|hint| view! { <span class="hint">{hint}</span> }).into_any(),
            }}
        </span>
    }
    .into_any()
}

/// A line of text.
#[component]
pub fn Field(
    /// As the server calls it.
    #[prop(into)]
    name: String,
    /// As the person reads it.
    #[prop(into)]
    label: String,
    /// What stands in it.
    value: RwSignal<String>,
    /// `email`, `date`, `decimal` (digits and a point), `digits`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What a browser may fill in.
    #[prop(default = "off")]
    complete: &'static str,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<&'static str>,
    /// Behind the field: a unit.
    #[prop(optional, into)]
    unit: Option<String>,
    /// May it stay empty?
    #[prop(optional)]
    optional: bool,
    /// More than one row?
    #[prop(optional)]
    rows: Option<u32>,
) -> AnyView {
    let form: Form = expect_context();
    let below = format!("below-{}-{name}", form.id);
    let shown = RwSignal::new(false);
    let is_wrong = {
        let name = name.clone();
        move || form.wrong_of(&name).is_some().then_some("true")
    };
    let typed = {
        let name = name.clone();
        move |text: String| {
            value.set(text);
            form.forget(&name);
        }
    };
    let input_type = move || match kind {
        "password" if shown.get() => "text",
        "decimal" | "digits" => "text",
        other => other,
    };
    let mode = match kind {
        "decimal" => Some("decimal"),
        "digits" => Some("numeric"),
        _ => None,
    };
    let input = if let Some(rows) = rows {
        view! {
            <textarea name=name.clone() rows=rows autocomplete=complete aria-describedby=below.clone()
                aria-invalid=is_wrong prop:value=value
                on:input:target=move |event| typed(event.target().value())></textarea>
        }
        .into_any()
    } else {
        view! {
            <input name=name.clone() type=input_type inputmode=mode autocomplete=complete
                class:num=kind == "decimal" spellcheck="false"
                autocapitalize=(kind == "email" || kind == "password").then_some("none")
                aria-describedby=below.clone() aria-invalid=is_wrong prop:value=value
                on:input:target=move |event| typed(event.target().value()) />
        }
        .into_any()
    };
    let behind = if kind == "password" {
        view! {
            <button type="button" class="btn line" aria-pressed=move || shown.get().to_string()
                on:click=move |_| shown.update(|shown| *shown = !*shown)>
                {move || if shown.get() { t!("manage.hide") } else { t!("manage.show") }}
            </button>
        }
        .into_any()
    } else {
        unit.filter(|unit| !unit.is_empty()).map(|unit| view! { <span class="unit">{unit}</span> }).into_any()
    };
    view! {
        <div class="field" class:password=kind == "password">
            <label>
                <span class="label">
                    {label}{optional.then(|| view! { <span class="muted">{t!("manage.optional")}</span> })}
                </span>
                {input}
            </label>
            {behind}
            <Below name=name hint=hint id=below />
        </div>
    }
    .into_any()
}

/// One of several.
#[component]
pub fn Choose(
    /// As the server calls it.
    #[prop(into)]
    name: String,
    /// As the person reads it.
    #[prop(into)]
    label: String,
    /// What is chosen.
    value: RwSignal<String>,
    /// What is sent, and what is read.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Stands for nothing chosen, where that may be.
    #[prop(optional, into)]
    none: Option<&'static str>,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: Option<&'static str>,
    /// Chosen by the person.
    #[prop(optional, into)]
    on_choice: Option<Callback<()>>,
) -> AnyView {
    let form: Form = expect_context();
    let below = format!("below-{}-{name}", form.id);
    let is_wrong = {
        let name = name.clone();
        move || form.wrong_of(&name).is_some().then_some("true")
    };
    let chosen = {
        let name = name.clone();
        move |text: String| {
            value.set(text);
            form.forget(&name);
            if let Some(on_choice) = on_choice {
                on_choice.run(());
            }
        }
    };
    let one = move |(key, text): (String, String)| {
        let is_it = {
            let key = key.clone();
            move || value.with(|value| *value == key)
        };
        view! { <option value=key.clone() prop:selected=is_it>{text}</option> }
    };
    view! {
        <div class="field">
            <label>
                <span class="label">{label}</span>
                <select name=name.clone() aria-describedby=below.clone() aria-invalid=is_wrong
                    on:change:target=move |event| chosen(event.target().value())>
                    {none.map(|none| one((String::new(), none.to_owned())))}
                    {move || options.get().into_iter().map(one).collect_view()}
                </select>
            </label>
            <Below name=name hint=hint id=below />
        </div>
    }
    .into_any()
}

/// One of a few that are all shown.
#[component]
pub fn Radios(
    /// As the server calls it.
    name: &'static str,
    /// The question.
    label: &'static str,
    /// What is chosen.
    value: RwSignal<String>,
    /// What is sent, what is read, and what it means.
    options: Vec<(&'static str, &'static str, &'static str)>,
) -> AnyView {
    let form: Form = expect_context();
    let group = format!("{}-{name}", form.id);
    let one = |(key, text, meaning): (&'static str, &'static str, &'static str)| {
        view! {
            <label class="radio">
                <input type="radio" name=group.clone() value=key prop:checked=move || value.with(|v| v == key)
                    on:change=move |_| value.set(key.to_owned()) />
                <span><span class="strong">{text}</span><span class="hint">{meaning}</span></span>
            </label>
        }
    };
    view! {
        <fieldset class="radios">
            <legend>{label}</legend>
            {options.into_iter().map(one).collect_view()}
        </fieldset>
    }
    .into_any()
}

/// On or off.
#[component]
pub fn Switch(
    /// As the person reads it.
    label: &'static str,
    /// Is it on?
    value: RwSignal<bool>,
    /// What it means.
    #[prop(optional, into)]
    hint: Option<&'static str>,
) -> AnyView {
    view! {
        <label class="switch">
            <input type="checkbox" role="switch" prop:checked=value
                on:change:target=move |event| value.set(event.target().checked()) />
            <span>
                <span class="strong">{label}</span>
                {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
            </span>
        </label>
    }
    .into_any()
}
