//! The one writer of the index: a thread that gathers waiting requests into one commit.
//!
//! A request is answered after its lines are on disk: tantivy's commit fsyncs the segment files and `meta.json`,
//! and we fsync the folder after it, because the rename of `meta.json` is durable only then. While a commit runs,
//! further requests gather and share the next one.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexReader, IndexWriter};
use tokio::sync::oneshot;

use super::document::to_document;
use super::schema::LineSchema;
use crate::repository::embedded::folder::{DataFolder, sync_folder};
use crate::repository::{LineToStore, StoreError, StoreResult};

/// Name of the store in errors.
pub(super) const STORE: &str = "embedded log store";
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

type Reply = oneshot::Sender<StoreResult<()>>;

enum Command {
    Append(Vec<LineToStore>, Reply),
    Delete(Box<dyn tantivy::query::Query>, Reply),
}

/// Hands requests to the writer thread; the thread ends after the last handle is dropped.
#[derive(Clone)]
pub(super) struct WriterHandle {
    commands: SyncSender<Command>,
}

impl WriterHandle {
    /// Starts the writer thread of an index that lies in `folder`.
    ///
    /// # Errors
    /// When the index cannot be opened for writing.
    pub(super) fn start(
        index: Index,
        reader: IndexReader,
        schema: LineSchema,
        folder: PathBuf,
        data: Arc<DataFolder>,
    ) -> StoreResult<Self> {
        let (commands, inbox) = sync_channel(QUEUE);
        let mut thread =
            WriterThread { writer: Some(open(&index)?), index, reader, schema, folder, _data: data };
        std::thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || thread.run(&inbox))
            .map_err(|error| StoreError::Unavailable { store: STORE, reason: error.to_string() })?;
        Ok(Self { commands })
    }

    /// Stores lines; returns after they are on disk and findable.
    pub(super) async fn append(&self, lines: Vec<LineToStore>) -> StoreResult<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Append(lines, reply))?;
        answer.await.map_err(|_| stopped())?
    }

    /// Deletes what a query matches.
    pub(super) async fn delete(&self, query: Box<dyn tantivy::query::Query>) -> StoreResult<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Delete(query, reply))?;
        answer.await.map_err(|_| stopped())?
    }

    fn send(&self, command: Command) -> StoreResult<()> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Overloaded { store: STORE },
            TrySendError::Disconnected(_) => stopped(),
        })
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable { store: STORE, reason: "the writer has stopped".to_owned() }
}

struct WriterThread {
    index: Index,
    reader: IndexReader,
    schema: LineSchema,
    folder: PathBuf,
    /// Keeps the data folder locked until the last commit is done.
    _data: Arc<DataFolder>,
    /// `None` after a failure, until it could be opened again: tantivy's writer is dead after an I/O error.
    writer: Option<IndexWriter>,
}

impl WriterThread {
    fn run(&mut self, inbox: &Receiver<Command>) {
        let mut due = Instant::now();
        while let Ok(first) = inbox.recv() {
            let batch = gather(first, inbox, due);
            let (commands, replies) = split(batch);
            let result = self.commit(commands);
            due = Instant::now() + COMMIT_INTERVAL;
            answer(replies, &result);
        }
        if let Some(writer) = self.writer.take()
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, "merging of segments ended with an error");
        }
    }

    fn commit(&mut self, commands: Vec<Work>) -> Result<(), Failure> {
        let result = self.try_commit(commands);
        if result.is_err() {
            // Nothing of the failed batch may surface in a later commit.
            self.writer = None;
        }
        result
    }

    fn try_commit(&mut self, commands: Vec<Work>) -> Result<(), Failure> {
        let writer = match self.writer.take() {
            Some(writer) => self.writer.insert(writer),
            None => self.writer.insert(open(&self.index).map_err(|error| Failure::Other(error.to_string()))?),
        };
        for command in commands {
            match command {
                Work::Append(lines) => {
                    for line in &lines {
                        let document = to_document(&self.schema, line)
                            .map_err(|error| Failure::Other(error.to_string()))?;
                        writer.add_document(document)?;
                    }
                }
                Work::Delete(query) => {
                    writer.delete_query(query)?;
                }
            }
        }
        writer.commit()?;
        sync_folder(&self.folder).map_err(|error| Failure::from_io(&error))?;
        self.reader.reload()?;
        Ok(())
    }
}

enum Work {
    Append(Vec<LineToStore>),
    Delete(Box<dyn tantivy::query::Query>),
}

/// Why a commit failed, in a form that every waiting request can be told.
#[derive(Clone, Debug)]
enum Failure {
    Full,
    Other(String),
}

impl Failure {
    fn from_io(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            Self::Full
        } else {
            Self::Other(error.to_string())
        }
    }

    fn to_store_error(&self) -> StoreError {
        match self {
            Self::Full => StoreError::Full { store: STORE },
            Self::Other(reason) => StoreError::Unavailable { store: STORE, reason: reason.clone() },
        }
    }
}

impl From<tantivy::TantivyError> for Failure {
    fn from(error: tantivy::TantivyError) -> Self {
        match &error {
            tantivy::TantivyError::IoError(source) => Self::from_io(source),
            // Some layers keep only the text of the system's error.
            other if other.to_string().contains("No space left") => Self::Full,
            other => Self::Other(other.to_string()),
        }
    }
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
        Command::Append(lines, _) => lines.len(),
        Command::Delete(..) => 0,
    }
}

fn split(batch: Vec<Command>) -> (Vec<Work>, Vec<Reply>) {
    let work = |command| match command {
        Command::Append(lines, reply) => (Work::Append(lines), reply),
        Command::Delete(query, reply) => (Work::Delete(query), reply),
    };
    batch.into_iter().map(work).unzip()
}

fn answer(replies: Vec<Reply>, result: &Result<(), Failure>) {
    if let Err(failure) = result {
        tracing::error!(?failure, "log lines could not be committed");
    }
    for reply in replies {
        // A caller that has gone needs no answer.
        let _ = reply.send(result.clone().map_err(|failure| failure.to_store_error()));
    }
}

fn open(index: &Index) -> StoreResult<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(WRITER_MEMORY_BYTES)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index
        .writer_with_options(options)
        .map_err(|error| StoreError::Unavailable { store: STORE, reason: error.to_string() })?;
    let mut merges = LogMergePolicy::default();
    merges.set_del_docs_ratio_before_merge(DELETED_SHARE);
    writer.set_merge_policy(Box::new(merges));
    Ok(writer)
}
