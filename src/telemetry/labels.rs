//! Labels of metrics as closed sets: nothing that a user types ever becomes a label value. (`by_service.rs` is the one exception.)

/// One label: its name and every value that it can take.
pub(crate) trait Label: Copy + Send + Sync + 'static {
    /// Name of the label.
    const NAME: &'static str;
    /// Every value.
    const ALL: &'static [Self];

    /// The value as it stands in the exposition.
    fn as_str(self) -> &'static str;
}

/// The labels of one metric, in their order.
pub trait Labels: Copy + Send + Sync + 'static {
    /// Names of the labels.
    fn names() -> Vec<&'static str>;

    /// Every combination, so that each is exported from the start.
    fn all() -> Vec<Self>;

    /// The values, in the order of the names.
    fn values(self) -> Vec<&'static str>;
}

impl Labels for () {
    fn names() -> Vec<&'static str> {
        Vec::new()
    }

    fn all() -> Vec<Self> {
        vec![()]
    }

    fn values(self) -> Vec<&'static str> {
        Vec::new()
    }
}

impl<A: Label> Labels for A {
    fn names() -> Vec<&'static str> {
        vec![A::NAME]
    }

    fn all() -> Vec<Self> {
        A::ALL.to_vec()
    }

    fn values(self) -> Vec<&'static str> {
        vec![self.as_str()]
    }
}

impl<A: Label, B: Label> Labels for (A, B) {
    fn names() -> Vec<&'static str> {
        vec![A::NAME, B::NAME]
    }

    fn all() -> Vec<Self> {
        A::ALL.iter().flat_map(|first| B::ALL.iter().map(|second| (*first, *second))).collect()
    }

    fn values(self) -> Vec<&'static str> {
        vec![self.0.as_str(), self.1.as_str()]
    }
}

macro_rules! labels {
    ($($(#[$doc:meta])* $label:ident = $name:literal { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub enum $label { $($(#[$value_doc])* $value,)+ }

            impl Label for $label {
                const NAME: &'static str = $name;
                const ALL: &'static [Self] = &[$(Self::$value,)+];

                fn as_str(self) -> &'static str {
                    match self { $(Self::$value => $text,)+ }
                }
            }
        )+
    };
}

labels! {
    /// Which search route.
    SearchEndpoint = "endpoint" {
        /// `/api/v1/logs/search`.
        Search = "search",
        /// `/api/v1/logs/recent/{service}`.
        Recent = "recent",
        /// `/api/v1/logs/errors`.
        Errors = "errors",
        /// `/api/v1/logs/security`.
        Security = "security",
        /// `/api/v1/logs/histogram`.
        Histogram = "histogram",
        /// `/api/v1/logs/trace/{id}`.
        Trace = "trace",
        /// `/api/v1/logs/tail`.
        Tail = "tail",
        /// `/api/v1/logs/fields`.
        Fields = "fields",
        /// `/api/v1/logs/fields/{name}/values`.
        Values = "values",
        /// `/api/v1/logs/{id}`.
        Id = "id",
        /// `/api/v1/logs/{id}/context`.
        Context = "context",
    }

    /// How a search ended.
    Outcome = "outcome" {
        /// With an answer.
        Ok = "ok",
        /// The request was at fault, or its sender went away.
        ClientError = "client_error",
        /// We or a back end were at fault.
        Error = "error",
        /// A deadline passed.
        Timeout = "timeout",
    }

    /// Where an answer came from; the word is the one of the field `cache` in answers.
    CacheSource = "cache" {
        /// The search engine: there is no cache.
        None = "none",
    }

    /// One tier of the cache.
    CacheTier = "tier" {
        /// The memory of this process.
        Memory = "memory",
        /// Redis.
        Redis = "redis",
    }

    /// What Elasticsearch is asked to do.
    ElasticOperation = "operation" {
        /// Fetch a page of lines.
        Search = "search",
        /// Count lines.
        Count = "count",
        /// Fetch one line.
        Get = "get",
        /// Store lines.
        Bulk = "bulk",
        /// Delete lines that passed their retention.
        Delete = "delete",
        /// Ask how it is, and which fields it has.
        Health = "health",
    }

    /// Why a call to Elasticsearch brought no answer of use.
    ElasticFailure = "kind" {
        /// No connection.
        Connect = "connect",
        /// No answer in time.
        Timeout = "timeout",
        /// It asks for less load.
        Overloaded = "overloaded",
        /// HTML, cut off, of the wrong type.
        BadAnswer = "bad_answer",
        /// Wrong credentials or too few rights.
        Forbidden = "forbidden",
    }

    /// State of the Elasticsearch cluster.
    ClusterColor = "color" {
        /// All shards are there.
        Green = "green",
        /// All primary shards are there.
        Yellow = "yellow",
        /// A primary shard is missing.
        Red = "red",
    }

    /// What became of a log line that was sent.
    LineOutcome = "outcome" {
        /// On disk.
        Stored = "stored",
        /// Cannot be stored; its sender was told.
        Refused = "refused",
    }

    /// On which side of its receipt the time of a line lies.
    LineSide = "side" {
        /// After it: a clock is wrong.
        Ahead = "ahead",
        /// Before it: a clock is wrong, or the line was shipped late.
        Behind = "behind",
    }

    /// A field that the services' standard asks of every line.
    RequiredField = "field" {
        /// When the line was written.
        Timestamp = "timestamp",
        /// Its severity.
        Level = "level",
        /// Its text.
        Message = "message",
        /// Who wrote it.
        Service = "service",
        /// The request that it belongs to.
        RequestId = "request_id",
    }

    /// Why stored log lines were deleted.
    DeletionReason = "reason" {
        /// They were older than `retention` allows.
        Age = "age",
        /// They were the oldest when all took more than `storage.max_disk_bytes`.
        Size = "size",
    }
}

impl ClusterColor {
    /// Finds a colour by its word.
    #[must_use]
    pub(crate) fn by_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|color| color.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_labels_give_every_combination_once() {
        let pairs = <(SearchEndpoint, Outcome)>::all();

        assert_eq!(pairs.len(), SearchEndpoint::ALL.len() * Outcome::ALL.len());
        assert_eq!(<(SearchEndpoint, Outcome)>::names(), ["endpoint", "outcome"]);
        assert_eq!((SearchEndpoint::Search, Outcome::Timeout).values(), ["search", "timeout"]);
    }
}
