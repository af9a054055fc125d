//! Words of the API: states, kinds, and the records that most callers read.

mod build_ref;
pub mod refs;
pub mod repr;
mod rpm_ref;
mod states;

pub use build_ref::BuildRef;
pub use refs::NameOrId;
pub use rpm_ref::RpmRef;
pub use states::*;
