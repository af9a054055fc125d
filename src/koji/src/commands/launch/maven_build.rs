use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::maven_ini::{self, Maven};
use super::{After, QuietWaitOptions, build_target, created, priority};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Build a package with Maven
///
/// What is built is a source repository, or a section of files with build parameters (--ini).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TARGET [URL]")]
    args: Vec<String>,
    /// URL of a repository with patches to apply before building
    #[arg(long, value_name = "URL")]
    patches: Option<String>,
    /// Goal to run before `deploy` (repeatable)
    #[arg(short = 'G', long = "goal", value_name = "GOAL")]
    goals: Vec<String>,
    /// Profile to enable (repeatable)
    #[arg(short = 'P', long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// System property (repeatable)
    #[arg(short = 'D', long = "property", value_name = "NAME=VALUE")]
    properties: Vec<String>,
    /// Environment variable (repeatable)
    #[arg(short = 'E', long = "env", value_name = "NAME=VALUE")]
    envs: Vec<String>,
    /// Package to install in the buildroot (repeatable)
    #[arg(short = 'p', long = "package", value_name = "PACKAGE")]
    packages: Vec<String>,
    /// Option for the Java machine (repeatable)
    #[arg(short = 'J', long = "jvm-option", value_name = "OPTION")]
    jvm_options: Vec<String>,
    /// Option for Maven (repeatable)
    #[arg(short = 'M', long = "maven-option", value_name = "OPTION")]
    maven_options: Vec<String>,
    /// File with build parameters (repeatable)
    #[arg(long = "ini", value_name = "CONFIG")]
    inis: Vec<String>,
    /// Section of these files
    #[arg(short, long)]
    section: Option<String>,
    /// Run Maven with debug output
    #[arg(long)]
    debug: bool,
    /// URL of a repository with a spec file to wrap the results into rpms
    #[arg(long, value_name = "URL")]
    specfile: Option<String>,
    /// Do not tag the build
    #[arg(long)]
    skip_tag: bool,
    /// Build without importing
    #[arg(long)]
    scratch: bool,
    #[command(flatten)]
    wait: QuietWaitOptions,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let (target, url) = match (a.args.as_slice(), a.inis.is_empty()) {
        ([target], false) => (target.clone(), None),
        ([target, url], true) => (target.clone(), Some(url.clone())),
        (_, false) => return Err(CommandError::usage("Exactly one argument (a build target) is required")),
        (_, true) => {
            return Err(CommandError::usage(
                "Exactly two arguments (a build target and a SCM URL) are required",
            ));
        }
    };
    build_target(cx, &target, a.scratch).await?;
    let (source, mut opts) = match url {
        Some(url) => (url, by_options(&a)?),
        None => by_files(&a)?,
    };
    if !source.contains("://") {
        return Err(CommandError::usage(format!("No such SCM URL: {source}")));
    }
    if a.debug {
        let mut options = opts.get("maven_options").and_then(Value::as_array).unwrap_or_default().to_vec();
        options.push("--debug".into());
        opts.insert("maven_options".into(), options.into());
    }
    if a.skip_tag {
        opts.insert("skip_tag".into(), true.into());
    }
    let call = m::MavenBuild {
        url: source.into(),
        target: target.into(),
        opts: opts.into(),
        priority: priority(a.background),
        ..Default::default()
    };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::quiet(cx, &a.wait)).await
}

fn by_options(a: &Arguments) -> Result<Struct> {
    let maven = Maven {
        scmurl: None,
        patches: a.patches.clone(),
        specfile: a.specfile.clone(),
        goals: a.goals.clone(),
        profiles: a.profiles.clone(),
        packages: a.packages.clone(),
        jvm_options: a.jvm_options.clone(),
        maven_options: a.maven_options.clone(),
        properties: a.properties.clone(),
        envs: a.envs.clone(),
    };
    maven.opts(a.scratch).map_err(CommandError::new)
}

/// URL and options of the one section.
fn by_files(a: &Arguments) -> Result<(String, Struct)> {
    let (name, mut opts) = maven_ini::one(&a.inis, a.scratch, a.section.as_deref())?;
    if opts.shift_remove("type").is_some_and(|kind| kind.as_str() != Some("maven")) {
        return Err(CommandError::usage(format!("Section {name} does not contain a maven-build config")));
    }
    let url = opts.shift_remove("scmurl").and_then(|url| url.as_str().map(str::to_owned));
    Ok((url.unwrap_or_default(), opts))
}
