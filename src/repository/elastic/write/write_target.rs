//! What the names that we write to stand for in the cluster.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::repository::StoreResult;
use crate::repository::elastic::transport::{Call, Client};

/// What a name stands for; a name that stands for nothing has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteTarget {
    /// A write alias: the portable profile.
    Alias,
    /// A data stream: the elastic profile.
    DataStream,
    /// An index that somebody else has made under our name.
    Index,
}

/// Those of `names` that stand for something.
pub(crate) async fn look_up(client: &Client, names: &[String]) -> StoreResult<BTreeMap<String, WriteTarget>> {
    // A name that is not there fails the request, a pattern that matches nothing does not.
    let patterns: Vec<_> = names.iter().map(|name| format!("{name}*")).collect();
    let call = Call::get(format!("/_resolve/index/{}", patterns.join(",")));
    let found: Found = client.read(&call).await?.accept()?.json()?;
    let of = |found: Vec<Named>, target| found.into_iter().map(move |Named { name }| (name, target));
    Ok(of(found.aliases, WriteTarget::Alias)
        .chain(of(found.data_streams, WriteTarget::DataStream))
        .chain(of(found.indices, WriteTarget::Index))
        .filter(|(name, _)| names.contains(name))
        .collect())
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    indices: Vec<Named>,
    #[serde(default)]
    aliases: Vec<Named>,
    #[serde(default)]
    data_streams: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}
