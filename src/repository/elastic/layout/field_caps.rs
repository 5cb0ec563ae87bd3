//! What `_field_caps` says of some fields in some indices: the type that each has in each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use crate::repository::StoreResult;
use crate::repository::elastic::transport::Answer as HttpAnswer;
use crate::repository::elastic::transport::{Call, Client};

/// Servers refuse a longer request line.
const MAX_LINE_BYTES: usize = 4_096;
/// The method, the parameters and the protocol that stand in the line beside the indices and the fields.
const OTHER_BYTES: usize = 160;
/// The type of a field in an index that does not have it.
const UNMAPPED: &str = "unmapped";

/// Types of fields by index.
#[derive(Debug, Default)]
pub(crate) struct FieldCaps {
    /// The indices that were asked, whether or not they have the fields.
    pub(crate) indices: BTreeSet<String>,
    /// Indices that were asked and take no part.
    pub(crate) left_out: BTreeSet<String>,
    types: HashMap<String, Types>,
}

/// Types of one field.
#[derive(Debug)]
enum Types {
    /// The same wherever it is.
    Everywhere(String),
    /// By index.
    Mixed(HashMap<String, String>),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    indices: Indices,
    fields: BTreeMap<String, BTreeMap<String, Capability>>,
}

/// A list; servers write one item without a list in places.
#[derive(Deserialize)]
#[serde(untagged)]
enum Indices {
    Many(Vec<String>),
    One(String),
}

#[derive(Deserialize)]
struct Capability {
    #[serde(default)]
    searchable: bool,
    indices: Option<Indices>,
}

impl Default for Indices {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Indices {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::Many(names) => names,
            Self::One(name) => vec![name],
        }
    }
}

impl FieldCaps {
    /// Asks for the types of `paths` in the indices of `target`. Indices that are missing or closed are left out.
    pub(crate) async fn ask(client: &Client, target: &str, paths: &BTreeSet<String>) -> StoreResult<Self> {
        let mut caps = Self::default();
        for names in chunks(paths, names_bytes(target)) {
            let answer = ask(client, target, &names).await?;
            if !is_closed(&answer) {
                caps.add(answer.accept_read()?.json()?);
                continue;
            }
            // 7.17 refuses the whole list for one closed index that is named in it.
            for index in target.split(',') {
                let answer = ask(client, index, &names).await?;
                if !is_closed(&answer) {
                    caps.add_part(answer.accept_read()?.json()?);
                }
            }
        }
        Ok(caps)
    }

    /// Lets indices take no part.
    pub(crate) fn leave_out(&mut self, is_left_out: impl Fn(&str) -> bool) {
        let all = std::mem::take(&mut self.indices).into_iter();
        (self.left_out, self.indices) = all.partition(|name| is_left_out(name));
    }

    /// What an answer of a server says.
    #[cfg(test)]
    pub(crate) fn of(answer: &serde_json::Value) -> Self {
        let mut caps = Self::default();
        caps.add(serde_json::from_value(answer.clone()).unwrap());
        caps
    }

    /// The server's word for the type of a field in an index; `None` when it is not there.
    pub(crate) fn type_in(&self, path: &str, index: &str) -> Option<&str> {
        match self.types.get(path)? {
            Types::Everywhere(kind) => Some(kind),
            Types::Mixed(kinds) => kinds.get(index).map(String::as_str),
        }
    }

    /// Takes in an answer about all indices; other paths may have been asked before.
    fn add(&mut self, answer: Answer) {
        let asked: BTreeSet<String> = answer.indices.into_vec().into_iter().collect();
        for (path, kinds) in answer.fields {
            match (self.types.entry(path).or_default(), types(kinds, &asked)) {
                // The objects around a field are told with it, perhaps a second time.
                (Types::Mixed(known), Types::Mixed(told)) => known.extend(told),
                (known, told) => *known = told,
            }
        }
        self.indices.extend(asked);
    }

    /// Takes in an answer about some of the indices.
    fn add_part(&mut self, answer: Answer) {
        let asked: BTreeSet<String> = answer.indices.into_vec().into_iter().collect();
        for (path, kinds) in answer.fields {
            let types = types(kinds, &asked).by_index(&asked);
            match self.types.entry(path).or_default() {
                Types::Mixed(mixed) => mixed.extend(types),
                // Said of all indices.
                Types::Everywhere(_) => {}
            }
        }
        self.indices.extend(asked);
    }
}

impl Types {
    fn by_index(self, indices: &BTreeSet<String>) -> HashMap<String, String> {
        match self {
            Self::Everywhere(kind) => indices.iter().map(|index| (index.clone(), kind.clone())).collect(),
            Self::Mixed(kinds) => kinds,
        }
    }
}

impl Default for Types {
    fn default() -> Self {
        Self::Mixed(HashMap::new())
    }
}

