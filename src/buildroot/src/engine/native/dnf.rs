//! The package manager's configuration and command lines, dnf 4 and dnf 5.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::find_program;
use crate::plan::Plan;

use super::repo::Source;

/// Where the configuration lies in the view the package manager runs in.
pub(super) const CONFIG: &str = "/etc/koji-dnf.conf";
/// Where the root lies in that view.
pub(super) const TARGET: &str = "/target";

/// The package manager found on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dnf {
    pub program: PathBuf,
    pub five: bool,
}

/// What to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// Words of `install`: groups, packages, files.
    Install(Vec<String>),
    /// The BuildRequires of this source rpm.
    BuildDep(PathBuf),
    /// An action on modules: `enable`, `disable`, ...
    Module { action: String, modules: Vec<String> },
}

impl Dnf {
    /// Finds it; a plan may ask for `dnf5`.
    pub(super) fn find(wanted: Option<&str>) -> Result<Dnf> {
        let order: &[&str] = match wanted {
            Some("dnf5") => &["dnf5", "dnf", "dnf-3"],
            _ => &["dnf-3", "dnf", "dnf5"],
        };
        let program = order.iter().find_map(|name| find_program(name)).ok_or_else(|| Error::Missing {
            what: "dnf".into(),
            remedy: "install dnf and dnf-plugins-core (apt install dnf dnf-plugins-core)".into(),
        })?;
        let real = std::fs::canonicalize(&program).unwrap_or_else(|_| program.clone());
        let five = real.file_name().is_some_and(|n| n == "dnf5");
        Ok(Dnf { program, five })
    }

    /// The one in a root of the target distribution, by the paths that are seen when that root's programs run.
    pub(super) fn in_root(root: &Path, wanted: Option<&str>) -> Option<Dnf> {
        let order: &[(&str, bool)] = match wanted {
            Some("dnf5") => &[("dnf5", true), ("dnf-3", false)],
            _ => &[("dnf-3", false), ("dnf5", true)],
        };
        order
            .iter()
            .find(|(name, _)| root.join("usr/bin").join(name).is_file())
            .map(|(name, five)| Dnf { program: Path::new("/usr/bin").join(name), five: *five })
    }

    /// Checks that BuildRequires can be installed: dnf 4 needs a plugin for it.
    pub(super) fn check(&self) -> Result<()> {
        if self.five || builddep_plugin() {
            return Ok(());
        }
        Err(Error::Missing {
            what: "the builddep plugin of dnf".into(),
            remedy: "install dnf-plugins-core".into(),
        })
    }

    /// The command line. `cached` uses only what was fetched before; `fetch` only fetches.
    pub(super) fn command(&self, plan: &Plan, work: &Work, step: Step) -> Vec<String> {
        let mut argv: Vec<String> = vec![self.program.display().to_string()];
        let mut add = |word: &str| argv.push(word.into());
        if self.five {
            add(&format!("--config={CONFIG}"));
            add("--use-host-config");
        } else {
            add("-c");
            add(CONFIG);
            add("--disableplugin=*");
            add("--enableplugin=builddep");
        }
        add(&format!("--installroot={TARGET}"));
        if let Some(version) = &plan.mock.releasever {
            let version = version.as_str().map_or_else(|| version.to_string(), Into::into);
            add(&format!("--releasever={version}"));
        }
        if plan.mock.forcearch {
            add(&format!("--forcearch={}", plan.target_arch));
        }
        add("--assumeyes");
        add("--allowerasing");
        match step {
            Step::Whole => {}
            Step::Fetch => add("--downloadonly"),
            Step::Cached => add("--cacheonly"),
        }
        match work {
            Work::Install(words) => {
                add("install");
                for word in words {
                    add(word);
                }
            }
            Work::BuildDep(srpm) => {
                add("builddep");
                add(&srpm.display().to_string());
            }
            Work::Module { action, modules } => {
                add("module");
                add(action);
                for module in modules {
                    add(module);
                }
            }
        }
        argv
    }

    /// The configuration file: the settings of Koji's mock configuration.
    pub(super) fn config(&self, plan: &Plan, source: &Source) -> String {
        let mut text = String::from("[main]\n");
        if let Some(proxy) = &plan.proxy {
            text.push_str(&format!("proxy={proxy}\n"));
        }
        if self.five {
            text.push_str(&format!(
                "system_cachedir={TARGET}/var/cache/dnf\ncachedir={TARGET}/var/cache/dnf\n"
            ));
        } else {
            // dnf 4 puts the root in front by itself.
            text.push_str("cachedir=/var/cache/dnf\n");
        }
        text.push_str(
            "logdir=/var/log\npluginconfpath=/etc/koji-dnf-plugins\nreposdir=/dev/null\nvarsdir=/dev/null\n\
             debuglevel=2\nretries=20\nobsoletes=1\ngpgcheck=0\nassumeyes=1\nkeepcache=1\ninstall_weak_deps=0\nstrict=1\n\
             deltarpm=0\nallow_vendor_change=1\nmetadata_expire=-1\nzchunk=0\n",
        );
        if source.urls.is_empty() {
            return text;
        }
        text.push_str("\n[build]\nname=build\n");
        for (at, url) in source.urls.iter().enumerate() {
            let url = match super::repo::local(url) {
                Some(dir) => format!("file://{}", dir.display()),
                None => url.clone(),
            };
            text.push_str(&if at == 0 { format!("baseurl={url}\n") } else { format!("        {url}\n") });
        }
        if plan.mock.module_hotfixes {
            text.push_str("module_hotfixes=1\n");
        }
        if let Some(best) = plan.mock.best.filter(|b| *b != 0) {
            text.push_str(&format!("best={best}\n"));
        }
        text
    }
}

