//! Customers and their groups.

use super::failure::Failure;
use super::guard::Staff;
use super::input::{Asked, Body, Id, asked};
use super::route::{Route, Who};
use super::version::{WithVersion, known_version, with_version};
use crate::app::customers::{self, CustomerQuery};
use crate::app::{App, AppError, pricing};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::account::AccountKey;
use shared::api::{AccountResponse, AccountRow, CustomerStory, Doubles, MergeRequest, Page, SaleRow};
use shared::calendar::Day;
use shared::customer::{Customer, CustomerGroup};
use shared::ids::{CustomerGroupId, CustomerId};
use shared::staff::Permission;

const CHANGE: &str = "Changes it. With If-Match (the ETag) only if nobody else has changed it meanwhile.";
const ERASE: &str = "Erases what is known of a customer, also from the journal and from every tablet. Their purchases stay, \
                     with the name as it was printed.";

pub fn routes() -> Vec<Route> {
    let manages = Who::Staff(Permission::ManageCustomers);
    let mut routes = vec![
        Route::get("/api/customers", manages, "A page of customers, by name.", list)
            .asks(&[
                ("search", "Words of name, company, number, e-mail address, telephone number."),
                ("group", "Only this group."),
                ("exempt_until", "Only those whose certificate of exemption from tax ends by this day, `2026-12-31`."),
                ("after", "`next` of the page before."),
                ("limit", "Most rows, up to 500."),
            ])
            .gives::<Page<Customer>>(),
        Route::post("/api/customers", manages, "Adds a customer; the id is minted here.", create)
            .takes::<Customer>()
            .gives::<Customer>(),
        Route::get("/api/customers/doubles", manages, "Records that may be of one person.", doubles)
            .gives::<Vec<Doubles>>(),
        Route::get(
            "/api/customers/{id}",
            manages,
            "A customer; its version is the ETag. Of one that was merged the record it went into.",
            one,
        )
        .gives::<Customer>(),
        Route::put("/api/customers/{id}", manages, CHANGE, update).takes::<Customer>().gives::<Customer>(),
        Route::delete("/api/customers/{id}", manages, ERASE, erase),
        Route::get(
            "/api/customers/{id}/story",
            manages,
            "What they bought and what was changed in the record: with `limit=500` the copy a person may ask for (GDPR, article 15).",
            story,
        )
        .asks(&[("limit", "Most purchases and changes, up to 500.")])
        .gives::<CustomerStory>(),
        Route::get("/api/customers/{id}/sales", manages, "A page of what they bought, newest first.", sales)
            .asks(&[("after", "`next` of the page before."), ("limit", "Most rows, up to 500.")])
            .gives::<Page<SaleRow>>(),
        Route::post(
            "/api/customers/{id}/merge",
            manages,
            "Another record of the same person goes into this one; its purchases follow.",
            merge,
        )
        .takes::<MergeRequest>()
        .gives::<Customer>(),
    ];
    routes.extend(group_routes(manages));
    routes.extend(account_routes(manages));
    routes
}

fn account_routes(manages: Who) -> Vec<Route> {
    vec![
        Route::get("/api/accounts", manages, "A page of accounts that have something on them.", accounts)
            .asks(&[
                ("of", "`customers` (unless said otherwise) or `cards`: gift cards."),
                ("after", "`next` of the page before."),
                ("limit", "Most rows, up to 500."),
            ])
            .gives::<Page<AccountRow>>(),
        Route::get(
            "/api/accounts/{account}",
            manages,
            "An account, `customer:` with the customer's id or `card:` with the first 32 hex digits of the SHA-256 of a gift \
             card's code (capital letters and digits), and what was moved on it.",
            account,
        )
        .asks(&[("limit", "Most movements, up to 500.")])
        .gives::<AccountResponse>(),
    ]
}

fn group_routes(manages: Who) -> Vec<Route> {
    vec![
        Route::get("/api/customer-groups", manages, "All groups of customers, by name.", groups)
            .gives::<Vec<CustomerGroup>>(),
        Route::post("/api/customer-groups", manages, "Adds a group; its id is minted here.", create_group)
            .takes::<CustomerGroup>()
            .gives::<CustomerGroup>(),
        Route::get("/api/customer-groups/{id}", manages, "A group; its version is the ETag.", group)
            .gives::<CustomerGroup>(),
        Route::put("/api/customer-groups/{id}", manages, CHANGE, update_group)
            .takes::<CustomerGroup>()
            .gives::<CustomerGroup>(),
        Route::delete(
            "/api/customer-groups/{id}",
            manages,
            "Removes a group that nobody is in and no price is for.",
            remove_group,
        ),
    ]
}

