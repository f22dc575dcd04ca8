//! Dictionary: GS1's application identifiers and the form of what each identifies.
//! Source: GS1 Barcode Syntax Dictionary, release 2026-01-27, its columns without the titles.

use std::sync::LazyLock;

/// A row: identifiers, flags (`*` fixed length, `?` may stand in a Digital Link's query), contents, attributes.
const ROWS: &str = include_str!("dictionary.txt");

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| ROWS.lines().filter_map(Entry::of).collect());

/// An application identifier, or a range of them with the same rules.
pub struct Entry {
    first: &'static str,
    last: &'static str,
    is_fixed: bool,
    is_attribute: bool,
    parts: Vec<Part>,
    attributes: Vec<&'static str>,
}

/// A part of a content: so many letters of a kind.
pub struct Part {
    /// `N` digits, `X` letters of GS1's set 82, `Y` of set 39, `Z` of base64url.
    pub kind: char,
    /// Letters at the least.
    pub least: usize,
    /// And at most.
    pub most: usize,
    /// May it be missing?
    pub optional: bool,
    /// What else must hold, by GS1's names.
    pub rules: Vec<&'static str>,
}

impl Entry {
    fn of(row: &'static str) -> Option<Self> {
        let mut words = row.split(' ').peekable();
        let identifiers = words.next()?;
        let (first, last) = identifiers.split_once('-').unwrap_or((identifiers, identifiers));
        let flags = words.next_if(|word| word.starts_with(['*', '?'])).unwrap_or("");
        let (mut parts, mut attributes) = (Vec::new(), Vec::new());
        for word in words {
            match Part::of(word) {
                Some(part) => parts.push(part),
                None => attributes.push(word),
            }
        }
        let (is_fixed, is_attribute) = (flags.contains('*'), flags.contains('?'));
        Some(Self { first, last, is_fixed, is_attribute, parts, attributes })
    }

    /// Digits of the identifier.
    pub fn identifier_length(&self) -> usize {
        self.first.len()
    }

    fn is(&self, identifier: &str) -> bool {
        identifier.len() == self.first.len() && (self.first..=self.last).contains(&identifier)
    }

    /// Letters of the content where GS1 has fixed them for all time: nothing has to end it then. Others that always have as
    /// many letters are ended all the same.
    pub fn fixed_length(&self) -> Option<usize> {
        self.is_fixed.then(|| self.parts.iter().map(|part| part.most).sum())
    }

    /// Its contents, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// May it stand in the query of a Digital Link?
    pub fn is_attribute(&self) -> bool {
        self.is_attribute
    }

    fn all(&self, key: &'static str) -> impl Iterator<Item = &'static str> {
        self.attributes.iter().filter_map(move |attribute| attribute.strip_prefix(key)?.strip_prefix('='))
    }

    /// Patterns of what must not be beside it.
    pub fn excludes(&self) -> impl Iterator<Item = &'static str> {
        self.all("ex").flat_map(|all| all.split(','))
    }

    /// What must be beside it: of each, one of the groups between commas, all of a group (`01+21`).
    pub fn needs(&self) -> impl Iterator<Item = &'static str> {
        self.all("req")
    }

    /// Of a key of Digital Links, the orders its qualifiers may stand in; none where it is no key.
    pub fn qualifiers(&self) -> Option<Vec<Vec<&'static str>>> {
        let key = self.attributes.iter().find_map(|attribute| attribute.strip_prefix("dlpkey"))?;
        let orders = key.strip_prefix('=').map_or(vec![vec![]], |orders| {
            orders.split('|').map(|order| order.split(',').collect()).collect()
        });
        Some(orders)
    }
}

impl Part {
    fn of(word: &'static str) -> Option<Self> {
        let mut rules = word.split(',');
        let form = rules.next()?;
        let inner = form.strip_prefix('[').and_then(|form| form.strip_suffix(']'));
        let mut letters = inner.unwrap_or(form).chars();
        let kind = letters.next().filter(|kind| "NXYZ".contains(*kind))?;
        let length = letters.as_str();
        let (least, most) = match length.strip_prefix("..") {
            Some(most) => (1, most.parse().ok()?),
            None => (length.parse().ok()?, length.parse().ok()?),
        };
        Some(Self { kind, least, most, optional: inner.is_some(), rules: rules.collect() })
    }
}

/// The entry of an identifier.
pub fn entry(identifier: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.is(identifier))
}

/// The entry whose identifier a text begins with. No identifier is the beginning of another one.
pub fn first_of(text: &str) -> Option<&'static Entry> {
    (2..=4).find_map(|length| entry(text.get(..length)?))
}

/// Is an identifier of a pattern, in which `n` is any digit?
pub fn fits(identifier: &str, pattern: &str) -> bool {
    identifier.len() == pattern.len()
        && identifier.bytes().zip(pattern.bytes()).all(|(digit, wanted)| wanted == b'n' || wanted == digit)
}
