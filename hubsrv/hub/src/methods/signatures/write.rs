//! `writeSignedRPM`: a copy of an rpm with a stored signature in it.

use std::io::Read;

use koji_api::Fault;
use koji_api::methods::WriteSignedRPM;
use koji_api::paths::PathInfo;
use koji_api::types::ChecksumType;
use koji_db::rpms::Rpm;
use koji_db::signatures::{self, Checksum};
use koji_xmlrpc::Value;

use super::checksums::{Spliced, sums, wanted};
use super::key;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::import::BuildDir;
use crate::methods::rpms::own;
use crate::store::{Dir, RelPath};
use crate::{blocking, lookup};

pub(super) async fn write_signed_rpm(cx: &mut Cx, call: WriteSignedRPM) -> Outcome<()> {
    write_copy(cx, &call.an_rpm, &call.sigkey, call.force).await
}

/// Writes the copy of the rpm that is signed with a key, unless it is there, and stores its checksums.
pub(crate) async fn write_copy(cx: &mut Cx, rpm: &Value, sigkey: &Value, force: bool) -> Outcome<()> {
    let kinds = wanted(cx, None)?;
    let sigkey = key(sigkey);
    let rpm = own(&mut cx.tx, rpm).await?;
    let build = lookup::build(&mut cx.tx, &rpm.build_id.into()).await?;
    let known = signatures::of_rpm(&mut cx.tx, rpm.id).await?;
    if !known.iter().any(|s| s.sigkey == sigkey) {
        let text = format!("No cached signature for package {}, key {sigkey}", rpm.nvra());
        return Err(Fault::generic(text).into());
    }
    let files = SignedFiles::of(BuildDir::of(&cx.hub.paths, &build)?, &rpm, &sigkey)?;
    let found = blocking(move || files.write(&kinds, force)).await?;
    for (kind, checksum) in found {
        signatures::put_checksum(&mut cx.tx, rpm.id, &Checksum { sigkey: sigkey.clone(), kind, checksum })
            .await?;
    }
    Ok(())
}

/// An rpm, one of its signature headers and the signed copy.
pub(super) struct SignedFiles {
    place: BuildDir,
    rpm: RelPath,
    header: RelPath,
    copy: RelPath,
}

impl SignedFiles {
    pub(super) fn of(place: BuildDir, rpm: &Rpm, sigkey: &str) -> Result<SignedFiles, Fault> {
        let path = |text: String| {
            RelPath::parse(&text).ok_or_else(|| Fault::generic(format!("Invalid file name: {text}")))
        };
        Ok(SignedFiles {
            rpm: path(PathInfo::rpm(rpm.nvr(), &rpm.arch))?,
            header: path(PathInfo::sighdr(rpm.nvr(), &rpm.arch, sigkey))?,
            copy: path(PathInfo::signed(rpm.nvr(), &rpm.arch, sigkey))?,
            place,
        })
    }

    /// The rpm with the signature header in it.
    pub(super) fn spliced(&self, dir: &Dir) -> Outcome<Spliced> {
        let missing = |path: &RelPath, e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Failure::Fault(Fault::generic(format!("No such path: {}/{path}", self.place.shown())))
            }
            _ => e.into(),
        };
        let rpm = dir.read(&self.rpm).map_err(|e| missing(&self.rpm, e))?;
        let mut header = Vec::new();
        let mut file = dir.read(&self.header).map_err(|e| missing(&self.header, e))?;
        file.read_to_end(&mut header)?;
        Spliced::new(rpm, header)
    }

    /// Checksums of the signed copy, or of what it would be.
    pub(super) fn checksums(&self, kinds: &[ChecksumType]) -> Outcome<Vec<(ChecksumType, String)>> {
        let dir = self.place.open()?;
        match dir.read(&self.copy) {
            Ok(mut copy) => Ok(sums(&mut copy, kinds, &mut std::io::sink())?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Ok(sums(&mut self.spliced(&dir)?, kinds, &mut std::io::sink())?)
            }
            Err(e) => Err(e.into()),
        }
    }

    fn write(&self, kinds: &[ChecksumType], force: bool) -> Outcome<Vec<(ChecksumType, String)>> {
        let dir = self.place.open()?;
        let mut spliced = self.spliced(&dir)?;
        if !force && let Ok(mut copy) = dir.read(&self.copy) {
            return Ok(sums(&mut copy, kinds, &mut std::io::sink())?);
        }
        let into = match self.copy.parent() {
            Some(above) => dir.make_dirs(&above)?,
            None => dir,
        };
        let mut temp = into.temp()?;
        let found = sums(&mut spliced, kinds, &mut temp.file)?;
        temp.replace(self.copy.name())?;
        Ok(found)
    }
}
