//! Bundle: the files an app is, its WebAssembly, the script around it and its styles, made smaller without changing what they do.
//! Lives here: dropping the names of functions and comments, short names for what one takes from the other, the hash in their
//! name.
//! May use: the files. Never: the code inside.
//! Invariant: script and WebAssembly change together, and their name with them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use wasm_encoder::{EntityType, ImportSection, Module, RawSection};
use wasmparser::{ImportSectionReader, Parser, Payload, TypeRef};

/// Shrinks the pair of a program in a folder Trunk has filled, and names it anew in the page. A build for every day keeps
/// the names of functions, which a person wants to read.
pub fn shrink(folder: &Path, program: &str, keeps_names: bool) -> Result<()> {
    let page = folder.join("index.html");
    let html = text(&page)?;
    let start = format!("/{program}-");
    let old = hash_in(&html, &start).context("the page does not name its program")?;
    let pair = |hash: &str| {
        [format!("{program}-{hash}_bg.wasm"), format!("{program}-{hash}.js")].map(|name| folder.join(name))
    };
    let [module, script] = pair(old);
    let bytes = std::fs::read(&module).with_context(|| format!("{} is missing", module.display()))?;
    let (small_module, small_script) = small(&bytes, &text(&script)?, keeps_names)
        .with_context(|| format!("{program}: script and WebAssembly do not fit each other"))?;
    let hash = Sha256::new().chain_update(&small_module).chain_update(&small_script).finalize();
    let new: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    std::fs::remove_file(module)?;
    std::fs::remove_file(script)?;
    let [module, script] = pair(&new);
    write(&module, &small_module)?;
    write(&script, small_script.as_bytes())?;
    write(&page, html.replace(old, &new).as_bytes())
}

/// Takes the comments out of a folder's styles: they are for whoever writes them.
pub fn shrink_styles(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "css") {
            let style = without_comments(&text(&file)?)
                .with_context(|| format!("{}: a comment does not end", file.display()))?;
            write(&file, style.as_bytes())?;
        }
    }
    Ok(())
}

/// Nothing where a comment does not end.
fn without_comments(style: &str) -> Option<String> {
    let mut parts = style.split("/*");
    let mut kept = parts.next()?.to_owned();
    for part in parts {
        let (_comment, after) = part.split_once("*/")?;
        kept.push_str(after.strip_prefix('\n').unwrap_or(after));
    }
    Some(kept)
}

/// The hash in a script's name, up to sixteen digits: Trunk leaves out those that are 0 at its start.
fn hash_in<'a>(html: &'a str, start: &str) -> Option<&'a str> {
    let scripts = html.split(start).filter_map(|rest| rest.split_once(".js"));
    scripts
        .map(|(hash, _)| hash)
        .find(|hash| (8..=16).contains(&hash.len()) && hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(file, content).with_context(|| format!("{} cannot be written", file.display()))
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// The module without names of functions, and short names in both for what it imports. The generated ones carry a hash
/// each, which no compression can do anything about.
fn small(module: &[u8], script: &str, keeps_names: bool) -> Result<(Vec<u8>, String)> {
    let mut names = BTreeMap::new();
    let module = rewritten(module, keeps_names, &mut names).context("this is not whole WebAssembly")?;
    let mut seen = 0;
    let mut small = String::with_capacity(script.len());
    for line in script.lines() {
        let line = line.trim();
        // Comments and space are of no use to a tablet.
        if line.is_empty()
            || line.starts_with("//")
            || line.starts_with("/*")
            || line.starts_with("* ")
            || line == "*/"
        {
            continue;
        }
        match line.split_once(": function(").and_then(|(name, rest)| Some((names.get(name)?, rest))) {
            Some((short, rest)) => {
                seen += 1;
                small.push_str(&format!("{short}: function({rest}"));
            }
            None => small.push_str(line),
        }
        small.push('\n');
    }
    if seen != names.len() {
        bail!("{seen} of {} imports are in the script", names.len());
    }
    Ok((module, small))
}

/// Copies a module without its sections `name` and `producers`; fills in the short names of its imports.
fn rewritten(module: &[u8], keeps_names: bool, names: &mut BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut kept = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                kept.section(&renamed(imports, names)?);
            }
            // Names of functions are half of a module by size, and of use to a debugger alone. (The compiler cannot
            // leave them out: wasm-bindgen needs them.)
            Payload::CustomSection(custom)
                if !keeps_names && matches!(custom.name(), "name" | "producers") => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).context("a section that is not there")?;
                    kept.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(kept.finish())
}

