//! People: staff with what only the server knows of them: how they sign in with a password.

use super::bulk::{self, Value};
use super::{StoreError, Tx};
use shared::ids::{OrganisationId, StaffId};

/// How a member of staff signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct SignInRow {
    /// Their id.
    pub id: String,
    /// To sign in with.
    pub email: Option<String>,
    /// Argon2id, as PHC text.
    pub password_hash: Option<String>,
}

/// How all staff sign in, or one of them.
pub async fn sign_ins(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    only: Option<StaffId>,
) -> Result<Vec<SignInRow>, StoreError> {
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    let mut sql = "SELECT id, email, password_hash FROM staff WHERE organisation_id = $1".to_owned();
    if let Some(id) = only {
        sql.push_str(" AND id = $2");
        values.push(id.to_string().into());
    }
    bulk::fetch(tx, &sql, values).await
}

/// Who of an organisation signs in with this e-mail address (in the form it was folded to), while they are active.
pub async fn by_email(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    email: &str,
) -> Result<Option<SignInRow>, StoreError> {
    let sql = "SELECT id, email, password_hash FROM staff \
        WHERE organisation_id = $1 AND email = $2 AND active AND password_hash IS NOT NULL";
    Ok(bulk::fetch(tx, sql, vec![organisation_id.to_string().into(), email.into()]).await?.into_iter().next())
}

/// Sets how a member of staff signs in.
pub async fn set_sign_in(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    sign_in: SignInRow,
) -> Result<(), StoreError> {
    let sql = "UPDATE staff SET email = $3, password_hash = $4 WHERE organisation_id = $1 AND id = $2";
    let values = vec![
        organisation_id.to_string().into(),
        sign_in.id.into(),
        sign_in.email.into(),
        sign_in.password_hash.into(),
    ];
    bulk::execute(tx, sql, values).await?;
    Ok(())
}

/// Makes whoever changes the staff wait for their turn, until this transaction ends: who is the last owner is only known
/// when nobody else is changing them.
pub async fn take_turns(tx: &mut Tx, organisation_id: OrganisationId) -> Result<(), StoreError> {
    let sql = "UPDATE organisations SET name = name WHERE organisation_id = $1";
    bulk::execute(tx, sql, vec![organisation_id.to_string().into()]).await?;
    Ok(())
}

/// The name of an organisation and whether it is a demo.
pub async fn organisation(
    tx: &mut Tx,
    organisation_id: OrganisationId,
) -> Result<Option<(String, bool)>, StoreError> {
    let sql = "SELECT name, demo FROM organisations WHERE organisation_id = $1";
    Ok(bulk::fetch(tx, sql, vec![organisation_id.to_string().into()]).await?.into_iter().next())
}

/// Is there an organisation, and is one of them a demo?
pub async fn any_organisation(tx: &mut Tx) -> Result<(bool, bool), StoreError> {
    let rows: Vec<(bool,)> = bulk::fetch(tx, "SELECT demo FROM organisations", Vec::new()).await?;
    Ok((!rows.is_empty(), rows.iter().any(|row| row.0)))
}

/// Does the database answer?
pub async fn answers(tx: &mut Tx) -> Result<(), StoreError> {
    let _: Vec<(i64,)> = bulk::fetch(tx, "SELECT CAST(1 AS BIGINT)", Vec::new()).await?;
    Ok(())
}
