//! Allow or deny, with a reason.

use crate::explain::Evaluation;

/// What a policy that guards an action says.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub allowed: bool,
    pub reason: String,
    /// The deciding rule in one line; empty when the policy does not exist.
    pub rule: String,
    /// The policy ended in a word that is neither allow nor deny, which administrators should hear about.
    pub invalid: bool,
}

impl Verdict {
    /// When there is no policy of that name: MissingPolicyOk decides.
    pub fn missing(missing_policy_ok: bool) -> Verdict {
        Verdict {
            allowed: missing_policy_ok,
            reason: "missing policy".to_owned(),
            rule: String::new(),
            invalid: false,
        }
    }

    /// The text of the fault for a denied action; `verbose` names the rule.
    pub fn violation(&self, policy: &str, verbose: bool) -> String {
        let mut text = format!("policy violation ({policy})");
        if !self.reason.is_empty() {
            text.push_str(&format!(": {}", self.reason));
        }
        if verbose {
            text.push_str(&format!(" [rule: {}]", self.rule));
        }
        text
    }
}

impl Evaluation {
    /// The verdict; `default` is the word that counts when no rule decided, usually `deny`.
    pub fn verdict(&self, default: &str) -> Verdict {
        let (word, reason) = match self.action() {
            None => (default.to_owned(), "not covered by policy".to_owned()),
            Some(action) => {
                let (word, rest) = action.split_once(char::is_whitespace).unwrap_or((action, ""));
                (word.to_lowercase(), rest.trim_start().to_owned())
            }
        };
        let invalid = word != "allow" && word != "deny";
        Verdict {
            allowed: word == "allow",
            reason: if invalid { "error in policy".to_owned() } else { reason },
            rule: self.last_rule(),
            invalid,
        }
    }
}
