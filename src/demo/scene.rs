//! A line that is written once a day at a fixed place in the window.

use super::template::Template;

/// Its position, in parts per million of the window, and what it says.
pub(super) type Scene = (u64, Template);
