//! GS1 element strings: a code that says more than which goods: weight, price, use-by date, batch, serial number.
//! Lives here: reading what a scanner sends and what is printed under a symbol, and the rules among elements.
//! May use: the dictionary (GS1 Barcode Syntax Dictionary, release 2026-01-27). Never: a product, a clock.
//! Invariant: what was read has known identifiers with contents of their form; nothing of the text is passed over.

mod content;
mod dictionary;
mod link;

pub use content::date;
pub use link::read_link;

use dictionary::{Entry, entry};
use std::fmt;

/// Separates elements of no fixed length: FNC1 as scanners send it (GS1 General Specifications §7.8.3).
pub const SEPARATOR: char = '\u{1d}';

/// An application identifier and what it identifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Two to four digits.
    pub identifier: String,
    /// In the form the identifier asks for.
    pub value: String,
}

/// What a symbol says, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elements(Vec<Element>);

/// Why a text is no element string, or why its elements do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// Nothing in it.
    #[error("there is nothing in it")]
    Empty,
    /// No application identifier of GS1's begins here.
    #[error("no identifier is known that begins with {0}")]
    Unknown(String),
    /// The content is too short, too long, or of other letters.
    #[error("({0}) has another form")]
    Form(String),
    /// The check digit does not fit.
    #[error("the check digit of ({0}) does not fit")]
    CheckDigit(String),
    /// No day of the calendar.
    #[error("({0}) is no date")]
    Date(String),
    /// Neither an address of the web nor one with goods in it.
    #[error("the address names no goods")]
    Link,
    /// Twice with two contents.
    #[error("({0}) is there twice")]
    Twice(String),
    /// Two that exclude each other.
    #[error("({0}) and ({1}) exclude each other")]
    Excluded(String, String),
    /// It means nothing without others.
    #[error("({0}) needs ({1}) beside it")]
    Alone(String, String),
}

impl Elements {
    /// Reads what a scanner sends: elements one behind the other, those without a fixed length ended by [`SEPARATOR`].
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(data: &str) -> Result<Self, Gs1Error> {
        let mut rest = data.strip_prefix(SEPARATOR).unwrap_or(data);
        let mut elements = Self::default();
        while !rest.is_empty() {
            let entry = dictionary::first_of(rest).ok_or_else(|| Gs1Error::Unknown(start_of(rest)))?;
            let (identifier, data) = rest.split_at(entry.identifier_length());
            let end = match entry.fixed_length() {
                Some(length) => data.char_indices().nth(length).map_or(data.len(), |(at, _)| at),
                None => data.find(SEPARATOR).unwrap_or(data.len()),
            };
            let (value, after) = data.split_at(end);
            elements.add(entry, identifier, value)?;
            // One too many after a fixed length does no harm (§7.8.5.2).
            rest = after.strip_prefix(SEPARATOR).unwrap_or(after);
        }
        elements.or_empty()
    }

