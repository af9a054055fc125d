//! What a repo of a tag holds: sources, debuginfo, sources in a place of their own, Maven artifacts.

use koji_api::Fault;
use koji_config::hub::HubSettings;
use koji_db::tags::Tag;
use koji_policy::matches_any;
use koji_xmlrpc::{Struct, Value};

const KNOWN: [&str; 4] = ["src", "debuginfo", "separate_src", "maven"];

/// The options that somebody gives, as flags; nil ones are left out. Unknown ones are a fault if `strict`, else ignored.
pub fn given(value: &Value, strict: bool) -> Result<Struct, Fault> {
    let Value::Struct(members) = value else {
        if value.is_nil() || !strict {
            return Ok(Struct::new());
        }
        return Err(Fault::parameter("Repo opts must be a dictionary"));
    };
    let mut options = Struct::new();
    for (key, value) in members {
        if !KNOWN.contains(&key.as_str()) {
            if strict {
                return Err(Fault::parameter(format!("Invalid repo option: {key}")));
            }
            tracing::warn!("repo option '{key}' is not known and ignored");
        } else if !value.is_nil() {
            options.insert(key.clone(), Value::Bool(value.truthy()));
        }
    }
    Ok(options)
}

/// The options of a tag's repos with `overrides` applied, and those of the overrides that make a difference.
pub fn of_tag(settings: &HubSettings, tag: &Tag, overrides: Option<&Struct>) -> (Struct, Struct) {
    let by_name = |patterns: &str| matches_any(&tag.name, &patterns.split_whitespace().collect::<Vec<_>>());
    let mut options = Struct::new();
    options.insert("src".into(), by_name(&settings.source_tags).into());
    options.insert("debuginfo".into(), by_name(&settings.debuginfo_tags).into());
    options.insert("separate_src".into(), by_name(&settings.separate_source_tags).into());
    options.insert("maven".into(), false.into());

    match (tag.extra.get("repo.opts"), tag.extra.get("with_debuginfo")) {
        // not strict: there is no fault
        (Some(own), _) => options.extend(given(own, false).unwrap_or_default()),
        (None, Some(debuginfo)) => {
            options.insert("debuginfo".into(), debuginfo.truthy().into());
        }
        (None, None) => {}
    }
    if !settings.enable_maven {
        options.insert("maven".into(), false.into());
    } else if tag.maven_support {
        options.insert("maven".into(), true.into());
    }
    let mut custom = Struct::new();
    for (key, value) in overrides.into_iter().flatten() {
        if options.get(key) != Some(value) {
            custom.insert(key.clone(), value.clone());
        }
    }
    options.extend(custom.clone());
    (options, custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(extra: Value) -> Tag {
        Tag {
            id: 1,
            name: "f45-build".into(),
            perm_id: None,
            perm: None,
            arches: None,
            locked: false,
            maven_support: true,
            maven_include_all: false,
            extra: extra.as_struct().cloned().unwrap_or_default(),
            revoke_event: None,
            query_event: None,
        }
    }

    fn set(options: &Struct) -> Vec<&str> {
        options.iter().filter(|(_, v)| v.truthy()).map(|(k, _)| k.as_str()).collect()
    }

    #[test]
    fn names_settings_and_overrides() {
        let settings = HubSettings { source_tags: "x f*-build".into(), ..HubSettings::default() };
        let plain = tag(Value::Nil);
        assert_eq!(set(&of_tag(&settings, &plain, None).0), ["src"]);
        let maven = HubSettings { enable_maven: true, ..settings.clone() };
        assert_eq!(set(&of_tag(&maven, &plain, None).0), ["src", "maven"]);
        let own = tag(Value::record([(
            "repo.opts",
            Value::record([("src", false.into()), ("debuginfo", 1.into())]),
        )]));
        assert_eq!(set(&of_tag(&settings, &own, None).0), ["debuginfo"]);
        assert_eq!(
            set(&of_tag(&settings, &tag(Value::record([("with_debuginfo", true.into())])), None).0),
            ["src", "debuginfo"]
        );

        let overrides =
            given(&Value::record([("src", true.into()), ("debuginfo", true.into())]), true).unwrap();
        let (options, custom) = of_tag(&settings, &plain, Some(&overrides));
        assert_eq!(set(&options), ["src", "debuginfo"]);
        // what the tag has anyway is not custom
        assert_eq!(custom.keys().collect::<Vec<_>>(), ["debuginfo"]);
    }

    #[test]
    fn unknown_options() {
        let bogus = Value::record([("bogus", Value::Int(1)), ("src", Value::Nil)]);
        assert_eq!(given(&bogus, true).unwrap_err(), Fault::parameter("Invalid repo option: bogus"));
        assert_eq!(given(&bogus, false), Ok(Struct::new()));
        assert_eq!(given(&"x".into(), true).unwrap_err().message, "Repo opts must be a dictionary");
    }
}
