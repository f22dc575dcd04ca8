//! Changes: waking up whoever wants to know that an organisation has something new, in this process and in others.

use crate::store::{Db, notify};
use std::sync::Arc;
use tokio::sync::broadcast;

/// Wake-ups that may wait for a slow listener; a listener that misses some is woken all the same.
const WAITING: usize = 256;

/// Tells and listens. What changed never travels here: it is pulled.
#[derive(Clone)]
pub struct Changes {
    sender: broadcast::Sender<Arc<str>>,
    others: Option<Db>,
}

impl Changes {
    /// Wake-ups of this process; on PostgreSQL those of all processes on the same database.
    pub fn start(db: &Db) -> Self {
        let (sender, _) = broadcast::channel(WAITING);
        let others = matches!(db, Db::Postgres(_)).then(|| db.clone());
        if let Some(db) = &others {
            tokio::spawn(listen(db.clone(), sender.clone()));
        }
        Self { sender, others }
    }

    /// Something of this organisation has changed and is durable.
    pub fn tell(&self, organisation: &str) {
        match &self.others {
            // Comes back to this process too.
            Some(db) => {
                let (db, organisation) = (db.clone(), organisation.to_owned());
                let sender = self.sender.clone();
                tokio::spawn(async move {
                    if let Err(error) = notify::send(&db, &organisation).await {
                        tracing::warn!(%error, "other processes could not be told of a change");
                        let _ = sender.send(organisation.into());
                    }
                });
            }
            None => {
                // Nobody may be listening.
                let _ = self.sender.send(organisation.into());
            }
        }
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.sender.subscribe()
    }
}

/// Hears other processes, as long as anybody could want to know.
async fn listen(db: Db, sender: broadcast::Sender<Arc<str>>) {
    loop {
        match notify::listen(&db, |organisation| {
            let _ = sender.send(organisation.into());
        })
        .await
        {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, "changes by other processes are not heard; trying again");
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            }
        }
    }
}
