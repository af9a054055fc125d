//! Archives: files of builds that are no rpms.

pub mod import_archive;
mod pom;

use koji_xmlrpc::Value;

use crate::lookup::text;

/// Directory of a type's archives below the directory of a build.
pub fn archive_dir(build_dir: &str, kind: &str) -> String {
    match kind {
        "maven" | "win" => format!("{build_dir}/{kind}"),
        "image" => format!("{build_dir}/images"),
        other => format!("{build_dir}/files/{other}"),
    }
}

/// Path of an archive below the directory of its type.
pub fn archive_file(kind: &str, archive: &Value) -> String {
    let name = text(archive, "filename");
    match kind {
        "maven" => format!(
            "{}/{}/{}/{name}",
            text(archive, "group_id").replace('.', "/"),
            text(archive, "artifact_id"),
            text(archive, "version")
        ),
        "win" if !text(archive, "relpath").is_empty() => format!("{}/{name}", text(archive, "relpath")),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let archive = Value::record([
            ("filename", Value::from("a.jar")),
            ("group_id", "org.example".into()),
            ("artifact_id", "a".into()),
            ("version", "1".into()),
            ("relpath", "bin".into()),
        ]);
        assert_eq!(archive_file("maven", &archive), "org/example/a/1/a.jar");
        assert_eq!(archive_file("win", &archive), "bin/a.jar");
        assert_eq!(archive_file("image", &archive), "a.jar");
        assert_eq!(archive_dir("/b", "image"), "/b/images");
        assert_eq!(archive_dir("/b", "remote-sources"), "/b/files/remote-sources");
    }
}