/// Which part of the work a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Whole,
    Fetch,
    Cached,
}

/// Where the package manager puts the metadata it fetched for the repository `build`, beneath its cache directory.
pub(super) fn cached_repomd(cache: &Path) -> Option<PathBuf> {
    std::fs::read_dir(cache).ok()?.flatten().find_map(|entry| {
        let path = entry.path().join("repodata/repomd.xml");
        (entry.file_name().to_string_lossy().starts_with("build-") && path.is_file()).then_some(path)
    })
}

/// The work that a tag's `mock.module_setup_commands` ask for: pairs of an action and modules, separated by commas.
pub(super) fn modules(plan: &Plan) -> Result<Vec<Work>> {
    let Some(value) = &plan.mock.module_setup_commands else { return Ok(Vec::new()) };
    let bad = || Error::Plan(format!("mock.module_setup_commands is {value}, which is no list of pairs"));
    let word = |text: &str| !text.is_empty() && !text.starts_with('-') && !text.contains(char::is_whitespace);
    let mut found = Vec::new();
    for pair in value.as_array().map(Vec::as_slice).unwrap_or_default() {
        let [action, modules] = pair.as_array().map(Vec::as_slice).unwrap_or_default() else {
            return Err(bad());
        };
        let action = action.as_str().filter(|a| word(a)).ok_or_else(bad)?.to_string();
        let modules =
            modules.as_str().unwrap_or_default().split(',').map(str::trim).filter(|m| !m.is_empty());
        let modules: Vec<String> = modules.map(Into::into).collect();
        if !modules.iter().all(|m| word(m)) {
            return Err(bad());
        }
        found.push(Work::Module { action, modules });
    }
    Ok(found)
}

fn builddep_plugin() -> bool {
    ["/usr/lib/python3/dist-packages/dnf-plugins/builddep.py"].iter().any(|p| Path::new(p).exists())
        || std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().any(|dir| {
            dir.file_name().to_string_lossy().starts_with("python3")
                && dir.path().join("site-packages/dnf-plugins/builddep.py").exists()
        })
}

/// Macros for the rpm library of the package manager.
///
/// Debian's rpm keeps its database in the home directory. /proc, /sys and /dev of the root are mounts while packages are
/// installed, so rpm leaves them alone.
pub(super) fn rpm_macros(dbpath: &Path) -> String {
    format!(
        "%_dbpath {}\n%_netsharedpath /dev:/proc:/sys\n%__transaction_systemd_inhibit %{{nil}}\n%_keyringpath {0}/pubkeys\n",
        dbpath.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ExtraMap, Packages, Site};

    fn plan(extra: serde_json::Value) -> Plan {
        let extra: ExtraMap = serde_json::from_value(extra).unwrap();
        let packages = Packages::Repo(vec!["http://h/r".into()]);
        Plan::for_tag("t-1-2", "x86_64", packages, "build", &Site::default(), &extra).unwrap()
    }

    #[test]
    fn command_lines_of_both() {
        let plan = plan(serde_json::json!({"mock.releasever": "42", "mock.forcearch": true}));
        let four = Dnf { program: "/usr/bin/dnf-3".into(), five: false };
        let work = Work::Install(vec!["@build".into()]);
        assert_eq!(
            four.command(&plan, &work, Step::Fetch).join(" "),
            "/usr/bin/dnf-3 -c /etc/koji-dnf.conf --disableplugin=* --enableplugin=builddep --installroot=/target \
             --releasever=42 --forcearch=x86_64 --assumeyes --allowerasing --downloadonly install @build"
        );
        let five = Dnf { program: "/usr/bin/dnf5".into(), five: true };
        assert_eq!(
            five.command(&plan, &Work::BuildDep("/tmp/a.src.rpm".into()), Step::Cached).join(" "),
            "/usr/bin/dnf5 --config=/etc/koji-dnf.conf --use-host-config --installroot=/target --releasever=42 \
             --forcearch=x86_64 --assumeyes --allowerasing --cacheonly builddep /tmp/a.src.rpm"
        );
    }

    #[test]
    fn modules_of_a_tag() {
        let pairs = serde_json::json!({"mock.module_setup_commands": [["enable", "nodejs:12, perl:5"], ["disable", "*"]]});
        let four = Dnf { program: "dnf".into(), five: false };
        let plan = plan(pairs);
        let lines: Vec<String> = modules(&plan)
            .unwrap()
            .iter()
            .map(|work| four.command(&plan, work, Step::Whole).join(" "))
            .collect();
        assert!(lines[0].ends_with("--allowerasing module enable nodejs:12 perl:5"), "{lines:?}");
        assert!(lines[1].ends_with(" module disable *"), "{lines:?}");
        for bad in [
            serde_json::json!([["enable"]]),
            serde_json::json!([["--help", "x"]]),
            serde_json::json!([["a", "-x"]]),
        ] {
            assert!(modules(&self::plan(serde_json::json!({"mock.module_setup_commands": bad}))).is_err());
        }
    }

    #[test]
    fn mirrors_and_tag_settings_in_the_configuration() {
        let plan = plan(serde_json::json!({"mock.yum.best": 1, "mock.yum.module_hotfixes": 1}));
        let source = Source {
            digest: String::new(),
            urls: vec!["http://h/r".into(), "/srv/r".into()],
            files: Vec::new(),
            proxy: None,
        };
        let text = Dnf { program: "dnf".into(), five: false }.config(&plan, &source);
        assert!(
            text.ends_with(
                "\n[build]\nname=build\nbaseurl=http://h/r\n        file:///srv/r\nmodule_hotfixes=1\nbest=1\n"
            ),
            "{text}"
        );
    }
}
