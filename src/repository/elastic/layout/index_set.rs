//! Some of the indices that are read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::repository::elastic::indices;

/// Which of the indices that are read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum IndexSet {
    /// All of them.
    All,
    /// These.
    Only(BTreeSet<String>),
    /// All others: what most indices have in common also holds for those that come.
    AllBut(BTreeSet<String>),
}

impl IndexSet {
    /// The indices as a list of names and patterns, out of those of `target`, of which `known` are there.
    pub(crate) fn within(&self, target: &str, known: &BTreeSet<String>) -> Vec<String> {
        let all = target.split(',').map(str::to_owned);
        match self {
            Self::All => all.collect(),
            Self::Only(names) => names.iter().cloned().collect(),
            // A name is excluded from the star before it that leads to it. Where an alias or a data stream leads there,
            // or another cluster, only the names of the others are left.
            Self::AllBut(names) => {
                let is_excludable = |name: &String| !name.contains(':') && is_matched(target, name);
                if names.iter().all(is_excludable) {
                    let others = all.filter(|name| !names.contains(name));
                    others.chain(names.iter().map(|name| format!("-{name}"))).collect()
                } else {
                    known.difference(names).cloned().collect()
                }
            }
        }
    }

    /// The condition that a document lies in one of the indices; `None` when it always does.
    pub(crate) fn condition(&self) -> Option<Value> {
        match self {
            Self::All => None,
            Self::Only(names) => Some(json!({"terms": {"_index": names}})),
            Self::AllBut(names) => Some(json!({"bool": {"must_not": [{"terms": {"_index": names}}]}})),
        }
    }
}

/// Whether a pattern with a star in a list leads to this very name, or it stands there itself beside a star.
fn is_matched(target: &str, name: &str) -> bool {
    let has_star = target.split(',').any(|pattern| pattern.contains('*'));
    has_star && target.split(',').any(|pattern| indices::matches(pattern, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_excluded_by_name_only_where_a_star_leads_to_it() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let but = |name: &str| IndexSet::AllBut(set(&[name]));
        let known = set(&["a-1", "a-2", "b", ".ds-logs-x-1", ".ds-logs-x-2"]);

        assert_eq!(but("a-1").within("a-*,b", &known), ["a-*", "b", "-a-1"]);
        assert_eq!(but("b").within("a-*,b", &known), ["a-*", "-b"]);
        // An alias, a data stream, or another cluster leads there.
        for (target, name) in [("all", "a-1"), ("logs-*", ".ds-logs-x-1"), ("far:a-*", "far:a-1")] {
            let named = but(name).within(target, &known);
            assert!(named.contains(&"a-2".to_owned()) && !named.contains(&name.to_owned()), "{named:?}");
        }
    }
}
