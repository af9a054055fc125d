//! Commands on the volumes that hold builds.

pub mod add_volume;
pub mod list_volumes;
pub mod set_build_volume;
