use std::path::Path;

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Ini, IniError> {
    Ini::from_text(Path::new("x.conf"), text)
}

fn value(ini: &Ini, section: &str, option: &str) -> Option<String> {
    Some(ini.section(section)?.get(option)?.text())
}

#[test]
fn values_continue_while_indented_and_comments_vanish() {
    let text =
        "[policy]\ntag =\n    # who may\n    has_perm admin :: allow\n\n    all :: deny # kept\nother: 1\n";
    let ini = parse(text).unwrap();
    let policy = ini.section("policy").unwrap();
    let tag = policy.get("TAG").unwrap();
    assert_eq!(
        tag.lines,
        [
            (2, "".into()),
            (4, "has_perm admin :: allow".into()),
            (5, "".into()),
            (6, "all :: deny # kept".into())
        ]
    );
    assert_eq!(value(&ini, "policy", "other").as_deref(), Some("1"));
    assert_eq!(policy.get("other").unwrap().origin.to_string(), "x.conf:7");
}

#[test]
fn later_files_override_and_defaults_fill() {
    let mut ini = parse("[DEFAULT]\na = 0\nb = 0\n[s]\nb = 1\n").unwrap();
    ini.add(Path::new("y.conf"), "[s]\nB = 2\n").unwrap();
    assert_eq!(value(&ini, "s", "a").as_deref(), Some("0"));
    assert_eq!(value(&ini, "s", "b").as_deref(), Some("2"));
    assert_eq!(ini.section("s").unwrap().get("b").unwrap().origin.to_string(), "y.conf:2");
}

#[test]
fn mistakes_name_their_line() {
    let message = |text: &str| parse(text).unwrap_err().to_string();
    assert_eq!(message("a = 1\n"), "x.conf:1: an option stands before the first [section]");
    assert_eq!(
        message("[s]\nnothing\n"),
        "x.conf:2: neither a [section] nor an `option = value`: \"nothing\""
    );
    assert_eq!(message("[s]\n[s]\n"), "x.conf:2: section [s] was already given in this file");
    assert_eq!(
        message("[s]\na=1\nA=2\n"),
        "x.conf:3: option \"a\" of section [s] was already given in this file"
    );
}

#[test]
fn interpolation_is_pythons() {
    let get = |text: &str| {
        let ini = parse(text).unwrap();
        let section = ini.section("s").unwrap();
        section.interpolated(section.get("v").unwrap()).map_err(|e| e.to_string())
    };
    assert_eq!(get("[s]\nhost = hub\nv = http://%(HOST)s/x%%20\n").unwrap(), "http://hub/x%20");
    assert_eq!(get("[s]\na = %(b)s!\nb = x\nv = %(a)s\n").unwrap(), "x!");
    assert!(get("[s]\nv = 100%\n").unwrap_err().contains("write %% for a percent sign"));
    assert!(get("[s]\nv = %(nope)s\n").unwrap_err().contains("%(nope)s names an option"));
    assert!(get("[s]\nv = %(v)s\n").unwrap_err().contains("in a circle"));
}

/// Text in which the parser's decisions are dense: brackets, separators, comments, indentation, line ends.
fn dense() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ab]{1,2}",
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("[s]".to_owned()),
        Just("[DEFAULT]".to_owned()),
        Just("=".to_owned()),
        Just(":".to_owned()),
        Just(" ".to_owned()),
        Just("\t".to_owned()),
        Just("#".to_owned()),
        Just(";".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n  ".to_owned()),
        Just("\u{1d}".to_owned()),
        Just("Ä".to_owned()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_parses_or_fails_with_a_line(text in "\\PC*|[\\[\\]=:#; \\n\\ra%()s]{0,200}") {
        match parse(&text) {
            Ok(ini) => for section in ini.sections() {
                let full = ini.section(&section.name).unwrap();
                for entry in full.entries() {
                    let _ = full.interpolated(entry);
                    prop_assert!(entry.origin.line >= 1);
                }
            },
            Err(e) => prop_assert!(e.to_string().starts_with("x.conf:")),
        }
    }

    #[test]
    fn what_is_written_is_read_back(options in prop::collection::btree_map("[a-z_]{1,8}", "[!-~]([ -~]{0,20}[!-~])?", 0..8)) {
        let text: String = options.iter().map(|(k, v)| format!("{k} = {v}\n")).collect();
        let ini = parse(&format!("[s]\n{text}")).unwrap();
        let section = ini.section("s").unwrap();
        for (name, wanted) in &options {
            prop_assert_eq!(&section.get(name).unwrap().text(), wanted);
        }
        prop_assert_eq!(section.entries().count(), options.len());
    }
}

/// Python's own configparser is the reference: same values, and an error exactly where it has one.
#[test]
fn agrees_with_pythons_configparser() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> = (0..3000)
        .map(|_| dense().new_tree(&mut runner).unwrap().current())
        .map(|t| format!("[s]\na = 1\n{t}"))
        .collect();

    let script = "import configparser, io, json, sys
out = []
for text in json.load(sys.stdin):
    cp = configparser.RawConfigParser()
    try:
        cp.read_file(io.StringIO(text, newline=None))
        out.append({s: dict(cp.items(s)) for s in cp.sections()})
    except configparser.Error:
        out.append(None)
json.dump(out, sys.stdout)";
    let input = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(input.path(), serde_json::to_vec(&texts).unwrap()).unwrap();
    let output = std::process::Command::new("/usr/bin/python3")
        .args(["-c", script])
        .stdin(std::fs::File::open(input.path()).unwrap())
        .output()
        .expect("python3 is installed by `make setup`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();

    let mut read = 0;
    for (text, python) in texts.iter().zip(answers) {
        let ours = parse(text).ok().map(|ini| {
            let section = |s: &Section| {
                let full = ini.section(&s.name).unwrap();
                full.entries()
                    .map(|e| (e.name.clone(), e.text()))
                    .collect::<std::collections::BTreeMap<_, _>>()
            };
            ini.sections().map(|s| (s.name.clone(), section(s))).collect::<std::collections::BTreeMap<_, _>>()
        });
        assert_eq!(serde_json::to_value(&ours).unwrap(), python, "{text:?}");
        read += usize::from(ours.is_some());
    }
    assert!(read > 300, "only {read} of the texts were valid: the generator no longer tests much");
}
