//! What can be asked of lines, and what is answered: conditions and pages.

mod condition;
pub mod page;

pub use condition::{
    ArrivalsRequest, Bound, CountRequest, PageRequest, Query, Scalar, Selection, TextMatch, TextQuery,
};
