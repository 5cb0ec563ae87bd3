//! Ids of lines in columns: 128 bits where the id is a UUID, text where it is anything else.

use std::cmp::Ordering;
use std::net::Ipv6Addr;

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};
use uuid::Uuid;

/// An id as it lies in a column; ordered like its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowId {
    /// A UUID written in lower case with hyphens; its bits sort like its text.
    Packed(u128),
    /// Any other id.
    Text(String),
}

impl RowId {
    /// Splits the two cases.
    pub(super) fn new(id: &str) -> Self {
        pack(id).map_or_else(|| Self::Text(id.to_owned()), Self::Packed)
    }

    /// The id as it was sent.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Packed(bits) => Uuid::from_u128(bits).to_string(),
            Self::Text(text) => text,
        }
    }
}

impl Ord for RowId {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Packed(left), Self::Packed(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Packed(_), Self::Text(_)) | (Self::Text(_), Self::Packed(_)) => {
                self.clone().into_text().cmp(&other.clone().into_text())
            }
        }
    }
}

impl PartialOrd for RowId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The bits of an id that is written exactly like a UUID is printed, else `None`.
fn pack(id: &str) -> Option<u128> {
    let uuid = Uuid::try_parse(id).ok()?;
    let mut buffer = Uuid::encode_buffer();
    (uuid.hyphenated().encode_lower(&mut buffer) == id).then(|| uuid.as_u128())
}

/// The ids of a segment.
pub(super) struct RowIds {
    packed: Column<Ipv6Addr>,
    text: Option<StrColumn>,
}

impl RowIds {
    /// Opens the columns of a segment.
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self { packed: columns.ip_addr("id_packed")?, text: columns.str("id_text")? })
    }

    /// The id of a document.
    pub(super) fn get(&self, doc: tantivy::DocId) -> tantivy::Result<RowId> {
        if let Some(address) = self.packed.first(doc) {
            return Ok(RowId::Packed(address.to_bits()));
        }
        let mut text = String::new();
        if let Some(column) = &self.text
            && let Some(ordinal) = column.term_ords(doc).next()
        {
            column.ord_to_str(ordinal, &mut text)?;
        }
        Ok(RowId::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_like_their_text_in_every_mixture() {
        let mut texts = [
            "0193a0c1-7c1b-7d3e-9f2a-6b1f0c2d4e5f",
            "0193a0c1-7c1b-7d3e-9f2a-6b1f0c2d4e60",
            "0193A0C1-7C1B-7D3E-9F2A-6B1F0C2D4E5F",
            "0193a0c17c1b7d3e9f2a6b1f0c2d4e5f",
            "0193a0c1",
            "line-2",
            "line-10",
            "f",
        ];
        let mut ids: Vec<_> = texts.iter().map(|text| RowId::new(text)).collect();

        texts.sort_unstable();
        ids.sort_unstable();

        assert_eq!(ids.into_iter().map(RowId::into_text).collect::<Vec<_>>(), texts);
    }

    #[test]
    fn only_the_printed_form_of_a_uuid_is_packed() {
        assert!(matches!(RowId::new("0193a0c1-7c1b-7d3e-9f2a-6b1f0c2d4e5f"), RowId::Packed(_)));
        assert!(matches!(RowId::new("0193A0C1-7C1B-7D3E-9F2A-6B1F0C2D4E5F"), RowId::Text(_)));
        assert!(matches!(RowId::new("{0193a0c1-7c1b-7d3e-9f2a-6b1f0c2d4e5f}"), RowId::Text(_)));
    }
}
