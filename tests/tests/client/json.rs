//! What `--json` prints has the shape that docs/json says.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use koji_tests::{BUILD_TAG, BUILDER, DEST_TAG, Options, Package, Run, System, TARGET};
use serde_json::Value;

/// Commands that need a plugin of the hub which ours has not; their schema is that of `build`.
const NOT_HERE: [&str; 2] = ["dud-build", "kiwi-build"];
/// The same, because they need a buildroot, or a repository that somebody makes; they are run where there is a builder.
const ELSEWHERE: [&str; 8] = [
    "list-buildroot",
    "local",
    "repoinfo",
    "repro",
    "save-failed-tree",
    "scheduler-info",
    "wait-repo",
    "wait-repo-request",
];

/// Cannot be done twice.
const ONCE: [&str; 1] = ["add-external-repo"];
/// May have nothing to say yet.
const MAYBE_EMPTY: [&str; 1] = ["scheduler-logs"];

const NVR: &str = "shown-1.0-1";
const DRAFT: &str = "draft-1-1,draft_3";
const URL: &str = "git+https://example.com/r#1";

#[test]
fn every_command_prints_the_shape_that_is_documented() {
    let conf = "EnableMaven = yes\nEnableWin = yes\nPlugins = runroot_hub sidetag_hub save_failed_tree\n\
                [policy]\nsidetag =\n    all :: allow\n";
    let system =
        System::start(Options { builder: false, hub_conf: conf.to_owned(), ..Default::default() }).unwrap();
    fill(&system).unwrap();
    let task = system.submit(&[TARGET, URL]).unwrap().to_string();
    let canceled = system.submit(&[TARGET, URL]).unwrap().to_string();
    system.koji(["cancel", &canceled]).unwrap().ok().unwrap();

    let chain = system.dir().join("chain.ini");
    std::fs::write(&chain, format!("[one]\nscmurl = {URL}\n")).unwrap();
    let chain = chain.display().to_string();

    let mut seen: BTreeSet<String> = NOT_HERE.iter().chain(&ELSEWHERE).map(|c| (*c).to_owned()).collect();
    let mut failures = Vec::new();
    for (words, status) in cases(&task, &canceled, &chain) {
        seen.insert(words[0].to_owned());
        if let Err(e) = check(&system, &words, status) {
            failures.push(format!("{}: {e:#}", words.join(" ")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let missing: Vec<String> = schemas().unwrap().into_iter().filter(|c| !seen.contains(c)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn commands_that_start_a_task_share_a_shape() {
    let shape = |command: &str| {
        let mut schema = schema(command).unwrap();
        schema.as_object_mut().unwrap().remove("title");
        schema
    };
    for command in NOT_HERE {
        assert_eq!(shape(command), shape("build"), "{command}");
    }
}

/// Arguments and the status that is expected.
fn cases<'a>(task: &'a str, canceled: &'a str, chain: &'a str) -> Vec<(Vec<&'a str>, i32)> {
    let image = ["--nowait", "--scratch", "--ksurl", URL];
    let mut cases: Vec<(Vec<&str>, i32)> = vec![
        (vec!["add-channel", "chan"], 0),
        (vec!["add-external-repo", "ext2", "http://example.com/2", "-t", DEST_TAG], 0),
        (vec!["add-host", "host2", "x86_64"], 0),
        (vec!["add-sidetag", BUILD_TAG], 0),
        (vec!["add-user", "person"], 0),
        (vec!["add-volume", "vol2"], 0),
        (vec!["build", "--nowait", TARGET, URL], 0),
        (vec!["buildinfo", "--changelog", NVR], 0),
        (vec!["buildinfo", NVR, "nothing-1-1"], 1),
        (vec!["chain-build", "--nowait", TARGET, URL, ":", URL], 0),
        (vec!["dist-repo", "--nowait", "--allow-missing-signatures", DEST_TAG, "-a", "x86_64"], 0),
        (vec!["doctor"], 0),
        (vec!["hostinfo", BUILDER], 0),
        (vec!["latest-build", DEST_TAG, "shown"], 0),
        (vec!["latest-build", "--paths", "--all", DEST_TAG], 0),
        (vec!["list-api"], 0),
        (vec!["list-api", "getTag"], 0),
        (vec!["list-builds", "--package", "shown"], 0),
        (vec!["list-channels"], 0),
        (vec!["list-channels", "--simple"], 0),
        (vec!["list-external-repos"], 0),
        (vec!["list-external-repos", "--tag", BUILD_TAG], 0),
        (vec!["list-groups", BUILD_TAG], 0),
        (vec!["list-history", "--tag", DEST_TAG], 0),
        (vec!["list-hosts"], 0),
        (vec!["list-hosts", "--show-channels"], 0),
        (vec!["list-notifications", "--mine"], 0),
        (vec!["list-permissions"], 0),
        (vec!["list-permissions", "--mine"], 0),
        (vec!["list-pkgs"], 0),
        (vec!["list-pkgs", "--tag", DEST_TAG], 0),
        (vec!["list-sidetags"], 0),
        (vec!["list-signed", "--build", NVR], 0),
        (vec!["list-tag-inheritance", BUILD_TAG], 0),
        (vec!["list-tagged", DEST_TAG], 0),
        (vec!["list-tagged", "--arch", "src", DEST_TAG], 0),
        (vec!["list-tagged", "--rpms", "--paths", DEST_TAG], 0),
        (vec!["list-tags"], 0),
        (vec!["list-tags", "--package", "shown"], 0),
        (vec!["list-targets"], 0),
        (vec!["list-tasks"], 0),
        (vec!["list-untagged", "--show-references"], 0),
        (vec!["list-users"], 0),
        (vec!["list-volumes"], 0),
        (vec!["maven-build", "--nowait", TARGET, URL], 0),
        (vec!["maven-chain", "--nowait", TARGET, chain], 0),
        (vec!["make-task", "restart"], 0),
        (vec!["moshimoshi"], 0),
        (vec!["move-build", "--nowait", DEST_TAG, BUILD_TAG, NVR], 0),
        (vec!["profile", "list"], 0),
        (vec!["profile", "show"], 0),
        (vec!["promote-build", DRAFT], 0),
        (vec!["regen-repo", "--nowait", BUILD_TAG], 0),
        (vec!["regen-repo", "--nowait", "--make-task", BUILD_TAG], 0),
        (vec!["request-repo", "--nowait", BUILD_TAG], 0),
        (vec!["resubmit", "--nowait", canceled], 0),
        (vec!["restart-hosts", "--nowait", "--force"], 0),
        (vec!["rpminfo", "--buildroots", "shown-1.0-1.src"], 0),
        (vec!["runroot", "--nowait", BUILD_TAG, "x86_64", "true"], 0),
        (vec!["scheduler-logs"], 0),
        (vec!["search", "package", "sh*"], 0),
        (vec!["show-groups", BUILD_TAG], 0),
        (vec!["tag-build", "--nowait", DEST_TAG, "untagged-1-1"], 0),
        (vec!["taginfo", BUILD_TAG], 0),
        (vec!["taskinfo", "--recurse", "--verbose", task], 0),
        (vec!["userinfo", "user"], 0),
        (vec!["version"], 0),
        (vec!["watch-task", canceled], 1),
        (vec!["why", canceled], 0),
        (vec!["win-build", "--nowait", TARGET, URL, "vm"], 0),
        (vec!["wrapper-rpm", "--nowait", "--scratch", TARGET, NVR, URL], 0),
    ];
    for command in ["spin-appliance", "spin-livecd", "spin-livemedia"] {
        let mut words = vec![command];
        words.extend(image);
        words.extend(["img", "1", TARGET, "x86_64", "k.ks"]);
        cases.push((words, 0));
    }
    let mut words = vec!["image-build"];
    words.extend(image);
    words.extend([
        "--kickstart",
        "k.ks",
        "--distro",
        "Fedora-44",
        "img",
        "1",
        TARGET,
        "http://tree",
        "x86_64",
    ]);
    cases.push((words, 0));
    let mut words = vec!["image-build-indirection", "--nowait", "--scratch", "--name", "i", "--version", "1"];
    words.extend(["--arch", "x86_64", "--target", TARGET, "--results-loc", "/r", "--base-image-task", task]);
    words.extend([
        "--utility-image-task",
        task,
        "--indirection-template",
        "t",
        "--indirection-template-url",
        URL,
    ]);
    cases.push((words, 0));
    cases
}

fn fill(system: &System) -> Result<()> {
    let run = |words: &[&str]| system.koji(words)?.ok();
    run(&["add-pkg", "--owner", "user", DEST_TAG, "shown"])?;
    import(system)?;
    let top = system.topdir();
    for dir in ["vol/vol2", "packages/draft/1/1,draft_3"] {
        std::fs::create_dir_all(top.join(dir))?;
    }
    run(&["add-pkg", "--owner", "user", DEST_TAG, "untagged"])?;
    run(&["call", "createEmptyBuild", "untagged", "1", "1", "None"])?;
    run(&["call", "createEmptyBuild", "draft", "1", "1", "None", "draft=True"])?;
    run(&["call", "tagBuildBypass", DEST_TAG, NVR])?;
    // an unsigned rpm has the key "", and so has its copy
    let build = top.join("packages/shown/1.0/1");
    std::fs::create_dir_all(build.join("data/signed/src"))?;
    std::fs::copy(build.join("src/shown-1.0-1.src.rpm"), build.join("data/signed/src/shown-1.0-1.src.rpm"))?;
    run(&["add-group", BUILD_TAG, "build"])?;
    run(&["add-group-pkg", BUILD_TAG, "build", "bash"])?;
    run(&["add-external-repo", "ext", "http://example.com/repo"])?;
    run(&["add-external-repo", "-t", BUILD_TAG, "ext"])?;
    run(&["add-channel", "runroot"])?;
    run(&["add-notification", "--tag", DEST_TAG])?;
    run(&["block-notification", "--package", "shown"])?;
    Ok(())
}

/// A build of one source package, as an upload and an import.
fn import(system: &System) -> Result<()> {
    let file = Package::new("shown").srpm(system.dir())?;
    let bytes = std::fs::read(&file)?;
    let size = bytes.len();
    let name = file.file_name().context("no file name")?.to_string_lossy().into_owned();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
    system.call(
        "uploadFile",
        &["json".into(), name.as_str().into(), size.into(), Value::Null, 0.into(), text.into()],
    )?;
    system.call("importRPM", &["json".into(), name.into()])?;
    Ok(())
}

fn check(system: &System, words: &[&str], status: i32) -> Result<()> {
    let command = *words.first().context("no command")?;
    let schema = schema(command)?;
    let run = with_option(system, words, "--json")?.status_is(status)?;
    let printed: Value = serde_json::from_str(&run.stdout).with_context(|| format!("no JSON from {run}"))?;
    valid(&schema, &printed)?;
    // the same records, a line each; what starts a task would start another one
    if let (Some(items), Some(records)) = (schema.get("items"), printed.as_array()) {
        ensure!(!records.is_empty() || MAYBE_EMPTY.contains(&command), "nothing is listed");
        if ONCE.contains(&command) {
            return Ok(());
        }
        let run = with_option(system, words, "--jsonl")?.status_is(status)?;
        let lines: Vec<Value> = run.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        ensure!(lines.len() == records.len(), "{} lines for {} records", lines.len(), records.len());
        for line in &lines {
            valid(items, line)?;
        }
    }
    Ok(())
}

/// With the option behind the command.
fn with_option(system: &System, words: &[&str], option: &str) -> Result<Run> {
    let mut all = words.to_vec();
    all.insert(1, option);
    system.koji(all)
}

fn valid(schema: &Value, value: &Value) -> Result<()> {
    let validator = jsonschema::validator_for(schema).map_err(|e| anyhow::anyhow!("bad schema: {e}"))?;
    let problems: Vec<String> =
        validator.iter_errors(value).map(|e| format!("{} at {}", e, e.instance_path())).collect();
    ensure!(problems.is_empty(), "{}\nin {value}", problems.join("\n"));
    Ok(())
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/json"))
}

fn schema(command: &str) -> Result<Value> {
    let file = folder().join(format!("{command}.json"));
    let text = std::fs::read_to_string(&file).with_context(|| format!("no schema {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The commands that have a schema.
fn schemas() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder())? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    Ok(names)
}
