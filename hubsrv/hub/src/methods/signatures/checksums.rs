//! Checksums of signed copies: `getRPMChecksums`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read, Seek, SeekFrom, Write};

use koji_api::Fault;
use koji_api::methods::GetRPMChecksums;
use koji_api::types::{ChecksumType, repr};
use koji_db::signatures::{self, Checksum};
use koji_rpm::header::LEAD_SIZE;
use koji_rpm::{Header, RpmFile};
use koji_xmlrpc::{Struct, Value};
use md5::Digest as _;

use super::write::SignedFiles;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::BuildDir;
use crate::methods::rpms::own;
use crate::{blocking, lookup};

pub(super) async fn get_rpm_checksums(cx: &mut Cx, call: GetRPMChecksums) -> Outcome<Struct> {
    if call.rpm_id.as_int().is_none() {
        return Err(Fault::generic("rpm_id must be an integer").into());
    }
    let found = lookup::rpms(&mut cx.tx, &call.rpm_id).await?;
    if found.is_empty() {
        let text = format!("No such rpm: {{'id': {}}}", repr::text(&call.rpm_id));
        return Err(Fault::generic(text).into());
    }
    let kinds = match call.checksum_types.truthy() {
        false => wanted(cx, None)?,
        true => match &call.checksum_types {
            Value::Array(names) => wanted(cx, Some(names))?,
            _ => return Err(Fault::generic("checksum_type must be a list").into()),
        },
    };
    let rpm_id = call.rpm_id.as_int().unwrap_or_default();
    let keys: Vec<String> =
        signatures::of_rpm(&mut cx.tx, rpm_id).await?.into_iter().map(|s| s.sigkey).collect();
    let mut known: BTreeMap<(String, ChecksumType), String> = signatures::checksums(&mut cx.tx, rpm_id)
        .await?
        .into_iter()
        .map(|c| ((c.sigkey, c.kind), c.checksum))
        .collect();
    let has_all = |key: &String| kinds.iter().all(|k| known.contains_key(&(key.clone(), *k)));
    let missing: Vec<String> = keys.iter().filter(|k| !has_all(k)).cloned().collect();
    if !call.cacheonly && !missing.is_empty() {
        let rpm = own(&mut cx.tx, &call.rpm_id).await?;
        let build = lookup::build(&mut cx.tx, &rpm.build_id.into()).await?;
        let place = BuildDir::of(&cx.hub.paths, &build)?;
        for sigkey in missing {
            let files = SignedFiles::of(place.clone(), &rpm, &sigkey)?;
            let of = kinds.clone();
            for (kind, checksum) in blocking(move || files.checksums(&of)).await? {
                known.insert((sigkey.clone(), kind), checksum.clone());
                let sum = Checksum { sigkey: sigkey.clone(), kind, checksum };
                signatures::put_checksum(&mut cx.tx, rpm_id, &sum).await?;
            }
        }
    }
    let of_key = |key: &String| {
        let sum = |k: &ChecksumType| known.get(&(key.clone(), *k)).cloned();
        let sums = kinds.iter().map(|k| (k.name().to_owned(), sum(k).into()));
        Value::Struct(sums.collect())
    };
    Ok(keys.iter().map(|key| (key.clone(), of_key(key))).collect())
}

/// The kinds of checksum with these names; those that the hub is set to by default. Each once.
pub(super) fn wanted(cx: &Cx, names: Option<&[Value]>) -> Result<Vec<ChecksumType>, Fault> {
    let names: Vec<String> = match names {
        Some(names) => names.iter().map(repr::text).collect(),
        None => cx.hub.settings().rpm_default_checksums.to_vec(),
    };
    let mut kinds = BTreeSet::new();
    for name in names {
        let kind = ChecksumType::from_name(&name);
        kinds.insert(kind.ok_or_else(|| Fault::generic(format!("Checksum_type {name} isn't supported")))?);
    }
    Ok(kinds.into_iter().collect())
}

/// An rpm with another signature header, as a stream.
pub(super) struct Spliced {
    parts: Chain<Cursor<Vec<u8>>, BufReader<File>>,
}

impl Spliced {
    pub(super) fn new(mut rpm: File, header: Vec<u8>) -> Outcome<Spliced> {
        let bad = |e: koji_rpm::Error| Fault::generic(format!("the rpm cannot be signed: {e}"));
        let start = RpmFile::read(&mut BufReader::new(&rpm)).map_err(bad)?.header_start;
        let new = Header::parse(&header).map_err(bad)?;
        let mut lead = vec![0; usize::try_from(LEAD_SIZE).unwrap_or(96)];
        rpm.rewind()?;
        rpm.read_exact(&mut lead)?;
        lead.extend_from_slice(new.bytes());
        lead.resize(lead.len() + new.padding(), 0);
        rpm.seek(SeekFrom::Start(start))?;
        Ok(Spliced { parts: Cursor::new(lead).chain(BufReader::with_capacity(256 * 1024, rpm)) })
    }
}

impl Read for Spliced {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.parts.read(buf)
    }
}

/// Copies all to `out` and computes the checksums on the way.
pub(super) fn sums(
    from: &mut impl Read,
    kinds: &[ChecksumType],
    out: &mut impl Write,
) -> io::Result<Vec<(ChecksumType, String)>> {
    enum Sum {
        Md5(md5::Md5),
        Sha1(sha1::Sha1),
        Sha256(sha2::Sha256),
    }
    let mut sums: Vec<(ChecksumType, Sum)> = kinds
        .iter()
        .map(|kind| {
            let sum = match kind {
                ChecksumType::Md5 => Sum::Md5(md5::Md5::new()),
                ChecksumType::Sha1 => Sum::Sha1(sha1::Sha1::new()),
                ChecksumType::Sha256 => Sum::Sha256(sha2::Sha256::new()),
            };
            (*kind, sum)
        })
        .collect();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        let piece = buffer.get(..n).unwrap_or_default();
        out.write_all(piece)?;
        for (_, sum) in &mut sums {
            match sum {
                Sum::Md5(h) => h.update(piece),
                Sum::Sha1(h) => h.update(piece),
                Sum::Sha256(h) => h.update(piece),
            }
        }
    }
    out.flush()?;
    let hexed = |sum| match sum {
        Sum::Md5(h) => hex::encode(h.finalize()),
        Sum::Sha1(h) => hex::encode(h.finalize()),
        Sum::Sha256(h) => hex::encode(h.finalize()),
    };
    Ok(sums.into_iter().map(|(kind, sum)| (kind, hexed(sum))).collect())
}
