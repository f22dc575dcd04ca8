//! Bundle: the pair of files an app is, its WebAssembly and the script around it, made smaller without changing what they do.
//! Lives here: dropping the names of functions, short names for what one takes from the other, the hash in their name.
//! May use: the files. Never: the code inside.
//! Invariant: both files change together, and their name with them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// The numbers of sections and kinds in a module (WebAssembly Core 2.0, 5.5).
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;

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
    let Some(module) = rewritten(module, keeps_names, &mut names) else {
        bail!("this is not whole WebAssembly")
    };
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

/// Copies a module without its sections `name` and `producers`; fills in the short names of its imports. Nothing for
/// what is no module.
fn rewritten(module: &[u8], keeps_names: bool, names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(8)?;
    if !header.starts_with(b"\0asm") {
        return None;
    }
    let mut kept = header.to_vec();
    while let Some((kind, after_kind)) = rest.split_first() {
        let (size, content_and_more) = number(after_kind)?;
        let (content, after) = content_and_more.split_at_checked(size)?;
        let section = rest.get(..rest.len() - after.len())?;
        match *kind {
            CUSTOM if !keeps_names && is_dropped(content)? => {}
            IMPORTS => {
                let content = renamed(content, names)?;
                kept.push(IMPORTS);
                put_number(content.len(), &mut kept);
                kept.extend_from_slice(&content);
            }
            _ => kept.extend_from_slice(section),
        }
        rest = after;
    }
    Some(kept)
}

/// Names of functions are half of a module by size, and of use to a debugger alone. (The compiler cannot leave them out:
/// wasm-bindgen needs them.)
fn is_dropped(custom: &[u8]) -> Option<bool> {
    let (name, _) = word(custom)?;
    Some(matches!(name, b"name" | b"producers"))
}

/// The import section with short names.
fn renamed(section: &[u8], names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut out = Vec::with_capacity(section.len());
    put_number(count, &mut out);
    for index in 0..count {
        let (module, after_module) = word(rest)?;
        let (name, description) = word(after_module)?;
        let short = format!("_{index:x}");
        names.insert(std::str::from_utf8(name).ok()?.to_owned(), short.clone());
        for word in [module, short.as_bytes()] {
            put_number(word.len(), &mut out);
            out.extend_from_slice(word);
        }
        // wasm-bindgen's modules import functions alone: a zero and the number of a type.
        let (0, of_type) = description.split_first()? else { return None };
        let (_, after) = number(of_type)?;
        out.extend_from_slice(description.get(..description.len() - after.len())?);
        rest = after;
    }
    rest.is_empty().then_some(out)
}

/// A length and so many bytes.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length)
}

/// A number of 32 bits as WebAssembly writes it, and what follows.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

fn put_number(mut value: usize, to: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            return to.push(low);
        }
        to.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    fn section(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut section = vec![kind];
        put_number(content.len(), &mut section);
        [section, content.to_vec()].concat()
    }

    fn custom(name: &str, size: usize) -> Vec<u8> {
        let length = u8::try_from(name.len()).unwrap();
        section(CUSTOM, &[&[length][..], name.as_bytes(), &vec![9; size]].concat())
    }

    fn imports(names: [&str; 2]) -> Vec<u8> {
        let mut content = vec![2];
        for name in names {
            content.extend([1, b'm', u8::try_from(name.len()).unwrap()]);
            content.extend(name.as_bytes());
            content.extend([0, 0x85, 1]);
        }
        section(IMPORTS, &content)
    }

    const SCRIPT: &str = "const import0 = {\n    // a comment\n    __wbg_a_0123: function(arg0) {\n        __wbg_a_0123(1);\n    },\n    __wbg_b_4567: function() {},\n};\n";

    #[test]
    fn names_go_imports_are_short_in_both_and_code_stays() {
        let (code, features) = (section(10, &[7; 300]), custom("target_features", 3));
        let module = [
            HEADER,
            &imports(["__wbg_a_0123", "__wbg_b_4567"]),
            &code,
            &custom("name", 100),
            &custom("producers", 0),
            &features,
        ]
        .concat();
        let (smaller, script) = small(&module, SCRIPT, false).unwrap();
        assert_eq!(smaller, [HEADER, &imports(["_0", "_1"]), &code, &features].concat());
        let wanted =
            "const import0 = {\n_0: function(arg0) {\n__wbg_a_0123(1);\n},\n_1: function() {},\n};\n";
        assert_eq!(script, wanted);
    }

    #[test]
    fn a_pair_that_does_not_fit_is_refused() {
        let module = [HEADER, &imports(["__wbg_a_0123", "__wbg_c_89ab"])].concat();
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
        write(
            "till-0123456789abcdef_bg.wasm",
            &[HEADER, &imports(["__wbg_a_0123", "__wbg_b_4567"])].concat(),
        );
        shrink(folder.path(), "till", false).unwrap();
        let html = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
        let named: Vec<&str> = html.split('\'').filter_map(|part| part.strip_prefix('/')).collect();
        assert_eq!(named.len(), 3);
        assert!(named.iter().skip(1).all(|name| folder.path().join(name).is_file()), "{named:?}");
        assert!(!html.contains("0123456789abcdef"));
    }

    #[test]
    fn a_hash_may_begin_with_a_zero_that_is_left_out() {
        let html = r#"<link href="/manage-c09829dea83edd64.css"><script src="/manage-ed774ca9ddb4248.js">"#;
        assert_eq!(hash_in(html, "/manage-"), Some("ed774ca9ddb4248"));
        assert_eq!(hash_in("<p>/manage-en.js</p>", "/manage-"), None);
    }
}
