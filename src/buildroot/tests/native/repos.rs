//! Repositories as builders meet them: over HTTP, merged, with packages elsewhere.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use koji_buildroot::{ExactRpm, Packages};
use sha2::{Digest, Sha256};

use crate::common::*;

/// Python's file server on a free loopback port.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(dir: &Path) -> Server {
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
            .arg(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.split_once(" port ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
        Server { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn metadata_over_http_packages_at_another_base() {
    let work = tempfile::tempdir().unwrap();
    let repo = work.path().join("merged");
    std::fs::create_dir(&repo).unwrap();
    let packages = Server::start(distro());
    let made = Command::new("createrepo_c")
        .args(["-q", "--no-database", "--baseurl", &format!("http://127.0.0.1:{}/", packages.port), "-o"])
        .arg(&repo)
        .arg("-g")
        .arg(distro().parent().unwrap().join("comps.xml"))
        .arg(distro())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let metadata = Server::start(&repo);
    let mut plan = plan("over-http");
    plan.group = "srpm-build".into();
    plan.packages = Packages::Repo(vec![format!("http://127.0.0.1:{}", metadata.port)]);
    let mut root = ready(&engine_in(&work.path().join("cache"), &work.path().join("roots")), &plan);
    assert!(root.run(&shell("rpmbuild --version")).unwrap().succeeded());
    // Fetched with the network, installed without.
    let text = log(root.result_dir(), "root.log");
    assert!(text.contains("'--downloadonly'") && text.contains("'--cacheonly'"), "{text}");
    let list = log(root.result_dir(), "installed_pkgs.log");
    assert_eq!(list.lines().count(), root.installed().unwrap().len());
}

#[test]
fn exactly_these_packages() {
    let work = tempfile::tempdir().unwrap();
    let mut root = ready(&engine(&work.path().join("roots")), &plan("recorded"));
    let recorded = root.installed().unwrap();
    let list = recorded
        .iter()
        .map(|p| {
            let path = distro().join(format!("{}-{}-{}.{}.rpm", p.name, p.version, p.release, p.arch));
            let sha256 = hex::encode(Sha256::digest(std::fs::read(&path).unwrap()));
            ExactRpm { path, sha256 }
        })
        .collect();
    let mut plan = plan("replayed");
    plan.packages = Packages::Exact(list);
    let mut again = ready(&engine_in(&work.path().join("cache"), &work.path().join("roots")), &plan);
    assert_eq!(again.installed().unwrap(), recorded);
}
