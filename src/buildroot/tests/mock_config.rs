//! The mock configuration against texts that Koji 1.36.1 generated from the same inputs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use koji_buildroot::{Bind, ExtraMap, Managed, Network, Packages, Plan, Site};
use serde_json::json;

fn plan(name: &str, arch: &str, group: &str, urls: &[&str], extra: serde_json::Value) -> Plan {
    let extra: ExtraMap = serde_json::from_value(extra).unwrap();
    let packages = Packages::Repo(urls.iter().map(|u| (*u).to_string()).collect());
    let site = Site { bootstrap_image: true, ..Site::default() };
    Plan::for_tag(name, arch, packages, group, &site, &extra).unwrap()
}

fn managed(plan: &mut Plan, buildroot_id: i64, repo_id: i64, tag: &str) {
    plan.managed = Some(Managed { buildroot_id, repo_id, tag_name: tag.into() });
}

#[test]
fn plain() {
    let url = "http://hub.example.test/kojifiles/repos/f44-build/203/x86_64";
    let mut plan = plan("f44-build-17-203", "x86_64", "build", &[url], json!({}));
    managed(&mut plan, 17, 203, "f44-build");
    assert_eq!(plan.mock_config(), include_str!("mock_config/plain.cfg"));
}

#[test]
fn everything_a_tag_and_a_site_can_set() {
    let urls = [
        "http://a.example.test/kojifiles/repos/f44-build/204/armhfp",
        "http://b.example.test/kojifiles/repos/f44-build/204/armhfp",
    ];
    let extra = json!({
        "mock.forcearch": 1, "mock.package_manager": "dnf5", "mock.yum.module_hotfixes": true, "mock.yum.best": "1",
        "mock.plugin_conf.sign_enable": true, "mock.plugin_conf.sign_opts.cmd": "rpmsign",
        "mock.plugin_conf.sign_opts.opts": "--addsign %(rpms)s -D \"%%_gpg_name it's me\"",
        "mock.module_setup_commands": [["enable", "nodejs:12"], ["disable", "*"]],
        "mock.releasever": "44", "mock.use_bootstrap": true, "mock.bootstrap_image": "registry.example.test/fedora:44",
        "rpm.macro.dist": ".fc44", "rpm.macro.vendor": "O'Neil \"Inc\"", "rpm.macro.multi": "a\\b\nc\td",
        "rpm.macro._host": "no", "rpm.macro.name": "Zoë \u{ad}\u{200b}\u{2028}😀\u{7f}\u{1}",
        "rpm.env.LANG": "C.UTF-8", "rpm.env.A": "x'y",
    });
    let mut plan = plan("f44-build-18-204", "armhfp", "srpm-build", &urls, extra);
    managed(&mut plan, 18, 204, "f44-build");
    plan.mock.basedir = Some("/srv/mock".into());
    plan.proxy = Some("http://proxy.example.test:3128".into());
    plan.limits.timeout = 3600;
    plan.network = Network::All;
    assert_eq!(plan.mock_config(), include_str!("mock_config/everything.cfg"));
}

#[test]
fn bind_mounts_and_files() {
    let extra = json!({"mock.use_bootstrap": 0, "mock.yum.best": 0});
    let mut plan = plan("t-1-2", "aarch64", "build", &["/mnt/koji/repos/t/2/aarch64"], extra);
    managed(&mut plan, 1, 2, "t");
    plan.binds.push(Bind { source: "/dev".into(), target: "/dev".into(), writable: true });
    plan.files.insert("etc/mavenrc".into(), "export MAVEN_OPTS=\"-Xmx1g\"\n".into());
    assert_eq!(plan.mock_config(), include_str!("mock_config/binds.cfg"));
}

#[test]
fn without_a_buildroot_at_the_hub() {
    let url = "http://hub.example.test/kojifiles/repos/f44-build/latest/x86_64";
    let packages = Packages::Repo(vec![url.into()]);
    let site = Site { distribution: "Koji Testing".into(), ..Site::default() };
    let plan =
        Plan::for_tag("f44-build-repo_latest", "x86_64", packages, "build", &site, &ExtraMap::new()).unwrap();
    assert_eq!(plan.mock_config(), include_str!("mock_config/unmanaged.cfg"));
}

#[test]
fn a_plan_is_replayed_from_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut plan = plan("t-1-2", "x86_64", "build", &["http://h/r"], json!({"rpm.macro.a": "b"}));
    managed(&mut plan, 1, 2, "t");
    let path = dir.path().join("plan.json");
    plan.save(&path).unwrap();
    assert_eq!(Plan::load(&path).unwrap(), plan);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"version\": 1", "\"version\": 2")).unwrap();
    assert!(Plan::load(&path).unwrap_err().to_string().contains("layout 2"));
    std::fs::write(&path, text.replace("t-1-2", "../t")).unwrap();
    assert!(Plan::load(&path).is_err());
}
