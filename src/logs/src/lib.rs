//! Logs of any size: opened at the end, followed while they grow, searched, filtered, without a limit of lines.
//!
//! What it is: a [`Log`] takes bytes from a [`Source`] (a task's log at the hub, a file here), keeps them on disk and
//! an index of their lines in memory; a [`Body`] hands out the lines of a window; [`Search`] finds lines, [`Filter`]
//! selects them, both in the background and while the log grows; [`Outline`] has the phases of a build, [`Errors`] the
//! lines that say what is wrong, [`Merged`] several logs as they arrived, [`difference`] what one log says and another
//! does not.
//!
//! What it is not: it draws nothing and knows no terminal. Its [`text`] is safe to be drawn.
//!
//! Lines are numbered from the place where the log was opened, so that a number stays the same while the beginning is
//! still being fetched: `0` is the line there, those before it are negative. [`Body::number`] is the line's number in the
//! log, once that is known.

mod body;
mod difference;
mod error;
mod errors;
mod filter;
mod follow;
mod index;
mod lines;
mod marks;
mod merge;
mod outline;
mod pattern;
mod search;
pub mod source;
mod store;
#[cfg(test)]
mod testing;
pub mod text;
mod times;

pub use body::{Body, Line};
pub use difference::{Change, Compared, Difference, Side, difference};
pub use error::{Error, Result};
pub use errors::Errors;
pub use filter::{Filter, Selection};
pub use follow::{Log, Options, Status};
pub use lines::LineSet;
pub use marks::Marks;
pub use merge::{Merged, Origin};
pub use outline::{Entry, Outline, Stage};
pub use pattern::{Case, Pattern};
pub use search::{Search, Test};
pub use source::{FileSource, Source, Tail, TaskLogs};
pub use times::Times;
