//! Sound: one low tone for what went wrong, so that an eye on the goods need not be on the screen.

use std::cell::RefCell;
use web_sys::AudioContext;

const TONE_HZ: f32 = 220.0;
const LOUDNESS: f32 = 0.2;
const LENGTH_MS: i32 = 220;

thread_local! {
    static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Sounds it; silent where the browser has no sound or does not allow it yet.
pub fn warn() {
    let _ = AUDIO.with(|audio| {
        let mut audio = audio.borrow_mut();
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        audio.as_ref().map(sound)
    });
}

fn sound(audio: &AudioContext) -> Result<(), wasm_bindgen::JsValue> {
    let (tone, loudness) = (audio.create_oscillator()?, audio.create_gain()?);
    tone.frequency().set_value(TONE_HZ);
    loudness.gain().set_value(LOUDNESS);
    tone.connect_with_audio_node(&loudness)?.connect_with_audio_node(&audio.destination())?;
    tone.start()?;
    let stop = wasm_bindgen::closure::Closure::once_into_js(move || tone.stop());
    let window = web_sys::window().ok_or(wasm_bindgen::JsValue::NULL)?;
    let function = wasm_bindgen::JsCast::unchecked_ref(&stop);
    window.set_timeout_with_callback_and_timeout_and_arguments_0(function, LENGTH_MS)?;
    Ok(())
}
