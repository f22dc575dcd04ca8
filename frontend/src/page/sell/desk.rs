//! Desk: the state of the sell page beside the cart: what is looked for, what is asked, what was not found.

use super::scanned::Unread;
use super::words::{self, Amounts, refusal, times};
use crate::component::{Toasts, use_toasts};
use crate::i18n::t;
use crate::letters::fold;
use crate::page::part::{Parts, use_parts};
use crate::session::{Address, OpenCart, Place, Scans, Till, full_name, use_open_cart, use_scans, use_till};
use leptos::html;
use leptos::prelude::*;
use shared::catalog::Product;
use shared::ids::{CategoryId, LineId};
use shared::money::{Quantity, UnitPrice};
use shared::sale::{Cart, CartError, CartLine};
use std::sync::Arc;
use std::time::Duration;

/// A scanner types faster than this, and its codes are not looked for letter by letter: showing the results of each, and
/// then the shelf again, would take longer than adding the product.
const BURST: Duration = Duration::from_millis(45);

/// So long after the products shown have changed, those that are near what is in sight are made ready too.
const CALM: Duration = Duration::from_millis(150);

/// Most results of a search; more are told by their number.
const MOST_FOUND: usize = 600;

/// Which products are shown while nothing is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// Those shown first.
    Favourites,
    /// Those of a category.
    Category(CategoryId),
    /// Every one.
    All,
}

/// The products on the screen, as places in the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// In their order.
    pub places: Arc<Vec<Place>>,
    /// How many there are in all.
    pub total: usize,
}

/// A product about to be added, until everything about it is known.
#[derive(Clone)]
pub struct Pending {
    /// Which.
    pub product: Arc<Product>,
    /// How much; none while it is to be weighed.
    pub quantity: Option<Quantity>,
    /// Its price, where the catalogue has none.
    pub price: Option<UnitPrice>,
    /// What the receipt says of how it was weighed.
    pub note: Option<String>,
}

/// What the page asks.
#[derive(Clone)]
pub enum Ask {
    /// How much of a line.
    Quantity(LineId),
    /// The price of a line.
    Price(LineId),
    /// Money off a line.
    LineDiscount(LineId),
    /// Words on a line.
    LineNote(LineId),
    /// What a weighed product weighs.
    Weight(Pending),
    /// What a product without a price costs.
    NewPrice(Pending),
    /// Money off the whole.
    SaleDiscount,
    /// Words on the receipt.
    SaleNote,
    /// A code the customer shows.
    Coupon,
    /// Who buys.
    Customer,
    /// A gift card to sell or to fill up.
    GiftCard,
    /// Money into the customer's account.
    PayIn,
    /// A deposit on a sale that is put aside.
    Layaway,
    /// A name for a sale put aside.
    Hold,
    /// Which sale to go on with.
    Held,
    /// Everything that has no button of its own.
    More,
    /// Which keys do what.
    Keys,
    /// Scan with the camera.
    Camera,
}

/// The sell page's state. It is `Copy`: take it from the context with [`use_desk`].
#[derive(Clone, Copy)]
pub struct Desk {
    /// This tablet.
    pub till: Till,
    /// The open cart.
    pub cart: OpenCart,
    /// What scanners read, and what became of it.
    pub scans: Scans,
    /// What is fetched when it is wanted.
    pub parts: Parts,
    /// What is said at the foot of the page.
    pub toasts: Toasts,
    /// Amounts in words.
    pub amounts: Amounts,
    /// What stands in the search field.
    pub text: RwSignal<String>,
    /// What is looked for: the text, as soon as it is clear that no scanner types it.
    pub sought: RwSignal<String>,
    /// Other products were asked for a moment ago: only those in sight are made now.
    pub hurries: RwSignal<bool>,
    calm: StoredValue<u32>,
    /// Letters that follow may be a scanner's.
    in_burst: StoredValue<bool>,
    burst: StoredValue<u32>,
    /// The products shown.
    pub shown: Memo<Shown>,
    /// The shelf in use.
    pub shelf: Memo<Shelf>,
    /// Are there products shown first?
    pub has_favourites: Memo<bool>,
    /// What is asked at present.
    pub ask: RwSignal<Option<Ask>>,
    /// A code that was read and is no product's, and why.
    pub unknown: RwSignal<Option<(String, Unread)>>,
    /// Digits typed at the line in hand.
    pub typed: RwSignal<String>,
    /// Counts additions, so that the line can be shown as new.
    pub added: RwSignal<u32>,
    /// The search field.
    pub search_field: NodeRef<html::Input>,
    chosen_shelf: RwSignal<Option<Shelf>>,
    /// The text was used by touch: the next letter starts a new one.
    is_used: RwSignal<bool>,
}

