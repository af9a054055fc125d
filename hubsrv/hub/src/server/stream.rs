//! Rows on their way from the database to the client.
//!
//! Short answers are sent whole, with their length. What does not fit into one buffer is sent piece by piece while the
//! database still delivers, so that an answer of any length costs one buffer. Before the first piece has gone an error can
//! still become a fault; after it, the connection is cut, which clients notice.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use koji_api::Fault;
use koji_db::{DbError, Query, Tx};
use koji_xmlrpc::{Writer, begin_response, end_response};
use tokio::sync::mpsc;

use super::rpc::document;
use crate::fault::Failure;

/// Bytes that are collected before they are sent.
const BUFFER: usize = 64 * 1024;

enum Piece {
    /// More will follow.
    Part(Bytes),
    /// The last bytes; the whole answer when nothing was sent before.
    End(Bytes),
    Failed(DbError),
}

/// The answer to a query, or with `listed` a list of the answers to all, out of their transaction.
pub(super) async fn rows(queries: Vec<Query>, listed: bool, tx: Tx) -> Result<Response, Fault> {
    let (send, mut receive) = mpsc::channel(2);
    tokio::spawn(produce(queries, listed, tx, send));
    match receive.recv().await {
        Some(Piece::End(all)) => Ok(document(all.into())),
        Some(Piece::Part(first)) => {
            let rest = futures::stream::unfold(Some(receive), |receive| async {
                let mut receive = receive?;
                match receive.recv().await? {
                    Piece::Part(bytes) => Some((Ok(bytes), Some(receive))),
                    Piece::End(bytes) => Some((Ok(bytes), None)),
                    Piece::Failed(e) => {
                        tracing::error!("an answer was cut off: {e}");
                        Some((Err(io::Error::other(e)), None))
                    }
                }
            });
            let first = futures::stream::once(async { Ok::<_, io::Error>(first) });
            let body = Body::from_stream(futures::StreamExt::chain(first, rest));
            Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"))], body).into_response())
        }
        Some(Piece::Failed(e)) => Err(Failure::Db(e).into_fault()),
        None => Err(Fault::internal("the answer got lost")),
    }
}

async fn produce(queries: Vec<Query>, listed: bool, mut tx: Tx, send: mpsc::Sender<Piece>) {
    let mut w = Writer::with_capacity(BUFFER + BUFFER / 4);
    begin_response(&mut w);
    if listed {
        w.begin_array();
    }
    let mut written = Ok(());
    for query in &queries {
        written = tx
            .write_answer(query, &mut w, |w| {
                if w.len() < BUFFER {
                    return None;
                }
                let (part, send) = (Bytes::from(w.take()), send.clone());
                Some(async move {
                    // nobody reads any more: the client has gone
                    let gone = || DbError::Other("the client ended the connection".into());
                    send.send(Piece::Part(part)).await.map_err(|_| gone())
                })
            })
            .await;
        if written.is_err() {
            break;
        }
    }
    if listed && written.is_ok() {
        w.end_array();
    }
    let last = match written {
        Ok(()) => {
            end_response(&mut w);
            match tx.commit().await {
                Ok(()) => Piece::End(w.into_bytes().into()),
                Err(e) => Piece::Failed(e),
            }
        }
        Err(e) => Piece::Failed(e),
    };
    let _ = send.send(last).await;
}
