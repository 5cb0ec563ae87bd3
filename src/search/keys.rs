//! Keys derived from the master key, one per purpose, so that none can stand in for another.

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

use crate::error::{Error, ErrorCode, Result};

/// The secret that all replicas share: 32 bytes.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Takes the bytes of the key.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Derives the 32-byte key for one purpose (HKDF-SHA-256, RFC 5869; the purpose is the info).
    ///
    /// # Errors
    /// `Internal` when the cryptographic library refuses, which it does for outputs over 255 hashes only.
    pub(crate) fn derive(&self, purpose: &'static str) -> Result<[u8; 32]> {
        let refused = |_| Error::new(ErrorCode::Internal, "a key could not be derived");
        let mut derived = [0; 32];
        let salt = Salt::new(HKDF_SHA256, b"trailproof");
        let info = [purpose.as_bytes()];
        let material = salt.extract(&self.0);
        material.expand(&info, Bytes32).and_then(|material| material.fill(&mut derived)).map_err(refused)?;
        Ok(derived)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("MasterKey(***)")
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_masters_give_different_keys() {
        let master = MasterKey::new([7; 32]);

        let derived = master.derive("cursor").unwrap();
        assert_eq!(Ok(derived), master.derive("cursor"));
        assert_ne!(Ok(derived), master.derive("cache"));
        assert_ne!(Ok(derived), MasterKey::new([8; 32]).derive("cursor"));
        assert_eq!(format!("{master:?}"), "MasterKey(***)");
    }
}
