//! Clock: the only place of the front end that asks the browser for the time and for randomness.
//! Lives here: the time now, the shop's wall clock, fresh ids, waiting, marks for measuring.
//! May use: js-sys, web-sys crypto. Never: a rule about sales.
//! Invariant: rules get time and ids as arguments; what comes from here is never compared with the server's clock to order facts.

use js_sys::{Date, Reflect};
use shared::calendar::{Day, LocalTime};
use uuid::Uuid;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// The longest wait for a moment with nothing to do, ms.
const MOST_IDLE_MS: u32 = 3_000;
/// The wait where a browser does not tell such a moment, ms.
const NO_IDLE_MS: i32 = 300;

/// Epoch milliseconds by this device.
pub fn now_ms() -> i64 {
    whole(Date::now())
}

/// Milliseconds since the page was opened, for measuring; not related to the calendar.
pub fn since_start_ms() -> i64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0, |clock| whole(clock.now()))
}

/// Leaves a mark that a measurement reads: `performance.getEntriesByName("tillbridge:…")`.
pub fn mark(name: &str) {
    if let Some(clock) = web_sys::window().and_then(|window| window.performance()) {
        let _ = clock.mark(name);
    }
}

/// The same, once the screen shows what was just set.
pub fn mark_when_painted(name: &'static str) {
    // The frame is drawn after its callbacks.
    let of_frame = Closure::once_into_js(move || {
        wasm_bindgen_futures::spawn_local(async move {
            pause(0).await;
            mark(name);
        });
    });
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(of_frame.unchecked_ref());
    }
}

/// Waits. A tab in the background waits longer than it is told.
pub async fn pause(ms: i64) {
    let mut wait = |resolve: js_sys::Function, _: js_sys::Function| {
        let ms = i32::try_from(ms.max(0)).unwrap_or(i32::MAX);
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut wait)).await;
}

/// Waits until the browser has nothing else to do, a few seconds at most.
pub async fn idle() {
    let mut wait = |resolve: js_sys::Function, _: js_sys::Function| {
        let Some(window) = web_sys::window() else { return };
        // Safari has no such thing.
        let has_idle = Reflect::has(&window, &"requestIdleCallback".into()).unwrap_or(false);
        let asked = has_idle && {
            let options = web_sys::IdleRequestOptions::new();
            options.set_timeout(MOST_IDLE_MS);
            window.request_idle_callback_with_options(&resolve, &options).is_ok()
        };
        if !asked {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, NO_IDLE_MS);
        }
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut wait)).await;
}

/// This moment with the wall clock of a time zone (IANA name); UTC where the browser does not know the zone.
pub fn local_time(time_zone: &str) -> LocalTime {
    let at_ms = now_ms();
    LocalTime { at_ms, offset_minutes: offset_minutes(at_ms, time_zone).unwrap_or(0) }
}

/// A moment as a field for a day and a time has it, on this device's own wall clock.
pub fn as_field(at_ms: i64) -> String {
    let west = Date::new(&JsValue::from_f64(from_whole(at_ms))).get_timezone_offset();
    let offset_minutes = i32::try_from(-whole(west)).unwrap_or(0);
    LocalTime { at_ms, offset_minutes }.text().replace(' ', "T")
}

/// The moment such a field says.
pub fn of_field(text: &str) -> Option<i64> {
    let at_ms = Date::parse(text);
    (!at_ms.is_nan()).then(|| whole(at_ms))
}

/// A fresh id.
pub fn mint() -> Uuid {
    let mut random = [0; 10];
    // Without randomness two tablets could mint the same id within a millisecond; the time alone is still better than nothing.
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    shared::ids::mint(now_ms(), random)
}

/// Swedish dates are ISO dates, so the browser's own table of zones can be read without one of ours.
fn offset_minutes(at_ms: i64, time_zone: &str) -> Option<i32> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"timeZone".into(), &time_zone.into()).ok()?;
    let date = Date::new(&JsValue::from_f64(from_whole(at_ms)));
    let method = Reflect::get(&date, &"toLocaleString".into()).ok()?;
    let method: js_sys::Function = wasm_bindgen::JsCast::dyn_into(method).ok()?;
    let text = method.call2(&date, &"sv-SE".into(), &options).ok()?.as_string()?;
    let local_ms = local_ms(&text)?;
    let minutes = local_ms.saturating_sub(at_ms.div_euclid(1000).saturating_mul(1000)).div_euclid(60_000);
    i32::try_from(minutes).ok()
}

/// `2026-11-24 15:40:13` as milliseconds since 1970 on its own calendar.
fn local_ms(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(' ')?;
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let days = Day::parse(day).ok()?.number();
    Some((days * 86_400 + hour * 3_600 + minute * 60 + second).saturating_mul(1000))
}

/// A number of the browser as a whole one.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds and bytes stay far below 2^53")]
pub fn whole(number: f64) -> i64 {
    number as i64
}

/// A whole number as the browser takes it.
#[expect(clippy::cast_precision_loss, reason = "milliseconds and bytes stay far below 2^53")]
pub fn from_whole(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn zones_have_their_offset_in_winter_and_summer() {
        let winter = 1_768_478_400_000; // 2026-01-15 12:00 UTC
        let summer = 1_784_116_800_000; // 2026-07-15 12:00 UTC
        for (zone, in_winter, in_summer) in [
            ("Europe/London", 0, 60),
            ("Europe/Berlin", 60, 120),
            ("Asia/Kolkata", 330, 330),
            ("America/New_York", -300, -240),
        ] {
            assert_eq!(offset_minutes(winter, zone), Some(in_winter), "{zone}");
            assert_eq!(offset_minutes(summer, zone), Some(in_summer), "{zone}");
        }
        assert_eq!(offset_minutes(winter, "Nowhere/AtAll"), None);
    }
}
