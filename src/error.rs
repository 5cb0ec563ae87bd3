//! The one error of the services: a stable code, a sentence, and where in the input it arose.
//!
//! No HTTP here: `http::problem` gives each code its status.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// Shorthand for what a service returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure that a caller is told about.
///
/// `detail` is lower case, without a final stop, names the input at fault, says what to do, and never holds a
/// secret or a person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Stable number and title.
    pub code: ErrorCode,
    /// What is wrong with this request.
    pub detail: String,
    /// Places in the input.
    pub places: Vec<Place>,
}

/// A place in the input where something is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ErrorPlace)]
pub struct Place {
    /// Parameter or field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "query")]
    pub pointer: Option<String>,
    /// Characters before it in the parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    pub offset: Option<usize>,
    /// Line of a body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 17)]
    pub line: Option<usize>,
    /// Code of this place where it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3012)]
    pub code: Option<u16>,
    /// What is wrong at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "timestamp: impossible date 2026-02-30")]
    pub detail: Option<String>,
}

impl Error {
    /// Makes an error without a place.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), places: Vec::new() }
    }

    /// Names the parameter or field at fault.
    #[must_use]
    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.places.push(Place { pointer: Some(pointer.into()), ..Place::default() });
        self
    }

    /// Names the parameter at fault and the number of characters before the place.
    #[must_use]
    pub(crate) fn at_offset(mut self, pointer: impl Into<String>, offset: usize) -> Self {
        self.places.push(Place { pointer: Some(pointer.into()), offset: Some(offset), ..Place::default() });
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (code {})", self.detail, self.code.number())
    }
}

impl std::error::Error for Error {}

