//! Every walk of `pages.json` over the corpus: each of its pages, and the same total on all of them.

use serde::Deserialize;
use serde_json::Value;

use crate::engine::{Engine, ids};
use crate::expectation::{
    Parameters, ask, everyone, id_difference, plain_search, store_corpus, total_difference,
};

const PAGES: &str = include_str!("../fixtures/contract/pages.json");

/// A walk and the pages that it must meet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Walk {
    name: String,
    #[serde(rename = "as", default = "everyone")]
    caller: String,
    #[serde(default = "plain_search")]
    view: String,
    params: Parameters,
    /// The total of every page; `null` for none.
    total: Value,
    /// Ids of each page, in order.
    pages: Vec<Vec<String>>,
}

pub(crate) async fn every_walk_meets_its_pages(engine: &Engine) {
    let walks: Vec<Walk> = serde_json::from_str(PAGES).unwrap();
    store_corpus(engine).await;

    let mut failures = Vec::new();
    for walk in &walks {
        let difference = walk.difference(engine).await;
        failures.extend(difference.map(|difference| format!("{}: {difference}", walk.name)));
    }

    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

impl Walk {
    async fn difference(&self, engine: &Engine) -> Option<String> {
        let mut parameters = self.params.clone();
        for (number, expected) in self.pages.iter().enumerate() {
            let page = match ask(engine, &self.caller, &self.view, &parameters).await {
                Ok(page) => page,
                Err(error) => return Some(format!("page {number} refused: {error}")),
            };
            let difference =
                id_difference(expected, &ids(&page)).or_else(|| total_difference(&self.total, &page));
            if let Some(difference) = difference {
                return Some(format!("page {number}: {difference}"));
            }
            let is_last = number + 1 == self.pages.len();
            match page.next_cursor {
                Some(_) if is_last => return Some("goes on after its last page".to_owned()),
                None if !is_last => return Some(format!("ends after page {number}")),
                Some(cursor) => drop(parameters.insert("cursor".to_owned(), cursor)),
                None => {}
            }
        }
        None
    }
}
