//! `shutdown`: the daemon stops.

pub const METHOD: &str = "shutdown";
