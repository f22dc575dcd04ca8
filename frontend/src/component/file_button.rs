//! File button: the browser's own chooser of a file behind a button of ours, and a file that is dropped.

use super::{Icon, IconName};
use leptos::html;
use leptos::prelude::*;
use web_sys::{DragEvent, File};

/// A button that asks for one file.
#[component]
pub fn FileButton(
    /// What it says.
    words: &'static str,
    /// Beside the words.
    icon: IconName,
    /// Which files, as the browser's `accept`.
    accept: &'static str,
    /// Asks the camera instead.
    #[prop(optional)]
    camera: bool,
    /// The button itself, for whoever moves the focus.
    #[prop(optional)]
    node: NodeRef<html::Button>,
    /// Gets the file that was chosen.
    on_file: impl Fn(File) + 'static,
) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let open = move |_| {
        if let Some(input) = input.get() {
            // The same file can be chosen again, after it was mended.
            input.set_value("");
            input.click();
        }
    };
    let chosen = move |_| {
        let files = input.get().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            on_file(file);
        }
    };
    view! {
        <input node_ref=input type="file" accept=accept capture=camera.then_some("environment") aria-label=words hidden
            on:change=chosen />
        <button type="button" class="btn line" class:for-fingers=camera node_ref=node on:click=open>
            <Icon name=icon />{words}
        </button>
    }
    .into_any()
}

/// The file that was dropped. The browser itself does nothing with it.
pub fn dropped_file(event: &DragEvent) -> Option<File> {
    event.prevent_default();
    event.data_transfer()?.files()?.get(0)
}
