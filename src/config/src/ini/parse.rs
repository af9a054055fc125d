use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Entry, Ini, Origin, Section};

/// What is wrong with an INI file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IniError {
    #[error("{0}: an option stands before the first [section]")]
    NoSection(Origin),
    #[error("{origin}: neither a [section] nor an `option = value`: {text:?}")]
    Malformed { origin: Origin, text: String },
    #[error("{origin}: section [{name}] was already given in this file")]
    DuplicateSection { origin: Origin, name: String },
    #[error("{origin}: option {name:?} of section [{section}] was already given in this file")]
    DuplicateOption { origin: Origin, section: String, name: String },
    #[error(
        "{origin}: {option}: '%' must be followed by '%' or '(name)s', found {found:?}; write %% for a percent sign"
    )]
    BadInterpolation { origin: Origin, option: String, found: String },
    #[error("{origin}: {option}: %({name})s names an option that this section does not have")]
    UnknownReference { origin: Origin, option: String, name: String },
    #[error("{origin}: {option}: the %(name)s references go round in a circle or are nested too deeply")]
    TooDeep { origin: Origin, option: String },
}

const DEFAULT_SECTION: &str = "DEFAULT";

/// Where the lines of the file go at the moment.
enum Current {
    Nowhere,
    Defaults,
    Named(String),
}

pub(super) fn parse_into(ini: &mut Ini, file: &Path, text: &str) -> Result<(), IniError> {
    let file: Arc<PathBuf> = Arc::new(file.to_path_buf());
    let mut current = Current::Nowhere;
    // the option whose value may be continued
    let mut option: Option<String> = None;
    let mut indent_of_option = 0;
    let mut seen: HashSet<(String, Option<String>)> = HashSet::new();

    // a byte order mark is what some editors put first; it is no part of the first section's name
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in lines(text).enumerate() {
        let number = index + 1;
        let origin = || Origin { file: Arc::clone(&file), line: number };
        let value = strip(line);
        if value.starts_with(['#', ';']) {
            continue;
        }
        if value.is_empty() {
            if let Some(entry) = option.as_ref().and_then(|name| entry_mut(ini, &current, name)) {
                entry.lines.push((number, String::new()));
            }
            continue;
        }
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if indent > indent_of_option
            && let Some(entry) = option.as_ref().and_then(|name| entry_mut(ini, &current, name))
        {
            entry.lines.push((number, value.to_owned()));
            continue;
        }
        indent_of_option = indent;

        if let Some(name) = header(value) {
            option = None;
            if name == DEFAULT_SECTION {
                current = Current::Defaults;
                continue;
            }
            if !seen.insert((name.to_owned(), None)) {
                return Err(IniError::DuplicateSection { origin: origin(), name: name.to_owned() });
            }
            ini.sections.entry(name.to_owned()).or_insert_with(|| Section {
                name: name.to_owned(),
                origin: origin(),
                entries: Default::default(),
            });
            current = Current::Named(name.to_owned());
            continue;
        }

        let (section_name, entries) = match &current {
            Current::Nowhere => return Err(IniError::NoSection(origin())),
            Current::Defaults => (DEFAULT_SECTION, &mut ini.defaults),
            Current::Named(name) => match ini.sections.get_mut(name) {
                Some(section) => (name.as_str(), &mut section.entries),
                None => return Err(IniError::NoSection(origin())),
            },
        };
        let Some((written, first)) = split_option(value) else {
            return Err(IniError::Malformed { origin: origin(), text: value.to_owned() });
        };
        let name = written.to_lowercase();
        if !seen.insert((section_name.to_owned(), Some(name.clone()))) {
            return Err(IniError::DuplicateOption {
                origin: origin(),
                section: section_name.to_owned(),
                name,
            });
        }
        entries.insert(
            name.clone(),
            Entry {
                name: name.clone(),
                written: written.to_owned(),
                origin: origin(),
                lines: vec![(number, first.to_owned())],
            },
        );
        option = Some(name);
    }
    Ok(())
}

fn entry_mut<'a>(ini: &'a mut Ini, current: &Current, name: &str) -> Option<&'a mut Entry> {
    match current {
        Current::Nowhere => None,
        Current::Defaults => ini.defaults.get_mut(name),
        Current::Named(section) => ini.sections.get_mut(section)?.entries.get_mut(name),
    }
}

/// The name in `[name]`. Like Python's `\[.+\]` it reaches to the last bracket and ignores what follows.
fn header(value: &str) -> Option<&str> {
    let rest = value.strip_prefix('[')?;
    // the first character belongs to the name even when it is a bracket itself
    let first = rest.chars().next()?.len_utf8();
    let end = rest.get(first..)?.rfind(']')? + first;
    rest.get(..end)
}

/// `option = value` or `option: value`, split at the first separator; `None` without one or without a name.
fn split_option(value: &str) -> Option<(&str, &str)> {
    let (name, rest) = value.split_once(['=', ':'])?;
    let name = strip_end(name);
    (!name.is_empty()).then(|| (name, strip(rest)))
}

/// Lines as Python's text files give them: ended by `\n`, `\r\n` or `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.filter(|t| !t.is_empty())?;
        match text.find(['\n', '\r']) {
            None => {
                rest = None;
                Some(text)
            }
            Some(at) => {
                let (line, tail) = text.split_at(at);
                rest = tail.strip_prefix("\r\n").or_else(|| tail.get(1..));
                Some(line)
            }
        }
    })
}

/// White space in Python's sense: Unicode's, and the four ASCII information separators.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

pub(super) fn strip_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}
