//! Place: where the server's books lie: in a file of its own, or in a database of a real PostgreSQL.
//! Lives here: copying the ground, opening, looking, backups; what hinders a commit.
//! May use: the server's store. Never: a rule of the books.
//! Invariant: every run has its own copy, which is gone when the run is over.

use sqlx::{Connection, PgConnection, PgPool};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tillbridge::store::{Db, Tx, backup, feed};

/// What a run begins with.
#[derive(Clone)]
pub enum Soil {
    /// A SQLite file, to the byte.
    File(Vec<u8>),
    /// A database that others are made from.
    Database(Database),
}

/// A database of a PostgreSQL.
#[derive(Clone)]
pub struct Database {
    /// Of the server, with an account that may create databases.
    server: String,
    /// Its own.
    name: String,
}

impl Database {
    /// None is there yet. `server` is an address as `cargo xtask postgres` gives it.
    pub fn of(server: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { server: server.to_owned(), name: format!("sim_{}_{number}", std::process::id()) }
    }

    async fn say(&self, to: &str, sql: String) {
        let mut server = PgConnection::connect(to).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut server).await.unwrap();
        server.close().await.unwrap();
    }

    /// Makes it from another one, or empty.
    pub async fn create(&self, from: Option<&Self>) {
        let from = from.map_or("template0", |from| &from.name);
        self.say(&self.server, format!("CREATE DATABASE {} TEMPLATE {from}", self.name)).await;
    }

    /// Removes it. Only the owner of the server may end what the owner still looks at.
    pub async fn drop(&self) {
        let owner = as_owner(&self.server);
        self.say(&owner, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await;
    }

    /// Its address.
    pub fn address(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }
}

/// The account of whoever runs the server sees every organisation's rows.
fn as_owner(address: &str) -> String {
    let (_, host) = address.split_once('@').unwrap();
    format!("postgres://postgres@{host}")
}

/// The books' place.
pub enum Place {
    /// SQLite.
    Folder {
        /// Holds the file, its log and the copies.
        folder: TempDir,
        /// How many copies were made.
        backups: usize,
    },
    /// PostgreSQL.
    Server {
        /// The books.
        books: Database,
        /// The last copy.
        backup: Database,
        /// Looks at all of it.
        owner: Option<PgPool>,
    },
}

