//! The one writer of the index: a thread that gathers waiting requests into one commit.
//!
//! A request is answered after its lines are on disk: tantivy's commit fsyncs the segment files and `meta.json`,
//! and we fsync the folder after it, because the rename of `meta.json` is durable only then. While a commit runs,
//! further requests gather and share the next one. `failure` says what becomes of a commit that fails.
//!
//! Each line gets the time of its receipt here, always a later one: a line that becomes visible was received after all that were.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::query::Query;
use tantivy::{FutureResult, Index, IndexReader, IndexWriter, Searcher, SegmentMeta};
use tokio::sync::oneshot;

use super::super::STORE;
use super::super::failure::Failure;
use super::super::schema::LineSchema;
use super::super::stored::StoredLine;
use super::document::to_document;
use super::repeats::Repeats;
use crate::model::{Clock, LogField};
use crate::repository::embedded::folder::{DataFolder, sync_folder};
use crate::repository::{LineToStore, StoreError, StoreResult};

/// Commits are at least this far apart, unless enough lines wait.
const COMMIT_INTERVAL: Duration = Duration::from_millis(50);
/// Lines that make a commit worth its fsync at once.
const COMMIT_LINES: usize = 5_000;
/// Requests that may wait; one more is told that the store is overloaded.
const QUEUE: usize = 256;
/// Memory for lines that are not yet in a segment.
const WRITER_MEMORY_BYTES: usize = 96 * 1024 * 1024;
/// A segment is rewritten when this share of its lines is deleted.
const DELETED_SHARE: f32 = 0.3;

/// A segment that is being rewritten without its deleted lines, on a thread of tantivy's.
type Rewriting = FutureResult<Option<SegmentMeta>>;
type Reply<T> = oneshot::Sender<StoreResult<T>>;

enum Command {
    /// Lines to store, or to delete; the answer is their number.
    Write(Work, Reply<u64>),
    /// Rewrite the segments that hold deleted lines.
    Rewrite(Reply<Vec<Rewriting>>),
    /// Let go of the files that merges have replaced.
    Reload(Reply<()>),
}

enum Work {
    Append(Vec<LineToStore>),
    Delete(Box<dyn Query>),
}

/// Hands requests to the writer thread; the thread ends after the last handle is dropped.
#[derive(Clone)]
pub(crate) struct WriterHandle {
    commands: SyncSender<Command>,
}

impl WriterHandle {
    /// Starts the writer thread of an index that lies in `folder`.
    ///
    /// # Errors
    /// When the index cannot be opened for writing.
    pub(crate) fn start(
        index: Index,
        reader: IndexReader,
        schema: LineSchema,
        folder: PathBuf,
        data: Arc<DataFolder>,
        clock: Arc<dyn Clock>,
    ) -> StoreResult<Self> {
        let (commands, inbox) = sync_channel(QUEUE);
        let writer = open(&index).map_err(|failure| failure.to_store_error())?;
        let last_receipt =
            last_receipt(&reader.searcher()).map_err(|error| Failure::from(error).to_store_error())?;
        let mut thread = WriterThread {
            writer: Some(writer),
            index,
            reader,
            schema,
            folder,
            _data: data,
            clock,
            last_receipt,
        };
        std::thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || thread.run(&inbox))
            .map_err(|error| StoreError::Unavailable { store: STORE, reason: error.to_string() })?;
        Ok(Self { commands })
    }

    /// Stores lines; returns after they are on disk and findable.
    pub(crate) async fn append(&self, lines: Vec<LineToStore>) -> StoreResult<()> {
        self.ask(|reply| Command::Write(Work::Append(lines), reply)).await.map(|_| ())
    }

    /// Deletes what a query matches; returns how many lines that were.
    pub(crate) async fn delete(&self, query: Box<dyn Query>) -> StoreResult<u64> {
        self.ask(|reply| Command::Write(Work::Delete(query), reply)).await
    }

    /// Rewrites the segments that hold deleted lines, which gives their disk space back. Lines are taken meanwhile.
    pub(crate) async fn rewrite(&self) -> StoreResult<()> {
        for rewriting in self.ask(Command::Rewrite).await? {
            // Another merge may have been faster; what is left over is found by the next measurement.
            if let Err(error) = rewriting.await {
                tracing::debug!(%error, "a segment was not rewritten");
            }
        }
        self.reload().await
    }

    /// Lets go of the files that merges have replaced; only then does the disk get their space back.
    pub(crate) async fn reload(&self) -> StoreResult<()> {
        self.ask(Command::Reload).await
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> StoreResult<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.try_send(command(reply)).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Overloaded { store: STORE },
            TrySendError::Disconnected(_) => stopped(),
        })?;
        answer.await.map_err(|_| stopped())?
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable { store: STORE, reason: "the writer has stopped".to_owned() }
}

