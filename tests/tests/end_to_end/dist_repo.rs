//! Repositories of signed packages, made by `koji dist-repo` and read by dnf.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use koji_tests::{ADMIN, Key, Run, Scenario, System, command};

pub const SCENARIOS: &[Scenario] = &[
    ("dist repos hold what wanted keys have signed", signed),
    ("dist repos with 32-bit packages for 64-bit machines", multilib),
    ("dist repos with delta rpms", deltas),
];

fn signed(system: &System) -> Result<()> {
    let work = Work::new(system, "dist-signed", "x86_64")?;
    let spec = Spec { parts: &["debuginfo", "devel"], ..Spec::new("signedpkg", "1.0") };
    let files = work.import(&spec, "x86_64")?;
    let (key, other) =
        (Key::make(&work.dir.join("key"), "main")?, Key::make(&work.dir.join("other"), "other")?);
    let dist = |words: &[&str]| work.dist_repo(&[&[work.tag][..], words].concat());

    // nothing is signed
    let unsigned = dist(&[&key.id])?.status_is(1)?;
    unsigned.says(&["Unsigned packages found. See missing_signatures.log"])?;
    dist(&["--allow-missing-signatures"])?.ok()?;
    ensure!(work.query(&work.latest()?.join("x86_64"))?.len() == 3);
    dist(&["--skip-missing-signatures", &key.id])?.ok()?;
    let empty = work.latest()?.join("x86_64");
    ensure!(work.query(&empty)?.is_empty() && empty.join("repodata/EMPTY_REPO").is_file());

    // both keys sign everything, the other one first
    for key in [&other, &key] {
        for file in &files {
            let copy = work.dir.join(file.file_name().context("name")?);
            std::fs::copy(file, &copy)?;
            key.sign(&copy)?;
            let copy = copy.to_str().context("path")?;
            system.koji(["import-sig", copy])?.ok()?;
        }
    }
    // a signed copy is missing on disk
    let build = system.topdir().join("packages/signedpkg/1.0/1");
    let lost = build.join(format!("data/signed/{}/x86_64/signedpkg-1.0-1.x86_64.rpm", key.id));
    std::fs::remove_file(&lost).with_context(|| lost.display().to_string())?;
    dist(&[&key.id])?.status_is(1)?.says(&["Packages missing from the filesystem. See missing_files.log"])?;

    let comps = work.dir.join("comps.xml");
    std::fs::write(
        &comps,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<comps><group><id>signedgroup</id><name>G</name>\
         <packagelist><packagereq type=\"mandatory\">signedpkg</packagereq></packagelist></group></comps>\n",
    )?;
    let options = [
        "--write-signed-rpms",
        "--split-debuginfo",
        "--with-src",
        "--comps",
        comps.to_str().context("path")?,
    ];
    dist(&[&options[..], &[&key.id, &other.id]].concat())?.ok()?;
    let repo = work.latest()?;
    let main = repo.join("x86_64");
    let names = |list: Vec<String>| {
        list.iter()
            .map(|l| {
                l.split('-').next().unwrap_or_default().to_owned() + l.rsplit('.').next().unwrap_or_default()
            })
            .collect::<Vec<_>>()
    };
    ensure!(
        work.query(&main)? == ["signedpkg-0:1.0-1.x86_64", "signedpkg-devel-0:1.0-1.x86_64"],
        "{:?}",
        work.query(&main)?
    );
    ensure!(work.query(&main.join("debug"))? == ["signedpkg-debuginfo-0:1.0-1.x86_64"]);
    ensure!(names(work.query(&repo.join("src"))?) == ["signedpkgsrc"]);
    for file in [
        "x86_64/Packages/s/signedpkg-1.0-1.x86_64.rpm",
        "x86_64/Packages/s/signedpkg-debuginfo-1.0-1.x86_64.rpm",
    ] {
        key.verify(&repo.join(file))?;
    }
    // dnf downloads it, which checks the checksum, and knows the group
    let dir = work.dir.join("downloaded");
    work.dnf(&main, &["download", "--destdir", dir.to_str().context("path")?, "signedpkg"])?;
    key.verify(&dir.join("signedpkg-1.0-1.x86_64.rpm"))?;
    work.dnf(&main, &["group", "info", "signedgroup"])?.says(&["signedpkg"])?;

    // the other order of keys
    dist(&[&other.id, &key.id])?.ok()?;
    other.verify(&work.latest()?.join("x86_64/Packages/s/signedpkg-1.0-1.x86_64.rpm"))?;
    // a signed copy that is not what it says it is
    let copy = build.join(format!("data/signed/{}/x86_64/signedpkg-1.0-1.x86_64.rpm", other.id));
    std::fs::remove_file(&copy)?;
    std::fs::copy(build.join("x86_64/signedpkg-1.0-1.x86_64.rpm"), &copy)?;
    dist(&[&other.id])?.status_is(1)?.says(&["is not the expected package: its key is missing"])?;
    Ok(())
}

