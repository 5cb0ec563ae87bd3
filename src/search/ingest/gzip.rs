//! Unpacking of a gzip body, bounded.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, ErrorCode, Result};

/// Unpacks a gzip body of one or more members.
///
/// # Errors
/// `BodyTooLarge` when it holds more than `limit` bytes (it stops there), `BadBody` when it is cut off or no gzip.
pub fn gunzip(body: &[u8], limit: usize) -> Result<Vec<u8>> {
    let allowance = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();

    MultiGzDecoder::new(body).take(allowance).read_to_end(&mut unpacked).map_err(|_| {
        Error::new(ErrorCode::BadBody, "the body is not gzip, or it is cut off; check its `Content-Encoding`")
    })?;
    if unpacked.len() > limit {
        let detail = format!("the body unpacks to more than {limit} bytes; send it in several requests");
        return Err(Error::new(ErrorCode::BodyTooLarge, detail));
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn unpacks_every_member() {
        let body = [packed("first\n"), packed("second\n")].concat();

        assert_eq!(gunzip(&body, 100).unwrap(), b"first\nsecond\n");
    }

    #[test]
    fn stops_at_the_limit() {
        let body = packed(&"x".repeat(1_000_000));

        assert_eq!(gunzip(&body, 999_999).unwrap_err().code, ErrorCode::BodyTooLarge);
        assert_eq!(gunzip(&body, 1_000_000).unwrap().len(), 1_000_000);
    }

    #[test]
    fn refuses_what_is_cut_off_or_no_gzip() {
        let whole = packed("a line");

        for broken in [&b""[..], b"plain", whole.get(..whole.len() - 3).unwrap()] {
            assert_eq!(gunzip(broken, 100).unwrap_err().code, ErrorCode::BadBody);
        }
    }
}
