//! Documents: what a reader meets first.
//! Lives here: room cards, names of modules, the size of a how-to.
//! May use: text. Never: an opinion about wording.
//! Invariant: a new reader finds at the top of a module what it is for and what it must not do.

use std::collections::BTreeSet;

use super::{File, Finding, is_source};

/// Words that say nothing about what is inside.
const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "common", "helper", "helpers", "manager", "service", "services", "misc"];

const MOST_FILES: usize = 5;

/// Every file opens with its card; a module's own file also says what lives there and what it may use.
pub fn room_cards(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_source(&file.path)) {
        let card: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        let mut missing = |what: &str, advice: &str| {
            found.push(Finding {
                check: "room-cards",
                path: file.path.clone(),
                line: 1,
                what: what.to_owned(),
                advice: advice.to_owned(),
            });
        };
        if card.is_empty() {
            missing("//!", "open the file with its room card: `//! Name: what it is.`");
            continue;
        }
        if !is_module(&file.path) {
            continue;
        }
        for line in ["Lives here:", "May use:"] {
            if !card.iter().any(|text| text.contains(line)) {
                missing(line, "the card of a module has this line");
            }
        }
    }
    found
}

/// A `mod.rs`, or a file beside the crate's root. (The root itself is the crate's title page.)
fn is_module(path: &str) -> bool {
    let below = path.split_once("/src/").map_or(path, |(_, below)| below);
    below.ends_with("/mod.rs") || (!below.contains('/') && !matches!(below, "lib.rs" | "main.rs"))
}

/// Does a name say nothing about what is inside?
pub fn says_nothing(name: &str) -> bool {
    EMPTY_NAMES.contains(&name)
}

/// A module is named after what is inside.
pub fn names(files: &[File]) -> Vec<Finding> {
    let mut empty = BTreeSet::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs") || file.path.ends_with(".ts")) {
        let mut at = 0;
        for part in file.path.split('/') {
            at += part.len() + 1;
            let name = part.split('.').next().unwrap_or_default();
            if says_nothing(name) {
                let end = (at - 1).min(file.path.len());
                empty.insert((file.path.get(..end).unwrap_or(&file.path).to_owned(), name.to_owned()));
            }
        }
    }
    let finding = |(path, name)| Finding {
        check: "names",
        path,
        line: 0,
        what: name,
        advice: "name it after what is inside".to_owned(),
    };
    empty.into_iter().map(finding).collect()
}

/// What a how-to describes must not touch more than five files: otherwise the code, not the page, needs work.
pub fn how_tos(files: &[File]) -> Vec<Finding> {
    let pages =
        files.iter().filter(|file| file.path.starts_with("docs/howto/") && file.path.ends_with(".md"));
    pages
        .filter_map(|page| {
            let named = named_files(&page.text);
            (named.len() > MOST_FILES).then(|| Finding {
                check: "how-tos",
                path: page.path.clone(),
                line: 0,
                what: format!("{} files", named.len()),
                advice: format!(
                    "names {}; at most {MOST_FILES}",
                    named.into_iter().collect::<Vec<_>>().join(", ")
                ),
            })
        })
        .collect()
}

/// The files a page names between backquotes, outside its blocks of commands.
fn named_files(text: &str) -> BTreeSet<&str> {
    const ENDINGS: [&str; 10] =
        [".rs", ".ts", ".js", ".css", ".sql", ".toml", ".html", ".json", ".csv", ".ftl"];
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split('`').skip(1).step_by(2))
        .filter(|quoted| !quoted.contains(' ') && ENDINGS.iter().any(|ending| quoted.ends_with(ending)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{file, quoted};

    const CARD: &str = "//! Sale: sold.\n//! Lives here: sales.\n//! May use: money.\n";

    #[test]
    fn a_missing_or_short_card_is_found() {
        let files = [
            file("shared/src/sale.rs", CARD),
            file("shared/src/money.rs", "//! Money.\n"),
            file("shared/src/money/round.rs", "//! Rounding.\n"),
            file("backend/src/http/mod.rs", "use axum;\n//! Late.\n"),
            file("backend/src/main.rs", "//! Server.\n"),
        ];
        assert_eq!(
            quoted(&room_cards(&files)),
            [
                ("shared/src/money.rs", "Lives here:"),
                ("shared/src/money.rs", "May use:"),
                ("backend/src/http/mod.rs", "//!"),
            ]
        );
    }

    #[test]
    fn a_name_that_says_nothing_is_found_once() {
        let files = [
            file("backend/src/utils/mod.rs", ""),
            file("backend/src/utils/text.rs", ""),
            file("frontend/src/service_worker.rs", ""),
            file("e2e/stories/helpers.ts", ""),
        ];
        let found = names(&files);
        assert_eq!(quoted(&found), [("backend/src/utils", "utils"), ("e2e/stories/helpers.ts", "helpers")]);
    }

    #[test]
    fn a_how_to_with_six_files_is_found() {
        let list =
            |count: usize| (0..count).map(|n| format!("Edit `backend/src/{n}.rs`.\n")).collect::<String>();
        let commands =
            "```sh\n`touch x.rs y.rs`\n```\nthen `cargo xtask test` and again `backend/src/0.rs`\n";
        let files = [
            file("docs/howto/endpoint.md", &(list(5) + commands)),
            file("docs/howto/page.md", &list(6)),
            file("docs/adr/1.md", &list(9)),
        ];
        assert_eq!(quoted(&how_tos(&files)), [("docs/howto/page.md", "6 files")]);
    }
}