impl Place {
    /// A copy of the ground.
    pub async fn on(ground: &Soil) -> Self {
        match ground {
            Soil::File(bytes) => {
                let place = Self::Folder { folder: tempfile::tempdir().unwrap(), backups: 0 };
                place.replace(bytes, &[]);
                place
            }
            Soil::Database(ground) => {
                let (books, backup) = (Database::of(&ground.server), Database::of(&ground.server));
                books.create(Some(ground)).await;
                Self::Server { books, backup, owner: None }
            }
        }
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Folder { folder, .. } => Some(folder.path().join(name)),
            Self::Server { .. } => None,
        }
    }

    /// Opens the books.
    pub async fn open(&mut self) -> Db {
        match self {
            Self::Folder { folder, .. } => {
                let url = format!("sqlite:{}", folder.path().join(BOOKS).display());
                Db::open(&url).await.unwrap()
            }
            Self::Server { books, owner, .. } => {
                *owner = Some(PgPool::connect_lazy(&as_owner(&books.address())).unwrap());
                Db::open(&books.address()).await.unwrap()
            }
        }
    }

    /// Everybody's rows.
    pub async fn look(&self, db: &Db) -> Tx {
        match self {
            Self::Server { owner: Some(owner), .. } => Tx::Postgres(owner.begin().await.unwrap()),
            _ => db.begin_read().await.unwrap(),
        }
    }

    /// Must the server rest while a copy is made? The shipped command copies a file that is in use; a PostgreSQL is copied by
    /// its own means, here by the quickest of them.
    pub fn rests_for_a_backup(&self) -> bool {
        matches!(self, Self::Server { .. })
    }

    /// Makes a copy.
    pub async fn back_up(&mut self) {
        match self {
            Self::Folder { folder, backups } => {
                *backups += 1;
                let url = format!("sqlite:{}", folder.path().join(BOOKS).display());
                let to = folder.path().join(format!("backup-{backups}"));
                backup::copy_sqlite(&url, &to).await.unwrap();
            }
            Self::Server { books, backup, owner } => {
                close(owner).await;
                backup.drop().await;
                backup.create(Some(books)).await;
            }
        }
    }

    /// The last copy takes the place of the books.
    pub async fn restore(&mut self) {
        match self {
            Self::Folder { folder, backups } => {
                let copy = std::fs::read(folder.path().join(format!("backup-{backups}"))).unwrap();
                self.replace(&copy, &[]);
            }
            Self::Server { books, backup, owner } => {
                close(owner).await;
                books.drop().await;
                books.create(Some(backup)).await;
                // As `tillbridge restored` does.
                let db = Db::open(&books.address()).await.unwrap();
                feed::live_on_anew(&db).await.unwrap();
                db.close().await;
            }
        }
    }

    /// The file and its log, where the books are a file.
    pub fn files(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let log = std::fs::read(self.file(LOG)?).unwrap_or_default();
        Some((std::fs::read(self.file(BOOKS)?).unwrap(), log))
    }

    /// What is on the disk from now on.
    pub fn replace(&self, books: &[u8], log: &[u8]) {
        let (Some(file), Some(of_log), Some(shared)) =
            (self.file(BOOKS), self.file(LOG), self.file("shop.sqlite-shm"))
        else {
            return;
        };
        let _ = std::fs::remove_file(shared);
        let _ = std::fs::remove_file(&of_log);
        std::fs::write(file, books).unwrap();
        if !log.is_empty() {
            std::fs::write(of_log, log).unwrap();
        }
    }

    /// Nothing of it is left.
    pub async fn clear(&mut self) {
        if let Self::Server { books, backup, owner } = self {
            close(owner).await;
            books.drop().await;
            backup.drop().await;
        }
    }
}

const BOOKS: &str = "shop.sqlite";
const LOG: &str = "shop.sqlite-wal";

async fn close(owner: &mut Option<PgPool>) {
    if let Some(owner) = owner.take() {
        owner.close().await;
    }
}

/// Makes commits fail when the ground is laid on a PostgreSQL; see [`Hindrance::set`].
pub const REFUSE: &str = "CREATE FUNCTION sim_refuse() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$";

/// What hinders whoever writes.
#[derive(Clone, Copy)]
pub enum Hindrance {
    /// There is no room for anything new.
    NoRoom,
    /// Everything is well until the end, and the commit fails.
    NoCommit,
}

impl Hindrance {
    /// Begins or ends it. A PostgreSQL hears of a full disk when it commits too: that is the one thing to be made there.
    pub async fn set(self, db: &Db, on: bool) {
        match (db, self) {
            (Db::Sqlite { write, .. }, Self::NoRoom) => {
                let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(write).await.unwrap();
                let most = if on { pages } else { 1_073_741_823 };
                let set = format!("PRAGMA max_page_count = {most}");
                sqlx::query(sqlx::AssertSqlSafe(set)).execute(write).await.unwrap();
            }
            (Db::Sqlite { write, .. }, Self::NoCommit) => {
                let mut connection = write.acquire().await.unwrap();
                let mut handle = connection.lock_handle().await.unwrap();
                if on { handle.set_commit_hook(|| false) } else { handle.remove_commit_hook() }
            }
            (Db::Postgres(pool), _) => {
                let sql = if on {
                    "CREATE CONSTRAINT TRIGGER sim_refuses AFTER INSERT ON journal_entries \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sim_refuse()"
                } else {
                    "DROP TRIGGER sim_refuses ON journal_entries"
                };
                sqlx::query(sql).execute(pool).await.unwrap();
            }
        }
    }
}
