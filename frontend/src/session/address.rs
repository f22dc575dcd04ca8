//! Address: which place of the app the browser is at.
//! Lives here: going to a place, the way back, links. May use: the browser's history and location. Never: what a place shows.
//! Invariant: a link inside the app loads nothing anew; every other one, also to the other app, is the browser's.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// The address of this page. It is `Copy`: take it from the context with [`use_address`].
#[derive(Clone, Copy)]
pub struct Address {
    path: RwSignal<String>,
}

/// The address of this page.
pub fn use_address() -> Address {
    expect_context()
}

impl Address {
    /// Follows the browser for the life of the page; `is_ours` knows the places of this app by their path.
    pub fn follow(is_ours: fn(&str) -> bool) -> Self {
        let address = Self { path: RwSignal::new(current_path()) };
        let _for_good = window_event_listener(ev::popstate, move |_| address.look());
        let _for_good = window_event_listener(ev::click, move |event| {
            if let Some(to) = inside(&event, is_ours) {
                event.prevent_default();
                address.go(&to);
            }
        });
        address
    }

    /// The path, followed.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// Goes to a place of this app: `/manage/products?of=…`.
    pub fn go(self, to: &str) {
        self.enter(to, false);
    }

    /// The same, and the way back does not lead here again.
    pub fn replace(self, to: &str) {
        self.enter(to, true);
    }

    fn enter(self, to: &str, replaces: bool) {
        let here = window().location();
        let is_here =
            here.pathname().ok().zip(here.search().ok()).is_some_and(|(path, query)| path + &query == to);
        let Ok(history) = window().history() else { return };
        let _ = if replaces || is_here {
            history.replace_state_with_url(&JsValue::NULL, "", Some(to))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(to))
        };
        self.look();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    fn look(self) {
        let path = current_path();
        if self.path.with_untracked(|known| *known != path) {
            self.path.set(path);
        }
    }
}

/// A part of the address's query, as it is now.
pub fn queried(name: &str) -> Option<String> {
    let query = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&query).ok()?.get(name)
}

fn current_path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Where a click leads, if it is a plain one on a link to another place of this app.
fn inside(event: &MouseEvent, is_ours: fn(&str) -> bool) -> Option<String> {
    let is_plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
        && !event.default_prevented();
    let touched: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = touched.closest("a[href]").ok()??.dyn_into().ok()?;
    let leaves = !link.target().is_empty() || link.has_attribute("download");
    let is_near = Some(link.origin()) == window().location().origin().ok();
    // A link to a part of the page is the browser's.
    (is_plain && !leaves && is_near && link.hash().is_empty() && is_ours(&link.pathname()))
        .then(|| link.pathname() + &link.search())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;
    use web_sys::{HtmlElement, MouseEventInit};

    /// Clicks a link and says where inside the app it leads.
    fn click(attributes: &[(&str, &str)], with: &MouseEventInit) -> Option<String> {
        let link: HtmlElement = document().create_element("a").unwrap().unchecked_into();
        for (name, value) in attributes {
            link.set_attribute(name, value).unwrap();
        }
        let face = document().create_element("span").unwrap();
        link.append_child(&face).unwrap();
        document().body().unwrap().append_child(&link).unwrap();
        let led = StoredValue::new(None);
        let handle = window_event_listener(ev::click, move |event| {
            led.set_value(inside(&event, |path| path == "/receipts"));
            event.prevent_default();
        });
        with.set_bubbles(true);
        with.set_cancelable(true);
        face.dispatch_event(&MouseEvent::new_with_mouse_event_init_dict("click", with).unwrap()).unwrap();
        handle.remove();
        link.remove();
        led.get_value()
    }

    #[wasm_bindgen_test]
    fn a_link_inside_the_app_loads_nothing_and_others_are_the_browsers() {
        let plain = MouseEventInit::new();
        assert_eq!(click(&[("href", "/receipts?q=4")], &plain).as_deref(), Some("/receipts?q=4"));
        for attributes in [
            &[("href", "/manage")][..],
            &[("href", "/receipts#list")],
            &[("href", "https://elsewhere.example/receipts")],
            &[("href", "/receipts"), ("download", "")],
            &[("href", "/receipts"), ("target", "_blank")],
        ] {
            assert_eq!(click(attributes, &plain), None, "{attributes:?}");
        }
        let with_control = MouseEventInit::new();
        with_control.set_ctrl_key(true);
        assert_eq!(click(&[("href", "/receipts")], &with_control), None, "a new tab is the browser's");
    }
}
