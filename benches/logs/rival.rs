//! What a competent user of tantivy would write: one field a member, ids as terms, a commit every 5,000 lines.

use std::path::Path;

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter, TantivyDocument};
use trailproof::model::LogEntry;

/// A plain index.
pub(crate) struct Rival {
    pub(crate) index: Index,
    writer: IndexWriter,
    fields: Fields,
}

struct Fields {
    time: Field,
    level: Field,
    message: Field,
    context: Field,
    source: Field,
    keywords: Vec<Field>,
}

const KEYWORDS: [&str; 10] = [
    "id",
    "service",
    "request_id",
    "trace_id",
    "span_id",
    "user_id",
    "path",
    "method",
    "user_agent",
    "component",
];

impl Rival {
    pub(crate) fn create(folder: &Path) -> tantivy::Result<Self> {
        let mut builder = Schema::builder();
        let text = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("default")
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        );
        let number = NumericOptions::default().set_fast().set_indexed();
        let fields = Fields {
            time: builder.add_i64_field("time", NumericOptions::default().set_fast()),
            level: builder.add_u64_field("level", number),
            message: builder.add_text_field("message", text),
            context: builder.add_text_field("context", STRING),
            source: builder.add_text_field("source", STORED),
            keywords: KEYWORDS.iter().map(|name| builder.add_text_field(name, STRING)).collect(),
        };
        std::fs::create_dir_all(folder)?;
        let index = Index::create_in_dir(folder, builder.build())?;
        let writer = index.writer_with_num_threads(1, 96 * 1024 * 1024)?;
        Ok(Self { index, writer, fields })
    }

    /// Parses and indexes one body and commits it.
    pub(crate) fn append(&mut self, body: &str) -> anyhow::Result<()> {
        for line in body.lines() {
            let mut value: serde_json::Value = serde_json::from_str(line)?;
            if let Some(members) = value.as_object_mut() {
                members.insert("id".to_owned(), uuid::Uuid::from_u128(rand()).to_string().into());
            }
            let source = value.to_string();
            let entry: LogEntry = serde_json::from_value(value)?;
            self.writer.add_document(self.document(&entry, source))?;
        }
        self.writer.commit()?;
        Ok(())
    }

    fn document(&self, entry: &LogEntry, source: String) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(self.fields.time, entry.timestamp.get());
        document.add_u64(self.fields.level, u64::from(entry.level >= trailproof::model::Level::Error));
        document.add_text(self.fields.message, &entry.message);
        document.add_text(self.fields.source, source);
        let values = [
            Some(entry.id.as_str()),
            Some(entry.service.as_str()),
            entry.request_id.as_deref(),
            entry.trace_id.as_deref(),
            entry.span_id.as_deref(),
            entry.user_id.as_deref(),
            entry.path.as_deref(),
            entry.method.as_deref(),
            entry.user_agent.as_deref(),
            entry.component.as_deref(),
        ];
        for (field, value) in self.fields.keywords.iter().zip(values) {
            if let Some(value) = value {
                document.add_text(*field, value);
            }
        }
        for (key, value) in entry.context.iter() {
            document.add_text(self.fields.context, format!("{key}={value}"));
        }
        document
    }
}

fn rand() -> u128 {
    let mut bytes = [0; 16];
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        return 0;
    }
    u128::from_be_bytes(bytes)
}
