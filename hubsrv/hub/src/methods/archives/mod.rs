//! Archives: what builds hold besides rpms, for reading, and their types.

mod get;
mod list;
mod types;

use koji_api::methods::{
    AddArchiveType, AddBType, GetArchive, GetArchiveType, GetArchiveTypes, GetImageArchive, GetImageBuild,
    GetLatestMavenArchives, GetMavenArchive, GetMavenBuild, GetWinArchive, GetWinBuild, ListArchives,
    ListBTypes, ListTaggedArchives,
};

use super::Entry;

pub const TABLE: &[Entry] = &[
    write!(AddArchiveType, types::add_archive_type),
    write!(AddBType, types::add_btype),
    read!(GetArchive, get::get_archive),
    read!(GetArchiveType, types::get_archive_type),
    read!(GetArchiveTypes, types::get_archive_types),
    read!(GetImageArchive, get::get_image_archive),
    read!(GetImageBuild, get::get_image_build),
    read!(GetLatestMavenArchives, list::get_latest_maven_archives),
    read!(GetMavenArchive, get::get_maven_archive),
    read!(GetMavenBuild, get::get_maven_build),
    read!(GetWinArchive, get::get_win_archive),
    read!(GetWinBuild, get::get_win_build),
    read!(ListArchives, list::list_archives),
    read!(ListBTypes, types::list_btypes),
    read!(ListTaggedArchives, list::list_tagged_archives),
];
