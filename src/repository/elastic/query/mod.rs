//! The typed query in the language of the server.
//!
//! `translate/` is the way in; it asks `predicates/` for one condition at one place. `text.rs` has words and phrases,
//! `numbers.rs` ranges of numbers, `dsl.rs` the smallest pieces, `normal_form.rs` keeps the nesting within what servers allow.

pub(crate) mod dsl;
mod normal_form;
mod numbers;
pub(crate) mod predicates;
pub(crate) mod text;
mod translate;

pub(crate) use translate::{
    Translated, Translator, UNKNOWN_SERVICE, build_arrivals_query, build_search_query,
};
