//! The tantivy schema, derived from the field table.
//!
//! What is stored of a line is its JSON, once, without what a column holds anyway. Columns hold what is sorted or
//! counted; terms hold what is searched. Ids are nearly unique, and a dictionary of them would be larger than that of
//! all words, so their terms are hashes (`hashed`) and those of the lines themselves lie in packed columns (`row_id`).

use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, IpAddrOptions, NumericOptions, Schema, TextFieldIndexing,
    TextOptions,
};
use tantivy::tokenizer::{RAW_TOKENIZER_NAME, TokenizerManager};

use super::words::{LetterRuns, StandardWords};
use crate::model::ordered_leaf::CONTEXT_ORDERED;
use crate::model::{FieldKind, Level, LogField, LogKind, field::FIELDS};

/// Separates the key from the value in a term of `context`; JSON text cannot hold it unescaped in a key of a log.
pub(super) const KEY_END: char = '\u{0}';

const STANDARD: &str = "standard";
const LETTERS: &str = "letters";

/// The fields of the index.
#[derive(Clone, Debug)]
pub(super) struct LineSchema {
    /// The schema itself.
    pub schema: Schema,
    /// Time of the line, microseconds: column, the order of every segment.
    pub time: Field,
    /// Time of its receipt, microseconds, another one for every line: column.
    pub received: Field,
    /// Half of the fingerprint of a line with a client id: terms.
    pub fingerprint: Field,
    /// Id where it is a UUID: column of 128 bits.
    pub id_packed: Field,
    /// Id where it is anything else: column of text.
    pub id_text: Field,
    /// Kind of the line as a number: column.
    pub kind: Field,
    /// Level as a number: terms and column.
    pub level: Field,
    /// Message, words.
    pub words: Field,
    /// Message, runs of letters.
    pub parts: Field,
    /// `key␀value` of every leaf of the context: terms.
    pub context: Field,
    /// Numbers and addresses of the context, see `model::ordered_leaf`: terms.
    pub context_ordered: Field,
    /// Address of the client: terms and column.
    pub client_ip: Field,
    /// Ids: hashed terms.
    pub ids: Vec<(LogField, Field)>,
    /// Keyword fields other than ids.
    pub keywords: Vec<(LogField, Field)>,
    /// JSON of the line: stored.
    pub source: Field,
}

impl LineSchema {
    /// Builds the schema from the field table.
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let time = builder.add_i64_field("time", NumericOptions::default().set_fast());
        let received =
            builder.add_i64_field(LogField::ReceivedAt.name(), NumericOptions::default().set_fast());
        let fingerprint = builder.add_u64_field("fingerprint", NumericOptions::default().set_indexed());
        let id_packed = builder.add_ip_addr_field("id_packed", IpAddrOptions::default().set_fast());
        let id_text = builder.add_text_field("id_text", TextOptions::default().set_fast(RAW_TOKENIZER_NAME));
        let kind = builder.add_u64_field("kind", NumericOptions::default().set_fast());
        let level = builder.add_u64_field("level", NumericOptions::default().set_indexed().set_fast());
        let words = builder.add_text_field("message", text_options(STANDARD));
        let parts = builder.add_text_field("message.parts", text_options(LETTERS));
        let context = builder.add_text_field("context", keyword_options());
        let context_ordered = builder.add_text_field(CONTEXT_ORDERED, keyword_options());
        let client_ip =
            builder.add_ip_addr_field("client_ip", IpAddrOptions::default().set_indexed().set_fast());
        let (mut ids, mut keywords) = (Vec::new(), Vec::new());
        for field in FIELDS.iter().filter(|field| field.kind == FieldKind::Keyword) {
            if is_id(field.id) {
                let options = NumericOptions::default().set_indexed();
                ids.push((field.id, builder.add_u64_field(field.name, options)));
            } else {
                let options = keyword_options().set_fast(RAW_TOKENIZER_NAME);
                keywords.push((field.id, builder.add_text_field(field.name, options)));
            }
        }
        let source = builder.add_bytes_field("source", BytesOptions::default().set_stored());
        Self {
            schema: builder.build(),
            time,
            received,
            fingerprint,
            id_packed,
            id_text,
            kind,
            level,
            words,
            parts,
            context,
            context_ordered,
            client_ip,
            ids,
            keywords,
            source,
        }
    }

    /// The tokenizers that the schema names.
    pub(super) fn tokenizers() -> TokenizerManager {
        let manager = TokenizerManager::default();
        manager.register(STANDARD, StandardWords::default());
        manager.register(LETTERS, LetterRuns::default());
        manager
    }

    /// The field of an id, whose terms are hashes.
    pub(super) fn hashed(&self, field: LogField) -> Option<Field> {
        self.ids.iter().find(|(id, _)| *id == field).map(|(_, field)| *field)
    }

    /// The field of a keyword other than an id.
    pub(super) fn keyword(&self, field: LogField) -> Option<Field> {
        self.keywords.iter().find(|(id, _)| *id == field).map(|(_, field)| *field)
    }
}

/// Whether a keyword has nearly as many values as there are lines.
pub(super) const fn is_id(field: LogField) -> bool {
    matches!(
        field,
        LogField::Id | LogField::ClientId | LogField::RequestId | LogField::TraceId | LogField::SpanId
    )
}

fn keyword_options() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(RAW_TOKENIZER_NAME)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

fn text_options(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// Number of a kind in its column.
pub(super) const fn kind_number(kind: LogKind) -> u64 {
    match kind {
        LogKind::App => 0,
        LogKind::Error => 1,
        LogKind::Security => 2,
    }
}

/// Number of a level in its terms and column.
pub(super) const fn level_number(level: Level) -> u64 {
    match level {
        Level::Trace => 0,
        Level::Debug => 1,
        Level::Info => 2,
        Level::Warn => 3,
        Level::Error => 4,
        Level::Fatal => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_table_has_a_place_in_the_index() {
        let schema = LineSchema::new();

        for field in &FIELDS {
            let is_there = match field.id {
                LogField::Timestamp => schema.schema.get_field("time").is_ok(),
                _ => schema.schema.get_field(field.name).is_ok(),
            };
            assert!(is_there, "{}", field.name);
        }
    }
}
