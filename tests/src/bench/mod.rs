//! `make bench-hub`: what calls cost a hub and its database.
//!
//! What it is not: a test; a figure that misses its target is only said so. Start at [`Rig`] for the hub that is
//! measured, at [`measure`](fn@drive::measure) for one measurement.

mod drive;
mod peer;
mod process;
mod rig;

pub use drive::{Measured, Request, measure};
pub use peer::{Peer, peers};
pub use process::{Cpu, resident};
pub use rig::{Rig, bodies};
