//! Raw uploads: the body of a POST, its place in the query string.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use koji_api::Fault;
use koji_db::{Mode, Topic};
use koji_xmlrpc::{Struct, Value};
use tokio::sync::mpsc;

use super::file::{Written, write_chunk};
use super::{Broken, Digest, target};
use crate::auth::{self, Checked, Credentials};
use crate::context::{Cx, Origin};
use crate::fault::{Failure, Outcome};
use crate::hub::Hub;

/// The query's arguments.
#[derive(Debug, PartialEq, Eq)]
struct Args {
    filename: String,
    filepath: String,
    fileverify: String,
    overwrite: bool,
    offset: i64,
    volume: Option<String>,
}

/// Takes a raw upload; the answer is `{size, fileverify, offset, hexdigest}`. `pause` is how long the client may be silent.
pub async fn receive(
    hub: &Arc<Hub>,
    said: Option<Credentials>,
    origin: Origin,
    query: &str,
    body: &mut Body,
    pause: Duration,
) -> Result<Value, Broken> {
    if hub.settings().server_offline {
        let text = hub.settings().offline_message.as_deref().unwrap_or("server is offline");
        return Err(Fault::offline(text).into());
    }
    let mut cx = context(hub, said, origin).await?;
    let args = args(query)?;
    let digest = Digest::named(&args.fileverify)?;
    let volume = args.volume.as_deref();
    let Some(place) = target(&mut cx, &args.filepath, &args.filename, volume, true).await? else {
        return Err(Fault::generic(format!("Invalid upload directory: {}", args.filepath)).into());
    };
    // the check's locks must not wait for the client
    cx.tx.pause().await.map_err(Failure::from)?;
    let (task, name) = (place.task, place.task_name());
    let (send, mut receive) = mpsc::channel::<Result<Bytes, Broken>>(16);
    let (offset, overwrite) = (args.offset, args.overwrite);
    let writer = tokio::task::spawn_blocking(move || {
        write_chunk(&place, offset, overwrite, digest, || match receive.blocking_recv() {
            Some(Ok(bytes)) => Ok(Some(bytes)),
            Some(Err(broken)) => Err(broken),
            None => Ok(None),
        })
    });
    forward(body, send, pause).await;
    let Written { size, offset, hexdigest } =
        writer.await.map_err(|e| Fault::internal(format!("a worker of the hub failed: {e}")))??;
    metrics::counter!("koji_hub_upload_bytes_total").increment(size);
    if let Some(task) = task {
        let end = offset.saturating_add(size);
        cx.tx.announce_with(
            Topic::Log(task),
            [("name", name.as_str().into()), ("volume", volume.into()), ("size", int(end))],
        );
        cx.tx.commit().await.map_err(Failure::from)?;
    }
    let mut answer = Struct::new();
    answer.insert("size".into(), int(size));
    answer.insert("fileverify".into(), args.fileverify.into());
    answer.insert("offset".into(), int(offset));
    if let Some(hexdigest) = hexdigest {
        answer.insert("hexdigest".into(), hexdigest.into());
    }
    Ok(Value::Struct(answer))
}

async fn context(hub: &Arc<Hub>, said: Option<Credentials>, origin: Origin) -> Outcome<Cx> {
    let mut tx = hub.db.begin(Mode::Write);
    let session = match said {
        None => None,
        Some(said) => match auth::check(hub, &mut tx, None, &said, &origin, "None").await? {
            Checked::Valid(session) => Some(session),
            Checked::Expired(_) => None,
        },
    };
    let Some(session) = session else {
        return Err(Fault::not_allowed("you must be logged-in to upload a file").into());
    };
    let hub = Arc::clone(hub);
    let cx = Cx {
        hub,
        tx,
        session: Some(session),
        renewable: None,
        origin,
        method: "rawUpload",
        nested: false,
        depth: 0,
    };
    if cx.hub.settings().lock_out && !cx.is_admin() {
        return Err(Fault::offline("Server disabled for maintenance").into());
    }
    Ok(cx)
}

fn args(query: &str) -> Result<Args, Fault> {
    let mut found = Args {
        filename: String::new(),
        filepath: String::new(),
        fileverify: String::new(),
        overwrite: false,
        offset: 0,
        volume: None,
    };
    let mut named = false;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "filename" => {
                named = true;
                found.filename = value.into_owned();
            }
            "filepath" => found.filepath = value.into_owned(),
            "fileverify" => found.fileverify = value.into_owned(),
            "overwrite" => found.overwrite = !value.is_empty(),
            "offset" => {
                found.offset = value.parse().map_err(|_| {
                    Fault::internal(format!(
                        "<class 'ValueError'>: invalid literal for int() with base 10: '{value}'"
                    ))
                })?;
            }
            "volume" => found.volume = Some(value.into_owned()).filter(|v| !v.is_empty()),
            _ => {}
        }
    }
    if !named {
        return Err(Fault::internal("<class 'KeyError'>: 'filename'"));
    }
    Ok(found)
}

/// Gives the body to the writer, until either ends.
async fn forward(body: &mut Body, send: mpsc::Sender<Result<Bytes, Broken>>, pause: Duration) {
    loop {
        let next = match tokio::time::timeout(pause, body.frame()).await {
            Err(_) => Err(Broken::Slow),
            Ok(None) => return,
            Ok(Some(Err(e))) => Err(Broken::Body(format!("the body broke off: {e}"))),
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) => Ok(bytes),
                Err(_) => continue,
            },
        };
        let broken = next.is_err();
        if send.send(next).await.is_err() || broken {
            return;
        }
    }
}

fn int(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_have_upstreams_names_and_defaults() {
        let a = args("filename=x%20y.rpm&filepath=cli-build%2F1&fileverify=adler32&overwrite=1&offset=-1")
            .unwrap();
        assert_eq!(
            (a.filename.as_str(), a.filepath.as_str(), a.offset, a.overwrite),
            ("x y.rpm", "cli-build/1", -1, true)
        );
        assert!(!args("filename=a").unwrap().overwrite);
        assert_eq!(args("filepath=a").unwrap_err().message, "<class 'KeyError'>: 'filename'");
        assert_eq!(args("filename=a&offset=x").unwrap_err().kind.code(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in ".*") {
            let _ = args(&query);
        }
    }
}
