//! The mock configuration against the published `koji` library, option by option and many at once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use koji_buildroot::{Bind, ExtraMap, Managed, Network, Packages, Plan, Site};
use serde_json::{Value, json};

const VERSION: &str = "1.36.1";

/// Python with the library, installed once for all tests of the workspace (see tests/src/upstream.rs).
fn python() -> PathBuf {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("test-cache");
    std::fs::create_dir_all(&cache).unwrap();
    let name = format!("upstream-koji-{VERSION}");
    let lock = std::fs::File::create(cache.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let (dir, complete) = (cache.join(&name), cache.join(format!("{name}.complete")));
    if !complete.exists() {
        let _ = std::fs::remove_dir_all(&dir);
        let venv = Command::new("/usr/bin/python3")
            .args(["-m", "venv", "--system-site-packages"])
            .arg(&dir)
            .status();
        assert!(venv.unwrap().success());
        let pip = Command::new(dir.join("bin/pip"))
            .args(["install", "--quiet", &format!("koji=={VERSION}")])
            .status();
        assert!(pip.unwrap().success());
        std::fs::File::create(complete).unwrap();
    }
    dir.join("bin/python3")
}

/// Values an option can have; `Null` leaves it out. Truth is Python's, so its odd cases are here.
fn options() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("mock.forcearch", vec![Value::Null, json!(true), json!(0), json!(""), json!("no")]),
        ("mock.package_manager", vec![Value::Null, json!("dnf"), json!("dnf5"), json!("yum")]),
        ("mock.yum.module_hotfixes", vec![Value::Null, json!(1), json!(false)]),
        ("mock.yum.best", vec![Value::Null, json!(0), json!(1), json!("1"), json!(true)]),
        (
            "mock.module_setup_commands",
            vec![Value::Null, json!([["enable", "perl:5.26"], ["disable", "*"]]), json!([])],
        ),
        ("mock.releasever", vec![Value::Null, json!("44"), json!(44)]),
        ("mock.use_bootstrap", vec![Value::Null, json!(true), json!(0), json!("yes")]),
        ("mock.bootstrap_image", vec![Value::Null, json!("registry.example.test/fedora:44"), json!("")]),
        ("mock.bootstrap_image_ready", vec![Value::Null, json!(true)]),
        ("mock.new_chroot", vec![Value::Null, json!(1), json!(0)]),
        (
            "rpm.macro.dist",
            vec![Value::Null, json!(".fc44"), json!("it's \"quoted\"\\\n"), json!("é\u{200b}😀")],
        ),
        ("rpm.macro.vendor", vec![Value::Null, json!("Somebody"), json!(1), json!(true), json!(1.5)]),
        ("rpm.macro._topdir", vec![Value::Null, json!("/elsewhere")]),
        ("rpm.env.LANG", vec![Value::Null, json!("C.UTF-8"), json!(7)]),
        ("sign", vec![Value::Null, json!(true), json!(false), json!("yes")]),
        ("site.proxy", vec![Value::Null, json!("http://proxy.example.test:3128")]),
        ("site.image", vec![json!(true), json!(false)]),
        ("site.vendor", vec![json!("Koji"), json!("A 'vendor'")]),
        ("arch", vec![json!("x86_64"), json!("armhfp"), json!("i386"), json!("s390x")]),
        ("group", vec![json!("build"), json!("srpm-build")]),
        ("timeout", vec![json!(86400), json!(3600)]),
        (
            "urls",
            vec![
                json!(["http://a.example.test/kojifiles"]),
                json!(["http://a.example.test/k", "http://b.example.test/k"]),
            ],
        ),
        ("binds", vec![Value::Null, json!(true)]),
        ("maven", vec![Value::Null, json!(["-Xmx1g", "-X"])]),
    ]
}

