//! Asking the hub's policies: section `[policy]` of hub.conf over the defaults.
//!
//! The language is `koji-policy`'s; here are the tests that need the database ([`TESTS`]), the verdict with `force`, and
//! the data that a task's arguments give.

mod builds;
mod facts;
mod task_data;

use koji_api::Fault;
use koji_config::HubConfig;
use koji_db::users;
use koji_policy::{EvalError, Evaluation, ParseError, Policies, RuleSet, Verdict};
use koji_xmlrpc::Struct;

use crate::context::Cx;
use crate::fault::{Failure, Outcome};

pub use facts::TESTS;
pub use task_data::from_task_args;

use facts::Facts;

impl From<EvalError> for Failure {
    fn from(e: EvalError) -> Failure {
        Failure::Fault(Fault::generic(e.to_string()))
    }
}

/// The default policies, and the configured ones in their place.
pub fn load(config: &HubConfig) -> Result<Policies, ParseError> {
    let mut policies = Policies::defaults(TESTS)?;
    for policy in config.policies.values() {
        let lines = policy.lines.iter().map(|(origin, line)| (origin.to_string(), line.as_str()));
        policies.insert(RuleSet::parse(&policy.name, lines, TESTS)?);
    }
    Ok(policies)
}

/// The policy's way through its rules; `None` when there is no such policy. An empty one is none.
async fn run(cx: &mut Cx, name: &str, data: Struct) -> Outcome<Option<Evaluation>> {
    let hub = std::sync::Arc::clone(&cx.hub);
    if hub.policies.get(name).is_none_or(|rules| rules.rules.is_empty()) {
        return Ok(None);
    }
    let evaluation = hub.policies.evaluate(name, &mut Facts::new(cx, data)).await?;
    if let Some(e) = &evaluation {
        tracing::debug!(target: "koji_policy", policy = name, "{e}");
    }
    Ok(evaluation)
}

/// The action of the rule that decides, as text; `None` when no rule does. A policy that does not exist is a fault.
pub async fn eval(cx: &mut Cx, name: &str, data: Struct) -> Outcome<Option<String>> {
    match run(cx, name, data).await? {
        Some(evaluation) => Ok(evaluation.action().map(str::to_owned)),
        None => Err(Fault::generic(format!("no such policy: {name}")).into()),
    }
}

/// A question to a policy whose actions are `allow` and `deny`.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub policy: &'a str,
    /// What counts when no rule decides.
    pub default: &'a str,
    /// Turns a denial into permission for admins.
    pub force: bool,
}

impl<'a> Question<'a> {
    /// Denied unless a rule allows it.
    pub fn new(policy: &'a str) -> Question<'a> {
        Question { policy, default: "deny", force: false }
    }

    pub fn force(self, force: bool) -> Question<'a> {
        Question { force, ..self }
    }

    pub fn default(self, default: &'a str) -> Question<'a> {
        Question { default, ..self }
    }
}

/// Whether the policy allows it, and why.
pub async fn check(cx: &mut Cx, question: Question<'_>, data: Struct) -> Outcome<Verdict> {
    let name = question.policy;
    let user = match question.force {
        true => Facts::new(cx, data.clone()).user().await?,
        false => None,
    };
    let verdict = match run(cx, name, data).await? {
        Some(evaluation) => evaluation.verdict(question.default),
        None => Verdict::missing(cx.hub.settings().missing_policy_ok),
    };
    if verdict.invalid {
        tracing::error!(policy = name, rule = verdict.rule, "invalid action in policy");
    }
    if verdict.allowed {
        return Ok(verdict);
    }
    if let Some(user) = user
        && users::has_perm(&mut cx.tx, user.id, "admin").await?
    {
        tracing::info!(
            policy = name,
            user = user.name,
            reason = verdict.reason,
            "policy overridden by force"
        );
        return Ok(Verdict { allowed: true, reason: "overriden by force".into(), ..verdict });
    }
    Ok(verdict)
}

/// A fault unless the policy allows it.
pub async fn require(cx: &mut Cx, question: Question<'_>, data: Struct) -> Outcome<()> {
    let verdict = check(cx, question, data).await?;
    if verdict.allowed {
        return Ok(());
    }
    let settings = cx.hub.settings();
    let verbose = settings.koji_debug || settings.verbose_policy;
    Err(Fault::not_allowed(verdict.violation(question.policy, verbose)).into())
}
