//! What a request says about its session: headers, or query arguments as old clients send them.

use koji_api::Fault;

/// A session as claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    pub id: i64,
    pub key: String,
    pub callnum: Option<i64>,
}

/// Reads headers first; without `Koji-Session-Id` the query string, unless `url_sessions` is off. `Ok(None)` is an
/// anonymous request. A query string that is none of a session's is refused, as upstream does.
pub fn credentials<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    query: &str,
    url_sessions: bool,
) -> Result<Option<Credentials>, Fault> {
    if let Some(id) = header("koji-session-id") {
        let key = header("koji-session-key")
            .ok_or_else(|| Fault::internal("<class 'KeyError'>: 'HTTP_KOJI_SESSION_KEY'"))?;
        let callnum = header("koji-session-callnum").or_else(|| header("koji-callnum"));
        let callnum = callnum.map(integer).transpose()?;
        return Ok(Some(Credentials { id: integer(id)?, key: key.to_owned(), callnum }));
    }
    if !url_sessions || query.is_empty() {
        return Ok(None);
    }
    let mut id = None;
    let mut key = None;
    let mut callnum = None;
    for field in query.split('&') {
        if !field.contains('=') {
            return Err(Fault::internal(format!("<class 'ValueError'>: bad query field: '{field}'")));
        }
    }
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let slot = match name.as_ref() {
            "session-id" => &mut id,
            "session-key" => &mut key,
            "callnum" => &mut callnum,
            _ => continue,
        };
        if slot.is_none() && !value.is_empty() {
            *slot = Some(value.into_owned());
        }
    }
    let missing = |name: &str| Fault::auth(format!("'{name}' not specified in session args"));
    let id = id.ok_or_else(|| missing("session-id"))?;
    let key = key.ok_or_else(|| missing("session-key"))?;
    let number =
        |text: String| text.trim().parse().map_err(|_| Fault::auth(format!("Invalid callnum: '{text}'")));
    let callnum = callnum.map(number).transpose()?;
    Ok(Some(Credentials { id: integer(&id)?, key, callnum }))
}

fn integer(text: &str) -> Result<i64, Fault> {
    text.trim().parse().map_err(|_| {
        Fault::internal(format!("<class 'ValueError'>: invalid literal for int() with base 10: '{text}'"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_headers(headers: &[(&str, &'static str)], query: &str) -> Result<Option<Credentials>, Fault> {
        credentials(|name| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v), query, true)
    }

    fn said(id: i64, key: &str, callnum: Option<i64>) -> Result<Option<Credentials>, Fault> {
        Ok(Some(Credentials { id, key: key.to_owned(), callnum }))
    }

    #[test]
    fn headers_count_before_the_query() {
        let headers = [("koji-session-id", "5"), ("koji-session-key", "k"), ("koji-session-callnum", "7")];
        assert_eq!(from_headers(&headers, "session-id=6&session-key=x"), said(5, "k", Some(7)));
        assert_eq!(from_headers(&headers[..2], ""), said(5, "k", None));
        assert_eq!(
            from_headers(&headers[..1], "").unwrap_err().message,
            "<class 'KeyError'>: 'HTTP_KOJI_SESSION_KEY'"
        );
    }

    #[test]
    fn queries_are_sessions_or_refused() {
        assert_eq!(from_headers(&[], ""), Ok(None));
        assert_eq!(
            from_headers(&[], "session-id=6&session-key=3-a%2Fb&callnum=2"),
            said(6, "3-a/b", Some(2))
        );
        let text = |query| from_headers(&[], query).unwrap_err().message;
        assert_eq!(text("foo"), "<class 'ValueError'>: bad query field: 'foo'");
        assert_eq!(text("a=b"), "'session-id' not specified in session args");
        assert_eq!(text("session-id=1"), "'session-key' not specified in session args");
        assert_eq!(credentials(|_| None, "session-id=1", false), Ok(None));
    }

    proptest::proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in ".*") {
            let _ = credentials(|_| None, &query, true);
        }
    }
}
