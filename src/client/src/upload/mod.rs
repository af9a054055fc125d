//! Files to the hub's work directory.

mod log;
mod plain;
mod raw;
mod source;

use std::path::{Path, PathBuf};

use koji_api::methods::CheckUpload;
use koji_xmlrpc::Value;
use serde::Deserialize;

pub use log::LogUploader;

use crate::Progress;
use crate::error::{ClientError, Result};
use crate::session::Session;

/// One upload, made by [`Session::upload`].
pub struct Upload {
    session: Session,
    local: PathBuf,
    to: Target,
    overwrite: bool,
    resume: bool,
    follow: bool,
    progress: Option<Progress>,
}

/// What was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// Directory at the hub, below its work directory.
    pub path: String,
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// Of the whole file.
    pub adler32: u32,
}

/// Where it goes.
#[derive(Debug, Clone)]
struct Target {
    path: String,
    name: String,
    /// `None` for the default volume.
    volume: Option<String>,
}

impl Session {
    /// Uploads the file `local` into `path`, a directory below the hub's work directory such as
    /// `cli-build/1700000000.0.abcdefgh` or `tasks/7/7`.
    pub fn upload(&self, local: impl Into<PathBuf>, path: impl Into<String>) -> Upload {
        let local = local.into();
        let name = local.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Upload {
            session: self.clone(),
            local,
            to: Target { path: path.into(), name, volume: None },
            overwrite: true,
            resume: false,
            follow: true,
            progress: None,
        }
    }
}

impl Upload {
    /// Name at the hub, instead of the local one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.to.name = name.into();
        self
    }

    pub fn volume(mut self, volume: Option<&str>) -> Self {
        self.to.volume = volume.filter(|v| *v != "DEFAULT").map(str::to_owned);
        self
    }

    /// May replace a file of the same name; the default.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Goes on behind what the hub already has, if that is the beginning of this file.
    pub fn resume(mut self) -> Self {
        self.resume = true;
        self
    }

    /// Refuses anything but a regular file: for results of a build, where a link could point anywhere.
    pub fn no_follow(mut self) -> Self {
        self.follow = false;
        self
    }

    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Uploads. Every block is checked against its checksum, and the length of the whole against the hub's.
    pub async fn run(self) -> Result<Uploaded> {
        if !self.session.is_logged_in() {
            return Err(ClientError::NotLoggedIn("upload files"));
        }
        if self.session.options().use_fast_upload && !self.resume {
            return raw::upload(&self, 0).await;
        }
        // hubs that do not know the call have no binary upload either
        match self.session.check_upload(&self.to, self.resume).await {
            Ok(present) => {
                let start = if self.resume { raw::resumable(&self, present.as_ref()).await? } else { 0 };
                raw::upload(&self, start).await
            }
            Err(ClientError::Fault(_)) => plain::upload(&self).await,
            Err(error) => Err(error),
        }
    }

    fn tell(&self, done: u64, total: u64) {
        if let Some(progress) = &self.progress {
            progress(done, Some(total));
        }
    }

    fn failed(&self, cause: impl Into<String>) -> ClientError {
        self.to.failed(cause)
    }

    fn local(&self) -> &Path {
        &self.local
    }
}

impl Target {
    fn failed(&self, cause: impl Into<String>) -> ClientError {
        ClientError::Upload { name: format!("{}/{}", self.path, self.name), cause: cause.into() }
    }
}

/// What `checkUpload` says of a file.
#[derive(Debug, Deserialize)]
struct Present {
    size: u64,
    hexdigest: Option<String>,
}

impl Present {
    fn adler32(&self) -> Option<u32> {
        parse_adler32(self.hexdigest.as_deref())
    }
}

fn parse_adler32(hex: Option<&str>) -> Option<u32> {
    hex.and_then(|hex| u32::from_str_radix(hex, 16).ok())
}

impl Session {
    /// The file as the hub has it, with its adler32 if `verify`.
    async fn check_upload(&self, to: &Target, verify: bool) -> Result<Option<Present>> {
        self.call_as(CheckUpload {
            path: to.path.as_str().into(),
            name: to.name.as_str().into(),
            verify: verify.then_some("adler32").into(),
            tail: Value::Nil,
            volume: to.volume.clone().into(),
        })
        .await
    }
}
