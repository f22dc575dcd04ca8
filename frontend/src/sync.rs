//! Sync: keeps this tablet and the server in step.
//! Lives here: the shell around `shared::sync::register`: it tells the rules what happened and carries out what they say.
//! May use: device_store, device_key, api_client, clock. Never: signals, a decision of its own about when to send.
//! Invariant: only the owner tab talks to the server; the rules hear "done" only of what is on the disk.

mod exchange;
mod shelf;
mod tabs;
mod wake;

use crate::clock;
use crate::device_key::DeviceKey;
use crate::device_store::{Catalog, DeviceStore, Feed, Identity, Kept, Lists, StoreError};
use shared::account::AccountKey;
use shared::ids::{ProductId, SaleId};
use shared::money::{Minor, Quantity};
use shared::sale::{BackSoFar, Sale};
use shared::sync::register::{Failure, Input, Output, RegisterSync, SyncStatus, step};
use shared::sync::unsent::Unsent;
use shared::sync::wire::PullResponse;
use shelf::Shelf;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tabs::{Channel, Lock, Message, Standing};
use wake::{Events, Listener};
use wasm_bindgen_futures::spawn_local;

/// How often a tablet asks even though nothing woke it, so that the server knows it is alive and what it still holds.
const HEARTBEAT_MS: i64 = 60_000;
/// How long wake-ups are gathered into one pull.
const GATHER_MS: i64 = 200;

/// Something the screens should show.
pub enum News {
    /// How journal and server stand.
    Status(SyncStatus),
    /// Entries the server keeps for a manager, with its reason.
    Kept(Vec<(u64, String)>),
    /// Device clock minus server clock, ms.
    Skew(i64),
    /// The catalogue has changed.
    Catalog(Arc<Catalog>),
    /// Store, register, categories, taxes or staff have changed.
    Lists(Box<Lists>),
    /// How far the feed is read.
    Feed(Feed),
    /// Stock levels may have changed.
    Stock,
    /// Another tab has recorded something.
    Recorded,
    /// Another tab has changed the held carts.
    Held,
    /// This tab now owns queue and printer, or no longer.
    Owner(bool),
    /// The tablet's own storage failed.
    Trouble(StoreError),
    /// Another tab has paired or unpaired this tablet.
    Elsewhere,
}

/// The exchange with the server, for as long as the tablet belongs to this shop.
pub struct Sync {
    name: String,
    device: DeviceStore,
    identity: Identity,
    key: DeviceKey,
    news: Box<dyn Fn(News)>,
    state: RefCell<RegisterSync>,
    shelf: RefCell<Shelf>,
    unsent: RefCell<Unsent>,
    channel: Channel,
    /// What the owner tab last said, while this one is not it.
    heard: RefCell<Option<Standing>>,
    said: RefCell<Option<Standing>>,
    kept: RefCell<Vec<(u64, String)>>,
    lock: RefCell<Option<Lock>>,
    events: RefCell<Option<Events>>,
    event_failures: Cell<u32>,
    listeners: RefCell<Vec<Listener>>,
    /// Only the newest wake-up counts.
    wake: Cell<u32>,
    gathering: Cell<bool>,
    refreshing: Cell<bool>,
    signing_in: Cell<bool>,
    /// How far the server had answered when the pull under way was begun.
    answered_at_pull: Cell<u64>,
    stopped: Cell<bool>,
}

