//! Profile: what a kind of printer can do.
//! Lives here: columns, dots, code pages, cutter, codes and drawer of a printer; the list of known ones; what its letters can say.
//! May use: the code pages; the facts in data/printers.json (data/NOTICE.md). Never: talking to a printer.
//! Invariant: what `writable` gives back has, letter by letter, a byte in one of the printer's code pages.

use super::code_page::CodePage;
use super::commands::{Cut, Unprintable};
use crate::json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// Letters of font A across a roll of 58 mm.
const COLUMNS_58_MM: u16 = 32;

/// A printer's code pages by the numbers it knows them by (`ESC t n`).
pub type CodePages = BTreeMap<u8, CodePage>;

/// How commands are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Epson's ESC/POS.
    #[default]
    EscPos,
    /// Star's StarPRNT.
    StarPrnt,
}

/// What a kind of printer can do. Every one takes raster images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// As escpos-printer-db names it, `TM-T88V`.
    pub id: String,
    /// For people, `Epson TM-T88V`.
    pub name: String,
    /// How it is told.
    #[serde(default)]
    pub dialect: Dialect,
    /// Letters of font A in a row.
    pub columns: u16,
    /// Dots that the columns take. What is drawn is as wide, so that amounts stand under each other.
    pub width_dots: u16,
    /// The code pages it has.
    pub code_pages: CodePages,
    /// Whether it prints Code 128 (`GS k 73`).
    pub code128: bool,
    /// Whether it prints QR codes (`GS ( k`).
    pub qr: bool,
    /// Whether a drawer can be opened through it (`ESC p`).
    pub drawer: bool,
    /// How it cuts, the gentlest way it can; none where paper is torn off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

#[derive(Deserialize)]
struct Printers {
    printers: Vec<Profile>,
}

/// The printers that are known, by id; `default` and `simple` are for any other.
pub fn profiles() -> Vec<Profile> {
    let lists: [&[u8]; 2] =
        [include_bytes!("../../../data/printers.json"), include_bytes!("../../../data/star_printers.json")];
    let known = lists.into_iter().filter_map(|list| json::read::<Printers>(list).ok());
    known.flat_map(|known| known.printers).collect()
}

/// The profile of that id.
pub fn profile(id: &str) -> Option<Profile> {
    profiles().into_iter().find(|profile| profile.id == id)
}

impl Profile {
    /// The same printer with a roll of 58 mm in it.
    #[must_use]
    pub fn on_58_mm(self) -> Self {
        let columns = self.columns.min(COLUMNS_58_MM);
        let letter_dots = self.width_dots.checked_div(self.columns).unwrap_or_default();
        Self { columns, width_dots: columns.saturating_mul(letter_dots), ..self }
    }

    /// The text as this printer can write it: composed letters, plain signs for the typographic ones it lacks, no controls.
    ///
    /// # Errors
    /// The first letter that no code page has: the text must be drawn.
    pub fn writable(&self, text: &str) -> Result<String, Unprintable> {
        let mut written = String::with_capacity(text.len());
        for letter in text.nfc() {
            match plain(letter) {
                _ if has(&self.code_pages, letter) => written.push(letter),
                Some(plain) => written.push_str(plain),
                None => return Err(Unprintable::Letter(letter)),
            }
        }
        Ok(written)
    }
}

fn has(pages: &CodePages, letter: char) -> bool {
    matches!(letter, ' '..='~') || pages.values().any(|page| page.byte(letter).is_some())
}

/// The same said with ASCII. A control, which could open a drawer, says nothing.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => "",
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{a0}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}' => " ",
        '−' | '‐' | '‑' | '–' | '—' => "-",
        '‘' | '’' | '‚' => "'",
        '“' | '”' | '„' => "\"",
        '•' | '·' => "*",
        '…' => "...",
        '×' => "x",
        '€' => "EUR",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_every_printer_can_print_a_receipt() {
        let profiles = profiles();
        assert_eq!(profiles.len(), 38);
        for profile in profiles {
            assert!(profile.columns >= 32, "{}", profile.id);
            let dots = [12, 13].map(|letter| profile.columns * letter);
            assert!(dots.contains(&profile.width_dots), "{}", profile.id);
            assert!(!profile.code_pages.is_empty(), "{}", profile.id);
        }
    }

    #[test]
    fn a_text_is_written_as_the_printer_can() {
        let old = profile("simple").unwrap();
        let new = profile("TM-T88V").unwrap();
        for (text, on_old, on_new) in [
            ("Café crème", Some("Café crème"), Some("Café crème")),
            ("Cafe\u{301}", Some("Café"), Some("Café")),
            ("2 × 1,50 €", Some("2 x 1,50 EUR"), Some("2 × 1,50 €")),
            ("−1.00", Some("-1.00"), Some("-1.00")),
            ("Łódź", None, Some("Łódź")),
            ("Чай", None, Some("Чай")),
            ("شاي", None, None),
            ("お茶", None, None),
            ("a\u{1b}p\0\u{200f}b\u{a0}c", Some("a p b c"), Some("a p b c")),
        ] {
            assert_eq!(old.writable(text).ok().as_deref(), on_old, "{text}");
            assert_eq!(new.writable(text).ok().as_deref(), on_new, "{text}");
        }
    }
}
