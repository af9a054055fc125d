use koji_api::methods as m;
use koji_api::types::repr::repr;
use koji_xmlrpc::Value;

use super::build_dir;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, nvr, with};

/// List builds that are in no tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only builds of this package
    package: Option<String>,
    /// Paths instead of names
    #[arg(long)]
    paths: bool,
    /// Show what refers to each build
    #[arg(long)]
    show_references: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let package = a.package.as_deref().filter(|name| !name.is_empty());
    if let Some(name) = package {
        let call = m::GetPackageID { name: name.into(), ..Default::default() };
        if cx.hub().call(call).await?.is_nil() {
            return Err(CommandError::new(format!("No such package: {name}")));
        }
    }
    let builds = cx.hub().call(m::UntaggedBuilds { name: package.into(), ..Default::default() }).await?;
    let references = if a.show_references { references(cx, items(&builds)).await? } else { Vec::new() };
    let mut rows = Vec::new();
    for (n, build) in items(&builds).iter().enumerate() {
        let path = build_dir(&cx.paths(), build);
        let mut line = if a.paths { path.clone() } else { nvr(build) };
        let mut record = with(build, [("path", path.into())]);
        if let Some(references) = references.get(n) {
            line.push(' ');
            line.push_str(&described(references));
            record = with(&record, [("references", references.clone())]);
        }
        rows.push((line, record));
    }
    rows.sort_by(|x, y| x.0.cmp(&y.0));
    for (line, record) in rows {
        cx.out.data(&record);
        cx.out.line(line);
    }
    Ok(())
}

async fn references(cx: &Cx, builds: &[Value]) -> Result<Vec<Value>> {
    cx.out.line("(Showing build references)");
    let mut calls = cx.hub().multicall().batch(10_000);
    for build in builds {
        calls.add(m::BuildReferences { build: field(build, "id"), ..Default::default() });
    }
    calls.run().await?.into_iter().map(|answer| Ok(answer?)).collect()
}

/// What refers to a build, without its tags: it has none.
fn described(references: &Value) -> String {
    let parts = [("rpms", "rpms"), ("images/archives", "component_of"), ("archives buildroots", "archives")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, key)| references.truthy_at(key))
        .map(|(title, key)| format!("{title}: {}", repr(&field(references, key))))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_described() {
        let references = Value::record([
            ("rpms", vec![1_i64, 2].into()),
            ("component_of", Value::Array(Vec::new())),
            ("archives", vec![3_i64].into()),
        ]);
        assert_eq!(described(&references), "rpms: [1, 2], archives buildroots: [3]");
        assert_eq!(described(&Value::Nil), "");
    }
}
