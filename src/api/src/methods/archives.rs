use super::prelude::*;

methods! {
    AddArchiveType "addArchiveType" Perm("admin") (name, description, extensions, compression_type = Value::Nil);
    AddBType "addBType" Perm("admin") (name);
    CreateImageBuild "createImageBuild" Perm("image-import") (build_info);
    CreateMavenBuild "createMavenBuild" Perm("maven-import") (build_info, maven_info);
    CreateWinBuild "createWinBuild" Perm("win-import") (build_info, win_info);
    GetArchive "getArchive" Anyone (archive_id, strict: bool = false);
    GetArchiveFile "getArchiveFile" Anyone (archive_id, filename, strict: bool = false);
    GetArchiveType "getArchiveType" Anyone (filename = Value::Nil, type_name = Value::Nil, type_id = Value::Nil, strict: bool = false);
    GetArchiveTypes "getArchiveTypes" Anyone ();
    GetImageArchive "getImageArchive" Anyone (archive_id, strict: bool = false);
    GetImageBuild "getImageBuild" Anyone (buildInfo, strict: bool = false);
    GetLatestMavenArchives "getLatestMavenArchives" Anyone (tag, event = Value::Nil, inherit: bool = true);
    GetMavenArchive "getMavenArchive" Anyone (archive_id, strict: bool = false);
    GetMavenBuild "getMavenBuild" Anyone (buildInfo, strict: bool = false);
    GetWinArchive "getWinArchive" Anyone (archive_id, strict: bool = false);
    GetWinBuild "getWinBuild" Anyone (buildInfo, strict: bool = false);
    ImportArchive "importArchive" Inside (filepath, buildinfo, r#type, typeInfo);
    ListArchiveFiles "listArchiveFiles" Anyone (archive_id, queryOpts = Value::Nil, strict: bool = false);
    ListArchives "listArchives" Anyone (buildID = Value::Nil, buildrootID = Value::Nil, componentBuildrootID = Value::Nil, hostID = Value::Nil, r#type = Value::Nil, filename = Value::Nil, size = Value::Nil, checksum = Value::Nil, checksum_type = Value::Nil, typeInfo = Value::Nil, queryOpts = Value::Nil, imageID = Value::Nil, archiveID = Value::Nil, strict: bool = false);
    ListBTypes "listBTypes" Anyone (query = Value::Nil, queryOpts = Value::Nil);
    ListTaggedArchives "listTaggedArchives" Anyone (tag, event = Value::Nil, inherit: bool = false, latest = Value::Bool(false), package = Value::Nil, r#type = Value::Nil, strict: bool = true, extra: bool = true);
}
