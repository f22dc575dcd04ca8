//! Batch: judges every entry of some pushes and books what can be booked, in one transaction.

use super::writer::IngestError;
use crate::store::books::{Books, EntryRow};
use crate::store::{Db, StoreError, Tx, books};
use shared::ids::{DeviceId, EntryId, OrganisationId, StoreId};
use shared::planted::{Planted, is_planted};
use shared::sync::journal::{EntryBody, JournalEntry, SealedEntry};
use shared::sync::server::{DeviceLedger, Judgement, KnownEntry, advance, judge, must_be_known};
use shared::sync::wire::{EntryAnswer, EntryOutcome, PushResponse, SCHEMA};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Entries of one device, whose signature has been checked.
#[derive(Clone, Debug)]
pub struct Push {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Who sends.
    pub device_id: DeviceId,
    /// What.
    pub entries: Vec<SealedEntry>,
    /// When it came, epoch ms.
    pub received_at_ms: i64,
}

/// Why a batch did not go into the books. Nothing of it did.
#[derive(Debug)]
pub enum BookError {
    /// Another process moved one of the ledgers.
    Raced,
    /// The database refuses something for what is in it.
    Unfit(String),
    /// The database failed.
    Database(String),
}

impl From<StoreError> for BookError {
    fn from(error: StoreError) -> Self {
        if error.is_race() {
            Self::Raced
        } else if error.is_refused_data() {
            Self::Unfit(error.to_string())
        } else {
            Self::Database(error.to_string())
        }
    }
}

/// A quantity or an amount no shop moves; sums of such would leave the range of the columns.
const MOST: u64 = 1_000_000_000_000_000;

/// Books pushes. With `keep`, entries that would be booked are kept for that reason instead.
pub async fn book(
    db: &Db,
    pushes: &[&Push],
    keep: Option<&str>,
) -> Result<Vec<Result<PushResponse, IngestError>>, BookError> {
    let mut by_organisation: BTreeMap<OrganisationId, Vec<usize>> = BTreeMap::new();
    for (at, push) in pushes.iter().enumerate() {
        by_organisation.entry(push.organisation_id).or_default().push(at);
    }
    let mut answers: Vec<Option<Result<PushResponse, IngestError>>> = pushes.iter().map(|_| None).collect();
    let mut tx = db.begin_write().await?;
    for (organisation_id, places) in by_organisation {
        tx.act_for(organisation_id).await?;
        let group: Vec<&Push> = places.iter().map(|at| pushes[*at]).collect();
        let done = book_group(&mut tx, organisation_id, &group, keep).await?;
        for (at, answer) in places.into_iter().zip(done) {
            answers[at] = Some(answer);
        }
    }
    let committed = tx.commit().await;
    if !is_planted(Planted::AnswersBeforeCommit) {
        committed?;
    }
    Ok(answers.into_iter().map(|answer| answer.unwrap_or(Err(IngestError::Stopping))).collect())
}

/// A device in this batch: as it was, and as it is after the entries so far.
struct Standing {
    store_id: StoreId,
    before: u64,
    /// Was something of it kept, now or before? Then its journal may have come apart: it may have been copied.
    was_kept: bool,
    ledger: DeviceLedger,
}

/// What is known of entries, by fingerprint and by id, and which receipt numbers tablets have used.
#[derive(Default)]
struct Known {
    by_hash: HashMap<String, KnownEntry>,
    by_id: HashMap<EntryId, KnownEntry>,
    receipts: HashSet<(DeviceId, String)>,
}

impl Known {
    fn add(&mut self, id: EntryId, known: KnownEntry) {
        self.by_hash.insert(known.hash.clone(), known.clone());
        self.by_id.entry(id).or_insert(known);
    }

    fn of(&self, entry: &SealedEntry) -> Option<&KnownEntry> {
        self.by_hash.get(&entry.hash).or_else(|| self.by_id.get(&entry.id))
    }
}

