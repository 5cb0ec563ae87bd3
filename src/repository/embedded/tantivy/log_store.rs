//! `LogStore` on tantivy.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Map;
use tantivy::directory::MmapDirectory;
use tantivy::query::EnableScoring;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{Index, IndexReader, IndexSettings, IndexSortByField, Order, ReloadPolicy, Searcher};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

use super::STORE;
use super::opening;
use super::query::Translator;
use super::read::arrivals::{self, Found};
use super::read::columns::{ColumnCache, Columns};
use super::read::counts::Count;
use super::read::scan::{Hit, Scan, document, received, row_id};
use super::read::segment::{ScanError, Segment};
use super::schema::LineSchema;
use super::stored::Source;
use super::write::WriterHandle;
use crate::model::page::{Arrival, Arrivals, Counts, PageStart, Row, Rows, Settled};
use crate::model::query::{ArrivalsRequest, Bound, CountRequest, PageRequest};
use crate::model::{Clock, Completeness, KindSet, LogField, LogId, LogKind, Micros, Position, Query, Scalar};
use crate::repository::embedded::folder::DataFolder;
use crate::repository::{LineToStore, LogStore, StoreError, StoreHealth, StoreResult, Visibility};

/// Bytes of stored lines that are compressed together: larger is smaller on disk, smaller is faster to fetch.
const STORED_BLOCK_BYTES: usize = 64 * 1024;
/// Longest run of one search or count.
const DEADLINE: Duration = Duration::from_secs(8);

/// Log lines in the folder `logs` of the data folder.
pub struct TantivyLogStore {
    pub(super) shared: Arc<Shared>,
    /// How many more workers of the runtime may search in place.
    in_place: OnceLock<Semaphore>,
    /// Keeps the data folder locked as long as it lives.
    pub(super) writer: WriterHandle,
}

/// What every search needs.
pub(super) struct Shared {
    /// The fields.
    pub(super) schema: LineSchema,
    /// The index as of the last commit.
    pub(super) reader: IndexReader,
    /// Where the index lies.
    pub(super) folder: PathBuf,
    /// Open columns of its segments.
    pub(super) columns: ColumnCache,
}

impl TantivyLogStore {
    /// Opens the index of a data folder, or makes an empty one. `clock` tells when lines are received.
    ///
    /// # Errors
    /// When the index cannot be read or written.
    pub fn open(folder: Arc<DataFolder>, clock: Arc<dyn Clock>) -> StoreResult<Self> {
        let path = folder.path().join("logs");
        let schema = LineSchema::new();
        opening::prepare(&path)?;
        let index = open_index(&path, &schema).map_err(|error| opening::damaged(&path, error))?;
        opening::check(&path, &index, &schema.schema)?;
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            // Lines are read through the columns.
            .doc_store_cache_num_blocks(1)
            .try_into()
            .map_err(|error| opening::damaged(&path, error))?;
        let writer = WriterHandle::start(index, reader.clone(), schema.clone(), path.clone(), folder, clock)?;
        let shared = Shared { schema, reader, folder: path, columns: ColumnCache::default() };
        Ok(Self { shared: Arc::new(shared), in_place: OnceLock::new(), writer })
    }

    /// Runs a search. To hand the other tasks of a worker over to another thread takes as long as most searches, so a search
    /// keeps its worker for itself while one is left for everybody else (ADR 8).
    pub(super) async fn searching<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let runtime = Handle::current();
        if runtime.runtime_flavor() == RuntimeFlavor::MultiThread {
            let spare = || Semaphore::new(runtime.metrics().num_workers().saturating_sub(1));
            if let Ok(_permit) = self.in_place.get_or_init(spare).try_acquire() {
                return work(&self.shared);
            }
        }
        self.blocking(work).await
    }

    /// Runs work that may take long: the other tasks of the worker go to another thread first; on a runtime of one thread,
    /// the work does.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        if Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
            return tokio::task::block_in_place(|| work(&self.shared));
        }
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || work(&shared))
            .await
            .map_err(|error| StoreError::Corrupt { store: STORE, reason: error.to_string() })?
    }
}

