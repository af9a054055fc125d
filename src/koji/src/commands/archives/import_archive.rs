use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_rpm::Nvr;
use koji_xmlrpc::Value;

use super::pom;
use crate::commands::imports::{self, BringOptions};
use crate::context::{Cx, base_name};
use crate::error::{CommandError, Result};
use crate::lookup::typed;

/// Import files that are no rpms into a build
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NVR|ID")]
    build: String,
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    bring: BringOptions,
    /// Make the build, if there is none
    #[arg(long)]
    create_build: bool,
    /// Type of the files: maven, win or image
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// What belongs to the type: the POM file of Maven archives, relpath:platforms[:flags] of Windows files, the arch of images
    #[arg(long, value_name = "INFO")]
    type_info: Option<String>,
}

/// A type of files that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Maven,
    Win,
    Image,
}

impl Kind {
    fn of(a: &Arguments) -> Result<Kind> {
        match a.kind.as_deref() {
            None | Some("") => Err(CommandError::usage("You must specify an archive type")),
            Some("maven") => Ok(Kind::Maven),
            Some("win") => Ok(Kind::Win),
            Some("image") => Ok(Kind::Image),
            Some(other) => Err(CommandError::usage(format!("Unsupported archive type: {other}"))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Maven => "maven",
            Kind::Win => "win",
            Kind::Image => "image",
        }
    }

    /// What the hub is to know of the files.
    fn info(self, given: &str) -> Result<Value> {
        if given.is_empty() {
            return Err(CommandError::usage(match self {
                Kind::Maven => "--type-info must point to a .pom file when importing Maven archives",
                Kind::Win | Kind::Image => "--type-info must be specified",
            }));
        }
        Ok(match self {
            Kind::Maven => pom::read(Path::new(given))?.value(),
            Kind::Image => Value::record([("arch", given.into())]),
            Kind::Win => {
                let mut parts = given.splitn(3, ':');
                let (Some(relpath), Some(platforms)) = (parts.next(), parts.next()) else {
                    return Err(CommandError::usage(
                        "--type-info must be in relpath:platforms[:flags] format",
                    ));
                };
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                Value::record([
                    ("relpath", relpath.into()),
                    ("platforms", words(platforms).into()),
                    ("flags", words(parts.next().unwrap_or_default()).into()),
                ])
            }
        })
    }
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let kind = Kind::of(&a)?;
    admit(cx, &format!("{}-import", kind.name())).await?;
    let info = kind.info(a.type_info.as_deref().unwrap_or_default())?;
    let mut build = cx.hub().call(m::GetBuild { buildInfo: typed(&a.build), ..Default::default() }).await?;
    if !build.truthy() {
        if !a.create_build {
            return Err(CommandError::usage(format!("No such build: {}", a.build)));
        }
        build = create(cx, kind, &a.build, &info).await?;
    }
    for file in &a.files {
        let name = base_name(file);
        cx.out.line(format!("Uploading archive: {name}"));
        let dir = imports::bring(cx, file, a.bring.link, a.bring.noprogress).await?;
        cx.out.line("");
        let call = m::ImportArchive {
            filepath: format!("{dir}/{name}").into(),
            buildinfo: build.clone(),
            r#type: kind.name().into(),
            typeInfo: info.clone(),
        };
        cx.hub().call(call).await?;
        cx.out.line(format!("Imported: {name}"));
    }
    Ok(())
}

/// Admits who has the permission, or is an admin.
async fn admit(cx: &Cx, perm: &str) -> Result {
    for name in [perm, "admin"] {
        if cx.hub().call(m::HasPerm { perm: name.into(), ..Default::default() }).await?.truthy() {
            return Ok(());
        }
    }
    Err(CommandError::usage(format!("This action requires the {perm} privilege")))
}

/// Makes a build of the type; the record that stands for it.
async fn create(cx: &Cx, kind: Kind, name: &str, info: &Value) -> Result<Value> {
    let nvr = Nvr::parse(name).map_err(|e| CommandError::new(format!("GenericError: {e}")))?;
    let epoch = match nvr.epoch.as_deref() {
        None | Some("") => None,
        Some(text) => {
            let bad = |_| CommandError::new(format!("{text}: the epoch of a build is a number"));
            Some(text.parse::<i64>().map_err(bad)?)
        }
    };
    let build = Value::record([
        ("name", nvr.name.into()),
        ("version", nvr.version.into()),
        ("release", nvr.release.into()),
        ("epoch", epoch.into()),
    ]);
    let build_info = build.clone();
    match kind {
        Kind::Maven => cx.hub().call(m::CreateMavenBuild { build_info, maven_info: info.clone() }).await?,
        Kind::Win => {
            // nobody knows where it was built
            let win_info = Value::record([("platform", "import".into())]);
            cx.hub().call(m::CreateWinBuild { build_info, win_info }).await?
        }
        Kind::Image => cx.hub().call(m::CreateImageBuild { build_info }).await?,
    };
    Ok(build)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_of_types() {
        let win = Kind::Win.info("bin:win7 win10:x y").unwrap();
        assert_eq!(win.str_at("relpath"), Some("bin"));
        assert_eq!(win.get("platforms").unwrap().as_array().unwrap().len(), 2);
        assert_eq!(win.get("flags").unwrap().as_array().unwrap().len(), 2);
        assert_eq!(Kind::Win.info("bin").unwrap_err().status, 2);
        assert_eq!(Kind::Image.info("").unwrap_err().status, 2);
        assert_eq!(Kind::Image.info("x86_64").unwrap().str_at("arch"), Some("x86_64"));
    }
}
