//! Words: texts of the screens, in every language.
//! Lives here: every key that is used has a text, every text is used, every language has them all with the same parts,
//! an app uses the words that are sent with it.
//! May use: the locale files, the literals of the front end. Never: an opinion about a translation.
//! Invariant: nobody meets a key, or English in the middle of another language.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Finding, source};

const LOCALES: &str = "frontend/locales/";
const PATTERN: &str = "en";
/// Plural forms of the Unicode CLDR; a language uses those it has.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

struct Locale<'a> {
    language: &'a str,
    room: &'a str,
    path: &'a str,
    texts: BTreeMap<String, String>,
}

/// Checks the texts of the screens.
pub fn translations(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut locales = Vec::new();
    for file in files {
        let Some((language, room)) = place(&file.path) else { continue };
        match serde_json::from_str(&file.text) {
            Ok(texts) => locales.push(Locale { language, room, path: &file.path, texts }),
            Err(error) => {
                found.push(finding(&file.path, &error.to_string(), "a locale file is one flat JSON object"))
            }
        }
    }
    let (patterns, others): (Vec<_>, Vec<_>) =
        locales.into_iter().partition(|locale| locale.language == PATTERN);
    for pattern in &patterns {
        for key in pattern.texts.keys().filter(|key| key.split('.').next() != Some(pattern.room)) {
            found.push(finding(pattern.path, key, "a key begins with the name of its file"));
        }
        for other in others.iter().filter(|other| other.room == pattern.room) {
            found.extend(compare(pattern, other));
        }
    }
    found.extend(uses(files, &patterns));
    found
}

/// `frontend/locales/de/sell.json` → `de`, `sell`.
fn place(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix(LOCALES)?.strip_suffix(".json")?.split_once('/')
}

fn finding(path: &str, what: &str, advice: &str) -> Finding {
    Finding {
        check: "words",
        path: path.to_owned(),
        line: 0,
        what: what.to_owned(),
        advice: advice.to_owned(),
    }
}

/// A key without its plural form.
fn stem(key: &str) -> &str {
    match key.rsplit_once('.') {
        Some((stem, form)) if FORMS.contains(&form) => stem,
        _ => key,
    }
}

/// `{amount}` and the like, without the count: a form may say it in words.
fn parts(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .filter(|part| *part != "count")
        .collect()
}

fn compare(pattern: &Locale, other: &Locale) -> Vec<Finding> {
    let mut found = Vec::new();
    let stems = |locale: &Locale| -> BTreeSet<String> {
        locale.texts.keys().map(|key| stem(key).to_owned()).collect()
    };
    let (theirs, ours) = (stems(pattern), stems(other));
    for key in theirs.difference(&ours) {
        found.push(finding(other.path, key, "is not translated yet"));
    }
    for key in ours.difference(&theirs) {
        found.push(finding(
            other.path,
            key,
            "English has no such text: take it out, or write the English one",
        ));
    }
    for (key, text) in &other.texts {
        let same = pattern.texts.get(key).or_else(|| pattern.texts.get(&format!("{}.other", stem(key))));
        if same.is_some_and(|same| parts(same) != parts(text)) {
            found.push(finding(other.path, key, "has other {parts} than the English text"));
        }
    }
    found
}

/// A page has the words of its app. (A component may be of both: there nobody checks.)
fn is_sent_with(path: &str, key: &str) -> bool {
    let Some(place) = path.strip_prefix("frontend/src/page/").or(path.strip_prefix("frontend/src/session/"))
    else {
        return true;
    };
    let is_managers = ["manage", "setup", "sign_in"].iter().any(|managers| place.starts_with(managers));
    match key.split('.').next() {
        Some("manage") => is_managers,
        Some("sell" | "pay" | "devices") => !is_managers,
        _ => true,
    }
}

fn uses(files: &[File], patterns: &[Locale]) -> Vec<Finding> {
    let keys: BTreeSet<&str> =
        patterns.iter().flat_map(|locale| locale.texts.keys().map(|key| stem(key))).collect();
    let (mut found, mut used) = (Vec::new(), BTreeSet::new());
    for file in
        files.iter().filter(|file| file.path.starts_with("frontend/src/") && file.path.ends_with(".rs"))
    {
        for (at, _) in file.text.match_indices("t!(\"") {
            let rest = file.text.get(at + 4..).unwrap_or_default();
            let key = rest.split('"').next().unwrap_or_default();
            let is_macro = !file
                .text
                .get(..at)
                .is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if is_macro && !keys.contains(key) && !file.path.ends_with("/i18n.rs") {
                found.push(finding(&file.path, key, "has no English text"));
            }
        }
        for literal in source::read("", &file.text).literals {
            let Some(key) = keys.get(literal.text.as_str()) else { continue };
            used.insert(*key);
            if !is_sent_with(&file.path, key) {
                found.push(finding(
                    &file.path,
                    key,
                    "is not among the words of this app (xtask/src/build.rs)",
                ));
            }
        }
    }
    for locale in patterns {
        for key in locale.texts.keys().filter(|key| !used.contains(stem(key))) {
            found.push(finding(locale.path, key, "is used nowhere"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{file, quoted};
    use super::*;

    #[test]
    fn every_language_says_the_same_and_nothing_is_left_over() {
        let files = [
            file(
                "frontend/locales/en/sell.json",
                r#"{"sell.total": "Total {amount}", "sell.items.one": "{count} item", "sell.items.other": "{count} items", "sell.old": "x", "pay.x": "y"}"#,
            ),
            file(
                "frontend/locales/de/sell.json",
                r#"{"sell.total": "Summe {betrag}", "sell.items.one": "ein Artikel", "sell.items.other": "{count} Artikel", "sell.neu": "x"}"#,
            ),
            file(
                "frontend/src/page/sell.rs",
                r#"fn f() { t!("sell.total", amount = 1); t!("sell.items", count = 2); t!("sell.gone"); g("pay.x"); set!("sell.no"); }"#,
            ),
            file("frontend/src/page/manage/today.rs", r#"fn f() { t!("sell.total", amount = 1); }"#),
        ];
        let found = translations(&files);
        let mut found = quoted(&found);
        found.sort_unstable();
        let (en, de, page) =
            ("frontend/locales/en/sell.json", "frontend/locales/de/sell.json", "frontend/src/page/sell.rs");
        let mut expected = vec![
            (en, "pay.x"),
            (en, "sell.old"),
            (de, "pay.x"),
            (de, "sell.old"),
            (de, "sell.neu"),
            (de, "sell.total"),
            (page, "sell.gone"),
            ("frontend/src/page/manage/today.rs", "sell.total"),
        ];
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
