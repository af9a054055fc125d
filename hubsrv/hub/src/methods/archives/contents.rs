//! What is in zip and tar archives.

use std::fs::File;
use std::io::{BufReader, Read};

use koji_api::Fault;
use koji_api::methods::{GetArchiveFile, ListArchiveFiles};
use koji_api::types::repr;
use koji_db::QueryOpts;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::{ArchiveKind, BuildDir};
use crate::reply::Reply;
use crate::store::RelPath;
use crate::{blocking, filters, lookup};

/// Entries that are listed at most, and bytes that are unpacked for a listing: what a bomb can cost.
const MAX_ENTRIES: usize = 1_000_000;
const MAX_UNPACKED: u64 = 64 << 30;

pub(super) async fn list_archive_files(cx: &mut Cx, call: ListArchiveFiles) -> Outcome<Reply> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    Ok(filters::apply_opts(files(cx, &call.archive_id, call.strict).await?, &opts)?)
}

pub(super) async fn get_archive_file(cx: &mut Cx, call: GetArchiveFile) -> Outcome<Option<Struct>> {
    let files = files(cx, &call.archive_id, call.strict).await?;
    let found = files.into_iter().find(|f| f.get("name") == Some(&call.filename));
    if found.is_none() && call.strict {
        let (name, id) = (repr::text(&call.filename), repr::text(&call.archive_id));
        return Err(Fault::generic(format!("No such file: {name} in archive#{id}")).into());
    }
    Ok(found)
}

/// The files of an archive; none of one that is no zip or tar, unless that is a fault.
async fn files(cx: &mut Cx, id: &Value, strict: bool) -> Outcome<Vec<Struct>> {
    let shown = repr::text(id);
    let missing = || Fault::generic(format!("No such archive: {shown}"));
    let id = filters::int(id)?.ok_or_else(missing)?;
    let archive = koji_db::archives::get(&mut cx.tx, id).await?.ok_or_else(missing)?;
    let get = |key: &str| archive.get(key).cloned().unwrap_or_default();
    let build = lookup::build(&mut cx.tx, &get("build_id")).await?;
    let kind = match repr::text(&get("btype")).as_str() {
        // what the kind notes stands among the archive's own members
        name @ ("maven" | "win" | "image") => {
            ArchiveKind::from_values(name, &Value::Struct(archive.clone()))?
        }
        other => ArchiveKind::Other(other.to_owned()),
    };
    let name = repr::text(&get("filename"));
    let name =
        RelPath::file_name(&name).ok_or_else(|| Fault::generic(format!("Invalid file name: {name}")))?;
    let (place, path) = (BuildDir::of(&cx.hub.paths, &build)?, kind.dir()?.join(&name));
    let compression = get("compression_type").as_str().map(str::to_owned);
    if strict && compression.is_none() {
        let name = repr::text(&get("type_name"));
        return Err(Fault::generic(format!("Unsupported archive type: {name}")).into());
    }
    blocking(move || {
        let file = match place.open().and_then(|dir| dir.read(&path)) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e.into()),
        };
        let broken = |e: &dyn std::fmt::Display| Fault::generic(format!("{name} cannot be read: {e}"));
        match compression.as_deref() {
            Some("zip") => zipped(id, file).map_err(|e| broken(&e).into()),
            Some("tar") => tarred(id, file, &name.to_string()).map_err(|e| broken(&e).into()),
            _ => Ok(Vec::new()),
        }
    })
    .await
}

fn row<const N: usize>(members: [(&str, Value); N]) -> Struct {
    members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

fn number(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn zipped(id: i64, file: File) -> zip::result::ZipResult<Vec<Struct>> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file))?;
    let mut rows = Vec::new();
    for index in 0..archive.len().min(MAX_ENTRIES) {
        let entry = archive.by_index_raw(index)?;
        let time = entry.last_modified().and_then(seconds).unwrap_or_default();
        rows.push(row([
            ("archive_id", id.into()),
            ("name", String::from_utf8_lossy(entry.name_raw()).into_owned().into()),
            ("size", number(entry.size())),
            ("mtime", time.into()),
        ]));
    }
    Ok(rows)
}

/// Zip knows no time zone; the hub's is UTC.
fn seconds(t: zip::DateTime) -> Option<i64> {
    let month = time::Month::try_from(t.month()).ok()?;
    let date = time::Date::from_calendar_date(t.year().into(), month, t.day()).ok()?;
    let time = time::Time::from_hms(t.hour(), t.minute(), t.second()).ok()?;
    Some(time::PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp())
}

fn tarred(id: i64, file: File, name: &str) -> std::io::Result<Vec<Struct>> {
    let file = BufReader::with_capacity(256 * 1024, file);
    let ends = |extensions: &[&str]| extensions.iter().any(|e| name.to_lowercase().ends_with(e));
    let unpacked: Box<dyn Read> = if ends(&[".gz", ".tgz"]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(file))
    } else if ends(&[".bz2"]) {
        Box::new(bzip2::bufread::MultiBzDecoder::new(file))
    } else if ends(&[".xz"]) {
        Box::new(lzma_rust2::XzReader::new(file, true))
    } else {
        Box::new(file)
    };
    let mut archive = tar::Archive::new(unpacked.take(MAX_UNPACKED));
    let mut rows = Vec::new();
    for entry in archive.entries()?.take(MAX_ENTRIES) {
        let entry = entry?;
        let header = entry.header();
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        rows.push(row([
            ("archive_id", id.into()),
            // directories are named without the slash that ends them
            ("name", name.trim_end_matches('/').into()),
            ("size", number(entry.size())),
            ("mtime", number(header.mtime()?)),
            ("mode", number(header.mode()?.into())),
            ("user", text(header.username_bytes()).into()),
            ("group", text(header.groupname_bytes()).into()),
        ]));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn stored(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        file
    }

    fn tar_of(name: &str) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        header.set_mtime(5);
        header.set_mode(0o644);
        header.set_username("root").unwrap();
        builder.append_data(&mut header, name, &b"abc"[..]).unwrap();
        builder.into_inner().unwrap()
    }

    #[test]
    fn tars_are_listed_packed_or_not() {
        let plain = tar_of("dir/a.txt");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&plain).unwrap();
        for (bytes, name) in [(plain.clone(), "x.tar"), (packed.finish().unwrap(), "x.TAR.GZ")] {
            let rows = tarred(7, stored(&bytes), name).unwrap();
            assert_eq!(rows.len(), 1, "{name}");
            let row = Value::Struct(rows[0].clone());
            assert_eq!(
                (row.str_at("name"), row.int_at("size"), row.int_at("mtime")),
                (Some("dir/a.txt"), Some(3), Some(5))
            );
            assert_eq!((row.str_at("user"), row.int_at("mode")), (Some("root"), Some(0o644)));
        }
    }

    proptest! {
        #[test]
        fn damaged_archives_are_errors_at_worst(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..512) {
            let _ = zipped(1, stored(&bytes));
            let _ = tarred(1, stored(&bytes), "x.tar.xz");
            let _ = tarred(1, stored(&bytes), "x.tar.bz2");
            let mut tar = tar_of("a");
            bytes.truncate(tar.len() - at);
            tar[at..at + bytes.len().min(40)].copy_from_slice(&bytes[..bytes.len().min(40)]);
            let _ = tarred(1, stored(&tar), "x.tar");
        }
    }
}
