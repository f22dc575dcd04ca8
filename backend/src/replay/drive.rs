//! Drive: registers push their journals to a server over HTTP, in pieces, some of them twice or too early.

use super::ReplayError;
use super::chance::Chance;
use super::register::{NativeRegister, Shelf};
use super::slice::Invoice;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use shared::sync::journal::SealedEntry;
use shared::sync::wire::{EntryAnswer, EntryOutcome, MOST_ENTRIES, PushRequest, PushResponse, SCHEMA};
use std::sync::Arc;

/// A register with its key.
pub struct Tablet {
    /// The till.
    pub register: NativeRegister,
    /// Its device key.
    pub key: SigningKey,
}

/// How the pushes go.
#[derive(Clone, Copy, Debug)]
pub struct Disorder {
    /// For everything that is left to chance.
    pub seed: u64,
    /// How many pushes in a hundred are sent a second time.
    pub duplicate_percent: u32,
    /// Is a push now and then sent before the one it continues?
    pub too_early: bool,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Journal entries.
    pub entries: u64,
    /// Requests in all.
    pub pushes: u64,
    /// Requests sent a second time; each got the first answer.
    pub repeated: u64,
    /// Requests sent too early; each was told where to go on.
    pub too_early: u64,
}

impl Sent {
    fn plus(self, other: Self) -> Self {
        Self {
            entries: self.entries + other.entries,
            pushes: self.pushes + other.pushes,
            repeated: self.repeated + other.repeated,
            too_early: self.too_early + other.too_early,
        }
    }
}

/// Lets every tablet record its invoices and push them, all tablets at once. `address` is the server's, `http://…`.
pub async fn drive(
    address: &str,
    tablets: Vec<(Tablet, Vec<Invoice>)>,
    shelf: Arc<Shelf>,
    disorder: Disorder,
) -> Result<Sent, ReplayError> {
    let client = crate::runner::client().build().map_err(|e| server(&e))?;
    let mut tasks = tokio::task::JoinSet::new();
    for (number, (tablet, invoices)) in tablets.into_iter().enumerate() {
        let seed = disorder.seed.wrapping_mul(31).wrapping_add(number as u64);
        let link = Link {
            client: client.clone(),
            url: format!("{address}/api/sync/push"),
            key: tablet.key,
            chance: Chance::new(seed),
            disorder,
            sent: Sent::default(),
        };
        tasks.spawn(link.send_all(tablet.register, invoices, shelf.clone()));
    }
    let mut sent = Sent::default();
    while let Some(done) = tasks.join_next().await {
        sent = sent.plus(done.map_err(|e| server(&e))??);
    }
    Ok(sent)
}

fn server(error: &dyn std::fmt::Display) -> ReplayError {
    ReplayError::Server(error.to_string())
}

struct Link {
    client: reqwest::Client,
    url: String,
    key: SigningKey,
    chance: Chance,
    disorder: Disorder,
    sent: Sent,
}

impl Link {
    async fn send_all(
        mut self,
        mut register: NativeRegister,
        invoices: Vec<Invoice>,
        shelf: Arc<Shelf>,
    ) -> Result<Sent, ReplayError> {
        let mut waiting: Vec<SealedEntry> = Vec::new();
        for invoice in &invoices {
            waiting.extend(register.record(invoice, &shelf)?);
            if waiting.len() >= 2 * MOST_ENTRIES {
                let later = waiting.split_off(MOST_ENTRIES);
                self.send(&register, waiting, Some(&later)).await?;
                waiting = later;
            }
        }
        while !waiting.is_empty() {
            let later = waiting.split_off(waiting.len().min(MOST_ENTRIES));
            self.send(&register, waiting, None).await?;
            waiting = later;
        }
        Ok(self.sent)
    }

    async fn send(
        &mut self,
        register: &NativeRegister,
        entries: Vec<SealedEntry>,
        later: Option<&[SealedEntry]>,
    ) -> Result<(), ReplayError> {
        let count = entries.len();
        let first = entries.first().map_or(0, |entry| entry.sequence);
        if self.disorder.too_early
            && self.chance.percent(10)
            && let Some(later) = later
        {
            let early = later.get(..later.len().min(MOST_ENTRIES)).unwrap_or(later).to_vec();
            let answer = self.push(&self.body(register, early)?).await?;
            self.sent.too_early += 1;
            if !answer.answers.iter().all(|a| a.outcome == EntryOutcome::OutOfOrder { expected: first }) {
                return Err(ReplayError::Server("it took entries before the ones they continue".to_owned()));
            }
        }
        let body = self.body(register, entries)?;
        let answer = self.push(&body).await?;
        self.sent.entries += count as u64;
        all_booked(&answer.answers, count)?;
        if self.chance.percent(self.disorder.duplicate_percent) {
            let again = self.push(&body).await?;
            self.sent.repeated += 1;
            if again.answers != answer.answers {
                return Err(ReplayError::Server("a repeated push got another answer".to_owned()));
            }
        }
        Ok(())
    }

    fn body(&self, register: &NativeRegister, entries: Vec<SealedEntry>) -> Result<Vec<u8>, ReplayError> {
        let push = PushRequest { schema: SCHEMA, device_id: register.device_id, entries };
        serde_json::to_vec(&push).map_err(|e| server(&e))
    }

    async fn push(&mut self, body: &[u8]) -> Result<PushResponse, ReplayError> {
        let signature: Signature = self.key.sign(body);
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("tillbridge-signature", STANDARD.encode(signature.to_bytes()))
            .body(body.to_vec());
        let response = request.send().await.map_err(|e| server(&e))?;
        self.sent.pushes += 1;
        let status = response.status();
        let text = response.text().await.map_err(|e| server(&e))?;
        if !status.is_success() {
            return Err(ReplayError::Server(format!(
                "{status}: {}",
                text.chars().take(300).collect::<String>()
            )));
        }
        serde_json::from_str(&text).map_err(|e| server(&e))
    }
}

fn all_booked(answers: &[EntryAnswer], count: usize) -> Result<(), ReplayError> {
    if let Some(other) = answers.iter().find(|answer| answer.outcome != EntryOutcome::Booked) {
        return Err(ReplayError::Server(format!("entry {} became {:?}", other.sequence, other.outcome)));
    }
    if answers.len() == count {
        Ok(())
    } else {
        Err(ReplayError::Server(format!("{count} entries sent, {} answered", answers.len())))
    }
}
