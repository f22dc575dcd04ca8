//! Mappings: what of products comes from where by a connection, what that would do, what would make trouble; what is asked for it.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Body, Id, asked};
use super::route::{Query, Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::bridge::{Bridge, check, mapping, usage};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::connect::usage::Usage;
use shared::connect::{
    AcceptRequest, DataCheck, MappingVersion, MappingView, Plan, PlanKind, ProductMapping,
};
use shared::ids::ConnectionId;
use shared::staff::Permission;

const PLAN: &[Query] = &[
    (
        "kind",
        "Which products are listed: `create`, `change`, `give`, `conflict`, `problem`, `same`, `only_there` or `only_here`.",
    ),
    ("after", "The `next` of the page before."),
];
const NO_KIND: &str = "One of the kinds that a plan counts.";

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageConnections);
    vec![
        Route::get(
            "/api/connections/{id}/mapping",
            manages,
            "What of products comes from where; its version is the ETag.",
            view_mapping,
        )
        .gives::<MappingView>(),
        Route::put(
            "/api/connections/{id}/mapping",
            manages,
            "Changes it as a new version, in force once it is accepted. With If-Match only if nobody else has changed it meanwhile.",
            change_mapping,
        )
        .takes::<ProductMapping>()
        .gives::<MappingView>(),
        Route::get(
            "/api/connections/{id}/mapping/versions",
            manages,
            "The versions of the mapping, the newest first.",
            mapping_versions,
        )
        .gives::<Vec<MappingVersion>>(),
        Route::post(
            "/api/connections/{id}/mapping/accept",
            manages,
            "Puts the version that was looked at in force: products come in by it, and go out.",
            accept_mapping,
        )
        .takes::<AcceptRequest>()
        .gives::<MappingView>(),
        Route::get(
            "/api/connections/{id}/plan",
            manages,
            "What the mapping as it stands would do to products of both sides, field by field; nothing is written.",
            plan,
        )
        .asks(PLAN)
        .gives::<Plan>(),
        Route::get(
            "/api/connections/{id}/check",
            manages,
            "What of both sides’ records would make trouble: counted, with examples.",
            data_check,
        )
        .gives::<DataCheck>(),
        Route::get(
            "/api/connections/{id}/usage",
            manages,
            "Calls to the other side by day and flow, what today is likely to come to, and what other intervals would cost.",
            used,
        )
        .gives::<Usage>(),
        Route::get(
            "/api/connections/{id}/check.csv",
            manages,
            "The same as a table, every record of it.",
            data_check_table,
        ),
    ]
}

async fn view_mapping(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<WithVersion<MappingView>, Failure> {
    let view = mapping::view(&bridge, caller.organisation_id, id).await?;
    let version = view.version;
    Ok(with_version(view, version))
}

async fn change_mapping(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    headers: HeaderMap,
    Body(changed): Body<ProductMapping>,
) -> Result<WithVersion<MappingView>, Failure> {
    let change = (changed, known_version(&headers)?);
    let by = (caller.organisation_id, caller.name);
    let view = mapping::change(&bridge, by, id, change).await?;
    let version = view.version;
    Ok(with_version(view, version))
}

async fn mapping_versions(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Vec<MappingVersion>>, Failure> {
    Ok(Json(mapping::versions(&bridge, caller.organisation_id, id).await?))
}

async fn accept_mapping(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Body(accepted): Body<AcceptRequest>,
) -> Result<Json<MappingView>, Failure> {
    let by = (caller.organisation_id, caller.name);
    Ok(Json(mapping::accept(&bridge, by, id, accepted.version).await?))
}

#[derive(Deserialize)]
struct PlanAsked {
    kind: Option<String>,
    after: Option<String>,
}

async fn plan(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
    Asked(query): Asked<PlanAsked>,
) -> Result<Json<Plan>, Failure> {
    let read = |text: &str| PlanKind::of_word(text).ok_or(());
    let kind = asked("kind", query.kind.as_deref(), read, NO_KIND)?.unwrap_or(PlanKind::Create);
    let page = (kind, query.after.filter(|after| !after.is_empty()));
    Ok(Json(mapping::plan(&bridge, caller.organisation_id, id, page).await?))
}

async fn data_check(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<Json<DataCheck>, Failure> {
    Ok(Json(check::check(&bridge, caller.organisation_id, id).await?))
}

async fn data_check_table(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Failure> {
    let table = check::export(&bridge, caller.organisation_id, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"data-check.csv\""),
    ];
    Ok((headers, table).into_response())
}

async fn used(
    State(bridge): State<Bridge>,
    Staff(caller): Staff,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Usage>, Failure> {
    Ok(Json(usage::usage(&bridge, caller.organisation_id, id).await?))
}
