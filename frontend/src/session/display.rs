//! Display: what the buyer sees while the sale is made, told to a window of its own (frontend/display) and to `far_displays`.
//! Lives here: whether this tablet has one, opening it, telling it. May use: BroadcastChannel, local storage, shared's
//! receipt::display. Never: what stands on it.
//! Invariant: it hears nothing but what a buyer may see; only the tab that owns the tablet tells it anything.

use super::cart::OpenCart;
use super::far_displays::FarDisplays;
use super::paying::Paying;
use super::till::Till;
use crate::clock;
use leptos::prelude::*;
use shared::receipt::display::{Display, of_cart, of_sale, welcome};
use shared::sale::Cart;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

/// Where it is remembered that this tablet has one.
const REMEMBERED: &str = "tillbridge.display";
/// What window and register find each other by.
const NAME: &str = "tillbridge-display";
const PAGE: &str = "/display.html";
/// So soon a window that is open says so.
const HERE_WITHIN_MS: i64 = 1_000;

/// The customer display of this tablet. It is `Copy`: take it from the context with [`use_display`].
#[derive(Clone, Copy)]
pub struct CustomerDisplay {
    till: Till,
    cart: OpenCart,
    paying: Paying,
    /// Does this tablet have one?
    pub is_on: RwSignal<bool>,
    /// Has its window said that it is there?
    pub is_here: RwSignal<bool>,
    /// Those that are devices of their own.
    pub far: FarDisplays,
    line: StoredValue<Option<Rc<BroadcastChannel>>, LocalStorage>,
    last: StoredValue<String>,
    /// What it begins lives as long as the app, also where a page begins it.
    owner: StoredValue<Option<Owner>>,
}

/// The customer display of this tablet.
pub fn use_display() -> CustomerDisplay {
    expect_context()
}

impl CustomerDisplay {
    /// As this tablet remembers it.
    pub fn new(till: Till, cart: OpenCart, paying: Paying) -> Self {
        let is_on = storage().and_then(|storage| storage.get_item(REMEMBERED).ok().flatten()).is_some();
        Self {
            till,
            cart,
            paying,
            is_on: RwSignal::new(is_on),
            is_here: RwSignal::new(false),
            far: FarDisplays::new(till),
            line: StoredValue::new_local(None),
            last: StoredValue::new(String::new()),
            owner: StoredValue::new(Owner::current()),
        }
    }

    /// Begins to tell it, for the life of the page. A window that was open before says that it is there; where none is, the
    /// next touch opens one, since a browser opens none by itself.
    pub fn begin(self) {
        if self.line.with_value(Option::is_some) {
            return;
        }
        let Ok(line) = BroadcastChannel::new(NAME) else { return };
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| self.heard(&event));
        line.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        hear.forget();
        self.line.set_value(Some(Rc::new(line)));
        let follow = move || {
            Effect::new(move |_| {
                let shown = self.shown().and_then(|shown| serde_json::to_string(&shown).ok());
                let (here, far) = (self.is_on.get(), self.far.is_on.get());
                let Some(text) = shown.filter(|_| (here || far) && self.till.owner.get()) else { return };
                if far {
                    self.far.show(text.clone());
                }
                if here {
                    self.last.set_value(text);
                    self.tell_last();
                }
            })
        };
        match self.owner.try_get_value().flatten() {
            Some(owner) => drop(owner.with(follow)),
            None => drop(follow()),
        }
        self.far.begin();
        self.tell("who");
        leptos::task::spawn_local(async move {
            clock::pause(HERE_WITHIN_MS).await;
            if !self.is_here.get_untracked() {
                self.open_at_a_touch();
            }
        });
    }

    fn heard(self, event: &MessageEvent) {
        match event.data().as_string().as_deref() {
            Some("here") if self.till.owner.get_untracked() => {
                self.is_here.set(true);
                self.tell_last();
            }
            Some("gone") => self.is_here.set(false),
            _ => {}
        }
    }

    fn tell(self, text: &str) {
        if let Some(line) = self.line.try_get_value().flatten() {
            // A closed line has nobody on it.
            let _ = line.post_message(&text.into());
        }
    }

    fn tell_last(self) {
        let last = self.last.get_value();
        if !last.is_empty() {
            self.tell(&last);
        }
    }

    fn shown(self) -> Option<Display> {
        let store = self.till.store.get()?;
        if let Some(sale) = self.paying.done() {
            return Some(of_sale(&sale, &store));
        }
        if self.cart.with(Cart::is_empty) {
            return Some(welcome(&store));
        }
        let priced = self.cart.priced().ok()?;
        Some(self.cart.with(|cart| of_cart(cart, &priced, &store)))
    }

    /// Opens it, and remembers that this tablet has one; only as an answer to a touch or a key. False where the browser
    /// does not let it be opened.
    pub fn open(self) -> bool {
        let features = "popup,width=1024,height=700";
        let window = web_sys::window();
        let opened = window.and_then(|window| {
            window.open_with_url_and_target_and_features(PAGE, NAME, features).ok().flatten()
        });
        if opened.is_some() {
            if let Some(storage) = storage() {
                let _ = storage.set_item(REMEMBERED, "on");
            }
            self.is_on.set(true);
            self.begin();
        }
        opened.is_some()
    }

    /// Closes it, and forgets it.
    pub fn turn_off(self) {
        self.tell("close");
        if let Some(storage) = storage() {
            let _ = storage.remove_item(REMEMBERED);
        }
        self.is_on.set(false);
        self.is_here.set(false);
    }

    fn open_at_a_touch(self) {
        let touched = Closure::once_into_js(move || {
            if self.is_on.get_untracked() && self.till.owner.get_untracked() && !self.is_here.get_untracked()
            {
                self.open();
            }
        });
        let options = web_sys::AddEventListenerOptions::new();
        options.set_once(true);
        if let Some(window) = web_sys::window() {
            let _ = window.add_event_listener_with_callback_and_add_event_listener_options(
                "click",
                touched.unchecked_ref(),
                &options,
            );
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
