//! Device key: is a message signed by this tablet?

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

/// Checks an ECDSA P-256 signature with SHA-256 (raw 64 bytes, base64) by a public key (uncompressed point, base64).
pub fn verifies(public_key: &str, message: &[u8], signature: &str) -> bool {
    let Ok(key) = STANDARD.decode(public_key) else { return false };
    let Ok(signature) = STANDARD.decode(signature.trim()) else { return false };
    let Ok(key) = VerifyingKey::from_sec1_bytes(&key) else { return false };
    let Ok(signature) = Signature::from_slice(&signature) else { return false };
    key.verify(message, &signature).is_ok()
}

/// Is it a public key such as a tablet makes?
pub fn is_key(public_key: &str) -> bool {
    let key = STANDARD.decode(public_key).ok().filter(|key| key.len() == 65);
    key.is_some_and(|key| VerifyingKey::from_sec1_bytes(&key).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer;

    #[test]
    fn only_the_key_itself_signs_the_very_bytes() {
        let sign = |seed: u8, message: &[u8]| {
            let key = SigningKey::from_slice(&[seed; 32]).unwrap();
            let signature: Signature = key.sign(message);
            let public = STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes());
            (public, STANDARD.encode(signature.to_bytes()))
        };
        let (public, signature) = sign(7, b"one sale");
        assert!(verifies(&public, b"one sale", &signature));
        assert!(!verifies(&public, b"one sale ", &signature));
        assert!(!verifies(&sign(8, b"").0, b"one sale", &signature));
        assert!(is_key(&public));
        for nonsense in ["", "AAAA", "no base64 !"] {
            assert!(!is_key(nonsense));
            assert!(!verifies(&public, b"one sale", nonsense));
            assert!(!verifies(nonsense, b"one sale", &signature));
        }
    }
}
