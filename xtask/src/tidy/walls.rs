//! Walls: which room may name what.
//! Lives here: the import table of ARCHITECTURE.md as data, the crates a pure crate must not pull in, where SQL may stand.
//! May use: the tokens of each file, cargo tree. Never: a compiler plugin.
//! Invariant: the table and ARCHITECTURE.md say the same.

use anyhow::Result;

use super::source::{self, Named};
use super::{File, Finding, is_source};
use crate::command;

struct Wall {
    /// Paths that begin so belong to the room: `backend/src/store` is `store.rs` and `store/…`.
    room: &'static [&'static str],
    /// Paths the room must not name; `*` at the end stands for the rest of a word.
    never: &'static [&'static str],
    why: &'static str,
}

const EFFECTS: [&str; 12] = [
    "std::time::Instant",
    "std::time::SystemTime",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "tokio",
    "reqwest",
    "axum",
    "sqlx",
    "async",
];

const WALLS: &[Wall] = &[
    Wall {
        room: &["shared/src"],
        never: &EFFECTS,
        why: "shared is pure: clock, randomness, network and storage are arguments",
    },
    Wall {
        room: &["shared/src"],
        never: &["web_sys", "js_sys", "wasm_bindgen", "leptos", "rand", "getrandom"],
        why: "shared is the same on the tablet and the server: it knows neither",
    },
    Wall {
        room: &["backend/connectors/src"],
        never: &EFFECTS,
        why: "a connector turns a command into a request and a response into an outcome, nothing else",
    },
    Wall {
        room: &["backend/price_cart/src"],
        never: &EFFECTS,
        why: "a cart in, its price out: the rules are `shared`'s, nothing else is asked",
    },
    Wall {
        room: &["backend/src/store"],
        never: &["axum", "reqwest", "connectors", "crate::http", "crate::runner", "crate::app"],
        why: "the store knows SQL and the domain, nobody above it",
    },
    Wall {
        room: &["backend/src/app"],
        never: &[
            "axum",
            "sqlx",
            "reqwest",
            "hyper",
            "tokio::net",
            "std::net",
            "crate::http",
            "crate::bridge",
            "connectors",
        ],
        why: "use-cases know neither how a request came in nor how a row is stored",
    },
    Wall {
        room: &["backend/src/printing"],
        never: &[
            "sqlx",
            "axum",
            "reqwest",
            "hyper",
            "crate::http",
            "crate::store",
            "crate::app",
            "shared::sale",
            "shared::pricing",
            "shared::tender",
        ],
        why: "printing carries bytes to a printer it is given; which ones there are, and what is on the paper, is others' to know",
    },
    Wall {
        room: &["backend/src/http"],
        never: &["sqlx", "crate::store", "reqwest", "connectors"],
        why: "a route asks a use-case in `app`",
    },
    Wall {
        room: &["backend/src/command", "backend/src/demo"],
        never: &["sqlx", "axum", "hyper", "reqwest", "connectors"],
        why: "a command and the demo shop do what use-cases do, by the same doors",
    },
    Wall {
        room: &["backend/src/bridge"],
        never: &["axum", "sqlx", "hyper", "crate::http", "tokio::net", "std::net"],
        why: "the bridge's use-cases know neither how a request came in nor how a row is stored, and send by the runner",
    },
    Wall {
        room: &["backend/src/runner"],
        never: &[
            "crate::store",
            "crate::app",
            "crate::bridge",
            "sqlx",
            "axum",
            "crate::http",
            "shared::sale",
            "shared::pricing",
            "shared::tax",
            "shared::tender",
        ],
        why: "the runner carries requests; it has no opinion about sales",
    },
    Wall {
        room: &["frontend/src/page", "frontend/src/component"],
        never: &[
            "crate::device_store",
            "crate::api_client",
            "crate::sync",
            "crate::peripheral",
            "gloo_net",
            "rexie",
            "indexed_db*",
            "idb",
            "web_sys::Idb*",
            "web_sys::Usb*",
            "web_sys::Request*",
            "web_sys::Response",
            "web_sys::Headers",
        ],
        why: "a page shows the session and tells it what was touched; storage, devices and network are the session's",
    },
    Wall {
        room: &["frontend/src"],
        never: &["std::time::Instant", "std::time::SystemTime", "std::fs", "std::net", "std::thread"],
        why: "a browser has none of these",
    },
    Wall {
        room: &["frontend/src"],
        never: &["shared::catalog::fold"],
        why: "`crate::letters::fold` does the same by the browser's tables; ours weigh 50 KiB",
    },
];

