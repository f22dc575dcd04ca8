//! Pin: who sells, asked before the till opens; and who approves, asked in front of a page (`approve`).
//! Lives here: the names, the pad, wrong tries and the lock. May use: session, component, i18n. Never: a PIN longer than
//! it takes to check it.
//! Invariant: a PIN is tried once a press, and never shown.

use crate::component::{
    Icon, IconName, Key, Keypad, LanguageChoice, Stroke, SyncPill, left, on_strokes, ticking,
};
use crate::i18n::t;
use crate::letters::{fold, upper};
use crate::session::{SignInError, use_scans, use_till};
use leptos::prelude::*;
use shared::barcode::as_printed;
use shared::ids::StaffId;
use shared::staff::{Role, StaffMember};
use std::pin::Pin;
use std::rc::Rc;

/// The longest PIN.
const MOST_DIGITS: usize = 8;
/// The shortest.
const LEAST_DIGITS: usize = 4;

/// What is done with a PIN: whose it is, and the digits. An error says what was wrong with it.
type Use = Rc<dyn Fn(StaffId, String) -> Pin<Box<dyn Future<Output = Result<(), SignInError>>>>>;

/// What is being asked. It is `Copy`.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    chosen: RwSignal<Option<StaffMember>>,
    /// On the button.
    go: &'static str,
    /// May somebody else be chosen?
    is_one: bool,
    used: StoredValue<Use, LocalStorage>,
    pin: RwSignal<String>,
    is_checking: RwSignal<bool>,
    problem: RwSignal<Option<SignInError>>,
    /// Epoch ms by this device, for the countdown.
    now_ms: RwSignal<i64>,
}

/// The page.
#[component]
pub fn PinPage() -> impl IntoView {
    let till = use_till();
    let sign_in: Use = Rc::new(move |id, pin| Box::pin(async move { till.sign_in(id, &pin).await }));
    let asking = Asking::new(t!("pay.pin_enter"), None, sign_in);
    on_strokes(move |stroke| asking.stroke(stroke));
    use_scans().take(move |code| asking.scanned(&as_printed(&code)));
    let store = move || till.store.get().map(|store| store.name.clone());
    let register = move || till.register.get().map(|register| register.name.clone());
    let people = Signal::derive(move || till.staff.get().to_vec());
    let nobody = move || view! { <Nobody /> }.into_any();
    view! {
        <main class="pin">
            <header class="pin-top">
                <div class="mark" aria-hidden="true">"tb"</div>
                <div class="grow">
                    <div class="strong cut">{store}</div>
                    <div class="xs muted cut">{register}</div>
                </div>
                <SyncPill />
            </header>
            {move || match asking.chosen.get() {
                None => view! {
                    <section class="pin-middle">
                        <h1>{t!("pay.pin_who")}</h1>
                        <Names asking people nobody />
                    </section>
                }
                .into_any(),
                Some(member) => view! { <section class="pin-middle"><Ask asking member /></section> }.into_any(),
            }}
            <footer class="pin-foot"><LanguageChoice /></footer>
        </main>
    }
}

impl Asking {
    /// Asks for a PIN; with `only` for this person's alone.
    pub(super) fn new(go: &'static str, only: Option<StaffMember>, used: Use) -> Self {
        Self {
            is_one: only.is_some(),
            chosen: RwSignal::new(only),
            go,
            used: StoredValue::new_local(used),
            pin: RwSignal::new(String::new()),
            is_checking: RwSignal::new(false),
            problem: RwSignal::new(None),
            now_ms: ticking(),
        }
    }

    /// Whose PIN is asked for; reactive.
    pub(super) fn chosen(self) -> Option<StaffMember> {
        self.chosen.get()
    }

    fn choose(self, member: Option<StaffMember>) {
        if !self.is_checking.get_untracked() {
            self.chosen.set(member);
            self.pin.set(String::new());
            self.problem.set(None);
        }
    }