impl Sync {
    /// Begins with what the tablet keeps. `name` is the database's; tabs of one name share one exchange.
    pub fn start(
        name: &str,
        device: DeviceStore,
        identity: Identity,
        key: DeviceKey,
        kept: &Kept,
        news: impl Fn(News) + 'static,
    ) -> Rc<Self> {
        let sync = Rc::new_cyclic(|weak| {
            let of_message = weak.clone();
            let hear = move |message| {
                if let Some(sync) = of_message.upgrade() {
                    Self::hear(&sync, message);
                }
            };
            Self {
                name: name.to_owned(),
                device,
                identity,
                key,
                news: Box::new(news),
                state: RefCell::default(),
                shelf: RefCell::new(Shelf::of(kept)),
                unsent: RefCell::default(),
                channel: Channel::open(name, hear),
                heard: RefCell::default(),
                said: RefCell::default(),
                kept: RefCell::new(kept.answered.kept.clone()),
                lock: RefCell::default(),
                events: RefCell::default(),
                event_failures: Cell::new(0),
                listeners: RefCell::default(),
                wake: Cell::new(0),
                gathering: Cell::new(false),
                refreshing: Cell::new(false),
                signing_in: Cell::new(false),
                answered_at_pull: Cell::new(0),
                stopped: Cell::new(false),
            }
        });
        sync.tell(opened(kept));
        sync.watch_the_browser();
        spawn_local(Rc::clone(&sync).become_owner());
        spawn_local(Rc::clone(&sync).read_stock());
        sync.channel.say(&Message::Hello);
        sync
    }

