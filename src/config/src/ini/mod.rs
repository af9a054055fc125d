//! The INI dialect of Python's configparser, with the place of every value.
//!
//! Semantics are those of `configparser.ConfigParser()` with its default arguments: `=` and `:` separate, `#`
//! and `;` start a comment only at the start of a line, deeper indented lines continue a value, option names
//! are case-insensitive, a repeated option or section in one file is an error while a later file overrides an
//! earlier one, `[DEFAULT]` gives every section its values.

mod interpolate;
mod parse;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

pub use parse::IniError;

/// A file and a line in it, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub file: Arc<PathBuf>,
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// One option's value as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The option's name in lower case, which is how it is looked up.
    pub name: String,
    /// The name as written, for messages.
    pub written: String,
    /// Where the option starts.
    pub origin: Origin,
    /// Every line of the value, stripped, with its line number. Comment lines inside the value are gone.
    pub lines: Vec<(usize, String)>,
}

impl Entry {
    /// The value as configparser gives it: lines joined by newlines, trailing white space removed.
    pub fn text(&self) -> String {
        let joined = self.lines.iter().map(|(_, l)| l.as_str()).collect::<Vec<_>>().join("\n");
        parse::strip_end(&joined).to_owned()
    }
}

/// One section; [`Ini::section`] adds the values of `[DEFAULT]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub name: String,
    pub origin: Origin,
    entries: IndexMap<String, Entry>,
}

impl Section {
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The option `name`, whatever its case.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(&name.to_lowercase())
    }

    /// The value of `name` with `%(other)s` replaced, as `ConfigParser.get` gives it.
    pub fn interpolated(&self, entry: &Entry) -> Result<String, IniError> {
        interpolate::interpolate(self, entry)
    }
}

/// The merged content of one or more files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ini {
    defaults: IndexMap<String, Entry>,
    sections: IndexMap<String, Section>,
}

impl Ini {
    /// Adds one file's text; its values override earlier ones.
    pub fn add(&mut self, file: &Path, text: &str) -> Result<(), IniError> {
        parse::parse_into(self, file, text)
    }

    /// Parses a single text; `file` is only used in messages.
    pub fn from_text(file: &Path, text: &str) -> Result<Ini, IniError> {
        let mut ini = Ini::default();
        ini.add(file, text)?;
        Ok(ini)
    }

    /// The sections in the order of their first appearance, without `[DEFAULT]`.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.values()
    }

    /// Section `name` (case matters) with the values of `[DEFAULT]` where it has none of its own.
    pub fn section(&self, name: &str) -> Option<Section> {
        let own = self.sections.get(name)?;
        let mut section = own.clone();
        for (key, entry) in &self.defaults {
            section.entries.entry(key.clone()).or_insert_with(|| entry.clone());
        }
        Some(section)
    }
}

#[cfg(test)]
mod tests;