    pub(super) fn stroke(self, stroke: Stroke) -> bool {
        if self.chosen.with_untracked(Option::is_none) {
            return false;
        }
        match stroke {
            Stroke::Pad(key) => self.press(key),
            Stroke::Enter => self.use_it(),
            Stroke::Escape if !self.is_one => self.choose(None),
            Stroke::Wipe => self.pin.set(String::new()),
            _ => return false,
        }
        true
    }

    /// A badge may carry a PIN. Anything else that is scanned is none; its first letter may have looked like a digit.
    pub(super) fn scanned(self, code: &str) {
        if self.chosen.with_untracked(Option::is_none) || self.is_checking.get_untracked() {
            return;
        }
        let is_pin = shared::staff::pin_is_fit(code);
        self.pin.set(if is_pin { code.to_owned() } else { String::new() });
        if is_pin {
            self.use_it();
        }
    }

    fn press(self, key: Key) {
        if self.is_checking.get_untracked() || untrack(|| self.locked_for_ms()) > 0 {
            return;
        }
        self.pin.update(|pin| match key {
            Key::Digit(digit) if pin.len() < MOST_DIGITS => pin.push_str(&digit.to_string()),
            Key::Erase => {
                pin.pop();
            }
            _ => {}
        });
        self.problem.set(None);
    }

    fn is_ready(self) -> bool {
        self.pin.with(String::len) >= LEAST_DIGITS && !self.is_checking.get() && self.locked_for_ms() == 0
    }

    /// Until the lock ends; 0 when there is none.
    fn locked_for_ms(self) -> i64 {
        match self.problem.get() {
            Some(SignInError::Locked { until_ms }) => until_ms.saturating_sub(self.now_ms.get()).max(0),
            _ => 0,
        }
    }

    fn use_it(self) {
        let Some(member) = self.chosen.get_untracked() else { return };
        if !untrack(|| self.is_ready()) {
            return;
        }
        let pin = self.pin.get_untracked();
        self.pin.set(String::new());
        self.is_checking.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            let Some(used) = self.used.try_get_value() else { return };
            let result = used(member.id, pin).await;
            // Once it was right, what asked is gone.
            self.is_checking.try_set(false);
            self.problem.try_set(result.err());
        });
    }
}

/// Up to two letters that stand for a person.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first().and_then(|word| word.chars().next());
    let last = if words.len() > 1 { words.last().and_then(|word| word.chars().next()) } else { None };
    upper(&first.into_iter().chain(last).collect::<String>())
}

/// Those who may be chosen, by role and name; where there is nobody, what `nobody` says.
#[component]
pub(super) fn Names(
    asking: Asking,
    #[prop(into)] people: Signal<Vec<StaffMember>>,
    nobody: fn() -> AnyView,
) -> impl IntoView {
    let sorted = move || {
        let mut sorted: Vec<StaffMember> = Vec::new();
        for member in people.get().into_iter().filter(|member| member.active) {
            let place = (member.role, fold(&member.name));
            let at = sorted.partition_point(|before| (before.role, fold(&before.name)) <= place);
            sorted.insert(at, member);
        }
        sorted
    };
    let none = move || people.with(|people| !people.iter().any(|member| member.active));
    view! {
        <Show when=move || !none() fallback=nobody>
            <div class="pin-names">
                <For each=sorted key=|member: &StaffMember| (member.id, member.name.clone()) let:member>
                    <Name asking member />
                </For>
            </div>
        </Show>
    }
}

#[component]
fn Name(asking: Asking, member: StaffMember) -> impl IntoView {
    let (name, role) = (member.name.clone(), role_words(member.role));
    let tile = format!("var(--tile-{})", tile_of(member.id));
    view! {
        <button type="button" class="pin-name" on:click=move |_| asking.choose(Some(member.clone()))>
            <span class="pin-initials" style:background-color=tile aria-hidden="true">{initials(&name)}</span>
            <span class="grow">
                <span class="strong cut pin-line">{name}</span>
                <span class="sm muted pin-line">{role}</span>
            </span>
        </button>
    }
}

