use std::path::Path;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::image::image_target;
use super::{After, Opts, WaitOptions, created, maven_ini, priority, staged};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Make a disk image of other images, by Image Factory's Indirection plugin
///
/// With --config the options come from section [image-build-indirection] of a file.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(hide = true)]
    args: Vec<String>,
    /// File with the options, which wins over those given here
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
    /// Name of the image
    #[arg(long)]
    name: Option<String>,
    /// Version of the image
    #[arg(long)]
    version: Option<String>,
    /// Release of the image
    #[arg(long)]
    release: Option<String>,
    /// Arch of all images
    #[arg(long)]
    arch: Option<String>,
    /// Target of the build
    #[arg(long)]
    target: Option<String>,
    /// Do not tag the build
    #[arg(long)]
    skip_tag: bool,
    /// Task that made the base image
    #[arg(long, value_name = "ID")]
    base_image_task: Option<String>,
    /// Build of the base image
    #[arg(long, value_name = "NVR|ID")]
    base_image_build: Option<String>,
    /// Task that made the utility image
    #[arg(long, value_name = "ID")]
    utility_image_task: Option<String>,
    /// Build of the utility image
    #[arg(long, value_name = "NVR|ID")]
    utility_image_build: Option<String>,
    /// Template for the plugin: on this machine, or in the repository of --indirection-template-url
    #[arg(long, value_name = "FILE")]
    indirection_template: Option<String>,
    /// URL of the repository with the template
    #[arg(long, value_name = "URL")]
    indirection_template_url: Option<String>,
    /// Where the results are in the utility image
    #[arg(long, value_name = "PATH")]
    results_loc: Option<String>,
    /// Make the image without importing it
    #[arg(long)]
    scratch: bool,
    #[command(flatten)]
    wait: WaitOptions,
    /// Show no progress of the upload
    #[arg(long)]
    noprogress: bool,
}

const REQUIRED: [&str; 6] = ["name", "version", "arch", "target", "indirection_template", "results_loc"];

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut options = options(&a);
    let (mut background, mut waits) = (a.background, a.wait.waits(cx));
    if let Some(file) = &a.config {
        let ini = maven_ini::read(file)?;
        let Some(section) = ini.section("image-build-indirection") else {
            return Err(CommandError::usage("single section called [image-build-indirection] is required"));
        };
        for entry in section.entries() {
            let text = section.interpolated(entry).map_err(|e| CommandError::new(e.to_string()))?;
            match entry.name.as_str() {
                "background" => background = !text.is_empty(),
                "wait" => waits = !text.is_empty(),
                name => {
                    if let Some((_, value)) = options.iter_mut().find(|(n, _)| *n == name) {
                        *value = text.into();
                    }
                }
            }
        }
    }
    check(cx, &options)?;
    let get =
        |name: &str| options.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    image_target(cx, get("target").as_str().unwrap_or_default()).await?;
    let mut opts = Opts::default();
    for (name, value) in &options {
        opts.set(name, value.clone());
    }
    opts.set("arch", koji_rpm::arch::canonical(get("arch").as_str().unwrap_or_default()));
    if !get("indirection_template_url").truthy() {
        if !get("scratch").truthy() {
            return Err(CommandError::new(
                "Non-scratch builds must provide a URL for the indirection template",
            ));
        }
        let local = get("indirection_template").as_str().unwrap_or_default().to_owned();
        let there = staged(cx, Path::new(&local), "cli-image-indirection", a.noprogress).await?;
        opts.set("indirection_template", format!("work/{there}"));
        cx.out.line("");
    }
    let call = m::BuildImageIndirection { opts: opts.value(), priority: priority(background) };
    let task = cx.hub().call(call).await?;
    let after = After { watched: waits, ..After::plain(cx, &a.wait) };
    created(cx, &task, after).await
}

/// Options by upstream's names, all of them: nil where nothing is given.
fn options(a: &Arguments) -> Vec<(&'static str, Value)> {
    let text = |value: &Option<String>| Value::from(value.clone());
    let set = |flag: bool| if flag { Value::Bool(true) } else { Value::Nil };
    vec![
        ("name", text(&a.name)),
        ("version", text(&a.version)),
        ("arch", text(&a.arch)),
        ("target", text(&a.target)),
        ("indirection_template", text(&a.indirection_template)),
        ("results_loc", text(&a.results_loc)),
        ("indirection_template_url", text(&a.indirection_template_url)),
        ("scratch", set(a.scratch)),
        ("utility_image_task", text(&a.utility_image_task)),
        ("utility_image_build", text(&a.utility_image_build)),
        ("base_image_task", text(&a.base_image_task)),
        ("base_image_build", text(&a.base_image_build)),
        ("release", text(&a.release)),
        ("skip_tag", set(a.skip_tag)),
    ]
}

/// Everything that is needed is there, and nothing twice.
fn check(cx: &Cx, options: &[(&'static str, Value)]) -> Result {
    let given = |name: &str| options.iter().any(|(n, value)| *n == name && value.truthy());
    for image in ["utility", "base"] {
        let (task, build) = (format!("{image}_image_task"), format!("{image}_image_build"));
        if given(&task) == given(&build) {
            return Err(CommandError::new(format!(
                "You must specify either a {image}-image task or build ID/NVR"
            )));
        }
    }
    let missing: Vec<String> =
        REQUIRED.iter().filter(|n| !given(n)).map(|n| format!("--{}", n.replace('_', "-"))).collect();
    if missing.is_empty() {
        return Ok(());
    }
    cx.out.line(format!("Missing the following required options: {}", missing.join(" ")));
    Err(CommandError::new("Missing required options specified above"))
}
