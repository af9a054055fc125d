//! What the tests of real buildroots share: the small distribution, an engine, source rpms.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use koji_buildroot::{Buildroot, Choice, Engine, ExtraMap, Packages, Plan, Settings, Site};

/// Repository of the small distribution, made once a machine.
pub fn distro() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        if let Some(made) = std::env::var_os("KOJI_TEST_DISTRO") {
            return made.into();
        }
        let out = cache_dir().join("minidistro");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/distro/mkdistro.py");
        let status = Command::new("python3").arg(script).arg(&out).status().unwrap();
        assert!(status.success(), "mkdistro.py failed");
        out.join("repo")
    })
}

/// The larger one, with cmake, meson, python, autotools and dnf.
pub fn more() -> PathBuf {
    if let Some(made) = std::env::var_os("KOJI_TEST_DISTRO") {
        return made.into();
    }
    let out = cache_dir().join("minidistro-more");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/distro/mkdistro.py");
    let mut command = Command::new("python3");
    command.arg(script).arg("--more").arg("--debs").arg(cache_dir().join("minidistro/debs")).arg(&out);
    assert!(command.status().unwrap().success(), "mkdistro.py --more failed");
    out.join("repo")
}

/// Source packages of Debian's archive with the spec files of tests/packages: those named, or all.
pub fn real_srpms(names: &[&str]) -> Vec<PathBuf> {
    if let Some(made) = std::env::var_os("KOJI_TEST_SRPMS") {
        let mut found: Vec<PathBuf> = std::fs::read_dir(made).unwrap().map(|e| e.unwrap().path()).collect();
        found.sort();
        return found;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packages/srpms.sh");
    let out = Command::new(script).arg(cache_dir().join("srpms")).args(names).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).lines().map(Into::into).collect()
}

/// Where what is slow to make is kept between runs.
pub fn cache_dir() -> PathBuf {
    match std::env::var_os("KOJI_TEST_CACHE") {
        Some(dir) => dir.into(),
        None => Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("test-cache"),
    }
}

/// The mounts of this process's namespace.
pub fn mounts() -> String {
    std::fs::read_to_string("/proc/self/mounts").unwrap()
}

/// Whether any process of the machine has this word in its command line.
pub fn runs(word: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let number = entry.file_name().to_string_lossy().chars().all(|c| c.is_ascii_digit());
        number
            && std::fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(word))
    })
}

/// A buildroot of the group, ready.
pub fn ready(engine: &Engine, plan: &Plan) -> Buildroot {
    let mut root = engine.create(plan).unwrap();
    let made = root.init().unwrap();
    assert!(
        made.succeeded(),
        "{} {:?}\n{}",
        made.verdict,
        made.verdict.lines,
        log(root.result_dir(), "root.log")
    );
    root
}

/// A shell command as the build user.
pub fn shell(text: &str) -> koji_buildroot::Command {
    koji_buildroot::Command {
        argv: vec!["/bin/bash".into(), "-c".into(), text.into()],
        log: Some("shell.log".into()),
        ..Default::default()
    }
}

/// A native engine whose root cache outlives the test run and whose buildroots are in `work`.
pub fn engine(work: &Path) -> Engine {
    engine_in(&cache_dir().join("buildroots"), work)
}

/// A native engine with a cache of its own.
pub fn engine_in(cache: &Path, work: &Path) -> Engine {
    let mut settings = Settings::new(cache, work);
    settings.engine = Choice::Native;
    settings.helper = helper();
    Engine::new(settings).unwrap()
}

/// The small distribution with one more package, made from this spec file.
pub fn repo_with(dir: &Path, spec: &str) -> PathBuf {
    let repo = dir.join("repo");
    std::fs::create_dir(&repo).unwrap();
    let spec_file = dir.join("extra.spec");
    std::fs::write(&spec_file, spec).unwrap();
    for entry in std::fs::read_dir(distro()).unwrap().flatten() {
        if entry.path().extension().is_some_and(|e| e == "rpm") {
            std::os::unix::fs::symlink(entry.path(), repo.join(entry.file_name())).unwrap();
        }
    }
    let build = ["-bb", "--nodeps", "--quiet", "--define", "_rpmfilename %%{NAME}.rpm", "--define"];
    let out = Command::new("rpmbuild")
        .args(build)
        .arg(format!("_topdir {}", dir.display()))
        .args(["--define", &format!("_rpmdir {}", repo.display())])
        .arg(&spec_file)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let comps = distro().parent().unwrap().join("comps.xml");
    let out = Command::new("createrepo_c")
        .args(["-q", "--no-database", "-g"])
        .arg(comps)
        .arg(&repo)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    repo
}

pub fn helper() -> Vec<OsString> {
    let built = env!("CARGO_BIN_EXE_koji-buildroot-helper");
    vec![std::env::var_os("KOJI_TEST_HELPER").unwrap_or_else(|| built.into())]
}

/// A plan for the small distribution.
pub fn plan(name: &str) -> Plan {
    let packages = Packages::Repo(vec![format!("file://{}", distro().display())]);
    let mut plan =
        Plan::for_tag(name, "x86_64", packages, "build", &Site::default(), &ExtraMap::new()).unwrap();
    plan.hostname = Some("builder.example.test".into());
    plan
}

/// A source rpm of one spec file and some sources.
pub fn srpm(dir: &Path, spec: &str, sources: &[(&str, &str)]) -> PathBuf {
    let top = dir.join("rpmbuild");
    std::fs::create_dir_all(top.join("SOURCES")).unwrap();
    for (name, text) in sources {
        std::fs::write(top.join("SOURCES").join(name), text).unwrap();
    }
    let path = top.join("package.spec");
    std::fs::write(&path, spec).unwrap();
    let out = Command::new("rpmbuild")
        .args(["-bs", "--nodeps", "--define"])
        .arg(format!("_topdir {}", top.display()))
        .arg(&path)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let mut made: Vec<_> = std::fs::read_dir(top.join("SRPMS")).unwrap().map(|e| e.unwrap().path()).collect();
    made.sort_by_key(|p| p.metadata().unwrap().modified().unwrap());
    made.pop().unwrap()
}

/// A spec file with these build requirements and sections.
pub fn spec(name: &str, requires: &[&str], sections: &str) -> String {
    let requires: String = requires.iter().map(|r| format!("BuildRequires: {r}\n")).collect();
    format!(
        "Name: {name}\nVersion: 1\nRelease: 1\nSummary: A test\nLicense: MIT\nSource0: {name}.c\n{requires}\n\
         %description\nA test.\n\n%prep\n%setup -q -c -T\ncp %{{SOURCE0}} .\n\n{sections}\n"
    )
}

/// The sections of a program of one C file.
pub fn c_program(name: &str) -> String {
    format!(
        "%build\ngcc $RPM_OPT_FLAGS -g -o {name} {name}.c\n\n%install\ninstall -D -m 755 {name} \
         %{{buildroot}}/usr/bin/{name}\n\n%files\n/usr/bin/{name}\n"
    )
}

pub const HELLO_C: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";

pub fn log(dir: &Path, name: &str) -> String {
    String::from_utf8_lossy(&std::fs::read(dir.join(name)).unwrap_or_default()).into_owned()
}
