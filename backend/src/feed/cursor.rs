//! Cursor: where a device stands in the feed, as a text it hands back and need not understand.

use std::str::FromStr;

/// A place between two changes: everything with a smaller (txid, position) has been given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The writing transaction on PostgreSQL; 0 on SQLite, whose one writer numbers the feed.
    pub txid: i64,
    /// Number of the change.
    pub position: i64,
}

/// The parts of a first load, in the order they travel: what selling needs first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Store, register, staff, tax categories and categories, all at once.
    Ground,
    /// Favourites.
    Favourites,
    /// All other products.
    Products,
    /// Stock levels of the store.
    Levels,
    /// Customers.
    Customers,
    /// Their accounts, and gift cards.
    Accounts,
    /// Their points.
    Points,
    /// Sales of the store, the newest first.
    Sales,
}

/// Where a device stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// In the middle of the first load.
    Loading {
        /// The life of the database.
        epoch: String,
        /// How far the device reads kinds of changes: what came later was not given.
        reads: u16,
        /// Where the feed goes on once all is loaded: the end of the feed when the load began.
        from: Place,
        /// Which part.
        part: Part,
        /// The last id of the part that was given; empty before the first.
        after: String,
    },
    /// Following the feed.
    Following {
        /// The life of the database.
        epoch: String,
        /// How far the device reads kinds of changes: what came later was not given.
        reads: u16,
        /// Up to here.
        at: Place,
    },
}

/// A text that is no cursor of this release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACursor;

impl Cursor {
    /// Of which life of the database.
    pub fn epoch(&self) -> &str {
        match self {
            Self::Loading { epoch, .. } | Self::Following { epoch, .. } => epoch,
        }
    }

    /// How far the device read when it was given.
    pub fn reads(&self) -> u16 {
        match self {
            Self::Loading { reads, .. } | Self::Following { reads, .. } => *reads,
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Loading { epoch, reads, from, part, after } => {
                let Place { txid, position } = from;
                write!(f, "l{}.{epoch}.{txid}.{position}.{}.{after}", Reads(*reads), *part as u8)
            }
            Self::Following { epoch, reads, at } => {
                write!(f, "f{}.{epoch}.{}.{}", Reads(*reads), at.txid, at.position)
            }
        }
    }
}

/// How far a device reads, behind the letter of its cursor; the first release wrote none.
struct Reads(u16);

impl std::fmt::Display for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 > 1 { write!(f, "{}", self.0) } else { Ok(()) }
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let mut parts = text.splitn(6, '.');
        let mut next = || parts.next().ok_or(NotACursor);
        let number = |text: &str| text.parse::<i64>().map_err(|_| NotACursor);
        let (kind, reads) = next()?.split_at_checked(1).ok_or(NotACursor)?;
        let reads = if reads.is_empty() { 1 } else { reads.parse().map_err(|_| NotACursor)? };
        let epoch = next()?.to_owned();
        let at = Place { txid: number(next()?)?, position: number(next()?)? };
        match kind {
            "f" => Ok(Self::Following { epoch, reads, at }),
            "l" => {
                let part = match next()? {
                    "0" => Part::Ground,
                    "1" => Part::Favourites,
                    "2" => Part::Products,
                    "3" => Part::Levels,
                    "4" => Part::Customers,
                    "5" => Part::Accounts,
                    "6" => Part::Points,
                    "7" => Part::Sales,
                    _ => return Err(NotACursor),
                };
                Ok(Self::Loading { epoch, reads, from: at, part, after: next()?.to_owned() })
            }
            _ => Err(NotACursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_back() {
        let epoch = "0123abcd".to_owned();
        let at = Place { txid: 4_000_000_000, position: 7 };
        for cursor in [
            Cursor::Following { epoch: epoch.clone(), reads: 1, at },
            Cursor::Following { epoch: epoch.clone(), reads: 12, at },
            Cursor::Loading {
                epoch: epoch.clone(),
                reads: 2,
                from: at,
                part: Part::Products,
                after: "a-b.c".into(),
            },
            Cursor::Loading {
                epoch: epoch.clone(),
                reads: 5,
                from: at,
                part: Part::Sales,
                after: "250-1795563000000-a-b".into(),
            },
            Cursor::Loading {
                epoch,
                reads: 1,
                from: Place::default(),
                part: Part::Ground,
                after: String::new(),
            },
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        let of_the_first_release = "f.0123abcd.4000000000.7".parse::<Cursor>().unwrap();
        assert_eq!(of_the_first_release.reads(), 1);
        for text in
            ["", "f", "f.x", "f.x.1", "f.x.y.1", "z.x.1.1", "fx.x.1.1", "é.x.1.1", "l.x.1.1.9.", "12345"]
        {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }
}
