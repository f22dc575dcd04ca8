//! Device key: what only this tablet can do.
//! Lives here: its key pair (signs pushes and challenges), the key that wraps PIN verifiers, checking a PIN, proving with it.
//! May use: the browser's own cryptography. Never: a key that could be read out, a cipher of our own.
//! Invariant: a copy of the stored data without this browser's keys signs nothing and verifies no PIN.

use crate::device_store::WrappedPin;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use shared::ids::StaffId;
use shared::staff::{PinVerifier, approval_salt};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto};

/// The browser's cryptography refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Browsers offer it only over https (or on this very machine).
    #[error("this browser offers its key store only over https")]
    Insecure,
    /// Its own words.
    #[error("{0}")]
    Browser(String),
    /// A stored value that these keys did not make.
    #[error("this was not made by this tablet")]
    Foreign,
}

impl From<JsValue> for KeyError {
    fn from(error: JsValue) -> Self {
        let word = |name: &str| Reflect::get(&error, &name.into()).ok().and_then(|value| value.as_string());
        match word("name").as_deref() {
            Some("OperationError") => Self::Foreign,
            name => {
                Self::Browser(format!("{} {}", name.unwrap_or("error"), word("message").unwrap_or_default()))
            }
        }
    }
}

/// The tablet's keys. They lie in the browser's key store; this holds only handles.
#[derive(Clone)]
pub struct DeviceKey {
    sign: CryptoKey,
    wrap: CryptoKey,
    public: String,
}

impl DeviceKey {
    /// New keys.
    pub async fn generate() -> Result<Self, KeyError> {
        let (_, subtle) = crypto()?;
        let pair = options(&[("name", "ECDSA".into()), ("namedCurve", "P-256".into())])?;
        let pair =
            settled(subtle.generate_key_with_object(&pair, false, &uses(&["sign", "verify"]))?).await?;
        let part = |name: &str| -> Result<CryptoKey, KeyError> {
            Reflect::get(&pair, &name.into())?.dyn_into().map_err(KeyError::from)
        };
        let wrap = options(&[("name", "AES-GCM".into()), ("length", JsValue::from(256))])?;
        let wrap =
            settled(subtle.generate_key_with_object(&wrap, false, &uses(&["encrypt", "decrypt"]))?).await?;
        let public = settled(subtle.export_key("raw", &part("publicKey")?)?).await?;
        let public = base64(&Uint8Array::new(&public).to_vec())?;
        Ok(Self { sign: part("privateKey")?, wrap: wrap.dyn_into()?, public })
    }

    /// The public one as the server takes it: uncompressed point, base64.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// As the device store keeps it: the browser copies handles, never key material.
    pub fn stored(&self) -> Result<JsValue, KeyError> {
        let (sign, wrap) = (self.sign.clone().into(), self.wrap.clone().into());
        Ok(options(&[("sign", sign), ("wrap", wrap), ("public", self.public.as_str().into())])?.into())
    }

    /// Of what the device store kept.
    pub fn of(stored: &JsValue) -> Result<Self, KeyError> {
        let part = |name: &str| Reflect::get(stored, &name.into())?.dyn_into().map_err(|_| KeyError::Foreign);
        let public = Reflect::get(stored, &"public".into())?.as_string().ok_or(KeyError::Foreign)?;
        Ok(Self { sign: part("sign")?, wrap: part("wrap")?, public })
    }

