//! Customers: looking for them, changing, merging and erasing their records.

use super::access::StaffCaller;
use super::{App, AppError, books, pricing as rules};
use crate::clock::{self, FreshIds};
use crate::store::accounts::{self, MovementRow};
use crate::store::customers::{self, ChangeRow, CustomerFilter, CustomerRow, HistoryRow};
use crate::store::pricing;
use crate::store::sales::SaleFilter;
use crate::store::{StoreError, Tx, feed};
use shared::account::{Account, AccountKey};
use shared::api::{
    AccountMoved, AccountResponse, AccountRow, BoughtIn, CustomerChange, CustomerPoints, CustomerStory,
    Doubles, EarnedIn, Page, SaleRow,
};
use shared::calendar::Day;
use shared::catalog::fold;
use shared::customer::{Consent, Customer, CustomerGroup, FieldChange};
use shared::ids::{CustomerGroupId, CustomerId, EntryId, OrganisationId};
use shared::money::{Currency, Minor};
use shared::pricing::{PriceList, Promotion};

/// Rows of a page unless asked otherwise, and at most.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;
/// Purchases and changes in a customer's story.
const STORY_ROWS: i64 = 20;
/// Groups of doubles shown at once, of each kind.
const MOST_DOUBLES: i64 = 100;

const OVERTAKEN: &str =
    "Somebody else has changed this customer meanwhile. Nothing was saved; load it again.";

/// Whom to list.
#[derive(Clone, Debug, Default)]
pub struct CustomerQuery {
    /// Words of name, company, number, e-mail address and telephone number.
    pub search: String,
    /// Only this group.
    pub group: Option<CustomerGroupId>,
    /// Only those whose certificate of exemption ends by this day.
    pub exempt_until: Option<Day>,
    /// Where the page before ended.
    pub after: Option<String>,
    /// Most rows.
    pub limit: Option<i64>,
}

/// A page of customers.
pub async fn list(
    app: &App,
    organisation_id: OrganisationId,
    query: CustomerQuery,
) -> Result<Page<Customer>, AppError> {
    let folded = fold(&query.search);
    let words = folded.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).take(8).collect();
    let filter = CustomerFilter { words, group: query.group, exempt_until: query.exempt_until };
    let after = match query.after.as_deref().map(|text| text.rsplit_once('~')) {
        Some(None) => return Err(AppError::wrong_field("after", "This is not a place in the list.")),
        Some(place) => place,
        None => None,
    };
    let limit = query.limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let mut tx = app.db.read_for(organisation_id).await?;
    let (rows, total) = customers::list(&mut tx, organisation_id, &filter, after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows.last().filter(|_| full).map(|(_, place)| place.clone());
    Ok(Page { rows: rows.into_iter().map(|(customer, _)| customer).collect(), next, total })
}

/// One and its version; of one that was merged the record it went into.
pub async fn one(
    app: &App,
    organisation_id: OrganisationId,
    id: CustomerId,
) -> Result<CustomerRow, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    known(&mut tx, organisation_id, id).await
}

