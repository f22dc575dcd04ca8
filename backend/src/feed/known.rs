//! Known: sales of a tablet's store, as its first load and the feed bring them (docs/adr/0037).

use super::pull::Puller;
use crate::store::feed::{FeedRow, kind};
use crate::store::known_sales::Asked;
use crate::store::{StoreError, Tx, ground};
use shared::sale::{KnownSale, MOST_KNOWN};
use shared::sync::wire::Change;

/// Sales in one page: each is about as heavy as ten products.
pub const MOST_IN_PAGE: usize = 250;

/// What the tablet's store tells its tablets; none where it tells nothing.
async fn asked(tx: &mut Tx, who: Puller, now_ms: i64) -> Result<Option<Asked>, StoreError> {
    let stores = ground::stores(tx, who.organisation_id).await?;
    let store = stores.into_iter().find(|store| store.id == who.store_id && store.known_days > 0);
    Ok(store.map(|store| Asked {
        organisation_id: who.organisation_id,
        store_id: store.id,
        from_ms: KnownSale::told_from(store.known_days, now_ms),
    }))
}

/// A piece of the first load, of at most so many: the newest first, and after it where to go on, if there may be more.
pub async fn load(
    tx: &mut Tx,
    who: Puller,
    now_ms: i64,
    after: &str,
    most: usize,
) -> Result<(Vec<Change>, Option<String>), StoreError> {
    let Some(asked) = asked(tx, who, now_ms).await? else { return Ok((Vec::new(), None)) };
    let at = After::read(after);
    let wanted = MOST_KNOWN.saturating_sub(at.given).min(MOST_IN_PAGE).min(most);
    let limit = i64::try_from(wanted).unwrap_or(0);
    let sales = asked.newest(tx, (at.at_ms, &at.id), limit).await?;
    let given = at.given.saturating_add(sales.len());
    let is_more = sales.len() == wanted && given < MOST_KNOWN;
    let next = sales.last().filter(|_| is_more).map(|last| {
        let sale = &last.sale;
        format!("{given}-{}-{}", sale.time.at_ms, sale.id)
    });
    Ok((sales.into_iter().map(change).collect(), next))
}

/// The sales that rows of the feed name, as far as the tablet is told of them.
pub async fn of_rows(
    tx: &mut Tx,
    who: Puller,
    now_ms: i64,
    ids: &[String],
) -> Result<Vec<(String, Change)>, StoreError> {
    let Some(asked) = asked(tx, who, now_ms).await? else { return Ok(Vec::new()) };
    let sales = asked.of_ids(tx, ids).await?;
    Ok(sales.into_iter().map(|known| (known.sale.id.to_string(), change(known))).collect())
}

/// Ends a page before it has too many sales. True where something was left for the next.
pub fn cut(rows: &mut Vec<FeedRow>) -> bool {
    let mut sales = (0..).zip(rows.iter()).filter(|(_, row)| row.kind == kind::SALE);
    let Some((end, _)) = sales.nth(MOST_IN_PAGE) else { return false };
    rows.truncate(end);
    true
}

fn change(known: KnownSale) -> Change {
    Change::Sale(Box::new(known))
}

/// Where a first load stands: so many given, the last of them this one.
struct After {
    given: usize,
    at_ms: i64,
    id: String,
}

impl After {
    /// What cannot be read is the beginning.
    fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, '-');
        let mut next = || parts.next();
        let given = next().and_then(|given| given.parse().ok());
        let at_ms = next().and_then(|at_ms| at_ms.parse().ok());
        match (given, at_ms, next()) {
            (Some(given), Some(at_ms), Some(id)) => Self { given, at_ms, id: id.to_owned() },
            _ => Self { given: 0, at_ms: i64::MAX, id: String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str) -> FeedRow {
        FeedRow { kind: kind.to_owned(), record_id: String::new(), txid: 0, position: 0, removed: false }
    }

    #[test]
    fn a_page_ends_before_it_is_too_heavy() {
        let mut few: Vec<FeedRow> = (0..MOST_IN_PAGE).map(|_| row(kind::SALE)).collect();
        few.extend((0..3_000).map(|_| row(kind::PRODUCT)));
        assert!(!cut(&mut few));
        let mut many = few.clone();
        many.push(row(kind::SALE));
        many.push(row(kind::PRODUCT));
        assert!(cut(&mut many));
        assert_eq!(many.len(), few.len());
    }

    #[test]
    fn a_place_is_read_back() {
        let id = "0199b1a5-0000-7000-8000-000000000000";
        let at = After::read(&format!("250-1795563000000-{id}"));
        assert_eq!((at.given, at.at_ms, at.id.as_str()), (250, 1_795_563_000_000, id));
        for text in ["", "x", "1-2", "a-b-c", "-5-7"] {
            let at = After::read(text);
            assert_eq!((at.given, at.at_ms), (0, i64::MAX), "{text}");
        }
    }
}
