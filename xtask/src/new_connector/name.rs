//! Name: what a connector may be called in the code, in requests and by its vendor.
//! Lives here: the rules of a name, its type, its title. May use: std. Never: the file system.

use std::fmt;

use anyhow::{Result, bail};

use crate::tidy;

/// Longest name and title: what holds them stays on its line.
const LONGEST: usize = 40;

/// Words of Rust, today's and those it keeps for itself.
const WORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield", "union",
];
/// What cargo and the compiler would take for something else: programs, the crate's root, other crates.
const MEANT_OTHERWISE: [&str; 10] =
    ["alloc", "base64", "bin", "connectors", "core", "lib", "main", "serde", "shared", "std"];

/// A name that can be used.
#[derive(Debug)]
pub struct Name {
    /// `acme_books`.
    pub of_module: String,
    /// `AcmeBooks`.
    pub of_type: String,
    /// `Acme Books`.
    pub title: String,
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.of_module)
    }
}

impl Name {
    /// # Errors
    /// Why it cannot be used.
    pub fn checked(name: &str, title: Option<&str>) -> Result<Self> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(fits) {
            bail!("`{name}` is no name: lower-case letters, digits and `_`, beginning with a letter");
        }
        if name.ends_with('_') || name.contains("__") {
            bail!("`{name}` is no name: each `_` stands alone between letters and digits");
        }
        if name.len() > LONGEST {
            bail!("`{name}` is too long: at most {LONGEST} letters");
        }
        if WORDS.contains(&name) || MEANT_OTHERWISE.contains(&name) {
            bail!("`{name}` means something to Rust or cargo: take another name");
        }
        if tidy::says_nothing(name) {
            bail!("`{name}` says nothing about what is inside: take the vendor's name");
        }
        let words: Vec<String> = name.split('_').map(capital).collect();
        let title = title.map_or_else(|| words.join(" "), |title| title.trim().to_owned());
        check_title(&title)?;
        Ok(Self { of_module: name.to_owned(), of_type: words.concat(), title })
    }
}

/// It stands in a text of Rust, in a page and on the screen: nothing in it may mean anything there.
fn check_title(title: &str) -> Result<()> {
    let fits = |c: char| c.is_alphanumeric() || " .,&'’()+-/:!".contains(c);
    if !title.starts_with(char::is_alphanumeric) || !title.chars().all(fits) {
        bail!(
            "“{title}” is no title: letters, digits, spaces and .,&'()+-/:! beginning with a letter or digit"
        );
    }
    if title.chars().count() > LONGEST {
        bail!("“{title}” is too long: at most {LONGEST} letters");
    }
    Ok(())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_type_and_its_title() {
        let all = |name: &str, title: Option<&str>| {
            let name = Name::checked(name, title).unwrap();
            (name.of_module, name.of_type, name.title)
        };
        let of = |module: &str, of_type: &str, title: &str| (module.into(), of_type.into(), title.into());
        assert_eq!(all("sap_b1", None), of("sap_b1", "SapB1", "Sap B1"));
        assert_eq!(all("sage_50", Some(" Sage 50 ")), of("sage_50", "Sage50", "Sage 50"));
        assert_eq!(all("x", Some("Händler’s (2)")), of("x", "X", "Händler’s (2)"));
    }

    #[test]
    fn every_refusal_says_why() {
        for (name, why) in [
            ("", "is no name"),
            ("2checkout", "beginning with a letter"),
            ("Acme", "lower-case"),
            ("acme-books", "lower-case"),
            ("acme__books", "stands alone"),
            ("acme_", "stands alone"),
            ("while", "Rust"),
            ("gen", "Rust"),
            ("main", "cargo"),
            ("service", "says nothing"),
            (&"a".repeat(41), "too long"),
        ] {
            let refused = Name::checked(name, None).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
        let refused = Name::checked("acme", Some("\"); drop(")).unwrap_err().to_string();
        assert!(refused.contains("is no title"), "{refused}");
    }
}
