//! `docs/json.md` and a JSON schema for each command with `--json`, from the declared shapes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use koji::json::record::{Field, Presence};
use koji::json::shapes::{Form, SHAPES, Shape};

use crate::generated::File;

const HEAD: &str = "\
# What `--json` prints

Commands that print data have the option `--json`. Those that print lists write an array, an element for each record, and \
have `--jsonl` too: a JSON object a line, each written as soon as it is known. The others write one object. Nothing else is \
on standard output then; messages are on standard error as ever. The text output is not changed by any of this.

Members come from the hub, with its names; a hub may have more of them than are listed here. What is listed is there, unless it is \
called optional (it may be missing or null) or may be null. `docs/json/COMMAND.json` is the JSON schema of each command's output.

`koji call METHOD --json` is another thing: it takes and prints JSON for any method of the hub.

## Exit statuses

| status | meaning |
|---|---|
| 0 | done; of watched tasks: all of them succeeded |
| 1 | not done: the hub refused or could not be reached, something does not exist, a watched task failed or was canceled, or the \
command was interrupted. What was found is printed all the same |
| 2 | the command line makes no sense: an unknown option, a missing argument, a name that does not exist |
| 141 | whoever read standard output went away |

";

pub fn files() -> Result<Vec<File>> {
    let mut files = vec![File { path: "docs/json.md".into(), content: page().into_bytes() }];
    for shape in SHAPES {
        let mut content = serde_json::to_vec_pretty(&shape.schema())?;
        content.push(b'\n');
        files.push(File { path: format!("docs/json/{}.json", shape.command).into(), content });
    }
    Ok(files)
}

/// Commands with the same record share a section.
fn page() -> String {
    let mut sections: BTreeMap<String, Vec<&Shape>> = BTreeMap::new();
    for shape in SHAPES {
        sections.entry(table(shape)).or_default().push(shape);
    }
    let mut sections: Vec<(String, Vec<&Shape>)> = sections.into_iter().collect();
    sections.sort_by_key(|(_, shapes)| shapes.first().map(|s| s.command));
    let mut text = HEAD.to_owned();
    text.push_str("## Commands\n");
    for (table, shapes) in sections {
        let names: Vec<&str> = shapes.iter().map(|s| s.command).collect();
        let _ = write!(text, "\n### {}\n\n{table}", names.join(", "));
    }
    text
}

fn table(shape: &Shape) -> String {
    let form = match shape.form {
        Form::One => "One object",
        Form::Many => "A list",
    };
    let mut text = format!("{form}: {}.\n\n| member | type | |\n|---|---|---|\n", shape.record.about);
    for field in shape.record.fields {
        let _ = writeln!(
            text,
            "| `{}` | {}{} | {} |",
            field.name,
            field.kind.word(),
            presence(field),
            field.about
        );
    }
    text
}

fn presence(field: &Field) -> &'static str {
    match field.presence {
        Presence::Always => "",
        Presence::Nullable => " or null",
        Presence::Sometimes => ", optional",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_table_and_its_schema() {
        let files = files().unwrap();
        let page = String::from_utf8(files[0].content.clone()).unwrap();
        for shape in SHAPES {
            assert!(page.contains(shape.command), "{}", shape.command);
            for field in shape.record.fields {
                assert!(page.contains(&format!("| `{}` |", field.name)), "{}.{}", shape.command, field.name);
            }
        }
        assert_eq!(files.len(), SHAPES.len() + 1);
    }
}
