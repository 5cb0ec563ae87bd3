//! What the cluster is and can do, asked for when first needed and anew after a while: nodes are replaced, and rights given.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::client::Client;
use super::flavour::Flavour;
use crate::repository::StoreResult;

/// How long an answer is good while no node goes or comes.
const FRESH_FOR: Duration = Duration::from_mins(1);

/// The last answer.
#[derive(Debug, Default)]
pub(crate) struct FlavourCache {
    known: Mutex<Option<Known>>,
    /// Number of nodes when the cluster was last asked how it is.
    nodes: AtomicU64,
    /// Held while asking, so that many callers ask once.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Known {
    flavour: Arc<Flavour>,
    fresh_until: Instant,
}

impl FlavourCache {
    /// Takes note of how many nodes there are: where one has gone or come, what is known is old.
    pub(crate) fn note_nodes(&self, count: u64) {
        let before = self.nodes.swap(count, Ordering::Relaxed);
        if before != count
            && let Some(known) = self.lock().as_mut()
        {
            known.fresh_until = Instant::now();
        }
    }

    /// What is known, asked for only if nothing is.
    pub(crate) async fn get(&self, client: &Client) -> StoreResult<Arc<Flavour>> {
        match self.last_known() {
            Some(flavour) => Ok(flavour),
            None => self.refresh(client).await,
        }
    }

    /// What is known, asked for anew if it is old. A failure does not take away what was known before.
    pub(crate) async fn refresh(&self, client: &Client) -> StoreResult<Arc<Flavour>> {
        let _turn = self.asking.lock().await;
        if let Some(flavour) = self.fresh() {
            return Ok(flavour);
        }
        let before = self.last_known();
        let flavour = match (Flavour::probe(client).await, &before) {
            (Ok(flavour), _) => Arc::new(flavour),
            (Err(error), None) => return Err(error),
            (Err(error), Some(before)) => {
                tracing::debug!(%error, "the cluster cannot be asked what it is; what was known is used");
                return Ok(Arc::clone(before));
            }
        };
        if let Some(before) = before.filter(|before| *before != flavour) {
            tracing::info!(before = ?before.versions, now = ?flavour.versions, "the cluster has changed");
        }
        *self.lock() = Some(Known { flavour: Arc::clone(&flavour), fresh_until: Instant::now() + FRESH_FOR });
        Ok(flavour)
    }

    /// What was known last, however long ago.
    pub(crate) fn last_known(&self) -> Option<Arc<Flavour>> {
        self.lock().as_ref().map(|known| Arc::clone(&known.flavour))
    }

    fn fresh(&self) -> Option<Arc<Flavour>> {
        let known = self.lock().clone()?;
        (Instant::now() < known.fresh_until).then_some(known.flavour)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
