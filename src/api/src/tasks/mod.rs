//! Tasks: what their requests mean, and how they are shown.
//!
//! A task is a method name and a list of arguments, positional ones and perhaps a keyword struct, as in a call.
//! [`params`] gives them their names; [`label`] is the one-line description that clients print.

mod label;
mod signatures;

pub use label::label;
pub use signatures::{ParamsError, is_known, params};

/// Priority of a task without a parent; a lower number is sooner. Children default to one less than their parent.
pub const DEFAULT_PRIORITY: i64 = 20;
/// Priority of repo regeneration.
pub const REPO_PRIORITY: i64 = 15;