/// The state of the sell page.
pub fn use_desk() -> Desk {
    expect_context()
}

impl Desk {
    /// A fresh one.
    pub fn new() -> Self {
        let till = use_till();
        let sought = RwSignal::new(String::new());
        let chosen_shelf = RwSignal::new(None);
        let has_favourites = Memo::new(move |_| !till.catalog.get().favourites().is_empty());
        let shelf = Memo::new(move |_| {
            let first = if has_favourites.get() { Shelf::Favourites } else { Shelf::All };
            chosen_shelf.get().unwrap_or(first)
        });
        let desk = Self {
            till,
            cart: use_open_cart(),
            scans: use_scans(),
            parts: use_parts(),
            toasts: use_toasts(),
            amounts: Amounts::of(till),
            text: RwSignal::new(String::new()),
            sought,
            hurries: RwSignal::new(false),
            calm: StoredValue::new(0),
            in_burst: StoredValue::new(false),
            burst: StoredValue::new(0),
            shown: Memo::new(move |_| sought.with(|text| shown(till, text, shelf))),
            shelf,
            has_favourites,
            ask: RwSignal::new(None),
            unknown: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            added: RwSignal::new(0),
            search_field: NodeRef::new(),
            chosen_shelf,
            is_used: RwSignal::new(false),
        };
        desk.hurry();
        desk
    }

    /// Is something looked for?
    pub fn is_searching(self) -> bool {
        self.sought.with(|text| !fold(times(text).1).is_empty())
    }

    /// Shows a shelf.
    pub fn show_shelf(self, shelf: Shelf) {
        self.clear_search();
        self.hurry();
        self.chosen_shelf.set(Some(shelf));
    }

    /// Empties the search field.
    pub fn clear_search(self) {
        self.seek(String::new());
        self.is_used.set(false);
    }

    /// The text of the search field changed. Digits and `×` set how much of the line in hand.
    pub fn type_search(self, text: String) {
        self.is_used.set(false);
        if let ((Some(quantity), rest), Some(line)) = (times(&text), self.cart.selected())
            && rest.is_empty()
        {
            self.seek(String::new());
            self.set_quantity(line, quantity);
            return;
        }
        let before = self.text.with_untracked(String::len);
        let is_typed = text.len() == before + 1;
        let may_be_scanned = before == 0 && text.bytes().all(|letter| letter.is_ascii_digit());
        self.text.set(text);
        let waits = is_typed && (may_be_scanned || self.in_burst.get_value());
        self.in_burst.set_value(true);
        if !waits {
            self.seek_what_is_typed();
        }
        self.put_off(self.burst, BURST, |desk| {
            desk.in_burst.try_set_value(false);
            desk.seek_what_is_typed();
        });
    }

    /// Does something after a while, unless the same is put off again before.
    fn put_off(self, which: StoredValue<u32>, wait: Duration, act: fn(Self)) {
        let mine = which.get_value().wrapping_add(1);
        which.set_value(mine);
        let act_at_last = move || {
            if which.try_get_value() == Some(mine) {
                act(self);
            }
        };
        set_timeout(act_at_last, wait);
    }

    /// Looks for what stands in the field, if it does not already.
    pub fn seek_what_is_typed(self) {
        let Some(text) = self.text.try_get_untracked() else { return };
        if self.sought.try_with_untracked(|sought| *sought != text) == Some(true) {
            self.hurry();
            self.sought.set(text);
        }
    }

    fn hurry(self) {
        self.hurries.set(true);
        self.put_off(self.calm, CALM, |desk| {
            desk.hurries.try_set(false);
        });
    }

    /// Puts a text into the field and looks for it at once.
    pub fn seek(self, text: String) {
        self.in_burst.set_value(false);
        if self.text.with_untracked(|now| *now != text) {
            self.text.set(text);
        }
        self.seek_what_is_typed();
    }

    /// Brings the focus to the search field.
    pub fn focus_search(self) {
        if let Some(field) = self.search_field.get_untracked() {
            let _ = field.focus();
            if self.is_used.get_untracked() {
                field.select();
            }
        }
    }

