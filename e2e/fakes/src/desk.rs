//! Desk: what every fake has been given: a shop with two ways to pay and three things to sell, and how a test looks at what it has.

use std::collections::BTreeMap;

/// A request, as it comes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query, beginning with `/`.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Exactly what was sent.
    pub body: Vec<u8>,
}

impl Asked {
    /// A header of it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An answer, as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Of HTTP.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// One in JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }
}

/// A remote system.
pub trait Remote: Send {
    /// Answers one request, as authorized. Whatever it says, it has kept what it acknowledges, and nothing that it refuses.
    fn answer(&mut self, asked: &Asked) -> Answer;

    /// What it has been given.
    fn desk(&self) -> Desk;

    /// All sales it has in its books, in the order they came.
    fn booked(&self) -> Vec<Booked>;

    /// Somebody changes a product there by hand: its price, as the vendor keeps it (decimal text), its time of change moves on.
    fn reprice(&mut self, product: &str, price: &str);

    /// Somebody takes a product out of use there.
    fn retire(&mut self, product: &str);

    /// A field of one of its products as it stands, by the connector's name of it.
    fn product(&self, product: &str, field: &str) -> Option<String>;

    /// Its clock goes on to this time, epoch ms. Nothing there reads another clock.
    fn at(&mut self, now_ms: i64);
}

/// What a fake has been given, by its own names of it.
#[derive(Clone, Debug)]
pub struct Desk {
    /// What whoever connects it types in, by the connector's names: the right credentials, whatever else it needs. The address may be
    /// anything.
    pub settings: BTreeMap<String, String>,
    /// Which of these is the password or key that lets in.
    pub key: String,
    /// Its store, point or location.
    pub store: String,
    /// Cash.
    pub cash: String,
    /// Cards.
    pub card: String,
    /// For a line that is no product, and for what is rounded away.
    pub line: String,
    /// Code `22423`, "Regency cakestand 3 tier", barcode 5012345678900, 12.75 with 20 % VAT in it (10.625 without), pieces.
    pub cakestand: String,
    /// Code `85123A`, "White hanging heart T-light holder", 2.95 with 20 % VAT in it.
    pub heart: String,
    /// Code `COCOA-250`, "Drinking cocoa 250 g", 3.50, zero-rated.
    pub cocoa: String,
}

/// A sale as the other side has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// What it calls it.
    pub number: String,
    /// Is it in its books for good?
    pub posted: bool,
    /// With tax, minor units of GBP; negative for a return.
    pub total: i64,
    /// Tax, minor units.
    pub tax: i64,
    /// Paid by each way, by its own name of it, in its order; negative went back.
    pub paid: Vec<(String, i64)>,
}
