//! Many calls in one request: one transaction, a savepoint for each, failures in their place.

use futures::future::BoxFuture;
use koji_api::Fault;
use koji_api::types::repr;
use koji_db::{DbError, Mode};
use koji_xmlrpc::{Struct, Value, split_kwargs};

use super::{Target, run as run_method, target};
use crate::audit::{self, Note};
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::methods::Entry;

/// Runs the calls in order. The answer has for each a list of one value, or a struct that describes the fault.
///
/// Reading calls need no savepoints as long as none makes the database fail, which nearly none does; when one does,
/// all are made again with savepoints.
pub(super) async fn run(cx: &mut Cx, params: &[Value]) -> Outcome<Value> {
    if cx.tx.mode() == Mode::Read {
        match calls(cx, params, false).await {
            Err(Failure::Db(e)) if !matches!(e, DbError::Unavailable(_)) => {
                let again = cx.hub.db.begin(Mode::Read);
                std::mem::replace(&mut cx.tx, again).rollback().await?;
            }
            outcome => return outcome,
        }
    }
    calls(cx, params, true).await
}

fn calls<'a>(cx: &'a mut Cx, params: &'a [Value], savepoints: bool) -> BoxFuture<'a, Outcome<Value>> {
    Box::pin(async move {
        let (mut args, kwargs) = split_kwargs(params.to_vec());
        let name = "ModXMLRPCRequestHandler.multiCall()";
        if let Some(key) = kwargs.keys().next() {
            let text = format!("{name} got an unexpected keyword argument '{key}'");
            return Err(Fault::parameter(text).into());
        }
        if args.len() > 1 {
            let text = format!("{name} takes 2 positional arguments but {} were given", args.len() + 1);
            return Err(Fault::parameter(text).into());
        }
        let Some(calls) = args.pop() else {
            return Err(
                Fault::parameter(format!("{name} missing 1 required positional argument: 'calls'")).into()
            );
        };
        let calls = match calls {
            Value::Array(calls) => calls,
            // Python goes through the letters of a string, and none of them is a call
            Value::Str(s) => s.chars().map(|c| Value::Str(c.to_string())).collect(),
            other => {
                let class = class_name(&other);
                return Err(Fault::internal(format!(
                    "<class 'TypeError'>: '{class}' object is not iterable"
                ))
                .into());
            }
        };
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            if savepoints {
                cx.tx.savepoint().await?;
            }
            let outer = std::mem::replace(&mut cx.nested, true);
            let outcome = one(cx, call, savepoints).await;
            cx.nested = outer;
            match outcome {
                Ok(value) => {
                    if savepoints {
                        cx.tx.release().await?;
                    }
                    results.push(Value::Array(vec![value]));
                }
                // the whole request is made again
                Err((failure @ Failure::Db(DbError::Conflict(_) | DbError::Unavailable(_)), _)) => {
                    return Err(failure);
                }
                Err((failure @ Failure::Db(_), _)) if !savepoints => return Err(failure),
                Err((failure, note)) => {
                    let fault = failure.into_fault();
                    if savepoints {
                        cx.tx.rollback_to().await?;
                    }
                    if let Some(note) = note {
                        audit::refused_within(&mut cx.tx, cx.session.as_ref(), &cx.origin, &note, &fault)
                            .await?;
                    }
                    results.push(described(&fault));
                }
            }
            cx.tx.reset_event();
        }
        Ok(Value::Array(results))
    })
}

/// Whether one of the answers is a fault.
pub(super) fn has_faults(answers: &Value) -> bool {
    answers.as_array().unwrap_or_default().iter().any(|answer| answer.as_array().is_none())
}

type Failed = (Failure, Option<Note>);

async fn one(cx: &mut Cx, call: Value, savepoints: bool) -> Result<Value, Failed> {
    let plain = |fault: Fault| (Failure::from(fault), None);
    let (name, params) = parts(call).map_err(plain)?;
    match target(&cx.hub, &name).map_err(plain)? {
        Target::Many => calls(cx, &params, savepoints).await.map_err(|f| (f, None)),
        Target::One(entry) => {
            let (args, kwargs) = split_kwargs(params);
            noted(cx, entry, args, kwargs).await
        }
    }
}

async fn noted(
    cx: &mut Cx,
    entry: &'static Entry,
    args: Vec<Value>,
    kwargs: Struct,
) -> Result<Value, Failed> {
    let note = (entry.mode == Mode::Write).then(|| Note::new(entry.decl.name, &args, &kwargs));
    let done = async {
        let reply = run_method(cx, entry, args, kwargs).await?;
        let value = reply.into_value(&mut cx.tx).await?;
        if let Some(note) = &note
            && cx.tx.has_written().await?
        {
            audit::changed(&mut cx.tx, cx.session.as_ref(), &cx.origin, note).await?;
        }
        Ok(value)
    };
    let outcome: Outcome<Value> = done.await;
    outcome.map_err(|failure| (failure, note))
}

/// `methodName` and `params` of an entry; what is wrong with it is said in Python's words, as upstream does.
fn parts(call: Value) -> Result<(String, Vec<Value>), Fault> {
    let mut call = match call {
        Value::Struct(call) => call,
        Value::Str(_) => return Err(Fault::internal("string indices must be integers, not 'str'")),
        Value::Array(_) => return Err(Fault::internal("list indices must be integers or slices, not str")),
        other => {
            let class = class_name(&other);
            return Err(Fault::internal(format!("'{class}' object is not subscriptable")));
        }
    };
    let name = call.swap_remove("methodName").ok_or_else(|| Fault::internal("methodName"))?;
    let params = call.swap_remove("params").ok_or_else(|| Fault::internal("params"))?;
    let Value::Str(name) = name else {
        return Err(Fault::generic(format!("Invalid method: {}", repr::text(&name))));
    };
    match params {
        Value::Array(params) => Ok((name, params)),
        _ => Err(Fault::internal("params must be a list")),
    }
}

/// A fault as an element of the answer. Texts of unforeseen errors lose their class here, as upstream's do.
fn described(fault: &Fault) -> Value {
    let text = match fault.message.strip_prefix("<class '").and_then(|rest| rest.split_once("'>: ")) {
        Some((_, text)) if fault.kind.code() == 1 => text,
        _ => &fault.message,
    };
    Value::record([
        ("faultCode", Value::Int(fault.kind.code())),
        ("faultString", Value::from(text)),
        ("traceback", Value::Array(vec![Value::from(format!("{}: {text}\n", fault.kind.class()))])),
    ])
}

/// `int` of `<class 'int'>`.
fn class_name(value: &Value) -> String {
    repr::class(value).trim_start_matches("<class '").trim_end_matches("'>").to_owned()
}
