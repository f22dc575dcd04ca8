//! Exchange: the requests of sync, and what their failures mean to the rules.

use crate::api_client::{self, ApiError, escaped};
use crate::device_key::DeviceKey;
use crate::device_store::Identity;
use shared::api::{ChallengeRequest, ChallengeResponse, DeviceSessionRequest, DeviceSessionResponse};
use shared::ids::DeviceId;
use shared::sync::journal::SealedEntry;
use shared::sync::register::Failure;
use shared::sync::wire::{PullResponse, PushRequest, PushResponse, READS, SCHEMA};

/// Changes in one page. A page is read between two frames, so the screen stays quick during a first load.
const PAGE: usize = 2_000;

/// Sends entries under the device's signature.
pub async fn push(
    device_id: DeviceId,
    key: &DeviceKey,
    entries: Vec<SealedEntry>,
) -> Result<PushResponse, Failure> {
    let request = PushRequest { schema: SCHEMA, device_id, entries };
    let body = serde_json::to_string(&request).map_err(|_| Failure::Store)?;
    let signature = key.sign(body.as_bytes()).await.map_err(|_| Failure::Store)?;
    api_client::push("/api/sync/push", &body, &signature).await.map_err(failure_of)
}

/// Asks for what changed after a cursor, and says how far the journal has come and, for a server that is not updated yet,
/// how much of it is unsent. The first page's size is the server's choice.
pub async fn pull(cursor: Option<&str>, recorded: u64, unsent: u64) -> Result<PullResponse, Failure> {
    let told = format!("recorded={recorded}&unsent={unsent}&reads={READS}");
    let path = match cursor {
        None => format!("/api/sync/pull?{told}"),
        Some(cursor) => format!("/api/sync/pull?cursor={}&limit={PAGE}&{told}", escaped(cursor)),
    };
    api_client::pull(&path).await.map_err(failure_of)
}

/// Signs the device in by signing the server's challenge.
pub async fn sign_in(identity: &Identity, key: &DeviceKey) -> Result<DeviceSessionResponse, Failure> {
    let (organisation_id, device_id) = (identity.organisation_id, identity.device_id);
    let asked = ChallengeRequest { organisation_id, device_id };
    let ChallengeResponse { challenge } =
        api_client::post("/api/device/challenge", &asked).await.map_err(failure_of)?;
    let signature = key.sign(challenge.as_bytes()).await.map_err(|_| Failure::Store)?;
    let proof = DeviceSessionRequest { organisation_id, device_id, challenge, signature };
    api_client::post("/api/device/session", &proof).await.map_err(failure_of)
}

fn failure_of(error: ApiError) -> Failure {
    match error {
        ApiError::NoAnswer | ApiError::Unreadable => Failure::NoAnswer,
        ApiError::Refused(refusal) => match refusal.code.as_str() {
            "unpaired" => Failure::Unpaired,
            "outdated" => Failure::Outdated,
            "sign_in" => Failure::SignIn,
            _ => Failure::Server,
        },
    }
}
