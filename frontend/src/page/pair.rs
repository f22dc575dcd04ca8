//! Pair: making this tablet a register of a shop.
//! Lives here: the code as it is typed or pasted, the tablet's name, what pairing does. May use: session, component,
//! i18n. Never: keys or storage.
//! Invariant: nothing is sent before the code is complete, and one try at a time.

use crate::component::{Icon, IconName, LanguageChoice};
use crate::i18n::t;
use crate::page::tablet::Remains;
use crate::session::{PairError, Till, use_till};
use leptos::html;
use leptos::prelude::*;
use web_sys::{HtmlInputElement, SubmitEvent};

/// Letters and digits of a code.
const CODE_LETTERS: usize = 8;
/// They stand in two groups of four.
const GROUP_LETTERS: usize = 4;
/// A name that fits on a list.
const NAME_LETTERS: &str = "40";

/// What is being entered. It is `Copy`.
#[derive(Clone, Copy)]
struct Pairing {
    till: Till,
    code: RwSignal<String>,
    name: RwSignal<String>,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<PairError>>,
}

/// The page.
#[component]
pub fn Pair() -> impl IntoView {
    let pairing = Pairing {
        till: use_till(),
        code: RwSignal::new(String::new()),
        name: RwSignal::new(t!("pay.pair_name_default").to_owned()),
        is_busy: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    let till = pairing.till;
    let is_secure = web_sys::window().is_some_and(|window| window.is_secure_context());
    view! {
        <main class="pair-page">
            <div class="card pair-card">
                <section class="pair-main">
                <div class="pair-brand"><span class="mark" aria-hidden="true">"tb"</span><span class="strong">"Tillbridge"</span></div>
                <h1>{t!("pay.pair_title")}</h1>
                {move || till.identity.get().map(|_| view! { <Remains /> })}
                <p class="muted">{t!("pay.pair_words")}</p>
                {if is_secure { view! { <Form pairing /> }.into_any() } else { view! { <NotSecure /> }.into_any() }}
                </section>
                <section class="pair-about">
                <h2>{t!("pay.pair_what")}</h2>
                <ul class="pair-what">
                    <li>{t!("pay.pair_what_key")}</li>
                    <li>{t!("pay.pair_what_load")}</li>
                    <li>{t!("pay.pair_what_end")}</li>
                </ul>
                <p class="sm muted">{t!("pay.pair_manage")} " " <a href="/manage" rel="external">{t!("pay.pair_manage_link")}</a></p>
                </section>
            </div>
            <LanguageChoice />
        </main>
    }
}

#[component]
fn NotSecure() -> impl IntoView {
    view! {
        <div class="note warn pay-problem" role="alert">
            <Icon name=IconName::Warning />
            <div class="grow">
                <p class="strong">{t!("pay.pair_not_secure")}</p>
                <p>{t!("pay.pair_not_secure_words")}</p>
            </div>
        </div>
    }
}

#[component]
fn Form(pairing: Pairing) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let typed = move |event: leptos::ev::Event| {
        let field: HtmlInputElement = event_target(&event);
        pairing.type_code(&field);
    };
    let cannot = move || letters(&pairing.code.get()).len() < CODE_LETTERS || pairing.is_busy.get();
    let face = move || if pairing.is_busy.get() { t!("pay.pairing") } else { t!("pay.pair") };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !untrack(cannot) {
            pairing.pair();
        }
    };
    view! {
        <form class="pair-form" on:submit=submit>
            <label class="field">
                <span>{t!("pay.pair_code")}</span>
                <input
                    node_ref=field
                    class="pair-code"
                    name="code"
                    dir="ltr"
                    placeholder="ABCD-2345"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    prop:value=move || pairing.code.get()
                    aria-invalid=move || pairing.problem.get().is_some().to_string()
                    aria-describedby="pair-problem"
                    on:input=typed
                />
            </label>
            <label class="field">
                <span>{t!("pay.pair_name")}</span>
                <input
                    name="name"
                    maxlength=NAME_LETTERS
                    autocomplete="off"
                    prop:value=move || pairing.name.get()
                    on:input=move |event| pairing.name.set(event_target_value(&event))
                />
            </label>
            <div id="pair-problem" role="alert">{move || pairing.problem.get().map(fault)}</div>
            <button class="btn primary pay-confirm" disabled=cannot aria-busy=move || pairing.is_busy.get().then_some("true")>
                {face}
            </button>
        </form>
    }
}

fn fault(problem: PairError) -> impl IntoView {
    let words = match problem {
        PairError::Offline => t!("pay.pair_offline").to_owned(),
        PairError::Refused(words) => words,
        PairError::Store(reason) => t!("pay.pair_store", reason = reason),
    };
    view! { <p class="note bad pay-problem"><Icon name=IconName::Warning /><span class="grow">{words}</span></p> }
}

impl Pairing {
    /// Keeps the field in its form, and the caret behind the letter it was behind.
    fn type_code(self, field: &HtmlInputElement) {
        let text = field.value();
        let caret = field.selection_start().ok().flatten().and_then(|at| usize::try_from(at).ok());
        let before: String = text.chars().take(caret.unwrap_or(usize::MAX)).collect();
        let code = formatted(&text);
        field.set_value(&code);
        let place = u32::try_from(caret_after(letters(&before).len())).ok();
        let _ = field.set_selection_start(place);
        let _ = field.set_selection_end(place);
        self.problem.set(None);
        self.code.set(code);
    }

    fn pair(self) {
        let (code, name) = (self.code.get_untracked(), self.name.get_untracked());
        let name = if name.trim().is_empty() { t!("pay.pair_name_default").to_owned() } else { name };
        self.is_busy.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            let result = self.till.pair(&code, name.trim()).await;
            // Paired, the page is gone.
            self.is_busy.try_set(false);
            self.problem.try_set(result.err());
        });
    }
}

/// The letters and digits of a code, whatever stands between them.
fn letters(text: &str) -> String {
    let known = text.chars().filter(char::is_ascii_alphanumeric);
    known.map(|letter| letter.to_ascii_uppercase()).take(CODE_LETTERS).collect()
}

/// `abcd2345` as `ABCD-2345`.
fn formatted(text: &str) -> String {
    let letters = letters(text);
    match letters.split_at_checked(GROUP_LETTERS) {
        Some((first, second)) if !second.is_empty() => format!("{first}-{second}"),
        _ => letters,
    }
}

/// Where the caret stands behind so many letters.
fn caret_after(letters: usize) -> usize {
    if letters > GROUP_LETTERS { letters.saturating_add(1) } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_code_takes_its_form_however_it_is_entered() {
        for (typed, wanted) in [
            ("", ""),
            ("abc", "ABC"),
            ("abcd", "ABCD"),
            ("abcd2", "ABCD-2"),
            ("ABCD-2345", "ABCD-2345"),
            ("  abcd 2345\n", "ABCD-2345"),
            ("Code: ab", "CODE-AB"),
            ("abcd23456789", "ABCD-2345"),
            ("äb–cd", "BCD"),
        ] {
            assert_eq!(formatted(typed), wanted, "{typed}");
        }
    }

    #[wasm_bindgen_test]
    fn the_caret_stays_behind_the_letter_just_typed() {
        assert_eq!([0, 3, 4, 5, 8].map(caret_after), [0, 3, 4, 6, 9]);
    }
}