/// Crates that would break a crate's purity, wherever in its tree they come from, and the platform to look at:
/// `all` where the crate runs on several, so that none is overlooked.
const DEPENDENCIES: &[(&str, &str, &[&str])] = &[
    ("tillbridge-shared", "all", EFFECTFUL_CRATES),
    ("tillbridge-connectors", "all", EFFECTFUL_CRATES),
    ("tillbridge-price-cart", "all", EFFECTFUL_CRATES),
    ("tillbridge-frontend", "wasm32-unknown-unknown", SERVER_CRATES),
];

const SERVER_CRATES: &[&str] =
    &["tokio", "sqlx", "axum", "hyper", "reqwest", "tillbridge", "tillbridge-connectors"];

const EFFECTFUL_CRATES: &[&str] = &[
    "tokio",
    "async-std",
    "sqlx",
    "sqlx-core",
    "rusqlite",
    "axum",
    "hyper",
    "reqwest",
    "ureq",
    "rand",
    "getrandom",
    "web-sys",
    "js-sys",
    "leptos",
    "chrono",
    "tillbridge",
];

/// Paths named on the wrong side of a wall.
pub fn imports(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_source(&file.path) && !is_test(&file.path)) {
        let walls: Vec<&Wall> = WALLS.iter().filter(|wall| in_room(&file.path, wall.room)).collect();
        if walls.is_empty() {
            continue;
        }
        let read = source::read(below_src(&file.path), &file.text);
        for named in &read.named {
            for wall in &walls {
                let Some(never) = wall.never.iter().find(|never| names(named, never)) else { continue };
                found.push(Finding {
                    check: "imports",
                    path: file.path.clone(),
                    line: named.line,
                    what: (*never).to_owned(),
                    advice: wall.why.to_owned(),
                });
            }
        }
    }
    found
}

/// SQL outside the store.
pub fn sql(files: &[File]) -> Vec<Finding> {
    let outside = |file: &&File| {
        file.path.starts_with("backend/")
            && is_source(&file.path)
            && !is_test(&file.path)
            && !in_room(&file.path, &["backend/src/store"])
    };
    let mut found = Vec::new();
    for file in files.iter().filter(outside) {
        for literal in source::read(below_src(&file.path), &file.text).literals {
            if !is_sql(&literal.text) {
                continue;
            }
            found.push(Finding {
                check: "sql",
                path: file.path.clone(),
                line: literal.line,
                what: literal.text.trim().chars().take(40).collect(),
                advice: "SQL stands in backend/src/store and backend/migrations only".to_owned(),
            });
        }
    }
    found
}

/// Crates in the tree of a pure crate that do not belong there.
pub fn dependencies() -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for (package, platform, never) in DEPENDENCIES {
        let mut cargo = command::cargo();
        cargo.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
        let tree = command::read(cargo.args(["--target", platform, "--package", package]))?;
        found.extend(unwanted(package, never, &tree));
    }
    for package in ["tillbridge", "tillbridge-frontend"] {
        let mut cargo = command::cargo();
        cargo.args(["tree", "--locked", "--edges", "features", "--prefix", "none", "--target", "all"]);
        let tree = command::read(cargo.args(["--package", package]))?;
        found.extend(planted(package, &tree));
    }
    Ok(found)
}

/// The faults the simulator plants are in nothing that is shipped.
fn planted(package: &str, tree: &str) -> Option<Finding> {
    tree.contains("tillbridge-shared feature \"planted\"").then(|| Finding {
        check: "dependencies",
        path: package.to_owned(),
        line: 0,
        what: "planted".to_owned(),
        advice: "only the simulator may build `shared` with its planted faults".to_owned(),
    })
}

fn unwanted(package: &str, never: &[&str], tree: &str) -> Vec<Finding> {
    let mut crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    crates.sort_unstable();
    crates.dedup();
    let finding = |name: &&str| Finding {
        check: "dependencies",
        path: package.to_owned(),
        line: 0,
        what: (*name).to_owned(),
        advice: "must not be in its tree (`cargo tree --invert` shows who brings it)".to_owned(),
    };
    crates.iter().filter(|name| never.contains(name)).map(finding).collect()
}

