//! What is known of text: its normal form, its script, numbers in it, and names that are like it.

pub mod decimal;
pub(crate) mod nearest;
pub mod normal;
pub mod ordered_leaf;
pub mod script;
