use super::prelude::*;

methods! {
    /// A new type of archives; `extensions` are separated by spaces, compression is `zip`, `tar` or nil.
    AddArchiveType "addArchiveType" Perm("admin") (name, description, extensions, compression_type = Value::Nil);
    /// A new type of builds.
    AddBType "addBType" Perm("admin") (name);
    /// Makes a build one of images; adds the build if there is none.
    CreateImageBuild "createImageBuild" Perm("image-import") (build_info);
    /// Makes a build one of Maven; adds the build if there is none.
    CreateMavenBuild "createMavenBuild" Perm("maven-import") (build_info, maven_info);
    /// Makes a build one of Windows; adds the build if there is none.
    CreateWinBuild "createWinBuild" Perm("win-import") (build_info, win_info);
    /// All about one archive.
    GetArchive "getArchive" Anyone (archive_id, strict: bool = false);
    /// One file in a zip or tar archive.
    GetArchiveFile "getArchiveFile" Anyone (archive_id, filename, strict: bool = false);
    /// A type of archives by file name, name or id.
    GetArchiveType "getArchiveType" Anyone (filename = Value::Nil, type_name = Value::Nil, type_id = Value::Nil, strict: bool = false);
    /// All types of archives.
    GetArchiveTypes "getArchiveTypes" Anyone ();
    /// What is known of an archive as an image.
    GetImageArchive "getImageArchive" Anyone (archive_id, strict: bool = false);
    /// Whether a build has images.
    GetImageBuild "getImageBuild" Anyone (buildInfo, strict: bool = false);
    /// What a Maven repository of the tag holds.
    GetLatestMavenArchives "getLatestMavenArchives" Anyone (tag, event = Value::Nil, inherit: bool = true);
    /// What is known of an archive as one of Maven.
    GetMavenArchive "getMavenArchive" Anyone (archive_id, strict: bool = false);
    /// What is known of a build as one of Maven.
    GetMavenBuild "getMavenBuild" Anyone (buildInfo, strict: bool = false);
    /// What is known of an archive as one of Windows.
    GetWinArchive "getWinArchive" Anyone (archive_id, strict: bool = false);
    /// What is known of a build as one of Windows.
    GetWinBuild "getWinBuild" Anyone (buildInfo, strict: bool = false);
    /// Imports an uploaded archive into a build of its type.
    ImportArchive "importArchive" Inside (filepath, buildinfo, r#type, typeInfo);
    /// The files in a zip or tar archive.
    ListArchiveFiles "listArchiveFiles" Anyone (archive_id, queryOpts = Value::Nil, strict: bool = false);
    /// Archives by any of these filters; `typeInfo` narrows by what the type notes.
    ListArchives "listArchives" Anyone (buildID = Value::Nil, buildrootID = Value::Nil, componentBuildrootID = Value::Nil, hostID = Value::Nil, r#type = Value::Nil, filename = Value::Nil, size = Value::Nil, checksum = Value::Nil, checksum_type = Value::Nil, typeInfo = Value::Nil, queryOpts = Value::Nil, imageID = Value::Nil, archiveID = Value::Nil, strict: bool = false);
    /// Types of builds.
    ListBTypes "listBTypes" Anyone (query = Value::Nil, queryOpts = Value::Nil);
    /// The archives of a tag's builds, and the builds.
    ListTaggedArchives "listTaggedArchives" Anyone (tag, event = Value::Nil, inherit: bool = false, latest = Value::Bool(false), package = Value::Nil, r#type = Value::Nil, strict: bool = true, extra: bool = true);
}
