//! Outbox: our records as commands, and what became of them.

use super::inbox::{self, Looked};
use super::products::{self, Going};
use super::work::{Job, count, hold};
use super::{Bridge, matching};
use crate::app::AppError;
use crate::clock;
use crate::runner::{Carried, Line};
use crate::store::Tx;
use crate::store::connections::ConnectionRow;
use crate::store::outbox::{self as store, Settled};
use crate::store::shifts::entry_content;
use connectors::{Command, Done, Outcome, Wedged, mapping};
use shared::connect::{Delivery, Flow};
use shared::ids::OrganisationId;
use shared::sync::journal::{EntryBody, JournalEntry};

/// Records that go out before what comes in has its turn again.
const AT_ONCE: i64 = 20;
/// The same for products: sales come first.
const PRODUCTS_AT_ONCE: i64 = 5;
/// Answers that say no before a record waits for a person.
const MOST_ATTEMPTS: i64 = 8;
/// The first wait of a record the other side does not take, ms; it doubles.
const FIRST_WAIT_MS: i64 = 5_000;
/// The longest, ms.
const LONGEST_WAIT_MS: i64 = 3_600_000;

/// When something of it is due next, epoch ms. What of products waits for a look at theirs is due with that.
pub(super) async fn next_due_ms(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<Option<i64>, AppError> {
    let sales = store::next_due_ms(tx, organisation_id, row.id, Flow::Sales).await?;
    let products =
        match row.has_flow(Flow::ProductChanges) && !inbox::is_looking(tx, organisation_id, row.id).await? {
            true => store::next_due_ms(tx, organisation_id, row.id, Flow::ProductChanges).await?,
            false => None,
        };
    Ok(sales.into_iter().chain(products).min())
}

/// Sends some of what is due of a flow.
pub(super) async fn some(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    (row, flow): (&ConnectionRow, Flow),
    line: &mut Line,
) -> Result<Job, AppError> {
    if flow == Flow::ProductChanges && !row.has_flow(flow) {
        return Ok(Job::Idle);
    }
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let most = if flow == Flow::Sales { AT_ONCE } else { PRODUCTS_AT_ONCE };
    let due = store::due(&mut tx, organisation_id, row.id, (flow, clock::now_ms(), most)).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(Job::Idle);
    }
    let mut job = Job::Idle;
    for delivery in due {
        if !hold(bridge, organisation_id, row.id).await? {
            return Ok(job);
        }
        if flow == Flow::ProductChanges {
            match looked(bridge, organisation_id, row, &delivery).await? {
                Looked::Yes => {}
                Looked::Begun => return Ok(Job::Done),
                Looked::NotYet => return Ok(job),
            }
        }
        if let Some(words) = deliver(bridge, organisation_id, (row, &delivery), line).await? {
            return Ok(Job::InVain(words));
        }
        job = Job::Done;
    }
    if flow == Flow::ProductChanges && matches!(job, Job::Done) {
        look_at_what_became_of_it(bridge, organisation_id, row).await?;
    }
    Ok(job)
}