fn open_index(path: &Path, schema: &LineSchema) -> tantivy::Result<Index> {
    let settings = IndexSettings {
        sort_by_field: Some(IndexSortByField { field: "time".to_owned(), order: Order::Desc }),
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(3) }),
        docstore_blocksize: STORED_BLOCK_BYTES,
        ..IndexSettings::default()
    };
    let directory = MmapDirectory::open(path)?;
    let mut index = if Index::exists(&directory)? {
        Index::open(directory)?
    } else {
        Index::create(directory, schema.schema.clone(), settings)?
    };
    index.set_tokenizers(LineSchema::tokenizers());
    Ok(index)
}

impl Shared {
    fn weight(&self, searcher: &Searcher, query: &Query) -> StoreResult<Box<dyn tantivy::query::Weight>> {
        let translated = Translator { schema: &self.schema, searcher }.translate(query).map_err(corrupt)?;
        translated.weight(EnableScoring::disabled_from_searcher(searcher)).map_err(corrupt)
    }

    fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        let after = request.start.as_ref().map(right_after).transpose()?;
        // One more tells whether there is a next page.
        let one_more = PageRequest { limit: request.limit + 1, ..request.clone() };
        let searcher = self.reader.searcher();
        let weight = self.weight(&searcher, &request.selection.query)?;
        let deadline = Instant::now() + DEADLINE;
        let columns = self.columns.of(&searcher).map_err(corrupt)?;
        let scan = Scan::new(&searcher, &columns, weight.as_ref(), &one_more, after, deadline);
        let (mut hits, total) = scan.run().map_err(failed)?;
        let has_more = hits.len() > request.limit;
        hits.truncate(request.limit);
        let rows = Self::rows(&searcher, &columns, &hits)?;
        let last = rows.last().map(|row| PageStart::After(row.position.clone()));
        Ok(Rows { rows, next: last.filter(|_| has_more), total, ..Rows::default() })
    }

    /// Fetches the lines of a page.
    fn rows(searcher: &Searcher, columns: &[Arc<Columns>], hits: &[Hit]) -> StoreResult<Vec<Row>> {
        let mut rows = Vec::with_capacity(hits.len());
        for hit in hits {
            let id = row_id(searcher, columns, hit.address).map_err(corrupt)?.into_text();
            let damaged = |reason| StoreError::Corrupt { store: STORE, reason };
            let document = document(columns, hit.address).map_err(corrupt)?;
            let source = Source::of(&document).map_err(damaged)?;
            let stored = source.line().map_err(damaged)?;
            let position = Position { time: hit.time, id: id.clone() };
            let received = received(columns, hit.address).map_err(corrupt)?;
            let entry = stored.into_entry(LogId::stored(id), Micros::new(hit.time), received);
            rows.push(Row { entry, position });
        }
        Ok(rows)
    }

    fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>> {
        let searcher = self.reader.searcher();
        let query = Query::term(LogField::Id, id.as_str());
        let weight = self.weight(&searcher, &query)?;
        let deadline = Instant::now() + DEADLINE;
        let columns = self.columns.of(&searcher).map_err(corrupt)?;
        for ((ordinal, reader), open) in (0..).zip(searcher.segment_readers()).zip(&columns) {
            let segment = Segment::new(reader, open, kinds, &query);
            let mut found = None;
            segment
                .walk(weight.as_ref(), 0..reader.max_doc(), deadline, |doc| {
                    found = Some(Hit {
                        time: segment.time(doc),
                        address: tantivy::DocAddress::new(ordinal, doc),
                    });
                    Ok(std::ops::ControlFlow::Break(()))
                })
                .map_err(failed)?;
            if let Some(hit) = found {
                return Ok(Self::rows(&searcher, &columns, &[hit])?.pop());
            }
        }
        Ok(None)
    }

    fn arrivals(&self, request: &ArrivalsRequest) -> StoreResult<Arrivals> {
        let searcher = self.reader.searcher();
        let columns = self.columns.of(&searcher).map_err(corrupt)?;
        let settled = Settled::InOrder(arrivals::latest(&columns));
        let found = if request.limit == 0 {
            Found::default()
        } else {
            let after = Bound::Excluded(Scalar::Time(request.after));
            let later = Query::Range { field: LogField::ReceivedAt.into(), lower: after, upper: Bound::Open };
            let weight = self.weight(&searcher, &Query::and([request.query.clone(), later]))?;
            let deadline = Instant::now() + DEADLINE;
            arrivals::find(&searcher, &columns, weight.as_ref(), request, deadline).map_err(failed)?
        };
        let mut lines = Vec::with_capacity(found.hits.len());
        for row in Self::rows(&searcher, &columns, &found.hits)? {
            let time = row.entry.received_at.unwrap_or_default();
            lines.push(Arrival { time, key: row.position.id, entry: row.entry });
        }
        let (completeness, warnings) = (Completeness::default(), Vec::new());
        Ok(Arrivals { lines, total: found.total, settled, completeness, warnings })
    }

    fn count_by(&self, request: &CountRequest) -> StoreResult<Counts> {
        let searcher = self.reader.searcher();
        let weight = self.weight(&searcher, &request.selection.query)?;
        let count = Count {
            searcher: &searcher,
            columns: &self.columns.of(&searcher).map_err(corrupt)?,
            schema: &self.schema,
            weight: weight.as_ref(),
            request,
            deadline: Instant::now() + DEADLINE,
        };
        let buckets = count.run().map_err(failed)?;
        Ok(Counts { buckets, ..Counts::default() })
    }
}

