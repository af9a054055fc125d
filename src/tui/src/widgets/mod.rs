//! Pieces that screens and overlays share.

pub mod columns;
pub mod frame;
pub mod input;
pub mod picker;