/// Once nothing more is to be said, it is looked how it stands there: what is changed there after that, somebody has changed.
async fn look_at_what_became_of_it(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
) -> Result<(), AppError> {
    let now_ms = clock::now_ms();
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let more = store::next_due_ms(&mut tx, organisation_id, row.id, Flow::ProductChanges).await?;
    if more.is_none_or(|due| due > now_ms) {
        inbox::looked_since(&mut tx, organisation_id, row.id, (now_ms, now_ms)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What somebody has changed there meanwhile is not written over unseen: since it was noted, or was last to be sent.
async fn looked(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    delivery: &Delivery,
) -> Result<Looked, AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let since_ms = delivery.due_at_ms.unwrap_or(0).max(delivery.noted_at_ms);
    let times = (since_ms, clock::now_ms());
    let looked = inbox::looked_since(&mut tx, organisation_id, row.id, times).await?;
    tx.commit().await?;
    Ok(looked)
}

/// Sends one. Says what is wrong where the other side cannot be worked with.
async fn deliver(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    (row, delivery): (&ConnectionRow, &Delivery),
    line: &mut Line,
) -> Result<Option<String>, AppError> {
    let going = match delivery.flow {
        Flow::ProductChanges => {
            let mut tx = bridge.app.db.read_for(organisation_id).await?;
            products::going(&mut tx, organisation_id, row, &delivery.id).await?
        }
        _ => sale(bridge, organisation_id, row, delivery).await?,
    };
    let without = |outcome: Outcome| Carried { outcome, exchanges: Vec::new(), calls: 0, failed: 0 };
    let (said, carried) = match going {
        Going::Out(command) => {
            let carried = line.carry(&bridge.outbound, &command).await;
            (Some(command), carried)
        }
        Going::Nothing(remote_id) => {
            (None, without(Outcome::Done(Done::Delivered { remote_id, was_there: true })))
        }
        Going::Wedged(wedged) => (None, without(Outcome::Wedged(wedged))),
    };
    let now_ms = clock::now_ms();
    // Where the one before was in vain too, the other side is to blame and not this record: an outage burns none of them, whatever
    // it answers meanwhile. The record goes behind the others, so that one that is to blame holds nobody up.
    let works = row.failures == 0;
    let later = |reason: &str, answered: bool| {
        let doubled = FIRST_WAIT_MS.saturating_mul(1_i64 << delivery.attempts.clamp(0, 20));
        let due_at_ms = now_ms.saturating_add(doubled.min(LONGEST_WAIT_MS));
        let due_at_ms = match (answered, delivery.flow) {
            (true, _) => Some(due_at_ms),
            // Before it goes out it is looked again.
            (false, Flow::ProductChanges) => Some(now_ms),
            (false, _) => None,
        };
        Settled::Later { due_at_ms, attempted: answered && works, reason: reason.to_owned() }
    };
    let (settled, trouble) = match &carried.outcome {
        Outcome::Done(Done::Delivered { remote_id, .. }) => {
            (Settled::Delivered { remote_id: remote_id.clone() }, None)
        }
        Outcome::Done(Done::Written) => {
            let remote_id = match &said {
                Some(Command::Write { id, .. }) => id.clone(),
                _ => String::new(),
            };
            (Settled::Delivered { remote_id }, None)
        }
        Outcome::Wedged(wedged) => (refused(wedged), None),
        Outcome::SignedOut { reason } => (later(reason, false), Some(reason.clone())),
        Outcome::Later { reason, answered: false, .. } => (later(reason, false), Some(reason.clone())),
        Outcome::Later { reason, answered: true, .. } if works && delivery.attempts + 1 >= MOST_ATTEMPTS => {
            let remedy =
                "It says so each time. Look at what it says, mend it here or there, then send it again.";
            let settled = Settled::Refused { reason: reason.clone(), remedy: remedy.to_owned() };
            (settled, None)
        }
        Outcome::Later { reason, answered: true, .. } => (later(reason, true), Some(reason.clone())),
        Outcome::Done(_) | Outcome::Continue { .. } => (
            refused(&Wedged {
                reason: "The connector did not say what became of it.".to_owned(),
                remedy: "This is a fault of the connector; tell whoever runs the server.".to_owned(),
            }),
            None,
        ),
    };
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let done = i64::from(matches!(settled, Settled::Delivered { .. }));
    if let (Outcome::Done(Done::Written), Some(said)) = (&carried.outcome, &said) {
        products::gone(&mut tx, organisation_id, row, (&delivery.id, said)).await?;
    }
    store::settle(&mut tx, organisation_id, row.id, &delivery.id, (&settled, now_ms)).await?;
    store::keep_exchanges(&mut tx, organisation_id, row.id, &delivery.id, &carried.exchanges).await?;
    count(&mut tx, organisation_id, (row.id, delivery.flow), (&carried, done)).await?;
    tx.commit().await?;
    Ok(trouble)
}

fn refused(wedged: &Wedged) -> Settled {
    Settled::Refused { reason: wedged.reason.clone(), remedy: wedged.remedy.clone() }
}

/// A sale in their words.
async fn sale(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    row: &ConnectionRow,
    delivery: &Delivery,
) -> Result<Going, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    let content = entry_content(&mut tx, organisation_id, &delivery.id).await?;
    let entry: Option<JournalEntry> = content.and_then(|content| serde_json::from_str(&content).ok());
    let Some(EntryBody::SaleCompleted { sale }) = entry.map(|entry| entry.body) else {
        return Ok(Going::Wedged(Wedged {
            reason: "The record cannot be read.".to_owned(),
            remedy: "Enter it there by hand, then set it aside here.".to_owned(),
        }));
    };
    let links = matching::links_for(&mut tx, organisation_id, row.id, &mapping::needs(&sale)).await?;
    Ok(match mapping::document(&sale, &links) {
        Ok(document) => Going::Out(Command::Deliver(Box::new(document))),
        Err(wedged) => Going::Wedged(wedged),
    })
}
