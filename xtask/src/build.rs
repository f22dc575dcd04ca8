//! Build: the front end as a browser loads it, in `frontend/dist`.
//! Lives here: calling Trunk for each app's page and adding its program and words, joined in one folder; the service worker's list of files; brotli
//! and gzip copies; skipping all that when nothing changed.
//! May use: cargo, Trunk, `bundle`. Never: a file name without its hash where the content can change, except the entry points a
//! browser must find again (index.html, manage.html, service_worker.js, the manifest, icons).
//! Invariant: `frontend/dist` is whole or the build failed; a half-finished one is never marked as current.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{bundle, command, prerequisites};

/// An app of the front end: a program and a page of its own.
struct App {
    /// The program in `frontend/src/bin`.
    program: &'static str,
    page: &'static str,
    /// What `frontend/src/bin/<program>.rs` makes files of their own (ADR 0021).
    parts: &'static [&'static str],
    /// The files of `frontend/locales/<language>` whose words it shows; `cargo xtask tidy` holds its pages to them.
    rooms: &'static [&'static str],
}

/// What a tablet keeps: the service worker knows this app alone.
const REGISTER: App = App {
    program: "register",
    page: "index.html",
    parts: &["sale", "beside"],
    rooms: &["common", "sell", "pay", "devices"],
};
const MANAGE: App = App { program: "manage", page: "manage.html", parts: &[], rooms: &["common", "manage"] };

/// Where a page gets the names of its program's files.
const PROGRAM: &str = "<!--program-->";
/// Where a page gets the names of its words.
const WORDS: &str = "<!--words-->";
const SERVICE_WORKER: &str = "service_worker.js";
const PRECACHE: &str = "/*precache*/[]";
const BUILD: &str = "/*build*/\"dev\"";

#[derive(clap::Args, Clone, Copy, Default)]
pub struct Arguments {
    /// The smallest bundle and the strongest compression; takes several minutes.
    #[arg(long)]
    release: bool,
    /// Build even when nothing changed.
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    front_end(arguments)?;
    if arguments.release {
        let started = Instant::now();
        command::run(command::cargo().args(["build", "--locked", "--release", "--package", "tillbridge"]))?;
        let binary = command::target_folder().join("release/tillbridge");
        let bytes = std::fs::metadata(&binary).map(|file| file.len()).unwrap_or_default();
        let seconds = started.elapsed().as_secs();
        println!("tillbridge: {} in {seconds} s, at {}", kilobytes(bytes), binary.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// How a front end is built: quickly for every day, or small for a release.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Quick,
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "wasm-quick",
            Self::Release => "wasm-release",
        }
    }

    fn brotli_quality(self) -> i32 {
        match self {
            Self::Quick => 5,
            Self::Release => 11,
        }
    }
}

pub fn release() -> Arguments {
    Arguments { release: true, force: false }
}

/// Builds the front end unless the one in `frontend/dist` is made of the same sources.
///
/// # Errors
/// When a tool cannot be installed, the code does not compile, or the service worker lacks its placeholders.
pub fn front_end(arguments: Arguments) -> Result<()> {
    let profile = if arguments.release { Profile::Release } else { Profile::Quick };
    let dist = command::workspace().join("frontend/dist");
    let mark = command::target_folder().join("front-end.built");
    let fingerprint = fingerprint(&command::workspace())?;
    if !arguments.force && is_current(&dist, &mark, profile, &fingerprint) {
        return Ok(());
    }
    let tools = prerequisites::for_building()?;
    let started = Instant::now();
    println!("front end: building ({})", profile.name());
    let _ = std::fs::remove_file(&mark);
    programs(profile)?;
    let frontend = command::workspace().join("frontend");
    let apps = command::target_folder().join("front-end");
    for app in [&REGISTER, &MANAGE] {
        let built = apps.join(app.program);
        page(app, &tools.trunk, &built)?;
        let program = bundle::Program {
            name: app.program,
            parts: app.parts,
            compiled: &compiled(app, profile),
            keeps_names: profile == Profile::Quick,
        };
        let names = bundle::bundle(&program, &tools.bindgen, &built)?;
        name_program(app, &names, &built)?;
        write_words(app, &frontend.join("locales"), &built)?;
    }
    join(&apps, &dist)?;
    let files = finish(&dist, &frontend.join("service_worker"), &apps.join(REGISTER.program), profile)?;
    write(&mark, format!("{}\n{fingerprint}\n{}\n", profile.name(), state_of(&dist)?).as_bytes())?;
    print!("{}", sizes(&files));
    println!("front end: built in {} s", started.elapsed().as_secs());
    Ok(())
}

