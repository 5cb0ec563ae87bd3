//! The layouts of the indices that are read, asked for when first needed and anew every five minutes.
//!
//! Asking needs no more than the right to read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::caps::Caps;
use super::client::Client;
use super::layout::{Keys, Layout, PlaceKind};
use super::names::Names;
use super::resolve;
use crate::model::field::FIELDS;
use crate::model::{FieldRef, Query};
use crate::repository::StoreResult;

/// How long a layout is used before it is asked for anew.
const FRESH_FOR: Duration = Duration::from_mins(5);
/// How long to wait after a failure before asking anew, while there is an older layout.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// Keys of the context that are remembered.
const MAX_KEYS: usize = 1_000;

/// The layout of the indices of one pattern list.
#[derive(Debug)]
pub(super) struct Layouts {
    names: Names,
    /// Where the fields are asked for, as a list for a URL path.
    target: String,
    known: Mutex<Option<Known>>,
    /// Held while asking, so that many searches ask once.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Known {
    layout: Arc<Layout>,
    fresh_until: Instant,
}

impl Layouts {
    /// The layouts of `target`, whose documents use `names`. Nothing is asked yet.
    pub(super) fn new(names: Names, target: String) -> Self {
        Self { names, target, known: Mutex::new(None), asking: tokio::sync::Mutex::new(()) }
    }

    /// A layout that knows all fields that `query` names. It is asked for anew when it is old, by one caller at a time;
    /// the others go on with the old one meanwhile.
    pub(super) async fn for_query(&self, client: &Client, query: &Query) -> StoreResult<Arc<Layout>> {
        let mut keys = BTreeSet::new();
        collect_keys(query, &mut keys);
        let turn = match self.last_known().filter(|layout| knows(layout, &keys)) {
            None => self.asking.lock().await,
            Some(layout) => match self.asking.try_lock() {
                Ok(turn) if self.fresh().is_none() => turn,
                Ok(_) | Err(_) => return Ok(layout),
            },
        };
        let layout = match self.fresh() {
            Some(layout) => layout,
            None => self.renew(client).await?,
        };
        let layout =
            if knows(&layout, &keys) { layout } else { self.with_keys(client, &layout, &keys).await? };
        drop(turn);
        Ok(layout)
    }

    /// The indices, as a list for a URL path.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// The layout as it is known now, however old.
    pub(super) fn last_known(&self) -> Option<Arc<Layout>> {
        self.lock().as_ref().map(|known| Arc::clone(&known.layout))
    }

    fn fresh(&self) -> Option<Arc<Layout>> {
        let known = self.lock().clone()?;
        (Instant::now() < known.fresh_until).then_some(known.layout)
    }

    /// Asks for the fields; a failure does not take away what was known before.
    async fn renew(&self, client: &Client) -> StoreResult<Arc<Layout>> {
        let caps = match Caps::ask(client, &self.target, &resolve::paths_of_fields(&self.names)).await {
            Ok(caps) => caps,
            Err(error) => {
                let Some(before) = self.last_known() else { return Err(error) };
                tracing::warn!(%error, "the fields of the indices cannot be asked for; what was known is used");
                self.keep(&before, PAUSE_AFTER_FAILURE);
                return Ok(before);
            }
        };
        let layout = Arc::new(resolve::layout(&self.names, &caps));
        let is_new = self.last_known().is_none_or(|before| before.fields != layout.fields);
        if is_new {
            tell(&self.target, &caps, &layout);
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
        let caps = Caps::ask(client, &self.target, &resolve::paths_of_keys(&self.names, names)).await?;
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
        *self.lock() = Some(Known { layout: Arc::clone(layout), fresh_until: Instant::now() + time });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says once, and again when it changes, where each field is found, and what cannot be asked.
fn tell(target: &str, caps: &Caps, layout: &Layout) {
    if caps.indices.is_empty() {
        tracing::warn!(pattern = target, "no index matches; check logs.indices and the rights of the user");
        return;
    }
    let found: Vec<_> = FIELDS
        .iter()
        .filter_map(|field| {
            let layout = layout.fields.get(&field.id)?;
            let paths: Vec<_> = layout.places().into_iter().map(|place| place.path.as_str()).collect();
            (!paths.is_empty()).then(|| format!("{}={}", field.name, paths.join("|")))
        })
        .collect();
    tracing::info!(pattern = target, indices = caps.indices.len(), fields = found.join(" "), "reads indices");
    for Shortcoming { sentence, .. } in shortcomings(layout) {
        tracing::warn!(pattern = target, "{sentence}");
    }
}

/// Something that cannot be asked in the indices that are read, for whoever may change their mappings.
pub(super) struct Shortcoming {
    /// Where documents hold the value.
    pub(super) path: String,
    pub(super) sentence: String,
    /// Whether lines cannot be found at all.
    pub(super) hides_lines: bool,
}

/// All that cannot be asked.
pub(super) fn shortcomings(layout: &Layout) -> Vec<Shortcoming> {
    let of_time = |sentence| Shortcoming { path: layout.time.path.clone(), sentence, hides_lines: true };
    let mut found = Vec::new();
    if !layout.time.is_usable {
        found.push(of_time(format!("{} is no date in any index, so no line can be found", layout.time.path)));
    }
    for index in &layout.time.unusable {
        found.push(of_time(format!(
            "{index}: {} has another type than elsewhere, so its lines are left out",
            layout.time.path
        )));
    }
    for field in &FIELDS {
        let Some(asked) = layout.fields.get(&field.id) else { continue };
        for place in asked.places() {
            let problem = match (&place.kind, field.kind) {
                (PlaceKind::Other(word), _) => format!("has the type {word}, which cannot be searched"),
                (PlaceKind::Text { exact: None, .. }, crate::model::FieldKind::Keyword) => {
                    "is text only, so it has no exact match; map it as keyword, or add the sub-field keyword"
                        .to_owned()
                }
                (PlaceKind::Keyword, crate::model::FieldKind::Text) => {
                    "is a keyword, so words inside it cannot be searched; map it as text".to_owned()
                }
                _ => continue,
            };
            let sentence = format!("{} ({}) {problem}", place.path, field.name);
            found.push(Shortcoming { path: place.path.clone(), sentence, hides_lines: false });
        }
    }
    found
}

fn knows(layout: &Layout, keys: &BTreeSet<String>) -> bool {
    match &layout.keys {
        Keys::Below(_) => true,
        Keys::Asked(known) => keys.iter().all(|key| known.contains_key(key)),
    }
}

fn collect_keys(query: &Query, keys: &mut BTreeSet<String>) {
    let field = match query {
        Query::Term { field, .. }
        | Query::Terms { field, .. }
        | Query::Prefix { field, .. }
        | Query::Range { field, .. }
        | Query::Network { field, .. }
        | Query::Exists(field) => Some(field),
        Query::All
        | Query::None
        | Query::And(_)
        | Query::Or(_)
        | Query::Not(_)
        | Query::Levels(_)
        | Query::Text(_) => None,
    };
    if let Some(FieldRef::Context(key)) = field {
        keys.insert(key.clone());
    }
    for child in query.children() {
        collect_keys(child, keys);
    }
}