struct WriterThread {
    index: Index,
    /// Reloaded on this thread only: of two reloads at once the one with the older state could win.
    reader: IndexReader,
    schema: LineSchema,
    folder: PathBuf,
    /// Keeps the data folder locked until the last commit is done.
    _data: Arc<DataFolder>,
    /// `None` after a failure, until it could be opened again: tantivy's writer is dead after an I/O error.
    writer: Option<IndexWriter>,
    clock: Arc<dyn Clock>,
    /// The latest time of receipt that was given to a line, microseconds.
    last_receipt: i64,
}

impl WriterThread {
    fn run(&mut self, inbox: &Receiver<Command>) {
        let mut due = Instant::now();
        while let Ok(first) = inbox.recv() {
            let (mut work, mut replies, mut upkeep) = (Vec::new(), Vec::new(), Vec::new());
            for command in gather(first, inbox, due) {
                match command {
                    Command::Write(item, reply) => {
                        work.push(item);
                        replies.push(reply);
                    }
                    Command::Rewrite(_) | Command::Reload(_) => upkeep.push(command),
                }
            }
            if !work.is_empty() {
                let result = self.commit(work);
                due = Instant::now() + COMMIT_INTERVAL;
                answer(replies, result);
            }
            for command in upkeep {
                self.keep_up(command);
            }
        }
        if let Some(writer) = self.writer.take()
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, "merging of segments ended with an error");
        }
    }

    fn commit(&mut self, work: Vec<Work>) -> Result<Vec<u64>, Failure> {
        let caught = catch_unwind(AssertUnwindSafe(|| self.try_commit(work)));
        let result = caught.unwrap_or_else(|_| Err(Failure::Other("the writer panicked".to_owned())));
        if result.is_err() {
            // Nothing of the failed batch may surface in a later commit.
            self.writer = None;
            // Opened at once, because that also removes the files of the batch: the disk may be full of them.
            self.writer = open(&self.index).ok();
        }
        result
    }

    fn try_commit(&mut self, work: Vec<Work>) -> Result<Vec<u64>, Failure> {
        let (reader, schema) = (self.reader.clone(), self.schema.clone());
        let (now, last_receipt) = (self.clock.now().get(), self.last_receipt);
        let writer = self.writer()?;
        let searcher = reader.searcher();
        let repeats = Repeats::new(&searcher, &schema, now);
        let mut adding = Adding { writer, schema: &schema, repeats, receipt: now.max(last_receipt + 1) };
        let mut numbers = Vec::with_capacity(work.len());
        for item in work {
            numbers.push(match item {
                Work::Append(lines) => adding.add(&lines)?,
                Work::Delete(query) => delete(adding.writer, &searcher, query)?,
            });
        }
        let last_receipt = adding.receipt - 1;
        if numbers.iter().any(|number| *number > 0) {
            adding.writer.commit()?;
            sync_folder(&self.folder).map_err(|error| Failure::from(&error))?;
            self.reader.reload()?;
        }
        self.last_receipt = self.last_receipt.max(last_receipt);
        Ok(numbers)
    }

    fn writer(&mut self) -> Result<&mut IndexWriter, Failure> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => open(&self.index)?,
        };
        Ok(self.writer.insert(writer))
    }

    fn keep_up(&mut self, command: Command) {
        // A caller that has gone needs no answer.
        match command {
            Command::Write(..) => {}
            Command::Rewrite(reply) => {
                let _ = reply.send(self.start_rewriting().map_err(|failure| failure.to_store_error()));
            }
            Command::Reload(reply) => {
                let reloaded = self.reader.reload().map_err(Failure::from);
                let _ = reply.send(reloaded.map_err(|failure| failure.to_store_error()));
            }
        }
    }

    fn start_rewriting(&mut self) -> Result<Vec<Rewriting>, Failure> {
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        let writer = self.writer()?;
        let segments = searcher.segment_readers().iter().filter(|segment| segment.has_deletes());
        Ok(segments.map(|segment| writer.merge(&[segment.segment_id()])).collect())
    }
}

