//! How callers name an rpm.

use koji_rpm::Nvra;
use koji_xmlrpc::Value;

use super::repr;
use crate::Fault;

/// An rpm by id, or by name, version, release and architecture.
#[derive(Debug, Clone, PartialEq)]
pub enum RpmRef {
    Id(i64),
    Nvra {
        name: String,
        version: String,
        release: String,
        arch: String,
        /// The external repo it comes from, by name (or id); `None` for any place, the hub's own first.
        location: Option<Value>,
    },
}

impl RpmRef {
    /// Reads an id (also as text), an `N-V-R.A` with or without `@location`, or a struct with `id` or with `name`, `version`,
    /// `release` and `arch`.
    pub fn from_value(value: &Value) -> Result<RpmRef, Fault> {
        match value {
            Value::Int(id) => Ok(RpmRef::Id(*id)),
            Value::Bool(b) => Ok(RpmRef::Id(i64::from(*b))),
            Value::Str(text) => match text.trim().parse::<i64>() {
                Ok(id) => Ok(RpmRef::Id(id)),
                Err(_) => {
                    let parsed = Nvra::parse(text).map_err(|e| Fault::generic(e.to_string()))?;
                    Ok(RpmRef::Nvra {
                        name: parsed.nvr.name,
                        version: parsed.nvr.version,
                        release: parsed.nvr.release,
                        arch: parsed.arch,
                        location: parsed.location.map(Value::from),
                    })
                }
            },
            Value::Struct(members) => {
                if let Some(id) = members.get("id") {
                    return id.as_int().map(RpmRef::Id).ok_or_else(|| {
                        Fault::internal(format!("invalid input for an rpm id: {}", repr::repr(id)))
                    });
                }
                let part = |key: &str| match members.get(key) {
                    None => Err(Fault::internal(format!("<class 'KeyError'>: '{key}'"))),
                    Some(Value::Str(s)) => Ok(s.clone()),
                    Some(Value::Int(i)) => Ok(i.to_string()),
                    Some(_) => Ok(String::new()),
                };
                Ok(RpmRef::Nvra {
                    name: part("name")?,
                    version: part("version")?,
                    release: part("release")?,
                    arch: part("arch")?,
                    location: members.get("location").cloned(),
                })
            }
            other => Err(Fault::generic(format!("Invalid type for rpminfo: {}", repr::class(other)))),
        }
    }

    /// What the fault about a missing rpm quotes for `value`.
    pub fn quote(&self, value: &Value) -> String {
        match (self, value) {
            (RpmRef::Nvra { name, version, release, arch, location }, Value::Str(text)) => {
                let epoch = Nvra::parse(text).ok().and_then(|n| n.nvr.epoch).unwrap_or_default();
                let mut data = vec![
                    ("release".to_owned(), Value::from(release)),
                    ("version".to_owned(), version.into()),
                    ("name".to_owned(), name.into()),
                    ("epoch".to_owned(), epoch.into()),
                    ("arch".to_owned(), arch.into()),
                    ("src".to_owned(), Value::Bool(arch == "src")),
                ];
                data.extend(location.clone().map(|l| ("location".to_owned(), l)));
                repr::repr(&Value::Struct(data.into_iter().collect()))
            }
            (RpmRef::Id(id), Value::Int(_) | Value::Bool(_) | Value::Str(_)) => format!("{{'id': {id}}}"),
            _ => repr::repr(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nvra(location: Option<&str>) -> RpmRef {
        RpmRef::Nvra {
            name: "extr".into(),
            version: "1".into(),
            release: "1".into(),
            arch: "x86_64".into(),
            location: location.map(Value::from),
        }
    }

    #[test]
    fn ways_to_name_an_rpm() {
        assert_eq!(RpmRef::from_value(&"12".into()), Ok(RpmRef::Id(12)));
        assert_eq!(RpmRef::from_value(&Value::record([("id", 2.into())])), Ok(RpmRef::Id(2)));
        assert_eq!(RpmRef::from_value(&"extr-1-1.x86_64@ext2b".into()), Ok(nvra(Some("ext2b"))));
        assert_eq!(RpmRef::from_value(&"extr-1-1.x86_64.rpm".into()), Ok(nvra(None)));
    }

    #[test]
    fn faults_are_upstreams() {
        let fault = |v: Value| RpmRef::from_value(&v).unwrap_err().message;
        assert_eq!(fault(Value::Nil), "Invalid type for rpminfo: <class 'NoneType'>");
        assert_eq!(fault("hello".into()), "invalid format: hello");
        assert_eq!(fault(Value::record([("name", "hello".into())])), "<class 'KeyError'>: 'version'");
        let text = Value::from("nosuch-1-1.x86_64");
        assert_eq!(
            RpmRef::from_value(&text).unwrap().quote(&text),
            "{'release': '1', 'version': '1', 'name': 'nosuch', 'epoch': '', 'arch': 'x86_64', 'src': False}"
        );
        assert_eq!(RpmRef::Id(99).quote(&99.into()), "{'id': 99}");
    }
}
