//! Config: what the server is told, by flags, environment and a file.
//! Lives here: every setting with its name and default; which source wins; what is said about a wrong one.
//! May use: the environment, a TOML file, clap, how networks are written. Never: anything that a setting is for.
//! Invariant: a flag wins over the environment, the environment over the file, the file over the default; a wrong
//! value is named by its key and its source and stops the start, and a secret is never repeated.

use crate::bridge::Key as SealingKey;
use crate::printing::Reach;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A setting: the key of the file; the flag is `--key`, the variable `TILLBRIDGE_KEY`.
pub struct Key {
    /// As in the file.
    pub name: &'static str,
    /// What holds when nobody says anything; empty when nothing does.
    pub default: &'static str,
    /// Never shown, and not taken as a flag (whoever lists processes would see it).
    pub secret: bool,
}

const fn key(name: &'static str, default: &'static str) -> Key {
    Key { name, default, secret: false }
}

/// All settings.
pub const KEYS: [Key; 11] = [
    key("data", "data"),
    Key { name: "database", default: "", secret: true },
    key("listen", "127.0.0.1:4100"),
    key("public_url", ""),
    key("log_level", "info"),
    key("log_format", "text"),
    Key { name: "metrics_token", default: "", secret: true },
    key("stop_within_seconds", "20"),
    key("printer_networks", Reach::DEFAULT),
    key("connect_networks", Reach::DEFAULT),
    Key { name: "secret_key", default: "", secret: true },
];

const PREFIX: &str = "TILLBRIDGE_";
/// Variables of our own that are no settings: the tests' and the file's.
const OTHER_VARIABLES: [&str; 3] = ["TILLBRIDGE_CONFIG", "TILLBRIDGE_TEST_", "TILLBRIDGE_BINARY"];

/// Where the books are, for every command.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct StorageFlags {
    /// A file with settings (TOML); `docs/configuration.md` lists them [env: TILLBRIDGE_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of this server's files [env: TILLBRIDGE_DATA] [default: data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<String>,
    /// `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME` [env: TILLBRIDGE_DATABASE] [default: sqlite:DATA/tillbridge.sqlite]
    #[arg(long, value_name = "ADDRESS")]
    database: Option<String>,
    /// What is logged: `error`, `warn`, `info`, `debug`, or by room `info,tillbridge::ingest=debug` [env: TILLBRIDGE_LOG_LEVEL] [default: info]
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// `text` for people, `json` for machines [env: TILLBRIDGE_LOG_FORMAT] [default: text]
    #[arg(long, value_name = "FORM")]
    log_format: Option<String>,
}

impl StorageFlags {
    /// For a command whose database is always its own.
    pub fn of(data: String, log_level: Option<String>, log_format: Option<String>) -> Self {
        Self { config: None, data: Some(data), database: None, log_level, log_format }
    }
}

/// How it is reached, for the commands that serve.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ServingFlags {
    /// Address and port to listen on [env: TILLBRIDGE_LISTEN] [default: 127.0.0.1:4100]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// How browsers reach it through your proxy: `https://till.example.com`. Leave it out where there is none: with it
    /// the proxy's X-Forwarded-For is believed [env: TILLBRIDGE_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How long requests may take to end when the server is stopped [env: TILLBRIDGE_STOP_WITHIN_SECONDS] [default: 20]
    #[arg(long, value_name = "SECONDS")]
    stop_within_seconds: Option<String>,
    /// The networks whose printers it may reach for its tablets; "" for none [env: TILLBRIDGE_PRINTER_NETWORKS] [default: private networks]
    #[arg(long, value_name = "NETWORK,…")]
    printer_networks: Option<String>,
    /// The private networks in which connections to ERPs and online stores may be set up; "" for none [env: TILLBRIDGE_CONNECT_NETWORKS] [default: private networks]
    #[arg(long, value_name = "NETWORK,…")]
    connect_networks: Option<String>,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the server goes by.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Folder of its files.
    pub data: PathBuf,
    /// `sqlite:…` or `postgres://…`; may hold a password.
    pub database: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// How browsers reach it through a proxy, without a slash at the end.
    pub public_url: Option<String>,
    /// What is logged.
    pub log_level: String,
    /// In which form.
    pub log_format: LogFormat,
    /// What a reader of the metrics must show.
    pub metrics_token: Option<String>,
    /// How long requests may take to end when it is stopped.
    pub stop_within_seconds: u64,
    /// Where printers may stand that it prints on for its tablets.
    pub printer_networks: Reach,
    /// Private networks in which connections may be set up.
    pub connect_networks: Reach,
    /// What credentials of connections are sealed with; a file in the data folder holds it where none is set.
    pub secret_key: Option<SealingKey>,
    /// Each key, its value as shown, and where that came from.
    pub told: Vec<(&'static str, String, String)>,
    /// What is worth a word at the start.
    pub notes: Vec<String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("told", &self.told).finish_non_exhaustive()
    }
}

