//! Actions of the user's own, from `actions.toml`: a command line for a kind of thing.
//!
//! ```toml
//! [[action]]
//! name = "bugs"
//! help = "open bugs of the package"
//! on = ["package", "build"]
//! key = "ctrl-g"
//! run = "xdg-open https://bugs.example.org/?component={name}"
//! ```

use serde::Deserialize;

use super::quote;
use crate::effect::Effect;
use crate::place::Subject;

#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct OwnAction {
    pub name: String,
    #[serde(default)]
    pub help: String,
    /// Kinds of things: task, build, package, tag, target, host, channel, repo, user, rpm, buildroot, root, log.
    pub on: Vec<String>,
    /// As the keymap writes it.
    pub key: Option<String>,
    /// For the shell. `{name}` (a number where the thing has one), `{id}`, `{tag}` are filled in, quoted.
    pub run: String,
    #[serde(default)]
    pub confirm: bool,
    /// Runs without the terminal; its last line is the answer.
    #[serde(default)]
    pub background: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    action: Vec<OwnAction>,
}

/// The actions of a file. The error names what makes no sense.
pub fn parse(text: &str) -> Result<Vec<OwnAction>, String> {
    let file: File = toml::from_str(text).map_err(|e| format!("actions.toml: {}", e.message()))?;
    for action in &file.action {
        if let Some(kind) = action.on.iter().find(|k| !Subject::KINDS.contains(&k.as_str())) {
            let kinds = Subject::KINDS.join(", ");
            return Err(format!("actions.toml: {}: there is no kind {kind}; there are {kinds}", action.name));
        }
    }
    Ok(file.action)
}

impl OwnAction {
    pub fn fits(&self, subject: &Subject) -> bool {
        self.on.iter().any(|kind| kind == subject.kind())
    }

    /// The line for the shell. What comes from the hub cannot become a command.
    pub fn line(&self, subject: &Subject) -> String {
        let mut line = self.run.clone();
        for (field, value) in
            [("{name}", subject.name()), ("{id}", subject.id()), ("{tag}", subject.tag().unwrap_or_default())]
        {
            line = line.replace(field, &quote(&value));
        }
        line
    }

    pub fn effect(&self, subjects: &[Subject]) -> Effect {
        let shell = |s: &Subject| vec!["sh".to_owned(), "-c".to_owned(), self.line(s)];
        if self.background {
            let lines = subjects.iter().map(|s| (format!("{} {}", self.name, s.title()), shell(s)));
            return Effect::Programs(lines.collect());
        }
        let line: Vec<String> = subjects.iter().map(|s| self.line(s)).collect();
        Effect::Program(vec!["sh".to_owned(), "-c".to_owned(), line.join("\n")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_the_hub_is_quoted() {
        let text =
            "[[action]]\nname = \"x\"\non = [\"build\", \"package\"]\nrun = \"echo {name} {id} {tag}\"\n";
        let action = parse(text).unwrap().remove(0);
        let build = Subject::Build { id: 7, nvr: "a-1-1; rm -rf $HOME".into() };
        assert_eq!(action.line(&build), "echo 'a-1-1; rm -rf $HOME' 7 ''");
        let package = Subject::Package { name: "bash".into(), tag: Some("f45".into()) };
        assert_eq!(action.line(&package), "echo bash bash f45");
        assert!(action.fits(&package) && !action.fits(&Subject::Task(1)));
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = parse("[[action]]\nname = \"x\"\non = [\"moon\"]\nrun = \"\"\n").unwrap_err();
        assert!(
            wrong.starts_with("actions.toml: x: there is no kind moon; there are task, build"),
            "{wrong}"
        );
        assert!(parse("[[action]]\nname = \"x\"\nfoo = 1\n").unwrap_err().contains("foo"));
    }
}
