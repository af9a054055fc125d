//! The hub's policy language: parse rules, evaluate them, explain the outcome.
//!
//! What it is not: it knows no database and no users. Tests such as `has_perm` or `hastag` are the hub's, which
//! answers them through [`PolicyContext`]; the tests that only look at the policy data are in [`generic`].
//!
//! Where to start: [`Policies`] holds the named rule sets (configured ones and [`defaults`]);
//! [`Policies::evaluate`] runs one; [`Evaluation::verdict`] turns its outcome into allow or deny with a reason.
//!
//! ```text
//! [policy]
//! tag =
//!     has_perm admin :: allow
//!     operation tag && tag *-candidate :: {
//!         is_build_owner :: allow
//!         all :: deny only owners may do this
//!     }
//!     fromtag stable !! allow
//! ```

mod defaults;
mod evaluate;
mod explain;
mod fnmatch;
pub mod generic;
mod parse;
mod policies;
mod rules;
mod verdict;

pub use evaluate::{EvalError, PolicyContext};
pub use explain::{Evaluation, Outcome, Step};
pub use fnmatch::{fnmatch, matches_any};
pub use parse::{ParseError, Problem};
pub use policies::Policies;
pub use rules::{Action, Rule, RuleSet, TestCall};
pub use verdict::Verdict;
