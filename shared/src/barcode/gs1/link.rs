//! Link: GS1 Digital Link, an address of the web with goods in it: `https://example.com/01/09520123456788/10/A7?17=271231`.
//! Source: GS1 Digital Link Standard: URI Syntax 1.6. Lives here: reading. Never: asking the address for anything.

use super::dictionary::{Entry, entry};
use super::{Elements, Gs1Error};

/// The elements an address names.
///
/// # Errors
/// [`Gs1Error::Link`] where it names no goods; otherwise the first thing that is wrong with one.
pub fn read_link(address: &str) -> Result<Elements, Gs1Error> {
    let schemes = ["https://", "http://", "HTTPS://", "HTTP://"];
    let inner = schemes.iter().find_map(|scheme| address.strip_prefix(scheme)).ok_or(Gs1Error::Link)?;
    if address.chars().any(|letter| !letter.is_ascii_graphic() || "<>{}\\^`\"|".contains(letter)) {
        return Err(Gs1Error::Link);
    }
    let inner = inner.split('#').next().unwrap_or(inner);
    let (path, query) = inner.split_once('?').unwrap_or((inner, ""));
    let (host, path) = path.split_once('/').ok_or(Gs1Error::Link)?;
    if host.is_empty() || host.contains(['$', '%']) {
        return Err(Gs1Error::Link);
    }
    let mut elements = Elements::default();
    let orders = read_path(path, &mut elements)?;
    for pair in query.split('&') {
        if let Some((key, value)) = pair.split_once('=').filter(|(key, _)| is_digits(key)) {
            read_attribute(key, value, &orders, &mut elements)?;
        }
    }
    Ok(elements)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit())
}

/// The key furthest to the right and its qualifiers. Gives what else could have stood behind them.
fn read_path(path: &str, elements: &mut Elements) -> Result<Vec<&'static str>, Gs1Error> {
    let steps: Vec<&str> = path.split('/').collect();
    let mut at = steps.len();
    let key = loop {
        at = at.checked_sub(2).ok_or(Gs1Error::Link)?;
        let identifier = steps.get(at).copied().unwrap_or_default();
        match entry(identifier) {
            Some(entry) if entry.qualifiers().is_some() => break entry,
            Some(_) => {}
            None => return Err(Gs1Error::Link),
        }
    };
    let mut pairs = steps.get(at..).unwrap_or_default().chunks_exact(2);
    let mut names = Vec::new();
    for pair in pairs.by_ref() {
        let [identifier, value] = pair else { return Err(Gs1Error::Link) };
        let of = entry(identifier).ok_or(Gs1Error::Link)?;
        add(of, identifier, value, false, elements)?;
        names.push(*identifier);
    }
    let own = names.get(1..).unwrap_or_default();
    let mut could_be = key.qualifiers().unwrap_or_default();
    could_be.retain(|order| is_in_order(own, order));
    if could_be.is_empty() {
        return Err(Gs1Error::Link);
    }
    Ok(could_be.into_iter().flatten().collect())
}

/// Are all of these in an order, in that order?
fn is_in_order(own: &[&str], order: &[&str]) -> bool {
    let mut order = order.iter();
    own.iter().all(|name| order.any(|other| other == name))
}

fn read_attribute(
    identifier: &str,
    value: &str,
    path_only: &[&str],
    elements: &mut Elements,
) -> Result<(), Gs1Error> {
    let entry = entry(identifier).ok_or_else(|| Gs1Error::Unknown(identifier.to_owned()))?;
    if !entry.is_attribute() || path_only.contains(&identifier) {
        return Err(Gs1Error::Link);
    }
    if elements.get(identifier).is_some() {
        return Err(Gs1Error::Twice(identifier.to_owned()));
    }
    add(entry, identifier, value, true, elements)
}

fn add(
    entry: &Entry,
    identifier: &str,
    value: &str,
    plus_is_space: bool,
    elements: &mut Elements,
) -> Result<(), Gs1Error> {
    let value = unescaped(value, plus_is_space).ok_or_else(|| Gs1Error::Form(identifier.to_owned()))?;
    // A GTIN may stand there as it is printed (§4.6), of 8, 12 or 13 digits.
    let value = match identifier {
        "01" | "02" if matches!(value.len(), 8 | 12 | 13) => format!("{value:0>14}"),
        _ => value,
    };
    elements.add(entry, identifier, &value)
}

fn unescaped(text: &str, plus_is_space: bool) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut letters = text.bytes();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            b'%' => {
                let pair = [letters.next()?, letters.next()?];
                u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
            }
            b'+' if plus_is_space => b' ',
            letter => letter,
        });
    }
    String::from_utf8(out).ok()
}
