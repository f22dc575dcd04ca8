//! Access: setting the organisation up, signing in and out.

use super::{Access, Manage, Trouble};
use crate::api_client;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{SessionResponse, SetupRequest, SignInRequest, StatusResponse};
use shared::staff::Permission;
use std::sync::Arc;

impl Manage {
    /// Asks the server whether it is set up and who is signed in.
    pub fn look(self) {
        self.access.set(Access::Asking);
        spawn_local(async move {
            match api_client::get::<SessionResponse>("/api/session").await.map_err(Trouble::from) {
                Ok(session) => self.enter(session),
                Err(trouble) if trouble.code == "sign_in" => self.look_at_the_door().await,
                Err(trouble) => self.access.set(Access::Trouble(trouble)),
            }
        });
    }

    /// Something has changed: perhaps this person's name, or what they may do.
    pub(super) fn look_at_the_session(self) {
        spawn_local(async move {
            let Ok(session) = self.get::<SessionResponse>("/api/session").await else { return };
            let is_other = self.access.with_untracked(
                |access| matches!(access, Access::In(known) if **known != session && known.staff_id == session.staff_id),
            );
            if is_other {
                self.access.set(Access::In(Arc::new(session)));
            }
        });
    }

    async fn look_at_the_door(self) {
        match api_client::get::<StatusResponse>("/api/status").await {
            Ok(status) if status.setup_needed => self.access.set(Access::SetUp),
            Ok(status) => self.access.set(Access::SignedOut { demo: status.demo }),
            Err(error) => self.access.set(Access::Trouble(error.into())),
        }
    }

    /// The first organisation, its owner and first store; the owner is signed in then.
    pub async fn set_up(self, request: SetupRequest) -> Result<SessionResponse, Trouble> {
        self.send("POST", "/api/setup", &request).await
    }

    /// By e-mail and password.
    pub async fn sign_in(self, email: &str, password: &str) -> Result<SessionResponse, Trouble> {
        let request = SignInRequest { email: email.trim().to_owned(), password: password.to_owned() };
        Ok(api_client::post("/api/session", &request).await?)
    }

    /// This person works from now on.
    pub fn enter(self, session: SessionResponse) {
        self.access.set(Access::In(Arc::new(session)));
        self.ended.set(false);
        self.load_places();
        self.load_groups();
        self.listen();
        if self.may(Permission::ManageDevices) {
            // Counts what waits for a look, for the badge.
            spawn_local(async move {
                let _ = self.to_look_at().await;
            });
        }
    }

    /// Ends this session, or with `everywhere` each session of this person.
    pub async fn sign_out(self, everywhere: bool) -> Result<(), Trouble> {
        let path = if everywhere { "/api/session/all" } else { "/api/session" };
        let answer: Result<serde_json::Value, Trouble> = self.send("DELETE", path, &()).await;
        match answer {
            // A session that has ended already is what was asked for.
            Err(trouble) if trouble.code != "sign_in" => return Err(trouble),
            _ => {}
        }
        self.stop_listening();
        self.ended.set(false);
        self.look();
        Ok(())
    }
}
