//! `deleteRPMSig`.

use koji_api::Fault;
use koji_api::methods::DeleteRPMSig;
use koji_api::paths::PathInfo;
use koji_db::signatures;

use super::key;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::BuildDir;
use crate::lookup;
use crate::methods::rpms::own;
use crate::store::{Dir, Kind, RelPath};

pub(super) async fn delete_rpm_sig(cx: &mut Cx, call: DeleteRPMSig) -> Outcome<()> {
    let wanted = match (call.all_sigs, call.sigkey.truthy()) {
        (true, _) => None,
        (false, true) => Some(key(&call.sigkey)),
        (false, false) => return Err(Fault::generic("No signature specified").into()),
    };
    let rpm = own(&mut cx.tx, &call.rpminfo).await?;
    let mut found = signatures::of_rpm(&mut cx.tx, rpm.id).await?;
    found.retain(|s| wanted.as_ref().is_none_or(|w| *w == s.sigkey));
    if found.is_empty() {
        return Err(Fault::generic(format!("{} has no matching signatures to delete", rpm.nvra())).into());
    }
    let keys = found.iter().map(|s| s.sigkey.clone()).collect();
    signatures::delete(&mut cx.tx, rpm.id, keys).await?;
    let build = lookup::build(&mut cx.tx, &rpm.build_id.into()).await?;
    let place = BuildDir::of(&cx.hub.paths, &build)?;
    // what the rows do not name any more is garbage, and no harm if it stays
    cx.tx.after_commit(move || {
        for signature in found {
            let copy = PathInfo::signed(rpm.nvr(), &rpm.arch, &signature.sigkey);
            let header = PathInfo::sighdr(rpm.nvr(), &rpm.arch, &signature.sigkey);
            let done = place.open().and_then(|dir| {
                remove(&dir, &copy)?;
                save(&dir, &header, &signature.sighash)
            });
            match done {
                Ok(()) => tracing::warn!(rpm = rpm.nvra(), key = signature.sigkey, "deleted a signature"),
                Err(e) => {
                    tracing::error!(rpm = rpm.nvra(), error = %e, "files of a deleted signature are left")
                }
            }
        }
    });
    Ok(())
}

/// The directory that a file is in and its name; `None` when there is no such file.
fn locate(dir: &Dir, path: &str) -> std::io::Result<Option<(Dir, RelPath)>> {
    let Some(path) = RelPath::parse(path) else { return Ok(None) };
    let Some(above) = path.parent() else { return Ok(None) };
    match dir.entry(&path)? {
        Some(entry) if entry.kind == Kind::File => Ok(Some((dir.sub(&above)?, path))),
        _ => Ok(None),
    }
}

fn remove(dir: &Dir, path: &str) -> std::io::Result<()> {
    match locate(dir, path)? {
        Some((dir, path)) => dir.remove_file(path.name()).map(drop),
        None => Ok(()),
    }
}

/// Keeps a header under another name: what was signed once can be proved later.
fn save(dir: &Dir, path: &str, sighash: &str) -> std::io::Result<()> {
    let Some((dir, path)) = locate(dir, path)? else { return Ok(()) };
    let kept = format!("{}.{sighash}.save", path.name().to_string_lossy());
    dir.rename(path.name(), &dir, kept.as_ref())
}
