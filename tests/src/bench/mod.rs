//! What the `bench-` programs measure with: calls to a hub, and single commands.
//!
//! What it is not: a test; a figure that misses its target is only said so. Start at [`Rig`] for the hub that is
//! measured, at [`measure`](fn@drive::measure) for one measurement of it, at [`Usage`] for what a command takes.

mod drive;
mod peer;
mod process;
mod rig;
mod usage;

pub use drive::{Measured, Request, measure};
pub use peer::{Peer, peers};
pub use process::{Cpu, resident};
pub use rig::{Rig, bodies};
pub use usage::Usage;
