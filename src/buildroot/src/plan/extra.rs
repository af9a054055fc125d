//! Tag extra settings (`mock.*`, `rpm.macro.*`, `rpm.env.*`) become parts of a plan.
//!
//! The keys and their truth rules are Koji's: a value is whatever JSON the tag holds, and where Koji asks for truth it
//! means Python's (`0`, `""`, `[]`, `null` are false).

use serde_json::Value;

use super::{MockExtra, Plan, SignPlugin, Site, macros};

/// A tag's extra settings: key to JSON value.
pub type ExtraMap = std::collections::BTreeMap<String, Value>;

/// A tag's settings contradict themselves.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExtraError {
    /// The sign plugin is switched on without its command or options.
    #[error(
        "the tag sets mock.plugin_conf.sign_enable but not both mock.plugin_conf.sign_opts.cmd and \
         mock.plugin_conf.sign_opts.opts"
    )]
    Sign,
    /// A value is of a type that the key cannot have.
    #[error("the tag's {key} is {value}, which is not {wanted}")]
    Type {
        /// The key.
        key: String,
        /// Its value as JSON.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
}

pub(super) fn apply(plan: &mut Plan, site: &Site, extra: &ExtraMap) -> Result<(), ExtraError> {
    plan.mock = mock(site, extra)?;
    plan.macros = macros::defaults(site);
    for (key, value) in extra {
        if let Some(name) = key.strip_prefix("rpm.macro.") {
            plan.macros.insert(format!("%{name}"), plain(value));
        } else if let Some(name) = key.strip_prefix("rpm.env.") {
            plan.environment.insert(name.into(), plain(value));
        }
    }
    let home = plan.user.home.to_string_lossy().into_owned();
    plan.macros.extend(macros::fixed(&home, &plan.target_arch, site));
    Ok(())
}

fn mock(site: &Site, extra: &ExtraMap) -> Result<MockExtra, ExtraError> {
    let get = |key: &str| extra.get(key);
    let flag = |key: &str| get(key).is_some_and(truth);
    let sign = match (
        get("mock.plugin_conf.sign_enable"),
        get("mock.plugin_conf.sign_opts.cmd"),
        get("mock.plugin_conf.sign_opts.opts"),
    ) {
        (None, _, _) => None,
        (Some(enable), Some(cmd), Some(opts)) => {
            Some(SignPlugin { enable: enable.clone(), cmd: cmd.clone(), opts: opts.clone() })
        }
        _ => return Err(ExtraError::Sign),
    };
    let best = match get("mock.yum.best") {
        None => None,
        Some(value) => Some(integer("mock.yum.best", value)?),
    };
    Ok(MockExtra {
        basedir: None,
        package_manager: get("mock.package_manager").filter(|v| truth(v)).map(plain),
        forcearch: flag("mock.forcearch"),
        module_hotfixes: flag("mock.yum.module_hotfixes"),
        best,
        sign,
        module_setup_commands: get("mock.module_setup_commands").cloned(),
        releasever: get("mock.releasever").cloned(),
        new_chroot: get("mock.new_chroot").map(truth),
        use_bootstrap: get("mock.use_bootstrap").map(truth),
        bootstrap_image: get("mock.bootstrap_image").filter(|v| site.bootstrap_image && truth(v)).map(plain),
        bootstrap_image_ready: flag("mock.bootstrap_image_ready"),
        internal_dev_setup: None,
    })
}

/// Python's `bool(value)`.
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != Some(0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => !a.is_empty(),
        Value::Object(o) => !o.is_empty(),
    }
}

/// Python's `str(value)` for what a macro can sensibly hold; strings without quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => crate::mock_config::python::literal(other),
    }
}

/// Python's `int(value)`.
fn integer(key: &str, value: &Value) -> Result<i64, ExtraError> {
    let number = match value {
        Value::Bool(b) => Some(i64::from(*b)),
        Value::Number(n) => n.as_i64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| ExtraError::Type { key: key.into(), value: value.to_string(), wanted: "an integer" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Packages, Plan};
    use serde_json::json;

    fn plan(extra: Value) -> Result<Plan, crate::Error> {
        let extra: ExtraMap = serde_json::from_value(extra).unwrap();
        let site = Site { bootstrap_image: true, ..Site::default() };
        Plan::for_tag("t-1-2", "x86_64", Packages::Repo(vec!["file:///r".into()]), "build", &site, &extra)
    }

    #[test]
    fn macros_of_a_tag_override_the_site_but_not_the_fixed_ones() {
        let plan = plan(json!({
            "rpm.macro.dist": ".fc44", "rpm.macro.vendor": "Me", "rpm.macro._topdir": "/evil", "rpm.macro.n": 3,
            "rpm.macro.yes": true, "rpm.env.LANG": "C",
        }))
        .unwrap();
        assert_eq!(plan.macros["%dist"], ".fc44");
        assert_eq!(plan.macros["%vendor"], "Me");
        assert_eq!(plan.macros["%_topdir"], "/builddir/build");
        assert_eq!(plan.macros["%_host"], "x86_64-koji-linux-gnu");
        assert_eq!((plan.macros["%n"].as_str(), plan.macros["%yes"].as_str()), ("3", "True"));
        assert_eq!(plan.environment["LANG"], "C");
    }

    #[test]
    fn truth_is_pythons() {
        let plan = plan(json!({
            "mock.new_chroot": 0, "mock.use_bootstrap": "yes", "mock.forcearch": "", "mock.yum.best": "1",
            "mock.bootstrap_image": "img", "mock.package_manager": "dnf5",
        }))
        .unwrap();
        assert_eq!(plan.mock.new_chroot, Some(false));
        assert_eq!(plan.mock.use_bootstrap, Some(true));
        assert!(!plan.mock.forcearch);
        assert_eq!(plan.mock.best, Some(1));
        assert_eq!(plan.mock.bootstrap_image.as_deref(), Some("img"));
    }

    #[test]
    fn half_a_sign_plugin_is_refused() {
        let error = plan(json!({"mock.plugin_conf.sign_enable": true})).unwrap_err();
        assert!(error.to_string().contains("sign_opts.cmd"), "{error}");
    }
}
