//! Connections: what is connected to ERPs and online stores: setting up, matching, what went out and what did not.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Body, Id, asked};
use super::route::{Query, Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::app::AppError;
use crate::bridge::{Bridge, connections, deliveries, inbox, matching, reconciliation};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use shared::api::Page;
use shared::calendar::Day;
use shared::connect::{
    Choice, ConnectionRequest, ConnectionView, ConnectorView, Counted, DeliveriesRequest, Delivery,
    DeliveryState, Exchange, LinkKind, MatchRequest, MatchRow, Reconciliation, TestOutcome,
};
use shared::ids::ConnectionId;
use shared::staff::Permission;

const CHANGE: &str = "Changes it; secrets that are left out stay. With If-Match (the ETag) only if nobody else has changed it meanwhile.";
const TEST: &str = "Asks the other side who it is, with what is given; nothing is saved.";
const DELIVERIES: &[Query] = &[
    ("state", "Those that are `waiting`, `delivered`, `refused` or `set_aside`; without it all."),
    ("after", "The `next` of the page before."),
];
const MATCHES: &[Query] =
    &[("unmatched", "`true`: those without a match alone."), ("after", "The `next` of the page before.")];
const DAY: &[Query] = &[("day", "A day of the shop, like 2026-11-25.")];
const NO_DAY: &str = "A day like 2026-11-25.";
const CHOICES: &[Query] = &[("search", "A part of the name or code.")];

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageConnections);
    let mut all = setting_up(manages);
    all.extend([
        Route::get(
            "/api/connections/{id}/deliveries",
            manages,
            "What went out and what did not, the newest first, a page.",
            list_deliveries,
        )
        .asks(DELIVERIES)
        .gives::<Page<Delivery>>(),
        Route::get(
            "/api/connections/{id}/deliveries/{delivery}/history",
            manages,
            "What was asked and answered for one, secrets blotted out.",
            history,
        )
        .gives::<Vec<Exchange>>(),
        Route::post(
            "/api/connections/{id}/deliveries/send-again",
            manages,
            "Sends these again, and where none is named all that were refused.",
            send_again,
        )
        .takes::<DeliveriesRequest>()
        .gives::<Counted>(),
        Route::post(
            "/api/connections/{id}/deliveries/set-aside",
            manages,
            "Sets these aside: they are not sent.",
            set_aside,
        )
        .takes::<DeliveriesRequest>()
        .gives::<Counted>(),
        Route::get(
            "/api/connections/{id}/matches/{kind}",
            manages,
            "Ours of a kind with their matches, a page.",
            matches,
        )
        .asks(MATCHES)
        .gives::<Page<MatchRow>>(),
        Route::post(
            "/api/connections/{id}/matches/{kind}",
            manages,
            "Says what of theirs one of ours is, or that it is none.",
            set_match,
        )
        .takes::<MatchRequest>(),
        Route::get(
            "/api/connections/{id}/reconciliation",
            manages,
            "A day of ours against the other side's own figures, read back from it now.",
            reconcile,
        )
        .asks(DAY)
        .gives::<Reconciliation>(),
        Route::get(
            "/api/connections/{id}/choices/{kind}",
            manages,
            "Theirs of a kind to choose from, as last seen.",
            choices,
        )
        .asks(CHOICES)
        .gives::<Vec<Choice>>(),
    ]);
    all
}

fn setting_up(manages: Who) -> Vec<Route> {
    vec![
        Route::get("/api/connectors", manages, "What can be connected, and what each asks for.", kinds)
            .gives::<Vec<ConnectorView>>(),
        Route::get("/api/connections", manages, "The connections and how they stand, by name.", list)
            .gives::<Vec<ConnectionView>>(),
        Route::post("/api/connections", manages, "Adds one as a draft; its id is minted here.", create)
            .takes::<ConnectionRequest>()
            .gives::<ConnectionView>(),
        Route::post("/api/connections/test", manages, TEST, test_new)
            .takes::<ConnectionRequest>()
            .gives::<TestOutcome>(),
        Route::get("/api/connections/{id}", manages, "A connection; its version is the ETag.", one)
            .gives::<ConnectionView>(),
        Route::put("/api/connections/{id}", manages, CHANGE, update)
            .takes::<ConnectionRequest>()
            .gives::<ConnectionView>(),
        Route::delete(
            "/api/connections/{id}",
            manages,
            "Removes one that does not run, with all that was noted for it.",
            remove,
        ),
        Route::post("/api/connections/{id}/test", manages, TEST, test)
            .takes::<ConnectionRequest>()
            .gives::<TestOutcome>(),
        Route::post("/api/connections/{id}/start", manages, "Starts it, or lets it go on.", start)
            .gives::<ConnectionView>(),
        Route::post(
            "/api/connections/{id}/pause",
            manages,
            "Halts it: what should go out is noted, and waits.",
            pause,
        )
        .gives::<ConnectionView>(),
        Route::post(
            "/api/connections/{id}/refresh",
            manages,
            "Reads their lists and products anew, and matches what leaves no doubt.",
            refresh,
        ),
    ]
}

async fn kinds(Staff(_): Staff) -> Json<Vec<ConnectorView>> {
    Json(connections::kinds())
}

