use std::path::Path;

use koji_api::methods as m;
use koji_config::ini::Section;
use koji_xmlrpc::Value;

use super::image::image_target;
use super::{After, Opts, WaitOptions, created, maven_ini, priority, staged};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Make disk images by installing a distribution
///
/// With --config the whole request comes from a file: section [image-build] has name, version, target, install_tree,
/// arches and the options, sections [ova-options] and [factory-parameters] theirs.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NAME VERSION TARGET TREE-URL ARCH")]
    args: Vec<String>,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
    /// File with the request, instead of options and arguments
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Size of the disk in gigabytes [default: 10]
    #[arg(long)]
    disk_size: Option<String>,
    /// The distribution: RHEL-X.Y, CentOS-X.Y, SL-X.Y or Fedora-NN
    #[arg(long)]
    distro: Option<String>,
    /// Format of the result, instead of a raw disk: vmdk, qcow, qcow2, vdi, vpc, rhevm-ova, vsphere-ova,
    /// vagrant-virtualbox, vagrant-libvirt, vagrant-vmware-fusion, vagrant-hyperv, docker, raw-xz, liveimg-squashfs,
    /// tar-gz or raw (repeatable)
    #[arg(long)]
    format: Vec<String>,
    /// Kickstart file: on this machine, or in the repository of --ksurl
    #[arg(long)]
    kickstart: Option<String>,
    /// URL of the repository with the kickstart file, which is uploaded otherwise
    #[arg(long, value_name = "SCMURL")]
    ksurl: Option<String>,
    /// Version of the kickstart syntax
    #[arg(long, value_name = "VERSION")]
    ksversion: Option<String>,
    /// Show no progress of the upload
    #[arg(long)]
    noprogress: bool,
    /// Do not verify certificates of tree and repositories, where the builder allows it
    #[arg(long)]
    noverifyssl: bool,
    #[command(flatten)]
    wait: WaitOptions,
    /// A value of the OVA description (repeatable)
    #[arg(long = "ova-option", value_name = "NAME=VALUE")]
    ova_options: Vec<String>,
    /// A parameter of Image Factory (repeatable)
    #[arg(long = "factory-parameter", num_args = 2, value_names = ["NAME", "VALUE"])]
    factory_parameters: Vec<String>,
    /// Release of the image, instead of the next free one
    #[arg(long)]
    release: Option<String>,
    /// Repository to install from instead of that of the build tag (repeatable)
    #[arg(long)]
    repo: Vec<String>,
    /// Make the image without importing it
    #[arg(long)]
    scratch: bool,
    /// Do not tag the build
    #[arg(long)]
    skip_tag: bool,
    /// Arches that may fail
    #[arg(long = "can-fail", value_name = "ARCH1,ARCH2,...", default_value = "")]
    optional_arches: String,
    /// URL of a repository with a spec file to wrap the results into rpms
    #[arg(long, value_name = "URL")]
    specfile: Option<String>,
}

/// What the hub is asked for.
struct Request {
    /// Name, version, target, tree, and the arches.
    args: Vec<String>,
    /// Options by upstream's names, in its order; absent ones are nil.
    opts: Vec<(&'static str, Value)>,
    background: bool,
    waits: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut request = Request::of_options(cx, &a);
    match &a.config {
        Some(file) => request.read(file)?,
        None if request.args.len() < 5 => {
            return Err(CommandError::usage(
                "At least five arguments are required: a name, a version, a build target, a URL to an install tree, \
                 and 1 or more architectures.",
            ));
        }
        None => {}
    }
    if !request.get("ksurl").truthy() && !request.get("kickstart").truthy() {
        return Err(CommandError::usage("You must specify --kickstart"));
    }
    if !request.get("distro").truthy() {
        return Err(CommandError::usage(
            "You must specify --distro. Examples: Fedora-16, RHEL-6.4, SL-6.4 or CentOS-6.4",
        ));
    }
    request.send(cx, a.noprogress, &a.wait).await
}

impl Request {
    fn of_options(cx: &Cx, a: &Arguments) -> Request {
        let text = |value: &Option<String>| Value::from(value.clone());
        let set = |flag: bool| if flag { Value::Bool(true) } else { Value::Nil };
        let some = |list: &[String]| if list.is_empty() { Value::Nil } else { list.to_vec().into() };
        let parameters: Vec<Value> =
            a.factory_parameters.chunks(2).map(|pair| pair.to_vec().into()).collect();
        Request {
            args: a.args.clone(),
            opts: vec![
                ("ksurl", text(&a.ksurl)),
                ("ksversion", text(&a.ksversion)),
                ("kickstart", text(&a.kickstart)),
                ("scratch", set(a.scratch)),
                ("repo", some(&a.repo)),
                ("release", text(&a.release)),
                ("skip_tag", set(a.skip_tag)),
                ("specfile", text(&a.specfile)),
                ("distro", text(&a.distro)),
                ("format", a.format.clone().into()),
                // a number by default, text when it is given: so upstream's client sends it
                ("disk_size", a.disk_size.as_ref().map_or(Value::Int(10), Value::from)),
                ("ova_option", some(&a.ova_options)),
                ("factory_parameter", if parameters.is_empty() { Value::Nil } else { parameters.into() }),
                ("optional_arches", a.optional_arches.as_str().into()),
                ("noverifyssl", set(a.noverifyssl)),
            ],
            background: a.background,
            waits: a.wait.waits(cx),
        }
    }

