//! The typed query as a query of tantivy: [`Translator`] is the way in.

mod excluded;
mod translate;

pub(crate) use translate::Translator;
