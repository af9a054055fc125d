//! Lists of archives.

use koji_api::Fault;
use koji_api::methods::{GetLatestMavenArchives, ListArchives, ListTaggedArchives};
use koji_api::types::{NameOrId, refs, repr};
use koji_db::archives::{self, ArchiveFilter, ArchiveKind};
use koji_db::names::{self, Table};
use koji_db::tagging::{self, Archives, TaggedFilter};
use koji_db::{QueryOpts, Tx};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::builds::kind as build_kind;
use crate::methods::tagging::tag_at;
use crate::reply::Reply;
use crate::{filters, lookup};

pub(super) async fn list_archives(cx: &mut Cx, call: ListArchives) -> Outcome<Reply> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let filter = ArchiveFilter {
        id: filters::int(&call.archiveID)?,
        build: filters::int(&call.buildID)?,
        buildroot: filters::int(&call.buildrootID)?,
        component_of_buildroot: filters::int(&call.componentBuildrootID)?,
        host: filters::int(&call.hostID)?,
        component_of: filters::int(&call.imageID)?,
        filename: filters::text(&call.filename),
        size: filters::int(&call.size)?,
        checksum: filters::text(&call.checksum),
        checksum_type: filters::int(&call.checksum_type)?,
        kind: kind(&mut cx.tx, &call.r#type, &call.typeInfo).await?,
    };
    let query = archives::list(filter, &opts)?;
    if call.strict {
        let found = cx.tx.answer(&query).await?;
        if !found.truthy() {
            return Err(Fault::generic("No archives found.").into());
        }
        return Ok(Reply::Value(found));
    }
    Ok(query.into())
}

async fn kind(tx: &mut Tx, name: &Value, info: &Value) -> Outcome<Option<ArchiveKind>> {
    let Some(name) = filters::text(name) else { return Ok(None) };
    let part = |key: &str| info.get(key).and_then(filters::text);
    let words = |key: &str| match info.get(key) {
        None => Vec::new(),
        Some(Value::Array(words)) => words.iter().map(repr::text).collect(),
        Some(word) => vec![repr::text(word)],
    };
    Ok(Some(match name.as_str() {
        "maven" => ArchiveKind::Maven {
            group_id: part("group_id"),
            artifact_id: part("artifact_id"),
            version: part("version"),
        },
        "win" => ArchiveKind::Win {
            relpath: part("relpath"),
            platforms: words("platforms"),
            flags: words("flags"),
        },
        "image" => ArchiveKind::Image { arch: part("arch").filter(|a| !a.is_empty()) },
        _ => {
            let found = names::find(tx, Table::BType, &NameOrId::from(name.as_str())).await?;
            let btype = found.ok_or_else(|| Fault::generic(format!("unsupported archive type: {name}")))?;
            if info.truthy() {
                let text = format!("typeInfo queries not supported for type {}", btype.name);
                return Err(Fault::generic(text).into());
            }
            ArchiveKind::Other(btype.id)
        }
    }))
}

pub(super) async fn list_tagged_archives(cx: &mut Cx, call: ListTaggedArchives) -> Outcome<Reply> {
    let event = refs::event(&call.event)?;
    let tx = &mut cx.tx;
    let Some(tag) = tag_at(tx, &call.tag, event, call.strict).await? else {
        return Ok(Reply::Value(Value::Array(Vec::new())));
    };
    let filter = TaggedFilter {
        event,
        inherit: call.inherit,
        latest: filters::latest(&call.latest),
        package: filters::text_or_empty(&call.package),
        kind: build_kind(tx, &call.r#type).await?,
        ..TaggedFilter::default()
    };
    let want = match filters::text(&call.r#type).as_deref() {
        None => Archives { extra: call.extra, ..Archives::default() },
        Some("maven") => Archives { maven: true, extra: call.extra, ..Archives::default() },
        Some("win") => Archives { win: true, extra: call.extra, ..Archives::default() },
        Some(other) => return Err(Fault::generic(format!("unsupported archive type: {other}")).into()),
    };
    let chosen = tagging::select(tx, tag, &filter).await?;
    Ok(Reply::Lists(vec![tagging::archives(&chosen, want), tagging::builds(&chosen, filter.kind, false)]))
}

pub(super) async fn get_latest_maven_archives(
    cx: &mut Cx,
    call: GetLatestMavenArchives,
) -> Outcome<Vec<Struct>> {
    let event = refs::event(&call.event)?;
    let id = lookup::tag_id(&mut cx.tx, &call.tag).await?;
    let tag = lookup::tag_at(&mut cx.tx, &Value::Int(id), event).await?.id;
    Ok(tagging::maven_archives(&mut cx.tx, tag, event, call.inherit).await?)
}
