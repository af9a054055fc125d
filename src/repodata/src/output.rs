//! A `repodata` directory in the making.
//!
//! Files are written into a temporary directory beside the final one, named by their checksum; in the end the
//! directories change places in one step, so that a reader sees the old metadata or the new. Nothing is forced to the
//! disk: who makes a repository copies it to where it is to last, and after a crash of the machine makes it again.

use crate::compress::Compression;
use crate::repomd::{Record, Repomd};
use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The three files that describe packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Primary,
    Filelists,
    Other,
}

impl Stream {
    pub(crate) const ALL: [Self; 3] = [Self::Primary, Self::Filelists, Self::Other];

    /// The type in repomd.xml.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Filelists => "filelists",
            Self::Other => "other",
        }
    }

    /// The kind of cache entry that holds chunks of this stream.
    pub(crate) fn entry(self, compression: Compression) -> &'static str {
        match (self, compression) {
            (Self::Primary, Compression::Gzip) => "primary",
            (Self::Filelists, Compression::Gzip) => "filelists",
            (Self::Other, Compression::Gzip) => "other",
            (Self::Primary, Compression::Zstd) => "primary-zst",
            (Self::Filelists, Compression::Zstd) => "filelists-zst",
            (Self::Other, Compression::Zstd) => "other-zst",
        }
    }

    fn head(self, packages: usize) -> String {
        let root = match self {
            Self::Primary => {
                "metadata xmlns=\"http://linux.duke.edu/metadata/common\" \
                 xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\""
            }
            Self::Filelists => "filelists xmlns=\"http://linux.duke.edu/metadata/filelists\"",
            Self::Other => "otherdata xmlns=\"http://linux.duke.edu/metadata/other\"",
        };
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} packages=\"{packages}\">\n")
    }

    fn tail(self) -> &'static str {
        match self {
            Self::Primary => "</metadata>\n",
            Self::Filelists => "</filelists>\n",
            Self::Other => "</otherdata>\n",
        }
    }
}

/// The directory.
pub(crate) struct Output {
    dir: tempfile::TempDir,
    target: PathBuf,
    compression: Compression,
    now: u64,
    records: Vec<Record>,
}

impl Output {
    /// Starts the `repodata` of `repository`, a directory that is made when needed.
    pub(crate) fn new(repository: &Path, compression: Compression) -> Result<Self> {
        std::fs::create_dir_all(repository).map_err(Error::io(repository))?;
        let dir = tempfile::Builder::new()
            .prefix(".repodata.")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(repository)
            .map_err(Error::io(repository))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Ok(Self { dir, target: repository.join("repodata"), compression, now, records: Vec::new() })
    }

    /// Starts one of the package files. They may be written at the same time.
    pub(crate) fn stream(&self, stream: Stream, packages: usize) -> Result<StreamFile> {
        let ending = self.compression.ending();
        let path = self.dir.path().join(format!("{}.xml.{ending}", stream.kind()));
        let file = File::create(&path).map_err(Error::io(&path))?;
        let mut out = StreamFile {
            stream,
            path,
            file,
            closed: Sha256::new(),
            size: 0,
            open: Sha256::new(),
            open_size: 0,
        };
        let head = stream.head(packages);
        out.add(head.as_bytes(), &self.compression.pack(head.as_bytes()))?;
        Ok(out)
    }

    /// Puts a finished package file into the list, under its final name.
    pub(crate) fn finish_stream(&mut self, mut file: StreamFile) -> Result<()> {
        let tail = file.stream.tail();
        file.add(tail.as_bytes(), &self.compression.pack(tail.as_bytes()))?;
        let checksum = hex::encode(file.closed.finalize());
        let kind = file.stream.kind();
        let name = format!("{checksum}-{kind}.xml.{}", self.compression.ending());
        let path = self.dir.path().join(&name);
        std::fs::rename(&file.path, &path).map_err(Error::io(&path))?;
        self.records.push(Record {
            kind: kind.to_owned(),
            checksum,
            checksum_type: "sha256".to_owned(),
            open_checksum: Some(hex::encode(file.open.finalize())),
            header: None,
            location: format!("repodata/{name}"),
            timestamp: self.now,
            size: Some(file.size),
            open_size: Some(file.open_size),
        });
        Ok(())
    }