async fn book_group(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    pushes: &[&Push],
    keep: Option<&str>,
) -> Result<Vec<Result<PushResponse, IngestError>>, BookError> {
    let mut standings = load_standings(tx, organisation_id, pushes).await?;
    let mut known = Known::default();
    let entries: Vec<&SealedEntry> = pushes.iter().flat_map(|push| &push.entries).collect();
    for row in books::known_entries(tx, organisation_id, &entries).await? {
        known.add(row.0, row.1);
    }
    let connections = books::connections(tx, organisation_id).await?;
    let now_ms = pushes.iter().map(|push| push.received_at_ms).max().unwrap_or(0);
    let mut written = Books::new(organisation_id, connections, now_ms);
    let mut answers = Vec::with_capacity(pushes.len());
    for push in pushes {
        let Some(standing) = standings.get_mut(&push.device_id) else {
            answers.push(Err(IngestError::UnknownDevice));
            continue;
        };
        let mut outcomes = Vec::with_capacity(push.entries.len());
        if standing.was_kept {
            known.receipts.extend(numbers_used(tx, push).await?);
        }
        let wanted = wanted_first(tx, push, &standing.ledger, &known).await?;
        for entry in &push.entries {
            if let Some(expected) = wanted {
                let outcome = EntryOutcome::OutOfOrder { expected };
                outcomes.push(EntryAnswer { id: entry.id, sequence: entry.sequence, outcome });
                continue;
            }
            let outcome = take(standing, entry, push.received_at_ms, &mut known, &mut written, keep);
            if matches!(outcome, EntryOutcome::Kept { .. }) && !standing.was_kept {
                standing.was_kept = true;
                known.receipts.extend(numbers_used(tx, push).await?);
            }
            outcomes.push(EntryAnswer { id: entry.id, sequence: entry.sequence, outcome });
        }
        answers.push(Ok(PushResponse {
            schema: SCHEMA,
            answers: outcomes,
            last_sequence: standing.ledger.last_sequence,
            last_hash: standing.ledger.last_hash.clone(),
            server_time_ms: push.received_at_ms,
        }));
    }
    written.write(tx).await?;
    for (device_id, standing) in &standings {
        let moved = standing.ledger.last_sequence != standing.before;
        if moved
            && !books::move_ledger(tx, organisation_id, &standing.ledger, standing.before, now_ms).await?
        {
            tracing::debug!(device = %device_id, "another process moved the ledger; once more");
            return Err(BookError::Raced);
        }
    }
    Ok(answers)
}

/// Which of the receipt numbers of a push its tablet has used before.
async fn numbers_used(tx: &mut Tx, push: &Push) -> Result<Vec<(DeviceId, String)>, BookError> {
    let numbers: Vec<String> = push.entries.iter().filter_map(number_of).collect();
    let used = books::numbers_used(tx, push.organisation_id, push.device_id, &numbers).await?;
    Ok(used.into_iter().map(|number| (push.device_id, number)).collect())
}

/// The receipt number an entry takes, if it is a sale that can be read.
fn number_of(entry: &SealedEntry) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Content {
        body: Body,
    }
    #[derive(serde::Deserialize)]
    struct Body {
        sale: Numbered,
    }
    #[derive(serde::Deserialize)]
    struct Numbered {
        receipt_number: String,
    }
    serde_json::from_str(&entry.content).ok().map(|content: Content| content.body.sale.receipt_number)
}

/// The entry that must come before this push, if the one it follows is not here.
async fn wanted_first(
    tx: &mut Tx,
    push: &Push,
    ledger: &DeviceLedger,
    known: &Known,
) -> Result<Option<u64>, BookError> {
    let Some(first) = push.entries.first().filter(|first| known.of(first).is_none()) else { return Ok(None) };
    let Some(previous) = must_be_known(ledger, first) else { return Ok(None) };
    let is_here = known.by_hash.contains_key(&previous)
        || books::has_entry(tx, push.organisation_id, &previous).await?;
    Ok((!is_here).then(|| first.sequence.saturating_sub(1)))
}

async fn load_standings(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    pushes: &[&Push],
) -> Result<BTreeMap<DeviceId, Standing>, BookError> {
    let mut standings = BTreeMap::new();
    for push in pushes {
        if standings.contains_key(&push.device_id) {
            continue;
        }
        if let Some((ledger, store_id)) = books::ledger(tx, organisation_id, push.device_id).await? {
            let before = ledger.last_sequence;
            let was_kept = books::was_kept(tx, organisation_id, push.device_id).await?;
            standings.insert(push.device_id, Standing { store_id, before, was_kept, ledger });
        }
    }
    Ok(standings)
}

