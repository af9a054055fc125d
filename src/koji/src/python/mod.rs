//! Values as Python reads and shows them: what users of `koji call` and of tag options know.

pub mod literal;
pub mod pretty;
