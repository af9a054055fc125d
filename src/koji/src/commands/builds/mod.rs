//! Commands on builds and their files.

pub mod buildinfo;
pub mod download_build;
pub mod list_builds;
pub mod promote_build;
