use super::Opts;
use super::image::{ImageOptions, check_volid, five, spin};
use crate::context::Cx;
use crate::error::Result;

/// Make a live CD of a kickstart file (use spin-livemedia instead)
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NAME VERSION TARGET ARCH KICKSTART")]
    args: Vec<String>,
    #[command(flatten)]
    image: ImageOptions,
    /// Volume id of the image
    #[arg(long)]
    volid: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    cx.out.line("spin-livecd is deprecated and will be replaced with spin-livemedia");
    let args = five(
        &a.args,
        "Five arguments are required: a name, a version, a build target, an architecture, and a kickstart file",
    )?;
    check_volid(a.volid.as_ref())?;
    let mut opts = Opts::default();
    opts.text("volid", a.volid.as_ref());
    spin(cx, "livecd", &args, &a.image, opts).await
}