/// A release build of the same sources serves every day too; the other way round it does not.
fn is_current(dist: &Path, mark: &Path, profile: Profile, fingerprint: &str) -> bool {
    let Ok(text) = std::fs::read_to_string(mark) else { return false };
    let mut lines = text.lines();
    let built = lines.next();
    let enough = built == Some(profile.name()) || built == Some(Profile::Release.name());
    // Another target folder's build may have replaced the files since.
    let untouched = |state: &str| state_of(dist).is_ok_and(|now| now == state);
    enough && lines.next() == Some(fingerprint) && lines.next().is_some_and(untouched)
}

/// A hash of the service worker, which names every other file by its hash and itself holds the build's id.
fn state_of(dist: &Path) -> Result<String> {
    Ok(hex(&Sha256::digest(read(&dist.join(SERVICE_WORKER))?)))
}

/// Compiles both programs side by side.
fn programs(profile: Profile) -> Result<()> {
    command::run(command::cargo().args([
        "build",
        "--locked",
        "--package",
        "tillbridge-frontend",
        "--bins",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile.name(),
    ]))
}

/// Where cargo puts an app's program.
fn compiled(app: &App, profile: Profile) -> PathBuf {
    let folder = command::target_folder().join("wasm32-unknown-unknown").join(profile.name());
    folder.join(app.program).with_extension("wasm")
}

/// One finished file: its size as it is, and as sent to a browser.
struct Finished {
    name: String,
    bytes: usize,
    gzip: Option<usize>,
    brotli: Option<usize>,
}

/// Makes an app's page: its styles and its first script under the hash of what is in them, and what is public as it is.
fn page(app: &App, trunk: &Path, to: &Path) -> Result<()> {
    let workspace = command::workspace();
    let mut trunk = Command::new(trunk);
    trunk
        .args(["build", "--skip-version-check"])
        .arg(workspace.join("frontend/pages").join(app.page))
        .arg("--dist")
        .arg(to)
        .arg("--config")
        .arg(workspace.join("Trunk.toml"))
        .current_dir(&workspace)
        // Trunk reads this one as its own option and refuses the usual value of 1.
        .env_remove("NO_COLOR");
    command::run(&mut trunk)?;
    for (name, style) in files_below(to)?.into_iter().filter(|(name, _)| name.ends_with(".css")) {
        let content = bundle::without_comments(&read_text(&style)?);
        write(&style, content.with_context(|| format!("{name}: a comment does not end"))?.as_bytes())?;
    }
    Ok(())
}

/// Writes the names of an app's program into its page.
fn name_program(app: &App, program: &bundle::Names, built: &Path) -> Result<()> {
    let links = format!(
        "<link rel=\"modulepreload\" href=\"/{}\" />\n    <link rel=\"preload\" href=\"/{}\" as=\"fetch\" type=\"application/wasm\" crossorigin />",
        program.script, program.module
    );
    let page = built.join("index.html");
    write(&page, filled(app, &read_text(&page)?, PROGRAM, &links)?.as_bytes())
}

/// A page with what belongs in one of its places.
fn filled(app: &App, html: &str, place: &str, content: &str) -> Result<String> {
    if !html.contains(place) {
        bail!("frontend/pages/{} lacks `{place}`, where the build fills in names", app.page);
    }
    Ok(html.replacen(place, content, 1))
}

