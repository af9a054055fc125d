//! What a laptop needs to build as a server does: which buildroot is meant, what was in it, its rpms, and whether two builds
//! are the same.
//!
//! What it is: [`Origin`] finds the buildroot of a tag, target, build or task at any hub, [`Recorded`] what the hub knows was
//! installed in it, [`Source`] fetches rpms by that record or by a lock into a [`Store`], which holds files that were checked
//! against their digests, and [`compare()`] says how two builds of a package differ.
//!
//! What it is not: it makes no buildroots (`koji-buildroot` does, by the plan that [`plan`] makes), prints nothing, and calls
//! nothing that an upstream hub does not have.

mod check;
pub mod compare;
mod difference;
mod error;
pub mod lock;
pub mod machine;
mod origin;
pub mod plan;
mod recorded;
mod repo;
mod source;
mod store;

pub use check::{Checked, check};
pub use compare::{Class, Comparison, compare};
pub use difference::{Change, Named, difference};
pub use error::{Error, Result};
pub use origin::{Origin, Repo, Wanted};
pub use recorded::Recorded;
pub use source::{Got, Need, Source};
pub use store::{Store, StoreUse};