#[async_trait]
impl LogStore for TantivyLogStore {
    async fn get(&self, id: &LogId, kinds: KindSet) -> StoreResult<Option<Row>> {
        let id = id.clone();
        self.searching(move |shared| shared.get(&id, kinds)).await
    }

    async fn search(&self, request: &PageRequest) -> StoreResult<Rows> {
        let request = request.clone();
        self.searching(move |shared| shared.search(&request)).await
    }

    async fn arrivals(&self, request: &ArrivalsRequest) -> StoreResult<Arrivals> {
        let request = request.clone();
        self.searching(move |shared| shared.arrivals(&request)).await
    }

    async fn count_by(&self, request: &CountRequest) -> StoreResult<Counts> {
        let request = request.clone();
        self.searching(move |shared| shared.count_by(&request)).await
    }

    async fn append(
        &self,
        lines: Vec<LineToStore>,
        _visibility: Visibility,
    ) -> StoreResult<Vec<Result<(), String>>> {
        let outcomes = vec![Ok(()); lines.len()];
        self.writer.append(lines).await?;
        Ok(outcomes)
    }

    async fn delete_before(&self, kind: LogKind, time: Micros) -> StoreResult<u64> {
        self.delete_older(kind, time).await
    }

    async fn disk_bytes(&self) -> StoreResult<Option<u64>> {
        self.measure().await.map(Some)
    }

    async fn shrink_to(&self, max_bytes: u64) -> StoreResult<u64> {
        self.shrink(max_bytes).await
    }

    async fn health(&self) -> StoreResult<StoreHealth> {
        let lines = self.searching(|shared| Ok(shared.reader.searcher().num_docs())).await?;
        let mut detail = Map::new();
        detail.insert("engine".to_owned(), "tantivy".into());
        detail.insert("lines".to_owned(), lines.into());
        Ok(StoreHealth { color: None, detail })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "called through map_err")]
fn corrupt(error: tantivy::TantivyError) -> StoreError {
    StoreError::Corrupt { store: STORE, reason: error.to_string() }
}

/// The line after which a page begins; what is opaque was made by another engine.
fn right_after(start: &PageStart) -> StoreResult<&Position> {
    match start {
        PageStart::After(position) | PageStart::Beside(position) => Ok(position),
        PageStart::Opaque(_) => Err(StoreError::Gone { store: STORE }),
    }
}

fn failed(error: ScanError) -> StoreError {
    match error {
        ScanError::Deadline => StoreError::Timeout {
            store: STORE,
            timeout_ms: u64::try_from(DEADLINE.as_millis()).unwrap_or(u64::MAX),
        },
        ScanError::Index(error) => corrupt(error),
    }
}