    fn get(&self, name: &str) -> &Value {
        self.opts.iter().find(|(n, _)| *n == name).map_or(&Value::Nil, |(_, value)| value)
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        if let Some((_, old)) = self.opts.iter_mut().find(|(n, _)| *n == name) {
            *old = value.into();
        }
    }

    /// Lays a file over the options.
    fn read(&mut self, file: &str) -> Result {
        let ini = maven_ini::read(file)?;
        let Some(section) = ini.section("image-build") else {
            return Err(CommandError::usage("single section called [image-build] is required"));
        };
        let required = |name: &str| {
            value(&section, name)?.ok_or_else(|| {
                CommandError::new(format!("{file}: section [image-build] has no option {name}"))
            })
        };
        let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        self.args =
            vec![required("name")?, required("version")?, required("target")?, required("install_tree")?];
        self.args.extend(list(&required("arches")?));
        for entry in section.entries() {
            let name = entry.name.as_str();
            let text = value(&section, name)?.unwrap_or_default();
            match name {
                "repo" | "format" => self.set(name, list(&text)),
                "can_fail" => self.set("optional_arches", list(&text)),
                "background" => self.background = !text.is_empty(),
                "wait" => self.waits |= !text.is_empty(),
                _ => self.set(name, text),
            }
        }
        if let Some(section) = ini.section("ova-options") {
            let pairs: Vec<String> = pairs(&section)?.into_iter().map(|(k, v)| format!("{k}={v}")).collect();
            self.set("ova_option", pairs);
        }
        if let Some(section) = ini.section("factory-parameters") {
            let pairs: Vec<Value> = pairs(&section)?.into_iter().map(|(k, v)| vec![k, v].into()).collect();
            self.set("factory_parameter", pairs);
        }
        Ok(())
    }

    async fn send(mut self, cx: &mut Cx, noprogress: bool, wait: &WaitOptions) -> Result {
        let [name, version, target, tree, arches @ ..] = self.args.as_slice() else {
            return Err(CommandError::usage("a name, a version, a target, a tree and arches are required"));
        };
        image_target(cx, target).await?;
        let arches: Vec<&str> = arches.iter().map(|a| koji_rpm::arch::canonical(a)).collect();
        let mut call = m::BuildImageOz {
            name: name.into(),
            version: version.into(),
            arches: arches.into(),
            target: target.into(),
            inst_tree: tree.into(),
            opts: Value::Nil,
            priority: priority(self.background),
        };
        if !self.get("ksurl").truthy() {
            let local = self.get("kickstart").as_str().unwrap_or_default().to_owned();
            let there = staged(cx, Path::new(&local), "cli-image", noprogress).await?;
            self.set("kickstart", format!("work/{there}"));
            cx.out.line("");
        }
        let mut opts = Opts::default();
        for (name, value) in self.opts.into_iter().filter(|(_, value)| !value.is_nil()) {
            opts.set(name, value);
        }
        call.opts = opts.value();
        let task = cx.hub().call(call).await?;
        let after = After { watched: self.waits, ..After::plain(cx, wait) };
        created(cx, &task, after).await
    }
}

fn value(section: &Section, name: &str) -> Result<Option<String>> {
    let entry = section.get(name);
    entry.map(|e| section.interpolated(e)).transpose().map_err(|e| CommandError::new(e.to_string()))
}

fn pairs(section: &Section) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for entry in section.entries() {
        pairs.push((entry.name.clone(), value(section, &entry.name)?.unwrap_or_default()));
    }
    Ok(pairs)
}