    /// Adds a compressed file; `name` is without the ending.
    pub(crate) fn add_packed(&mut self, kind: &str, name: &str, text: &[u8]) -> Result<()> {
        let name = format!("{name}.{}", self.compression.ending());
        self.add(kind, &name, &self.compression.pack(text), Some(text))
    }

    /// Adds the list of origins: Koji's builders look for that name and unpack it with gzip.
    pub(crate) fn add_origins(&mut self, text: &[u8]) -> Result<()> {
        self.add("origin", "pkgorigins.gz", &Compression::Gzip.pack(text), Some(text))
    }

    /// Adds a comps file, plain and compressed, as createrepo_c does.
    pub(crate) fn add_comps(&mut self, text: &[u8]) -> Result<()> {
        self.add("group", "comps.xml", text, None)?;
        self.add_packed(&format!("group_{}", self.compression.ending()), "comps.xml", text)
    }

    /// Adds the files of some kinds of another repository's metadata, as they are.
    pub(crate) fn include(&mut self, repository: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let list = repository.join("repodata/repomd.xml");
        let text = std::fs::read_to_string(&list).map_err(Error::io(&list))?;
        let repomd = Repomd::parse(&text, &list.display().to_string())?;
        for mut record in repomd.records.into_iter().filter(|record| wanted(&record.kind)) {
            let file = repository.join(&record.location);
            let bytes = std::fs::read(&file).map_err(Error::io(&file))?;
            let name = Path::new(&record.location).file_name().unwrap_or_default();
            write(&self.dir.path().join(name), &bytes)?;
            record.location = format!("repodata/{}", name.to_string_lossy());
            self.records.push(record);
        }
        Ok(())
    }

    fn add(&mut self, kind: &str, name: &str, bytes: &[u8], open: Option<&[u8]>) -> Result<()> {
        let checksum = hex::encode(Sha256::digest(bytes));
        let name = format!("{checksum}-{name}");
        write(&self.dir.path().join(&name), bytes)?;
        self.records.push(Record {
            kind: kind.to_owned(),
            checksum,
            checksum_type: "sha256".to_owned(),
            open_checksum: open.map(|text| hex::encode(Sha256::digest(text))),
            header: None,
            location: format!("repodata/{name}"),
            timestamp: self.now,
            size: Some(length(bytes)),
            open_size: open.map(length),
        });
        Ok(())
    }

    /// Writes repomd.xml and puts the directory in place of the old one. Returns repomd.xml's content.
    pub(crate) fn finish(self) -> Result<Repomd> {
        let repomd = Repomd { revision: self.now.to_string(), records: self.records };
        let fresh = self.dir.path();
        write(&fresh.join("repomd.xml"), repomd.to_xml().as_bytes())?;
        let failed = Error::io(&self.target);
        if self.target.exists() {
            exchange(fresh, &self.target).map_err(failed)?;
            // The temporary name now holds the old metadata, and goes with the TempDir.
            drop(self.dir);
        } else {
            std::fs::rename(fresh, &self.target).map_err(failed)?;
            let _moved_away = self.dir.keep();
        }
        Ok(repomd)
    }
}

/// Swaps two directories; in two steps on file systems (some NFS) that cannot do it in one.
fn exchange(fresh: &Path, target: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, fresh, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            let old = fresh.with_extension("old");
            std::fs::rename(target, &old)?;
            std::fs::rename(fresh, target)?;
            std::fs::rename(&old, fresh)
        }
        Err(error) => Err(error.into()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(Error::io(path))
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// One package file being written: gzip members one after the other, digests on the way.
pub(crate) struct StreamFile {
    stream: Stream,
    path: PathBuf,
    file: File,
    closed: Sha256,
    size: u64,
    open: Sha256,
    open_size: u64,
}

impl StreamFile {
    /// Appends a gzip member and counts the text that it holds.
    pub(crate) fn add(&mut self, text: &[u8], member: &[u8]) -> Result<()> {
        self.file.write_all(member).map_err(Error::io(&self.path))?;
        self.closed.update(member);
        self.size += length(member);
        self.open.update(text);
        self.open_size += length(text);
        Ok(())
    }
}