    /// Reads what is printed under a symbol, with the identifiers in brackets: `(01)09520123456788(10)A7`. A bracket that
    /// belongs to a content has a backslash before it.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read_printed(text: &str) -> Result<Self, Gs1Error> {
        let mut elements = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let inner = rest.strip_prefix('(').and_then(|inner| inner.split_once(')'));
            let (identifier, after) = inner.ok_or_else(|| Gs1Error::Unknown(start_of(rest)))?;
            let entry = entry(identifier).ok_or_else(|| Gs1Error::Unknown(start_of(identifier)))?;
            let next = after.match_indices('(').map(|(at, _)| at).find(|at| !after[..*at].ends_with('\\'));
            let (value, after) = after.split_at(next.unwrap_or(after.len()));
            elements.add(entry, identifier, &value.replace("\\(", "("))?;
            rest = after;
        }
        elements.or_empty()
    }

    fn add(&mut self, entry: &Entry, identifier: &str, value: &str) -> Result<(), Gs1Error> {
        content::check(entry, identifier, value)?;
        self.0.push(Element { identifier: identifier.to_owned(), value: value.to_owned() });
        Ok(())
    }

    fn or_empty(self) -> Result<Self, Gs1Error> {
        if self.0.is_empty() { Err(Gs1Error::Empty) } else { Ok(self) }
    }

    /// In their order.
    pub fn all(&self) -> &[Element] {
        &self.0
    }

    /// What this identifier says.
    pub fn get(&self, identifier: &str) -> Option<&str> {
        self.0.iter().find(|element| element.identifier == identifier).map(|element| element.value.as_str())
    }

    /// The first whose identifier is of this pattern (`310n`: any last digit), with its last digit.
    pub fn of_pattern(&self, pattern: &str) -> Option<(u8, &str)> {
        let element = self.0.iter().find(|element| dictionary::fits(&element.identifier, pattern))?;
        let last = element.identifier.bytes().last()?.checked_sub(b'0')?;
        Some((last, &element.value))
    }

    /// As a symbol holds it: `^` for FNC1, first and after each element of no fixed length that another one follows.
    pub fn to_data(&self) -> String {
        let mut data = String::new();
        let mut open = true;
        for Element { identifier, value } in &self.0 {
            if open {
                data.push('^');
            }
            data.push_str(identifier);
            data.push_str(value);
            open = entry(identifier).is_none_or(|entry| entry.fixed_length().is_none());
        }
        data
    }

    /// All rules among the elements (GS1 General Specifications §4.14): no two contents for one identifier, none beside one
    /// it excludes, none without those it needs. A label that breaks one can still be read.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), Gs1Error> {
        self.check_repeats().and_then(|()| self.check_exclusions()).and_then(|()| self.check_needs())
    }

    /// No identifier with two contents.
    ///
    /// # Errors
    /// The first that has.
    pub fn check_repeats(&self) -> Result<(), Gs1Error> {
        for element in &self.0 {
            if self.get(&element.identifier) != Some(&element.value) {
                return Err(Gs1Error::Twice(element.identifier.clone()));
            }
        }
        Ok(())
    }

    /// None beside one it excludes.
    ///
    /// # Errors
    /// The first two that are.
    pub fn check_exclusions(&self) -> Result<(), Gs1Error> {
        for Element { identifier, .. } in &self.0 {
            let patterns = entry(identifier).map(|entry| entry.excludes().collect()).unwrap_or(vec![]);
            let excluded = |other: &&Element| {
                other.identifier != *identifier
                    && patterns.iter().any(|pattern| dictionary::fits(&other.identifier, pattern))
            };
            if let Some(other) = self.0.iter().find(excluded) {
                return Err(Gs1Error::Excluded(identifier.clone(), other.identifier.clone()));
            }
        }
        Ok(())
    }

    /// None without those it needs; a signature needs its key with a serial number.
    ///
    /// # Errors
    /// The first that lacks one, and what it could be.
    pub fn check_needs(&self) -> Result<(), Gs1Error> {
        let has = |pattern: &str| self.0.iter().any(|other| dictionary::fits(&other.identifier, pattern));
        for Element { identifier, .. } in &self.0 {
            for wanted in entry(identifier).iter().flat_map(|entry| entry.needs()) {
                if !wanted.split(',').any(|group| group.split('+').all(has)) {
                    return Err(Gs1Error::Alone(identifier.clone(), wanted.to_owned()));
                }
            }
        }
        self.check_signature()
    }

    /// A signature (8030) is of one thing: beside 253, 255 or 8003 their optional serial number is needed (§3.8.30).
    ///
    /// # Errors
    /// The key without one.
    pub fn check_signature(&self) -> Result<(), Gs1Error> {
        let keys = [("253", 13), ("255", 13), ("8003", 14)];
        let bare =
            keys.iter().find(|(key, length)| self.get(key).is_some_and(|value| value.len() == *length));
        match bare {
            Some((key, _)) if self.get("8030").is_some() => {
                Err(Gs1Error::Alone("8030".to_owned(), format!("{key} with a serial number")))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Elements {
    /// As printed under a symbol.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|Element { identifier, value }| write!(out, "({identifier}){value}"))
    }
}

fn start_of(text: &str) -> String {
    text.chars().take(4).collect()
}