/// Takes one entry: judges it, notes what to write, moves the ledger.
fn take(
    standing: &mut Standing,
    entry: &SealedEntry,
    received_at_ms: i64,
    known: &mut Known,
    written: &mut Books,
    keep: Option<&str>,
) -> EntryOutcome {
    let mut judgement = judge(&standing.ledger, entry, known.of(entry));
    if let Judgement::Book(open) = &judgement
        && let Some(reason) = keep
            .map(str::to_owned)
            .or_else(|| misfit(open, standing.store_id, received_at_ms))
            .or_else(|| number_used(open, &known.receipts).filter(|_| standing.was_kept))
    {
        judgement = Judgement::Keep { reason, moves_ledger: true };
    }
    let outcome = match &judgement {
        Judgement::Book(_) => EntryOutcome::Booked,
        Judgement::Keep { .. } if is_planted(Planted::RefusesMisfits) => {
            return EntryOutcome::OutOfOrder { expected: entry.sequence };
        }
        Judgement::Keep { reason, .. } => EntryOutcome::Kept { reason: reason.clone() },
        Judgement::Replay(outcome) => return outcome.clone(),
        Judgement::Wait { expected } => return EntryOutcome::OutOfOrder { expected: *expected },
    };
    let kept = match &outcome {
        EntryOutcome::Kept { reason } => Some(reason.clone()),
        _ => None,
    };
    let kept_empty = kept.is_some() && is_planted(Planted::KeptWithoutContent);
    let content = match &judgement {
        _ if kept_empty => String::new(),
        Judgement::Book(open) if is_planted(Planted::WrittenAnew) => {
            open.seal().map(|anew| anew.content).unwrap_or_default()
        }
        _ => entry.content.clone(),
    };
    written.keep(EntryRow {
        hash: entry.hash.clone(),
        entry_id: entry.id.to_string(),
        device_id: standing.ledger.device_id,
        sequence: entry.sequence,
        kept,
        received_at_ms,
        content,
    });
    if let Judgement::Book(open) = &judgement {
        known.receipts.extend(open.body.sale().map(|sale| (open.device_id, sale.receipt_number.clone())));
        written.book(open, &entry.hash, standing.store_id, received_at_ms);
    }
    standing.ledger = advance(&standing.ledger, entry, &judgement);
    known.add(entry.id, KnownEntry { hash: entry.hash.clone(), outcome: outcome.clone() });
    outcome
}

/// Tablets that are copies of each other count the same numbers: one that is used twice is a manager's to decide.
fn number_used(entry: &JournalEntry, used: &HashSet<(DeviceId, String)>) -> Option<String> {
    let number = entry.body.sale()?.receipt_number.clone();
    let reason = format!("Another sale has the receipt number {number}: the tablet was copied.");
    used.contains(&(entry.device_id, number)).then_some(reason)
}

/// What the books cannot take although the entry is whole.
fn misfit(entry: &JournalEntry, store_id: StoreId, received_at_ms: i64) -> Option<String> {
    if is_planted(Planted::DistrustsClocks) && entry.time.at_ms > received_at_ms.saturating_add(300_000) {
        return Some("The tablet's clock is ahead.".to_owned());
    }
    let numbers: Vec<i64> = match &entry.body {
        EntryBody::SaleCompleted { sale } => {
            if sale.device_id != entry.device_id || sale.store_id != store_id {
                return Some("The sale names another tablet or store than the one that sent it.".to_owned());
            }
            sale.lines.iter().flat_map(|line| [line.quantity.0, line.tax.net.0, line.tax.gross.0]).collect()
        }
        EntryBody::StockAdjusted { adjustment } => {
            adjustment.lines.iter().map(|line| line.quantity.0).collect()
        }
        EntryBody::ShiftOpened { opening } => vec![opening.float.total.0],
        EntryBody::CashMoved { movement } => vec![movement.amount.0],
        EntryBody::ShiftClosed { closing } => vec![closing.expected.0, closing.count.total.0],
        EntryBody::ReceiptReprinted { .. }
        | EntryBody::DrawerCounted { .. }
        | EntryBody::DrawerOpened { .. }
        | EntryBody::CustomerEdited { .. } => return None,
    };
    numbers
        .iter()
        .any(|number| number.unsigned_abs() > MOST)
        .then(|| "A quantity or an amount is larger than any shop could move.".to_owned())
}
