//! New connector: a connector that compiles, passes what every connector must pass, and says that it does nothing yet.
//! Lives here: what its names may be (`name`), its files, its two lines among the others (`lines`).
//! May use: the templates, their tokens, the file system. Never: a vendor, cargo.
//! Invariant: all is looked at before anything is written; what is refused or fails leaves everything as it was.

mod lines;
mod name;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use proc_macro2::{TokenStream, TokenTree};

use crate::command;
use name::Name;

const LIST: &str = "backend/connectors/src/lib.rs";
const MODULE: &str = include_str!("../../templates/connector/mod.rs");
const PAGE: &str = include_str!("../../templates/connector/page.md");

#[derive(clap::Args)]
pub struct Arguments {
    /// What it is called in the code and in requests: lower-case letters, digits and single `_`, as in `acme_books`.
    name: String,
    /// What its vendor calls it; else the name in capitals, `Acme Books`.
    #[arg(long)]
    title: Option<String>,
    /// What stands at the other end.
    #[arg(long, value_enum, default_value_t = Kind::Erp)]
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Does the books and the stock.
    Erp,
    /// Takes orders on the web.
    OnlineStore,
    /// Does the books alone.
    Accounting,
}

impl Kind {
    /// Its word in the product.
    fn variant(self) -> &'static str {
        match self {
            Self::Erp => "Erp",
            Self::OnlineStore => "OnlineStore",
            Self::Accounting => "Accounting",
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let made = Connector::checked(&command::workspace(), arguments)?;
    made.write(&command::workspace())?;
    print!("{}", made.report());
    Ok(ExitCode::SUCCESS)
}

/// What is to be written.
#[derive(Debug)]
struct Connector {
    name: Name,
    folder: String,
    module: String,
    /// None where somebody wrote down already how it answers.
    page: Option<(String, String)>,
    list: String,
}

impl Connector {
    /// Everything is looked at, nothing is written.
    fn checked(root: &Path, arguments: &Arguments) -> Result<Self> {
        let name = Name::checked(&arguments.name, arguments.title.as_deref())?;
        if TokenStream::from_str(MODULE).is_ok_and(|tokens| uses(tokens, &name.of_type)) {
            bail!("`{name}` would be a type `{}`, and there is one: take another name", name.of_type);
        }
        let folder = format!("backend/connectors/src/{name}");
        for path in [folder.clone(), format!("{folder}.rs")] {
            if fs::symlink_metadata(root.join(&path)).is_ok() {
                bail!("{path} is there already: take another name");
            }
        }
        let text = fs::read_to_string(root.join(LIST)).with_context(|| format!("{LIST} cannot be read"))?;
        let list = lines::with(&text, &name).with_context(|| {
            format!("{LIST} is not as it is expected; nothing was changed (docs/howto/connector.md)")
        })?;
        let fill = |template: &str| filled(template, &name, arguments.kind);
        let page = format!("docs/connectors/{name}.md");
        let page = (!root.join(&page).exists()).then(|| (page, fill(PAGE)));
        Ok(Self { folder, module: fill(MODULE), page, list, name })
    }

    /// Writes all of it, or takes back what it wrote.
    fn write(&self, root: &Path) -> Result<()> {
        let folder = root.join(&self.folder);
        fs::create_dir(&folder).with_context(|| format!("{} cannot be made", self.folder))?;
        let written = self.write_into(root, &folder);
        if written.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        written
    }

    fn write_into(&self, root: &Path, folder: &Path) -> Result<()> {
        create(&folder.join("mod.rs"), &self.module)?;
        let Some((path, text)) = &self.page else { return replace(&root.join(LIST), &self.list) };
        let path = root.join(path);
        create(&path, text)?;
        let replaced = replace(&root.join(LIST), &self.list);
        if replaced.is_err() {
            let _ = fs::remove_file(&path);
        }
        replaced
    }

