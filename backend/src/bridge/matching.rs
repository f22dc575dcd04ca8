//! Matching: what of ours is what of theirs: by code, barcode or name where that leaves no doubt, else by a person.

use super::{Bridge, products};
use crate::app::AppError;
use crate::clock;
use crate::store::links::{self as store, RemoteRow};
use crate::store::{Tx, connections, ground, mappings, pricing};
use connectors::mapping::{CASH_ROUNDING, Links, Need};
use shared::api::Page;
use shared::barcode::match_key;
use shared::catalog::{Product, fold};
use shared::connect::{Choice, LinkKind, MOST_SHOWN, MatchRow, MatchWay};
use shared::ids::{ConnectionId, OrganisationId};
use shared::sale::LineKind;
use shared::tender::{TenderType, TypeKind, all_types};
use std::collections::BTreeMap;

/// Lines of a sale that are no product and may need a match.
const LINES: [LineKind; 10] = [
    LineKind::Manual,
    LineKind::Tip,
    LineKind::Donation,
    LineKind::Voucher,
    LineKind::Account,
    LineKind::Deposit,
    LineKind::Postage,
    LineKind::Fee,
    LineKind::Discount,
    LineKind::Adjustment,
];
/// Choices that are offered at once.
const MOST_CHOICES: i64 = 50;

/// Ours of a kind: id, name, code.
async fn ours(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    kind: LinkKind,
) -> Result<Vec<(String, String, String)>, AppError> {
    Ok(match kind {
        LinkKind::Store => {
            let all = ground::stores(tx, organisation_id).await?;
            all.into_iter().map(|store| (store.id.to_string(), store.name, String::new())).collect()
        }
        LinkKind::Tender => {
            let stored: Vec<TenderType> = pricing::all(tx, organisation_id).await?;
            let taken = all_types(&stored).into_iter().filter(|one| !one.archived);
            let named = taken.map(|one| {
                let name = match (one.name.as_str(), one.kind) {
                    ("", TypeKind::Card) => "Card".to_owned(),
                    ("", _) => "Cash".to_owned(),
                    (name, _) => name.to_owned(),
                };
                (one.id.to_string(), name, String::new())
            });
            named.collect()
        }
        LinkKind::Line => {
            let words = LINES.iter().map(|kind| kind.word()).chain([CASH_ROUNDING]);
            words.map(|word| (word.to_owned(), word.replace('_', " "), String::new())).collect()
        }
        LinkKind::Product => Vec::new(),
    })
}

/// Is one needed for anything that may be sold? Lines that are no product are needed when a shop has them.
fn is_needed(kind: LinkKind) -> bool {
    kind != LinkKind::Line
}

