//! Connect: how a connection to an ERP or an online store is set up and how it stands, in words both sides read.
//! Lives here: what a kind of remote system can do (described by its connector), a connection, its flows, its deliveries, its matches.
//! May use: ids, serde. Never: a vendor, a request, a secret that was saved (secrets go in and never come out).
//! Invariant: every delivery is waiting, delivered, refused with a reason, or set aside by a person; there is no fifth state.

mod check;
mod delivery;
mod mapping;
mod matching;
mod plan;
mod reconciliation;
pub mod usage;

pub use check::{DataCheck, Finding, Found, FoundRow, MOST_EXAMPLES, Side, Weight};
pub use delivery::{Counted, DeliveriesRequest, Delivery, DeliveryState, Exchange, MOST_SHOWN};
pub use mapping::{
    Agreed, Agreements, FieldMapping, Owner, ProductField, ProductMapping, RemoteField, Rule, ValueForm,
    template_fields,
};
pub use matching::{Choice, LinkKind, MatchRequest, MatchRow, MatchWay};
pub use plan::{
    AcceptRequest, FieldFate, FieldPlan, MOST_PLANNED, MappingVersion, MappingView, Plan, PlanCount,
    PlanKind, PlanRow, Sample, Unmapped, ValueProblem,
};
pub use reconciliation::{Difference, DifferenceKind, MOST_DIFFERENCES, Reconciliation, StoreDay, Sums};

use crate::ids::ConnectionId;
use crate::store::WrongSetting;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest name of a connection, in letters.
const LONGEST_NAME: usize = 60;
/// Longest value of a setting, in bytes: a key file fits.
const LONGEST_VALUE: usize = 8_192;

/// What stands at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RemoteKind {
    /// Does the books and the stock.
    Erp,
    /// Takes orders on the web.
    OnlineStore,
    /// Does the books alone.
    Accounting,
}

/// One kind of record going one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Their products and variants, with prices and tax, come in.
    Products,
    /// What of products we decide goes out, where the mapping says so.
    ProductChanges,
    /// Our sales and returns go out.
    Sales,
}

impl Flow {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Products, Self::ProductChanges, Self::Sales];

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::ProductChanges => "product_changes",
            Self::Sales => "sales",
        }
    }

    /// The flow of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flow| flow.word() == word)
    }

    /// Does it come in from the other side?
    pub fn comes_in(self) -> bool {
        matches!(self, Self::Products)
    }
}

/// How a setting is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SettingForm {
    /// `https://erp.example.com`: where it is. Every connector has exactly one, named `address`.
    Address,
    /// A line.
    Text,
    /// A line that is not shown again.
    Secret,
}

/// A setting of a connection, as its form asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingField {
    /// Its name in requests: lower-case letters and `_`.
    pub name: String,
    /// What a person is asked for, as the vendor calls it.
    pub label: String,
    /// How.
    pub form: SettingForm,
    /// Can it be left empty?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// What one looks like.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example: String,
}

/// A kind of remote system that can be connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectorView {
    /// Its name in requests.
    pub name: String,
    /// What its vendor calls it.
    pub title: String,
    /// What it is.
    pub kind: RemoteKind,
    /// Which of its versions it is for, and how far that was tried.
    pub versions: String,
    /// What is asked of whoever connects it.
    pub settings: Vec<SettingField>,
    /// What can flow.
    pub flows: Vec<Flow>,
    /// What must be matched before sales go out.
    pub matches: Vec<LinkKind>,
    /// What their products have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<RemoteField>,
    /// How often it may be asked, in words; nothing where its vendor says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
}

/// When a flow runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlowSetting {
    /// Which.
    pub flow: Flow,
    /// Does it run at all?
    pub on: bool,
    /// Of what comes in: how often the other side is asked, in minutes (1 to 1,440). Of what goes out: 0, as it happens.
    #[serde(default)]
    pub every_minutes: u32,
}

