//! Sync words: how this tablet's records and the server stand, in whole sentences.

use crate::i18n::t;
use shared::sync::register::{Stop, SyncStatus};

/// A clock that is off by more than this is worth a word.
const MOST_SKEW_MS: i64 = 5 * 60_000;

/// The class that colours a status, and what it says.
pub fn sync_words(status: SyncStatus) -> (&'static str, String) {
    match status {
        SyncStatus::Synced => ("note ok", t!("pay.sync_synced").to_owned()),
        SyncStatus::Waiting { waiting } => ("note info", t!("pay.sync_waiting", count = waiting)),
        SyncStatus::Offline { waiting: 0 } => ("note warn", t!("pay.sync_offline_none").to_owned()),
        SyncStatus::Offline { waiting } => ("note warn", t!("pay.sync_offline", count = waiting)),
        SyncStatus::Refused { kept, waiting: 0 } => ("note bad", t!("pay.sync_kept", count = kept)),
        SyncStatus::Refused { kept, waiting } => {
            let words = [t!("pay.sync_kept", count = kept), t!("pay.sync_waiting", count = waiting)];
            ("note bad", words.join(" "))
        }
        SyncStatus::Stopped { why, waiting } => ("note bad", stopped(why, waiting)),
    }
}

fn stopped(why: Stop, waiting: u64) -> String {
    let why = match why {
        Stop::Unpaired => t!("pay.stop_unpaired"),
        Stop::OldCopy => t!("pay.stop_old_copy"),
        Stop::Forgotten => t!("pay.stop_forgotten"),
        Stop::Outdated => t!("pay.stop_outdated"),
    };
    if waiting == 0 { why.to_owned() } else { format!("{why} {}", t!("pay.stop_waiting", count = waiting)) }
}

/// What to say of a tablet's clock that is off by so much; nothing when it is right enough.
pub fn clock_words(skew_ms: i64) -> Option<String> {
    let minutes = skew_ms / 60_000;
    let count = minutes.saturating_abs();
    (skew_ms.saturating_abs() > MOST_SKEW_MS).then(|| {
        if minutes > 0 { t!("pay.clock_ahead", count = count) } else { t!("pay.clock_behind", count = count) }
    })
}