impl Settings {
    /// Do browsers reach it over TLS?
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// Everything that is wrong with the settings, one sentence each.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Where a value came from.
#[derive(Clone, Debug)]
enum Source {
    Flag,
    Environment,
    File(PathBuf),
    Default,
}

impl Source {
    /// The key as it is called there.
    fn name(&self, key: &str) -> String {
        match self {
            Self::Flag => format!("--{}", key.replace('_', "-")),
            Self::Environment => variable(key),
            Self::File(path) => format!("{key} in {}", path.display()),
            Self::Default => format!("{key} (default)"),
        }
    }
}

fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase())
}

/// The variables of this process. Nothing else of the server reads them.
pub fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

/// Puts flags, environment, file and defaults together.
pub fn read(
    storage: &StorageFlags,
    serving: &ServingFlags,
    environment: Vec<(OsString, OsString)>,
) -> Result<Settings, ConfigError> {
    let mut wrong = Vec::new();
    let mut notes = Vec::new();
    let environment = of_ours(environment, &mut wrong, &mut notes);
    let path = storage.config.clone().or_else(|| environment.get("config").map(PathBuf::from));
    let file = match &path {
        Some(path) => from_file(path, &mut wrong),
        None => BTreeMap::new(),
    };
    let flags = [
        ("data", &storage.data),
        ("database", &storage.database),
        ("log_level", &storage.log_level),
        ("log_format", &storage.log_format),
        ("listen", &serving.listen),
        ("public_url", &serving.public_url),
        ("stop_within_seconds", &serving.stop_within_seconds),
        ("printer_networks", &serving.printer_networks),
        ("connect_networks", &serving.connect_networks),
    ];
    let mut values = Values { found: BTreeMap::new(), wrong };
    for key in &KEYS {
        let flag = flags.iter().find(|(name, _)| *name == key.name).and_then(|(_, value)| (*value).clone());
        let of_file = || Some((Source::File(path.clone()?), file.get(key.name)?.clone()));
        let found = flag
            .map(|value| (Source::Flag, value))
            .or_else(|| Some((Source::Environment, environment.get(key.name)?.clone())))
            .or_else(of_file)
            .unwrap_or_else(|| (Source::Default, key.default.to_owned()));
        values.found.insert(key.name, found);
    }
    settings(values, notes)
}

/// The variables that begin as ours do, by key.
fn of_ours(
    environment: Vec<(OsString, OsString)>,
    wrong: &mut Vec<String>,
    notes: &mut Vec<String>,
) -> BTreeMap<String, String> {
    let mut ours = BTreeMap::new();
    for (name, value) in environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let key = name.trim_start_matches(PREFIX).to_lowercase();
        if !KEYS.iter().any(|known| known.name == key)
            && !OTHER_VARIABLES.iter().any(|other| name.starts_with(other))
        {
            notes.push(format!(
                "{name} is not a setting and is not looked at (docs/configuration.md lists them)"
            ));
            continue;
        }
        match value.into_string() {
            Ok(value) => {
                ours.insert(key, value);
            }
            Err(_) => wrong.push(format!("{name}: the value is not text.")),
        }
    }
    ours
}