/// Our text and the case for upstream's.
fn case(number: usize, choice: &[(&str, Value)]) -> (String, Value) {
    let get =
        |name: &str| choice.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let text = |name: &str| get(name).as_str().unwrap_or_default().to_string();
    let mut extra: ExtraMap = choice
        .iter()
        .filter(|(name, value)| (name.starts_with("mock.") || name.starts_with("rpm.")) && !value.is_null())
        .map(|(name, value)| ((*name).to_string(), value.clone()))
        .collect();
    if !get("sign").is_null() {
        extra.insert("mock.plugin_conf.sign_enable".into(), get("sign"));
        extra.insert("mock.plugin_conf.sign_opts.cmd".into(), json!("rpmsign"));
        extra.insert(
            "mock.plugin_conf.sign_opts.opts".into(),
            json!("--addsign %(rpms)s -D \"%%_gpg_name it's me\""),
        );
    }
    let image = get("site.image") == json!(true);
    let site = Site {
        vendor: text("site.vendor"),
        distribution: "Koji Testing".into(),
        bootstrap_image: image,
        ..Site::default()
    };
    let (id, repo, tag, arch) = (number as i64 + 1, 200 + number as i64, "f44-build", text("arch"));
    let name = format!("{tag}-{id}-{repo}");
    let tops: Vec<String> = serde_json::from_value(get("urls")).unwrap();
    let urls = tops.iter().map(|top| format!("{top}/repos/{tag}/{repo}/{arch}")).collect();
    let mut plan = Plan::for_tag(&name, &arch, Packages::Repo(urls), &text("group"), &site, &extra).unwrap();
    plan.managed = Some(Managed { buildroot_id: id, repo_id: repo, tag_name: tag.into() });
    plan.proxy = get("site.proxy").as_str().map(Into::into);
    plan.limits.timeout = get("timeout").as_u64().unwrap();
    plan.network = Network::None;
    let mut theirs = json!({
        "name": name, "arch": arch, "target_arch": plan.target_arch, "repo": repo, "tag": tag, "id": id, "group": plan.group,
        "extra": extra,
        "site": {"vendor": site.vendor, "packager": site.packager, "distribution": site.distribution, "mockhost": site.mockhost,
            "yum_proxy": plan.proxy, "topurls": tops, "rpmbuild_timeout": plan.limits.timeout, "mock_bootstrap_image": image},
    });
    if !get("binds").is_null() {
        plan.binds.push(Bind { source: "/dev".into(), target: "/dev".into(), writable: true });
        theirs["bind_opts"] = json!({"dirs": {"/dev": "/dev"}});
    }
    if let Some(options) = get("maven").as_array() {
        let options: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
        plan.files.insert("etc/mavenrc".into(), format!("export MAVEN_OPTS=\"{}\"\n", options.join(" ")));
        theirs["maven_opts"] = json!(options);
    }
    (plan.mock_config(), theirs)
}

#[test]
fn every_option_gives_the_text_of_the_published_library() {
    let options = options();
    let first: Vec<(&str, Value)> = options.iter().map(|(name, values)| (*name, values[0].clone())).collect();
    let mut choices = vec![first.clone()];
    // each value alone, then many together
    for (at, (name, values)) in options.iter().enumerate() {
        for value in &values[1..] {
            let mut choice = first.clone();
            choice[at] = (*name, value.clone());
            choices.push(choice);
        }
    }
    let mut state = 44_u64;
    for _ in 0..1000 {
        let pick = |values: &Vec<Value>, state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            values[(*state >> 33) as usize % values.len()].clone()
        };
        choices.push(options.iter().map(|(name, values)| (*name, pick(values, &mut state))).collect());
    }
    let (ours, cases): (Vec<String>, Vec<Value>) =
        choices.iter().enumerate().map(|(n, c)| case(n, c)).unzip();
    let mut child = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mock_config/upstream.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = serde_json::to_vec(&cases).unwrap();
    let writer = std::thread::spawn(move || input.write_all(&text).unwrap());
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(out.status.success());
    let theirs: Vec<String> = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(theirs.len(), ours.len());
    for ((ours, theirs), case) in ours.iter().zip(&theirs).zip(&cases) {
        assert_eq!(ours, theirs, "{case:#}");
    }
}
