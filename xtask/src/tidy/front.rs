//! Front: rules for what a browser shows and what stands in for the outside world.
//! Lives here: colours in one file; fakes that share nothing with the product.
//! May use: text, tokens. Never: a style sheet parser's opinion.
//! Invariant: a theme is changed in one file; a wrong field name cannot be wrong on both sides of a test.

use super::{File, Finding, source};

const TOKENS: &str = "frontend/style/tokens.css";

const FUNCTIONS: [&str; 8] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklch("];

/// Colours outside the tokens.
pub fn colours(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        let in_styles = file.path.starts_with("frontend/style/") && file.path.ends_with(".css");
        let spoken = if in_styles && file.path != TOKENS {
            in_css(&file.text)
        } else if file.path.starts_with("frontend/src/") && file.path.ends_with(".rs") {
            let literals = source::read("", &file.text).literals;
            literals
                .into_iter()
                .filter_map(|one| in_literal(&one.text).map(|colour| (one.line, colour)))
                .collect()
        } else {
            continue;
        };
        found.extend(spoken.into_iter().map(|(line, what)| Finding {
            check: "colours",
            path: file.path.clone(),
            line,
            what,
            advice: format!("name it in {TOKENS} and use `var(--…)`"),
        }));
    }
    found
}

/// Colours in the values of declarations; `#add` before a brace is a selector.
fn in_css(text: &str) -> Vec<(usize, String)> {
    let text = without_comments(text);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('#') {
        let Some(colour) = hex_at(text.get(at..).unwrap_or_default()) else { continue };
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at..).unwrap_or_default();
        let declared = before.rsplit(['{', '}', ';']).next().is_some_and(|part| part.contains(':'));
        let selector =
            after.find(['{', '}', ';']).is_some_and(|end| after.as_bytes().get(end) == Some(&b'{'));
        if declared && !selector {
            found.push((line_of(&text, at), colour.to_owned()));
        }
    }
    for function in FUNCTIONS {
        for (at, _) in text.match_indices(function) {
            if !preceded_by_letter(&text, at) {
                found.push((line_of(&text, at), function.to_owned()));
            }
        }
    }
    found.sort();
    found
}

/// A colour in a string of the program: a whole short one, or a long one anywhere.
fn in_literal(text: &str) -> Option<String> {
    for (at, _) in text.match_indices('#') {
        let rest = text.get(at..)?;
        if let Some(colour) = hex_at(rest)
            && (colour.len() >= 7 || colour.len() == text.len())
        {
            return Some(colour.to_owned());
        }
    }
    let function = FUNCTIONS
        .iter()
        .find(|function| text.find(**function).is_some_and(|at| !preceded_by_letter(text, at)));
    function.map(|function| (*function).to_owned())
}

/// `#` and 3, 4, 6 or 8 hexadecimal digits, and no more letters after them.
fn hex_at(text: &str) -> Option<&str> {
    let digits = text.get(1..)?.bytes().take_while(u8::is_ascii_hexdigit).count();
    let more = text
        .as_bytes()
        .get(digits + 1)
        .is_some_and(|next| next.is_ascii_alphanumeric() || b"-_".contains(next));
    if matches!(digits, 3 | 4 | 6 | 8) && !more { text.get(..=digits) } else { None }
}

fn preceded_by_letter(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
    before.is_some_and(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(letter))
}

/// The text with comments blanked, so that places stay where they were.
fn without_comments(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        left.push_str(before);
        let (comment, after) = comment.split_once("*/").unwrap_or((comment, ""));
        left.extend(comment.chars().filter(|letter| *letter == '\n'));
        rest = after;
    }
    left + rest
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

/// A stand-in of a remote system that imports anything of ours.
pub fn fakes(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("e2e/fakes/")) {
        for (index, line) in file.text.lines().enumerate() {
            let Some(what) = imported(line).filter(|what| is_ours(&file.path, what)) else { continue };
            found.push(Finding {
                check: "fakes",
                path: file.path.clone(),
                line: index + 1,
                what: what.to_owned(),
                advice:
                    "a stand-in speaks the remote's language from its own documents, never through our types"
                        .to_owned(),
            });
        }
    }
    found
}

/// What an `import … from "x"`, `export … from "x"`, `import("x")`, `require("x")` or Rust's `use x` brings in.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("use ") {
        return rest.split(['{', ';', ' ']).next();
    }
    let marks = [" from ", "import ", "import(", "require("];
    let (_, rest) = marks.iter().find_map(|mark| {
        let rest = if line.starts_with(mark) {
            line.strip_prefix(mark)
        } else {
            line.split_once(mark).map(|(_, it)| it)
        };
        rest.filter(|rest| rest.starts_with(['"', '\''])).map(|rest| (mark, rest))
    })?;
    let quote = rest.chars().next()?;
    rest.get(1..)?.split(quote).next()
}

/// A relative path out of the folder of fakes, or one of our crates.
fn is_ours(path: &str, imported: &str) -> bool {
    if path.ends_with(".rs") {
        return ["shared", "connectors", "tillbridge"].iter().any(|ours| {
            imported.strip_prefix(ours).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        });
    }
    if !imported.starts_with('.') {
        return imported.contains("tillbridge") || imported.starts_with('/');
    }
    // Folders between the fake and e2e/fakes: as many steps up stay inside.
    let depth = path.matches('/').count().saturating_sub(2);
    imported.split('/').filter(|part| *part == "..").count() > depth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{file, quoted};

    #[test]
    fn colours_outside_the_tokens_are_found() {
        let files = [
            file(TOKENS, ":root { --ink: #123456; }"),
            file(
                "frontend/style/sell.css",
                "/* #fff */ #add { color: var(--ink) }\na:hover #bad { border: 1px solid #0af; }\nb { color: rgb(0 0 0) }",
            ),
            file(
                "frontend/src/page/sell.rs",
                "fn f() { g(\"#fff\", \"Receipt #100 of\", \"x: rgba(0,0,0,.5)\") }",
            ),
        ];
        assert_eq!(
            quoted(&colours(&files)),
            [
                ("frontend/style/sell.css", "#0af"),
                ("frontend/style/sell.css", "rgb("),
                ("frontend/src/page/sell.rs", "#fff"),
                ("frontend/src/page/sell.rs", "rgba("),
            ]
        );
    }

    #[test]
    fn a_fake_that_knows_us_is_found() {
        let files = [
            file(
                "e2e/fakes/odoo/server.ts",
                "import { x } from '../../stories/shop.ts';\nimport a from '../http.ts';",
            ),
            file(
                "e2e/fakes/http.ts",
                "import http from 'node:http';\nconst t = await import(\"../stories/a.ts\");",
            ),
            file("e2e/fakes/shop/main.rs", "use shared::sale::Sale;\nuse serde::Deserialize;"),
            file("e2e/stories/sell.ts", "import { x } from '../fakes/http.ts';"),
        ];
        assert_eq!(
            quoted(&fakes(&files)),
            [
                ("e2e/fakes/odoo/server.ts", "../../stories/shop.ts"),
                ("e2e/fakes/http.ts", "../stories/a.ts"),
                ("e2e/fakes/shop/main.rs", "shared::sale::Sale"),
            ]
        );
    }
}
