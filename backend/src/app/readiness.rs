//! Readiness: can this process take sales now?

use super::App;
use crate::store::people;
use std::time::Duration;

/// A database that takes longer to say yes is as good as gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// What of a process works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Does the database answer? If not, why.
    pub database: Result<(), String>,
    /// Does the writer run?
    pub ingest: bool,
}

impl Readiness {
    /// Both.
    pub fn is_ready(&self) -> bool {
        self.database.is_ok() && self.ingest
    }
}

/// Asks.
pub async fn check(app: &App) -> Readiness {
    let answers = async {
        let mut tx = app.db.begin_read().await?;
        people::answers(&mut tx).await
    };
    let database = match tokio::time::timeout(PATIENCE, answers).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it does not answer".to_owned()),
    };
    Readiness { database, ingest: app.ingest.is_running() }
}