impl FlowSetting {
    /// As a new connection begins: what comes in every five minutes, what goes out as it happens, nothing of it on.
    pub fn new(flow: Flow) -> Self {
        Self { flow, on: false, every_minutes: if flow.comes_in() { 5 } else { 0 } }
    }
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Being set up: nothing flows, nothing is noted for it.
    #[default]
    Draft,
    /// Flows.
    Running,
    /// Halted by a person: what should go out waits.
    Paused,
}

impl ConnectionState {
    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Draft, Self::Running, Self::Paused].into_iter().find(|state| state.word() == word)
    }
}

/// What whoever connects types in. Secrets are only ever sent this way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionRequest {
    /// Which kind; of a connection that is there it cannot be changed.
    pub connector: String,
    /// Its name among people.
    pub name: String,
    /// By the names of the connector's form. A secret that is left out, or empty, stays as it was saved.
    pub settings: BTreeMap<String, String>,
    /// When what flows; a flow that is left out stays as it is.
    #[serde(default)]
    pub flows: Vec<FlowSetting>,
    /// May it be reached inside a private network? Else only addresses of the public internet are.
    #[serde(default)]
    pub private_network: bool,
}

/// Values may be secrets: only names are printed.
impl std::fmt::Debug for ConnectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.settings.keys().collect();
        write!(f, "ConnectionRequest({} “{}” {names:?})", self.connector, self.name)
    }
}

impl ConnectionRequest {
    /// What cannot be, each with its field; `saved` are the names of secrets that are there already.
    pub fn check(&self, connector: &ConnectorView, saved: &[String]) -> Vec<WrongSetting> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, message: &str| {
            wrong.push(WrongSetting { field: field.to_owned(), message: message.to_owned() });
        };
        let length = self.name.trim().chars().count();
        if length == 0 || length > LONGEST_NAME || self.name.contains(char::is_control) {
            say("name", "Give the connection a name of at most 60 letters.");
        }
        for field in &connector.settings {
            let value = self.settings.get(&field.name).map_or("", |value| value.trim());
            let is_saved = field.form == SettingForm::Secret && saved.contains(&field.name);
            if value.is_empty() && !field.optional && !is_saved {
                say(&field.name, "This is needed.");
            } else if value.len() > LONGEST_VALUE || value.contains(char::is_control) {
                say(&field.name, "This is too long, or holds letters that cannot be typed.");
            } else if field.form == SettingForm::Address && !is_address(value) {
                say(&field.name, "An address like https://erp.example.com is expected.");
            }
        }
        for name in self.settings.keys() {
            if !connector.settings.iter().any(|field| field.name == *name) {
                say(name, "There is no such setting.");
            }
        }
        for setting in &self.flows {
            let is_right = match setting.flow.comes_in() {
                true => (1..=1_440).contains(&setting.every_minutes),
                false => setting.every_minutes == 0,
            };
            if !connector.flows.contains(&setting.flow) {
                say("flows", "This connector has no such flow.");
            } else if !is_right {
                say(
                    "flows",
                    "What comes in is asked for every 1 to 1,440 minutes; what goes out goes as it happens.",
                );
            }
        }
        wrong
    }
}

/// `https://host[:port][/path]`, or http; no user in it, no question.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split('/').next().unwrap_or("");
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !host.is_empty() && host.chars().all(fits) && !rest.contains(['?', '#', '@', ' ', '\\'])
}

/// A flow of a connection and what it has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlowView {
    /// As it is set.
    #[serde(flatten)]
    pub setting: FlowSetting,
    /// Records waiting to go out.
    pub waiting: i64,
    /// Records the other side refused, for a person.
    pub refused: i64,
    /// Records delivered or taken in since midnight UTC.
    pub done_today: i64,
    /// Calls made for it since midnight UTC.
    pub calls_today: i64,
    /// When the oldest that waits was noted, epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_waiting_ms: Option<i64>,
    /// Of what comes in: when it was last whole, epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_whole_ms: Option<i64>,
}

