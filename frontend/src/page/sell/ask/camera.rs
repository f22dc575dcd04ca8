//! Camera: the tablet's camera as a scanner.

use super::close;
use crate::component::Dialog;
use crate::i18n::t;
use crate::page::sell::desk::use_desk;
use crate::session::{Camera, CameraError, camera_is_here, use_scans};
use leptos::html;
use leptos::prelude::*;

/// What the camera sees, until a code is in it.
#[component]
pub fn AskCamera() -> impl IntoView {
    let desk = use_desk();
    let scans = use_scans();
    let video = NodeRef::<html::Video>::new();
    let problem = RwSignal::new((!camera_is_here()).then_some(CameraError::Unsupported));
    let is_open = StoredValue::new(true);
    on_cleanup(move || {
        is_open.try_set_value(false);
    });
    Effect::new(move |_| {
        let Some(video) = video.get() else { return };
        if problem.get_untracked().is_some() {
            return;
        }
        leptos::task::spawn_local(async move {
            match Camera::open(video).await {
                Ok(camera) => {
                    // The dialog may be closed while the camera looks; then it goes off.
                    while is_open.try_get_value() == Some(true) {
                        if let Some(code) = camera.look().await
                            && is_open.try_get_value() == Some(true)
                        {
                            scans.give(code);
                            return;
                        }
                    }
                }
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
        });
    });
    let words = move || match problem.get() {
        None => t!("sell.camera_point"),
        Some(CameraError::Unsupported) => t!("sell.camera_unsupported"),
        Some(CameraError::Refused) => t!("sell.camera_refused"),
        Some(CameraError::Missing) => t!("sell.camera_missing"),
    };
    view! {
        <Dialog heading=t!("sell.scan_camera").to_owned() on_close=close(desk)>
            <video node_ref=video class="camera" class:gone=move || problem.get().is_some() muted=true playsinline=true></video>
            <p role="status">{words}</p>
        </Dialog>
    }
}
