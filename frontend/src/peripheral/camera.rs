//! Camera: reading barcodes with the tablet's camera, where the browser has a barcode detector.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

const DETECTOR: &str = "BarcodeDetector";
const LOOK_EVERY_MS: i32 = 120;

/// Why there is nothing to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraError {
    /// This browser cannot read barcodes.
    Unsupported,
    /// The person or the browser said no.
    Refused,
    /// No camera, or another app has it.
    Missing,
}

/// Does this browser read barcodes from a camera?
pub fn is_here() -> bool {
    let Some(window) = web_sys::window() else { return false };
    Reflect::has(&window, &DETECTOR.into()).unwrap_or(false) && window.navigator().media_devices().is_ok()
}

/// A camera that is on. It goes off when this is dropped.
pub struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
    detector: JsValue,
}

impl Camera {
    /// Turns the camera on and shows it.
    ///
    /// # Errors
    /// See [`CameraError`].
    pub async fn open(video: HtmlVideoElement) -> Result<Self, CameraError> {
        let window = web_sys::window().ok_or(CameraError::Unsupported)?;
        let detector = detector(&window).ok_or(CameraError::Unsupported)?;
        let devices = window.navigator().media_devices().map_err(|_| CameraError::Unsupported)?;
        let wanted = Object::new();
        // The camera on the back, where there are two.
        let _ = Reflect::set(&wanted, &"facingMode".into(), &"environment".into());
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&wanted);
        let asked = devices.get_user_media_with_constraints(&constraints).map_err(|error| reason(&error))?;
        let stream = JsFuture::from(asked).await.map_err(|error| reason(&error))?;
        let stream: MediaStream = stream.dyn_into().map_err(|_| CameraError::Missing)?;
        let camera = Self { stream, video, detector };
        camera.video.set_src_object(Some(&camera.stream));
        if let Ok(playing) = camera.video.play() {
            JsFuture::from(playing).await.map_err(|_| CameraError::Missing)?;
        }
        Ok(camera)
    }

    /// Waits a moment and looks once: the code in view, if one is.
    pub async fn look(&self) -> Option<String> {
        wait(LOOK_EVERY_MS).await;
        let detect: Function = Reflect::get(&self.detector, &"detect".into()).ok()?.dyn_into().ok()?;
        let looking: Promise = detect.call1(&self.detector, &self.video).ok()?.dyn_into().ok()?;
        let found: Array = JsFuture::from(looking).await.ok()?.dyn_into().ok()?;
        let first = found.iter().next()?;
        Reflect::get(&first, &"rawValue".into()).ok()?.as_string().filter(|code| !code.is_empty())
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.video.set_src_object(None);
        for track in self.stream.get_tracks().iter() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
    }
}

fn detector(window: &web_sys::Window) -> Option<JsValue> {
    let class: Function = Reflect::get(window, &DETECTOR.into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&class, &Array::new()).ok()
}

fn reason(error: &JsValue) -> CameraError {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("NotAllowedError" | "SecurityError") => CameraError::Refused,
        _ => CameraError::Missing,
    }
}

async fn wait(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    });
    let _ = JsFuture::from(promise).await;
}
