//! Rule: what the forms of a promotion, a price list and a way to pay share: loading one, saving it, being overtaken, removing.
//! May use: session, component, i18n. Never: what a rule says.
//! Invariant: nothing typed is lost by an error; a change of somebody else's is never overwritten unseen.

use super::frame::Screen;
use crate::component::{Dialog, Failed, Form, Note, Submit, trouble_words, use_toasts};
use crate::i18n::t;
use crate::session::{Loaded, Manage, Rule, Versioned, use_address, use_manage};
use leptos::prelude::*;
use shared::money::Currency;
use std::sync::Arc;

/// What a rule's page says of it.
#[derive(Clone, Copy)]
pub struct RuleWords<R> {
    /// Its list.
    pub list: &'static str,
    /// Until it is loaded.
    pub single: &'static str,
    /// Over a new one.
    pub add: &'static str,
    /// Over a known one.
    pub name: fn(&R) -> String,
}

/// Makes the form of a rule: of the one that is known, or of a new one.
pub type MakeForm<R> = fn(Option<Arc<Versioned<R>>>, Loaded<Versioned<R>>, Currency) -> AnyView;

/// The page of a rule's form: with an id of that rule, else of a new one. The form is made from what is known, and the currency.
pub fn rule_page<R: Rule>(id: Option<String>, words: RuleWords<R>, form: MakeForm<R>) -> AnyView {
    let manage = use_manage();
    let loaded = Loaded::<Versioned<R>>::default();
    let is_known = id.is_some();
    let id = StoredValue::new(id);
    let load = move || {
        if let Some(id) = id.get_value() {
            loaded.load(manage.rule(id));
        }
    };
    load();
    let heading = move || match (is_known, loaded.value.get()) {
        (true, Some(read)) => (words.name)(&read.rule),
        (true, None) => words.single.to_owned(),
        (false, _) => words.add.to_owned(),
    };
    let currency = Memo::new(move |_| manage.currency());
    let shown = move || match (currency.get(), is_known, loaded.value.get()) {
        (Some(currency), false, _) => Some(form(None, loaded, currency)),
        (Some(currency), true, Some(read)) => Some(form(Some(read), loaded, currency)),
        _ => None,
    };
    view! {
        <Screen heading=Signal::derive(heading) back=words.list>
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load() /> })}
            {shown}
        </Screen>
    }
    .into_any()
}

/// Saves a rule and goes back to the list.
pub fn saving<R: Rule>(
    manage: Manage,
    form: Form,
    version: Option<String>,
    list: &'static str,
) -> Callback<R> {
    let (toasts, address) = (use_toasts(), use_address());
    let version = StoredValue::new(version);
    let name =
        |rule: &R| serde_json::to_value(rule).ok().and_then(|it| Some(it.get("name")?.as_str()?.to_owned()));
    Callback::new(move |rule: R| {
        form.send(manage.save_rule(rule, version.get_value()), move |saved| {
            toasts.say(t!("manage.saved.name", name = name(&saved).unwrap_or_default()));
            address.go(list);
        });
    })
}

/// What stands below a rule's form: what to do when somebody else was first, the way out, removing, saving.
#[component]
pub fn RuleButtons<R: Rule>(
    form: Form,
    loaded: Loaded<Versioned<R>>,
    known: Option<R>,
    list: &'static str,
    /// Is it kept for good, and only archived?
    #[prop(optional)]
    stays: bool,
) -> AnyView {
    let manage = use_manage();
    let (toasts, address) = (use_toasts(), use_address());
    let id = StoredValue::new(known.map(|rule| rule.id()));
    let asking = RwSignal::new(false);
    let reload = move |_| {
        if let Some(id) = id.get_value() {
            loaded.load(manage.rule(id));
            toasts.say(t!("manage.reloaded"));
        }
    };
    let conflict = move || {
        let is_one = form.trouble.with(|trouble| trouble.as_ref().is_some_and(|one| one.code == "conflict"));
        (is_one && id.with_value(Option::is_some)).then(|| {
            view! {
                <Note kind="warn">
                    <p>{t!("manage.rule.conflict")}</p>
                    <button type="button" class="btn line" on:click=reload>{t!("manage.product.reload")}</button>
                </Note>
            }
        })
    };
    let remove = move |_| {
        let Some(id) = id.get_value() else { return };
        leptos::task::spawn_local(async move {
            match manage.remove_rule::<R>(id).await {
                Ok(()) => {
                    toasts.say(t!("manage.rule.removed"));
                    address.go(list);
                }
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
        });
    };
    let removing = (!stays && id.with_value(Option::is_some)).then(|| {
        view! { <button type="button" class="btn danger" on:click=move |_| asking.set(true)>{t!("manage.remove")}</button> }
    });
    view! {
        {conflict}
        <div class="actions save-bar">
            {removing}
            <a class="btn line" href=list>{t!("common.cancel")}</a>
            <Submit label=t!("common.save") />
        </div>
        <Show when=move || asking.get()>
            <Dialog heading=t!("manage.rule.remove.ask").to_owned() on_close=move |()| asking.set(false)>
                <p>{t!("manage.rule.remove.words")}</p>
                <div class="actions">
                    <button type="button" class="btn line" on:click=move |_| asking.set(false)>{t!("common.cancel")}</button>
                    <button type="button" class="btn danger" on:click=remove>{t!("manage.remove")}</button>
                </div>
            </Dialog>
        </Show>
    }
    .into_any()
}