    fn report(&self) -> String {
        let page = match &self.page {
            Some((path, _)) => format!("made     {path}\n"),
            None => format!("kept     docs/connectors/{}.md, which was there\n", self.name),
        };
        format!(
            "made     {folder}/mod.rs\n{page}changed  {LIST}: `mod {name};`, and its place in `all()`\n\n\
            It answers to its name and does nothing yet. Before and after each step:\n    \
            cargo nextest run --package tillbridge-connectors --test contract --test scenarios\n\
            A stand-in comes when `Look`, `List` and `Changed` are built, before that it cannot pass the scenarios:\n    \
            e2e/fakes/src/{name}/, and its line in `all()` of e2e/fakes/src/lib.rs\n\
            The steps are in docs/howto/connector.md.\n",
            folder = self.folder,
            name = self.name,
        )
    }
}

/// A new file; one that is there is not written over. What could not be written whole is taken away.
fn create(path: &Path, text: &str) -> Result<()> {
    let about = || format!("{} cannot be written", path.display());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path).with_context(about)?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written.with_context(about)
}

/// The old text or the new one, never half of it.
fn replace(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension("rs.new");
    create(&beside, text)?;
    let renamed = fs::rename(&beside, path);
    if renamed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    renamed.with_context(|| format!("{} cannot be changed", path.display()))
}

fn filled(template: &str, name: &Name, kind: Kind) -> String {
    template
        .replace("__name__", &name.of_module)
        .replace("__Type__", &name.of_type)
        .replace("__Kind__", kind.variant())
        .replace("__Title__", &name.title)
}