/// A connection as people see it; no secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionView {
    /// Its id.
    pub id: ConnectionId,
    /// Which kind.
    pub connector: String,
    /// Its name among people.
    pub name: String,
    /// How it stands.
    pub state: ConnectionState,
    /// What is set, without the secrets.
    pub settings: BTreeMap<String, String>,
    /// Names of the secrets that are saved.
    pub secrets: Vec<String>,
    /// May it be reached inside a private network?
    pub private_network: bool,
    /// Its flows.
    pub flows: Vec<FlowView>,
    /// When the other side last answered, epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at_ms: Option<i64>,
    /// What is wrong with the connection itself; nothing while it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// When it is tried again, epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at_ms: Option<i64>,
    /// Our values that sales need and that have no match there.
    pub unmatched: i64,
}

/// What a test of a connection found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum TestOutcome {
    /// It answers, and knows us.
    Works {
        /// What it says it is: name and version, the company.
        about: String,
    },
    /// It does not.
    Fails {
        /// What is wrong and what to do.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector() -> ConnectorView {
        let field = |name: &str, form, optional| SettingField {
            name: name.to_owned(),
            label: name.to_owned(),
            form,
            optional,
            example: String::new(),
        };
        ConnectorView {
            name: "erp".to_owned(),
            title: "An ERP".to_owned(),
            kind: RemoteKind::Erp,
            versions: "1".to_owned(),
            settings: vec![
                field("address", SettingForm::Address, false),
                field("key", SettingForm::Secret, false),
                field("company", SettingForm::Text, true),
            ],
            flows: vec![Flow::Sales],
            matches: vec![LinkKind::Product],
            fields: Vec::new(),
            limits: String::new(),
        }
    }

    #[test]
    fn what_is_typed_in_is_checked_field_by_field() {
        let request = |address: &str, key: &str, flows: Vec<FlowSetting>| ConnectionRequest {
            connector: "erp".to_owned(),
            name: "Books".to_owned(),
            settings: [("address".to_owned(), address.to_owned()), ("key".to_owned(), key.to_owned())].into(),
            flows,
            private_network: false,
        };
        let sales = |every_minutes| vec![FlowSetting { flow: Flow::Sales, on: true, every_minutes }];
        for (request, saved, wrong) in [
            (request("https://erp.example.com/db", "k", sales(0)), vec![], ""),
            (request("http://127.0.0.1:8000", "k", vec![]), vec![], ""),
            (request("erp.example.com", "k", vec![]), vec![], "address"),
            (request("https://me:pw@erp.example.com", "k", vec![]), vec![], "address"),
            (request("https://erp.example.com/?x=1", "k", vec![]), vec![], "address"),
            (request("ftp://erp.example.com", "k", vec![]), vec![], "address"),
            (request("https://erp.example.com", "", vec![]), vec![], "key"),
            (request("https://erp.example.com", "", vec![]), vec!["key".to_owned()], ""),
            (request("https://erp.example.com", "k", sales(5)), vec![], "flows"),
            (
                request("https://erp.example.com", "k", vec![FlowSetting::new(Flow::Products)]),
                vec![],
                "flows",
            ),
        ] {
            let found: Vec<String> =
                request.check(&connector(), &saved).into_iter().map(|one| one.field).collect();
            assert_eq!(found.join(","), wrong, "{request:?}");
        }
        assert!(!format!("{:?}", request("https://a", "hush", vec![])).contains("hush"));
    }

    #[test]
    fn words_in_tables_come_back_as_what_they_were() {
        for flow in Flow::ALL {
            assert_eq!(Flow::of_word(flow.word()), Some(flow));
        }
        for state in [ConnectionState::Draft, ConnectionState::Running, ConnectionState::Paused] {
            assert_eq!(ConnectionState::of_word(state.word()), Some(state));
        }
        for kind in LinkKind::ALL {
            assert_eq!(LinkKind::of_word(kind.word()), Some(kind));
        }
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::of_word(state.word()), Some(state));
        }
    }
}
