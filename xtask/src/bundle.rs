//! Bundle: the files a program of the front end is: its WebAssembly, the script around it, and its parts.
//! Lives here: cutting a compiled program into what every start needs and its parts (ADR 0021), binding it to its script,
//! dropping the names of functions and comments, short names for what one takes from the other, the hash in their name.
//! May use: the files, wasm-bindgen, wasm-split. Never: the code inside.
//! Invariant: script, WebAssembly and parts change together, and their names with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use wasm_encoder::{EntityType, ImportSection, Module, RawSection};
use wasmparser::{ImportSectionReader, Parser, Payload, TypeRef};

use crate::command;

/// The module that knows how parts are fetched, as the compiled program calls it. It becomes a piece of the script.
const LINK: &str = "./__wasm_split.js";

/// A program as cargo has compiled it.
pub struct Program<'a> {
    pub name: &'a str,
    /// What shall be a file of its own.
    pub parts: &'a [&'a str],
    pub compiled: &'a Path,
    /// A build for every day keeps the names of functions, which a person wants to read.
    pub keeps_names: bool,
}

/// The files of a program that its page names; the script names the others.
pub struct Names {
    pub script: String,
    pub module: String,
}

/// Writes the files of a program into a folder.
///
/// # Errors
/// When a part is empty, because something that every start needs leads to what is in it, or when what one tool wrote is not
/// what the next one expects.
pub fn bundle(program: &Program<'_>, bindgen: &Path, to: &Path) -> Result<Names> {
    let work = tempfile::tempdir().context("there is no room for the work")?;
    let name = program.name;
    let cut = work.path().join(name).with_extension("wasm");
    let parts = match program.parts {
        [] => std::fs::copy(program.compiled, &cut).map(|_| Vec::new()).context("the program is missing")?,
        _ => cut_into_parts(program, work.path(), &cut)?,
    };
    let bound = work.path().join("bound");
    let mut bind = Command::new(bindgen);
    bind.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&bound).arg(&cut);
    if !parts.is_empty() {
        // Parts share the table of functions, which the linker exports.
        bind.arg("--keep-lld-exports");
    }
    command::run(&mut bind)?;
    let mut script = text(&bound.join(format!("{name}.js")))?;
    if !parts.is_empty() {
        script = joined(&script, &text(&work.path().join(LINK))?)
            .context("wasm-split's script is not as expected")?;
    }
    for part in parts {
        let file = part.file_name().and_then(|file| file.to_str()).context("a part without a name")?;
        let module = rewritten(&read(&part)?, program.keeps_names, None)?;
        let short = file.trim_start_matches("split_");
        let hashed = hashed(Path::new(&format!("{name}-{short}")), &module);
        script = script.replace(&format!("\"./{file}\""), &format!("\"./{hashed}\""));
        write(&to.join(hashed), &module)?;
    }
    let module = read(&bound.join(format!("{name}_bg.wasm")))?;
    let (module, script) = small(&module, &script, program.keeps_names)
        .with_context(|| format!("{name}: script and WebAssembly do not fit each other"))?;
    let both = [module.as_slice(), script.as_bytes()].concat();
    let names = Names {
        script: hashed(Path::new(&format!("{name}.js")), &both),
        module: hashed(Path::new(&format!("{name}.wasm")), &both),
    };
    write(&to.join(&names.module), &module)?;
    write(&to.join(&names.script), script.as_bytes())?;
    Ok(names)
}

/// A file's name with the hash of a content in it: `sell-0123456789abcdef.css`.
pub fn hashed(file: &Path, content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let of = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    format!("{}-{hash}.{}", of(file.file_stem()), of(file.extension()))
}