/// Does the code, without what it only says, use this word?
fn uses(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(known) => known == word,
        TokenTree::Group(group) => uses(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;
    use std::collections::BTreeMap;

    /// A copy of what is needed of the project.
    fn copy() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for inside in ["backend/connectors/src", "docs/connectors"] {
            fs::create_dir_all(folder.path().join(inside)).unwrap();
        }
        fs::copy(command::workspace().join(LIST), folder.path().join(LIST)).unwrap();
        folder
    }

    /// Every file and folder with what is in it.
    fn all(root: &Path) -> BTreeMap<String, String> {
        let entries = walkdir::WalkDir::new(root).into_iter().map(|entry| entry.unwrap().into_path());
        entries
            .map(|path| {
                let text = if path.is_file() { fs::read_to_string(&path).unwrap() } else { String::new() };
                (path.strip_prefix(root).unwrap().display().to_string(), text)
            })
            .collect()
    }

    fn asked(name: &str, title: Option<&str>, kind: Kind) -> Arguments {
        Arguments { name: name.to_owned(), title: title.map(str::to_owned), kind }
    }

    fn make(root: &Path, arguments: &Arguments) -> Result<()> {
        Connector::checked(root, arguments)?.write(root)
    }

    #[test]
    fn a_connector_is_made_whole_and_a_second_time_is_refused() {
        let copy = copy();
        let root = copy.path();
        let before = all(root);
        let acme = asked("acme_books", Some("Acme Books & Co."), Kind::Accounting);
        make(root, &acme).unwrap();

        let after = all(root);
        let new: Vec<&str> =
            after.keys().filter(|path| !before.contains_key(*path)).map(String::as_str).collect();
        let module = "backend/connectors/src/acme_books/mod.rs";
        let page = "docs/connectors/acme_books.md";
        assert_eq!(new, ["backend/connectors/src/acme_books", module, page]);
        for expected in
            ["pub(crate) struct AcmeBooks;", "name: \"acme_books\".to_owned(),", "RemoteKind::Accounting,"]
        {
            assert!(after[module].contains(expected), "{expected}");
        }
        assert!(after[module].contains("const TITLE: &str = \"Acme Books & Co.\";"));
        assert!(after[page].starts_with("# Acme Books & Co., as it answers\n"));
        assert!(after.values().all(|text| !text.contains("__")), "every place is filled");
        assert!(TokenStream::from_str(&after[module]).is_ok());
        assert_eq!(tidy::of_one(module, &after[module]), [], "tidy finds nothing in it");

        let added: Vec<&str> = lines_only_in(&after[LIST], &before[LIST]);
        assert!(added.contains(&"mod acme_books;") && after[LIST].contains("&acme_books::AcmeBooks"));
        // The list may have been broken into lines; but for that nothing else is touched.
        let bare = |text: &str| text.replace([' ', '\n', ','], "");
        let undone = bare(&after[LIST]).replace("modacme_books;", "").replace("&acme_books::AcmeBooks", "");
        assert_eq!(undone, bare(&before[LIST]));

        let again = make(root, &acme).unwrap_err();
        assert!(again.to_string().contains("is there already"), "{again:#}");
        assert_eq!(all(root), after);
        // Also where only its lines are left of it.
        fs::remove_dir_all(root.join("backend/connectors/src/acme_books")).unwrap();
        let left = all(root);
        assert!(make(root, &acme).is_err());
        assert_eq!(all(root), left);
    }

    fn lines_only_in<'a>(text: &'a str, other: &str) -> Vec<&'a str> {
        text.lines().filter(|line| !other.lines().any(|known| known == *line)).collect()
    }

    /// Nothing here compiles what is made: a part that is missing in it is found by its name.
    #[test]
    fn what_every_connector_has_the_template_has_too() {
        let read = |path: &str| fs::read_to_string(command::workspace().join(path)).unwrap();
        let block = |text: &str, head: &str| {
            let (_, rest) = text.split_once(head).unwrap();
            rest.split("\n}").next().unwrap().to_owned()
        };
        let methods = block(&read(LIST), "pub trait Connector: Send + Sync {");
        let methods = methods.lines().filter_map(|line| line.strip_suffix(';'));
        let given = MODULE.replace(", _", ", ");
        let mut parts: Vec<(&str, String)> =
            methods.map(|line| (given.as_str(), format!("{line} {{"))).collect();
        let commands = block(&read("backend/connectors/src/command.rs"), "pub enum Command {");
        let commands = commands.lines().filter_map(|line| line.strip_prefix("    "));
        let commands = commands.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        parts.extend(commands.map(|line| (MODULE, format!("Command::{}", word(line)))));
        let fields = block(&read("shared/src/connect.rs"), "pub struct ConnectorView {");
        let fields = fields.lines().filter_map(|line| line.strip_prefix("    pub "));
        parts.extend(fields.map(|line| (MODULE, format!("            {}: ", word(line)))));
        assert!(parts.len() >= 21, "{parts:?}");
        for (text, part) in parts {
            assert!(text.contains(&part), "xtask/templates/connector/mod.rs has no `{part}`");
        }
    }

    fn word(line: &str) -> &str {
        line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap()
    }

    #[test]
    fn what_somebody_wrote_of_a_vendor_is_kept() {
        let copy = copy();
        let page = copy.path().join("docs/connectors/acme_books.md");
        fs::write(&page, "seen").unwrap();
        make(copy.path(), &asked("acme_books", None, Kind::OnlineStore)).unwrap();
        assert_eq!(fs::read_to_string(page).unwrap(), "seen");
        assert!(copy.path().join("backend/connectors/src/acme_books/mod.rs").is_file());
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let copy = copy();
        let root = copy.path();
        let before = all(root);
        let names =
            ["", "Acme", "acme-books", "7eleven", "söhne", "../up", "match", "tryton", "answer", "lib"];
        for name in names.into_iter().chain(["request", "bin", "shared", "_", "acme_", "a__b", "util"]) {
            assert!(make(root, &asked(name, None, Kind::Erp)).is_err(), "{name}");
        }
        for title in ["", " ", "Acme \"Books\"", "Acme\nBooks", "back\\slash", "{TITLE}", &"long".repeat(20)]
        {
            assert!(make(root, &asked("acme", Some(title), Kind::Erp)).is_err(), "{title}");
        }
        assert_eq!(all(root), before);
    }

    #[test]
    fn what_fails_half_way_is_taken_back() {
        let copy = copy();
        let root = copy.path();
        // No place for the page; then none for the list.
        fs::remove_dir(root.join("docs/connectors")).unwrap();
        let before = all(root);
        assert!(make(root, &asked("acme", None, Kind::Erp)).is_err());
        assert_eq!(all(root), before);
        fs::create_dir(root.join("docs/connectors")).unwrap();
        fs::create_dir(root.join("backend/connectors/src/lib.rs.new")).unwrap();
        let before = all(root);
        assert!(make(root, &asked("acme", None, Kind::Erp)).is_err());
        assert_eq!(all(root), before);
    }
}