async fn known(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: CustomerId,
) -> Result<CustomerRow, AppError> {
    let row = customers::one(tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let row = match row.merged_into {
        Some(into) => customers::one(tx, organisation_id, into).await?.ok_or(AppError::NotFound)?,
        None => row,
    };
    if row.erased { Err(AppError::NotFound) } else { Ok(row) }
}

/// Adds one; the id is minted here.
pub async fn create(app: &App, caller: &StaffCaller, mut new: Customer) -> Result<Customer, AppError> {
    let organisation_id = caller.organisation_id;
    let now_ms = clock::now_ms();
    new.id = CustomerId::fresh(&mut FreshIds);
    stamp(&mut new, None, now_ms);
    let mut tx = app.db.write_for(organisation_id).await?;
    check(&mut tx, organisation_id, &mut new).await?;
    customers::insert(&mut tx, organisation_id, &new, now_ms).await?;
    let made = Customer::new(new.id).changes_to(&new);
    let change = change_of(caller, "written", made, now_ms);
    customers::note(&mut tx, organisation_id, vec![(new.id, change)]).await?;
    told(app, tx, organisation_id, &[new.id]).await?;
    Ok(new)
}

/// Changes one that still has this version; without a version the change overrules whoever was first.
pub async fn update(
    app: &App,
    caller: &StaffCaller,
    id: CustomerId,
    mut changed: Customer,
    version: Option<i64>,
) -> Result<CustomerRow, AppError> {
    let organisation_id = caller.organisation_id;
    let now_ms = clock::now_ms();
    let mut tx = app.db.write_for(organisation_id).await?;
    let before = known(&mut tx, organisation_id, id).await?;
    changed.id = before.customer.id;
    stamp(&mut changed, before.customer.marketing, now_ms);
    check(&mut tx, organisation_id, &mut changed).await?;
    let version = version.unwrap_or(before.version);
    if !customers::update(&mut tx, organisation_id, &changed, version).await? {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    let made = before.customer.changes_to(&changed);
    if !made.is_empty() {
        let change = change_of(caller, "written", made, now_ms);
        customers::note(&mut tx, organisation_id, vec![(changed.id, change)]).await?;
    }
    let row = known(&mut tx, organisation_id, changed.id).await?;
    told(app, tx, organisation_id, &[changed.id]).await?;
    Ok(row)
}

/// Another record of the same person goes into this one: what this one lacks is taken from it, and its sales and whatever a
/// tablet still says of it follow.
pub async fn merge(
    app: &App,
    caller: &StaffCaller,
    id: CustomerId,
    from: CustomerId,
) -> Result<CustomerRow, AppError> {
    let organisation_id = caller.organisation_id;
    let now_ms = clock::now_ms();
    let mut tx = app.db.write_for(organisation_id).await?;
    let into = known(&mut tx, organisation_id, id).await?;
    let no_other = |error| match error {
        AppError::NotFound => AppError::wrong_field("from", "There is no such customer."),
        error => error,
    };
    let from = known(&mut tx, organisation_id, from).await.map_err(no_other)?;
    let (kept, gone) = (into.customer.id, from.customer.id);
    if kept == gone {
        return Err(AppError::wrong_field("from", "This is the same customer."));
    }
    let mut merged = into.customer.clone();
    merged.absorb(from.customer);
    let is_done = customers::merge(&mut tx, organisation_id, (gone, from.version), kept).await?
        && customers::update(&mut tx, organisation_id, &merged, into.version).await?;
    if !is_done {
        return Err(AppError::Conflict(OVERTAKEN.to_owned()));
    }
    let moved = accounts::pass_on(&mut tx, organisation_id, gone, kept, now_ms).await?;
    feed::touch(&mut tx, organisation_id, moved).await?;
    let made = into.customer.changes_to(&merged);
    let change = change_of(caller, "merged", made, now_ms);
    customers::note(&mut tx, organisation_id, vec![(kept, change)]).await?;
    let row = known(&mut tx, organisation_id, kept).await?;
    told(app, tx, organisation_id, &[kept, gone]).await?;
    Ok(row)
}

/// Erases what is known of a person (GDPR, article 17). Their purchases stay, with the name as it was printed: books must be
/// kept (article 17, paragraph 3 b).
pub async fn erase(app: &App, organisation_id: OrganisationId, id: CustomerId) -> Result<(), AppError> {
    let mut tx = app.db.write_for(organisation_id).await?;
    let kept = known(&mut tx, organisation_id, id).await?.customer.id;
    let keys = [AccountKey::of_customer(kept).as_str().to_owned()];
    let account = accounts::of_keys(&mut tx, organisation_id, &keys).await?;
    if account.iter().flat_map(|account| &account.balances).any(|one| !one.balance.is_zero()) {
        let words =
            "There is still something on this customer's account. Settle it first; nothing was erased.";
        return Err(AppError::Conflict(words.to_owned()));
    }
    let family = customers::family(&mut tx, organisation_id, kept).await?;
    customers::erase(&mut tx, organisation_id, &family).await?;
    told(app, tx, organisation_id, &[kept]).await
}

/// What is known beside the record.
pub async fn story(
    app: &App,
    organisation_id: OrganisationId,
    id: CustomerId,
    most: Option<i64>,
) -> Result<CustomerStory, AppError> {
    let most = most.unwrap_or(STORY_ROWS).clamp(1, MOST_ROWS);
    let (customer, family, bought, history, account, points) = {
        let mut tx = app.db.read_for(organisation_id).await?;
        let customer = known(&mut tx, organisation_id, id).await?.customer;
        let family = customers::family(&mut tx, organisation_id, customer.id).await?;
        let bought = customers::bought(&mut tx, organisation_id, &family).await?;
        let history = customers::history(&mut tx, organisation_id, &family, most).await?;
        let key = AccountKey::of_customer(customer.id);
        let account = account_of(&mut tx, organisation_id, key, most).await?;
        let points = points_of(&mut tx, organisation_id, customer.id, most).await?;
        (customer, family, bought, history, account, points)
    };
    let merged = u32::try_from(family.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let filter = SaleFilter { customers: family, ..SaleFilter::default() };
    let sales = books::list(app, organisation_id, filter, None, Some(most)).await?;
    Ok(CustomerStory {
        customer,
        bought: bought.into_iter().map(bought_in).collect::<Result<_, StoreError>>()?,
        sales: sales.rows,
        changes: history.into_iter().map(change_view).collect::<Result<_, StoreError>>()?,
        account,
        points,
        merged,
    })
}

/// An account and what was moved on it. One that nothing ever moved on has nothing on it.
pub async fn account(
    app: &App,
    organisation_id: OrganisationId,
    key: AccountKey,
    most: Option<i64>,
) -> Result<AccountResponse, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    account_of(&mut tx, organisation_id, key, most.unwrap_or(ROWS).clamp(1, MOST_ROWS)).await
}

async fn account_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    key: AccountKey,
    most: i64,
) -> Result<AccountResponse, AppError> {
    let movements = accounts::movements(tx, organisation_id, &key, most).await?;
    let mut known = accounts::of_keys(tx, organisation_id, &[key.as_str().to_owned()]).await?;
    let account = known.pop().unwrap_or(Account { key, balances: Vec::new() });
    let movements = movements.into_iter().map(moved_view).collect::<Result<_, StoreError>>()?;
    Ok(AccountResponse { account, movements })
}

async fn points_of(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: CustomerId,
    most: i64,
) -> Result<Option<CustomerPoints>, AppError> {
    let keys = accounts::of_owner(tx, organisation_id, id).await?;
    let keys: Vec<String> =
        keys.iter().filter(|key| key.counts_points()).map(|key| key.as_str().to_owned()).collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let counted = accounts::of_keys(tx, organisation_id, &keys).await?;
    let points = |account: &Account| account.balance(Currency::NONE).0;
    let earned =
        counted.iter().filter_map(|one| Some(EarnedIn { year: one.key.earned_in()?, points: points(one) }));
    let mut earned: Vec<EarnedIn> = earned.collect();
    earned.sort_by_key(|one| std::cmp::Reverse(one.year));
    let balance = counted.iter().find(|one| !one.key.counts_earned()).map_or(0, points);
    let moved = accounts::movements(tx, organisation_id, &AccountKey::of_points(id), most).await?;
    let movements = moved.into_iter().map(moved_view).collect::<Result<_, StoreError>>()?;
    Ok(Some(CustomerPoints { balance, earned, movements }))
}

fn moved_view(row: MovementRow) -> Result<AccountMoved, StoreError> {
    Ok(AccountMoved {
        sale_id: row.sale_id.parse().map_err(|_| StoreError::Value(row.sale_id.clone()))?,
        receipt_number: row.receipt_number,
        at_ms: row.at_ms,
        currency: Currency::parse(&row.currency).map_err(|_| StoreError::Value(row.currency.clone()))?,
        amount: Minor(row.amount_minor),
    })
}

/// A page of accounts that have something on them: of gift cards, or of customers.
pub async fn accounts(
    app: &App,
    organisation_id: OrganisationId,
    cards: bool,
    after: Option<String>,
    limit: Option<i64>,
) -> Result<Page<AccountRow>, AppError> {
    let limit = limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let after = match after.as_deref().map(|text| text.rsplit_once('~')) {
        Some(None) => return Err(AppError::wrong_field("after", "This is not a place in the list.")),
        Some(Some(place)) => place,
        None => ("", ""),
    };
    let mut tx = app.db.read_for(organisation_id).await?;
    let (rows, total) = accounts::list(&mut tx, organisation_id, cards, after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows.last().filter(|_| full).map(|row| format!("{}~{}", row.account, row.currency));
    let keys = rows.iter().map(|row| row.account.parse::<AccountKey>()).collect::<Result<Vec<_>, _>>();
    let keys = keys.map_err(|error| StoreError::Value(error.to_owned()))?;
    let named = keys.iter().filter_map(AccountKey::customer).collect();
    let names = customers::of_ids(&mut tx, organisation_id, &named).await?;
    let view = |(row, key): (accounts::AccountListRow, AccountKey)| {
        let name = key.customer().and_then(|id| names.get(&id)).map(|row| row.customer.title().to_owned());
        Ok(AccountRow {
            name,
            key,
            currency: Currency::parse(&row.currency).map_err(|_| StoreError::Value(row.currency.clone()))?,
            balance: Minor(row.balance_minor),
            changed_at_ms: row.changed_at_ms,
        })
    };
    let rows = rows.into_iter().zip(keys).map(view).collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, next, total })
}

