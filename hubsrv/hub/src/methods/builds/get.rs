//! One build: `getBuild` and facts about it.

use koji_api::Fault;
use koji_api::methods::{
    BuildReferences, FindBuildID, GetAverageBuildDuration, GetBuild, GetBuildType, GetNextRelease,
};
use koji_api::types::{BuildRef, refs, repr};
use koji_db::names::Table;
use koji_db::{Tx, builds};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::filters;
use crate::lookup;

/// The id that an argument means; not for every id is there a build.
async fn find(tx: &mut Tx, info: &Value, strict: bool) -> Outcome<Option<i64>> {
    let found = builds::find(tx, &BuildRef::from_value(info)?).await?;
    match found {
        None if strict => Err(Fault::generic(format!("No such build: {}", repr::repr(info))).into()),
        found => Ok(found),
    }
}

/// `getBuild`'s answer.
pub async fn row(tx: &mut Tx, info: &Value, strict: bool) -> Outcome<Option<Struct>> {
    let Some(id) = find(tx, info, strict).await? else { return Ok(None) };
    match builds::get(tx, id).await? {
        None if strict => Err(Fault::generic(format!("No such build: {}", repr::text(info))).into()),
        found => Ok(found),
    }
}

pub async fn find_build_id(cx: &mut Cx, call: FindBuildID) -> Outcome<Option<i64>> {
    find(&mut cx.tx, &call.X, call.strict).await
}

pub async fn get_build(cx: &mut Cx, call: GetBuild) -> Outcome<Option<Struct>> {
    row(&mut cx.tx, &call.buildInfo, call.strict).await
}

pub async fn get_build_type(cx: &mut Cx, call: GetBuildType) -> Outcome<Option<Struct>> {
    match row(&mut cx.tx, &call.buildInfo, call.strict).await? {
        Some(build) => Ok(Some(build_types(&mut cx.tx, &build).await?)),
        None => Ok(None),
    }
}

/// Type name to what is known about the build as one of that type. `build` is `getBuild`'s answer.
pub async fn build_types(tx: &mut Tx, build: &Struct) -> Outcome<Struct> {
    let id = build.get("build_id").and_then(Value::as_int).unwrap_or_default();
    let typeinfo = build.get("extra").and_then(|extra| extra.get("typeinfo"));
    let mut out = Struct::new();
    for name in builds::type_names(tx, id).await? {
        let info = typeinfo.and_then(|t| t.get(&name)).cloned().unwrap_or_default();
        out.insert(name, info);
    }
    for (name, info) in [
        ("maven", builds::maven_info(tx, id).await?),
        ("win", builds::win_info(tx, id).await?),
        ("image", builds::image_info(tx, id).await?),
    ] {
        if let Some(info) = info {
            out.insert(name.to_owned(), Value::Struct(info));
        }
    }
    Ok(out)
}

pub async fn get_average_build_duration(cx: &mut Cx, call: GetAverageBuildDuration) -> Outcome<Value> {
    let Some(package) = lookup::named(&mut cx.tx, Table::Package, &call.package).await? else {
        return Ok(Value::Nil);
    };
    let months = match &call.age {
        Value::Nil => None,
        age => Some(refs::to_int(age)?),
    };
    Ok(builds::average_duration(&mut cx.tx, package.id, months).await?.into())
}

pub async fn build_references(cx: &mut Cx, call: BuildReferences) -> Outcome<Struct> {
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    let limit = filters::int(&call.limit)?;
    Ok(builds::references(&mut cx.tx, build.id, limit, call.lazy).await?.into_struct())
}

pub async fn get_next_release(cx: &mut Cx, call: GetNextRelease) -> Outcome<String> {
    let incr =
        refs::number(&call.incr).ok_or_else(|| Fault::parameter("incr parameter must be an integer"))?;
    let part = |key: &str| {
        let found = call.build_info.as_struct().and_then(|s| s.get(key)).and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| {
            Fault::internal(format!("getNextRelease() wants a struct with 'name' and 'version': no {key}"))
        })
    };
    let latest = builds::latest_release(&mut cx.tx, &part("name")?, &part("version")?).await?;
    Ok(next_release(latest.as_deref(), incr)?)
}

/// The release after `latest`: `N`, `N.dist` and `date.word.N` count up, nothing else can.
pub(crate) fn next_release(latest: Option<&str>, incr: i64) -> Result<String, Fault> {
    let Some(latest) = latest.filter(|l| !l.is_empty()) else { return Ok(incr.to_string()) };
    let cannot = || Fault::build(format!("Unable to increment release value: {latest}"));
    let add = |n: &str| match n.bytes().all(|b| b.is_ascii_digit()) {
        true => n.parse::<i64>().ok().and_then(|n| n.checked_add(incr)).ok_or_else(cannot),
        false => Err(cannot()),
    };
    let parts: Vec<&str> = latest.split('.').collect();
    match parts.as_slice() {
        [n] => Ok(add(n)?.to_string()),
        [n, dist] => Ok(format!("{}.{dist}", add(n)?)),
        [date, word, n] => Ok(format!("{date}.{word}.{}", add(n)?)),
        _ => Err(cannot()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_count_up() {
        let next = |l| next_release(l, 1).map_err(|f| f.message);
        assert_eq!(next(None), Ok("1".into()));
        assert_eq!(next(Some("9")), Ok("10".into()));
        assert_eq!(next(Some("2.el9")), Ok("3.el9".into()));
        assert_eq!(next(Some("20240101.nightly.4")), Ok("20240101.nightly.5".into()));
        assert_eq!(next(Some("a.el9")), Err("Unable to increment release value: a.el9".into()));
        assert_eq!(next(Some("1.2.3.4")), Err("Unable to increment release value: 1.2.3.4".into()));
        assert_eq!(
            next(Some("9223372036854775807")),
            Err("Unable to increment release value: 9223372036854775807".into())
        );
    }
}