/// How many of ours that sales need have no match.
pub(super) async fn unmatched(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<i64, AppError> {
    let (products, matched) = store::product_counts(tx, organisation_id, id).await?;
    let values = unmatched_values(tx, organisation_id, id).await?.len();
    Ok(products.saturating_sub(matched).saturating_add(i64::try_from(values).unwrap_or(0)))
}

/// Our stores and ways to pay without a match, by name.
pub(super) async fn unmatched_values(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
) -> Result<Vec<String>, AppError> {
    let mut names = Vec::new();
    let Some(row) = connections::one(tx, organisation_id, id).await? else { return Ok(names) };
    let kinds = connectors::named(&row.connector).map(|connector| connector.descriptor().matches);
    let kinds = kinds.unwrap_or_default();
    for kind in [LinkKind::Store, LinkKind::Tender].into_iter().filter(|kind| kinds.contains(kind)) {
        let links = store::links(tx, organisation_id, id, kind, &[]).await?;
        let all = ours(tx, organisation_id, kind).await?;
        let without = all.into_iter().filter(|one| !links.iter().any(|link| link.our_id == one.0));
        names.extend(without.map(|one| one.1));
    }
    Ok(names)
}

/// Ours of a kind with their matches: by name; products by code, a page beyond one of them.
pub async fn list(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    (id, kind): (ConnectionId, LinkKind),
    (unmatched, after): (bool, Option<String>),
) -> Result<Page<MatchRow>, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let all = match kind {
        LinkKind::Product => {
            let most = i64::try_from(MOST_SHOWN).unwrap_or(i64::MAX);
            let page = (unmatched, after.as_deref().unwrap_or(""), most);
            let rows = store::products(&mut tx, organisation_id, id, page).await?;
            let named = rows.into_iter().map(|(id, code, body)| {
                let name =
                    serde_json::from_str::<Product>(&body).map(|product| product.name).unwrap_or_default();
                (id, name, code)
            });
            named.collect()
        }
        kind => ours(&mut tx, organisation_id, kind).await?,
    };
    let ids: Vec<String> = all.iter().map(|one| one.0.clone()).collect();
    if ids.is_empty() {
        return Ok(Page { rows: Vec::new(), next: None, total: 0 });
    }
    let links = store::links(&mut tx, organisation_id, id, kind, &ids).await?;
    let rows = all.into_iter().map(|(id, name, code)| {
        let link = links.iter().find(|link| link.our_id == id);
        let gone = |link: &store::LinkRow| Choice {
            id: link.remote_id.clone(),
            name: link.remote_id.clone(),
            code: String::new(),
        };
        MatchRow {
            theirs: link.map(|link| link.theirs.clone().unwrap_or_else(|| gone(link))),
            way: link.map(|link| link.way),
            id,
            name,
            code,
            needed: is_needed(kind),
        }
    });
    let rows: Vec<MatchRow> = rows.filter(|row| !unmatched || row.theirs.is_none()).collect();
    let (next, total) = match kind {
        LinkKind::Product => {
            let (all, matched) = store::product_counts(&mut tx, organisation_id, id).await?;
            let total = if unmatched { all.saturating_sub(matched) } else { all };
            let next = rows.last().filter(|_| rows.len() >= MOST_SHOWN).map(|last| last.code.clone());
            (next, u64::try_from(total).unwrap_or(0))
        }
        _ => (None, u64::try_from(rows.len()).unwrap_or(0)),
    };
    Ok(Page { rows, next, total })
}

/// Theirs to choose from: of a kind, whose name or code holds a text.
pub async fn choices(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    (id, kind): (ConnectionId, LinkKind),
    text: &str,
) -> Result<Vec<Choice>, AppError> {
    let mut tx = bridge.app.db.read_for(organisation_id).await?;
    connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    Ok(store::choices(&mut tx, organisation_id, id, (kind, text, MOST_CHOICES)).await?)
}

/// A person says what of theirs one of ours is; nothing takes the match away.
pub async fn set(
    bridge: &Bridge,
    organisation_id: OrganisationId,
    (id, kind): (ConnectionId, LinkKind),
    (our_id, remote_id): (String, Option<String>),
) -> Result<(), AppError> {
    let mut tx = bridge.app.db.write_for(organisation_id).await?;
    let connection = connections::one(&mut tx, organisation_id, id).await?.ok_or(AppError::NotFound)?;
    let now_ms = clock::now_ms();
    if let Some(remote_id) = remote_id {
        if !is_ours(&mut tx, organisation_id, kind, &our_id).await? {
            return Err(AppError::NotFound);
        }
        if !store::has_record(&mut tx, organisation_id, id, (kind, &remote_id)).await? {
            return Err(AppError::wrong_field(
                "remote_id",
                "The other side has no such record, as last seen.",
            ));
        }
        let theirs = Some((remote_id.as_str(), MatchWay::Person));
        store::set_link(&mut tx, organisation_id, id, (kind, now_ms), (&our_id, theirs)).await?;
        if kind == LinkKind::Product {
            let records = mappings::records_of(&mut tx, organisation_id, id, (kind, &[remote_id])).await?;
            products::take_in(&mut tx, organisation_id, &connection, records, (true, now_ms)).await?;
        }
    } else {
        store::set_link(&mut tx, organisation_id, id, (kind, now_ms), (&our_id, None)).await?;
    }
    tx.commit().await?;
    bridge.app.changes.tell(&organisation_id.to_string());
    Ok(())
}

