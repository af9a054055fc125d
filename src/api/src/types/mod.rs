//! Words of the API: states, kinds, and the records that most callers read.

mod states;

pub use states::*;
