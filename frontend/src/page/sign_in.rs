//! Sign in: by e-mail and password.
//! Lives here: the page, and the form that a page shows in front of itself when the session has ended.
//! May use: session, component, i18n. Never: storage, network.
//! Invariant: a locked form says how long, counts down, and keeps the e-mail address.

use crate::component::{Field, Form, FormBody, Note, Submit, left, ticking, wrong};
use crate::i18n::t;
use crate::session::{now_ms, use_manage};
use leptos::prelude::*;

/// The page.
#[component]
pub fn SignIn(
    /// Is it a demo shop?
    demo: bool,
) -> AnyView {
    Effect::new(move |_| document().set_title(&format!("{} · Tillbridge", t!("manage.sign_in"))));
    view! {
        <main class="centred door-page">
            <div class="card padded door">
                <div class="mark" aria-hidden="true">"tb"</div>
                <h1>{t!("manage.sign_in")}</h1>
                <p class="muted">{t!("manage.sign_in.words")}</p>
                {demo.then(|| view! { <Note kind="info">{t!("manage.sign_in.demo")}</Note> })}
                <SignInForm />
                <p class="sm"><a href="/">{t!("manage.sign_in.tablet")}</a></p>
            </div>
        </main>
    }
    .into_any()
}

/// The form alone.
#[component]
pub fn SignInForm() -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let now = ticking();
    let open_at_ms = RwSignal::new(0_i64);
    let locked = Memo::new(move |_| now.get() < open_at_ms.get());
    // Once the time is over, the words about it are too.
    Effect::new(move |was: Option<bool>| {
        let locked = locked.get();
        if was == Some(true) && !locked {
            form.trouble.set(None);
        }
        locked
    });
    Effect::new(move |_| {
        let wait_ms = form.trouble.with(|trouble| {
            trouble
                .as_ref()
                .filter(|trouble| trouble.code == "locked")
                .and_then(|trouble| trouble.retry_after_ms)
        });
        if let Some(wait_ms) = wait_ms {
            now.set(now_ms());
            open_at_ms.set(now_ms().saturating_add(wait_ms));
        }
    });
    let send = move |()| {
        if locked.get_untracked() {
            return;
        }
        let (typed, secret) = (email.get_untracked(), password.get_untracked());
        let mut faults = Vec::new();
        if !typed.contains('@') {
            faults.push(wrong("email", t!("manage.email.wrong")));
        }
        if secret.is_empty() {
            faults.push(wrong("password", t!("manage.password.missing")));
        }
        if form.is_fit(faults) {
            let work = async move { manage.sign_in(&typed, &secret).await };
            form.send(work, move |session| manage.enter(session));
        }
    };
    view! {
        <FormBody form on_submit=send>
            <Field name="email" label=t!("manage.email") value=email kind="email" complete="username" />
            <Field name="password" label=t!("manage.password") value=password kind="password" complete="current-password" />
            {move || locked.get().then(|| view! {
                <p class="countdown" role="timer">
                    {move || t!("manage.sign_in.locked", time = left(open_at_ms.get().saturating_sub(now.get())))}
                </p>
            })}
            <div class="actions"><Submit label=t!("manage.sign_in") /></div>
        </FormBody>
    }
    .into_any()
}