/// Cuts a program at its parts; what several of them need, and the start does not, becomes a file for these. Returns all
/// files but the start's.
fn cut_into_parts(program: &Program<'_>, work: &Path, start: &Path) -> Result<Vec<PathBuf>> {
    let compiled = read(program.compiled)?;
    let script = format!("./{}.js", program.name);
    let mut options = wasm_split_cli_support::Options::new(&compiled);
    options.output_dir = work;
    options.main_out_path = start;
    options.link_name = LINK;
    options.main_module = &script;
    let cut = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{} cannot be cut into parts: {error:#}", program.name))?;
    for part in program.parts {
        if !work.join(format!("split_{part}.wasm")).is_file() {
            bail!(
                "the part `{part}` is empty: `{}` has no such part, or its start leads to all of it",
                program.name
            );
        }
    }
    Ok(cut.split_modules)
}

/// The script with the piece that fetches parts in it, instead of a file beside it that each would ask the other for.
/// Nothing where one of them does not look as their tools of this version write them.
fn joined(script: &str, link: &str) -> Option<String> {
    let (taken, link) = link.split_once("import { initSync } from").and_then(|(before, rest)| {
        let (_, rest) = rest.split_once(";\n")?;
        before.trim().is_empty().then(|| {
            let exported =
                |line: &str| Some(line.strip_prefix("export const ")?.split_once(' ')?.0.to_owned());
            (rest.lines().filter_map(exported).collect::<Vec<_>>(), rest.replace("export const ", "const "))
        })
    })?;
    let import = format!("from \"{LINK}\"");
    let entry = format!("\"{LINK}\":");
    let mut names = Some(format!("{entry} {{ {} }},", taken.join(", ")));
    let mut joined = String::with_capacity(script.len() + link.len());
    for line in script.lines().filter(|line| !line.contains(&import)) {
        // Each function it takes has an entry of the same name; one is enough.
        let line = match line.trim_start().starts_with(&entry) {
            true => names.take().unwrap_or_default(),
            false => line.to_owned(),
        };
        joined.push_str(&line);
        joined.push('\n');
    }
    joined.push_str(&link);
    (names.is_none() && !taken.is_empty()).then_some(joined)
}

/// Nothing where a comment does not end.
pub fn without_comments(style: &str) -> Option<String> {
    let mut parts = style.split("/*");
    let mut kept = parts.next()?.to_owned();
    for part in parts {
        let (_comment, after) = part.split_once("*/")?;
        kept.push_str(after.strip_prefix('\n').unwrap_or(after));
    }
    Some(kept)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    let written =
        file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(file, content));
    written.with_context(|| format!("{} cannot be written", file.display()))
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// The module without names of functions, and short names in both for what it imports. The generated ones carry a hash
/// each, which no compression can do anything about.
fn small(module: &[u8], script: &str, keeps_names: bool) -> Result<(Vec<u8>, String)> {
    let mut names = BTreeMap::new();
    let module = rewritten(module, keeps_names, Some(&mut names)).context("this is not whole WebAssembly")?;
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

/// Copies a module without its sections `name` and `producers`; gives what it takes from its script short names, if they
/// are asked for.
fn rewritten(
    module: &[u8],
    keeps_names: bool,
    mut names: Option<&mut BTreeMap<String, String>>,
) -> Result<Vec<u8>> {
    let mut kept = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match (payload?, names.as_deref_mut()) {
            (Payload::ImportSection(imports), Some(names)) => {
                kept.section(&renamed(imports, names)?);
            }
            // Names of functions are half of a module by size, and of use to a debugger alone. (The compiler cannot
            // leave them out: wasm-bindgen needs them.)
            (Payload::CustomSection(custom), _)
                if !keeps_names && matches!(custom.name(), "name" | "producers") => {}
            (other, _) => {
                if let Some((id, range)) = other.as_section() {
                    let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
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
        // How a part is fetched is the other piece of the script's, under its own name.
        if import.module == LINK {
            renamed.import(import.module, import.name, EntityType::Function(of_type));
            continue;
        }
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
    fn what_fetches_parts_is_a_piece_of_the_script() {
        let link = "import { initSync } from \"./register.js\";\n\nlet shared;\nexport const load_a = wrap(1);\nexport const load_b = wrap(2);\n";
        let script = "import * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\"\n\nreturn {\n\"./register_bg.js\": import0,\n\"./__wasm_split.js\": import1,\n\"./__wasm_split.js\": import2,\n};\n";
        let wanted = "\nreturn {\n\"./register_bg.js\": import0,\n\"./__wasm_split.js\": { load_a, load_b },\n\n};\n\nlet shared;\nconst load_a = wrap(1);\nconst load_b = wrap(2);\n";
        assert_eq!(joined(script, link).unwrap(), wanted);
        for (script, link) in [(script, "export const load_a = 1;"), ("return {};", link)] {
            assert_eq!(joined(script, link), None);
        }
    }

    #[test]
    fn a_part_loses_its_names_alone() {
        let part = module(["shared", "__wbg_a_0123"], &[("name", 100)]);
        assert_eq!(rewritten(&part, false, None).unwrap(), module(["shared", "__wbg_a_0123"], &[]));
    }

    #[test]
    fn styles_lose_their_comments_and_nothing_else() {
        let style = "/* Tiles. */\n.tile { gap: 1px; /* as in grid.rs */ }\n/**/.a{}\n";
        assert_eq!(without_comments(style).unwrap(), ".tile { gap: 1px;  }\n.a{}\n");
        assert_eq!(without_comments(".a{} /* never"), None);
    }

    #[test]
    fn a_name_has_the_hash_of_the_content() {
        let of = |content: &[u8]| hashed(Path::new("style/sell.css"), content);
        assert_eq!(of(b"a"), "sell-ca978112ca1bbdca.css");
        assert_ne!(of(b"a"), of(b"b"));
    }
}