/// The same colour for the same person everywhere.
fn tile_of(id: StaffId) -> u8 {
    let last = id.0.as_bytes().last().copied().unwrap_or(0);
    last % 10 + 1
}

fn role_words(role: Role) -> &'static str {
    match role {
        Role::Cashier => t!("pay.role_cashier"),
        Role::Manager => t!("pay.role_manager"),
        Role::Owner => t!("pay.role_owner"),
    }
}

#[component]
fn Nobody() -> impl IntoView {
    let till = use_till();
    view! {
        <p class="note info pin-words">{t!("pay.pin_nobody")}</p>
        <button class="btn" on:click=move |_| till.try_now()>{t!("pay.try_now")}</button>
    }
}

/// The PIN of one person.
#[component]
pub(super) fn Ask(
    asking: Asking,
    member: StaffMember,
    /// A dialog has a heading of its own.
    #[prop(optional)]
    is_in_dialog: bool,
) -> impl IntoView {
    let tile = format!("var(--tile-{})", tile_of(member.id));
    let name = member.name;
    let text = move || {
        if asking.is_checking.get() { t!("pay.pin_checking") } else { asking.go }
    };
    let dots = move || {
        let count = asking.pin.with(String::len);
        let dot = |at: usize| view! { <span class="pin-dot" class:on=at < count></span> };
        (0..count.max(LEAST_DIGITS)).map(dot).collect_view()
    };
    let typed = move || t!("pay.pin_typed", count = asking.pin.with(String::len));
    let other = (!asking.is_one).then(|| {
        view! {
            <button type="button" class="btn line pay-wide" on:click=move |_| asking.choose(None)>
                {t!("pay.pin_other")}
            </button>
        }
    });
    view! {
        <div class="pin-person">
            <span class="pin-initials" style:background-color=tile aria-hidden="true">{initials(&name)}</span>
            {match is_in_dialog {
                true => view! { <p class="cut strong pin-whose">{name}</p> }.into_any(),
                false => view! { <h1 class="cut">{name}</h1> }.into_any(),
            }}
        </div>
        <div class="pin-dots" role="img" aria-label=typed>{dots}</div>
        <Fault asking />
        <div class="pin-pad" on:mousedown=|event| event.prevent_default()>
            <Keypad on_key=move |key| asking.press(key) />
            <button
                type="button"
                class="btn primary pay-confirm"
                aria-busy=move || asking.is_checking.get().then_some("true")
                disabled=move || !asking.is_ready()
                on:click=move |_| asking.use_it()
            >
                {text}
            </button>
            {other}
        </div>
    }
}

/// What was wrong with the last try. A countdown is not read out every second.
#[component]
fn Fault(asking: Asking) -> impl IntoView {
    let words = move || match asking.problem.get()? {
        SignInError::Wrong { left } => Some(t!("pay.pin_wrong", count = left)),
        SignInError::Locked { .. } if asking.locked_for_ms() == 0 => Some(t!("pay.pin_unlocked").to_owned()),
        SignInError::Locked { .. } => Some(t!("pay.pin_locked").to_owned()),
        SignInError::NoPin => Some(t!("pay.pin_none").to_owned()),
        SignInError::Browser(reason) => Some(t!("pay.pin_browser", reason = reason)),
    };
    let words = Memo::new(move |_| words());
    let time = move || Some(asking.locked_for_ms()).filter(|ms| *ms > 0).map(left);
    view! {
        <div role="alert" class="pin-words">
            {move || words.get().map(|words| view! {
                <p class="note bad pay-problem"><Icon name=IconName::Warning /><span class="grow">{words}</span></p>
            })}
        </div>
        {move || time().map(|time| view! { <p class="pin-left" role="timer">{t!("pay.pin_left", time = time)}</p> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn initials_of_all_kinds_of_names() {
        for (name, wanted) in
            [("Sam", "S"), ("Mia Okafor", "MO"), ("ana maría de la cruz", "AC"), ("émile", "É"), ("", "")]
        {
            assert_eq!(initials(name), wanted);
        }
    }
}
