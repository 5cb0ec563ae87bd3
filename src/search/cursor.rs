//! Cursors: where a walk through pages stands, sealed so that nobody can read or change it.
//!
//! A cursor is bound to its caller and its query, and lives five minutes after its last use. It carries the time of
//! the first page, so that `now` means the same on every page, and the total of the first page. Its first bytes are
//! its version: while a server is upgraded, walks that began with the other version are told to begin anew.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::keys::MasterKey;
use crate::error::{Error, ErrorCode, Result};
use crate::model::page::PageStart;
use crate::model::{Micros, Total};

/// Microseconds that a cursor lives after its last use.
const IDLE_MICROS: i64 = 5 * 60 * 1_000_000;
/// Longest cursor that is looked at, in characters. One that holds a point in time over hundreds of shards is longer than
/// a URL may be, and goes in the body of a POST.
const MAX_CHARS: usize = 65_536;
/// What every cursor begins with, so that garbage is not taken for a cursor of another version.
const MARK: &[u8] = b"TC";
/// Version of what a cursor says; grows with every change of [`Cursor`] and of what a store puts into it.
const VERSION: u8 = 1;
/// What the seal covers beside the cursor itself.
const ASSOCIATED: &[u8] = b"cursor/1";
/// Length of the nonce in front of the sealed bytes.
const NONCE_BYTES: usize = 12;

/// What a cursor says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// Subject of the caller.
    pub caller: String,
    /// Fingerprint of the query and of everything else that must not change between pages.
    pub query: String,
    /// When the first page was asked for, microseconds: what `now` means on every page.
    pub asked: i64,
    /// Where the page begins.
    pub start: PageStart,
    /// Total of the first page.
    pub total: Option<Total>,
    /// When it was made, microseconds.
    pub made: i64,
}

/// Seals and opens cursors.
pub(crate) struct CursorSealer {
    key: RandomizedNonceKey,
}

