//! What a check says.

use koji_xmlrpc::Value;

use crate::output::Output;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Fine,
    /// It works, but something is not as it should be.
    Warning,
    Failed,
    /// It could not be checked, or there was nothing to check.
    Skipped,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Fine => "ok",
            State::Warning => "warning",
            State::Failed => "failed",
            State::Skipped => "skipped",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone)]
pub struct Finding {
    pub check: &'static str,
    pub state: State,
    /// What was found; for a problem what is wrong and why.
    pub text: String,
    pub remedy: Option<String>,
}

impl Finding {
    pub fn fine(check: &'static str, text: impl Into<String>) -> Finding {
        Finding { check, state: State::Fine, text: text.into(), remedy: None }
    }

    pub fn warning(check: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { check, state: State::Warning, text: text.into(), remedy: Some(remedy.into()) }
    }

    pub fn failed(check: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { check, state: State::Failed, text: text.into(), remedy: Some(remedy.into()) }
    }

    pub fn skipped(check: &'static str, text: impl Into<String>) -> Finding {
        Finding { check, state: State::Skipped, text: text.into(), remedy: None }
    }

    pub fn print(&self, out: &Output) {
        out.line(format!("{:<8} {:<9} {}", self.state.name(), self.check, self.text));
        if let Some(remedy) = &self.remedy {
            out.line(format!("{:19}do: {remedy}", ""));
        }
    }

    pub fn data(&self) -> Value {
        Value::record([
            ("check", self.check.into()),
            ("state", self.state.name().into()),
            ("found", self.text.as_str().into()),
            ("remedy", self.remedy.as_deref().map_or(Value::Nil, Value::from)),
        ])
    }
}