    /// Ends it: nothing is sent or asked for any more.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.events.borrow_mut().take();
        self.listeners.borrow_mut().clear();
        self.lock.borrow_mut().take();
    }

    /// An entry is on the disk.
    pub fn recorded(self: &Rc<Self>, sequence: u64, sale: Option<&Sale>) {
        self.unsent.borrow_mut().add(sequence, sale);
        self.channel.say(&Message::Recorded { sequence });
        self.tell(Input::Recorded { sequence });
    }

    /// Tries to reach the server at once.
    pub fn try_now(self: &Rc<Self>) {
        if self.is_owner() {
            self.tell(Input::Woken { now: true });
        } else {
            self.channel.say(&Message::TryNow);
        }
    }

    /// How far the server has this tablet's journal, asked now.
    ///
    /// # Errors
    /// When it did not answer, or does not know the tablet.
    pub async fn server_holds(&self) -> Result<u64, Failure> {
        let nothing = Vec::new();
        let answer = exchange::push(self.identity.device_id, &self.key, nothing).await?;
        Ok(answer.last_sequence)
    }

    /// Tells the other tabs that held carts have changed.
    pub fn held_changed(&self) {
        self.channel.say(&Message::Held);
    }

    /// Tells the other tabs that this tablet was paired or unpaired.
    pub fn reload_others(&self) {
        self.channel.say(&Message::Reload);
    }

    /// Is this the tab that owns queue and printer?
    pub fn is_owner(&self) -> bool {
        self.lock.borrow().is_some()
    }

    /// What the server counts of a product here, with what it has not heard of yet.
    pub fn stock_level(&self, id: ProductId) -> Option<Quantity> {
        let level = self.shelf.borrow().level(id)?;
        self.unsent.borrow().on_top_of(level, id)
    }

    /// What the server counts on an account, with what it has not heard of yet.
    pub fn on_account(&self, balance: Minor, key: &AccountKey) -> Option<Minor> {
        self.unsent.borrow().on_account(balance, key).ok()
    }

    /// How much came back here of the lines of a sale that the server has not told of yet.
    pub fn returned(&self, sale_id: SaleId) -> BackSoFar {
        self.unsent.borrow().returned(sale_id)
    }

    /// The lists as they are now, verifiers included.
    pub fn lists(&self) -> Lists {
        self.shelf.borrow().lists.clone()
    }

    fn news(&self, news: News) {
        if !self.stopped.get() {
            (self.news)(news);
        }
    }

    /// One input for the rules; what they answer is begun at once.
    fn tell(self: &Rc<Self>, input: Input) {
        if self.stopped.get() {
            return;
        }
        let (state, outputs) = step(self.state.take(), input, clock::now_ms());
        self.state.replace(state);
        self.show();
        for output in outputs {
            let sync = Rc::clone(self);
            spawn_local(async move { sync.carry_out(output).await });
        }
    }

    fn show(&self) {
        let standing = self.standing();
        if self.is_owner() && self.said.borrow().as_ref() != Some(&standing) {
            self.channel.say(&Message::Standing(standing.clone()));
            self.said.replace(Some(standing.clone()));
        }
        self.news(News::Status(standing.status));
        self.news(News::Skew(standing.skew_ms));
    }

    /// The owner knows; the others go by what it last said, and by what they have recorded since.
    fn standing(&self) -> Standing {
        let state = self.state.borrow();
        if let Some(heard) = self.heard.borrow().as_ref().filter(|_| !self.is_owner()) {
            let more = state.last.saturating_sub(heard.last);
            return Standing { status: heard.status.and_waiting(more), last: state.last, ..heard.clone() };
        }
        Standing {
            status: state.status(),
            last: state.last,
            answered: state.acked,
            kept: self.kept.borrow().clone(),
            skew_ms: state.skew_ms,
        }
    }

    async fn carry_out(self: Rc<Self>, output: Output) {
        let input = match output {
            Output::Load { from, most } => match self.device.entries(from, most).await {
                Ok(entries) => Input::Loaded(entries),
                Err(error) => Input::PushFailed(self.trouble(error)),
            },
            Output::Push(entries) => {
                match exchange::push(self.identity.device_id, &self.key, entries).await {
                    Ok(response) => Input::Pushed(response),
                    Err(failure) => Input::PushFailed(failure),
                }
            }
            Output::Acknowledge { to, kept } => self.acknowledge(to, &kept).await,
            Output::Pull { cursor } => {
                let (last, acked) = (self.state.borrow().last, self.state.borrow().acked);
                self.answered_at_pull.set(acked);
                match exchange::pull(cursor.as_deref(), last, last.saturating_sub(acked)).await {
                    Ok(response) => Input::Pulled(response),
                    Err(failure) => Input::PullFailed(failure),
                }
            }
            Output::Apply(response) => self.apply(response).await,
            Output::StartOver => self.start_over().await,
            Output::SignIn if self.signing_in.replace(true) => return,
            Output::SignIn => {
                let answer = exchange::sign_in(&self.identity, &self.key).await;
                self.signing_in.set(false);
                match answer {
                    Ok(answer) => Input::SignedIn {
                        last_sequence: answer.last_sequence,
                        server_time_ms: answer.server_time_ms,
                    },
                    Err(failure) => Input::SignInFailed(failure),
                }
            }
            Output::WakeAt(at_ms) => {
                let mine = self.wake.get().wrapping_add(1);
                self.wake.set(mine);
                clock::pause(at_ms.saturating_sub(clock::now_ms())).await;
                if self.wake.get() != mine {
                    return;
                }
                Input::Woken { now: false }
            }
        };
        let reached = matches!(input, Input::Pulled(_));
        self.tell(input);
        if reached {
            self.listen_for_events();
        }
    }

    async fn acknowledge(&self, to: u64, kept: &[(u64, String)]) -> Input {
        match self.device.answered(to, kept).await {
            Ok(answered) => {
                let count = u64::try_from(answered.kept.len()).unwrap_or(u64::MAX);
                if *self.kept.borrow() != answered.kept {
                    self.kept.replace(answered.kept.clone());
                    self.news(News::Kept(answered.kept));
                }
                Input::Acknowledged { kept: count }
            }
            Err(error) => {
                // The server has the entries all the same; not noting so only sends them once more after a reload.
                self.trouble(error);
                let known = self.state.borrow().kept;
                Input::Acknowledged { kept: known }
            }
        }
    }

    async fn apply(self: &Rc<Self>, response: PullResponse) -> Input {
        let feed_before = self.shelf.borrow().feed.clone();
        let not_applied =
            || Input::NotApplied { cursor: feed_before.cursor.clone(), loaded: feed_before.loaded };
        let (after, page) = match shelf::after(&self.shelf, response, &self.device, &self.key).await {
            Ok(next) => next,
            Err(error) => {
                self.trouble(error);
                return not_applied();
            }
        };
        if self.stopped.get() {
            return not_applied();
        }
        if let Err(error) = self.device.apply(&page).await {
            // Levels in memory are ahead of the disk now; they are read again.
            self.shelf.borrow_mut().forget_levels();
            self.trouble(error);
            return not_applied();
        }
        let (catalog, lists) = (!page.chunks.is_empty(), page.lists.is_some());
        self.shelf.borrow_mut().take(after);
        self.unsent.borrow_mut().heard_of(self.answered_at_pull.get());
        self.show_shelf(catalog, lists);
        self.channel.say(&Message::Applied { catalog, lists, stock: !page.stock.is_empty() });
        Input::Applied
    }

    async fn start_over(&self) -> Input {
        if let Err(error) = self.device.start_over().await {
            self.trouble(error);
            let feed = self.shelf.borrow().feed.clone();
            return Input::NotApplied { cursor: feed.cursor, loaded: feed.loaded };
        }
        self.shelf.borrow_mut().start_over();
        self.show_shelf(true, false);
        self.channel.say(&Message::Applied { catalog: true, lists: true, stock: true });
        Input::Applied
    }

    fn show_shelf(&self, catalog: bool, lists: bool) {
        let shelf = self.shelf.borrow();
        let (now, of_lists, feed) = (Arc::clone(&shelf.catalog), shelf.lists.clone(), shelf.feed.clone());
        drop(shelf);
        if lists {
            self.news(News::Lists(Box::new(of_lists)));
        }
        if catalog {
            self.news(News::Catalog(now));
        }
        self.news(News::Feed(feed));
        self.news(News::Stock);
    }

    fn trouble(&self, error: StoreError) -> Failure {
        self.news(News::Trouble(error));
        Failure::Store
    }

    /// Waits its turn to be the tab that talks to the server, then goes on from what is on the disk.
    async fn become_owner(self: Rc<Self>) {
        let lock = tabs::lock(&self.name).await;
        let kept = loop {
            if self.stopped.get() {
                return;
            }
            match self.standing_on_disk().await {
                Ok(kept) => break kept,
                Err(error) => {
                    self.trouble(error);
                    clock::pause(1_000).await;
                }
            }
        };
        self.lock.replace(Some(lock));
        let taken_over = self.state.borrow().taken_over();
        self.state.replace(taken_over);
        self.kept.replace(kept.answered.kept.clone());
        self.news(News::Owner(true));
        self.tell(opened(&kept));
        self.tell(Input::Network(wake::is_online()));
        self.tell(Input::Owner(true));
        self.heartbeat();
    }

    /// Where journal and feed stand; the catalogue is read again only if another tab has moved it since.
    async fn standing_on_disk(&self) -> Result<Kept, StoreError> {
        let (counters, answered) = self.device.position().await?;
        let feed = self.device.feed().await?;
        if feed == self.shelf.borrow().feed {
            return Ok(Kept { counters, answered, feed, ..Kept::default() });
        }
        let kept = self.device.load().await?;
        self.shelf.borrow_mut().read_again(&kept);
        self.show_shelf(true, true);
        Ok(kept)
    }

    fn heartbeat(self: &Rc<Self>) {
        let sync = Rc::downgrade(self);
        spawn_local(async move {
            loop {
                clock::pause(HEARTBEAT_MS).await;
                let Some(sync) = sync.upgrade().filter(|sync| !sync.stopped.get()) else { return };
                sync.tell(Input::Changed);
            }
        });
    }

    fn watch_the_browser(self: &Rc<Self>) {
        let on = |kind: &str, act: fn(&Rc<Self>)| {
            let sync = Rc::downgrade(self);
            wake::of_window(kind, move |_| {
                if let Some(sync) = sync.upgrade() {
                    act(&sync);
                }
            })
        };
        let listeners = [
            on("online", |sync| sync.tell(Input::Network(true))),
            on("offline", |sync| {
                sync.events.borrow_mut().take();
                sync.tell(Input::Network(false));
            }),
            on("focus", |sync| sync.changed()),
        ];
        self.listeners.borrow_mut().extend(listeners.into_iter().flatten());
    }

    /// Asks for changes soon; many wake-ups at once are one pull.
    fn changed(self: &Rc<Self>) {
        if !self.is_owner() || self.gathering.replace(true) {
            return;
        }
        let sync = Rc::clone(self);
        spawn_local(async move {
            clock::pause(GATHER_MS).await;
            sync.gathering.set(false);
            sync.tell(Input::Changed);
        });
    }

    /// The server's wake-ups, once a pull has shown that the sign-in holds.
    fn listen_for_events(self: &Rc<Self>) {
        if !self.is_owner() || self.stopped.get() || self.events.borrow().is_some() {
            return;
        }
        let (of_change, of_open, of_error) = (Rc::downgrade(self), Rc::downgrade(self), Rc::downgrade(self));
        let changed = move || {
            if let Some(sync) = of_change.upgrade() {
                sync.changed();
            }
        };
        let opened = move || {
            if let Some(sync) = of_open.upgrade() {
                sync.event_failures.set(0);
                sync.changed();
            }
        };
        let failed = move || {
            if let Some(sync) = of_error.upgrade() {
                spawn_local(sync.events_again());
            }
        };
        self.events.replace(Events::open(changed, opened, failed));
    }

    /// The line for wake-ups broke: after a while a pull finds out whether the server is there, and opens it again.
    async fn events_again(self: Rc<Self>) {
        if self.events.borrow_mut().take().is_none() {
            return;
        }
        let failures = self.event_failures.get().saturating_add(1);
        self.event_failures.set(failures);
        clock::pause(1_000_i64.saturating_mul(1_i64.checked_shl(failures.min(6)).unwrap_or(64))).await;
        self.tell(Input::Changed);
    }

    fn hear(self: &Rc<Self>, message: Message) {
        match message {
            Message::Hello if self.is_owner() => {
                self.said.replace(None);
                self.show();
            }
            Message::Recorded { sequence } => {
                spawn_local(Rc::clone(self).read_unsent());
                self.news(News::Recorded);
                self.tell(Input::Recorded { sequence });
            }
            Message::Standing(standing) if !self.is_owner() => self.heard_standing(standing),
            Message::Applied { catalog, lists, stock } if !self.is_owner() => {
                spawn_local(Rc::clone(self).refresh(catalog || lists, stock));
            }
            Message::TryNow if self.is_owner() => self.tell(Input::Woken { now: true }),
            Message::Held => self.news(News::Held),
            Message::Reload => self.news(News::Elsewhere),
            Message::Hello | Message::Standing(_) | Message::Applied { .. } | Message::TryNow => {}
        }
    }

    fn heard_standing(&self, standing: Standing) {
        self.unsent.borrow_mut().heard_of(standing.answered);
        self.kept.replace(standing.kept.clone());
        self.news(News::Kept(standing.kept.clone()));
        self.heard.replace(Some(standing));
        self.show();
    }

    /// The owner tab has written changes; this one reads them. Many at once are read once.
    async fn refresh(self: Rc<Self>, catalog: bool, stock: bool) {
        if stock && let Ok(levels) = self.device.load_stock().await {
            self.shelf.borrow_mut().set_levels(&levels);
            self.news(News::Stock);
        }
        if !catalog || self.refreshing.replace(true) {
            return;
        }
        clock::pause(GATHER_MS).await;
        self.refreshing.set(false);
        match self.device.load().await {
            Ok(kept) => {
                self.shelf.borrow_mut().read_again(&kept);
                self.show_shelf(true, true);
            }
            Err(error) => {
                self.trouble(error);
            }
        }
    }

    async fn read_stock(self: Rc<Self>) {
        match self.device.load_stock().await {
            Ok(levels) => self.shelf.borrow_mut().set_levels(&levels),
            Err(error) => {
                self.trouble(error);
            }
        }
        self.read_unsent().await;
    }

    /// What is recorded and not yet known here: by this tab before it was opened, or by another.
    async fn read_unsent(self: Rc<Self>) {
        let answered = self.state.borrow().acked;
        let from = self.unsent.borrow().last().max(answered).saturating_add(1);
        if let Ok(entries) = self.device.entries(from, usize::MAX).await {
            self.unsent.borrow_mut().read(&entries);
            self.news(News::Stock);
        }
    }
}

fn opened(kept: &Kept) -> Input {
    Input::opened(&kept.counters, &kept.answered, &kept.feed)
}
