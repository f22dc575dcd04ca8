//! Paged: answers as a page shows them: one that is loaded anew without flicker, and a list that grows by pages.

use super::{Manage, Trouble, query};
use crate::clock::now_ms;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use shared::api::Page;
use std::sync::Arc;

/// An answer that may be asked for again; the old one stays until the new one is here.
pub struct Loaded<T: Send + Sync + 'static> {
    /// The last good answer.
    pub value: RwSignal<Option<Arc<T>>>,
    /// Why the last try failed.
    pub trouble: RwSignal<Option<Trouble>>,
    /// When the last good answer came, epoch ms by this device.
    pub at_ms: RwSignal<i64>,
    round: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

impl<T: Send + Sync + 'static> Default for Loaded<T> {
    fn default() -> Self {
        Self {
            value: RwSignal::new(None),
            trouble: RwSignal::new(None),
            at_ms: RwSignal::new(0),
            round: StoredValue::new(0),
        }
    }
}

impl<T: Send + Sync + 'static> Loaded<T> {
    /// Asks; an answer that comes after a later question is let go.
    pub fn load(self, work: impl Future<Output = Result<T, Trouble>> + 'static) {
        let round = next(self.round);
        spawn_local(async move {
            let answer = work.await;
            // The page may be gone by now.
            if self.round.try_get_value() != Some(round) {
                return;
            }
            match answer {
                Ok(value) => {
                    self.at_ms.set(now_ms());
                    self.value.set(Some(Arc::new(value)));
                    self.trouble.set(None);
                }
                Err(trouble) => self.trouble.set(Some(trouble)),
            }
        });
    }
}

/// A list that grows by pages.
pub struct Paged<T: Send + Sync + 'static> {
    /// So far.
    pub rows: RwSignal<Vec<T>>,
    /// In all.
    pub total: RwSignal<u64>,
    /// Is a page on its way?
    pub loading: RwSignal<bool>,
    /// Has any page come?
    pub loaded: RwSignal<bool>,
    /// Why the last try failed.
    pub trouble: RwSignal<Option<Trouble>>,
    next: RwSignal<Option<String>>,
    asked: StoredValue<(String, Vec<(&'static str, String)>)>,
    round: StoredValue<u32>,
    manage: Manage,
}

impl<T: Send + Sync + 'static> Clone for Paged<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Paged<T> {}

impl<T: DeserializeOwned + Send + Sync + 'static> Paged<T> {
    pub(super) fn new(manage: Manage) -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            total: RwSignal::new(0),
            loading: RwSignal::new(false),
            loaded: RwSignal::new(false),
            trouble: RwSignal::new(None),
            next: RwSignal::new(None),
            asked: StoredValue::default(),
            round: StoredValue::new(0),
            manage,
        }
    }

    /// Is there more?
    pub fn has_more(self) -> bool {
        self.next.with(Option::is_some)
    }

    /// Begins the list anew; the old rows stay until the first page is here.
    pub(super) fn begin(self, path: &str, parts: Vec<(&'static str, String)>) {
        self.asked.set_value((path.to_owned(), parts));
        self.ask(None);
    }

    /// The next page.
    pub fn more(self) {
        if let Some(after) = self.next.get_untracked()
            && !self.loading.get_untracked()
        {
            self.ask(Some(after));
        }
    }

    /// The same question again from the beginning, after a failure or a change.
    pub fn again(self) {
        self.ask(None);
    }

    fn ask(self, after: Option<String>) {
        let round = next(self.round);
        self.loading.set(true);
        let (path, parts) = self.asked.get_value();
        let mut parts: Vec<(&str, &str)> =
            parts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        parts.push(("after", after.as_deref().unwrap_or_default()));
        let address = format!("{path}{}", query(&parts));
        let is_first = after.is_none();
        spawn_local(async move {
            let answer = self.manage.get::<Page<T>>(&address).await;
            if self.round.try_get_value() != Some(round) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) => {
                    self.rows.update(|rows| {
                        if is_first {
                            rows.clear();
                        }
                        rows.extend(page.rows);
                    });
                    self.total.set(page.total);
                    self.next.set(page.next);
                    self.loaded.set(true);
                    self.trouble.set(None);
                }
                Err(trouble) => self.trouble.set(Some(trouble)),
            }
        });
    }
}

fn next(round: StoredValue<u32>) -> u32 {
    round.update_value(|round| *round = round.wrapping_add(1));
    round.get_value()
}
