//! Long answers, row by row while they arrive.

use std::collections::VecDeque;

use futures::FutureExt;
use koji_api::Method;
use koji_xmlrpc::{Row, Value};
use reqwest::Response;

use super::Session;
use super::request::Payload;
use super::retry::unreadable;
use crate::error::{ClientError, HubFault, Result};
use crate::transport::{self, Prepared};

/// The rows of one answer, made by [`Session::rows`] and [`Session::rows_of_lists`].
pub struct Rows {
    coming: Coming,
    ready: VecDeque<Row>,
    given: u64,
}

/// What is still to come of an answer.
struct Coming {
    name: String,
    request: Prepared,
    /// `None` when all of the answer is read.
    body: Option<(Response, koji_xmlrpc::Rows)>,
}

impl Session {
    /// Makes a call that answers with a list, and gives its elements as they arrive.
    ///
    /// A call is repeated as any other until its first row is there. A connection that breaks later is an error: rows were
    /// given away then. The calls of a logged-in session are numbered and wait for each other, so that there the
    /// whole answer is read first.
    pub async fn rows<M: Method>(&self, method: M) -> Result<Rows> {
        self.rows_by(method, koji_xmlrpc::Rows::of_list).await
    }

    /// [`Session::rows`] of a call that answers with a list of lists; [`Rows::next_of`] says of which one a row is.
    pub async fn rows_of_lists<M: Method>(&self, method: M) -> Result<Rows> {
        self.rows_by(method, koji_xmlrpc::Rows::of_lists).await
    }

    async fn rows_by<M: Method>(&self, method: M, reader: fn() -> koji_xmlrpc::Rows) -> Result<Rows> {
        let payload = Payload::call(M::DECL.name, &method.params());
        let request = self.prepare(&payload, None)?;
        if self.is_logged_in() {
            let (body, _) = self.run(&payload, |body: &[u8]| Ok(Ok(body.to_vec()))).await?;
            let mut reader = reader();
            let failed = |error| unreadable(payload.name(), &request, error);
            let mut ready = VecDeque::from(reader.feed(&body).map_err(failed)?);
            let (_, rest) = reader.finish().map_err(failed)?.map_err(HubFault::from)?;
            ready.extend(rest);
            let coming = Coming { name: payload.name().to_owned(), request, body: None };
            return Ok(Rows { coming, ready, given: 0 });
        }
        let may_repeat = self.inner.options.anon_retry;
        let (payload, request) = (&payload, &request);
        let first = move || self.first_rows(payload, request, reader()).boxed();
        Ok(self.repeat(payload.name(), may_repeat, first).await?.0)
    }

    /// One attempt, up to the first row.
    async fn first_rows(
        &self,
        payload: &Payload,
        request: &Prepared,
        reader: koji_xmlrpc::Rows,
    ) -> Result<Result<Rows, HubFault>> {
        let response = transport::post(&self.inner.http(), request).await?;
        let response = transport::check(&request.url, response).await?;
        self.with_hub_info(|info| info.note(response.headers()));
        let name = payload.name().to_owned();
        let mut coming = Coming { name, request: request.clone(), body: Some((response, reader)) };
        let mut ready = VecDeque::new();
        while ready.is_empty() && coming.body.is_some() {
            match coming.more().await? {
                Ok(rows) => ready.extend(rows),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(Rows { coming, ready, given: 0 }))
    }
}

impl Rows {
    /// The next row, as soon as it is there; `None` behind the last one.
    pub async fn next(&mut self) -> Result<Option<Value>> {
        Ok(self.next_of().await?.map(|(_, row)| row))
    }

    /// The next row with the number of its list, from 0.
    pub async fn next_of(&mut self) -> Result<Option<Row>> {
        while self.ready.is_empty() && self.coming.body.is_some() {
            let rows = self.coming.more().await.map_err(|e| self.broken(e))?;
            self.ready.extend(rows?);
        }
        let row = self.ready.pop_front();
        self.given += u64::from(row.is_some());
        Ok(row)
    }

    /// All that are still to come.
    pub async fn rest(&mut self) -> Result<Vec<Value>> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await? {
            rows.push(row);
        }
        Ok(rows)
    }

    fn broken(&self, error: ClientError) -> ClientError {
        match error {
            ClientError::Lost { url, cause } => {
                let given = self.given;
                ClientError::Lost { url, cause: format!("{cause}; only {given} rows of the list have come") }
            }
            other => other,
        }
    }
}

impl Coming {
    /// The rows that the next piece of the body completes, or those that are left at its end.
    async fn more(&mut self) -> Result<Result<Vec<Row>, HubFault>> {
        let Coming { name, request, body } = self;
        let Some((response, reader)) = body else { return Ok(Ok(Vec::new())) };
        let failed = |error| unreadable(name, request, error);
        let piece = response.chunk().await;
        match piece.map_err(|e| transport::error(&request.url, request.timeout, &e))? {
            Some(piece) => Ok(Ok(reader.feed(&piece).map_err(failed)?)),
            None => match body.take() {
                None => Ok(Ok(Vec::new())),
                Some((_, reader)) => match reader.finish().map_err(failed)? {
                    Ok((_, rows)) => Ok(Ok(rows)),
                    Err(fault) => Ok(Err(fault.into())),
                },
            },
        }
    }
}