/// Lines on their way into one commit.
struct Adding<'a> {
    writer: &'a mut IndexWriter,
    schema: &'a LineSchema,
    repeats: Repeats<'a>,
    /// The time of receipt of the next line.
    receipt: i64,
}

impl Adding<'_> {
    /// Adds those lines that were not stored before; returns how many.
    fn add(&mut self, lines: &[LineToStore]) -> Result<u64, Failure> {
        let mut added = 0;
        for line in lines {
            let source = StoredLine::from(&line.entry).encode();
            let source = source.map_err(|error| Failure::Other(error.to_string()))?;
            if let Some(fingerprint) = line.fingerprint
                && self.repeats.is_repeat(fingerprint, &source)?
            {
                continue;
            }
            let document = to_document(self.schema, line, self.receipt, &source);
            if self.writer.add_document(document).is_err() {
                return Err(Failure::of_dead(self.writer));
            }
            self.receipt += 1;
            added += 1;
        }
        Ok(added)
    }
}

/// The latest time at which a line was received, or 0.
fn last_receipt(searcher: &Searcher) -> tantivy::Result<i64> {
    let mut last = 0;
    for segment in searcher.segment_readers() {
        last = segment.fast_fields().i64(LogField::ReceivedAt.name())?.max_value().max(last);
    }
    Ok(last)
}

/// Counts what will go, because afterwards nobody can tell: lines come and go in the same commit.
fn delete(writer: &IndexWriter, searcher: &Searcher, query: Box<dyn Query>) -> Result<u64, Failure> {
    let count = query.count(searcher)?;
    if count > 0 {
        writer.delete_query(query)?;
    }
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

/// Takes what waits, until the commit is due.
fn gather(first: Command, inbox: &Receiver<Command>, due: Instant) -> Vec<Command> {
    let mut lines = line_count(&first);
    let mut batch = vec![first];
    while lines < COMMIT_LINES {
        let wait = due.saturating_duration_since(Instant::now());
        match inbox.recv_timeout(wait) {
            Ok(command) => {
                lines += line_count(&command);
                batch.push(command);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    batch
}

fn line_count(command: &Command) -> usize {
    match command {
        Command::Write(Work::Append(lines), _) => lines.len(),
        Command::Write(Work::Delete(_), _) | Command::Rewrite(_) | Command::Reload(_) => 0,
    }
}

fn answer(replies: Vec<Reply<u64>>, result: Result<Vec<u64>, Failure>) {
    // A caller that has gone needs no answer.
    match result {
        Ok(numbers) => {
            for (reply, number) in replies.into_iter().zip(numbers) {
                let _ = reply.send(Ok(number));
            }
        }
        Err(failure) => {
            tracing::error!(?failure, "log lines could not be committed");
            for reply in replies {
                let _ = reply.send(Err(failure.to_store_error()));
            }
        }
    }
}

fn open(index: &Index) -> Result<IndexWriter, Failure> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(WRITER_MEMORY_BYTES)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index.writer_with_options(options)?;
    let mut merges = LogMergePolicy::default();
    merges.set_del_docs_ratio_before_merge(DELETED_SHARE);
    writer.set_merge_policy(Box::new(merges));
    // What a failed commit or an ended process has left behind.
    if let Err(error) = writer.garbage_collect_files().wait() {
        tracing::warn!(%error, "left-over files could not be removed");
    }
    Ok(writer)
}
