//! Line: what is kept of a connection while it is worked for, in memory: its session, what it may still ask; and a command on it.
//! Invariant: a command whose session ended begins again from its first step, once.

use super::outbound::Outbound;
use crate::clock;
use connectors::{Came, Command, Connector, Limiter, Outcome, Request, Response, Session, Setup};
use shared::connect::Exchange;
use std::time::Duration;

/// Requests a command may take: more is a connector that goes round in circles.
const MOST_STEPS: usize = 40;
/// As long a wait is waited out at once, ms; after that, others go first.
const LONGEST_WAIT_MS: i64 = 10_000;
/// As long a command may take until its last request is begun, signing in included, ms. With the longest wait and the longest answer it
/// is shorter than a connection is held.
const LONGEST_COMMAND_MS: i64 = 100_000;
/// Letters of a body that are written down.
const MOST_WRITTEN: usize = 4_000;
/// Stands for a secret in what is written down.
const BLOT: &str = "•••";
/// Shorter secrets are not looked for: they would blot out half of the text.
const SHORTEST_SECRET: usize = 4;

/// One connection's line to the other side.
pub struct Line {
    connector: &'static dyn Connector,
    setup: Setup,
    base: String,
    private: bool,
    session: Option<Session>,
    limiter: Limiter,
    /// When the command under way was begun, epoch ms.
    began_ms: i64,
}

/// A command that was carried out, or not.
#[derive(Clone, Debug)]
pub struct Carried {
    /// What became of it; never [`Outcome::Continue`].
    pub outcome: Outcome,
    /// What was said, secrets blotted out.
    pub exchanges: Vec<Exchange>,
    /// Requests that were sent.
    pub calls: i64,
    /// Of which no answer came, or one that says no.
    pub failed: i64,
}

impl Line {
    /// To where the setting `address` says.
    pub fn new(connector: &'static dyn Connector, setup: Setup, private: bool) -> Self {
        let base = setup.text("address").to_owned();
        let limiter = Limiter::new(connector.limits());
        Self { connector, setup, base, private, session: None, limiter, began_ms: 0 }
    }

    /// Which connector it speaks by.
    pub fn connector(&self) -> &'static dyn Connector {
        self.connector
    }

    /// Carries a command to its outcome.
    pub async fn carry(&mut self, outbound: &Outbound, command: &Command) -> Carried {
        let nothing = Outcome::SignedOut { reason: String::new() };
        let mut carried = Carried { outcome: nothing, exchanges: Vec::new(), calls: 0, failed: 0 };
        self.began_ms = clock::now_ms();
        let had_session = self.session.is_some();
        let outcome = self.attempt(outbound, command, &mut carried).await;
        carried.outcome = match outcome {
            // A session that was there has ended: once more with a new one.
            Outcome::SignedOut { .. } if had_session => {
                self.session = None;
                self.attempt(outbound, command, &mut carried).await
            }
            other => other,
        };
        if matches!(carried.outcome, Outcome::SignedOut { .. }) {
            self.session = None;
        }
        if let Outcome::Later { wait_ms: Some(wait_ms), .. } = carried.outcome {
            self.limiter.rest(wait_ms, clock::now_ms());
        }
        carried
    }

    async fn attempt(&mut self, outbound: &Outbound, command: &Command, carried: &mut Carried) -> Outcome {
        if self.session.is_none()
            && let Some(request) = self.connector.sign_in(&self.setup)
        {
            match self.exchange(outbound, request, carried, true).await {
                Ok(response) => match self.connector.signed_in(&self.setup, &response) {
                    Ok(session) => self.session = Some(session),
                    Err(outcome) => return outcome,
                },
                Err(outcome) => return outcome,
            }
        }
        let mut outcome = self.connector.step(&self.setup, command, None);
        for _ in 0..MOST_STEPS {
            let Outcome::Continue { progress, request } = outcome else { return outcome };
            let response = match self.exchange(outbound, request, carried, false).await {
                Ok(response) => response,
                Err(outcome) => return outcome,
            };
            let came = Came { progress: &progress, response: &response };
            outcome = self.connector.step(&self.setup, command, Some(came));
        }
        Outcome::wedged(
            "It takes more requests than a record may.",
            "This is a fault of the connector; tell whoever runs the server.",
        )
    }

    /// One request, when it is its turn, and what came.
    async fn exchange(
        &mut self,
        outbound: &Outbound,
        mut request: Request,
        carried: &mut Carried,
        signs_in: bool,
    ) -> Result<Response, Outcome> {
        let now_ms = clock::now_ms();
        if now_ms.saturating_sub(self.began_ms) > LONGEST_COMMAND_MS {
            let reason = "It takes too long to answer.".to_owned();
            return Err(Outcome::Later { wait_ms: None, reason, answered: false });
        }
        let wait_ms = self.limiter.free_at_ms(now_ms).saturating_sub(now_ms);
        if wait_ms > LONGEST_WAIT_MS {
            let reason = "As much was asked as may be asked for now.".to_owned();
            return Err(Outcome::Later { wait_ms: Some(wait_ms), reason, answered: false });
        }
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
        let written = if signs_in { String::new() } else { self.written(&request.body) };
        let asked =
            format!("{} {}", request.method.word(), request.path.split('?').next().unwrap_or_default());
        self.connector.authorize(&self.setup, self.session.as_ref(), &mut request);
        let at_ms = clock::now_ms();
        self.limiter.sent(at_ms);
        let sent = outbound.send(&self.base, self.private, &request).await;
        let after_ms = clock::now_ms();
        let response = match sent {
            Ok(response) => response,
            Err(words) => {
                return Err(Outcome::Later { wait_ms: None, reason: words, answered: false });
            }
        };
        self.limiter.heard(self.connector.allowance(&response), after_ms);
        let (status, body) = match &response {
            Response::Answer { status, body, .. } => (Some(*status), body.as_slice()),
            Response::None => (None, &[][..]),
        };
        carried.calls += 1;
        carried.failed += i64::from(!status.is_some_and(|status| (200..300).contains(&status)));
        carried.exchanges.push(Exchange {
            at_ms,
            took_ms: after_ms.saturating_sub(at_ms),
            asked: if signs_in { format!("{asked} (signs in)") } else { asked },
            request: written,
            status,
            response: if signs_in { String::new() } else { self.written(body) },
        });
        Ok(response)
    }

    /// A body as it is written down.
    fn written(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        // PostgreSQL keeps no text with a NUL in it.
        let mut text = text.replace('\0', "\u{fffd}");
        let session = self.session.as_ref().map(|session| session.token.reveal());
        let secrets = self.setup.secrets.values().map(connectors::Secret::reveal).chain(session);
        for secret in secrets.filter(|secret| secret.len() >= SHORTEST_SECRET) {
            text = text.replace(secret, BLOT);
        }
        match text.char_indices().nth(MOST_WRITTEN) {
            Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
            None => text,
        }
    }
}
