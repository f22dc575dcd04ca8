//! Seal: credentials as they are kept: XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha), bound to organisation and connection.
//! Invariant: what is sealed for one connection does not open for another; a key is never printed.

use crate::clock;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use connectors::Secret;
use shared::ids::{ConnectionId, OrganisationId};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

const NONCE: usize = 24;
/// The file the key is kept in where none is set.
const FILE: &str = "secret.key";

/// What credentials are sealed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read or written.
    #[error("the file {0} cannot be read or made: {1}")]
    File(String, std::io::Error),
    /// It is none.
    #[error("{0} does not hold 64 hexadecimal digits")]
    Form(String),
}

impl Key {
    /// One for a while: what is sealed with it opens for nobody later.
    pub fn fresh() -> Self {
        Self(clock::random())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut key = [0_u8; 32];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }

    /// The key of a folder; made where there is none, for the eyes of this user alone.
    ///
    /// # Errors
    /// Where it cannot be read, made, or is none.
    pub fn of_folder(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        let shown = path.display().to_string();
        if !path.exists() {
            let Self(key) = Self::fresh();
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            if let Err(error) = write_new(&path, &text)
                && error.kind() != std::io::ErrorKind::AlreadyExists
            {
                return Err(KeyError::File(shown, error));
            }
        }
        // As it stands on the disk: another process may have been first.
        let text = std::fs::read_to_string(&path).map_err(|error| KeyError::File(shown.clone(), error))?;
        Self::parse(&text).ok_or(KeyError::Form(shown))
    }
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn bound_to(organisation_id: OrganisationId, connection_id: ConnectionId) -> String {
    format!("connection\n{organisation_id}\n{connection_id}")
}

/// Seals the secrets of a connection. None where the cipher refuses, which it does for no length that a setting may have.
pub(super) fn seal(
    key: &Key,
    (organisation_id, connection_id): (OrganisationId, ConnectionId),
    secrets: &BTreeMap<String, Secret>,
) -> Option<String> {
    let plain: BTreeMap<&str, &str> =
        secrets.iter().map(|(name, secret)| (name.as_str(), secret.reveal())).collect();
    let plain = serde_json::to_string(&plain).ok()?;
    let nonce: [u8; NONCE] = clock::random();
    let bound = bound_to(organisation_id, connection_id);
    let payload = Payload { msg: plain.as_bytes(), aad: bound.as_bytes() };
    let cipher = XChaCha20Poly1305::new(&key.0.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some(STANDARD.encode([&nonce[..], &sealed].concat()))
}

/// Opens them again. None where the key is another one, or it was sealed for another connection.
pub(super) fn open(
    key: &Key,
    (organisation_id, connection_id): (OrganisationId, ConnectionId),
    sealed: &str,
) -> Option<BTreeMap<String, Secret>> {
    if sealed.is_empty() {
        return Some(BTreeMap::new());
    }
    let bytes = STANDARD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let bound = bound_to(organisation_id, connection_id);
    let payload = Payload { msg: sealed, aad: bound.as_bytes() };
    let plain = XChaCha20Poly1305::new(&key.0.into()).decrypt(&XNonce::from(nonce), payload).ok()?;
    let texts: BTreeMap<String, String> = serde_json::from_slice(&plain).ok()?;
    Some(texts.into_iter().map(|(name, text)| (name, Secret::new(text))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FreshIds;

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_connection_alone() {
        let (organisation, connection) =
            (OrganisationId::fresh(&mut FreshIds), ConnectionId::fresh(&mut FreshIds));
        let key = Key::fresh();
        let secrets: BTreeMap<_, _> = [("password".to_owned(), Secret::new("hush-hush"))].into();
        let sealed = seal(&key, (organisation, connection), &secrets).unwrap();
        assert!(!sealed.contains("hush"));
        assert_ne!(
            Some(&sealed),
            seal(&key, (organisation, connection), &secrets).as_ref(),
            "never the same twice"
        );
        assert_eq!(open(&key, (organisation, connection), &sealed), Some(secrets));
        assert_eq!(open(&Key::fresh(), (organisation, connection), &sealed), None);
        let other = ConnectionId::fresh(&mut FreshIds);
        assert_eq!(open(&key, (organisation, other), &sealed), None);
        assert_eq!(open(&key, (organisation, connection), "AAAA"), None);
        assert_eq!(format!("{key:?}"), "Key");
    }

    #[test]
    fn a_folder_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::of_folder(folder.path()).unwrap();
        assert_eq!(Key::of_folder(folder.path()).unwrap(), key);
        let path = folder.path().join(FILE);
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(Key::of_folder(folder.path()).unwrap_err().to_string().contains("64 hexadecimal digits"));
        assert_eq!(Key::parse(&"g".repeat(64)), None);
    }
}