/// The import section with short names.
fn renamed(imports: ImportSectionReader<'_>, names: &mut BTreeMap<String, String>) -> Result<ImportSection> {
    let mut renamed = ImportSection::new();
    for (index, import) in imports.into_imports().enumerate() {
        let import = import?;
        let TypeRef::Func(of_type) = import.ty else {
            bail!("wasm-bindgen's modules import functions alone")
        };
        let short = format!("_{index:x}");
        renamed.import(import.module, &short, EntityType::Function(of_type));
        names.insert(import.name.to_owned(), short);
    }
    Ok(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CustomSection, TypeSection};

    fn module(names: [&str; 2], custom: &[(&str, usize)]) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let mut imports = ImportSection::new();
        for name in names {
            imports.import("m", name, EntityType::Function(0));
        }
        module.section(&imports);
        for (name, size) in custom {
            module.section(&CustomSection { name: (*name).into(), data: vec![9; *size].into() });
        }
        module.finish()
    }

    const SCRIPT: &str = "const import0 = {\n    // a comment\n    __wbg_a_0123: function(arg0) {\n        __wbg_a_0123(1);\n    },\n    __wbg_b_4567: function() {},\n};\n";

    #[test]
    fn names_go_imports_are_short_in_both_and_code_stays() {
        let features = ("target_features", 3);
        let whole = module(["__wbg_a_0123", "__wbg_b_4567"], &[("name", 100), ("producers", 0), features]);
        let (smaller, script) = small(&whole, SCRIPT, false).unwrap();
        assert_eq!(smaller, module(["_0", "_1"], &[features]));
        let (quick, _) = small(&whole, SCRIPT, true).unwrap();
        assert_eq!(quick, module(["_0", "_1"], &[("name", 100), ("producers", 0), features]));
        let wanted =
            "const import0 = {\n_0: function(arg0) {\n__wbg_a_0123(1);\n},\n_1: function() {},\n};\n";
        assert_eq!(script, wanted);
    }

    #[test]
    fn a_pair_that_does_not_fit_is_refused() {
        let module = module(["__wbg_a_0123", "__wbg_c_89ab"], &[]);
        assert!(small(&module, SCRIPT, false).unwrap_err().to_string().contains("1 of 2"));
        for broken in [&module[..module.len() - 1], b"<html>", b""] {
            assert!(small(broken, SCRIPT, false).is_err());
        }
    }

    #[test]
    fn the_page_names_the_pair_anew() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).unwrap();
        write("index.html", b"<link href='/till-fedcba9876543210.css'>import '/till-0123456789abcdef.js'; init('/till-0123456789abcdef_bg.wasm')");
        write("till-0123456789abcdef.js", SCRIPT.as_bytes());
        write("till-0123456789abcdef_bg.wasm", &module(["__wbg_a_0123", "__wbg_b_4567"], &[]));
        shrink(folder.path(), "till", false).unwrap();
        let html = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
        let named: Vec<&str> = html.split('\'').filter_map(|part| part.strip_prefix('/')).collect();
        assert_eq!(named.len(), 3);
        assert!(named.iter().skip(1).all(|name| folder.path().join(name).is_file()), "{named:?}");
        assert!(!html.contains("0123456789abcdef"));
    }

    #[test]
    fn styles_lose_their_comments_and_nothing_else() {
        let style = "/* Tiles. */\n.tile { gap: 1px; /* as in grid.rs */ }\n/**/.a{}\n";
        assert_eq!(without_comments(style).unwrap(), ".tile { gap: 1px;  }\n.a{}\n");
        assert_eq!(without_comments(".a{} /* never"), None);
    }

    #[test]
    fn a_hash_may_begin_with_a_zero_that_is_left_out() {
        let html = r#"<link href="/manage-c09829dea83edd64.css"><script src="/manage-ed774ca9ddb4248.js">"#;
        assert_eq!(hash_in(html, "/manage-"), Some("ed774ca9ddb4248"));
        assert_eq!(hash_in("<p>/manage-en.js</p>", "/manage-"), None);
    }
}
