//! Filling a settings struct from a section, with messages that name file and line.

use crate::declare::{Assigned, Settings, nearest};
use crate::error::{ConfigError, Warning};
use crate::ini::{Entry, Ini, Section};

/// Whether `%(name)s` is replaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Interpolation {
    On,
    Off,
}

/// What to do with an option that the program does not know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unknown {
    Ignore,
    Warn,
    Fail,
}

/// Sets every option of `section`; `special` gets each first and answers true for those it deals with itself.
pub(crate) fn fill<S: Settings>(
    settings: &mut S,
    section: &Section,
    interpolation: Interpolation,
    unknown: Unknown,
    mut special: impl FnMut(&Entry, &str, &mut Vec<Warning>) -> Result<bool, ConfigError>,
) -> Result<Vec<Warning>, ConfigError> {
    let mut warnings = Vec::new();
    for entry in section.entries() {
        let text = match interpolation {
            Interpolation::On => section.interpolated(entry)?,
            Interpolation::Off => entry.text(),
        };
        if special(entry, &text, &mut warnings)? {
            continue;
        }
        match settings.assign(&entry.name, &text) {
            Assigned::Yes => {}
            Assigned::Invalid { expected } => return Err(bad_value(entry, expected, &text)),
            Assigned::Unknown => {
                let hint =
                    nearest::<S>(&entry.name).map(|n| format!(" (did you mean {n}?)")).unwrap_or_default();
                let option = entry.written.clone();
                match unknown {
                    Unknown::Ignore => {}
                    Unknown::Warn => warnings.push(Warning {
                        origin: entry.origin.clone(),
                        message: format!("unknown config option: {option}{hint}; it is ignored"),
                    }),
                    Unknown::Fail => {
                        return Err(ConfigError::UnknownOption {
                            origin: entry.origin.clone(),
                            option,
                            hint,
                        });
                    }
                }
            }
        }
    }
    Ok(warnings)
}

pub(crate) fn bad_value(entry: &Entry, expected: &str, found: &str) -> ConfigError {
    ConfigError::BadValue {
        origin: entry.origin.clone(),
        option: entry.written.clone(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

/// Refuses every section but `allowed`.
pub(crate) fn only_section(ini: &Ini, allowed: &'static str) -> Result<(), ConfigError> {
    match ini.sections().find(|s| s.name != allowed) {
        None => Ok(()),
        Some(s) => {
            Err(ConfigError::UnknownSection { origin: s.origin.clone(), section: s.name.clone(), allowed })
        }
    }
}
