//! Approvals: what was approved at the tills.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, asked};
use super::route::{Route, Who};
use crate::app::App;
use crate::app::approvals::{self, ApprovalQuery};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{ApprovalView, Page};
use shared::approval::{ApprovalKind, ApprovalState};
use shared::ids::{StaffId, StoreId};
use shared::staff::Permission;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/api/approvals",
            Who::Staff(Permission::ViewReports),
            "A page of what was approved by PIN at the tills, or should have been, newest first.",
            list,
        )
        .asks(&[
            ("store", "Only this store."),
            ("kind", "Only this kind: price, line_discount, sale_discount, return, cash_movement, drawer."),
            ("state", "Only this state: sound, unproven, not_allowed, reused, missing; or unsound for all but sound."),
            ("staff", "Only what this person approved or asked for."),
            ("after", "`next` of the page before."),
            ("limit", "Most rows, up to 500."),
        ])
        .gives::<Page<ApprovalView>>(),
    ]
}

#[derive(Deserialize)]
struct ApprovalsAsked {
    store: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    staff: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

const UNSOUND: &str = "unsound";

async fn list(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ApprovalsAsked>,
) -> Result<Json<Page<ApprovalView>>, Failure> {
    let kind_of = |word: &str| ApprovalKind::ALL.into_iter().find(|kind| kind.word() == word).ok_or(());
    let state_of = |word: &str| ApprovalState::ALL.into_iter().find(|state| state.word() == word).ok_or(());
    let is_unsound = query.state.as_deref() == Some(UNSOUND);
    let state = query.state.as_deref().filter(|_| !is_unsound);
    let query = ApprovalQuery {
        store: asked("store", query.store.as_deref(), str::parse::<StoreId>, "This is no store.")?,
        kind: asked("kind", query.kind.as_deref(), kind_of, "This is no kind of approval.")?,
        state: asked("state", state, state_of, "This is no state of an approval.")?,
        staff: asked("staff", query.staff.as_deref(), str::parse::<StaffId>, "This is nobody.")?,
        is_unsound,
        after: query.after.filter(|after| !after.is_empty()),
        limit: asked("limit", query.limit.as_deref(), str::parse::<i64>, "A whole number.")?,
    };
    Ok(Json(approvals::list(&app, caller.organisation_id, query).await?))
}
