//! Keys derived from the master key, one per purpose, so that none can stand in for another.

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

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
    #[must_use]
    pub fn derive(&self, purpose: &'static str) -> [u8; 32] {
        let mut derived = [0; 32];
        let info = [purpose.as_bytes()];
        let salt = Salt::new(HKDF_SHA256, b"trailproof");
        let filled =
            salt.extract(&self.0).expand(&info, Bytes32).and_then(|material| material.fill(&mut derived));
        // HKDF fails only for outputs over 255 hashes; 32 bytes are one.
        debug_assert!(filled.is_ok());
        derived
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

        assert_eq!(master.derive("cursor"), master.derive("cursor"));
        assert_ne!(master.derive("cursor"), master.derive("cache"));
        assert_ne!(master.derive("cursor"), MasterKey::new([8; 32]).derive("cursor"));
        assert_eq!(format!("{master:?}"), "MasterKey(***)");
    }
}
