//! Why a request could not be sent, in words that say what to do.

use std::error::Error;
use std::fmt;
use std::io;

use rustls::CertificateError;

/// What kept a node from being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// The node's certificate is no longer valid.
    Expired,
    /// The node's certificate is not valid yet, or the clock of this machine is behind.
    NotYetValid,
    /// The node's certificate is for other names.
    OtherName {
        /// The names that it is for, as far as they are known.
        names: Vec<String>,
    },
    /// Nobody whom this machine trusts has signed the node's certificate.
    Untrusted {
        /// Whether `ELASTICSEARCH_CA_FILE` is set.
        has_authority: bool,
    },
    /// The certificate is wrong in another way.
    BadCertificate(String),
    /// The node speaks plain HTTP where TLS was expected.
    SpeaksPlainHttp,
    /// The connection was closed without an answer, as a node that expects TLS does.
    MaySpeakTls,
    /// Anything else, such as a refused connection.
    Other(String),
}

impl Unsent {
    /// Looks into the chain of `error` for what happened.
    pub(crate) fn of(error: &elasticsearch::Error, is_tls: bool, has_authority: bool) -> Self {
        if let Some(error) = links(error).find_map(tls_error) {
            return Self::of_tls(error, has_authority);
        }
        let was_closed = links(error)
            .any(|link| link.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message));
        if was_closed && !is_tls {
            return Self::MaySpeakTls;
        }
        Self::Other(innermost(error))
    }

    fn of_tls(error: &rustls::Error, has_authority: bool) -> Self {
        let rustls::Error::InvalidCertificate(certificate) = error else {
            return match error {
                rustls::Error::InvalidMessage(_) => Self::SpeaksPlainHttp,
                _ => Self::Other(format!("TLS: {error}")),
            };
        };
        match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::NotValidForName => Self::OtherName { names: Vec::new() },
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::OtherName { names: presented.iter().filter_map(|name| plain_name(name)).collect() }
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                Self::Untrusted { has_authority }
            }
            other => Self::BadCertificate(other.to_string()),
        }
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => {
                out.write_str("its certificate has expired; renew it on the node, and restart the node")
            }
            Self::NotYetValid => {
                out.write_str("its certificate is not valid yet; check the clock of this machine")
            }
            Self::OtherName { names } if names.is_empty() => out.write_str(
                "its certificate is for another name; use a name of the certificate in ELASTICSEARCH_URL",
            ),
            Self::OtherName { names } => write!(
                out,
                "its certificate is for {}; use one of its names in ELASTICSEARCH_URL",
                names.join(", ")
            ),
            Self::Untrusted { has_authority: false } => out.write_str(
                "its certificate is signed by an authority that is not known here; set ELASTICSEARCH_CA_FILE",
            ),
            Self::Untrusted { has_authority: true } => out.write_str(
                "its certificate is not signed by the authority in ELASTICSEARCH_CA_FILE; use the authority of \
                 this cluster",
            ),
            Self::BadCertificate(reason) => write!(out, "its certificate cannot be used: {reason}"),
            Self::SpeaksPlainHttp => {
                out.write_str("it answers without TLS; write http:// in ELASTICSEARCH_URL")
            }
            Self::MaySpeakTls => out.write_str(
                "it closed the connection without an answer; if it expects TLS, write https:// in ELASTICSEARCH_URL",
            ),
            Self::Other(reason) => out.write_str(reason),
        }
    }
}

/// The last link of the chain: it says what happened, without the address of the request.
pub(crate) fn innermost(error: &elasticsearch::Error) -> String {
    links(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The error and everything behind it.
fn links<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |link: &&'a (dyn Error + 'static)| (*link).source())
}

/// An error of TLS comes wrapped in one of input and output, whose chain passes over it.
fn tls_error<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    match link.downcast_ref::<io::Error>() {
        Some(outer) => outer.get_ref().and_then(|inner| tls_error(inner)),
        None => link.downcast_ref(),
    }
}

/// `DnsName("a.example")` as `a.example`, `IpAddress(10.0.0.1)` as `10.0.0.1`; other names are not those of hosts.
fn plain_name(name: &str) -> Option<String> {
    let inner = name.strip_prefix("DnsName(").or_else(|| name.strip_prefix("IpAddress("))?;
    Some(inner.trim_end_matches(')').trim_matches('"').to_owned())
}