/// The settings of a file, as text.
fn from_file(path: &Path, wrong: &mut Vec<String>) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let shown = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            wrong.push(format!("The settings file {shown} cannot be read: {error}."));
            return values;
        }
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            wrong.push(format!("The settings file {shown} is not TOML: {}", error.to_string().trim()));
            return values;
        }
    };
    for (key, value) in table {
        if !KEYS.iter().any(|known| known.name == key) {
            let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
            wrong.push(format!("{key} in {shown} is not a setting; there are {}.", known.join(", ")));
            continue;
        }
        match value {
            toml::Value::String(text) => values.insert(key, text),
            toml::Value::Integer(number) => values.insert(key, number.to_string()),
            toml::Value::Boolean(yes) => values.insert(key, yes.to_string()),
            _ => {
                wrong.push(format!("{key} in {shown} must be text, a whole number, true or false."));
                None
            }
        };
    }
    values
}

struct Values {
    found: BTreeMap<&'static str, (Source, String)>,
    wrong: Vec<String>,
}

impl Values {
    fn text(&self, key: &str) -> String {
        self.found.get(key).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    fn filled(&self, key: &str) -> Option<String> {
        Some(self.text(key)).filter(|text| !text.is_empty())
    }

    /// Reads a value; what is wrong is noted with its key, its source and, unless it is a secret, itself.
    fn take<T>(&mut self, key: &str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key);
        let value = read(&text);
        if value.is_none() {
            let source = self.found.get(key).map(|(source, _)| source.name(key)).unwrap_or_default();
            let secret = KEYS.iter().any(|known| known.name == key && known.secret);
            let given = if secret { String::new() } else { format!("\"{text}\" is not right: ") };
            self.wrong.push(format!("{source}: {given}{expected}."));
        }
        value
    }
}

fn settings(mut values: Values, mut notes: Vec<String>) -> Result<Settings, ConfigError> {
    let data = values.take("data", "the path of a folder is expected", |text| {
        (!text.is_empty()).then(|| PathBuf::from(text))
    });
    let fallback = data.as_deref().map(|data| sqlite_in(data, "tillbridge.sqlite")).unwrap_or_default();
    let database = values.take(
        "database",
        "it begins with `sqlite:` and names a file, or with `postgres://` and names a server",
        |text| {
            let address = if text.is_empty() { &fallback } else { text };
            let file =
                address.strip_prefix("sqlite:").map(|file| !file.is_empty() && !file.contains(":memory:"));
            let server = ["postgres://", "postgresql://"].iter().any(|start| address.starts_with(start));
            (file.unwrap_or(server)).then(|| address.to_owned())
        },
    );
    let listen = values.take(
        "listen",
        "an address and a port are expected, like 127.0.0.1:4100 or [::]:4100",
        |text| text.parse::<SocketAddr>().ok(),
    );
    let public_url = values.take(
        "public_url",
        "an address without a path is expected, like https://till.example.com",
        |text| if text.is_empty() { Some(None) } else { origin(text).map(Some) },
    );
    let log_level = values.take(
        "log_level",
        "error, warn, info, debug or trace is expected, or a list like info,tillbridge::ingest=debug",
        |text| (crate::telemetry::is_level(text)).then(|| text.to_owned()),
    );
    let log_format = values.take("log_format", "text or json is expected", |text| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    });
    let stop_within_seconds =
        values.take("stop_within_seconds", "a whole number of seconds from 1 to 600 is expected", |text| {
            text.parse::<u64>().ok().filter(|seconds| (1..=600).contains(seconds))
        });
    let printer_networks = values.take(
        "printer_networks",
        "networks with commas between them are expected, like 192.168.1.0/24, fd00::/8",
        Reach::parse,
    );
    let connect_networks = values.take(
        "connect_networks",
        "networks with commas between them are expected, like 192.168.1.0/24, fd00::/8",
        Reach::parse,
    );
    let secret_key = values.take("secret_key", "64 hexadecimal digits are expected", |text| {
        if text.is_empty() { Some(None) } else { SealingKey::parse(text).map(Some) }
    });
    let metrics_token = values.filled("metrics_token");
    if let (Some(listen), Some(None)) = (listen, &public_url)
        && !listen.ip().is_loopback()
    {
        notes.push(
            "browsers on other machines give a page its keys and storage over https only: put a proxy with TLS \
             before this server and set public_url (docs/deploy.md)"
                .to_owned(),
        );
    }
    let told = told(&values, &fallback);
    let networks = printer_networks.zip(connect_networks);
    match (
        data,
        database,
        listen,
        public_url,
        log_level,
        log_format,
        stop_within_seconds,
        networks,
        secret_key,
    ) {
        (
            Some(data),
            Some(database),
            Some(listen),
            Some(public_url),
            Some(log_level),
            Some(log_format),
            Some(stop_within_seconds),
            Some((printer_networks, connect_networks)),
            Some(secret_key),
        ) if values.wrong.is_empty() => Ok(Settings {
            data,
            database,
            listen,
            public_url,
            log_level,
            log_format,
            metrics_token,
            stop_within_seconds,
            printer_networks,
            connect_networks,
            secret_key,
            told,
            notes,
        }),
        _ => Err(ConfigError(values.wrong)),
    }
}

