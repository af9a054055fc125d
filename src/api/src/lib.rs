//! The contract of a Koji hub: methods, states, faults, on-disk paths.
//!
//! What it is not: nothing here does I/O. The hub (`koji-hub`) implements the methods, `koji-client` calls them; both
//! read the same declarations.
//!
//! Start at [`methods`] (one file an area), [`Fault`], [`types`] and [`tasks`].

mod fault;
pub mod methods;
pub mod paths;
pub mod tasks;
pub mod types;

pub use fault::{Fault, FaultKind};
pub use methods::{Access, Decl, Method};
