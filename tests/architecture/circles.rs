//! Files that import each other in a circle: none of them can be understood, or moved, without all others.

use std::collections::{BTreeMap, BTreeSet};

use super::Sources;
use super::imports::{may_import, module_of};
use super::outline::{Mention, Outline, Place, outline};

/// How often an item may be passed on from one module to the next.
const MAX_HOPS: usize = 8;

/// Every circle of imports between files of `src/`, once.
pub(crate) fn violations(sources: &Sources) -> Vec<String> {
    let files = Files::read(sources);
    let imports: BTreeMap<&str, BTreeSet<&str>> =
        files.outlines.keys().map(|path| (path.as_str(), files.imported_by(path))).collect();
    let mut found = Vec::new();
    let mut done = BTreeSet::new();
    for start in imports.keys() {
        if done.contains(start) {
            continue;
        }
        let Some(circle) = shortest_circle(start, &imports) else { continue };
        found.push(format!("{start}: imports itself by way of {}", circle.join(", ")));
        done.insert(*start);
        done.extend(circle);
    }
    found
}

/// The shortest way from a file back to itself, without the file.
fn shortest_circle<'a>(
    start: &'a str,
    imports: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Option<Vec<&'a str>> {
    let mut waiting = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !waiting.is_empty() {
        let mut longer = Vec::new();
        for way in waiting {
            let next = way.last().and_then(|last| imports.get(last)).into_iter().flatten();
            for file in next.copied() {
                if file == start {
                    return Some(way.into_iter().skip(1).collect());
                }
                if seen.insert(file) {
                    longer.push(way.iter().copied().chain([file]).collect());
                }
            }
        }
        waiting = longer;
    }
    None
}

/// The files of the crate, by path and by module.
struct Files {
    outlines: BTreeMap<String, Outline>,
    paths: BTreeMap<Place, String>,
}

impl Files {
    fn read(sources: &Sources) -> Self {
        let is_source =
            |path: &str| path.starts_with("src/") && !path.ends_with("tests.rs") && !path.contains("/tests/");
        let sources = sources.iter().filter(|(path, _)| is_source(path));
        let mut files = Self { outlines: BTreeMap::new(), paths: BTreeMap::new() };
        for (path, source) in sources {
            let module = module_of(path);
            files.outlines.insert(path.clone(), outline(&module, source));
            files.paths.insert(module, path.clone());
        }
        files
    }

    /// The other files that a file needs. What the layers forbid is told as that.
    fn imported_by(&self, path: &str) -> BTreeSet<&str> {
        let module = module_of(path);
        let mentions = self.outlines.get(path).into_iter().flat_map(|outline| &outline.mentions);
        let is_needed =
            |mention: &&Mention| !mention.is_passed_on && may_import(&module, &mention.place).is_ok();
        let needed = mentions.filter(is_needed);
        needed.filter_map(|mention| self.home(&mention.place)).filter(|home| *home != path).collect()
    }

    /// The file that defines what stands at a place; modules that pass it on are followed.
    fn home(&self, place: &[String]) -> Option<&str> {
        let mut place = place.to_vec();
        let mut home = None;
        for _ in 0..MAX_HOPS {
            let (length, path) = (0..=place.len())
                .rev()
                .find_map(|length| Some((length, self.paths.get(place.get(..length)?)?)))
                .filter(|(length, _)| *length > 0)?;
            home = Some(path.as_str());
            let Some(item) = place.get(length) else { break };
            let passed_on = self.outlines.get(path)?.mentions.iter().filter(|mention| mention.is_passed_on);
            let Some(next) = passed_on.map(|mention| &mention.place).find(|place| place.last() == Some(item))
            else {
                break;
            };
            place = next.iter().cloned().chain(place.iter().skip(length + 1).cloned()).collect();
        }
        home
    }
}
