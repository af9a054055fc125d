use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{arches, typed};

/// Change a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Arches to build for
    #[arg(long)]
    arches: Option<String>,
    /// Permission that is needed to tag builds
    #[arg(long)]
    perm: Option<String>,
    /// No permission is needed to tag builds
    #[arg(long)]
    no_perm: bool,
    /// Lock the tag
    #[arg(long)]
    lock: bool,
    /// Unlock the tag
    #[arg(long)]
    unlock: bool,
    /// Give the tag another name
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// Switch Maven support on
    #[arg(long)]
    maven_support: bool,
    /// Switch Maven support off
    #[arg(long)]
    no_maven_support: bool,
    /// Let Maven repos hold all builds
    #[arg(long)]
    include_all: bool,
    /// Let Maven repos hold the latest builds only
    #[arg(long)]
    no_include_all: bool,
    /// Set an extra setting, JSON or text (repeatable)
    #[arg(short = 'x', long = "extra", value_name = "KEY=VALUE")]
    extra: Vec<String>,
    /// Remove an extra setting (repeatable)
    #[arg(short, long, value_name = "KEY")]
    remove_extra: Vec<String>,
    /// Block an inherited extra setting (repeatable)
    #[arg(short, long, value_name = "KEY")]
    block_extra: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [name] = a.names.as_slice() else {
        return Err(CommandError::usage("Please specify a name for the tag"));
    };
    let mut kwargs = Struct::new();
    let mut set = |key: &str, value: Value| {
        kwargs.insert(key.to_owned(), value);
    };
    if a.arches.as_ref().is_some_and(|arches| !arches.is_empty()) {
        set("arches", arches(a.arches.as_deref())?);
    }
    if a.no_perm {
        set("perm", Value::Nil);
    } else if let Some(perm) = &a.perm {
        set("perm", perm.into());
    }
    // where both are given the later one of a pair wins
    for (given, key, value) in [
        (a.unlock, "locked", false),
        (a.lock, "locked", true),
        (a.maven_support, "maven_support", true),
        (a.no_maven_support, "maven_support", false),
        (a.include_all, "maven_include_all", true),
        (a.no_include_all, "maven_include_all", false),
    ] {
        if given {
            set(key, value.into());
        }
    }
    if let Some(new) = &a.rename {
        set("name", new.into());
    }
    if !a.extra.is_empty() {
        set("extra", extra(&a.extra)?.into());
    }
    set("remove_extra", a.remove_extra.into());
    set("block_extra", a.block_extra.into());
    cx.hub().call(m::EditTag2 { tagInfo: name.into(), kwargs }).await?;
    Ok(())
}

/// Settings by key; values are JSON where they can be read so.
fn extra(options: &[String]) -> Result<Struct> {
    let mut extra = Struct::new();
    for option in options {
        let (key, text) = option.split_once('=').ok_or_else(|| {
            CommandError::new(format!("{option}: a setting of the form key=value is wanted"))
        })?;
        let value = match typed(text) {
            Value::Str(text) => serde_json::from_str(&text).unwrap_or(Value::Str(text)),
            plain => plain,
        };
        if extra.insert(key.to_owned(), value).is_some() {
            return Err(CommandError::usage(format!("Duplicate extra key: {key}")));
        }
    }
    Ok(extra)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings() {
        let options = ["a=[1, 2]", "b=x=y", "c=None", "d=7"].map(str::to_owned);
        let extra = Value::Struct(extra(&options).unwrap());
        assert_eq!(koji_api::types::repr::repr(&extra), "{'a': [1, 2], 'b': 'x=y', 'c': None, 'd': 7}");
        let twice = ["a=1", "a=2"].map(str::to_owned);
        assert_eq!(super::extra(&twice).unwrap_err().message, "Duplicate extra key: a");
        assert_eq!(super::extra(&["a".to_owned()]).unwrap_err().status, 1);
    }
}