/// Writes an app's words, one file a language, and their names into its page, which is how a language is found.
fn write_words(app: &App, locales: &Path, built: &Path) -> Result<()> {
    let mut languages: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (name, file) in files_below(locales)? {
        let Some((language, room)) = name.strip_suffix(".json").and_then(|name| name.split_once('/')) else {
            continue;
        };
        if app.rooms.contains(&room) {
            let texts: BTreeMap<String, String> =
                serde_json::from_str(&read_text(&file)?).with_context(|| format!("{name} cannot be read"))?;
            languages.entry(language.to_owned()).or_default().extend(texts);
        }
    }
    let mut links = Vec::new();
    for (language, texts) in languages {
        let content = serde_json::to_vec(&texts)?;
        let hash = hex(&Sha256::digest(&content));
        let name = format!("{}-{language}-{}.json", app.program, &hash[..16]);
        write(&built.join(&name), &content)?;
        links.push(format!("<link rel=\"words\" hreflang=\"{language}\" href=\"/{name}\" />"));
    }
    let page = built.join("index.html");
    write(&page, filled(app, &read_text(&page)?, WORDS, &links.join("\n    "))?.as_bytes())
}

/// Puts the apps into one folder, each page under its own name; what both have is the same to the byte.
fn join(apps: &Path, dist: &Path) -> Result<()> {
    empty(dist)?;
    for app in [&REGISTER, &MANAGE] {
        for (name, file) in files_below(&apps.join(app.program))? {
            let name = if name == "index.html" { app.page } else { &name };
            copy(&file, &dist.join(name))?;
        }
    }
    Ok(())
}

/// What is left to do for both apps together.
fn finish(dist: &Path, service_worker: &Path, register: &Path, profile: Profile) -> Result<Vec<Finished>> {
    write_service_worker(dist, &service_worker.join(SERVICE_WORKER), register)?;
    files_below(dist)?.into_iter().map(|(name, file)| compress(name, &file, profile)).collect()
}

/// Copies the service worker with the list of files it keeps (the register's) and a build id that changes when any of
/// them does: a change of the manager's pages alone exchanges nothing on a tablet.
fn write_service_worker(dist: &Path, source: &Path, register: &Path) -> Result<()> {
    let code = read_text(source)?;
    for placeholder in [PRECACHE, BUILD] {
        if !code.contains(placeholder) {
            bail!("{} lacks `{placeholder}`, where the build fills in what it knows", source.display());
        }
    }
    let mut build = Sha256::new();
    build.update(code.as_bytes());
    let mut precache = Vec::new();
    for name in files_below(register)?.into_keys() {
        build.update(name.as_bytes());
        build.update(Sha256::digest(read(&dist.join(&name))?));
        precache.push(if name == "index.html" { "\"/\"".to_owned() } else { format!("\"/{name}\"") });
    }
    let list = format!("[{}]", precache.join(","));
    let id = format!("\"{}\"", &hex(&build.finalize())[..16]);
    let filled = code.replacen(PRECACHE, &list, 1).replacen(BUILD, &id, 1);
    write(&dist.join(SERVICE_WORKER), filled.as_bytes())
}

/// Writes `file.br` and `file.gz` beside a file that shrinks.
fn compress(name: String, file: &Path, profile: Profile) -> Result<Finished> {
    let content = read(file)?;
    let mut finished = Finished { name, bytes: content.len(), gzip: None, brotli: None };
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !matches!(extension, "html" | "js" | "css" | "wasm" | "svg" | "json" | "webmanifest" | "txt" | "ttf") {
        return Ok(finished);
    }
    let brotli = brotli_of(&content, profile.brotli_quality())?;
    let gzip = gzip_of(&content)?;
    if brotli.len() < content.len() {
        write(&with_suffix(file, "br"), &brotli)?;
        finished.brotli = Some(brotli.len());
    }
    if gzip.len() < content.len() {
        write(&with_suffix(file, "gz"), &gzip)?;
        finished.gzip = Some(gzip.len());
    }
    Ok(finished)
}

fn brotli_of(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters).context("brotli failed")?;
    Ok(compressed)
}

fn gzip_of(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    encoder.finish().context("gzip failed")
}

