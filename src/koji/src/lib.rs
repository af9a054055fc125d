//! The command line client.
//!
//! What it is not: it keeps no state beside its configuration and cache, and knows nothing that an upstream hub does not
//! answer too (extensions are used where the hub says it has them).
//!
//! Start at [`commands`]: a command is a file with a clap struct, whose doc comment is its help, and one function, plus one
//! line in the table. [`context`] is what commands work with, [`error`] how they fail, [`cli`] the way from `argv` to a command.

pub mod advice;
pub mod cli;
pub mod commands;
pub mod completion;
pub mod context;
pub mod error;
pub mod event;
pub mod help;
pub mod interrupt;
pub mod json;
pub mod lookup;
pub mod machine;
pub mod output;
pub mod profile;
pub mod python;
pub mod rpm_files;
pub mod secrets;
pub mod staging;
pub mod time;
pub mod watch;

pub use cli::{command, main};
