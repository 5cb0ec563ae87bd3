//! Looks at everything that is needed of a cluster, and says what to do about what is missing. Changes nothing.

mod clock;
mod commands;
mod examination;
mod foreign;
mod installed;
mod nodes;
mod privileges;
mod targets;

pub(super) use examination::Examination;
