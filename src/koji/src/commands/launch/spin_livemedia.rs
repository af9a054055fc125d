use super::Opts;
use super::image::{ImageOptions, check_volid, five, spin};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Make live media of a kickstart file
///
/// ARCH may be several, separated by commas.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NAME VERSION TARGET ARCH KICKSTART")]
    args: Vec<String>,
    #[command(flatten)]
    image: ImageOptions,
    /// URL of the tree to install from
    #[arg(long, value_name = "URL")]
    install_tree_url: Option<String>,
    /// Volume id of the image
    #[arg(long)]
    volid: Option<String>,
    /// Arches that may fail
    #[arg(long = "can-fail", value_name = "ARCH1,ARCH2,...", default_value = "")]
    optional_arches: String,
    /// Directory with lorax templates in the repository of --lorax_url
    #[arg(long = "lorax_dir", value_name = "DIR")]
    lorax_dir: Option<String>,
    /// URL of a repository with lorax templates to use instead of the usual ones
    #[arg(long = "lorax_url", value_name = "URL")]
    lorax_url: Option<String>,
    /// Make no boot files for Macs
    #[arg(long)]
    nomacboot: bool,
    /// Keep the repositories of the kickstart file
    #[arg(long)]
    ksrepo: bool,
    /// Use a plain squashfs file system
    #[arg(long)]
    squashfs_only: bool,
    /// Option for the compressor (repeatable)
    #[arg(long, value_name = "ARG OPT")]
    compress_arg: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let args = five(
        &a.args,
        "Five arguments are required: a name, a version, a build target, an architecture, and a kickstart file",
    )?;
    if a.lorax_url.is_some() && a.lorax_dir.is_none() {
        return Err(CommandError::usage(
            "The \"--lorax_url\" option requires that \"--lorax_dir\" also be used.",
        ));
    }
    check_volid(a.volid.as_ref())?;
    let mut opts = Opts::default();
    opts.text("install_tree_url", a.install_tree_url.as_ref());
    opts.text("volid", a.volid.as_ref());
    // an empty list has one empty name, as the hub gets it from upstream's client
    let optional: Vec<&str> = a.optional_arches.split(',').collect();
    opts.set("optional_arches", optional);
    opts.text("lorax_dir", a.lorax_dir.as_ref());
    opts.text("lorax_url", a.lorax_url.as_ref());
    opts.flag("nomacboot", a.nomacboot);
    opts.flag("ksrepo", a.ksrepo);
    opts.flag("squashfs_only", a.squashfs_only);
    opts.set("compress_arg", a.compress_arg);
    spin(cx, "livemedia", &args, &a.image, opts).await
}
