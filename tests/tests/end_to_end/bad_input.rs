//! What users do wrong: each mistake gives a clear line that says what to look at, and the right exit status.

use anyhow::{Result, ensure};
use koji_tests::{DEST_TAG, Package, Scenario, System, TARGET};

pub const SCENARIOS: &[Scenario] = &[
    ("a spec that does not parse", broken_spec),
    ("a BuildRequires that does not exist", missing_requirement),
    ("a %build that fails", failing_build),
    ("a git ref that does not exist", no_such_ref),
    ("a source that is not allowed", source_not_allowed),
    ("an unknown target", unknown_target),
    ("a blocked package and one that is not listed", package_not_listed),
    ("an unknown command and a missing argument", wrong_words),
];

/// The build fails, its watcher says so in one line, and `koji why` finds the cause.
fn build_fails(system: &System, url: &str, words: &[&str], why: &[&str]) -> Result<()> {
    let build = system.koji(["build", "--wait", TARGET, url])?.status_is(1)?.says(words)?;
    let reasons: Vec<&str> = build.stdout.lines().filter(|l| l.contains("FAILED: ")).collect();
    ensure!(!reasons.is_empty(), "no reason in {build}");
    ensure!(build.stdout.contains(" failed\n"), "no closing line in {build}");
    let task = build.stdout.lines().find_map(|l| l.strip_prefix("Created task: ")).unwrap_or("none");
    let mut card = system.koji(["why", task])?.status_is(0)?;
    for words in why {
        card = card.says(&[words])?;
    }
    Ok(())
}

fn broken_spec(system: &System) -> Result<()> {
    let url = system.publish(&Package::new("broken-spec").spec("Name: broken-spec\n%if\nVersion"))?;
    build_fails(system, &url, &["FAILED: BuildError", "build.log"], &["Why:     spec: ", "error: line 2: "])
}

fn missing_requirement(system: &System) -> Result<()> {
    let url = system.publish(&Package::new("needs-nothing-known").build_requires("no-such-package"))?;
    build_fails(
        system,
        &url,
        &["FAILED: BuildError", "root.log"],
        &["Why:     dependency: ", "root.log, line", "no-such-package"],
    )
}

fn failing_build(system: &System) -> Result<()> {
    let first = "echo 'main.c:3:1: error: it cannot be'; false";
    let url = system.publish(&Package::new("failing").first(first))?;
    let why = [
        "Why:     compile: ",
        "in %build",
        "buildArch",
        "build.log, line",
        "  main.c:3:1: error: it cannot be",
    ];
    build_fails(system, &url, &["FAILED: BuildError", "build.log"], &why)
}

fn no_such_ref(system: &System) -> Result<()> {
    system.publish(&Package::new("no-ref"))?;
    let url = system.git.url("no-ref", "no-such-branch");
    build_fails(system, &url, &["FAILED", "no-such-branch"], &["Why:     scm: ", "no-such-branch"])
}

fn source_not_allowed(system: &System) -> Result<()> {
    let url = system.publish(&Package::new("not-allowed"))?.replace("127.0.0.1", "localhost");
    build_fails(
        system,
        &url,
        &["FAILED: BuildError", "is not in the list of allowed SCMs"],
        &["Why:     scm: "],
    )
}

fn unknown_target(system: &System) -> Result<()> {
    let build = system.koji(["build", "no-such-target", "git://127.0.0.1/x#y"])?.status_is(2)?;
    build.says(&["error: No such build target: no-such-target"])?;
    Ok(())
}

fn package_not_listed(system: &System) -> Result<()> {
    let url = system.publish(&Package::new("blocked"))?;
    system.koji(["call", "packageListBlock", DEST_TAG, "blocked"])?.ok()?;
    build_fails(
        system,
        &url,
        &["FAILED: BuildError", "package blocked is blocked for tag t1-dest"],
        &["Why:     request: "],
    )?;
    let url = system.git.commit(&Package::new("unlisted"))?;
    build_fails(
        system,
        &url,
        &["FAILED: BuildError", "package unlisted not in list for tag t1-dest"],
        &["Why:     request: "],
    )
}

fn wrong_words(system: &System) -> Result<()> {
    system.koji(["biuld"])?.status_is(1)?.says(&["Unknown command: biuld"])?;
    system.koji(["build"])?.status_is(2)?.says(&["error: "])?;
    system.koji(["buildinfo", "no-such-build-1-1"])?.status_is(1)?.says(&["No such build"])?;
    Ok(())
}