    /// ECDSA P-256 with SHA-256: raw 64 bytes, base64.
    pub async fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        let (_, subtle) = crypto()?;
        let how = options(&[("name", "ECDSA".into()), ("hash", "SHA-256".into())])?;
        let message = Uint8Array::from(message);
        let signature = settled(subtle.sign_with_object_and_js_u8_array(&how, &self.sign, &message)?).await?;
        base64(&Uint8Array::new(&signature).to_vec())
    }

    /// Wraps a person's verifier, bound to that person.
    pub async fn wrap_pin(&self, person: StaffId, verifier: &PinVerifier) -> Result<WrappedPin, KeyError> {
        let (crypto, subtle) = crypto()?;
        let mut iv = [0; 12];
        crypto.get_random_values_with_u8_array(&mut iv)?;
        let text = serde_json::to_vec(verifier).map_err(|error| KeyError::Browser(error.to_string()))?;
        let text = Uint8Array::from(text.as_slice());
        let wrapped =
            subtle.encrypt_with_object_and_js_u8_array(&wrapping(&iv, person)?, &self.wrap, &text)?;
        let wrapped = Uint8Array::new(&settled(wrapped).await?).to_vec();
        Ok(WrappedPin { iv: hex(&iv), wrapped: hex(&wrapped) })
    }

    async fn open_pin(&self, person: StaffId, wrapped: &WrappedPin) -> Result<PinVerifier, KeyError> {
        let (_, subtle) = crypto()?;
        let (Some(iv), Some(bytes)) = (unhex(&wrapped.iv), unhex(&wrapped.wrapped)) else {
            return Err(KeyError::Foreign);
        };
        let bytes = Uint8Array::from(bytes.as_slice());
        let opened =
            subtle.decrypt_with_object_and_js_u8_array(&wrapping(&iv, person)?, &self.wrap, &bytes)?;
        let opened = Uint8Array::new(&settled(opened).await?).to_vec();
        shared::json::read(&opened).map_err(|_| KeyError::Foreign)
    }

    /// Is this the person's PIN? Takes about half a second on purpose.
    pub async fn check_pin(
        &self,
        person: StaffId,
        wrapped: &WrappedPin,
        pin: &str,
    ) -> Result<bool, KeyError> {
        let verifier = self.open_pin(person, wrapped).await?;
        let (Some(salt), Some(digest)) = (unhex(&verifier.salt), unhex(&verifier.digest)) else {
            return Err(KeyError::Foreign);
        };
        let (_, subtle) = crypto()?;
        let derived = derive(&subtle, pin, &salt, verifier.iterations, digest.len()).await?;
        // Every byte is looked at, so the time taken tells nothing.
        let differing = derived.iter().zip(&digest).fold(0, |all, (mine, theirs)| all | (mine ^ theirs));
        Ok(derived.len() == digest.len() && !digest.is_empty() && differing == 0)
    }

    /// What proves approvals: the key that comes out of a person's PIN and out of nothing this tablet keeps. It cannot be
    /// read out, and it is gone with the value. Takes as long as checking the PIN.
    pub async fn prover(&self, person: StaffId, wrapped: &WrappedPin, pin: &str) -> Result<Prover, KeyError> {
        let verifier = self.open_pin(person, wrapped).await?;
        let salt = approval_salt(&unhex(&verifier.salt).ok_or(KeyError::Foreign)?);
        let (_, subtle) = crypto()?;
        let secret = secret_of(&subtle, pin, "deriveKey").await?;
        let how = stretched(&salt, verifier.iterations)?;
        let hmac = [("name", "HMAC".into()), ("hash", "SHA-256".into()), ("length", JsValue::from(256))];
        let key = subtle.derive_key_with_object_and_object(
            &how,
            &secret,
            &options(&hmac)?,
            false,
            &uses(&["sign"]),
        );
        Ok(Prover { key: settled(key?).await?.dyn_into()? })
    }
}

/// A key that proves what a person approves.
pub struct Prover {
    key: CryptoKey,
}

impl Prover {
    /// HMAC-SHA-256 of a statement, hex.
    pub async fn prove(&self, statement: &str) -> Result<String, KeyError> {
        let (_, subtle) = crypto()?;
        let statement = Uint8Array::from(statement.as_bytes());
        let proof = settled(subtle.sign_with_str_and_js_u8_array("HMAC", &self.key, &statement)?).await?;
        Ok(hex(&Uint8Array::new(&proof).to_vec()))
    }
}

async fn secret_of(subtle: &SubtleCrypto, pin: &str, purpose: &str) -> Result<CryptoKey, KeyError> {
    let raw = Uint8Array::from(pin.as_bytes());
    let secret = subtle.import_key_with_str("raw", &raw, "PBKDF2", false, &uses(&[purpose]))?;
    Ok(settled(secret).await?.dyn_into()?)
}

fn stretched(salt: &[u8], rounds: u32) -> Result<Object, KeyError> {
    options(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(salt).into()),
        ("iterations", JsValue::from(rounds)),
    ])
}

async fn derive(
    subtle: &SubtleCrypto,
    pin: &str,
    salt: &[u8],
    rounds: u32,
    bytes: usize,
) -> Result<Vec<u8>, KeyError> {
    let secret = secret_of(subtle, pin, "deriveBits").await?;
    let how = stretched(salt, rounds)?;
    let bits = u32::try_from(bytes.saturating_mul(8)).map_err(|_| KeyError::Foreign)?;
    let derived = settled(subtle.derive_bits_with_object(&how, &secret, bits)?).await?;
    Ok(Uint8Array::new(&derived).to_vec())
}

fn wrapping(iv: &[u8], person: StaffId) -> Result<Object, KeyError> {
    options(&[
        ("name", "AES-GCM".into()),
        ("iv", Uint8Array::from(iv).into()),
        ("additionalData", Uint8Array::from(person.0.as_bytes().as_slice()).into()),
    ])
}

