//! Picture: a product's or a store's picture on its form: chosen, dropped or taken with the camera, shown at once, taken away again.
//! Lives here: the field and what stands in it. It is sent when the form is.
//! May use: session, component, i18n. Never: scaling it itself, a picture of another address.
//! Invariant: until the product is saved nothing has changed, and the last step can be undone.

use crate::component::{Below, FileButton, Form, Icon, IconName, dropped_file, wrong};
use crate::i18n::t;
use crate::session::{Manage, NewPicture, PictureFault, Trouble};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    /// No picture.
    Nothing,
    /// One of the server's, by its path.
    Here(String),
    /// One that is not sent yet.
    New(NewPicture),
}

/// The picture of a form. It is `Copy`.
#[derive(Clone, Copy)]
pub struct PictureChoice {
    now: RwSignal<Shown, LocalStorage>,
    /// Before the last step, as long as that can be undone.
    before: RwSignal<Option<Shown>, LocalStorage>,
    is_busy: RwSignal<bool>,
}

impl PictureChoice {
    /// As the product has it. An address of another host is none: it is never shown.
    pub fn of(path: Option<&str>) -> Self {
        let own = path.filter(|path| shared::picture::name_in(path).is_some());
        let now = own.map_or(Shown::Nothing, |path| Shown::Here(path.to_owned()));
        Self {
            now: RwSignal::new_local(now),
            before: RwSignal::new_local(None),
            is_busy: RwSignal::new(false),
        }
    }

    /// The path it has on the server, as far as it is there.
    pub fn path(self) -> Option<String> {
        match self.now.get() {
            Shown::Here(path) => Some(path),
            Shown::Nothing | Shown::New(_) => None,
        }
    }

    /// Where the page shows it from while it is not sent yet.
    pub fn new_address(self) -> Option<String> {
        match self.now.get() {
            Shown::New(picture) => Some(picture.address().to_owned()),
            Shown::Nothing | Shown::Here(_) => None,
        }
    }

    /// The path a product is saved with; a new picture is handed in for it.
    pub async fn settled(self, manage: Manage) -> Result<Option<String>, Trouble> {
        match self.now.get_untracked() {
            Shown::Nothing => Ok(None),
            Shown::Here(path) => Ok(Some(path)),
            Shown::New(picture) => {
                let path = manage.send_picture(&picture).await?.path;
                // Sent once: a form that is sent again has it.
                self.now.try_set(Shown::Here(path.clone()));
                Ok(Some(path))
            }
        }
    }

    fn change(self, to: Shown) {
        self.before.set(Some(self.now.get_untracked()));
        self.now.set(to);
    }

    fn undo(self) {
        if let Some(before) = self.before.get_untracked() {
            self.before.set(None);
            self.now.set(before);
        }
    }

    fn take(self, file: Option<File>, form: Form) {
        let Some(file) = file.filter(|_| !self.is_busy.get_untracked()) else { return };
        self.is_busy.set(true);
        form.forget("picture");
        spawn_local(async move {
            let drawn = NewPicture::of(&file).await;
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match drawn {
                Ok(picture) => self.change(Shown::New(picture)),
                Err(PictureFault::NotAPicture) => {
                    form.mark(wrong("picture", t!("manage.product.picture.unreadable")))
                }
                Err(PictureFault::TooLarge) => {
                    form.mark(wrong("picture", t!("manage.product.picture.too_large")))
                }
            }
        });
    }
}

/// The field.
#[component]
pub fn PictureField(
    /// What stands in it.
    choice: PictureChoice,
    /// What it is, where it is no product's.
    #[prop(default = t!("manage.product.picture"))]
    label: &'static str,
    /// What helps to choose one.
    #[prop(default = t!("manage.product.picture.hint"))]
    hint: &'static str,
) -> AnyView {
    let form: Form = expect_context();
    let over = RwSignal::new(false);
    let first = NodeRef::<html::Button>::new();
    let dropped = move |event: web_sys::DragEvent| {
        over.set(false);
        choice.take(dropped_file(&event), form);
    };
    let chosen = move |file: File| choice.take(Some(file), form);
    // The button that was pressed goes; the focus stays in the field.
    let to_first = move || {
        if let Some(first) = first.get_untracked() {
            let _ = first.focus();
        }
    };
    let remove = move |_| {
        form.forget("picture");
        choice.change(Shown::Nothing);
        to_first();
    };
    let undo = move |_| {
        form.forget("picture");
        choice.undo();
        to_first();
    };
    let heard = move || {
        if choice.is_busy.get() {
            return t!("manage.product.picture.working").to_owned();
        }
        form.wrong.with(|wrong| {
            wrong
                .iter()
                .find(|one| one.field == "picture")
                .map_or_else(String::new, |one| one.message.clone())
        })
    };
    view! {
        <div class="field" role="group" aria-labelledby="picture-label" aria-describedby="picture-below">
            <span class="label" id="picture-label">
                {label}<span class="muted">{t!("manage.optional")}</span>
            </span>
            <div class="drop framed" class:over=move || over.get() on:drop=dropped
                on:dragover=move |event| { event.prevent_default(); over.set(true); } on:dragleave=move |_| over.set(false)>
                <div class="picture">{move || preview(&choice.now.get(), label)}</div>
                <div class="stack">
                    <FileButton words=t!("manage.product.picture.choose") icon=IconName::Upload accept="image/*" node=first
                        on_file=chosen />
                    <FileButton words=t!("manage.product.picture.camera") icon=IconName::Camera accept="image/*" camera=true
                        on_file=chosen />
                    {move || (choice.now.get() != Shown::Nothing).then(|| view! {
                        <button type="button" class="btn line" on:click=remove><Icon name=IconName::Close />{t!("manage.product.picture.remove")}</button>
                    })}
                    {move || choice.before.get().map(|_| view! {
                        <button type="button" class="btn line" on:click=undo>{t!("manage.product.picture.undo")}</button>
                    })}
                </div>
            </div>
            <Below name="picture" hint=Some(hint) id="picture-below" />
            <span class="hidden-text" role="status">{heard}</span>
        </div>
    }
    .into_any()
}

fn preview(shown: &Shown, label: &'static str) -> AnyView {
    let address = match shown {
        Shown::Nothing => {
            return view! { <span class="muted sm">{t!("manage.product.picture.none")}</span> }.into_any();
        }
        Shown::Here(path) => path.clone(),
        Shown::New(picture) => picture.address().to_owned(),
    };
    view! { <img src=address alt=label /> }.into_any()
}