impl CursorSealer {
    /// Makes a sealer; every replica with the same master key opens its cursors.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key, which 32 bytes never are.
    pub(crate) fn new(master: &MasterKey) -> Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &master.derive("cursor")?)
            .map_err(|_| Error::new(ErrorCode::Internal, "the cursor key cannot be used"))?;
        Ok(Self { key })
    }

    /// Seals a cursor into URL-safe text.
    ///
    /// # Errors
    /// `Internal` when sealing fails.
    pub(crate) fn seal(&self, cursor: &Cursor) -> Result<String> {
        let failed = || Error::new(ErrorCode::Internal, "a cursor could not be made");
        let mut sealed = postcard::to_stdvec(cursor).map_err(|_| failed())?;
        let nonce =
            self.key.seal_in_place_append_tag(Aad::from(ASSOCIATED), &mut sealed).map_err(|_| failed())?;
        let mut bytes = [MARK, &[VERSION]].concat();
        bytes.extend_from_slice(nonce.as_ref());
        bytes.append(&mut sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Opens a cursor and checks that it belongs to this caller and query and is not too old.
    ///
    /// # Errors
    /// `BadCursor`, `CursorOfOtherQuery`, `CursorOfOtherCaller` or `CursorExpired`.
    pub(crate) fn open(&self, text: &str, caller: &str, query: &str, now: Micros) -> Result<Cursor> {
        let cursor = self.decode(text)?;
        if cursor.caller != caller {
            let detail = "cursor: it was made for another caller; start again without a cursor";
            return Err(Error::new(ErrorCode::CursorOfOtherCaller, detail).at("cursor"));
        }
        if cursor.query != query {
            let detail = "cursor: it was made for another query; repeat the parameters of the first page";
            return Err(Error::new(ErrorCode::CursorOfOtherQuery, detail).at("cursor"));
        }
        if now > Micros::new(cursor.made).plus(IDLE_MICROS) {
            let detail = "cursor: it expired 5 minutes after its last use; start again without a cursor";
            return Err(Error::new(ErrorCode::CursorExpired, detail).at("cursor"));
        }
        Ok(cursor)
    }

    fn decode(&self, text: &str) -> Result<Cursor> {
        let bad = || {
            Error::new(ErrorCode::BadCursor, "cursor: not one of ours; send next_cursor unchanged")
                .at("cursor")
        };
        let bytes = (text.len() <= MAX_CHARS).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten();
        let bytes = bytes.ok_or_else(bad)?;
        let (version, bytes) = bytes.strip_prefix(MARK).and_then(<[u8]>::split_first).ok_or_else(bad)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(bad)?;
        if *version != VERSION {
            let detail = "cursor: it was made by another version of the server; start again without a cursor";
            return Err(Error::new(ErrorCode::CursorExpired, detail).at("cursor"));
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| bad())?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(ASSOCIATED), &mut sealed).map_err(|_| bad())?;
        postcard::from_bytes(opened).map_err(|_| bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Position;

    fn sealer() -> CursorSealer {
        CursorSealer::new(&MasterKey::new([1; 32])).unwrap()
    }

    fn cursor() -> Cursor {
        Cursor {
            caller: "sre-1".to_owned(),
            query: "q".to_owned(),
            asked: 1,
            start: PageStart::After(Position { time: 1, id: "a".to_owned() }),
            total: Some(Total::exactly(7)),
            made: 1_000,
        }
    }

    #[test]
    fn opens_what_it_sealed_within_five_minutes_of_the_last_use() {
        let text = sealer().seal(&cursor()).unwrap();

        let last_moment = Micros::new(1_000 + IDLE_MICROS);
        assert_eq!(sealer().open(&text, "sre-1", "q", last_moment), Ok(cursor()));
        let late = sealer().open(&text, "sre-1", "q", last_moment.plus(1)).unwrap_err();
        assert_eq!(late.code, ErrorCode::CursorExpired);
    }

    #[test]
    fn tells_other_callers_and_other_queries_apart() {
        let text = sealer().seal(&cursor()).unwrap();
        let code = |caller, query| sealer().open(&text, caller, query, Micros::new(0)).unwrap_err().code;

        assert_eq!(code("sre-2", "q"), ErrorCode::CursorOfOtherCaller);
        assert_eq!(code("sre-1", "other"), ErrorCode::CursorOfOtherQuery);
    }

    #[test]
    fn one_of_another_version_has_expired_whatever_it_says() {
        let text = sealer().seal(&cursor()).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        bytes[MARK.len()] = VERSION + 1;

        let error = sealer().open(&URL_SAFE_NO_PAD.encode(bytes), "sre-1", "q", Micros::new(0)).unwrap_err();

        assert_eq!(error.code, ErrorCode::CursorExpired);
    }

    #[test]
    fn the_seal_covers_the_version() {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &MasterKey::new([1; 32]).derive("cursor").unwrap());
        let mut sealed = postcard::to_stdvec(&cursor()).unwrap();
        let nonce = key.unwrap().seal_in_place_append_tag(Aad::from(b"cursor/2"), &mut sealed).unwrap();
        let text = URL_SAFE_NO_PAD.encode([MARK, &[VERSION], nonce.as_ref(), &sealed].concat());

        let error = sealer().open(&text, "sre-1", "q", Micros::new(0)).unwrap_err();

        assert_eq!(error.code, ErrorCode::BadCursor);
    }

    #[test]
    fn refuses_every_changed_character_and_garbage() {
        let text = sealer().seal(&cursor()).unwrap();
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let result = sealer().open(&changed, "sre-1", "q", Micros::new(0));
            assert!(result.is_err(), "character {index}");
        }
        for garbage in ["", "abc", "%%%", &"A".repeat(70_000)] {
            let error = sealer().open(garbage, "sre-1", "q", Micros::new(0)).unwrap_err();
            assert_eq!(error.code, ErrorCode::BadCursor, "{garbage}");
        }
    }
}
