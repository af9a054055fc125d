//! Rows on their way from the database to the client.
//!
//! Short answers are sent whole, with their length. What does not fit into one buffer is sent piece by piece while the
//! database still delivers, so that an answer of any length costs one buffer. Before the first piece has gone an error can
//! still become a fault; after it, the connection is cut, which clients notice.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use koji_api::Fault;
use koji_db::{DbError, Query, Tx};
use koji_xmlrpc::{Writer, begin_response, end_response};
use tokio::sync::mpsc;

use super::rpc::document;
use crate::fault::Failure;
use crate::hub::Hub;
use crate::kept::{Collector, Packed};

/// Bytes that are collected before they are sent.
const BUFFER: usize = 64 * 1024;

enum Piece {
    /// More will follow.
    Part(Bytes),
    /// The last bytes; the whole answer when nothing was sent before.
    End(Bytes),
    Failed(DbError),
}

/// The answers to queries, out of their transaction.
pub(super) struct Rows {
    pub hub: Arc<Hub>,
    pub queries: Vec<Query>,
    /// A list of all answers; without it there is one query.
    pub listed: bool,
    pub tx: Tx,
    pub copy: Option<Collector>,
}

impl Rows {
    pub(super) async fn send(self) -> Result<Response, Fault> {
        let (send, mut receive) = mpsc::channel(2);
        tokio::spawn(self.produce(send));
        match receive.recv().await {
            Some(Piece::End(all)) => Ok(document(all)),
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
                Ok(streamed(Body::from_stream(futures::StreamExt::chain(first, rest))))
            }
            Some(Piece::Failed(e)) => Err(Failure::Db(e).into_fault()),
            None => Err(Fault::internal("the answer got lost")),
        }
    }

    async fn produce(mut self, send: mpsc::Sender<Piece>) {
        let last = match self.write(&send).await {
            Ok(bytes) => {
                if let Some(copy) = &mut self.copy {
                    copy.add(&bytes);
                }
                let tables = self.tx.reads();
                match self.tx.commit().await {
                    Ok(()) => {
                        if let Some(copy) = self.copy {
                            self.hub.kept.keep(copy, tables);
                        }
                        Piece::End(bytes)
                    }
                    Err(e) => Piece::Failed(e),
                }
            }
            Err(e) => Piece::Failed(e),
        };
        let _ = send.send(last).await;
    }

    /// Sends all but the last bytes.
    async fn write(&mut self, send: &mpsc::Sender<Piece>) -> Result<Bytes, DbError> {
        let mut w = Writer::with_capacity(BUFFER + BUFFER / 4);
        begin_response(&mut w);
        if self.listed {
            w.begin_array();
        }
        let copy = &mut self.copy;
        for query in &self.queries {
            self.tx
                .write_answer(query, &mut w, |w| {
                    if w.len() < BUFFER {
                        return None;
                    }
                    let (part, send) = (Bytes::from(w.take()), send.clone());
                    if let Some(copy) = copy {
                        copy.add(&part);
                    }
                    Some(async move {
                        // nobody reads any more: the client has gone
                        let gone = || DbError::Other("the client ended the connection".into());
                        send.send(Piece::Part(part)).await.map_err(|_| gone())
                    })
                })
                .await?;
        }
        if self.listed {
            w.end_array();
        }
        end_response(&mut w);
        Ok(w.into_bytes().into())
    }
}

/// An answer that was sent before.
pub(super) fn kept(packed: Arc<Packed>) -> Response {
    if let Some(bytes) = packed.plain() {
        return document(bytes);
    }
    let length = HeaderValue::from(packed.length());
    let pieces = futures::stream::iter((0..).map_while(move |n| packed.piece(n)));
    let mut response = streamed(Body::from_stream(pieces));
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

fn streamed(body: Body) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"))], body).into_response()
}
