//! Running a policy.

use std::future::Future;
use std::pin::Pin;

use koji_xmlrpc::Struct;

use crate::explain::{Evaluation, Outcome, Step};
use crate::generic;
use crate::policies::Policies;
use crate::rules::{Action, Rule, RuleSet, TestCall};

/// Why a policy could not be evaluated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EvalError {
    #[error("no such policy: {0}")]
    NoSuchPolicy(String),
    #[error("encountered policy loop at {0}")]
    Loop(String),
    #[error("policy test compare: the field {field} is no number")]
    NotANumber { field: String },
}

/// What a policy is evaluated against: the data of the request, and the tests that need more than that.
pub trait PolicyContext: Send {
    type Error: From<EvalError> + Send;

    /// The policy data: user_id, tag, build, operation, ...
    fn data(&self) -> &Struct;

    /// The result of a test that is not generic. A leading `!` is dealt with by the caller. Only names that were
    /// given to the parser are asked for.
    fn test(&mut self, call: &TestCall) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

impl Policies {
    /// Runs policy `name`; `None` when there is no such policy.
    pub async fn evaluate<C: PolicyContext>(
        &self,
        name: &str,
        cx: &mut C,
    ) -> Result<Option<Evaluation>, C::Error> {
        let Some(rules) = self.get(name) else { return Ok(None) };
        let mut run = Run { policies: self, cx, steps: Vec::new(), callers: Vec::new(), depth: 0 };
        let outcome = run.policy(rules).await?;
        Ok(Some(Evaluation { policy: name.to_owned(), outcome, steps: run.steps }))
    }
}

struct Run<'a, C> {
    policies: &'a Policies,
    cx: &'a mut C,
    steps: Vec<Step>,
    /// The `policy NAME` tests that are being answered: rule set and test.
    callers: Vec<(String, usize)>,
    depth: usize,
}

/// How a level of rules ended.
enum Flow {
    /// No rule decided: go on after the block.
    On,
    /// The surrounding level ends as well, and this many more.
    Break(i64),
    Stop,
    Done(Outcome),
}

/// One run of one rule set; flags live as long.
struct Frame<'a> {
    rules: &'a RuleSet,
    flags: Vec<String>,
}

type Boxed<'f, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'f>>;

impl<C: PolicyContext> Run<'_, C> {
    fn policy<'f>(&'f mut self, rules: &'f RuleSet) -> Boxed<'f, Option<Outcome>, C::Error> {
        Box::pin(async move {
            let mut frame = Frame { rules, flags: Vec::new() };
            match self.level(&mut frame, &rules.rules, &mut Vec::new()).await? {
                Flow::Done(outcome) => Ok(Some(outcome)),
                Flow::On | Flow::Break(_) | Flow::Stop => Ok(None),
            }
        })
    }

    /// `trace`: the conditions of the rules around this level.
    fn level<'f>(
        &'f mut self,
        frame: &'f mut Frame<'_>,
        rules: &'f [Rule],
        trace: &'f mut Vec<String>,
    ) -> Boxed<'f, Flow, C::Error> {
        Box::pin(async move {
            let nested = !trace.is_empty();
            for rule in rules {
                if !self.fires(frame, rule).await? {
                    continue;
                }
                match &rule.action {
                    Action::Result(text) => {
                        trace.push(rule.condition());
                        return Ok(Flow::Done(Outcome {
                            action: text.clone(),
                            trace: std::mem::take(trace),
                        }));
                    }
                    Action::Flag(name) => frame.flags.push(name.clone()),
                    Action::Stop => return Ok(Flow::Stop),
                    Action::Break(depth) if *depth > 1 && nested => return Ok(Flow::Break(depth - 1)),
                    Action::Break(_) => return Ok(Flow::On),
                    Action::Block(inner) => {
                        trace.push(rule.condition());
                        self.depth += 1;
                        let flow = self.level(frame, inner, trace).await?;
                        self.depth -= 1;
                        match flow {
                            Flow::On => {}
                            Flow::Break(depth) if depth > 1 && nested => return Ok(Flow::Break(depth - 1)),
                            Flow::Break(_) => return Ok(Flow::On),
                            ended => return Ok(ended),
                        }
                        trace.pop();
                    }
                }
            }
            Ok(Flow::On)
        })
    }

    async fn fires(&mut self, frame: &Frame<'_>, rule: &Rule) -> Result<bool, C::Error> {
        let at = self.steps.len();
        self.steps.push(Step::new(self.depth, rule));
        let mut all = true;
        for test in &rule.tests {
            let holds = self.test(frame, test).await? != test.negate;
            if let Some(step) = self.steps.get_mut(at) {
                step.tests.push((test.text.trim().to_owned(), holds));
            }
            if !holds {
                all = false;
                break;
            }
        }
        let fires = all != rule.negate;
        if let Some(step) = self.steps.get_mut(at) {
            step.fired = fires;
        }
        Ok(fires)
    }

    async fn test(&mut self, frame: &Frame<'_>, test: &TestCall) -> Result<bool, C::Error> {
        if let Some(result) = generic::run(&test.name, &test.args, self.cx.data()) {
            return Ok(result?);
        }
        let first = test.args.first().map(String::as_str).unwrap_or_default();
        match test.name.as_str() {
            "flagged" => Ok(frame.flags.iter().any(|f| f == first)),
            "policy" => self.other_policy(frame, test, first).await,
            _ => self.cx.test(test).await,
        }
    }

    /// `policy NAME`: whether that policy ends in yes, true or allow.
    async fn other_policy(
        &mut self,
        frame: &Frame<'_>,
        test: &TestCall,
        name: &str,
    ) -> Result<bool, C::Error> {
        let caller = (frame.rules.name.clone(), test.id);
        if self.callers.contains(&caller) {
            return Err(EvalError::Loop(test.text.trim().to_owned()).into());
        }
        let policies = self.policies;
        let rules = policies.get(name).ok_or_else(|| EvalError::NoSuchPolicy(name.to_owned()))?;
        self.callers.push(caller);
        self.depth += 1;
        let outcome = self.policy(rules).await?;
        self.depth -= 1;
        self.callers.pop();
        Ok(outcome.is_some_and(|o| matches!(o.action.to_lowercase().as_str(), "yes" | "true" | "allow")))
    }
}
