//! The nodes of a cluster: one transport each, asked in turn, and left alone for a while after a failure.
//!
//! The official client goes round its nodes whether they answer or not, so choosing is done here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use elasticsearch::auth::Credentials;
use elasticsearch::cert::{Certificate, CertificateValidation};
use elasticsearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use super::options::CredentialKind;
use super::options::ElasticOptions;
use super::unsent::Unsent;
use crate::repository::{StoreError, StoreResult};

/// How long a node that failed is asked last.
const REST: Duration = Duration::from_secs(10);
/// A node that answered within this time needs no look at whether it can be connected to.
const TRUSTED_FOR: Duration = Duration::from_secs(10);

/// All nodes that can be asked.
#[derive(Debug)]
pub(crate) struct Pool {
    nodes: Vec<Node>,
    next: AtomicUsize,
}

/// One node and what is known of it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) transport: Transport,
    /// Scheme, host and port, without user and password.
    pub(crate) address: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) has_authority: bool,
    pub(crate) credentials: CredentialKind,
    is_tls: bool,
    is_fallback: bool,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    resting_until: Option<Instant>,
    answered_at: Option<Instant>,
}

impl Pool {
    /// Makes a transport for every address; does not connect.
    pub(crate) fn new(options: &ElasticOptions) -> StoreResult<Self> {
        let authority = read_authority(options)?;
        let mut nodes = Vec::new();
        for (address, is_fallback) in with_rank(options) {
            nodes.push(Node::new(address, is_fallback, options, authority.as_deref())?);
        }
        if nodes.is_empty() {
            return Err(refused("no address is configured; set ELASTICSEARCH_URL"));
        }
        Ok(Self { nodes, next: AtomicUsize::new(0) })
    }

    /// The nodes in the order in which one call asks them: fit ones in turn, fallbacks after them, failed ones last.
    pub(crate) fn order(&self, now: Instant) -> Vec<&Node> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.nodes.len();
        let mut order: Vec<_> = self.nodes.iter().cycle().skip(turn % count.max(1)).take(count).collect();
        order.sort_by_key(|node| (node.is_resting(now), node.is_fallback));
        order
    }

    /// All nodes, in the order of the configuration.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether there is more than one node.
    pub(crate) fn has_choice(&self) -> bool {
        self.nodes.len() > 1
    }
}

impl Node {
    fn new(
        address: &str,
        is_fallback: bool,
        options: &ElasticOptions,
        authority: Option<&[u8]>,
    ) -> StoreResult<Self> {
        // The address may hold a password, so it is not repeated in the message.
        let mut url = Url::parse(address.trim())
            .map_err(|error| refused(format!("an address in ELASTICSEARCH_URL is no URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused("an address in ELASTICSEARCH_URL begins with neither http:// nor https://"));
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(refused("an address in ELASTICSEARCH_URL names no host"));
        };
        // A URL writes IPv6 in brackets, a resolver knows it without.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_tls = url.scheme() == "https";
        let in_address = take_user(&mut url);
        url.set_query(None);
        url.set_fragment(None);
        let address = url.as_str().trim_end_matches('/').to_owned();

        let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url))
            .disable_proxy()
            .enable_meta_header(false)
            .timeout(Duration::from_millis(options.timeout_ms));
        let credentials = credentials(options)?.or(in_address);
        let credential_kind = match &credentials {
            None => CredentialKind::None,
            Some(Credentials::ApiKey(..)) => CredentialKind::ApiKey,
            Some(Credentials::EncodedApiKey(_)) => CredentialKind::EncodedApiKey,
            Some(_) => CredentialKind::Basic,
        };
        if let Some(credentials) = credentials {
            builder = builder.auth(credentials);
        }
        if let Some(pem) = authority {
            let certificate = Certificate::from_pem(pem)
                .map_err(|error| refused(format!("ELASTICSEARCH_CA_FILE cannot be used: {error}")))?;
            builder = builder.cert_validation(CertificateValidation::Full(certificate));
        }
        let transport = builder
            .build()
            .map_err(|error| refused(format!("the client for {host}:{port} cannot be made: {error}")))?;
        Ok(Self {
            transport,
            address,
            host,
            port,
            has_authority: authority.is_some(),
            credentials: credential_kind,
            is_tls,
            is_fallback,
            seen: Mutex::default(),
        })
    }

    /// Host and port, for messages.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Why a request did not reach it.
    pub(crate) fn unsent(&self, error: &elasticsearch::Error) -> Unsent {
        Unsent::of(error, self.is_tls, self.has_authority)
    }

    /// Remembers that the node answered.
    pub(crate) fn note_answer(&self, now: Instant) {
        self.set(Seen { resting_until: None, answered_at: Some(now) });
    }

    /// Remembers that the node failed.
    pub(crate) fn note_failure(&self, now: Instant) {
        self.set(Seen { resting_until: now.checked_add(REST), answered_at: None });
    }

    /// Remembers that the node kept silent: it may be slow or gone, so the next call looks before it asks.
    pub(crate) fn note_silence(&self) {
        self.set(Seen { resting_until: None, answered_at: None });
    }

    /// Whether the node answered a short while ago.
    pub(crate) fn is_trusted(&self, now: Instant) -> bool {
        self.seen().answered_at.is_some_and(|at| now.saturating_duration_since(at) < TRUSTED_FOR)
    }

