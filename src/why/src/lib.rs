//! Why a build failed: the class of the failure, the log that matters, the lines that say it and what to do.
//!
//! What it is: a [`Scanner`] reads a log line by line in bounded memory and judges it by the rules of `rules.toml`
//! ([`triage`] does it for lines that are all there); [`explain`] finds for a task the one child that failed, reads
//! the ends of its logs through a [`Hub`] and picks the verdict that explains it.
//!
//! What it is not: it prints nothing and draws nothing; the card it hands out is data for the command line and the
//! terminal UI alike. It makes only calls that every Koji hub answers. With the feature `hub` (default) a session of
//! `koji-client` is a [`Hub`].
//!
//! Where to start: [`triage`], [`explain`]. A failure that is not recognised: add a rule to `rules.toml` with an
//! example, and a recipe to `corpus/` that makes it happen (corpus/README.md).

mod alike;
mod class;
mod collect;
#[cfg(feature = "corpus")]
pub mod corpus;
mod fault;
#[cfg(feature = "hub")]
mod hub;
mod rules;
mod scan;
mod tail;
mod tree;
mod verdict;

pub use class::Class;
pub use collect::{Card, Error, explain};
pub use fault::judge_fault;
pub use rules::{Rule, rules, tells};
pub use scan::{LogKind, Scanner, triage};
pub use tail::Budget;
pub use tree::{Hub, LogFile, State, Task};
pub use verdict::{Line, Place, Verdict};