macro_rules! error_codes {
    ($(#[doc = $meaning:literal] $name:ident = $number:literal, $title:literal, $advice:literal;)+) => {
        /// Stable codes, 3000 to 3099.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode { $(#[doc = $meaning] $name,)+ }

        impl ErrorCode {
            /// All codes, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $number,)+ }
            }

            /// Short name of the failure, the same in every answer.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// What has gone wrong, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning.trim_ascii(),)+ }
            }

            /// What the caller can do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

error_codes! {
    /// A parameter cannot be read.
    BadParameter = 3000, "bad parameter", "Correct the parameter that the answer names; the OpenAPI document lists all of them.";
    /// The query text cannot be read.
    QuerySyntax = 3001, "query syntax", "Look at the offset: `field:value`, quotes, AND, OR, NOT and parentheses, at most 16 levels deep, are understood.";
    /// The query asks for too much.
    QueryTooComplex = 3002, "query too complex", "Shorten the query: at most 2 KiB and 64 terms.";
    /// The query names a field that does not exist.
    UnknownField = 3003, "unknown field", "Use a field of GET /api/v1/logs/fields, or context.<key> for anything else that was sent.";
    /// The field cannot be asked this way.
    UnsupportedOperation = 3004, "unsupported operation", "Keyword fields take equality, prefix and range; context.* takes equality, prefix, exists, and ranges of numbers and addresses; message takes words and phrases.";
    /// The window is impossible or too wide.
    BadTimeRange = 3005, "bad time range", "Let `from` lie before `to`, within the window that GET /api/v1/me names.";
    /// The limit is outside 1 to 1,000.
    LimitOutOfRange = 3006, "limit out of range", "Ask for 1 to 1,000 rows and follow `next_cursor` for more.";
    /// A time cannot be read.
    BadTime = 3007, "bad time", "Use RFC 3339 with an offset (or with `tz`), an epoch number, or date math such as now-15m.";
    /// The cursor cannot be read.
    BadCursor = 3008, "bad cursor", "Send `next_cursor` unchanged, or start again without a cursor.";
    /// The cursor belongs to another query.
    CursorOfOtherQuery = 3009, "cursor of another query", "Repeat the parameters of the first page, or start again without a cursor.";
    /// The service is outside the caller's scope.
    OutsideScope = 3010, "outside your scope", "Ask for a token whose `services` claim names the service.";
    /// The cursor belongs to another caller.
    CursorOfOtherCaller = 3011, "cursor of another caller", "Start again without a cursor.";
    /// A log line cannot be stored.
    RefusedLine = 3012, "refused log line", "Correct the lines that the answer names and send them again; the others are stored.";
    /// The cursor is too old.
    CursorExpired = 3013, "cursor expired", "Start again without a cursor; a cursor lives 5 minutes after its last use.";
    /// No line has this id.
    LineNotFound = 3014, "line not found", "Check the id; a line may also have passed its retention, or lie outside your scope.";
    /// Too many buckets.
    TooManyBuckets = 3015, "too many buckets", "Use a larger interval or a shorter window: at most 120 buckets.";
    /// The search engine cannot be reached.
    EngineUnavailable = 3050, "search engine unavailable", "Try again after `Retry-After` seconds.";
    /// The search engine did not answer in time.
    EngineTimeout = 3051, "search engine timed out", "Try again, with a shorter window or a narrower query.";
    /// The search engine refuses more work.
    EngineOverloaded = 3052, "search engine overloaded", "Try again after `Retry-After` seconds.";
    /// The search engine answered with something that cannot be right.
    EngineBadAnswer = 3053, "bad answer from the search engine", "Check what stands between Trailproof and the search engine; `trailproof doctor` helps.";
    /// The search engine grants no write.
    EngineReadOnly = 3054, "read-only on this cluster", "Send logs to a cluster where the configured user may write.";
    /// The data disk is full.
    StorageFull = 3055, "storage full", "Free disk space or lower the retention, then send again.";
    /// The search engine has none of our indices.
    EngineUnprepared = 3056, "indices not prepared", "Run `trailproof es bootstrap` once with a user that may create indices, then send again.";
    /// The search engine grants no read.
    EngineUnreadable = 3057, "indices not readable", "Grant the user that Trailproof uses the privilege `read` on the index patterns; `trailproof doctor` names them.";
    /// No token.
    Unauthenticated = 3080, "authentication required", "Send `Authorization: Bearer <token>`; `trailproof token` makes one.";
    /// The token is not accepted.
    BadToken = 3081, "token not accepted", "Get a new token; check its expiry, audience and issuer.";
    /// The caller's roles do not allow this.
    Forbidden = 3082, "not permitted", "Ask for a role that holds the permission which the answer names.";
    /// No such route.
    NoSuchRoute = 3083, "no such route", "Look at /docs for the routes of this server.";
    /// The route exists, but not for this method.
    MethodNotAllowed = 3084, "method not allowed", "Use a method that the `Allow` header names.";
    /// No offered format suits the caller.
    NotAcceptable = 3085, "not acceptable", "Accept application/json.";
    /// The body is too large.
    BodyTooLarge = 3086, "body too large", "Send at most 5 MiB a request, counted after decompression.";
    /// The body's type or encoding is not understood.
    UnsupportedMediaType = 3087, "unsupported media type", "Send application/json, application/x-ndjson or text/plain, plain or with gzip.";
    /// The URL is too long.
    UrlTooLong = 3088, "URL too long", "Keep the URL under 8 KiB; POST /api/v1/logs/search takes the same parameters in a body.";
    /// The headers are too large.
    HeadersTooLarge = 3089, "headers too large", "Keep all headers together under 32 KiB.";
    /// The body did not arrive in time.
    BodyTimeout = 3090, "body timeout", "Send the whole body within 30 seconds.";
    /// The body cannot be read.
    BadBody = 3091, "unreadable body", "Send JSON, or one JSON object a line, in UTF-8.";
    /// The request is malformed in another way.
    BadRequest = 3092, "bad request", "Send exactly one `Host` header and a well-formed path.";
    /// Too many requests.
    TooManyRequests = 3093, "too many requests", "Slow down and try again after `Retry-After` seconds.";
    /// The request took too long.
    RequestTimeout = 3094, "request timeout", "Try again, with a shorter window or a narrower query.";
    /// The server is stopping or full.
    Busy = 3095, "server busy", "Try again after `Retry-After` seconds.";
    /// A defect of ours.
    Internal = 3099, "internal error", "Report the request id; the server's log says more.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_so_that_none_stands_twice() {
        let numbers: Vec<_> = ErrorCode::ALL.iter().map(|code| code.number()).collect();

        assert!(numbers.windows(2).all(|pair| matches!(pair, [low, high] if low < high)), "{numbers:?}");
    }
}