/// A page of what a customer bought, newest first.
pub async fn sales(
    app: &App,
    organisation_id: OrganisationId,
    id: CustomerId,
    after: Option<String>,
    limit: Option<i64>,
) -> Result<Page<SaleRow>, AppError> {
    let customers = {
        let mut tx = app.db.read_for(organisation_id).await?;
        let kept = known(&mut tx, organisation_id, id).await?.customer.id;
        customers::family(&mut tx, organisation_id, kept).await?
    };
    let filter = SaleFilter { customers, ..SaleFilter::default() };
    books::list(app, organisation_id, filter, after.as_deref(), limit).await
}

/// Records that may be of one person.
pub async fn doubles(app: &App, organisation_id: OrganisationId) -> Result<Vec<Doubles>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    let found = customers::doubles(&mut tx, organisation_id, MOST_DOUBLES).await?;
    let mut seen = Vec::new();
    let mut doubles: Vec<Doubles> = Vec::new();
    for (common, customers) in found {
        let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id).collect();
        // The same people, found by their number as by their address.
        if !seen.contains(&ids) {
            seen.push(ids);
            doubles.push(Doubles { common, customers });
        }
    }
    Ok(doubles)
}

/// All groups, by name.
pub async fn groups(app: &App, organisation_id: OrganisationId) -> Result<Vec<CustomerGroup>, AppError> {
    let mut tx = app.db.read_for(organisation_id).await?;
    Ok(pricing::all(&mut tx, organisation_id).await?)
}

