//! Every command and option that upstream's client has, too, is in a case of `tests/clidiff`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Arg, ArgAction};

/// Commands that upstream's client has not.
const OURS: &[&str] = &["completion", "doctor", "local", "profile", "repro", "tui", "why"];

/// Options that upstream's client has not, in any command.
const OUR_OPTIONS: &[&str] = &["json", "jsonl", "at"];

/// Options that no case can show, or that only ours has, each with the reason.
const NOT_IN_A_CASE: &[(&str, &str, &str)] = &[
    ("", "keytab", "needs a Kerberos realm; the trouble tests have it"),
    ("", "debug-xmlrpc", "its output is each client's own"),
];

#[test]
fn every_option_is_in_a_case() {
    let words = words();
    let mut missing = Vec::new();
    for entry in koji::commands::table().filter(|e| !OURS.contains(&e.name)) {
        let Some(words) = words.get(entry.name) else {
            missing.push(format!("{}: no case", entry.name));
            continue;
        };
        for arg in entry.clap().get_arguments().filter(|a| !a.is_positional()) {
            let long = arg.get_long().unwrap_or_default();
            let excused = NOT_IN_A_CASE.iter().any(|(c, o, _)| *c == entry.name && *o == long);
            let ours = OUR_OPTIONS.contains(&long) || long == "help";
            if !ours && !excused && !words.iter().any(|w| is(arg, w)) {
                missing.push(format!("{} --{long}", entry.name));
            }
        }
    }
    assert!(missing.is_empty(), "add cases to tests/clidiff/cases:\n{}", missing.join("\n"));
}

#[test]
fn every_excuse_is_of_an_option_that_exists() {
    for (command, option, _) in NOT_IN_A_CASE {
        let clap = match koji::commands::find(command) {
            Some(entry) => entry.clap(),
            None => koji::cli::global_command(),
        };
        assert!(clap.get_arguments().any(|a| a.get_long() == Some(option)), "{command} --{option}");
    }
}

/// The words behind each command in all cases.
fn words() -> BTreeMap<&'static str, Vec<String>> {
    let global = koji::cli::global_command();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clidiff/cases");
    let mut words: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for file in std::fs::read_dir(&cases).unwrap() {
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let args = case["args"].as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned());
            let mut args = args.peekable();
            while let Some(option) = args.next_if(|w| w.starts_with('-')) {
                let takes =
                    |a: &Arg| is(a, &option) && matches!(a.get_action(), ArgAction::Set | ArgAction::Append);
                if !option.contains('=') && global.get_arguments().any(takes) {
                    args.next();
                }
            }
            if let Some(entry) = args.next().and_then(|name| koji::commands::find(&name)) {
                words.entry(entry.name).or_default().extend(args);
            }
        }
    }
    words
}

/// Whether a word of a command line is this option.
fn is(arg: &Arg, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(long) => {
            let long = long.split('=').next();
            arg.get_long_and_visible_aliases().unwrap_or_default().into_iter().map(Some).any(|l| l == long)
        }
        None => {
            let short = word.strip_prefix('-').and_then(|w| w.chars().next());
            short.is_some()
                && arg
                    .get_short_and_visible_aliases()
                    .unwrap_or_default()
                    .into_iter()
                    .map(Some)
                    .any(|s| s == short)
        }
    }
}
