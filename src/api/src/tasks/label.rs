//! The one-line description of a task.

use koji_xmlrpc::{Struct, Value};

use super::signatures::{ParamsError, params};
use crate::types::repr;

/// What clients print for a task: `build (f45, hello-2.12-1.src.rpm)`, `buildArch (hello-2.12-1.src.rpm, x86_64)`.
///
/// `request` is the decoded list of arguments, `arch` the task's. A method that is not known here is shown as
/// `method (arch)`; arguments that do not fit a known one as `method (arch, unknown args)`, those that
/// lack what is shown as `malformed task`.
pub fn label(method: &str, request: &[Value], arch: &str) -> String {
    let extra = match params(method, request) {
        Ok(p) => match extra(method, &p) {
            Some(extra) => extra,
            None => return "malformed task".to_owned(),
        },
        Err(ParamsError::UnknownMethod(_)) => String::new(),
        Err(ParamsError::BadArguments { .. }) => return format!("{method} ({arch}, unknown args)"),
    };
    if extra.is_empty() { format!("{method} ({arch})") } else { format!("{method} ({extra})") }
}

/// The part in parentheses; empty for methods whose request tells no more than the arch, `None` for a request that lacks what
/// belongs to its method.
fn extra(method: &str, p: &Struct) -> Option<String> {
    let text = |key: &str| p.get(key).map(repr::text);
    let name = |key: &str| p.get(key).map(name_of);
    Some(match method {
        "build" | "maven" => {
            let src = text("src").or_else(|| text("url"))?;
            let src = if src.contains("://") { module(&src) } else { base_name(&src).to_owned() };
            format!("{}, {src}", name("target")?)
        }
        "indirectionimage" => {
            let opts = p.get("opts")?;
            let part = |key: &str| opts.get(key).map(repr::text);
            format!("{}, {}, {}", part("name")?, part("version")?, part("release")?)
        }
        "buildSRPMFromSCM" => module(&text("url")?),
        "buildArch" => format!("{}, {}", base_name(&name("pkg")?), text("arch")?),
        "buildMaven" => name("build_tag")?,
        "wrapperRPM" => match p.get("build").filter(|b| b.truthy()) {
            Some(build) => format!("{}, {}", name("build_target")?, build_label(build)),
            None => name("build_target")?,
        },
        "winbuild" => format!("{}, {}", name("target")?, module(&text("source_url")?)),
        "vmExec" => text("name")?,
        "buildNotification" => build_label(p.get("build")?),
        "newRepo" | "distRepo" => name("tag")?,
        "createrepo" => text("arch")?,
        "createdistrepo" => format!("{}, {}", text("repo_id")?, text("arch")?),
        "dependantTask" => {
            let tasks = p.get("task_list")?.as_array()?;
            let methods = tasks.iter().filter_map(|t| t.as_array()?.first().map(repr::text));
            methods.collect::<Vec<_>>().join(", ")
        }
        "chainbuild" | "chainmaven" => name("target")?,
        "waitrepo" => {
            let mut parts = vec![name("tag")?];
            if let Some(Value::Array(nvrs)) = p.get("nvrs") {
                parts.push(nvrs.iter().map(repr::text).collect::<Vec<_>>().join(", "));
            }
            parts.join(", ")
        }
        "livecd" | "appliance" | "image" | "livemedia" => {
            let start = text("ksfile").or_else(|| text("inst_tree"))?;
            let arch = text("arch").or_else(|| text("arches"))?;
            format!("{arch}, {}-{}, {start}", text("name")?, text("version")?)
        }
        "createLiveCD" | "createAppliance" | "createImage" | "createLiveMedia" => {
            let start = text("ksfile").or_else(|| text("inst_tree"))?;
            format!(
                "{}, {}-{}-{}, {start}, {}",
                name("target_info")?,
                text("name")?,
                text("version")?,
                text("release")?,
                text("arch")?
            )
        }
        "restart" | "restartVerify" => name("host")?,
        _ => String::new(),
    })
}

/// The name in a struct; anything else as text.
fn name_of(v: &Value) -> String {
    match v {
        Value::Struct(s) => s.get("name").map(repr::text).unwrap_or_default(),
        other => repr::text(other),
    }
}

