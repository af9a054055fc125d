//! What is built: a source rpm, a directory with a spec file, or sources in version control.

use std::path::{Path, PathBuf};

use koji_buildroot::SrpmRequest;
use koji_scm::{Layout, ScmError, ScmUrl, SourceRules, checkout};

use crate::context::Cx;
use crate::error::{CommandError, Result};

impl From<ScmError> for CommandError {
    fn from(e: ScmError) -> CommandError {
        let remedy = match &e {
            ScmError::Program { program, .. } => format!("install {program}"),
            _ => String::new(),
        };
        CommandError::new(e.to_string()).with_remedy(remedy)
    }
}

/// The source of a build.
pub enum Input {
    Srpm(PathBuf),
    Directory(PathBuf),
    Scm(ScmUrl),
}

impl Input {
    /// By its form. Errors on what is none of them.
    pub fn of(text: &str) -> Result<Input> {
        if ScmUrl::is_scm_url(text) {
            return Ok(Input::Scm(ScmUrl::parse(text, false)?));
        }
        let path = Path::new(text);
        if path.is_dir() {
            return Ok(Input::Directory(path.canonicalize()?));
        }
        if path.is_file() && text.ends_with(".src.rpm") {
            return Ok(Input::Srpm(path.canonicalize()?));
        }
        Err(CommandError::new(format!(
            "{text} is no source rpm, no directory with a spec file and no URL such as git+https://host/path#commit"
        )))
    }
}

/// How sources that are not in the repository are fetched.
pub struct Sources {
    /// `--source-command`; `None` leaves it to what is in the checkout.
    pub command: Option<String>,
    pub use_common: bool,
}

/// What a source rpm is made of; a checkout goes into `work`, its log beside it.
pub async fn request(cx: &Cx, input: &Input, sources: &Sources, work: &Path) -> Result<SrpmRequest> {
    let dir = match input {
        Input::Srpm(_) => return Err(CommandError::new("a source rpm needs no making")),
        Input::Directory(dir) => dir.clone(),
        Input::Scm(url) => {
            let rules = SourceRules { use_common: sources.use_common, source_command: None };
            checkout(url, &rules, work, &work.join("checkout.log")).await?.dir
        }
    };
    let layout = Layout::of(&dir, true)?;
    Ok(SrpmRequest {
        source_command: command(cx, sources, &dir),
        checkout: dir,
        spec: layout.spec,
        sources: layout.sources,
        target: Some("noarch".into()),
    })
}

/// Builders run `make sources` unless their configuration says otherwise, which only they know.
fn command(cx: &Cx, sources: &Sources, dir: &Path) -> Option<Vec<String>> {
    if let Some(text) = &sources.command {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        return (!words.is_empty()).then_some(words);
    }
    let makefile = std::fs::read_to_string(dir.join("Makefile")).unwrap_or_default();
    if has_sources_rule(&makefile) {
        return Some(vec!["make".into(), "sources".into()]);
    }
    if dir.join("sources").is_file() {
        cx.out.warn(
            "the checkout has a file `sources`: if files are missing, say how builders fetch them, such as --source-command 'fedpkg sources'",
        );
    }
    None
}

fn has_sources_rule(makefile: &str) -> bool {
    makefile.lines().any(|l| l.strip_prefix("sources").is_some_and(|rest| rest.trim_start().starts_with(':')))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_sources() {
        assert!(matches!(Input::of("git+https://h/p#main").unwrap(), Input::Scm(_)));
        assert!(matches!(Input::of("/usr").unwrap(), Input::Directory(_)));
        assert!(Input::of("/nonexistent.src.rpm").is_err());
        assert!(has_sources_rule("all:\nsources : x\n\tcurl y\n"));
        assert!(!has_sources_rule("SOURCES = x\n# sources: y\n"));
    }
}