    /// Adds the first of what is shown to a search.
    pub fn add_best(self) {
        self.seek_what_is_typed();
        let shown = self.shown.get_untracked();
        if !self.is_searching() {
            return;
        }
        let place = shown.places.first().copied();
        match place.and_then(|place| self.till.catalog.get_untracked().product(place)) {
            Some(product) => self.add_found(product),
            None => self.say_unknown(self.text.with_untracked(|text| times(text).1.trim().to_owned())),
        }
    }

    /// Adds what was found by typing, as many as were asked for, and empties the search field.
    pub fn add_found(self, product: Product) {
        let quantity = self.text.with_untracked(|text| times(text).0);
        self.clear_search();
        self.choose(product, quantity);
    }

    /// Adds what was touched; a search stays, so that several of it can be touched.
    pub fn add_touched(self, product: Product) {
        let quantity = self.text.with_untracked(|text| times(text).0);
        self.is_used.set(true);
        self.choose(product, quantity);
    }

    /// Adds a product, asking for what is not known of it.
    pub fn choose(self, product: Product, quantity: Option<Quantity>) {
        self.unknown.set(None);
        self.go_on(Pending { product: Arc::new(product), quantity, price: None, note: None });
    }

    /// Adds a product as soon as everything about it is known.
    pub fn go_on(self, mut pending: Pending) {
        let product = &pending.product;
        if product.price.is_none() && pending.price.is_none() {
            self.ask.set(Some(Ask::NewPrice(pending)));
            return;
        }
        if product.unit.is_measured() && pending.quantity.is_none() {
            self.ask.set(Some(Ask::Weight(pending)));
            return;
        }
        let quantity = pending.quantity.take().unwrap_or(Quantity::ONE);
        self.ask.set(None);
        self.typed.set(String::new());
        match self.cart.add(&pending.product, quantity, pending.price, pending.note.take()) {
            Ok(_) => self.added.update(|added| *added = added.wrapping_add(1)),
            Err(error) => self.toasts.warn(refusal(&error)),
        }
    }

    /// Takes a code the customer shows. Whether it does something is told beside the totals.
    pub fn take_code(self, code: &str) -> bool {
        let is_taken = self.change(|cart| cart.add_coupon(code));
        if is_taken {
            self.toasts.say(t!("sell.coupon_taken", code = code));
        }
        is_taken
    }

    /// Changes the cart, or says why it cannot be.
    pub fn change(self, change: impl FnOnce(&mut Cart) -> Result<(), CartError>) -> bool {
        match self.cart.change(change) {
            Ok(()) => true,
            Err(error) => {
                self.toasts.warn(refusal(&error));
                false
            }
        }
    }

    /// On to paying; what comes back is looked at once more before money changes hands.
    pub fn charge(self, address: Address) {
        if self.till.needs_shift() {
            self.toasts.warn(t!("sell.shift_first"));
            return address.go("/shift");
        }
        if !self.cart.with(|cart| cart.lines.iter().any(CartLine::comes_back)) {
            address.go("/pay");
            return;
        }
        leptos::task::spawn_local(async move {
            let mut cart = untrack(|| self.cart.get());
            let renewed = self.till.renew_returns(&mut cart).await;
            let lines = cart.lines;
            let taken = renewed.and_then(|()| {
                self.cart.change(|cart| {
                    cart.lines = lines;
                    Ok(())
                })
            });
            match taken {
                Ok(()) => address.go("/pay"),
                Err(error) => self.toasts.warn(refusal(&error)),
            }
        });
    }

    /// Sets how much of a line.
    pub fn set_quantity(self, line: LineId, quantity: Quantity) {
        self.typed.set(String::new());
        self.change(|cart| cart.set_quantity(line, quantity));
    }

    /// One more of a line, or one less; the last one takes the line out.
    pub fn step(self, line: LineId, by: i64) {
        let now = self.cart.with(|cart| {
            // One more of what comes back is one more below zero.
            let by = |line: &CartLine| if line.back.is_some() { by.saturating_neg() } else { by };
            cart.line(line).map(|line| (line.quantity, line.unit, by(line)))
        });
        let Some((quantity, unit, by)) = now else { return };
        if unit.is_measured() {
            self.ask.set(Some(Ask::Quantity(line)));
            return;
        }
        match Quantity::pieces(by).and_then(|by| quantity.plus(by)) {
            Ok(next) if next.is_zero() => self.remove(line),
            Ok(next) => self.set_quantity(line, next),
            Err(error) => self.toasts.warn(refusal(&error.into())),
        }
    }

