//! Bringing builds and rpms in: from uploaded files to rows and the build's directory.
//!
//! The order makes it crash-safe. The files are checked and gathered in a hidden directory beside the build's place, as further
//! names of the uploaded ones; the directory gets its name in one step; then the transaction commits; then the uploads become
//! links to the imported files. Whatever a crash leaves before the commit is no row's, is found by the next attempt
//! and removed: the uploads are still there, so it succeeds.

mod archive;
mod build;
mod cg;
mod dirs;
mod merge;
mod new_build;
mod noarch;
mod pom;
mod read;
mod results;
mod rpm;
mod scratch;
mod source;
pub mod typed;
mod volume;

pub use archive::{Kind as ArchiveKind, import_archive, require_upload, type_of};
pub use build::{Delivery, import_build};
pub use cg::cg_import;
pub use dirs::BuildDir;
pub use merge::merge_scratch;
pub use new_build::new_build;
pub use read::sighash;
pub use results::{
    Results, below, complete_image, complete_maven, complete_win, import_images, import_wrapper,
};
pub use rpm::import_rpm;
pub use scratch::{files_to_scratch, move_to_scratch};
pub use volume::choose as choose_volume;