async fn is_ours(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    kind: LinkKind,
    our_id: &str,
) -> Result<bool, AppError> {
    Ok(match kind {
        LinkKind::Product => match our_id.parse() {
            Ok(id) => crate::store::catalog::product(tx, organisation_id, id).await?.is_some(),
            Err(_) => false,
        },
        kind => ours(tx, organisation_id, kind).await?.iter().any(|one| one.0 == our_id),
    })
}

/// The matches a sale needs, as far as there are any.
pub(super) async fn links_for(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    id: ConnectionId,
    needs: &[Need],
) -> Result<Links, AppError> {
    let mut links = Links::default();
    for kind in LinkKind::ALL {
        let wanted: Vec<String> =
            needs.iter().filter(|need| need.kind == kind).map(|need| need.ours.clone()).collect();
        if wanted.is_empty() {
            continue;
        }
        for link in store::links(tx, organisation_id, id, kind, &wanted).await? {
            links.add(kind, link.our_id, link.remote_id);
        }
    }
    Ok(links)
}

/// Matches what leaves no doubt: a code, a barcode or a name that one of ours and one of theirs has.
pub(super) async fn by_itself(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    (id, kind): (ConnectionId, LinkKind),
    theirs: &[RemoteRow],
    now_ms: i64,
) -> Result<(), AppError> {
    let active: Vec<&RemoteRow> = theirs.iter().filter(|row| row.active).collect();
    let links = match kind {
        LinkKind::Product => of_products(tx, organisation_id, &active).await?,
        LinkKind::Store | LinkKind::Tender => {
            let all = ours(tx, organisation_id, kind).await?;
            let same =
                |name: &str| active.iter().filter(|row| fold(&row.name) == fold(name)).collect::<Vec<_>>();
            let pairs = all.iter().filter_map(|(our_id, name, _)| match same(name).as_slice() {
                [one] => Some((our_id.clone(), one.id.clone(), MatchWay::Name)),
                _ => None,
            });
            pairs.collect()
        }
        LinkKind::Line => Vec::new(),
    };
    store::add_links(tx, organisation_id, id, (kind, now_ms), &links).await?;
    Ok(())
}

async fn of_products(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    theirs: &[&RemoteRow],
) -> Result<Vec<(String, String, MatchWay)>, AppError> {
    let mut by_code: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut by_barcode: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for row in theirs {
        let code = row.code.trim().to_lowercase();
        if !code.is_empty() {
            by_code.entry(code).or_default().push(&row.id);
        }
        for barcode in &row.barcodes {
            by_barcode.entry(match_key(barcode)).or_default().push(&row.id);
        }
    }
    let codes: Vec<String> = by_code.keys().cloned().collect();
    let keys: Vec<String> = by_barcode.keys().cloned().collect();
    let mut links =
        pairs(&by_code, store::products_with_codes(tx, organisation_id, &codes).await?, MatchWay::Code);
    // A barcode matches what no code did: the code came first, and a match that is there stays.
    links.extend(pairs(
        &by_barcode,
        store::products_with_barcodes(tx, organisation_id, &keys).await?,
        MatchWay::Barcode,
    ));
    Ok(links)
}

/// Pairs of one of ours and one of theirs with the same key.
fn pairs(
    theirs: &BTreeMap<String, Vec<&str>>,
    ours: Vec<(String, String)>,
    way: MatchWay,
) -> Vec<(String, String, MatchWay)> {
    let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, id) in ours {
        by_key.entry(key).or_default().push(id);
    }
    let pair = |(key, ours): (String, Vec<String>)| match (ours.as_slice(), theirs.get(&key)?.as_slice()) {
        ([ours], [theirs]) => Some((ours.clone(), (*theirs).to_owned(), way)),
        _ => None,
    };
    by_key.into_iter().filter_map(pair).collect()
}
