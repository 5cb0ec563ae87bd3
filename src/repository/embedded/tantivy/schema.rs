//! The tantivy schema, derived from the field table.
//!
//! What is stored of a line is its JSON, once. Columns hold what is sorted or counted; terms hold what is
//! searched. Ids of lines are nearly unique, so they are kept as packed columns with hashed terms (`row_id`)
//! instead of text terms.

use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, IpAddrOptions, NumericOptions, Schema, TextFieldIndexing,
    TextOptions,
};
use tantivy::tokenizer::{RAW_TOKENIZER_NAME, TokenizerManager};

use super::words::{LetterRuns, StandardWords};
use crate::model::{FieldKind, LogField, field::FIELDS};

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
    /// Hash of the id: terms.
    pub id_hash: Field,
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
    /// Address of the client: terms and column.
    pub client_ip: Field,
    /// Keyword fields other than the id.
    pub keywords: Vec<(LogField, Field)>,
    /// JSON of the line: stored.
    pub source: Field,
}

impl LineSchema {
    /// Builds the schema from the field table.
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let time = builder.add_i64_field("time", NumericOptions::default().set_fast());
        let id_hash = builder.add_u64_field("id_hash", NumericOptions::default().set_indexed());
        let id_packed = builder.add_ip_addr_field("id_packed", IpAddrOptions::default().set_fast());
        let id_text = builder.add_text_field("id_text", TextOptions::default().set_fast(RAW_TOKENIZER_NAME));
        let kind = builder.add_u64_field("kind", NumericOptions::default().set_fast());
        let level = builder.add_u64_field("level", NumericOptions::default().set_indexed().set_fast());
        let words = builder.add_text_field("message", text_options(STANDARD));
        let parts = builder.add_text_field("message.parts", text_options(LETTERS));
        let context = builder.add_text_field("context", keyword_options());
        let client_ip =
            builder.add_ip_addr_field("client_ip", IpAddrOptions::default().set_indexed().set_fast());
        let keywords = FIELDS
            .iter()
            .filter(|field| field.kind == FieldKind::Keyword && field.id != LogField::Id)
            .map(|field| {
                let options = keyword_options();
                let options =
                    if is_counted(field.id) { options.set_fast(RAW_TOKENIZER_NAME) } else { options };
                (field.id, builder.add_text_field(field.name, options))
            })
            .collect();
        let source = builder.add_bytes_field("source", BytesOptions::default().set_stored());
        Self {
            schema: builder.build(),
            time,
            id_hash,
            id_packed,
            id_text,
            kind,
            level,
            words,
            parts,
            context,
            client_ip,
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

    /// The field of a keyword other than the id.
    pub(super) fn keyword(&self, field: LogField) -> Option<Field> {
        self.keywords.iter().find(|(id, _)| *id == field).map(|(_, field)| *field)
    }
}

/// Whether a keyword has a column, so that counting its values is fast. Ids of requests and spans have too many
/// values to be worth one; they are counted through their terms.
const fn is_counted(field: LogField) -> bool {
    !matches!(field, LogField::Id | LogField::RequestId | LogField::TraceId | LogField::SpanId)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_table_has_a_place_in_the_index() {
        let schema = LineSchema::new();

        for field in &FIELDS {
            let is_there = match field.id {
                LogField::Id => schema.schema.get_field("id_hash").is_ok(),
                LogField::Timestamp => schema.schema.get_field("time").is_ok(),
                _ => schema.schema.get_field(field.name).is_ok(),
            };
            assert!(is_there, "{}", field.name);
        }
    }
}
