//! How callers name a build.

use koji_rpm::Nvr;
use koji_xmlrpc::Value;

use super::repr;
use crate::Fault;

/// A build by id, or by name, version and release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildRef {
    Id(i64),
    Nvr { name: String, version: String, release: String },
}

impl BuildRef {
    /// Reads an id, an `N-V-R` string or a struct with `name`, `version` and `release`; anything else is the fault that
    /// clients know.
    pub fn from_value(value: &Value) -> Result<BuildRef, Fault> {
        match value {
            Value::Int(id) => Ok(BuildRef::Id(*id)),
            Value::Bool(b) => Ok(BuildRef::Id(i64::from(*b))),
            Value::Str(text) => {
                let nvr = Nvr::parse(text).map_err(|e| Fault::generic(e.to_string()))?;
                Ok(BuildRef::Nvr { name: nvr.name, version: nvr.version, release: nvr.release })
            }
            Value::Struct(members) => {
                let part = |key: &str| members.get(key).map(part_text);
                match (part("name"), part("version"), part("release")) {
                    (Some(name), Some(version), Some(release)) => {
                        Ok(BuildRef::Nvr { name, version, release })
                    }
                    _ => Err(Fault::generic("did not provide name, version, and release")),
                }
            }
            other => Err(Fault::generic(format!("Invalid type for argument: {}", repr::class(other)))),
        }
    }
}

/// A part of an N-V-R; nothing matches what is no text.
fn part_text(value: &Value) -> String {
    match value {
        Value::Str(s) => s.clone(),
        Value::Int(i) => i.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_name_a_build() {
        let nvr = BuildRef::Nvr { name: "a-b".into(), version: "1".into(), release: "2".into() };
        assert_eq!(BuildRef::from_value(&7.into()), Ok(BuildRef::Id(7)));
        assert_eq!(BuildRef::from_value(&"a-b-1-2".into()), Ok(nvr.clone()));
        let members = [("name", "a-b".into()), ("version", "1".into()), ("release", "2".into())];
        assert_eq!(BuildRef::from_value(&Value::record(members)), Ok(nvr));
    }

    #[test]
    fn faults_are_upstreams() {
        let fault = |v: Value| BuildRef::from_value(&v).unwrap_err().message;
        assert_eq!(fault(Value::Nil), "Invalid type for argument: <class 'NoneType'>");
        assert_eq!(fault("hello-1.0".into()), "invalid format: hello-1.0");
        assert_eq!(fault(Value::record([("id", 5.into())])), "did not provide name, version, and release");
    }
}
