//! The files of a task, below `work` on any volume.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use base64::Engine;
use koji_api::Fault;
use koji_api::methods::{DownloadTaskOutput, ListTaskOutput};
use koji_api::types::refs;
use koji_db::names::Table;
use koji_db::{tasks as table, volumes};
use koji_xmlrpc::{Struct, Value};

use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::store::Entry;
use crate::tasks::output;

/// Bytes that one call gives at most.
const MAX_PIECE: u64 = 64 << 20;
/// The volume that every hub has.
const DEFAULT: &str = "DEFAULT";

/// Names of the files; with `stat` by name what they are like; with `all_volumes` by name for each volume.
pub async fn list_task_output(cx: &mut Cx, call: ListTaskOutput) -> Outcome<Value> {
    let id = refs::to_int(&call.taskID)?;
    if call.strict && table::find(&mut cx.tx, id).await?.is_none() {
        return Err(Fault::generic("Task doesn't exist").into());
    }
    let volumes = if call.all_volumes {
        volumes::all(&mut cx.tx).await?.into_iter().map(|v| v.name).collect()
    } else {
        vec![DEFAULT.to_owned()]
    };
    let hub = Arc::clone(&cx.hub);
    let files = blocking(move || {
        let mut files = Vec::new();
        for volume in volumes {
            for (name, entry) in output::files_of(&hub, id, &volume)? {
                files.push((name, volume.clone(), entry));
            }
        }
        Ok(files)
    })
    .await?;
    if !call.stat && !call.all_volumes {
        return Ok(Value::Array(files.into_iter().map(|(name, ..)| name.into()).collect()));
    }
    let mut answer = Struct::new();
    for (name, volume, entry) in files {
        match (call.stat, call.all_volumes) {
            (true, false) => {
                answer.insert(name, stat(&entry));
            }
            (true, true) => {
                let of_file = answer.entry(name).or_insert_with(|| Value::Struct(Struct::new()));
                if let Value::Struct(of_file) = of_file {
                    of_file.insert(volume, stat(&entry));
                }
            }
            (false, _) => {
                let of_file = answer.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(of_file) = of_file {
                    of_file.push(volume.into());
                }
            }
        }
    }
    Ok(Value::Struct(answer))
}

fn stat(entry: &Entry) -> Value {
    Value::record([
        ("st_size", entry.size.to_string().into()),
        ("st_atime", entry.accessed.into()),
        ("st_mtime", entry.modified.into()),
        ("st_ctime", entry.changed.into()),
    ])
}

/// A piece of a file, as base64.
pub async fn download_task_output(cx: &mut Cx, call: DownloadTaskOutput) -> Outcome<String> {
    let id = refs::to_int(&call.taskID)?;
    let size = refs::to_int(&call.size)?;
    let offset = if call.offset.is_nil() { 0 } else { refs::to_int(&call.offset)? };
    let name = refs::to_str(&call.fileName)?.to_owned();
    let volume = if call.volume.truthy() {
        lookup::named_strict(&mut cx.tx, Table::Volume, &call.volume).await?.name
    } else {
        DEFAULT.to_owned()
    };
    if name.contains("..") {
        return Err(Fault::generic(format!("Invalid file name: {name}")).into());
    }
    let missing = Fault::generic(format!("no file \"{name}\" output by task {id}"));
    let path = output::path(id, &name);
    let Some(path) = path else { return Err(missing.into()) };
    let hub = Arc::clone(&cx.hub);
    let piece = blocking(move || match output::open(&hub, &path, &volume)? {
        Some(file) => Ok(Some(read_piece(file, offset, size)?)),
        None => Ok(None),
    })
    .await?;
    Ok(base64::engine::general_purpose::STANDARD.encode(piece.ok_or(missing)?))
}

/// From `offset`, counted from the end when negative, at most `size` bytes; all when that is negative.
fn read_piece(mut file: File, offset: i64, size: i64) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let start = match u64::try_from(offset) {
        Ok(offset) => offset,
        Err(_) => length.saturating_sub(offset.unsigned_abs()),
    };
    file.seek(SeekFrom::Start(start))?;
    let left = length.saturating_sub(start);
    let wanted = u64::try_from(size).unwrap_or(left.min(MAX_PIECE)).min(MAX_PIECE);
    let mut piece = Vec::new();
    file.take(wanted).read_to_end(&mut piece)?;
    Ok(piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn pieces_of_a_file() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"log line 1\nlog line 2\n").unwrap();
        let piece = |offset, size| read_piece(file.try_clone().unwrap(), offset, size).unwrap();
        assert_eq!(piece(4, 4), b"line");
        assert_eq!(piece(0, -1).len(), 22);
        assert_eq!(piece(-3, -1), b" 2\n");
        assert_eq!(piece(100, 5), b"");
    }
}