    /// Takes a line out, and offers to put it back.
    pub fn remove(self, line: LineId) {
        self.typed.set(String::new());
        let cart_id = self.cart.with(|cart| cart.id);
        match self.cart.change(|cart| cart.remove(line)) {
            Ok(removed) => {
                let said = t!("sell.removed", name = removed.1.name);
                let put_back = move || {
                    let is_same_sale = self.cart.with(|cart| cart.id == cart_id);
                    if is_same_sale && self.cart.with(|cart| cart.line(line).is_none()) {
                        let removed = removed.clone();
                        self.change(|cart| {
                            cart.put_back(removed);
                            Ok(())
                        });
                        self.cart.select(Some(line));
                    }
                };
                self.toasts.offer(said, t!("sell.undo"), put_back);
            }
            Err(error) => self.toasts.warn(refusal(&error)),
        }
    }

    /// Takes the last change back.
    pub fn undo(self) {
        self.typed.set(String::new());
        if self.cart.undo() {
            self.toasts.say(t!("sell.undone"));
        } else {
            self.toasts.say(t!("sell.nothing_to_undo"));
        }
    }

    /// Wipes the sale, and offers to bring it back.
    pub fn clear(self) {
        if self.cart.is_empty() {
            return;
        }
        self.typed.set(String::new());
        self.cart.clear();
        let bring_back = move || {
            if self.cart.is_empty() {
                self.cart.undo();
            }
        };
        self.toasts.offer(t!("sell.cleared"), t!("sell.undo"), bring_back);
    }

    /// Puts the sale aside.
    pub fn hold(self, label: Option<String>) {
        let cart = self.cart.get();
        leptos::task::spawn_local(async move {
            let id = cart.id;
            match self.till.hold(cart, label).await {
                Ok(()) => {
                    self.cart.start_next();
                    self.ask.set(None);
                    self.toasts.offer(t!("sell.is_held"), t!("sell.resume"), move || self.resume(id));
                }
                Err(error) => self.toasts.warn(error.to_string()),
            }
        });
    }

    /// Goes on with a sale put aside. What is open is put aside first.
    pub fn resume(self, id: shared::ids::SaleId) {
        leptos::task::spawn_local(async move {
            let open = self.cart.get();
            if !open.is_empty()
                && let Err(error) = self.till.hold(open, None).await
            {
                self.toasts.warn(error.to_string());
                return;
            }
            match self.till.resume(id).await {
                Ok(Some(cart)) => self.cart.resume(cart),
                Ok(None) => {
                    self.cart.start_next();
                    self.toasts.warn(t!("sell.held_gone"));
                }
                Err(error) => {
                    self.cart.start_next();
                    self.toasts.warn(error.to_string());
                }
            }
            self.ask.set(None);
        });
    }

    /// Asks something about the line in hand, if there is one.
    pub fn ask_line(self, ask: impl FnOnce(LineId) -> Ask) {
        if let Some(line) = self.cart.selected() {
            self.ask.set(Some(ask(line)));
        }
    }

    /// Asks something about the sale, if there is one.
    pub fn ask_sale(self, ask: Ask) {
        if !self.cart.is_empty() {
            self.ask.set(Some(ask));
        }
    }

    /// The name of a line, for a dialog's heading.
    pub fn line_name(self, line: LineId) -> String {
        self.cart.with(|cart| cart.line(line).map(|line| line.name.clone())).unwrap_or_default()
    }
}

fn shown(till: Till, text: &str, shelf: Memo<Shelf>) -> Shown {
    let catalog = till.catalog.get();
    let wanted = words::times(text).1;
    if fold(wanted).is_empty() {
        let places = match shelf.get() {
            Shelf::Favourites => catalog.favourites(),
            Shelf::Category(id) => catalog.by_category(id),
            Shelf::All => catalog.all(),
        };
        return Shown { total: places.len(), places: Arc::new(places) };
    }
    let found = catalog.search(wanted, MOST_FOUND);
    Shown { places: Arc::new(found.places), total: found.total }
}

/// The name of a product that is asked about.
pub fn name_of(pending: &Pending) -> String {
    full_name(&pending.product)
}
