use super::Opts;
use super::image::{ImageOptions, five, spin};
use crate::context::Cx;
use crate::error::Result;

/// Make an appliance of a kickstart file (use image-build instead)
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NAME VERSION TARGET ARCH KICKSTART")]
    args: Vec<String>,
    #[command(flatten)]
    image: ImageOptions,
    /// Memory of the appliance in megabytes [default of the builder: 512]
    #[arg(long)]
    vmem: Option<String>,
    /// CPUs of the appliance [default of the builder: 1]
    #[arg(long)]
    vcpu: Option<String>,
    /// Format of the disk: raw, qcow, qcow2 or vmx
    #[arg(long, value_name = "DISK_FORMAT", default_value = "raw")]
    format: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    cx.out.line("spin-appliance is deprecated and will be replaced with image-build");
    let args = five(
        &a.args,
        "Five arguments are required: a name, a version, a build target, an architecture, and a kickstart file",
    )?;
    let mut opts = Opts::default();
    opts.set("format", a.format);
    opts.text("vcpu", a.vcpu.as_ref());
    opts.text("vmem", a.vmem.as_ref());
    spin(cx, "appliance", &args, &a.image, opts).await
}
