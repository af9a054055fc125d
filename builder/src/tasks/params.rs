//! A task's arguments by name.

use koji_xmlrpc::{Struct, Value};

use crate::task::TaskError;

/// Arguments of a task, bound to the names of its method's parameters (declared in `koji_api::tasks`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(Struct);

impl Params {
    /// Binds `request`: the list of arguments, the last one possibly keywords.
    pub fn from_request(method: &str, request: Option<&Value>) -> Result<Params, TaskError> {
        let request = request.and_then(Value::as_array).unwrap_or_default();
        let bound =
            koji_api::tasks::params(method, request).map_err(|e| TaskError::parameter(e.to_string()))?;
        Ok(Params(bound))
    }

    /// The argument, nil when it was left out.
    pub fn value(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or_default()
    }

    pub fn str(&self, name: &str) -> Result<&str, TaskError> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| wanted(name, "a string"))
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::truthy)
    }

    /// A struct of options; nil is an empty one.
    pub fn opts(&self, name: &str) -> Result<Value, TaskError> {
        match self.0.get(name) {
            None | Some(Value::Nil) => Ok(Value::Struct(Struct::new())),
            Some(v @ Value::Struct(_)) => Ok(v.clone()),
            Some(_) => Err(wanted(name, "a struct of options")),
        }
    }
}

fn wanted(name: &str, what: &str) -> TaskError {
    TaskError::parameter(format!("the argument {name} must be {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binds_positions_and_keywords() {
        let kw = Value::record([
            ("__starstar", Value::Bool(true)),
            ("opts", Value::record([("scratch", true)].map(|(k, v)| (k, Value::Bool(v))))),
        ]);
        let request = Value::Array(vec!["x.src.rpm".into(), "f45".into(), kw]);
        let p = Params::from_request("build", Some(&request)).unwrap();
        assert_eq!((p.str("src").unwrap(), p.value("target")), ("x.src.rpm", Value::from("f45")));
        assert!(p.opts("opts").unwrap().truthy_at("scratch") && p.opts("src").is_err());
    }

    proptest::proptest! {
        /// The argument that is named is the one of its place, whatever the others are.
        #[test]
        fn any_request(args in proptest::collection::vec("[a-z/.#]{0,9}", 0..5)) {
            let request = Value::Array(args.iter().map(Value::from).collect());
            match Params::from_request("build", Some(&request)) {
                Ok(params) => {
                    let given = ["src", "target"].map(|name| params.value(name));
                    proptest::prop_assert_eq!(&given[..], &[args[0].as_str().into(), args[1].as_str().into()][..]);
                    proptest::prop_assert!(params.opts("opts").is_ok() == (args.len() == 2));
                }
                Err(e) => proptest::prop_assert!(args.len() != 2 && args.len() != 3, "{}: {:?}", e, args),
            }
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let request = Value::Array(vec![1.into(); 9]);
        assert!(Params::from_request("build", Some(&request)).is_err());
    }
}