/// The types of one field as an answer about the indices `asked` gives them.
fn types(kinds: BTreeMap<String, Capability>, asked: &BTreeSet<String>) -> Types {
    let is_only = kinds.len() == 1;
    let mut mixed = HashMap::new();
    for (kind, capability) in kinds {
        if kind == UNMAPPED {
            continue;
        }
        let is_object = matches!(kind.as_str(), "object" | "nested");
        let kind = if capability.searchable || is_object { kind } else { format!("{kind} without index") };
        match capability.indices {
            None if is_only => return Types::Everywhere(kind),
            None => mixed.extend(asked.iter().map(|index| (index.clone(), kind.clone()))),
            Some(names) => mixed.extend(names.into_vec().into_iter().map(|index| (index, kind.clone()))),
        }
    }
    Types::Mixed(mixed)
}

async fn ask(client: &Client, target: &str, names: &str) -> StoreResult<HttpAnswer> {
    let call = Call::get(format!("/{target}/_field_caps?fields={names}"))
        .with("include_unmapped", "true")
        .with("ignore_unavailable", "true")
        .with("allow_no_indices", "true");
    client.read(&call).await
}

fn is_closed(answer: &HttpAnswer) -> bool {
    let complaint = answer.complaint();
    complaint.kind == "index_closed_exception"
        || (complaint.kind == "cluster_block_exception" && complaint.reason.contains("index closed"))
}

/// How many bytes the names of fields may take beside a target.
fn names_bytes(target: &str) -> usize {
    MAX_LINE_BYTES.saturating_sub(OTHER_BYTES + target.len())
}

/// The paths as comma lists of at most `max_bytes`, percent-encoded. A path that the server would take for a pattern
/// or a list is left out: no field has such a name. So is one that no line can carry.
fn chunks(paths: &BTreeSet<String>, max_bytes: usize) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    for path in paths.iter().filter(|path| !path.is_empty() && !path.contains(['*', ','])) {
        let name: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        if name.len() > max_bytes {
            continue;
        }
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + name.len() < max_bytes => {
                chunk.push(',');
                chunk.push_str(&name);
            }
            _ => chunks.push(name),
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_has_one_type_everywhere_or_one_by_index() {
        let caps = FieldCaps::of(&json!({"indices": ["a", "b", "c"], "fields": {
            "same": {"keyword": {"searchable": true}},
            "mixed": {"keyword": {"searchable": true, "indices": ["a"]},
                "text": {"searchable": true, "indices": ["b"]},
                "unmapped": {"searchable": false, "indices": ["c"]}},
            "hidden": {"long": {"searchable": false}},
            "object": {"object": {"searchable": false}},
        }}));

        let types = |path| ["a", "b", "c"].map(|index| caps.type_in(path, index));
        assert_eq!(types("same"), [Some("keyword"); 3]);
        assert_eq!(types("mixed"), [Some("keyword"), Some("text"), None]);
        assert_eq!(types("hidden"), [Some("long without index"); 3]);
        assert_eq!(types("object"), [Some("object"); 3]);
        assert_eq!(types("absent"), [None; 3]);
    }

    #[test]
    fn answers_about_different_indices_add_up() {
        let answer = |index: &str, kind: &str| {
            serde_json::from_value(json!({"indices": [index], "fields": {"f": {kind: {"searchable": true}}}}))
                .unwrap()
        };
        let mut caps = FieldCaps::default();

        caps.add_part(answer("a", "keyword"));
        caps.add_part(answer("b", "text"));
        let without = serde_json::from_value(json!({"indices": ["c"], "fields": {}})).unwrap();
        caps.add_part(without);

        let types = ["a", "b", "c"].map(|index| caps.type_in("f", index));
        assert_eq!(types, [Some("keyword"), Some("text"), None]);
        assert_eq!(caps.indices.len(), 3);
    }

    #[test]
    fn long_lists_are_asked_in_parts_and_patterns_not_at_all() {
        let mut paths: BTreeSet<String> = (0..200).map(|number| format!("field.number.{number}")).collect();
        paths.extend(["a*".to_owned(), "a,b".to_owned(), String::new(), "결과 x".to_owned()]);

        let longest_target = "x".repeat(3_500);
        let max_bytes = names_bytes(&longest_target);
        let chunks = chunks(&paths, max_bytes);

        assert!(chunks.len() > 1 && chunks.iter().all(|chunk| chunk.len() <= max_bytes));
        let first = format!("GET /{longest_target}/_field_caps?fields={}", chunks[0]);
        assert!(first.len() + 90 < MAX_LINE_BYTES, "{}", first.len());
        let all = chunks.join(",");
        assert_eq!(all.split(',').count(), 201);
        assert!(all.contains("%EA%B2%B0%EA%B3%BC+x"), "{all}");
    }
}
