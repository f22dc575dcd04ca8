//! Source: what a Rust file names, without what it only says.
//! Lives here: reading paths (`a::b::c`, also inside macros and braces) and string literals out of tokens.
//! May use: proc-macro2, whose tokens have no comments. Never: a search in raw text.
//! Invariant: code under `#[cfg(test)]` is not read: tests may cross walls to look over them.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path that the code names, from its first segment: `crate::store::sales`.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
}

/// The text of a string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    pub text: String,
    pub line: usize,
}

#[derive(Default)]
pub struct Read {
    pub named: Vec<Named>,
    pub literals: Vec<Literal>,
}

/// Reads a file; `path` is its path from the crate's `src` folder, to resolve `super`.
/// A file that is no Rust reads as empty: the compiler says more about it than this could.
pub fn read(path: &str, text: &str) -> Read {
    let mut read = Read::default();
    if let Ok(tokens) = TokenStream::from_str(text) {
        let module = module_of(path);
        visit(tokens, &module, &mut read);
    }
    read
}

/// `http/sales.rs` is the module `crate::http::sales`, `http/mod.rs` is `crate::http`.
fn module_of(path: &str) -> Vec<String> {
    let stem = path.trim_end_matches(".rs");
    let mut module = vec!["crate".to_owned()];
    module.extend(stem.split('/').map(str::to_owned));
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

fn visit(tokens: TokenStream, module: &[String], read: &mut Read) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => attribute(&tokens, at, module, read),
            TokenTree::Ident(_) => path_from(&tokens, at, &[], module, read),
            TokenTree::Group(group) => {
                visit(group.stream(), module, read);
                at + 1
            }
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                if let Some(text) = string_of(&literal.to_string()) {
                    read.literals.push(Literal { text, line });
                }
                at + 1
            }
            TokenTree::Punct(_) => at + 1,
        };
    }
}

/// Skips documentation, and `#[cfg(test)]` with the item it stands before; reads any other attribute.
fn attribute(tokens: &[TokenTree], at: usize, module: &[String], read: &mut Read) -> usize {
    let inner = matches!(tokens.get(at + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
    let bracket = at + 1 + usize::from(inner);
    let Some(TokenTree::Group(group)) = tokens.get(bracket) else { return at + 1 };
    if group.delimiter() != Delimiter::Bracket {
        return at + 1;
    }
    let text: String = group.stream().to_string().split_whitespace().collect();
    if text == "cfg(test)" {
        return if inner { tokens.len() } else { after_item(tokens, bracket + 1) };
    }
    if !text.starts_with("doc=") {
        visit(group.stream(), module, read);
    }
    bracket + 1
}

/// Where the item that starts here ends: after its body in braces, or its semicolon.
fn after_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    // A `use a::{b, c};` ends at its semicolon: its braces follow `::`.
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if ends(token) && !(matches!(token, TokenTree::Group(_)) && follows_colon(tokens, at)) {
            return at + 1;
        }
        at += 1;
    }
    at
}

fn follows_colon(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    matches!(before, Some(TokenTree::Punct(mark)) if mark.as_char() == ':')
}

/// Reads the path that starts at an identifier, behind the segments of the braces it stands in.
fn path_from(
    tokens: &[TokenTree],
    at: usize,
    prefix: &[String],
    module: &[String],
    read: &mut Read,
) -> usize {
    let mut segments = prefix.to_vec();
    let mut next = at;
    let mut line = 0;
    while let Some(TokenTree::Ident(segment)) = tokens.get(next) {
        if line == 0 {
            line = segment.span().start().line;
        }
        segments.push(segment.to_string().trim_start_matches("r#").to_owned());
        next += 1;
        if !is_double_colon(tokens, next) {
            break;
        }
        next += 2;
        if let Some(TokenTree::Group(group)) = tokens.get(next) {
            braces(group, &segments, module, read);
            return next + 1;
        }
    }
    read.named.push(Named { segments: resolved(segments, module), line });
    next.max(at + 1)
}

/// The list in `use a::{b, c::d}`.
fn braces(group: &Group, prefix: &[String], module: &[String], read: &mut Read) {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = match token {
            TokenTree::Ident(word) if word == "as" => at + 2,
            TokenTree::Ident(_) => path_from(&tokens, at, prefix, module, read),
            TokenTree::Punct(mark) if mark.as_char() == '*' => {
                let line = mark.span().start().line;
                read.named.push(Named { segments: resolved(prefix.to_vec(), module), line });
                at + 1
            }
            _ => at + 1,
        };
    }
}

fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// Turns `super::x` and `self::x` into `crate::…::x`.
fn resolved(segments: Vec<String>, module: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = segments.as_slice();
    let mut relative = false;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "super" => drop(base.pop()),
            // Alone it is a value.
            "self" if segments.len() > 1 => {}
            _ => break,
        }
        relative = true;
        rest = others;
    }
    if !relative {
        return segments;
    }
    base.extend(rest.iter().cloned());
    base
}

/// The content of a string literal as written, escapes untouched; `None` for numbers and characters.
fn string_of(literal: &str) -> Option<String> {
    let start = literal.find('"')?;
    let prefix = literal.get(..start)?;
    if !prefix.chars().all(|letter| matches!(letter, 'r' | 'b' | 'c' | '#')) {
        return None;
    }
    let end = literal.rfind('"')?;
    literal.get(start + 1..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str, text: &str) -> Vec<String> {
        read(path, text).named.into_iter().map(|named| named.segments.join("::")).collect()
    }

    #[test]
    fn reads_braces_macros_and_relative_paths() {
        let text =
            "use crate::{store::{sales, self as kept}, app::*};\nfn f() { view! { <p>{super::x::y()}</p> } }";
        let read = paths("http/sales.rs", text);
        for expected in ["crate::store::sales", "crate::store::self", "crate::app", "crate::http::x::y"] {
            assert!(read.iter().any(|path| path == expected), "{expected} in {read:?}");
        }
        assert!(!read.iter().any(|path| path.contains("kept")));
    }

    #[test]
    fn does_not_read_comments_documentation_strings_or_tests() {
        let text = "//! sqlx::query\n/// sqlx::query\nfn f() { g(\"sqlx::query\"); } // sqlx::query
            #[cfg(test)]\nuse sqlx::{a, b};\n#[cfg(test)]\nmod tests { use sqlx::query; }\nfn h() { axum::serve() }";
        let read = paths("a.rs", text);
        assert!(!read.iter().any(|path| path.starts_with("sqlx")), "{read:?}");
        assert!(read.iter().any(|path| path == "axum::serve"), "{read:?}");
    }

    #[test]
    fn reads_strings_with_their_lines() {
        let read = read("a.rs", "fn f() {\n  g(\"one\", r#\"two \"quoted\"\"#, 'c', 3);\n}");
        let texts: Vec<(&str, usize)> =
            read.literals.iter().map(|one| (one.text.as_str(), one.line)).collect();
        assert_eq!(texts, [("one", 2), ("two \"quoted\"", 2)]);
    }
}