fn multilib(system: &System) -> Result<()> {
    let work = Work::new(system, "dist-multilib", "x86_64 i686")?;
    work.import(&Spec { parts: &["devel"], requires: "mlbase", ..Spec::new("mlpkg", "1.0") }, "x86_64 i686")?;
    work.import(&Spec::new("mlbase", "1.0"), "x86_64 i686")?;
    work.import(&Spec::new("mltool", "1.0"), "x86_64 i686")?;
    let config = work.dir.join("multilib.conf");
    std::fs::write(&config, "[runtime]\nwhite =\nblack =\n[devel]\nwhite =\nblack = other-devel\n")?;
    let config = config.to_str().context("path")?;
    work.dist_repo(&[work.tag, "--allow-missing-signatures", "--multilib", config])?.ok()?;
    let repo = work.latest()?;
    let wide = work.query(&repo.join("x86_64"))?;
    let narrow: Vec<&str> = wide.iter().map(String::as_str).filter(|n| n.ends_with(".i686")).collect();
    // the development package, the library that it needs, and what that needs
    ensure!(narrow == ["mlbase-0:1.0-1.i686", "mlpkg-0:1.0-1.i686", "mlpkg-devel-0:1.0-1.i686"], "{wide:?}");
    ensure!(wide.len() == 4 + 3, "{wide:?}");
    ensure!(work.query(&repo.join("i386"))?.len() == 4);
    Ok(())
}

fn deltas(system: &System) -> Result<()> {
    let work = Work::new(system, "dist-deltas", "x86_64")?;
    let make = |version: &'static str| Spec { blob: true, ..Spec::new("deltapkg", version) };
    work.import(&make("1.0"), "x86_64")?;
    work.dist_repo(&[work.tag, "--allow-missing-signatures"])?.ok()?;
    work.import(&make("1.1"), "x86_64")?;
    let run = work.dist_repo(&[work.tag, "--allow-missing-signatures", "--delta-rpms", work.tag])?.ok()?;
    let repo = work.latest()?.join("x86_64");
    ensure!(work.query(&repo)? == ["deltapkg-0:1.1-1.x86_64"]);
    let made: Vec<_> =
        std::fs::read_dir(repo.join("drpms")).with_context(|| run.to_string())?.flatten().collect();
    let repomd = std::fs::read_to_string(repo.join("repodata/repomd.xml"))?;
    ensure!(made.len() == 1 && repomd.contains("type=\"prestodelta\""), "{made:?} {repomd}");

    // all versions, and those of a volume
    std::fs::create_dir_all(system.topdir().join("vol/second"))?;
    system.koji(["add-volume", "second"])?.ok()?;
    let options = ["--allow-missing-signatures", "--non-latest", "--volume", "second"];
    work.dist_repo(&[&[work.tag][..], &options].concat())?.ok()?;
    let repo = work.latest()?;
    ensure!(
        repo.is_symlink()
            && repo.canonicalize()?.starts_with(system.topdir().join("vol/second").canonicalize()?)
    );
    ensure!(work.query(&repo.join("x86_64"))? == ["deltapkg-0:1.0-1.x86_64", "deltapkg-0:1.1-1.x86_64"]);
    Ok(())
}

/// A package to be made with this machine's rpmbuild.
pub(super) struct Spec<'a> {
    name: &'a str,
    version: &'a str,
    parts: &'a [&'a str],
    requires: &'a str,
    /// Half a megabyte in it.
    blob: bool,
}

impl<'a> Spec<'a> {
    pub(super) fn new(name: &'a str, version: &'a str) -> Spec<'a> {
        Spec { name, version, parts: &[], requires: "", blob: false }
    }

    fn text(&self) -> String {
        let Spec { name, version, .. } = self;
        let requires =
            if self.requires.is_empty() { String::new() } else { format!("Requires: {}\n", self.requires) };
        let parts: String = self
            .parts
            .iter()
            .map(|p| format!("%package {p}\nSummary: part\nRequires: {name} = %{{version}}\n%description {p}\n.\n%files {p}\n"))
            .collect();
        let blob = if self.blob {
            "mkdir -p %{buildroot}/usr/share\nseq 1 80000 > %{buildroot}/usr/share/blob\necho %{version} >> %{buildroot}/usr/share/blob\n"
        } else {
            ""
        };
        let files = if self.blob { "/usr/share/blob\n" } else { "" };
        format!(
            "Name: {name}\nVersion: {version}\nRelease: 1\nSummary: A test\nLicense: MIT\n{requires}\
             %description\n.\n%install\n{blob}%files\n{files}{parts}"
        )
    }
}

