//! The layouts of the indices that are read, asked for when first needed and anew every five minutes. Indices that may not be
//! read take no part: what they lack is nobody's business.
//!
//! Asking needs no more than the right to read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::field_caps::FieldCaps;
use super::field_names::FieldNames;
use super::{Keys, Layout};
use super::{resolve, shortcomings};
use crate::model::{FieldRef, KindSet, LogField};
use crate::repository::StoreResult;
use crate::repository::elastic::indices::is_withheld;
use crate::repository::elastic::transport::Client;

/// How long a layout is used before it is asked for anew.
const FRESH_FOR: Duration = Duration::from_mins(5);
/// How long to wait after a failure before asking anew, while there is an older layout.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// How long a layout is used for a question about a field that it has nowhere: the first line with it may just have come.
const FRESH_FOR_MISSING: Duration = Duration::from_secs(5);
/// Keys of the context that are remembered.
const MAX_KEYS: usize = 1_000;

/// The layout of the indices of one pattern list.
#[derive(Debug)]
pub(crate) struct LayoutCache {
    names: FieldNames,
    /// Where the fields are asked for, as a list for a URL path.
    target: String,
    /// The kinds of lines that may be read there.
    kinds: KindSet,
    known: Mutex<Option<Known>>,
    /// Held while asking, so that many searches ask once.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Known {
    layout: Arc<Layout>,
    asked: Instant,
    fresh_until: Instant,
}

impl LayoutCache {
    /// The layouts of `target` for whoever may read lines of `kinds`; its documents use `names`. Nothing is asked yet.
    pub(crate) fn new(names: FieldNames, target: String, kinds: KindSet) -> Self {
        Self { names, target, kinds, known: Mutex::new(None), asking: tokio::sync::Mutex::new(()) }
    }

    /// A layout that knows all of `fields`. It is asked for anew when it is old, by one caller at a time; the others go on with
    /// the old one meanwhile, unless it has one of the fields nowhere.
    pub(crate) async fn of(&self, client: &Client, fields: &BTreeSet<FieldRef>) -> StoreResult<Arc<Layout>> {
        let keys = fields.iter().filter_map(|field| match field {
            FieldRef::Context(key) => Some(key.clone()),
            FieldRef::Known(_) => None,
        });
        let keys: BTreeSet<String> = keys.collect();
        let is_usable = |layout: &Arc<Layout>| knows(layout, &keys) && self.is_sure_of(layout, fields);
        let turn = match self.last_known().filter(is_usable) {
            None => self.asking.lock().await,
            Some(layout) => match self.asking.try_lock() {
                Ok(turn) if self.fresh().is_none() => turn,
                Ok(_) | Err(_) => return Ok(layout),
            },
        };
        let layout = match self.fresh().filter(|layout| self.is_sure_of(layout, fields)) {
            Some(layout) => layout,
            None => self.renew(client).await?,
        };
        let layout =
            if knows(&layout, &keys) { layout } else { self.with_keys(client, &layout, &keys).await? };
        drop(turn);
        Ok(layout)
    }

    /// Whether the layout has all of `fields` somewhere, or has been asked for just now.
    fn is_sure_of(&self, layout: &Layout, fields: &BTreeSet<FieldRef>) -> bool {
        let asked = self.lock().as_ref().map(|known| known.asked);
        let is_new = asked.is_some_and(|asked| asked.elapsed() < FRESH_FOR_MISSING);
        let is_somewhere = |field: &FieldRef| match field {
            FieldRef::Context(key) => !matches!(&layout.keys, Keys::Asked(keys)
                if keys.get(key).is_some_and(|layout| layout.groups.is_empty())),
            FieldRef::Known(LogField::Id | LogField::ClientId | LogField::ReceivedAt | LogField::Context) => {
                true
            }
            FieldRef::Known(_) => !layout.of(field).groups.is_empty(),
        };
        is_new || (!layout.indices.is_empty() && fields.iter().all(is_somewhere))
    }

    /// The indices, as a list for a URL path.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The layout as it is known now, however old.
    pub(crate) fn last_known(&self) -> Option<Arc<Layout>> {
        self.lock().as_ref().map(|known| Arc::clone(&known.layout))
    }

    fn fresh(&self) -> Option<Arc<Layout>> {
        let known = self.lock().clone()?;
        (Instant::now() < known.fresh_until).then_some(known.layout)
    }

    /// Asks for the fields; a failure does not take away what was known before.
    async fn renew(&self, client: &Client) -> StoreResult<Arc<Layout>> {
        let mut caps = match FieldCaps::ask(client, &self.target, &resolve::paths_of_fields(&self.names))
            .await
        {
            Ok(caps) => caps,
            Err(error) => {
                let Some(before) = self.last_known() else { return Err(error) };
                tracing::warn!(%error, "the fields of the indices cannot be asked for; what was known is used");
                self.keep(&before, PAUSE_AFTER_FAILURE);
                return Ok(before);
            }
        };
        caps.leave_out(|index| is_withheld(index, self.kinds));
        let layout = Arc::new(Layout { kinds: Some(self.kinds), ..resolve::layout(&self.names, &caps) });
        let is_new = self.last_known().is_none_or(|before| before.fields != layout.fields);
        if is_new {
            shortcomings::tell(&self.target, &layout);
        }
        self.keep(&layout, FRESH_FOR);
        Ok(layout)
    }

    async fn with_keys(
        &self,
        client: &Client,
        layout: &Arc<Layout>,
        keys: &BTreeSet<String>,
    ) -> StoreResult<Arc<Layout>> {
        let Keys::Asked(known) = &layout.keys else { return Ok(Arc::clone(layout)) };
        let is_full = known.len() + keys.len() > MAX_KEYS;
        let mut known = if is_full { BTreeMap::new() } else { known.clone() };
        let missing: Vec<_> = keys.iter().filter(|key| !known.contains_key(*key)).collect();
        let names = missing.iter().map(|key| key.as_str());
        let mut caps =
            FieldCaps::ask(client, &self.target, &resolve::paths_of_keys(&self.names, names)).await?;
        caps.leave_out(|index| is_withheld(index, self.kinds));
        known.extend(
            missing.into_iter().map(|key| (key.clone(), resolve::key_layout(&self.names, key, &caps))),
        );
        let extended = Arc::new(Layout { keys: Keys::Asked(known), ..Layout::clone(layout) });
        if let Some(current) = self.lock().as_mut() {
            current.layout = Arc::clone(&extended);
        }
        Ok(extended)
    }

    fn keep(&self, layout: &Arc<Layout>, time: Duration) {
        let now = Instant::now();
        *self.lock() = Some(Known { layout: Arc::clone(layout), asked: now, fresh_until: now + time });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn knows(layout: &Layout, keys: &BTreeSet<String>) -> bool {
    match &layout.keys {
        Keys::Below(_) => true,
        Keys::Asked(known) => keys.iter().all(|key| known.contains_key(key)),
    }
}
