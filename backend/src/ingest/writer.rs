//! Writer: takes what is queued, books it in one transaction, answers each.

use super::batch::{self, BookError, Push};
use crate::store::Db;
use crate::telemetry;
use shared::sync::wire::{EntryOutcome, PushResponse};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

/// Entries a transaction books at most, unless a single push has more.
const MOST_IN_A_BATCH: usize = 400;
/// Pushes that may wait before a sender has to.
const QUEUE: usize = 1_024;
/// How often a batch is tried again that lost a race against another process.
const MOST_RACES: usize = 20;

/// Why a push was not taken. Nothing of it is in the books then; the register sends it again.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The server is going down.
    #[error("the server is stopping; nothing was taken, send it again")]
    Stopping,
    /// No such device.
    #[error("this tablet is not known here")]
    UnknownDevice,
    /// The database failed.
    #[error("the database could not take it: {0}")]
    Database(String),
}

struct Job {
    push: Push,
    answer: oneshot::Sender<Result<PushResponse, IngestError>>,
}

/// The way into the books.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Job>,
    ended: watch::Receiver<()>,
}

/// Tells when the writer has booked all it was given and ended.
pub struct Drained(watch::Receiver<()>);

impl Drained {
    /// Waits for the end. The writer ends once every handle to it is gone.
    pub async fn wait(mut self) {
        // Nothing is ever sent: the writer lets go of its end.
        while self.0.changed().await.is_ok() {}
    }
}

impl Ingest {
    /// Starts the writer. `booked` is told which organisations have something new, after it is durable.
    /// The writer ends when the last handle is gone and the queue is empty.
    pub fn start(db: Db, booked: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (running, ended) = watch::channel(());
        tokio::spawn(async move {
            write(db, jobs, booked).await;
            drop(running);
        });
        Self { queue, ended }
    }

    /// Is there a writer?
    pub fn is_running(&self) -> bool {
        !self.queue.is_closed()
    }

    /// For whoever stops the server: does not itself keep the writer going.
    pub fn drained(&self) -> Drained {
        Drained(self.ended.clone())
    }

    /// Hands in a push and waits until it is durable.
    pub async fn push(&self, push: Push) -> Result<PushResponse, IngestError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Job { push, answer }).await.map_err(|_| IngestError::Stopping)?;
        answered.await.map_err(|_| IngestError::Stopping)?
    }
}

async fn write(db: Db, mut jobs: mpsc::Receiver<Job>, booked: impl Fn(&str) + Send + Sync) {
    while let Some(first) = jobs.recv().await {
        let mut entries = first.push.entries.len();
        let mut batch = vec![first];
        while entries < MOST_IN_A_BATCH
            && let Ok(job) = jobs.try_recv()
        {
            entries += job.push.entries.len();
            batch.push(job);
        }
        let (pushes, answers): (Vec<Push>, Vec<_>) =
            batch.into_iter().map(|job| (job.push, job.answer)).unzip();
        let began = Instant::now();
        let results = book_all(&db, &pushes).await;
        count(entries, began, &results);
        // A push of nothing only asks how far the journal is; it is no news for anybody.
        let with_news = pushes.iter().filter(|push| !push.entries.is_empty());
        let mut organisations: Vec<String> = with_news.map(|push| push.organisation_id.to_string()).collect();
        organisations.sort();
        organisations.dedup();
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever asked may have gone; the entries are in the books all the same.
            let _ = answer.send(result);
        }
        for organisation in &organisations {
            booked(organisation);
        }
    }
}

fn count(entries: usize, began: Instant, results: &[Result<PushResponse, IngestError>]) {
    metrics::histogram!(telemetry::BATCH_SECONDS).record(began.elapsed());
    metrics::histogram!(telemetry::BATCH_ENTRIES).record(u32::try_from(entries).unwrap_or(u32::MAX));
    for result in results {
        let Ok(response) = result else {
            metrics::counter!(telemetry::BATCH_FAILURES).increment(1);
            continue;
        };
        for answer in &response.answers {
            let outcome = match answer.outcome {
                EntryOutcome::Booked => "booked",
                EntryOutcome::Kept { .. } => "kept",
                EntryOutcome::OutOfOrder { .. } => "out_of_order",
            };
            metrics::counter!(telemetry::ENTRIES, "outcome" => outcome).increment(1);
        }
    }
}

async fn book_all(db: &Db, pushes: &[Push]) -> Vec<Result<PushResponse, IngestError>> {
    let all: Vec<&Push> = pushes.iter().collect();
    match with_retry(db, &all).await {
        Ok(answers) => answers,
        Err(BookError::Database(error)) => {
            pushes.iter().map(|_| Err(IngestError::Database(error.clone()))).collect()
        }
        Err(BookError::Raced | BookError::Unfit(_)) => {
            // Something in the batch cannot be booked: one by one, so that it is alone in its trouble.
            let mut results = Vec::with_capacity(pushes.len());
            for push in pushes {
                results.push(book_alone(db, push).await);
            }
            results
        }
    }
}

async fn with_retry(db: &Db, pushes: &[&Push]) -> Result<Vec<Result<PushResponse, IngestError>>, BookError> {
    for _ in 0..MOST_RACES {
        match batch::book(db, pushes, None).await {
            Err(BookError::Raced) => tokio::task::yield_now().await,
            done => return done,
        }
    }
    Err(BookError::Raced)
}

/// Books a push entry by entry; what the database refuses for what is in it is kept whole.
async fn book_alone(db: &Db, push: &Push) -> Result<PushResponse, IngestError> {
    let mut answers = Vec::with_capacity(push.entries.len());
    let mut last = None;
    for entry in &push.entries {
        let single = Push { entries: vec![entry.clone()], ..push.clone() };
        let result = match with_retry(db, &[&single]).await {
            Err(BookError::Unfit(reason)) => {
                tracing::warn!(entry = %entry.id, reason, "an entry does not fit the books and is kept whole");
                let reason = format!("The record does not fit into the books: {reason}.");
                batch::book(db, &[&single], Some(&reason)).await
            }
            other => other,
        };
        let response = match result {
            Ok(mut responses) => responses.pop().unwrap_or(Err(IngestError::Stopping))?,
            Err(BookError::Database(error) | BookError::Unfit(error)) => {
                return Err(IngestError::Database(error));
            }
            Err(BookError::Raced) => return Err(IngestError::Database("too busy".to_owned())),
        };
        answers.extend(response.answers.iter().cloned());
        last = Some(response);
    }
    let mut response = match last {
        Some(response) => response,
        None => with_retry(db, &[push])
            .await
            .ok()
            .and_then(|mut responses| responses.pop())
            .unwrap_or(Err(IngestError::Stopping))?,
    };
    response.answers = answers;
    Ok(response)
}