fn names(named: &Named, never: &str) -> bool {
    let wanted: Vec<&str> = never.split("::").collect();
    wanted.len() <= named.segments.len()
        && wanted.iter().zip(&named.segments).all(|(wanted, segment)| match wanted.strip_suffix('*') {
            Some(start) => segment.starts_with(start),
            None => segment == wanted,
        })
}

fn in_room(path: &str, rooms: &[&str]) -> bool {
    let inside =
        |room: &&str| path.strip_prefix(*room).is_some_and(|rest| rest.starts_with('/') || rest == ".rs");
    rooms.iter().any(inside)
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn below_src(path: &str) -> &str {
    path.split_once("/src/").map_or(path, |(_, below)| below)
}

fn is_sql(text: &str) -> bool {
    const STARTS: [(&str, &str); 9] = [
        ("SELECT", "FROM"),
        ("INSERT INTO", "VALUES"),
        ("INSERT INTO", "SELECT"),
        ("UPDATE", "SET"),
        ("DELETE FROM", ""),
        ("CREATE TABLE", ""),
        ("CREATE INDEX", ""),
        ("ALTER TABLE", ""),
        ("WITH", "SELECT"),
    ];
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    STARTS.iter().any(|(start, then)| {
        words.strip_prefix(start).is_some_and(|rest| rest.starts_with(' ') && rest.contains(then))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{file, quoted};

    #[test]
    fn a_path_on_the_wrong_side_is_found() {
        let files = [
            file("backend/src/http/sales.rs", "use crate::{app, store::sales};"),
            file("backend/src/http.rs", "fn f() { sqlx::query(); }"),
            file("backend/src/store/sales.rs", "use sqlx::query; use shared::sale::Sale;"),
            file(
                "frontend/src/page/sell.rs",
                "fn f() { view! { <p on:click=move |_| crate::api_client::push()/> } }",
            ),
            file("frontend/src/component/tile.rs", "use web_sys::IdbDatabase;"),
            file("shared/src/sale.rs", "pub async fn f() {}"),
            file("backend/src/printing/drive.rs", "use tokio::net::TcpStream; use crate::store::printers;"),
            file("backend/src/app/printouts.rs", "use tokio::net::TcpStream;"),
        ];
        let found = imports(&files);
        assert_eq!(
            quoted(&found),
            [
                ("backend/src/http/sales.rs", "crate::store"),
                ("backend/src/http.rs", "sqlx"),
                ("frontend/src/page/sell.rs", "crate::api_client"),
                ("frontend/src/component/tile.rs", "web_sys::Idb*"),
                ("shared/src/sale.rs", "async"),
                ("backend/src/printing/drive.rs", "crate::store"),
                ("backend/src/app/printouts.rs", "tokio::net"),
            ]
        );
    }

    #[test]
    fn rooms_end_where_their_name_ends() {
        let files = [
            file("backend/src/storefront.rs", "use axum::Router;"),
            file("backend/src/http/sales.rs", "use crate::storefront;"),
            file("backend/src/http/tests.rs", "use crate::store;"),
            file("backend/tests/story.rs", "use sqlx::query;"),
        ];
        assert_eq!(imports(&files), []);
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let query = "fn f() { q(\"SELECT id\\nFROM sale\"); }";
        let files = [
            file("backend/src/app/sell.rs", query),
            file("backend/src/store/sales.rs", query),
            file("backend/src/http/page.rs", "fn f() { t(\"SELECT a product\"); }"),
        ];
        let literal = source::read("sell.rs", query).literals;
        assert_eq!(literal.len(), 1);
        assert_eq!(sql(&files).len(), 1);
        assert_eq!(sql(&files)[0].path, "backend/src/app/sell.rs");
    }

    #[test]
    fn an_unwanted_crate_is_found_wherever_it_comes_from() {
        let tree =
            "tillbridge-shared v0.1.0 (/x)\nserde v1.0.0\nuuid v1.0.0\ngetrandom v0.4.0\ngetrandom v0.3.0";
        let found = unwanted("tillbridge-shared", EFFECTFUL_CRATES, tree);
        assert_eq!(quoted(&found), [("tillbridge-shared", "getrandom")]);
    }

    #[test]
    fn a_planted_fault_is_not_shipped() {
        let line = "tillbridge-shared feature \"planted\"\ntillbridge-shared v0.1.0";
        assert!(planted("tillbridge", line).is_some());
        assert!(planted("tillbridge", "tillbridge-shared feature \"schema\"").is_none());
    }
}