/// A tag, and a directory for what is done with it.
pub(super) struct Work<'a> {
    pub(super) system: &'a System,
    pub(super) tag: &'static str,
    pub(super) dir: PathBuf,
}

impl<'a> Work<'a> {
    pub(super) fn new(system: &'a System, tag: &'static str, arches: &str) -> Result<Work<'a>> {
        system.koji(["add-tag", tag, "--arches", arches])?.ok()?;
        let dir = system.dir().join(tag);
        std::fs::create_dir_all(&dir)?;
        Ok(Work { system, tag, dir })
    }

    /// Makes rpms of the arches, imports and tags them; their files.
    pub(super) fn import(&self, spec: &Spec<'_>, arches: &str) -> Result<Vec<PathBuf>> {
        let dir = self.dir.join(format!("{}-{}", spec.name, spec.version));
        std::fs::create_dir_all(&dir)?;
        let file = dir.join(format!("{}.spec", spec.name));
        std::fs::write(&file, spec.text())?;
        for arch in arches.split(' ') {
            let mut make = command("rpmbuild", ["-ba", "--quiet", "--nodeps", "--target", arch]);
            for (name, value) in [
                ("_topdir", dir.join("top").display().to_string()),
                ("_rpmdir", dir.display().to_string()),
                ("_srcrpmdir", dir.display().to_string()),
                ("_rpmfilename", "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm".to_owned()),
                ("_binary_payload", "w3.gzdio".to_owned()),
                ("debug_package", "%{nil}".to_owned()),
                ("_dbpath", dir.join("db").display().to_string()),
            ] {
                make.arg("--define").arg(format!("{name} {value}"));
            }
            Run::of({
                make.arg(&file);
                make
            })?
            .ok()?;
        }
        let mut files: Vec<PathBuf> = std::fs::read_dir(&dir)?
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.extension().is_some_and(|e| e == "rpm"))
            .collect();
        files.sort();
        let words = files.iter().filter_map(|f| f.to_str());
        self.system.koji(["import"].into_iter().chain(words))?.ok()?;
        if self.system.koji(["list-pkgs", "--tag", self.tag, "--package", spec.name, "--quiet"])?.status != 0
        {
            self.system.koji(["add-pkg", "--owner", ADMIN, self.tag, spec.name])?.ok()?;
        }
        let nvr = format!("{}-{}-1", spec.name, spec.version);
        self.system.koji(["call", "tagBuildBypass", self.tag, &nvr])?.ok()?;
        Ok(files)
    }

    fn dist_repo(&self, words: &[&str]) -> Result<Run> {
        self.system.koji(["dist-repo", "--wait"].iter().chain(words))
    }

    /// The directory of the newest dist repo.
    fn latest(&self) -> Result<PathBuf> {
        let repo = self.system.call(
            "getRepo",
            &[self.tag.into(), serde_json::Value::Null, serde_json::Value::Null, true.into()],
        )?;
        let id = repo["id"].as_i64().with_context(|| format!("no dist repo of {}: {repo}", self.tag))?;
        let tag = self.system.topdir().join("repos-dist").join(self.tag);
        let latest = std::fs::read_link(tag.join("latest"))?;
        ensure!(
            latest == Path::new(&id.to_string()),
            "the link latest of {} leads to {}",
            self.tag,
            latest.display()
        );
        Ok(tag.join(id.to_string()))
    }

    /// The packages that dnf sees in a repository.
    fn query(&self, repo: &Path) -> Result<Vec<String>> {
        let run = self.dnf(repo, &["repoquery", "--qf", "%{name}-%{epoch}:%{version}-%{release}.%{arch}"])?;
        let mut lines: Vec<String> = run.stdout.lines().map(str::to_owned).collect();
        lines.sort();
        Ok(lines)
    }

    fn dnf(&self, repo: &Path, words: &[&str]) -> Result<Run> {
        let mut dnf =
            command("dnf", ["-q", "--repo=dist", "--forcearch=x86_64", "--setopt=reposdir=/dev/null"]);
        dnf.arg(format!("--repofrompath=dist,file://{}", repo.canonicalize()?.display()));
        dnf.arg("--setopt=dist.gpgcheck=0").arg("--releasever=1");
        let id = repo.components().rev().take(2).map(|c| c.as_os_str().to_string_lossy().into_owned());
        let cache = self.dir.join("dnf").join(id.collect::<Vec<_>>().join("-"));
        std::fs::create_dir_all(cache.join("logdir"))?;
        for name in ["cachedir", "logdir", "persistdir"] {
            dnf.arg(format!("--setopt={name}={}", cache.join(name).display()));
        }
        dnf.arg(format!("--installroot={}", cache.join("root").display()));
        dnf.args(words);
        Run::of(dnf)?.ok()
    }
}
