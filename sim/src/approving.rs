//! Approving: a manager who types a PIN at a till, one who should not, nobody; and whether the books say so in the end.
//! Lives here: approvals put on records by chance, right ones and others; the check of I15.
//! May use: tablet, books, the shared rules. Never: the server's own judgement of an approval.
//! Invariant: what is put on a record does not depend on what is planted.

use crate::books::Entry;
use crate::shop::{Person, Shop};
use crate::tablet::Tablet;
use shared::approval::{Approval, ApprovalState, Need, needs};
use shared::ids::ApprovalId;
use shared::staff::Role;
use shared::sync::journal::{JournalEntry, SealedEntry};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tillbridge::replay::chance::Chance;

/// The record with what was approved in it, if it needs that: mostly rightly, sometimes not.
pub fn asked(tablet: &Tablet, shop: &Shop, entry: SealedEntry, chance: &mut Chance) -> SealedEntry {
    if tablet.older {
        return entry;
    }
    let Ok(mut open) = entry.open() else { return entry };
    let approvals: Vec<Approval> =
        wanted(shop, &open).iter().filter_map(|need| given(tablet, shop, &open, need, chance)).collect();
    if approvals.is_empty() {
        return entry;
    }
    open.version = open.body.version_with(&approvals);
    open.approvals = approvals;
    open.seal().unwrap_or(entry)
}

fn wanted(shop: &Shop, entry: &JournalEntry) -> Vec<Need> {
    let mut wanted = needs(&entry.body).unwrap_or_default();
    wanted.retain(|need| shop.rules.store.approval.ask(need, Role::Cashier));
    wanted
}

fn given(
    tablet: &Tablet,
    shop: &Shop,
    entry: &JournalEntry,
    need: &Need,
    chance: &mut Chance,
) -> Option<Approval> {
    let id = ApprovalId::fresh(&mut chance.ids(entry.time.at_ms));
    let by = |person: &Person| {
        let approval = Approval {
            id,
            staff_id: person.id,
            staff_name: person.name.to_owned(),
            asked_by: shop.clerk.id,
            subject: need.subject.clone(),
            time: entry.time,
            proof: String::new(),
        };
        let proof = approval.proof_by(&person.key, entry.device_id)?;
        Some(Approval { proof, ..approval })
    };
    match chance.below(10) {
        0 => None,
        1 => by(&shop.clerk),
        2 => by(&shop.manager).map(|right| Approval { proof: "00".repeat(32), ..right }),
        3 => last_used(tablet).or_else(|| by(&shop.manager)),
        _ => by(&shop.manager),
    }
}

/// The last approval this tablet has recorded, to be used once more.
fn last_used(tablet: &Tablet) -> Option<Approval> {
    let journal = &tablet.disk.look().journal;
    journal.values().rev().find_map(|entry| entry.open().ok()?.approvals.into_iter().next())
}

/// I15: every approval of a booked record is in the books with what it is worth, and so is each that is missing; a manager
/// is told of those that are not sound, and of nothing else.
pub fn check(
    shops: &[Shop],
    entries: &[Entry],
    states: &BTreeMap<(String, i64), String>,
    flags: &BTreeSet<(String, String)>,
    wrong: &mut Vec<String>,
) {
    let mut expected = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut used = HashSet::new();
    for entry in entries.iter().filter(|entry| entry.state == "booked") {
        let shop = shops.iter().find(|shop| shop.organisation_id.to_string() == entry.organisation_id);
        let (Some(shop), Some(open)) = (shop, entry.open()) else { continue };
        for (place, state) in (1_i64..).zip(worth(shop, &open, &mut used)) {
            expected.insert((entry.hash.clone(), place), state.word().to_owned());
            if state != ApprovalState::Sound {
                let about = open.body.sale().map_or(open.id.0, |sale| sale.id.0);
                told.insert((about.to_string(), format!("approval_{}", state.word())));
            }
        }
    }
    if expected != *states {
        let odd = expected.iter().find(|(at, state)| states.get(*at) != Some(*state));
        wrong.push(format!("I15: the approvals in the books are not those of the records, like {odd:?}"));
    }
    if told != *flags {
        wrong.push("I15: what a manager is told of approvals is not what is wrong with them".to_owned());
    }
}

/// What each approval of a record is worth, and what is missing after them.
fn worth(shop: &Shop, entry: &JournalEntry, used: &mut HashSet<ApprovalId>) -> Vec<ApprovalState> {
    let mut states = Vec::new();
    for approval in &entry.approvals {
        let is_first = used.insert(approval.id);
        states.push(if approval.staff_id != shop.manager.id {
            ApprovalState::NotAllowed
        } else if !approval.is_proven_by(&shop.manager.key, entry.device_id) {
            ApprovalState::Unproven
        } else if is_first {
            ApprovalState::Sound
        } else {
            ApprovalState::Reused
        });
    }
    let is_clerk = entry.staff_id == Some(shop.clerk.id);
    for need in wanted(shop, entry).iter().filter(|_| is_clerk) {
        if !entry.approvals.iter().any(|approval| approval.subject.covers(&need.subject)) {
            states.push(ApprovalState::Missing);
        }
    }
    states
}
