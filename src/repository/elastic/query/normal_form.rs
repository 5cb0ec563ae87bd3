//! Rewrites a query so that it nests no deeper than any server allows, and finds the same lines.
//!
//! Servers refuse queries that nest too deep (7.17: 20 levels, later 30), counting every `bool`. A query of 16 levels
//! of parentheses may have twice as many.

use crate::model::Query;

/// Levels of AND and OR at most: with what stands around and below them, 20 is not exceeded.
const MAX_LEVELS: usize = 14;

/// The same condition with `Not` on single conditions only, without constants, and nested as little as needed.
pub(crate) fn normalise(query: &Query) -> Query {
    shallow(rewrite(query, Sense::Holds), MAX_LEVELS)
}

/// Whether a condition is wanted or its opposite.
#[derive(Clone, Copy)]
enum Sense {
    Holds,
    Fails,
}

impl Sense {
    fn opposite(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
        }
    }
}

/// Carries negations down to single conditions: NOT (a OR b) is NOT a AND NOT b.
fn rewrite(query: &Query, sense: Sense) -> Query {
    match (query, sense) {
        (Query::All, Sense::Holds) | (Query::None, Sense::Fails) => Query::All,
        (Query::None, Sense::Holds) | (Query::All, Sense::Fails) => Query::None,
        (Query::And(queries), Sense::Holds) | (Query::Or(queries), Sense::Fails) => {
            all_of(queries.iter().map(|query| rewrite(query, sense)))
        }
        (Query::Or(queries), Sense::Holds) | (Query::And(queries), Sense::Fails) => {
            any_of(queries.iter().map(|query| rewrite(query, sense)))
        }
        (Query::Not(query), sense) => rewrite(query, sense.opposite()),
        (
            Query::Term { .. }
            | Query::Terms { .. }
            | Query::Levels(_)
            | Query::Text(_)
            | Query::Prefix { .. }
            | Query::Range { .. }
            | Query::Network { .. }
            | Query::Exists(_),
            sense,
        ) => match sense {
            Sense::Holds => query.clone(),
            Sense::Fails => Query::Not(Box::new(query.clone())),
        },
    }
}

fn all_of(queries: impl IntoIterator<Item = Query>) -> Query {
    let mut all = Vec::new();
    for query in queries {
        match query {
            Query::All => {}
            Query::None => return Query::None,
            Query::And(inner) => all.extend(inner),
            other => all.push(other),
        }
    }
    match all.len() {
        0 => Query::All,
        1 => all.remove(0),
        _ => Query::And(all),
    }
}

fn any_of(queries: impl IntoIterator<Item = Query>) -> Query {
    let mut all = Vec::new();
    for query in queries {
        match query {
            Query::None => {}
            Query::All => return Query::All,
            Query::Or(inner) => all.extend(inner),
            other => all.push(other),
        }
    }
    match all.len() {
        0 => Query::None,
        1 => all.remove(0),
        _ => Query::Or(all),
    }
}

/// Halves what is too deep: with negations at the bottom only, a query can but gain lines when a part `p` of it does.
/// So it equals (p AND the query with p true) OR the query with p false, each of which is less deep.
fn shallow(query: Query, levels: usize) -> Query {
    let depth = levels_of(&query);
    let Some(levels_below) = levels.checked_sub(2).filter(|_| depth > levels) else { return query };
    let path = deepest_path(&query, depth / 2);
    let Some(part) = part_at(&query, &path) else { return query };
    let part = part.clone();
    let with_true = replaced(&query, &path, &Query::All);
    let with_false = replaced(&query, &path, &Query::None);
    any_of([
        all_of([shallow(part, levels_below), shallow(with_true, levels_below)]),
        shallow(with_false, levels_below),
    ])
}

fn parts(query: &Query) -> &[Query] {
    match query {
        Query::And(queries) | Query::Or(queries) => queries,
        // A negation is a single condition here.
        Query::Not(_)
        | Query::All
        | Query::None
        | Query::Term { .. }
        | Query::Terms { .. }
        | Query::Levels(_)
        | Query::Text(_)
        | Query::Prefix { .. }
        | Query::Range { .. }
        | Query::Network { .. }
        | Query::Exists(_) => &[],
    }
}

fn levels_of(query: &Query) -> usize {
    parts(query).iter().map(|part| levels_of(part) + 1).max().unwrap_or(0)
}

