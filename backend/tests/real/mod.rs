//! Real: the peers that `cargo xtask peers` starts, each with the state of its seed (ADR 0043).
//! Lives here: finding them, a state of one's own for each story, the few calls a story makes by itself.
//! May use: HTTP, the peers' own documents. Never: a connector (what it does is checked against this).
//! Invariant: a story that finds no peer fails in CI and says elsewhere that it was not told.
#![allow(dead_code)] // each story file uses its part

use serde_json::{Value, json};
use tillbridge::clock;

#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
fn access(variable: &str) -> Option<Value> {
    let Ok(access) = std::env::var(variable) else {
        assert!(std::env::var("CI").is_err(), "{variable} must be set in CI: run `cargo xtask peers -- …`");
        eprintln!("no {variable}: this story was NOT told; `cargo xtask peers -- …` tells it");
        return None;
    };
    Some(serde_json::from_str(&access).unwrap())
}

fn text(access: &Value, field: &str) -> String {
    access[field].as_str().unwrap_or_else(|| panic!("no {field}")).to_owned()
}

/// A Tryton with books of its own.
pub struct Tryton {
    pub address: String,
    pub database: String,
    pub user: String,
    pub password: String,
    /// The key of its user application `rest`.
    pub key: String,
    session: String,
    client: reqwest::Client,
}

impl Tryton {
    /// A copy of the seeded books that no other story sees.
    pub async fn own() -> Option<Self> {
        let access = access("TILLBRIDGE_TEST_TRYTON")?;
        let database = format!("t{:032x}", u128::from_be_bytes(clock::random()));
        let server = text(&access, "postgres");
        let options: sqlx::postgres::PgConnectOptions = server.parse().unwrap();
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
        let copy = format!("CREATE DATABASE {database} TEMPLATE {}", text(&access, "template"));
        sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
        let mut tryton = Self {
            address: text(&access, "address"),
            database,
            user: text(&access, "user"),
            password: text(&access, "password"),
            key: text(&access, "key"),
            session: String::new(),
            client: tillbridge::runner::client().build().unwrap(),
        };
        tryton.open().await;
        tryton.log_in().await;
        Some(tryton)
    }

    /// Makes the server load the database. It does not on a login, which it would answer with errors for ever; it does on a
    /// call of this kind, and nobody gets nothing by it.
    async fn open(&self) {
        let nobody = json!({ "user": "nobody", "application": "rest" });
        let place = format!("{}/{}/user/application/", self.address, self.database);
        // The server keeps the list of its databases for five minutes, one for each name it is called by: a name of our own.
        let name = format!("{}.localhost", self.database);
        let request = self.client.post(place).header("host", name).json(&nobody);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    async fn log_in(&mut self) {
        let login = json!([self.user, { "password": self.password }, "en"]);
        let answer = self.post("common.db.login", &login).await.unwrap().unwrap();
        let (id, token) = (answer[0].as_i64().unwrap(), answer[1].as_str().unwrap());
        let session = format!("{}:{id}:{token}", self.user);
        self.session = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, session);
    }

    /// One call in the company; what it answered, or its error.
    pub async fn call(&self, method: &str, parameters: Vec<Value>) -> Result<Value, Value> {
        self.call_in(method, parameters, json!({ "company": 1, "language": "en" })).await
    }

    /// One call with a context of its own, which stands last among the parameters.
    pub async fn call_in(
        &self,
        method: &str,
        mut parameters: Vec<Value>,
        context: Value,
    ) -> Result<Value, Value> {
        parameters.push(context);
        self.post(method, &Value::Array(parameters)).await.unwrap()
    }

    async fn post(&self, method: &str, parameters: &Value) -> Result<Result<Value, Value>, reqwest::Error> {
        let body = json!({ "id": 0, "method": method, "params": parameters });
        let mut request = self.client.post(format!("{}/{}/rpc/", self.address, self.database)).json(&body);
        if !self.session.is_empty() {
            request = request.header("authorization", format!("Session {}", self.session));
        }
        let answer: Value = request.send().await?.json().await?;
        Ok(answer.get("error").map_or_else(|| Ok(answer["result"].clone()), |error| Err(error.clone())))
    }
}

/// The store, as it was seeded. Stories about it have its name in theirs: they are told one after the other.
pub struct Vendure {
    pub address: String,
    pub user: String,
    pub password: String,
    pub key: String,
    client: reqwest::Client,
}

impl Vendure {
    pub async fn fresh() -> Option<Self> {
        let access = access("TILLBRIDGE_TEST_VENDURE")?;
        let client = tillbridge::runner::client().build().unwrap();
        let answer = client.post(text(&access, "reset")).send().await.unwrap();
        assert_eq!(answer.status(), 204, "the store was not set back");
        let text = |field: &str| self::text(&access, field);
        let (user, password) = (text("user"), text("password"));
        Some(Self { address: text("address"), user, password, key: text("key"), client })
    }

    /// One question to its admin API; what it answered.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let request = self.client.post(format!("{}/admin-api", self.address));
        let request = request.header("vendure-api-key", &self.key);
        let body = json!({ "query": query, "variables": variables });
        let mut answer: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].take()
    }
}