fn crypto() -> Result<(Crypto, SubtleCrypto), KeyError> {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok()).ok_or(KeyError::Insecure)?;
    let subtle = crypto.subtle();
    if subtle.is_undefined() { Err(KeyError::Insecure) } else { Ok((crypto, subtle)) }
}

async fn settled(promise: Promise) -> Result<JsValue, KeyError> {
    Ok(JsFuture::from(promise).await?)
}

fn options(fields: &[(&str, JsValue)]) -> Result<Object, KeyError> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

fn uses(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from_str(name)).collect()
}

/// Bytes as base64.
pub fn base64(bytes: &[u8]) -> Result<String, KeyError> {
    let window = web_sys::window().ok_or(KeyError::Insecure)?;
    let latin: String = bytes.iter().copied().map(char::from).collect();
    Ok(window.btoa(&latin)?)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device_store::{Browser, DeviceStore};
    use std::rc::Rc;
    use uuid::Uuid;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// PBKDF2-HMAC-SHA-256 of "2580", salt 00..0f, 1,000 rounds (Python hashlib).
    fn verifier() -> PinVerifier {
        PinVerifier {
            salt: "000102030405060708090a0b0c0d0e0f".into(),
            iterations: 1_000,
            digest: "85da899b998b59b08ed14c3f8e9556d1025002064b6d360e8e44ecebb287436d".into(),
        }
    }

    #[wasm_bindgen_test]
    async fn a_pin_is_checked_only_by_the_tablet_that_wrapped_it() {
        let person = StaffId(Uuid::from_u128(3));
        let key = DeviceKey::generate().await.unwrap();
        assert_eq!(key.public().len(), 88, "65 bytes");
        let wrapped = key.wrap_pin(person, &verifier()).await.unwrap();
        assert!(!wrapped.wrapped.contains(&hex(verifier().digest.as_bytes())));
        assert_eq!(key.check_pin(person, &wrapped, "2580").await, Ok(true));
        assert_eq!(key.check_pin(person, &wrapped, "2581").await, Ok(false));
        let other = DeviceKey::generate().await.unwrap();
        assert_eq!(other.check_pin(person, &wrapped, "2580").await, Err(KeyError::Foreign));
        let someone_else = StaffId(Uuid::from_u128(4));
        assert_eq!(key.check_pin(someone_else, &wrapped, "2580").await, Err(KeyError::Foreign));
    }

    /// As the server works it out (Python: hashlib.pbkdf2_hmac under the longer salt, hmac.new of that).
    #[wasm_bindgen_test]
    async fn an_approval_is_proven_by_the_pin_alone() {
        let person = StaffId(Uuid::from_u128(3));
        let key = DeviceKey::generate().await.unwrap();
        let wrapped = key.wrap_pin(person, &verifier()).await.unwrap();
        let prover = key.prover(person, &wrapped, "2580").await.unwrap();
        assert_eq!(
            prover.prove("a statement").await.unwrap(),
            "eed5b96e007e3f3f1154df9044b7717d5fbd5deda1e024c018a31087876628aa"
        );
        let (_, subtle) = crypto().unwrap();
        assert!(settled(subtle.export_key("raw", &prover.key).unwrap()).await.is_err());
        let other = key.prover(person, &wrapped, "2581").await.unwrap();
        assert_ne!(other.prove("a statement").await, prover.prove("a statement").await);
    }

    #[wasm_bindgen_test]
    async fn keys_survive_a_reload_and_cannot_be_read_out() {
        let key = DeviceKey::generate().await.unwrap();
        let name = format!("keys-{}", crate::clock::mint());
        let store = DeviceStore::Browser(Rc::new(Browser::new(&name)));
        store.pair(&crate::device_store::identity_for_test(), &key.stored().unwrap()).await.unwrap();
        let after = DeviceStore::Browser(Rc::new(Browser::new(&name)));
        let again = DeviceKey::of(&after.keys().await.unwrap().unwrap()).unwrap();
        assert_eq!(again.public(), key.public());
        assert!(!again.sign.extractable() && !again.wrap.extractable());
        let signature = again.sign(b"a push").await.unwrap();
        assert_eq!(signature.len(), 88, "64 bytes");
        let (_, subtle) = crypto().unwrap();
        assert!(settled(subtle.export_key("pkcs8", &again.sign).unwrap()).await.is_err());
        assert!(settled(subtle.export_key("raw", &again.wrap).unwrap()).await.is_err());
    }
}