#[derive(Deserialize)]
struct ListAsked {
    search: Option<String>,
    group: Option<String>,
    exempt_until: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

const NO_NUMBER: &str = "A whole number.";

async fn list(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<ListAsked>,
) -> Result<Json<Page<Customer>>, Failure> {
    let query = CustomerQuery {
        search: query.search.unwrap_or_default(),
        group: asked("group", query.group.as_deref(), str::parse::<CustomerGroupId>, "This is no group.")?,
        exempt_until: asked(
            "exempt_until",
            query.exempt_until.as_deref(),
            Day::parse,
            "A day like 2026-12-31.",
        )?,
        after: query.after.filter(|after| !after.is_empty()),
        limit: asked("limit", query.limit.as_deref(), str::parse::<i64>, NO_NUMBER)?,
    };
    Ok(Json(customers::list(&app, caller.organisation_id, query).await?))
}

async fn create(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(new): Body<Customer>,
) -> Result<WithVersion<Customer>, Failure> {
    Ok(with_version(customers::create(&app, &caller, new).await?, 1))
}

async fn doubles(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<Doubles>>, Failure> {
    Ok(Json(customers::doubles(&app, caller.organisation_id).await?))
}

async fn one(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerId>,
) -> Result<WithVersion<Customer>, Failure> {
    let row = customers::one(&app, caller.organisation_id, id).await?;
    Ok(with_version(row.customer, row.version))
}

async fn update(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerId>,
    headers: HeaderMap,
    Body(changed): Body<Customer>,
) -> Result<WithVersion<Customer>, Failure> {
    let version = known_version(&headers)?;
    let row = customers::update(&app, &caller, id, changed, version).await?;
    Ok(with_version(row.customer, row.version))
}

async fn erase(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerId>,
) -> Result<StatusCode, Failure> {
    customers::erase(&app, caller.organisation_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct PageAsked {
    after: Option<String>,
    limit: Option<String>,
}

async fn story(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerId>,
    Asked(query): Asked<PageAsked>,
) -> Result<Json<CustomerStory>, Failure> {
    let limit = asked("limit", query.limit.as_deref(), str::parse::<i64>, NO_NUMBER)?;
    Ok(Json(customers::story(&app, caller.organisation_id, id, limit).await?))
}

async fn sales(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerId>,
    Asked(query): Asked<PageAsked>,
) -> Result<Json<Page<SaleRow>>, Failure> {
    let limit = asked("limit", query.limit.as_deref(), str::parse::<i64>, NO_NUMBER)?;
    let after = query.after.filter(|after| !after.is_empty());
    Ok(Json(customers::sales(&app, caller.organisation_id, id, after, limit).await?))
}

async fn merge(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerId>,
    Body(request): Body<MergeRequest>,
) -> Result<WithVersion<Customer>, Failure> {
    let row = customers::merge(&app, &caller, id, request.from).await?;
    Ok(with_version(row.customer, row.version))
}

#[derive(Deserialize)]
struct AccountsAsked {
    of: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

async fn accounts(
    State(app): State<App>,
    Staff(caller): Staff,
    Asked(query): Asked<AccountsAsked>,
) -> Result<Json<Page<AccountRow>>, Failure> {
    let limit = asked("limit", query.limit.as_deref(), str::parse::<i64>, NO_NUMBER)?;
    let after = query.after.filter(|after| !after.is_empty());
    let cards = match query.of.as_deref() {
        None | Some("" | "customers") => false,
        Some("cards") => true,
        Some(_) => return Err(AppError::wrong_field("of", "`customers` or `cards`.").into()),
    };
    Ok(Json(customers::accounts(&app, caller.organisation_id, cards, after, limit).await?))
}

async fn account(
    State(app): State<App>,
    Staff(caller): Staff,
    Path(account): Path<String>,
    Asked(query): Asked<PageAsked>,
) -> Result<Json<AccountResponse>, Failure> {
    let key = account.parse::<AccountKey>().map_err(|_| AppError::NotFound)?;
    let limit = asked("limit", query.limit.as_deref(), str::parse::<i64>, NO_NUMBER)?;
    Ok(Json(customers::account(&app, caller.organisation_id, key, limit).await?))
}

async fn groups(State(app): State<App>, Staff(caller): Staff) -> Result<Json<Vec<CustomerGroup>>, Failure> {
    Ok(Json(customers::groups(&app, caller.organisation_id).await?))
}

async fn create_group(
    State(app): State<App>,
    Staff(caller): Staff,
    Body(new): Body<CustomerGroup>,
) -> Result<WithVersion<CustomerGroup>, Failure> {
    Ok(with_version(pricing::create(&app, caller.organisation_id, new).await?, 1))
}

async fn group(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerGroupId>,
) -> Result<WithVersion<CustomerGroup>, Failure> {
    let row = pricing::one(&app, caller.organisation_id, &id.to_string()).await?;
    Ok(with_version(row.rule, row.version))
}

async fn update_group(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerGroupId>,
    headers: HeaderMap,
    Body(changed): Body<CustomerGroup>,
) -> Result<WithVersion<CustomerGroup>, Failure> {
    let version = known_version(&headers)?;
    let row = pricing::update(&app, caller.organisation_id, &id.to_string(), changed, version).await?;
    Ok(with_version(row.rule, row.version))
}

async fn remove_group(
    State(app): State<App>,
    Staff(caller): Staff,
    Id(id): Id<CustomerGroupId>,
) -> Result<StatusCode, Failure> {
    customers::remove_group(&app, caller.organisation_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
