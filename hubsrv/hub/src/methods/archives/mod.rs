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
    kept!(GetArchive, get::get_archive),
    read!(GetArchiveFile, contents::get_archive_file),
    kept!(GetArchiveType, types::get_archive_type),
    kept!(GetArchiveTypes, types::get_archive_types),
    kept!(GetImageArchive, get::get_image_archive),
    kept!(GetImageBuild, get::get_image_build),
    kept!(GetLatestMavenArchives, list::get_latest_maven_archives),
    kept!(GetMavenArchive, get::get_maven_archive),
    kept!(GetMavenBuild, get::get_maven_build),
    kept!(GetWinArchive, get::get_win_archive),
    kept!(GetWinBuild, get::get_win_build),
    write!(ImportArchive, create::import_archive),
    read!(ListArchiveFiles, contents::list_archive_files),
    kept!(ListArchives, list::list_archives),
    kept!(ListBTypes, types::list_btypes),
    kept!(ListTaggedArchives, list::list_tagged_archives),
];