async fn list(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
) -> Result<Json<Vec<ConnectionView>>, Failure> {
    Ok(Json(connections::list(&bridge, caller.organisation_id).await?))
}

async fn create(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Body(new): Body<ConnectionRequest>,
) -> Result<WithVersion<ConnectionView>, Failure> {
    Ok(with_version(connections::create(&bridge, caller.organisation_id, new).await?, 1))
}

async fn one(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<WithVersion<ConnectionView>, Failure> {
    let (view, version) = connections::one(&bridge, caller.organisation_id, id).await?;
    Ok(with_version(view, version))
}

async fn update(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    headers: HeaderMap,
    Body(changed): Body<ConnectionRequest>,
) -> Result<WithVersion<ConnectionView>, Failure> {
    let change = (changed, known_version(&headers)?);
    let (view, version) = connections::update(&bridge, caller.organisation_id, id, change).await?;
    Ok(with_version(view, version))
}

async fn remove(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<StatusCode, Failure> {
    connections::remove(&bridge, caller.organisation_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test_new(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Body(given): Body<ConnectionRequest>,
) -> Result<Json<TestOutcome>, Failure> {
    Ok(Json(connections::test(&bridge, caller.organisation_id, (given, None)).await?))
}

async fn test(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Body(given): Body<ConnectionRequest>,
) -> Result<Json<TestOutcome>, Failure> {
    Ok(Json(connections::test(&bridge, caller.organisation_id, (given, Some(id))).await?))
}

async fn start(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<Json<ConnectionView>, Failure> {
    Ok(Json(connections::start(&bridge, caller.organisation_id, id).await?))
}

async fn pause(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<Json<ConnectionView>, Failure> {
    Ok(Json(connections::pause(&bridge, caller.organisation_id, id).await?))
}

async fn refresh(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<StatusCode, Failure> {
    inbox::refresh(&bridge, caller.organisation_id, id).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize)]
struct DeliveriesAsked {
    state: Option<String>,
    after: Option<String>,
}

async fn list_deliveries(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Asked(query): Asked<DeliveriesAsked>,
) -> Result<Json<Page<Delivery>>, Failure> {
    let read = |word: &str| DeliveryState::of_word(word).ok_or(());
    let words = "One of waiting, delivered, refused, set_aside.";
    let state = asked("state", query.state.as_deref(), read, words)?;
    let below = query.after.filter(|after| !after.is_empty());
    Ok(Json(deliveries::list(&bridge, caller.organisation_id, id, (state, below)).await?))
}

async fn history(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Json<Vec<Exchange>>, Failure> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    Ok(Json(deliveries::history(&bridge, caller.organisation_id, id, &delivery).await?))
}

async fn send_again(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Body(which): Body<DeliveriesRequest>,
) -> Result<Json<Counted>, Failure> {
    let count = deliveries::send_again(&bridge, caller.organisation_id, id, &which.ids).await?;
    Ok(Json(Counted { count }))
}

async fn set_aside(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Body(which): Body<DeliveriesRequest>,
) -> Result<Json<Counted>, Failure> {
    let count = deliveries::set_aside(&bridge, caller.organisation_id, id, &which.ids).await?;
    Ok(Json(Counted { count }))
}

fn of_kind((id, kind): (String, String)) -> Result<(ConnectionId, LinkKind), AppError> {
    let kind = LinkKind::of_word(&kind).ok_or(AppError::NotFound)?;
    Ok((id.parse().map_err(|_| AppError::NotFound)?, kind))
}

#[derive(Deserialize)]
struct MatchesAsked {
    unmatched: Option<String>,
    after: Option<String>,
}

async fn matches(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Path(of): Path<(String, String)>,
    Asked(query): Asked<MatchesAsked>,
) -> Result<Json<Page<MatchRow>>, Failure> {
    let read = |text: &str| text.parse::<bool>();
    let unmatched = asked("unmatched", query.unmatched.as_deref(), read, "true or false.")?.unwrap_or(false);
    let page = (unmatched, query.after.filter(|after| !after.is_empty()));
    Ok(Json(matching::list(&bridge, caller.organisation_id, of_kind(of)?, page).await?))
}

async fn set_match(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Path(of): Path<(String, String)>,
    Body(said): Body<MatchRequest>,
) -> Result<StatusCode, Failure> {
    matching::set(&bridge, caller.organisation_id, of_kind(of)?, (said.id, said.remote_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct DayAsked {
    day: Option<String>,
}

async fn reconcile(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Asked(query): Asked<DayAsked>,
) -> Result<Json<Reconciliation>, Failure> {
    let day = asked("day", query.day.as_deref(), Day::parse, NO_DAY)?;
    let day = day.ok_or_else(|| AppError::wrong_field("day", NO_DAY))?;
    Ok(Json(reconciliation::day(&bridge, caller.organisation_id, id, day).await?))
}

#[derive(Deserialize)]
struct ChoicesAsked {
    search: Option<String>,
}

async fn choices(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Path(of): Path<(String, String)>,
    Asked(query): Asked<ChoicesAsked>,
) -> Result<Json<Vec<Choice>>, Failure> {
    let text = query.search.unwrap_or_default();
    Ok(Json(matching::choices(&bridge, caller.organisation_id, of_kind(of)?, text.trim()).await?))
}
