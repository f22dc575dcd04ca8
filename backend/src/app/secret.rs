//! Secret: tokens, pairing codes, passwords and PINs: how they are made, and in what form they are kept.
//! Only hashes are kept; a hash names what it is of, so that one kind is never taken for another.

use super::AppError;
use crate::clock;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::staff::{PIN_ITERATIONS, PinVerifier, approval_salt};
use shared::sync::journal::fingerprint;
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Letters and digits nobody mistakes for each other: no I, L, O, 0, 1.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Letters of a pairing code: 31^8 is 850 billion codes.
const CODE_LETTERS: usize = 8;

/// What a kept hash is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A session of a person.
    Session,
    /// A session of a tablet.
    DeviceSession,
    /// What a tablet signs to sign in.
    Challenge,
    /// A pairing code.
    Pairing,
    /// An e-mail address in the directory.
    Email,
    /// Wrong tries of an account.
    AccountTries,
    /// Wrong tries of a network address, signing in.
    AddressTries,
    /// Wrong tries of a network address, pairing.
    PairingTries,
    /// A code that a customer display is paired by.
    DisplayCode,
    /// A customer display.
    Display,
}

/// The form a secret or a name is kept in.
pub fn kept(kind: Kind, text: &str) -> String {
    let word = match kind {
        Kind::Session => "session",
        Kind::DeviceSession => "device session",
        Kind::Challenge => "challenge",
        Kind::Pairing => "pairing",
        Kind::Email => "email",
        Kind::AccountTries => "account tries",
        Kind::AddressTries => "address tries",
        Kind::PairingTries => "pairing tries",
        Kind::DisplayCode => "display code",
        Kind::Display => "display",
    };
    fingerprint(&format!("{word}\n{text}"))
}

/// 256 random bits as text.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(clock::random::<32>())
}

/// A pairing code, without its dash.
pub fn pairing_code() -> String {
    let mut code = String::with_capacity(CODE_LETTERS);
    while code.len() < CODE_LETTERS {
        for byte in clock::random::<16>() {
            // Five bits; the 32nd value has no letter and is drawn again, so that all letters are as likely.
            if let Some(letter) = ALPHABET.get(usize::from(byte & 31))
                && code.len() < CODE_LETTERS
            {
                code.push(char::from(*letter));
            }
        }
    }
    code
}

/// A pairing code as somebody typed it, in the form it was made in.
pub fn typed_code(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// So many passwords and PINs are worked on at once: each takes a processor and 19 MiB for some ten milliseconds.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

async fn hard_work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let busy = |e: String| AppError::Busy(format!("The server is stopping ({e}). Nothing was changed."));
    let _place = AT_ONCE.acquire().await.map_err(|e| busy(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| busy(e.to_string()))
}

/// A password as it is kept: argon2id (19 MiB, two passes), PHC text.
pub async fn password_hash(password: String) -> Result<String, AppError> {
    hard_work(move || hash_now(&password)).await?
}

fn hash_now(password: &str) -> Result<String, AppError> {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &clock::random::<16>())
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|e| AppError::Busy(format!("The password could not be kept ({e}). Nothing was changed.")))
}

/// Is it the password? Without anything to compare with it takes as long, and is not.
pub async fn password_is(known: Option<String>, password: String) -> Result<bool, AppError> {
    /// Of a password nobody has.
    static NOBODY: OnceLock<String> = OnceLock::new();
    hard_work(move || {
        let exists = known.is_some();
        let hash =
            known.unwrap_or_else(|| NOBODY.get_or_init(|| hash_now(&token()).unwrap_or_default()).clone());
        let right = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        exists && right
    })
    .await
}

/// What is kept of a PIN.
pub struct KeptPin {
    /// What tablets check it by (PBKDF2 with HMAC-SHA-256).
    pub verifier: PinVerifier,
    /// What proves an approval given with it (the same, under another salt), hex. It never leaves the server.
    pub proof_key: String,
}

/// What to keep of a PIN.
pub async fn kept_pin(pin: String) -> Result<KeptPin, AppError> {
    hard_work(move || {
        let salt = clock::random::<16>();
        let (mut digest, mut proof_key) = ([0_u8; 32], [0_u8; 32]);
        derive(&pin, &salt, &mut digest);
        derive(&pin, &approval_salt(&salt), &mut proof_key);
        let verifier = PinVerifier { salt: hex(&salt), iterations: PIN_ITERATIONS, digest: hex(&digest) };
        KeptPin { verifier, proof_key: hex(&proof_key) }
    })
    .await
}

const _: () = assert!(PIN_ITERATIONS == pbkdf2::Params::RECOMMENDED_ROUNDS, "the rounds tablets expect");

fn derive(pin: &str, salt: &[u8], digest: &mut [u8; 32]) {
    let sha256 = pbkdf2::Algorithm::Pbkdf2Sha256;
    pbkdf2::pbkdf2_hmac_with_params(pin.as_bytes(), salt, sha256, pbkdf2::Params::RECOMMENDED, digest);
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_no_look_alikes_and_forgive_how_they_are_typed() {
        for _ in 0..200 {
            let code = pairing_code();
            assert_eq!(code.len(), CODE_LETTERS);
            assert!(!code.contains(['I', 'L', 'O', '0', '1']), "{code}");
            assert_eq!(typed_code(&format!(" {}-{} ", code[..4].to_lowercase(), &code[4..])), code);
        }
    }

    #[test]
    fn the_same_text_is_kept_differently_for_different_uses() {
        assert_ne!(kept(Kind::Session, "x"), kept(Kind::DeviceSession, "x"));
        assert!(!kept(Kind::Pairing, "ABCD2345").contains("ABCD2345"));
    }

    #[tokio::test]
    async fn a_password_is_itself_alone() {
        let hash = password_hash("correct horse battery".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password_is(Some(hash.clone()), "correct horse battery".to_owned()).await.unwrap());
        assert!(!password_is(Some(hash), "Correct horse battery".to_owned()).await.unwrap());
        assert!(!password_is(None, String::new()).await.unwrap());
    }

    #[tokio::test]
    async fn a_pin_verifier_is_what_a_browser_works_out() {
        let KeptPin { verifier, proof_key } = kept_pin("2580".to_owned()).await.unwrap();
        let salt: Vec<u8> =
            (0..16).map(|at| u8::from_str_radix(&verifier.salt[at * 2..at * 2 + 2], 16).unwrap()).collect();
        let mut digest = [0_u8; 32];
        derive("2580", &salt, &mut digest);
        assert_eq!(verifier.digest, hex(&digest));
        derive("2580", &approval_salt(&salt), &mut digest);
        assert_eq!(proof_key, hex(&digest));
        assert_ne!(proof_key, verifier.digest, "what tablets hold proves nothing");
        // As other implementations work it out (Python: hashlib.pbkdf2_hmac).
        let salt: Vec<u8> = (0..16).collect();
        derive("2580", &salt, &mut digest);
        assert_eq!(hex(&digest), "e0e958c42460162a98cea32b6494b3b995202fa65b59f7c85272d5aee1219c2d");
    }
}
