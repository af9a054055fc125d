//! What the commands that make images of a kickstart file have in common.

use std::path::Path;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{After, Opts, WaitOptions, created, priority, staged};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, text};

/// Options of all of them.
#[derive(Debug, clap::Args)]
pub struct ImageOptions {
    #[command(flatten)]
    pub wait: WaitOptions,
    /// Show no progress of the upload
    #[arg(long)]
    pub noprogress: bool,
    /// Run at a lower priority
    #[arg(long)]
    pub background: bool,
    /// URL of the repository with the kickstart file, which is uploaded otherwise
    #[arg(long, value_name = "SCMURL")]
    pub ksurl: Option<String>,
    /// Version of the kickstart syntax
    #[arg(long, value_name = "VERSION")]
    pub ksversion: Option<String>,
    /// Make the image without importing it
    #[arg(long)]
    pub scratch: bool,
    /// Repository to install from instead of that of the build tag (repeatable)
    #[arg(long)]
    pub repo: Vec<String>,
    /// Release of the image, instead of the next free one
    #[arg(long)]
    pub release: Option<String>,
    /// URL of a repository with a spec file to wrap the results into rpms
    #[arg(long, value_name = "URL")]
    pub specfile: Option<String>,
    /// Do not tag the build
    #[arg(long)]
    pub skip_tag: bool,
}

impl ImageOptions {
    /// Puts them among the options of the task.
    fn put(&self, opts: &mut Opts) {
        opts.text("ksurl", self.ksurl.as_ref());
        opts.text("ksversion", self.ksversion.as_ref());
        opts.text("release", self.release.as_ref());
        opts.list("repo", &self.repo);
        opts.flag("scratch", self.scratch);
        opts.flag("skip_tag", self.skip_tag);
        opts.text("specfile", self.specfile.as_ref());
    }
}

/// Starts a task for an image. `args` are name, version, target, arch and kickstart file.
pub async fn spin(cx: &mut Cx, kind: &str, args: &[String; 5], o: &ImageOptions, mut opts: Opts) -> Result {
    let [name, version, target, arch, kickstart] = args;
    image_target(cx, target).await?;
    let arch = if kind == "livemedia" {
        let arches: Vec<&str> = arch.split(',').map(koji_rpm::arch::canonical).collect();
        Value::from(arches)
    } else {
        koji_rpm::arch::canonical(arch).into()
    };
    let kickstart = if o.ksurl.as_ref().is_some_and(|url| !url.is_empty()) {
        kickstart.clone()
    } else {
        let there = staged(cx, Path::new(kickstart), &format!("cli-{kind}"), o.noprogress).await?;
        cx.out.line("");
        there
    };
    o.put(&mut opts);
    let call = m::BuildImage {
        name: name.into(),
        version: version.into(),
        arch,
        target: target.into(),
        ksfile: kickstart.into(),
        img_type: kind.into(),
        opts: opts.value(),
        priority: priority(o.background),
    };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::plain(cx, &o.wait)).await
}

/// The target exists, and so does its destination tag.
pub async fn image_target(cx: &Cx, name: &str) -> Result {
    let target = cx.hub().call(m::GetBuildTarget { info: name.into(), ..Default::default() }).await?;
    if target.is_nil() {
        return Err(CommandError::new(format!("No such build target: {name}")));
    }
    let tag = cx.hub().call(m::GetTag { tagInfo: field(&target, "dest_tag"), ..Default::default() }).await?;
    if tag.is_nil() {
        return Err(CommandError::new(format!(
            "No such destination tag: {}",
            text(&target, "dest_tag_name")
        )));
    }
    Ok(())
}

/// The five arguments, or an error that names them.
pub fn five(args: &[String], message: &str) -> Result<[String; 5]> {
    <[String; 5]>::try_from(args.to_vec()).map_err(|_| CommandError::usage(message))
}

/// Volume ids have a limit.
pub fn check_volid(volid: Option<&String>) -> Result {
    match volid {
        Some(id) if id.chars().count() > 32 => {
            Err(CommandError::usage("Volume ID has a maximum length of 32 characters"))
        }
        _ => Ok(()),
    }
}
