//! Serve: a running server, from its first request to its last.
//! Lives here: listening, ending in order: no new connection, requests to their end, the queue into the books, the database.
//! May use: http, app, the clock's seconds. Never: a route, a rule of the shop.
//! Invariant: whatever was answered is in the books when the process ends.

use crate::app::App;
use crate::bridge::Bridge;
use crate::config::Settings;
use crate::http::assets::Files;
use crate::http::site::{SiteSettings, site};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::Response;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::Stream;

/// How long the queue may take to reach the books after the last request.
const DRAIN: Duration = Duration::from_secs(30);
/// How often what is counted is brought into its final form, so that it does not grow.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why a server did not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not one of this machine.
    #[error(
        "{address} cannot be listened on: {error}. Is another server running there? (--listen chooses another)"
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The network failed.
    #[error("the network failed: {0}")]
    Network(#[from] std::io::Error),
}

/// Takes the address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| ServeError::Listen { address, error })
}

/// Serves until `stop` says so, and ends in order.
pub async fn serve(
    (app, bridge): (App, Bridge),
    api: Router,
    files: impl Files,
    settings: &Settings,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (db, drained) = (app.db.clone(), app.ingest.drained());
    let (stopping, stopped) = watch::channel(false);
    let about = SiteSettings { https: settings.is_https(), metrics_token: settings.metrics_token.clone() };
    let until = stopped.clone();
    let working = tokio::spawn(bridge.run(stopped.clone()));
    let router = site(api, app, files, about)
        .layer(middleware::from_fn(move |request, next| ending(until.clone(), request, next)));
    if let Some(counted) = crate::telemetry::metrics() {
        tokio::spawn(upkeep(counted, stopped.clone()));
    }
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping: no new connections; requests that run are finished");
        let _ = stopping.send(true);
    });
    let patience = async {
        let mut stopped = stopped;
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(Duration::from_secs(settings.stop_within_seconds)).await;
    };
    tokio::select! {
        served = serving => served?,
        () = patience => tracing::warn!(
            seconds = settings.stop_within_seconds, "some requests took too long and were cut off"
        ),
    }
    // A command that is under way is left: it begins again, by another process or the next start.
    working.abort();
    if tokio::time::timeout(DRAIN, drained.wait()).await.is_err() {
        tracing::warn!("the queue did not come to its end; tablets will send again what was not answered");
    }
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Until a person (Ctrl-C) or the system (SIGTERM) wants the end. A second time ends the process on the spot.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupted), Ok(mut terminated)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::warn!("signals are not heard; end this process by force");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupted.recv() => (),
        _ = terminated.recv() => (),
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupted.recv() => (),
            _ = terminated.recv() => (),
        }
        std::process::exit(130);
    });
}

async fn upkeep(counted: metrics_exporter_prometheus::PrometheusHandle, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(UPKEEP) => counted.run_upkeep(),
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// Streams of events have no end of their own: they end when the server stops, so that nothing waits for them.
async fn ending(stopped: watch::Receiver<bool>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !is_stream_of_events(response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let stop = async move {
        let mut stopped = stopped;
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let body = Ending { stop: Box::pin(stop), events: Box::pin(body.into_data_stream()) };
    Response::from_parts(parts, Body::from_stream(body))
}

fn is_stream_of_events(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

struct Ending {
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    events: Pin<Box<axum::body::BodyDataStream>>,
}

impl Stream for Ending {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.events.as_mut().poll_next(context)
    }
}