/// `name-version-release` of a build struct.
fn build_label(build: &Value) -> String {
    let part = |key: &str| build.get(key).map_or_else(|| "None".to_owned(), repr::text);
    let name = match build.str_at("package_name") {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => part("name"),
    };
    format!("{name}-{}-{}", part("version"), part("release"))
}

/// The part of a path behind its last slash.
fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `/path:ref` of an SCM URL, `/path:module:ref` when it names a module.
fn module(url: &str) -> String {
    let (rest, reference) = match url.split_once('#') {
        Some((rest, reference)) => (rest, reference),
        // without a reference the whole URL stands in its place, as clients always printed it
        None => (url, url),
    };
    let (repo, module) = match rest.split_once('?') {
        Some((repo, module)) => (repo, module),
        None => (rest, ""),
    };
    let host_on = repo.find("://").and_then(|i| repo.get(i + 3..)).unwrap_or(repo);
    let path = host_on.find('/').and_then(|i| host_on.get(i..)).unwrap_or("");
    if module.is_empty() { format!("{path}:{reference}") } else { format!("{path}:{module}:{reference}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_lacks_what_is_shown() {
        let opts = Value::record([("name", Value::from("img"))]);
        assert_eq!(label("indirectionimage", &[opts], "noarch"), "malformed task");
    }

    #[test]
    fn labels_are_upstreams() {
        let tag = || Value::record([("id", Value::Int(2)), ("name", "f45-build".into())]);
        let cases: &[(&str, Vec<Value>, &str)] = &[
            (
                "build",
                vec!["cli/1/hello-2.12-1.src.rpm".into(), "f45".into()],
                "build (f45, hello-2.12-1.src.rpm)",
            ),
            (
                "build",
                vec!["git://h/rpms/hello.git?sub#abc".into(), Value::Nil],
                "build (None, /rpms/hello.git:sub:abc)",
            ),
            (
                "buildSRPMFromSCM",
                vec!["git+https://h:80/r/x#main".into(), 1.into()],
                "buildSRPMFromSCM (/r/x:main)",
            ),
            (
                "buildArch",
                vec!["tasks/1/1/a-1-1.src.rpm".into(), 3.into(), "x86_64".into(), true.into()],
                "buildArch (a-1-1.src.rpm, x86_64)",
            ),
            ("newRepo", vec![tag()], "newRepo (f45-build)"),
            ("newRepo", vec!["t".into(), 1.into()], "newRepo (t)"),
            ("createrepo", vec![5.into(), "i386".into(), Value::Nil], "createrepo (i386)"),
            ("tagBuild", vec![1.into(), 2.into()], "tagBuild (noarch)"),
            (
                "waitrepo",
                vec!["t".into(), Value::Nil, vec![Value::from("a-1-1"), "b-1-1".into()].into()],
                "waitrepo (t, a-1-1, b-1-1)",
            ),
            ("chainbuild", vec![Value::Array(vec![]), "f45".into()], "chainbuild (f45)"),
            ("sleep", vec![5.into()], "sleep (noarch)"),
            ("sleep", vec![], "sleep (noarch, unknown args)"),
            ("pluginMethod", vec![1.into()], "pluginMethod (noarch)"),
            ("restart", vec![Value::record([("id", Value::Int(1)), ("name", "b1".into())])], "restart (b1)"),
            (
                "dependantTask",
                vec![Value::Array(vec![]), vec![Value::Array(vec!["sleep".into()])].into()],
                "dependantTask (sleep)",
            ),
        ];
        for (method, request, wanted) in cases {
            assert_eq!(&label(method, request, "noarch"), wanted);
        }
    }

    proptest::proptest! {
        /// Any text as source gives a label, and the reference is always in it.
        #[test]
        fn any_source_has_a_label(src in "\\PC{0,40}", reference in "[a-z0-9]{1,8}") {
            let l = label("build", &[format!("git://{src}#{reference}").into(), "t".into()], "noarch");
            proptest::prop_assert!(l.starts_with("build (t, ") && l.contains(&reference), "{}", l);
        }
    }
}