    fn is_resting(&self, now: Instant) -> bool {
        self.seen().resting_until.is_some_and(|until| now < until)
    }

    fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

fn with_rank(options: &ElasticOptions) -> impl Iterator<Item = (&str, bool)> {
    let first = options.urls.iter().map(|url| (url.as_str(), false));
    first.chain(options.fallback_urls.iter().map(|url| (url.as_str(), true)))
}

fn read_authority(options: &ElasticOptions) -> StoreResult<Option<Vec<u8>>> {
    let Some(path) = &options.ca_file else { return Ok(None) };
    let pem = std::fs::read(path).map_err(|error| {
        refused(format!("ELASTICSEARCH_CA_FILE {} cannot be read: {error}", path.display()))
    })?;
    Ok(Some(pem))
}

fn credentials(options: &ElasticOptions) -> StoreResult<Option<Credentials>> {
    if let Some(key) = &options.api_key {
        let key = key.expose_secret().trim();
        // The client panics on a header value that HTTP does not allow.
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refused("ELASTICSEARCH_API_KEY is empty or holds characters that no API key has"));
        }
        return Ok(Some(match key.split_once(':') {
            Some((id, secret)) => Credentials::ApiKey(id.to_owned(), secret.to_owned()),
            None => Credentials::EncodedApiKey(key.to_owned()),
        }));
    }
    let Some(name) = &options.username else { return Ok(None) };
    let password = options.password.as_ref().map(SecretString::expose_secret).unwrap_or_default();
    Ok(Some(Credentials::Basic(name.clone(), password.to_owned())))
}

/// Takes user and password out of an address, so that they appear in no message.
fn take_user(url: &mut Url) -> Option<Credentials> {
    let decode = |text: &str| {
        let pairs = format!("x={}", text.replace('+', "%2B"));
        url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    let name = decode(url.username()).filter(|name| !name.is_empty());
    let password = url.password().and_then(decode).unwrap_or_default();
    // Both fail only for addresses without a host, which have been refused before.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    name.map(|name| Credentials::Basic(name, password))
}

fn refused(reason: impl Into<String>) -> StoreError {
    StoreError::Misconfigured { reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(urls: &[&str], fallback_urls: &[&str]) -> Pool {
        let own = |list: &[&str]| list.iter().map(|url| (*url).to_owned()).collect();
        Pool::new(&ElasticOptions {
            urls: own(urls),
            fallback_urls: own(fallback_urls),
            ..ElasticOptions::default()
        })
        .unwrap()
    }

    fn hosts(pool: &Pool, now: Instant) -> Vec<String> {
        pool.order(now).into_iter().map(|node| node.host.clone()).collect()
    }

    #[test]
    fn nodes_take_turns_and_fallbacks_come_last() {
        let pool = pool(&["http://a:9200", "http://b:9200"], &["http://z:9200"]);
        let now = Instant::now();

        assert_eq!(hosts(&pool, now), ["a", "b", "z"]);
        assert_eq!(hosts(&pool, now), ["b", "a", "z"]);
    }

    #[test]
    fn a_failed_node_is_asked_last_until_it_has_rested() {
        let pool = pool(&["http://a", "http://b"], &["http://z"]);
        let now = Instant::now();
        pool.nodes[0].note_failure(now);

        assert_eq!(hosts(&pool, now), ["b", "z", "a"]);
        assert_eq!(hosts(&pool, now + REST).len(), 3);
        assert!(!pool.nodes[0].is_resting(now + REST));
    }

    #[test]
    fn an_answer_makes_a_node_trusted_for_a_while() {
        let pool = pool(&["http://a"], &[]);
        let now = Instant::now();
        pool.nodes[0].note_answer(now);

        assert!(pool.nodes[0].is_trusted(now));
        assert!(!pool.nodes[0].is_trusted(now + TRUSTED_FOR));
        pool.nodes[0].note_silence();
        assert!(!pool.nodes[0].is_trusted(now));
    }

    #[test]
    fn user_and_password_leave_the_address() {
        let mut url = Url::parse("https://el%40stic:p%2Bw+d@es.example.org:9243/prefix").unwrap();

        let taken = take_user(&mut url);

        assert_eq!(url.as_str(), "https://es.example.org:9243/prefix");
        assert!(
            matches!(taken, Some(Credentials::Basic(name, password)) if name == "el@stic" && password == "p+w+d")
        );
    }

    #[test]
    fn what_cannot_be_an_address_is_refused_without_repeating_it() {
        for address in ["", "es:9200", "ftp://hunter2@a", "http://", "file:///hunter2"] {
            let options = ElasticOptions { urls: vec![address.to_owned()], ..ElasticOptions::default() };

            let error = Pool::new(&options).unwrap_err().to_string();

            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(Pool::new(&ElasticOptions::default()).is_err());
    }

    #[test]
    fn an_api_key_that_no_header_can_carry_is_refused() {
        let options = ElasticOptions {
            urls: vec!["http://a".to_owned()],
            api_key: Some("a\nb".into()),
            ..ElasticOptions::default()
        };

        assert!(matches!(Pool::new(&options), Err(StoreError::Misconfigured { .. })));
    }
}
