//! People: cashiers who sell and managers who change the catalogue.
//! May use: tablet, the server's store. Never: a fault.

use super::{Event, Work, World};
use crate::customers;
use crate::faults::below;
use shared::pricing::Promotion;
use tillbridge::store::{catalog, pricing};

impl World {
    pub(super) fn sell(&mut self, at: usize) {
        if self.calm || self.sales_left == 0 {
            return;
        }
        // The sales are spread over the day, however many tablets there are, so that what goes wrong meets them.
        let pause = 4_000 + below(&mut self.chance, 20_000);
        let tablets = i64::try_from(self.tablets.len()).unwrap_or(1);
        self.later(pause * tablets, Event::Sell(at));
        let alive: Vec<usize> =
            (0..self.tablets[at].tabs.len()).filter(|tab| self.tablets[at].tabs[*tab].alive).collect();
        if alive.is_empty() {
            return;
        }
        let tab = alive[self.chance.below(alive.len())];
        let who = self.who(at, tab);
        self.sales_left -= 1;
        self.at_disk(who, Work::Record);
    }

    /// A manager pauses a promotion or goes on with it, or gives it another name. How often its code may be used stays.
    fn promote(&mut self, shop: usize) {
        let (organisation_id, number) = (self.shops[shop].organisation_id, self.outcome.events);
        let (pauses, place) = (self.chance.percent(50), self.chance.below(2));
        let done = self.server.with(async |app| {
            let mut tx = app.db.write_for(organisation_id).await.unwrap();
            let all = pricing::all::<Promotion>(&mut tx, organisation_id).await.unwrap();
            let id = all[place].id.to_string();
            let known = pricing::one::<Promotion>(&mut tx, organisation_id, &id).await.unwrap().unwrap();
            let mut promotion = known.rule;
            if pauses {
                promotion.applies.paused = !promotion.applies.paused;
            }
            let (name, _) = promotion.name.split_once('#').unwrap_or((&promotion.name, ""));
            promotion.name = format!("{name}#{number}");
            assert!(pricing::update(&mut tx, organisation_id, &promotion, known.version).await.unwrap());
            tx.commit().await.unwrap();
        });
        if done.is_some() {
            self.note(&format!("shop {shop} changes promotion {place}"));
            self.wake_others(shop);
        }
    }

    /// A manager changes prices and adds goods.
    pub(super) fn manage(&mut self) {
        if self.calm {
            return;
        }
        let pause = 30_000 + below(&mut self.chance, 240_000);
        self.later(pause, Event::Manage);
        let shop = self.chance.below(self.shops.len());
        let (organisation_id, number) = (self.shops[shop].organisation_id, self.outcome.events);
        if self.chance.percent(20) {
            self.promote(shop);
            return;
        }
        if self.chance.percent(25) {
            let mut chance = self.chance.clone();
            if customers::manage(self, shop, self.now_ms, &mut chance) {
                self.note(&format!("shop {shop} sees to a customer"));
                self.wake_others(shop);
            }
            self.chance = chance;
            return;
        }
        let add = self.chance.percent(25);
        let place = self.chance.below(self.shops[shop].products.len());
        let mut product = self.shops[shop].products[place].clone();
        if add {
            product.id = shared::ids::ProductId::fresh(&mut self.chance.ids(self.now_ms));
            product.sku = format!("N{number:06}");
        }
        product.name = format!("{} {number}", product.sku);
        let done = self.server.with(async |app| {
            let mut tx = app.db.write_for(organisation_id).await.unwrap();
            if add {
                let one = std::slice::from_ref(&product);
                catalog::insert_products(&mut tx, organisation_id, one).await.unwrap();
            } else if let Some(known) = catalog::product(&mut tx, organisation_id, product.id).await.unwrap()
            {
                catalog::update_product(&mut tx, organisation_id, &product, known.version).await.unwrap();
            }
            tx.commit().await.unwrap();
        });
        if done.is_some() {
            self.note(&format!("shop {shop} changes {}", product.sku));
            self.wake_others(shop);
        }
    }
}