/// Takes a group out that nobody is in and no price is for.
pub async fn remove_group(
    app: &App,
    organisation_id: OrganisationId,
    id: CustomerGroupId,
) -> Result<(), AppError> {
    {
        let mut tx = app.db.read_for(organisation_id).await?;
        let filter = CustomerFilter { group: Some(id), ..CustomerFilter::default() };
        let (_, count) = customers::list(&mut tx, organisation_id, &filter, None, 1).await?;
        if count > 0 {
            let words = format!("{count} customers are in this group. Give them another one first.");
            return Err(AppError::Conflict(words));
        }
        let lists: Vec<PriceList> = pricing::all(&mut tx, organisation_id).await?;
        let promotions: Vec<Promotion> = pricing::all(&mut tx, organisation_id).await?;
        let of_lists = lists.iter().map(|list| (&list.name, &list.applies));
        let of_promotions = promotions.iter().map(|promotion| (&promotion.name, &promotion.applies));
        let mut named = of_lists.chain(of_promotions).filter(|(_, applies)| applies.groups.contains(&id));
        if let Some((name, _)) = named.next() {
            return Err(AppError::Conflict(format!("“{name}” is for this group. Change it first.")));
        }
    }
    rules::remove::<CustomerGroup>(app, organisation_id, &id.to_string()).await
}

/// When consent was given or taken back is now, unless it is as it was.
fn stamp(changed: &mut Customer, before: Option<Consent>, now_ms: i64) {
    changed.marketing = match (changed.marketing, before) {
        (Some(said), Some(known)) if said.given == known.given => Some(known),
        (said, _) => said.map(|said| Consent { at_ms: now_ms, ..said }),
    };
}

async fn check(tx: &mut Tx, organisation_id: OrganisationId, one: &mut Customer) -> Result<(), AppError> {
    one.tidy();
    let fields: Vec<_> = one.check().into_iter().map(Into::into).collect();
    if !fields.is_empty() {
        let message = "Nothing was saved; look at the marked fields.".to_owned();
        return Err(AppError::WrongInput { message, fields });
    }
    if let Some(number) = &one.number
        && customers::has_number(tx, organisation_id, number, one.id).await?
    {
        return Err(AppError::wrong_field("number", "Another customer has this number."));
    }
    if let Some(group) = one.group_id
        && pricing::one::<CustomerGroup>(tx, organisation_id, &group.to_string()).await?.is_none()
    {
        return Err(AppError::wrong_field("group_id", "Choose among the groups that are here."));
    }
    Ok(())
}

fn change_of(caller: &StaffCaller, kind: &'static str, made: Vec<FieldChange>, at_ms: i64) -> ChangeRow {
    ChangeRow {
        id: EntryId::fresh(&mut FreshIds).to_string(),
        at_ms,
        staff_id: Some(caller.staff_id.to_string()),
        device_id: None,
        entry_hash: None,
        kind,
        made,
        overtaken: Vec::new(),
    }
}

async fn told(
    app: &App,
    mut tx: Tx,
    organisation_id: OrganisationId,
    ids: &[CustomerId],
) -> Result<(), AppError> {
    customers::touch(&mut tx, organisation_id, ids.iter().copied()).await?;
    tx.commit().await?;
    app.changes.tell(&organisation_id.to_string());
    Ok(())
}

fn bought_in((currency, count, total, last_ms): (String, i64, i64, i64)) -> Result<BoughtIn, StoreError> {
    Ok(BoughtIn {
        currency: Currency::parse(&currency).map_err(|_| StoreError::Value(currency.clone()))?,
        sales: u64::try_from(count).unwrap_or(0),
        total: Minor(total),
        last_ms,
    })
}

fn change_view(row: HistoryRow) -> Result<CustomerChange, StoreError> {
    Ok(CustomerChange {
        at_ms: row.at_ms,
        staff_name: row.staff,
        register: row.register,
        merged: row.kind == "merged",
        imported: row.kind == "imported",
        made: serde_json::from_str(&row.made)?,
        overtaken: serde_json::from_str(&row.overtaken)?,
    })
}