fn sizes(files: &[Finished]) -> String {
    let mut table = format!("{:<44}{:>12}{:>12}{:>12}\n", "file", "bytes", "gzip", "brotli");
    let (mut bytes, mut sent) = (0, 0);
    for file in files {
        let shown = |size: Option<usize>| size.map_or_else(|| "-".to_owned(), |size| size.to_string());
        let (gzip, brotli) = (shown(file.gzip), shown(file.brotli));
        let _ = writeln!(table, "{:<44}{:>12}{gzip:>12}{brotli:>12}", file.name, file.bytes);
        bytes += file.bytes;
        sent += file.brotli.unwrap_or(file.bytes);
    }
    let _ = writeln!(table, "{:<44}{bytes:>12}{:>12}{sent:>12}", "all", "");
    table
}

/// A hash over everything the front end is made of.
fn fingerprint(workspace: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    // How it is put together counts as a source.
    hash.update(include_bytes!("build.rs"));
    hash.update(include_bytes!("bundle.rs"));
    for source in ["Cargo.toml", "Cargo.lock", "Trunk.toml", ".cargo/config.toml"] {
        hash.update(read(&workspace.join(source))?);
    }
    for room in ["frontend", "shared"] {
        for (name, file) in files_below(&workspace.join(room))? {
            if name.starts_with("dist/") || name.starts_with("tests/") || name.starts_with("node_modules/") {
                continue;
            }
            hash.update(name.as_bytes());
            hash.update(Sha256::digest(read(&file)?));
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Every file below a folder by its path from there, with `/`, in order of name; copies for sending left out.
fn files_below(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.with_context(|| format!("{} cannot be listed", folder.display()))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path();
        let parts = path.strip_prefix(folder).unwrap_or(path).components();
        let name: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let name = name.join("/");
        if !is_copy(&name) {
            files.insert(name, path.to_path_buf());
        }
    }
    Ok(files)
}

fn is_copy(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes / 1000)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn read_text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    write(to, &read(from)?)
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    Ok(())
}

/// Writes a file, and the folders it lies in.
fn write(file: &Path, content: &[u8]) -> Result<()> {
    let written =
        file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(file, content));
    written.with_context(|| format!("{} cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    #[test]
    fn a_page_names_its_program_or_is_refused() {
        let built = folder(&[("index.html", "<head><!--program--></head>")]);
        let names = bundle::Names { script: "register-1.js".into(), module: "register-1.wasm".into() };
        name_program(&REGISTER, &names, built.path()).unwrap();
        let html = read_text(&built.path().join("index.html")).unwrap();
        for name in ["register-1.js", "register-1.wasm"] {
            assert!(html.contains(&format!("href=\"/{name}\"")), "{html}");
        }
        let again = name_program(&REGISTER, &names, built.path()).unwrap_err();
        assert!(again.to_string().contains(PROGRAM), "{again}");
    }

    #[test]
    fn the_service_worker_lists_what_the_register_loads_and_its_build_changes_with_that_alone() {
        let worker = "const PRECACHE = /*precache*/[];\nconst BUILD = /*build*/\"dev\";\n";
        let build_of = |style: &str, managers: &str| {
            let root = folder(&[
                ("register/index.html", "<p>"),
                ("register/style-1.css", style),
                ("manage/index.html", "<p>manager"),
                ("manage/manage-1.js", managers),
                ("worker/service_worker.js", worker),
            ]);
            let (root, dist) = (root.path(), root.path().join("dist"));
            join(root, &dist).unwrap();
            assert_eq!(std::fs::read_to_string(dist.join("manage.html")).unwrap(), "<p>manager");
            write_service_worker(&dist, &root.join("worker").join(SERVICE_WORKER), &root.join("register"))
                .unwrap();
            std::fs::read_to_string(dist.join(SERVICE_WORKER)).unwrap()
        };
        let one = build_of("a{}", "go()");
        assert!(one.starts_with("const PRECACHE = [\"/\",\"/style-1.css\"];\n"), "{one}");
        assert_eq!(one, build_of("a{}", "go()"));
        assert_eq!(one, build_of("a{}", "go(on)"));
        assert_ne!(one, build_of("b{}", "go()"));
        assert!(!one.contains("\"dev\""));
    }

    #[test]
    fn an_app_has_the_words_of_its_rooms_in_every_language_and_its_page_names_them() {
        let root = folder(&[
            ("locales/en/common.json", r#"{"common.close": "Close"}"#),
            ("locales/en/sell.json", r#"{"sell.total": "Total"}"#),
            ("locales/en/manage.json", r#"{"manage.staff": "Staff"}"#),
            ("locales/de/sell.json", r#"{"sell.total": "Summe"}"#),
            ("built/index.html", "<head><!--words--></head>"),
        ]);
        let built = root.path().join("built");
        write_words(&REGISTER, &root.path().join("locales"), &built).unwrap();
        let html = std::fs::read_to_string(built.join("index.html")).unwrap();
        let of = |language: &str| {
            let (_, name) = html.split_once(&format!("hreflang=\"{language}\" href=\"/")).unwrap();
            std::fs::read_to_string(built.join(name.split_once('"').unwrap().0)).unwrap()
        };
        assert_eq!(of("de"), r#"{"sell.total":"Summe"}"#);
        assert_eq!(of("en"), r#"{"common.close":"Close","sell.total":"Total"}"#);
        let again = write_words(&REGISTER, &root.path().join("locales"), &built).unwrap_err();
        assert!(again.to_string().contains(WORDS), "{again}");
    }

    #[test]
    fn a_service_worker_without_its_placeholders_is_refused() {
        let dist = folder(&[("index.html", ""), ("source.js", "const BUILD = /*build*/\"dev\";")]);
        let refused =
            write_service_worker(dist.path(), &dist.path().join("source.js"), dist.path()).unwrap_err();
        assert!(refused.to_string().contains(PRECACHE), "{refused}");
    }

    #[test]
    fn copies_are_smaller_and_unpack_to_the_same() {
        let text = "till bridge ".repeat(1000);
        let dist = folder(&[("a.js", &text), ("b.png", &text)]);
        let js = compress("a.js".into(), &dist.path().join("a.js"), Profile::Quick).unwrap();
        let png = compress("b.png".into(), &dist.path().join("b.png"), Profile::Quick).unwrap();
        assert!(js.brotli.unwrap() < 1000 && js.gzip.unwrap() < 1000);
        assert!(png.brotli.is_none() && !dist.path().join("b.png.br").exists());
        let mut unpacked = Vec::new();
        let copy = std::fs::read(dist.path().join("a.js.br")).unwrap();
        brotli::BrotliDecompress(&mut copy.as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
    }

    #[test]
    fn a_fingerprint_follows_the_sources() {
        let sources = |page: &str| {
            let root = folder(&[
                ("Cargo.toml", ""),
                ("Cargo.lock", ""),
                ("Trunk.toml", ""),
                (".cargo/config.toml", ""),
                ("shared/src/lib.rs", ""),
                ("frontend/src/page.rs", page),
                ("frontend/dist/index.html", page),
            ]);
            fingerprint(root.path()).unwrap()
        };
        assert_eq!(sources("a"), sources("a"));
        assert_ne!(sources("a"), sources("b"));
    }

    #[test]
    fn a_release_build_serves_every_day_but_not_the_reverse() {
        let root = folder(&[("dist/service_worker.js", "one")]);
        let dist = root.path().join("dist");
        let state = state_of(&dist).unwrap();
        let current = |built: &str, wanted| {
            let mark = root.path().join("mark");
            std::fs::write(&mark, format!("{built}\nx\n{state}\n")).unwrap();
            is_current(&dist, &mark, wanted, "x")
        };
        assert!(current("wasm-quick", Profile::Quick));
        assert!(current("wasm-release", Profile::Quick));
        assert!(current("wasm-release", Profile::Release));
        assert!(!current("wasm-quick", Profile::Release));
        std::fs::write(dist.join(SERVICE_WORKER), "two").unwrap();
        assert!(!current("wasm-quick", Profile::Quick), "files replaced by another build are not current");
    }
}
