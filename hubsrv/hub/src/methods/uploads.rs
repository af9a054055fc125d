//! Uploads inside XML-RPC; large files go by raw upload.

use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use koji_api::Fault;
use koji_api::methods::{CheckUpload, UploadFile};
use koji_api::types::{refs, repr};
use koji_db::Topic;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::blocking;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::hub::Hub;
use crate::store::{self, Kind, RelPath};
use crate::uploads::{Broken, Digest, Target, target, write_chunk};

pub const TABLE: &[Entry] = &[read!(CheckUpload, check_upload), write!(UploadFile, upload_file)];

async fn check_upload(cx: &mut Cx, call: CheckUpload) -> Outcome<Option<Struct>> {
    let (path, name) = (refs::to_str(&call.path)?, refs::to_str(&call.name)?);
    let place = target(cx, path, name, call.volume.as_str(), false).await?;
    let verify = call.verify.as_str().unwrap_or_default().to_owned();
    let digest = Digest::named(&verify)?;
    let tail = match &call.tail {
        Value::Nil => None,
        v => {
            let n = v.as_int().and_then(|n| u64::try_from(n).ok());
            Some(n.ok_or_else(|| Fault::generic(format!("Invalid tail value: {}", repr::repr(v))))?)
        }
    };
    let Some(place) = place else { return Ok(None) };
    // what was imported left a link there; it leads to a place of the store or nowhere
    let from_top = match &call.volume {
        Value::Nil => RelPath::parse(&format!("work/{path}/{name}")),
        _ => None,
    };
    let hub = Arc::clone(&cx.hub);
    blocking(move || look(&hub, &place, from_top.as_ref(), digest, tail)).await
}

/// Size and age of a file, and its checksum if one is wanted.
fn look(
    hub: &Hub,
    place: &Target,
    from_top: Option<&RelPath>,
    mut digest: Digest,
    tail: Option<u64>,
) -> Outcome<Option<Struct>> {
    let Some(entry) = place.dir.entry(&place.name)? else { return Ok(None) };
    let opened = match (entry.kind, from_top) {
        (Kind::File, _) => place.dir.read(&place.name),
        (Kind::Link, Some(path)) => store::read_below_top(hub, path),
        _ => return Err(Fault::generic(format!("Not a regular file: {}", place.shown)).into()),
    };
    let mut file = match opened {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let metadata = file.metadata()?;
    let int = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    let mut answer = Struct::new();
    answer.insert("size".into(), int(metadata.len()));
    answer.insert("mtime".into(), modified.into());
    if !matches!(digest, Digest::None) {
        if let Some(tail) = tail {
            file.seek(SeekFrom::Start(metadata.len().saturating_sub(tail)))?;
        }
        let length = pour(&mut file, &mut digest)?;
        answer.insert("sumlength".into(), int(length));
        answer.insert("hexdigest".into(), digest.finish().into());
    }
    Ok(Some(answer))
}

fn pour(file: &mut std::fs::File, digest: &mut Digest) -> std::io::Result<u64> {
    let mut buffer = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        let n = file.read(&mut buffer)?;
        let bytes = buffer.get(..n).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(length);
        }
        digest.update(bytes);
        length += u64::try_from(n).unwrap_or(0);
    }
}

async fn upload_file(cx: &mut Cx, call: UploadFile) -> Outcome<bool> {
    let (path, name) = (refs::to_str(&call.path)?, refs::to_str(&call.name)?);
    let content = match &call.data {
        Value::Base64(bytes) => bytes.clone(),
        v => decoded(refs::to_str(v)?)?,
    };
    let offset = refs::to_int(&call.offset)?;
    let size = if call.size.is_nil() { None } else { Some(refs::to_int(&call.size)?) };
    let (verify, expected) = checksum(&call)?;
    let digest = || Digest::named(&verify);
    digest()?;
    let length = i64::try_from(content.len()).unwrap_or(i64::MAX);
    if offset != -1 {
        let digest = digest()?.of(&content);
        if size.is_some_and(|size| size != length) || (digest.is_some() && digest != expected) {
            return Ok(false);
        }
    }
    let Some(place) = target(cx, path, name, call.volume.as_str(), true).await? else {
        return Err(Fault::generic(format!("Invalid upload directory: {path}")).into());
    };
    let (task, name) = (place.task, place.task_name());
    // the check's locks must not wait for the disk; in a multicall they last as long as it anyway
    if !cx.nested {
        cx.tx.pause().await?;
    }
    let last = digest()?;
    let fits = blocking(move || write(&place, offset, size, content, last, expected)).await?;
    if let Some(task) = task {
        // at the end of what is there, nobody knows here where that is
        let end = (offset >= 0).then(|| offset.saturating_add(length));
        cx.tx.announce_with(
            Topic::Log(task),
            [("name", name.as_str().into()), ("volume", call.volume.clone()), ("size", end.into())],
        );
    }
    Ok(fits)
}

/// Writes a piece; whether the whole file is as announced, if this is its last piece.
fn write(
    place: &Target,
    offset: i64,
    size: Option<i64>,
    content: Vec<u8>,
    mut last: Digest,
    expected: Option<String>,
) -> Outcome<bool> {
    // only logs may begin anew: they are shown while they grow
    let there = place.dir.entry(&place.name)?;
    if offset == 0 && there.is_some_and(|e| e.kind == Kind::File) && !place.shown.ends_with(".log") {
        return Err(Fault::generic(format!("file already exists: {}", place.shown)).into());
    }
    let length = i64::try_from(content.len()).unwrap_or(i64::MAX);
    let whole = offset == 0 || (offset == -1 && size == Some(length));
    let mut pieces = Some(bytes::Bytes::from(content));
    let next = || Ok::<_, Broken>(pieces.take());
    let start = if whole { 0 } else { offset };
    write_chunk(place, start, whole, Digest::None, next).map_err(|broken| match broken {
        Broken::Fault(fault) => Failure::Fault(fault),
        Broken::Body(_) | Broken::Slow => Failure::Fault(Fault::internal("the upload broke off")),
    })?;
    if offset != -1 || expected.is_none() {
        return Ok(true);
    }
    let mut file = place.dir.read(&place.name)?;
    pour(&mut file, &mut last)?;
    Ok(last.finish() == expected)
}

/// Kind and value of the checksum: `checksum` is a pair, or text that is an MD5 like `md5sum`.
fn checksum(call: &UploadFile) -> Result<(String, Option<String>), Fault> {
    let given = if call.checksum.is_nil() { &call.md5sum } else { &call.checksum };
    match given {
        Value::Nil => Ok((String::new(), None)),
        Value::Str(md5) => Ok(("md5".into(), Some(md5.clone()))),
        Value::Array(pair) => match pair.as_slice() {
            [Value::Str(kind), Value::Str(value)] => Ok((kind.clone(), Some(value.clone()))),
            _ => Err(Fault::parameter("checksum must be a pair of strings: its kind and its value")),
        },
        other => Err(refs::wrong_type(other, "str")),
    }
}

/// Base64 with line breaks, as Python's encoder makes it.
fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(plain).map_err(|e| Fault::internal(format!("<class 'binascii.Error'>: {e}")))
}