fn told(values: &Values, fallback: &str) -> Vec<(&'static str, String, String)> {
    let told = |key: &Key| {
        let (source, value) = values.found.get(key.name)?;
        let shown = match key.name {
            "database" if value.is_empty() => fallback.to_owned(),
            "database" => without_password(value),
            _ if value.is_empty() => "-".to_owned(),
            _ if key.secret => "(set)".to_owned(),
            _ => value.clone(),
        };
        let source = match source {
            Source::Default => "default".to_owned(),
            other => other.name(key.name),
        };
        Some((key.name, shown, source))
    };
    KEYS.iter().filter_map(told).collect()
}

/// A database file in a folder, as an address. Letters that mean something in an address are written by number.
pub fn sqlite_in(folder: &Path, file: &str) -> String {
    let path = folder.join(file).display().to_string();
    format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F").replace('#', "%23"))
}

/// The address of a database without its password, for people and logs.
pub fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    // Parameters may hold a password too (`?password=…`).
    let rest = rest.split('?').next().unwrap_or("");
    match rest.rsplit_once('@') {
        Some((who, place)) => {
            let user = who.split(':').next().unwrap_or("");
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// `https://host[:port]`, without a slash at the end.
fn origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(fit)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tillbridge.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn storage(config: Option<PathBuf>) -> StorageFlags {
        StorageFlags { config, ..StorageFlags::default() }
    }

    #[test]
    fn without_a_word_everything_has_a_value() {
        let settings = read(&storage(None), &ServingFlags::default(), Vec::new()).unwrap();
        assert_eq!(settings.database, "sqlite:data/tillbridge.sqlite");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:4100");
        assert_eq!((settings.log_level.as_str(), settings.log_format), ("info", LogFormat::Text));
        assert_eq!((settings.public_url.as_deref(), settings.is_https()), (None, false));
        assert!(settings.notes.is_empty());
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let (_folder, path) =
            file("listen = \"127.0.0.1:1\"\nlog_format = \"json\"\ndata = \"shop\"\nstop_within_seconds = 5");
        let serving = ServingFlags { listen: Some("127.0.0.1:3".into()), ..ServingFlags::default() };
        let environment = variables(&[
            ("TILLBRIDGE_LISTEN", "127.0.0.1:2"),
            ("TILLBRIDGE_DATA", "elsewhere"),
            ("TILLBRIDGE_CONFIG", path.to_str().unwrap()),
            ("HOME", "/nowhere"),
        ]);
        let settings = read(&storage(None), &serving, environment).unwrap();
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.data, PathBuf::from("elsewhere"));
        assert_eq!((settings.log_format, settings.stop_within_seconds), (LogFormat::Json, 5));
        let source = |key| settings.told.iter().find(|told| told.0 == key).unwrap().2.clone();
        assert_eq!(source("listen"), "--listen");
        assert_eq!(source("data"), "TILLBRIDGE_DATA");
        assert_eq!(source("log_format"), format!("log_format in {}", path.display()));
        assert_eq!(source("log_level"), "default");
    }

    #[test]
    fn each_wrong_value_is_named_by_key_and_source_and_a_secret_is_not_repeated() {
        let (_folder, path) = file("log_format = \"xml\"\ncolour = \"red\"\nstop_within_seconds = [1]\n");
        let serving = ServingFlags { listen: Some("4100".into()), ..ServingFlags::default() };
        let environment = variables(&[
            ("TILLBRIDGE_PUBLIC_URL", "till.example.com/shop"),
            ("TILLBRIDGE_DATABASE", "mysql://till:hunter2@db/till"),
            ("TILLBRIDGE_LOG_LEVEL", "loud=very=much"),
            ("TILLBRIDGE_PRINTER_NETWORKS", "192.168.1.50"),
        ]);
        let error = read(&storage(Some(path.clone())), &serving, environment).unwrap_err().to_string();
        for said in [
            "--listen: \"4100\" is not right: an address and a port are expected",
            "TILLBRIDGE_PUBLIC_URL: \"till.example.com/shop\" is not right",
            "TILLBRIDGE_DATABASE: it begins with `sqlite:`",
            "TILLBRIDGE_LOG_LEVEL: \"loud=very=much\" is not right",
            "TILLBRIDGE_PRINTER_NETWORKS: \"192.168.1.50\" is not right: networks with commas",
            &format!("log_format in {}: \"xml\" is not right: text or json", path.display()),
            &format!("colour in {} is not a setting; there are data, database", path.display()),
            &format!("stop_within_seconds in {} must be text, a whole number", path.display()),
        ] {
            assert!(error.contains(said), "{said}\nis missing in\n{error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_file_that_is_missing_or_no_toml_is_named() {
        let (folder, path) = file("listen = ");
        let said = |config| {
            read(&storage(Some(config)), &ServingFlags::default(), Vec::new()).unwrap_err().to_string()
        };
        assert!(said(path).contains("tillbridge.toml is not TOML"));
        assert!(said(folder.path().join("other.toml")).contains("other.toml cannot be read"));
    }

    #[test]
    fn a_mistyped_variable_and_an_open_address_get_a_word() {
        let environment = variables(&[
            ("TILLBRIDGE_LISTN", "x"),
            ("TILLBRIDGE_TEST_POSTGRES", "x"),
            ("TILLBRIDGE_LISTEN", "0.0.0.0:4100"),
        ]);
        let settings = read(&storage(None), &ServingFlags::default(), environment.clone()).unwrap();
        assert_eq!(settings.notes.len(), 2, "{:?}", settings.notes);
        assert!(settings.notes[0].starts_with("TILLBRIDGE_LISTN is not a setting"));
        assert!(settings.notes[1].contains("https"));
        let serving =
            ServingFlags { public_url: Some("https://till.example.com/".into()), ..ServingFlags::default() };
        let settings = read(&storage(None), &serving, environment).unwrap();
        assert_eq!(settings.public_url.as_deref(), Some("https://till.example.com"));
        assert!(settings.is_https());
        assert_eq!(settings.notes.len(), 1);
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        for (address, shown) in [
            ("postgres://till:p%40ss@db:5432/till?sslmode=require", "postgres://till@db:5432/till"),
            ("postgres://db/till?password=x", "postgres://db/till"),
            ("sqlite:data/x.sqlite", "sqlite:data/x.sqlite"),
        ] {
            assert_eq!(without_password(address), shown);
        }
        let environment = variables(&[
            ("TILLBRIDGE_DATABASE", "postgres://a:geheim@b/c"),
            ("TILLBRIDGE_METRICS_TOKEN", "geheim"),
        ]);
        let settings = read(&storage(None), &ServingFlags::default(), environment).unwrap();
        assert!(!format!("{settings:?} {:?}", settings.told).contains("geheim"));
    }

    #[test]
    fn a_folder_with_odd_letters_is_still_a_folder() {
        assert_eq!(sqlite_in(Path::new("100% shop?"), "a.sqlite"), "sqlite:100%25 shop%3F/a.sqlite");
    }
}
