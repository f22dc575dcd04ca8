//! Events: server-sent events wake up tablets, managers' pages and customer displays. What changed never travels here: it is asked for.
//! A stream ends when the session it was opened with ends (and, by `serve`, when the server stops).

use super::guard::{Device, Display, Staff};
use super::route::{Route, Who};
use crate::app::access::{self, DeviceCaller, StaffCaller};
use crate::app::displays::{self, DisplayCaller};
use crate::app::{App, AppError};
use crate::clock;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use shared::api::ChangedEvent;
use shared::staff::Permission;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;

/// How often a quiet stream says that it is still there; proxies cut silent ones.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it is looked up whether the session still lasts, when nothing else happens.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// When a browser shall try again after a stream has ended.
const RETRY: Duration = Duration::from_secs(3);

const VIEWS: Permission = Permission::ViewReports;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/api/events",
            Who::Staff(VIEWS),
            "Server-sent events: `changed` whenever something of the organisation is new.",
            of_staff,
        )
        .gives_text("text/event-stream"),
        Route::get(
            "/api/sync/events",
            Who::Device,
            "Server-sent events: `changed` whenever a pull would bring something.",
            of_device,
        )
        .gives_text("text/event-stream"),
        Route::get(
            "/api/display/events",
            Who::Display,
            "Server-sent events: `changed` whenever the till has said what stands on this display.",
            of_display,
        )
        .gives_text("text/event-stream"),
    ]
}

type Stream = Sse<axum::response::sse::KeepAliveStream<ReceiverStream<Result<Event, Infallible>>>>;

async fn of_staff(State(app): State<App>, Staff(caller): Staff) -> Stream {
    stream(app, Listener::Staff(caller))
}

async fn of_device(State(app): State<App>, Device(caller): Device) -> Stream {
    stream(app, Listener::Device(caller))
}

async fn of_display(State(app): State<App>, Display(caller): Display) -> Stream {
    stream(app, Listener::Display(caller))
}

enum Listener {
    Staff(StaffCaller),
    Device(DeviceCaller),
    Display(DisplayCaller),
}

impl Listener {
    /// What wakes it.
    fn topic(&self) -> String {
        match self {
            Self::Staff(StaffCaller { organisation_id, .. })
            | Self::Device(DeviceCaller { organisation_id, .. }) => organisation_id.to_string(),
            Self::Display(caller) => displays::topic(caller.device_id),
        }
    }

    /// Does the session still last, and may they still look?
    async fn may_listen(&self, app: &App) -> Result<bool, AppError> {
        let now_ms = clock::now_ms();
        Ok(match self {
            Self::Staff(caller) => {
                let session = caller.session.clone();
                access::staff_of_session(app, caller.organisation_id, session, now_ms)
                    .await?
                    .is_some_and(|caller| caller.role.may(VIEWS))
            }
            Self::Device(caller) => {
                let session = caller.session.clone();
                access::device_of_session(app, caller.organisation_id, session, now_ms).await?.is_some()
            }
            Self::Display(caller) => {
                displays::known(app, caller.organisation_id, caller.secret.clone()).await?.is_some()
            }
        })
    }
}

fn stream(app: App, listener: Listener) -> Stream {
    // Listening begins before the answer does, so that nothing between the two is passed over.
    let changes = app.changes.listen();
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(tell(app, listener, changes, sender));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

async fn tell(
    app: App,
    listener: Listener,
    mut changes: broadcast::Receiver<std::sync::Arc<str>>,
    sender: mpsc::Sender<Result<Event, Infallible>>,
) {
    let topic = listener.topic();
    // Something goes out at once, so that the other side knows the stream is open.
    let mut next = Some(Event::default().retry(RETRY).comment("listening"));
    loop {
        if let Some(event) = next.take()
            && sender.send(Ok(event)).await.is_err()
        {
            return;
        }
        let changed = tokio::select! {
            () = sender.closed() => return,
            changed = heard(&mut changes, &topic) => changed,
            () = tokio::time::sleep(LOOK_AGAIN) => Some(false),
        };
        let Some(changed) = changed else { return };
        match listener.may_listen(&app).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "an event stream ends: its session could not be looked up");
                return;
            }
        }
        if changed {
            let event = ChangedEvent { server_time_ms: clock::now_ms() };
            let event = Event::default().event("changed").json_data(event);
            next = event.ok();
        }
    }
}

/// Waits until there is something new; several changes at once are one. Nothing when the server stops.
async fn heard(changes: &mut broadcast::Receiver<std::sync::Arc<str>>, topic: &str) -> Option<bool> {
    loop {
        match changes.recv().await {
            Ok(of) if &*of == topic => break,
            Ok(_) => {}
            // Some wake-ups were missed; one of them may have been ours.
            Err(RecvError::Lagged(_)) => break,
            Err(RecvError::Closed) => return None,
        }
    }
    *changes = changes.resubscribe();
    Some(true)
}
