//! Archives: what builds hold besides rpms, for reading, and their types.

mod contents;
mod create;
mod get;
mod list;
mod types;

use koji_api::methods::{
    AddArchiveType, AddBType, CreateImageBuild, CreateMavenBuild, CreateWinBuild, GetArchive, GetArchiveFile,
    GetArchiveType, GetArchiveTypes, GetImageArchive, GetImageBuild, GetLatestMavenArchives, GetMavenArchive,
    GetMavenBuild, GetWinArchive, GetWinBuild, ImportArchive, ListArchiveFiles, ListArchives, ListBTypes,
    ListTaggedArchives,
};

use super::Entry;

pub(crate) use create::{require_maven, require_win};

pub const TABLE: &[Entry] = &[
    write!(AddArchiveType, types::add_archive_type),
    write!(AddBType, types::add_btype),
    write!(CreateImageBuild, create::create_image_build),
    write!(CreateMavenBuild, create::create_maven_build),
    write!(CreateWinBuild, create::create_win_build),
    read!(GetArchive, get::get_archive),
    read!(GetArchiveFile, contents::get_archive_file),
    read!(GetArchiveType, types::get_archive_type),
    read!(GetArchiveTypes, types::get_archive_types),
    read!(GetImageArchive, get::get_image_archive),
    read!(GetImageBuild, get::get_image_build),
    kept!(GetLatestMavenArchives, list::get_latest_maven_archives),
    read!(GetMavenArchive, get::get_maven_archive),
    read!(GetMavenBuild, get::get_maven_build),
    read!(GetWinArchive, get::get_win_archive),
    read!(GetWinBuild, get::get_win_build),
    write!(ImportArchive, create::import_archive),
    read!(ListArchiveFiles, contents::list_archive_files),
    read!(ListArchives, list::list_archives),
    read!(ListBTypes, types::list_btypes),
    kept!(ListTaggedArchives, list::list_tagged_archives),
];
