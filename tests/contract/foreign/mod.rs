//! Other people's indices on a real server: read without bootstrap and without any write of ours.
//!
//! `shapes` writes lines as other programs do, `indices` makes indices for them, the other files ask.

pub(crate) mod following;
pub(crate) mod indices;
pub(crate) mod mappings;
pub(crate) mod numbers;
pub(crate) mod places;
pub(crate) mod presets;
pub(crate) mod shapes;
pub(crate) mod walks;
