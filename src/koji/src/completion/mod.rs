//! What the shells offer at a TAB: commands, options, and values from a local cache.
//!
//! The scripts in `completions/` only pass on what is typed; everything is decided here, so that all shells offer the same. A
//! TAB never asks the hub: values come from files ([`cache`]) that a detached process of its own renews ([`refresh`]).

pub mod cache;
mod line;
mod offers;
mod refresh;
pub mod scripts;
mod values;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// First argument of the calls that the scripts make.
pub const WORD: &str = "__complete";
/// First argument of the process that renews the cache.
const REFRESH: &str = "__refresh";

/// One thing to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub value: String,
    pub about: String,
}

/// What to offer.
#[derive(Debug, PartialEq, Eq)]
pub enum Offers {
    Words(Vec<Offer>),
    /// The shell knows files better.
    Files,
}

/// Handles the calls of scripts and of itself; `None` for an ordinary command line.
pub fn main(argv: &[OsString]) -> Option<ExitCode> {
    let arguments: Vec<String> = argv.iter().skip(2).map(|a| a.to_string_lossy().into_owned()).collect();
    match argv.get(1)?.to_str()? {
        WORD => {
            answer(&arguments);
            Some(ExitCode::SUCCESS)
        }
        REFRESH => Some(refresh::main(&arguments)),
        _ => None,
    }
}

/// `bash LINE WORD`: the line up to the cursor, and what bash takes for the present word. `zsh|fish WORD...`: the words up to
/// the cursor, the last one being the present one, which may be empty.
fn answer(arguments: &[String]) {
    let Some((shell, rest)) = arguments.split_first() else { return };
    let (words, cut) = match (shell.as_str(), rest) {
        ("bash", [line, word]) => {
            let words = line::split(line);
            let cut = words.last().map_or(0, |full| line::replaced_from(full, word));
            (words, cut)
        }
        _ => (rest.to_vec(), 0),
    };
    let offers = offers::at(&words);
    let text = match offers {
        Offers::Files => "!files\n".to_owned(),
        Offers::Words(list) => list.iter().map(|offer| shown(shell, offer, cut)).collect(),
    };
    // a shell that is gone wants no answer
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// One line of the answer. Bash has no place for explanations; `cut` characters stand before what it replaces.
fn shown(shell: &str, offer: &Offer, cut: usize) -> String {
    let value: String = offer.value.chars().skip(cut).collect();
    match shell {
        "bash" => format!("{value}\n"),
        _ => format!("{value}\t{}\n", offer.about),
    }
}