/// Places of the parts that lead `steps` levels down towards the deepest one.
fn deepest_path(query: &Query, steps: usize) -> Vec<usize> {
    let mut path = Vec::new();
    let mut here = query;
    while path.len() < steps {
        let Some((place, next)) = parts(here).iter().enumerate().max_by_key(|(_, part)| levels_of(part))
        else {
            break;
        };
        path.push(place);
        here = next;
    }
    path
}

fn part_at<'a>(query: &'a Query, path: &[usize]) -> Option<&'a Query> {
    path.iter().try_fold(query, |here, place| parts(here).get(*place))
}

/// The query with the part at `path` replaced, and simplified where that settles something.
fn replaced(query: &Query, path: &[usize], by: &Query) -> Query {
    let Some((first, rest)) = path.split_first() else { return by.clone() };
    let inner = parts(query)
        .iter()
        .enumerate()
        .map(|(place, part)| if place == *first { replaced(part, rest, by) } else { part.clone() });
    if matches!(query, Query::Or(_)) { any_of(inner) } else { all_of(inner) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::LogField;

    fn leaf(number: usize) -> Query {
        Query::term(LogField::Id, number.to_string())
    }

    /// Whether a line holds, given which single conditions hold for it.
    fn holds(query: &Query, facts: &[bool]) -> bool {
        match query {
            Query::All => true,
            Query::None => false,
            Query::And(queries) => queries.iter().all(|query| holds(query, facts)),
            Query::Or(queries) => queries.iter().any(|query| holds(query, facts)),
            Query::Not(query) => !holds(query, facts),
            Query::Term { value, .. } => facts[value.parse::<usize>().unwrap()],
            other => panic!("{other:?}"),
        }
    }

    fn size(query: &Query) -> usize {
        1 + query.children().iter().map(size).sum::<usize>()
    }

    /// The deepest that a text of 16 levels of parentheses can say: (a OR NOT b (c OR NOT d (...))).
    fn deepest() -> Query {
        let mut query = leaf(0);
        for level in 1..=16 {
            let both = Query::And(vec![Query::Not(Box::new(leaf(2 * level))), query]);
            query = Query::Or(vec![leaf(2 * level - 1), both]);
        }
        query
    }

    #[test]
    fn negations_go_down_and_cancel_out() {
        let not = |query| Query::Not(Box::new(query));

        assert_eq!(normalise(&not(not(leaf(1)))), leaf(1));
        assert_eq!(
            normalise(&not(Query::Or(vec![leaf(1), not(leaf(2))]))),
            Query::And(vec![not(leaf(1)), leaf(2)])
        );
        assert_eq!(normalise(&not(Query::All)), Query::None);
        assert_eq!(normalise(&Query::Or(vec![])), Query::None);
        assert_eq!(normalise(&Query::And(vec![Query::All, Query::And(vec![leaf(1)])])), leaf(1));
    }

    #[test]
    fn what_is_shallow_enough_stays_as_it_is() {
        let query = Query::Or(vec![leaf(1), Query::And(vec![leaf(2), leaf(3)])]);

        assert_eq!(normalise(&query), query);
    }

    #[test]
    fn the_deepest_text_is_brought_under_the_limit_without_growing_much() {
        let query = deepest();

        let normal = normalise(&query);

        assert!(levels_of(&rewrite(&query, Sense::Holds)) > 2 * MAX_LEVELS);
        assert!(levels_of(&normal) <= MAX_LEVELS, "{}", levels_of(&normal));
        assert!(size(&normal) < 6 * size(&query), "{} from {}", size(&normal), size(&query));
    }

    fn queries() -> impl Strategy<Value = Query> {
        let leaf = prop_oneof![(0..6_usize).prop_map(leaf), Just(Query::All), Just(Query::None)];
        leaf.prop_recursive(24, 60, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..3).prop_map(Query::And),
                prop::collection::vec(inner.clone(), 1..3).prop_map(Query::Or),
                inner.prop_map(|query| Query::Not(Box::new(query))),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_normal_form_finds_the_same_lines(query in queries(), levels in 2..6_usize) {
            let plain = rewrite(&query, Sense::Holds);
            let normal = shallow(plain.clone(), levels);

            for line in 0..64_u32 {
                let facts: Vec<_> = (0..6).map(|bit| line & (1 << bit) != 0).collect();
                prop_assert_eq!(holds(&query, &facts), holds(&normal, &facts));
            }
            prop_assert!(levels_of(&normal) <= levels_of(&plain));
        }

        #[test]
        fn the_deepest_text_finds_the_same_lines(facts in prop::collection::vec(any::<bool>(), 33)) {
            prop_assert_eq!(holds(&normalise(&deepest()), &facts), holds(&deepest(), &facts));
        }
    }
}
