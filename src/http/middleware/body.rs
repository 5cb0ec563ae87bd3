//! Reads the body of a request whole, within its limits of size, time and memory, and decompresses it.
//!
//! After this the handler finds plain bytes. The permits are held until the answer is made.

use std::io::Read as _;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt as _;

use super::pipeline::{PERMIT_BYTES, Pipeline};
use super::refuse;
use crate::error::{Error, ErrorCode, Result};
use crate::http::rules::Bounds;

/// Encodings of a body that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
}

/// Reads the body, if the method has one and the route exists.
pub(super) async fn read(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let has_body = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(request.method());
    let rule = pipeline.table.rule(&request).filter(|_| has_body);
    let Some(bounds) = rule.map(|rule| rule.class.bounds(&pipeline.state.limits)) else {
        return next.run(request).await;
    };
    let (encoding, announced) = match announced(request.headers(), bounds) {
        Ok(announced) => announced,
        Err(error) => return refuse::refuse(request, error).await,
    };
    let permits = u32::try_from(announced / PERMIT_BYTES + 1).unwrap_or(u32::MAX);
    let Ok(_permits) = pipeline.bodies.try_acquire_many(permits) else {
        return refuse::refuse(request, Error::new(ErrorCode::Busy, "too many large bodies are under way"))
            .await;
    };

    let (mut parts, body) = request.into_parts();
    let bytes = match collect(body, bounds).await {
        Ok(bytes) => bytes,
        Err((error, rest)) => {
            return refuse::refuse(Request::new(rest), error).await;
        }
    };
    let bytes = match encoding {
        Encoding::Identity => bytes,
        Encoding::Gzip => match decompressed(bytes, bounds.body_bytes).await {
            Ok(bytes) => bytes,
            Err(error) => return error.into_response(),
        },
    };
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::TRANSFER_ENCODING);
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

/// What the headers say: the encoding, and how much memory the body may need.
fn announced(headers: &HeaderMap, bounds: Bounds) -> Result<(Encoding, usize)> {
    let encoding = encoding(headers)?;
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > bounds.body_bytes) {
        return Err(too_large(bounds.body_bytes));
    }
    let need = match encoding {
        Encoding::Identity => length.unwrap_or(bounds.body_bytes),
        Encoding::Gzip => bounds.body_bytes,
    };
    Ok((encoding, need))
}

fn encoding(headers: &HeaderMap) -> Result<Encoding> {
    let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else {
        return Ok(Encoding::Identity);
    };
    let word = value.to_str().unwrap_or_default().trim().to_ascii_lowercase();
    match (word.as_str(), second) {
        ("identity", None) => Ok(Encoding::Identity),
        ("gzip" | "x-gzip", None) => Ok(Encoding::Gzip),
        _ => Err(Error::new(
            ErrorCode::UnsupportedMediaType,
            "the only Content-Encoding that is taken is gzip, once",
        )),
    }
}

/// The whole body; on failure, with what is left of it.
async fn collect(body: Body, bounds: Bounds) -> Result<Bytes, (Error, Body)> {
    let mut known = body.size_hint().exact().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    known = known.min(bounds.body_bytes);
    let mut bytes = Vec::with_capacity(known);
    let mut chunks = body.into_data_stream();
    let reading = async {
        while let Some(chunk) = chunks.next().await {
            let chunk =
                chunk.map_err(|_| Error::new(ErrorCode::BadBody, "the body broke off before its end"))?;
            if bytes.len() + chunk.len() > bounds.body_bytes {
                return Err(too_large(bounds.body_bytes));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(())
    };
    let late = || {
        let detail = format!("the body did not arrive within {} seconds", bounds.body_time.as_secs());
        Error::new(ErrorCode::BodyTimeout, detail)
    };
    let outcome = tokio::time::timeout(bounds.body_time, reading).await;
    match outcome {
        Ok(Ok(())) => Ok(Bytes::from(bytes)),
        Ok(Err(error)) => Err((error, Body::from_stream(chunks))),
        Err(_) => Err((late(), Body::empty())),
    }
}

/// Decompresses gzip off the runtime; never more than `limit` bytes.
async fn decompressed(bytes: Bytes, limit: usize) -> Result<Bytes> {
    let work = tokio::task::spawn_blocking(move || gunzip(&bytes, limit));
    work.await.unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "the body could not be decompressed")))
}

fn gunzip(bytes: &[u8], limit: usize) -> Result<Bytes> {
    let mut plain = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let outcome = MultiGzDecoder::new(bytes).take(most).read_to_end(&mut plain);
    if plain.len() > limit {
        return Err(too_large(limit));
    }
    match outcome {
        Ok(_) => Ok(Bytes::from(plain)),
        Err(_) => Err(Error::new(
            ErrorCode::BadBody,
            "the body is announced as gzip, but it is none or it is cut off",
        )),
    }
}

fn too_large(limit: usize) -> Error {
    let detail = format!("the body has more than {limit} bytes; send several smaller ones");
    Error::new(ErrorCode::BodyTooLarge, detail)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use axum::http::HeaderValue;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_taken_to_the_limit_and_not_beyond() {
        let packed = gzip(&[b'a'; 1_000]);

        assert_eq!(gunzip(&packed, 1_000).unwrap().len(), 1_000);
        assert_eq!(gunzip(&packed, 999).unwrap_err().code, ErrorCode::BodyTooLarge);
    }

    #[test]
    fn broken_gzip_is_unreadable() {
        let packed = gzip(b"hello");

        for broken in [&b"plain text"[..], &packed[..packed.len() - 3], &[]] {
            assert_eq!(gunzip(broken, 100).unwrap_err().code, ErrorCode::BadBody);
        }
    }

    #[test]
    fn one_known_encoding_is_taken() {
        let of = |values: &[&'static str]| {
            let values =
                values.iter().map(|value| (header::CONTENT_ENCODING, HeaderValue::from_static(value)));
            encoding(&values.collect())
        };

        assert_eq!(of(&[]), Ok(Encoding::Identity));
        assert_eq!(of(&["GZIP"]), Ok(Encoding::Gzip));
        for wrong in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &["foo"], &[""]] {
            assert_eq!(of(wrong).unwrap_err().code, ErrorCode::UnsupportedMediaType, "{wrong:?}");
        }
    }
}
