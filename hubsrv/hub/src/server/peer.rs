//! Where a request comes from, and who its sender is by what stands around the call: the client certificate of the hub's own
//! TLS, or the headers of a web server in front.
//!
//! | header | meaning |
//! |---|---|
//! | `X-Forwarded-For` | the addresses it came through; the last one that is no trusted proxy's is the client's |
//! | `X-Remote-User` | a Kerberos principal that the web server has verified |
//! | `X-SSL-Client-Verify`, `X-SSL-Client-S-DN` | `SUCCESS`, and the subject of a client certificate (RFC 2253) |

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::HeaderMap;
use koji_api::Fault;
use koji_config::Networks;

use crate::auth::{Dn, Identity};

const FORWARDED: &str = "x-forwarded-for";
const REMOTE_USER: &str = "x-remote-user";
const VERIFY: &str = "x-ssl-client-verify";
const SUBJECT: &str = "x-ssl-client-s-dn";

/// The subject of the certificate that a client of the TLS listener has shown and that was verified.
#[derive(Debug, Clone)]
pub struct ClientCertificate(pub Arc<Dn>);

/// Address and identity of a request's sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub ip: IpAddr,
    pub identity: Option<Identity>,
}

/// Headers count only if `peer` is a trusted proxy; its own certificate does not then, since it speaks for others. They say
/// who somebody is only where proxies verify that (`login`, the path of logins).
pub fn sender(
    trusted: &Networks,
    peer: SocketAddr,
    certificate: Option<&ClientCertificate>,
    headers: &HeaderMap,
    login: bool,
) -> Result<Sender, Fault> {
    let ip = peer.ip().to_canonical();
    if !trusted.contains(ip) {
        if [REMOTE_USER, VERIFY, SUBJECT].iter().any(|name| headers.contains_key(*name)) {
            tracing::warn!(%ip, "headers of a login come from an address that is not in TrustedProxies; they are ignored");
        }
        let identity = certificate.map(|c| Identity::Certificate((*c.0).clone()));
        return Ok(Sender { ip, identity });
    }
    let identity = match text(headers, REMOTE_USER)? {
        _ if !login => None,
        Some(principal) => Some(Identity::Principal(principal.to_owned())),
        None if text(headers, VERIFY)? == Some("SUCCESS") => {
            let subject = text(headers, SUBJECT)?.and_then(Dn::from_rfc2253);
            let subject = subject.ok_or_else(|| {
                Fault::auth("the web server in front sends no X-SSL-Client-S-DN in the form of RFC 2253")
            })?;
            Some(Identity::Certificate(subject))
        }
        None => None,
    };
    Ok(Sender { ip: client(trusted, ip, headers), identity })
}

/// The address behind the proxies: the list is read from its end, where trusted proxies have written. What is unreadable ends
/// the search at the last address that was read.
fn client(trusted: &Networks, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut ip = peer;
    for value in headers.get_all(FORWARDED).iter().rev() {
        for word in value.to_str().unwrap_or_default().rsplit(',') {
            let Ok(next) = word.trim().parse::<IpAddr>() else { return ip };
            ip = next.to_canonical();
            if !trusted.contains(ip) {
                return ip;
            }
        }
    }
    ip
}

/// The value of a header that may be there once. Twice would mean that the proxy adds its own to what the client sent.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Fault> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        tracing::warn!(
            header = name,
            "a header of a login is there twice: the proxy must set it, not add it"
        );
        return Err(Fault::auth(format!("the header {name} was sent twice")));
    }
    let Some(first) = first else { return Ok(None) };
    let read = std::str::from_utf8(first.as_bytes());
    let read = read.map_err(|_| Fault::auth(format!("the header {name} is not UTF-8")))?;
    // what a web server writes for a variable that is not set
    Ok(Some(read.trim()).filter(|t| !t.is_empty() && *t != "(null)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn trusted() -> Networks {
        let config =
            koji_config::HubConfig::from_text("[hub]\nTrustedProxies = 10.0.0.1 10.1.0.0/16\n").unwrap();
        config.settings.trusted_proxies
    }

    fn from(peer: &str, headers: &[(&'static str, &'static str)]) -> Result<Sender, Fault> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        sender(&trusted(), SocketAddr::new(peer.parse().unwrap(), 4711), None, &map, true)
    }

    fn address(peer: &str, forwarded: &[&'static str]) -> String {
        let headers: Vec<_> = forwarded.iter().map(|f| ("x-forwarded-for", *f)).collect();
        from(peer, &headers).unwrap().ip.to_string()
    }

    #[test]
    fn only_trusted_proxies_say_where_a_request_comes_from() {
        assert_eq!(address("10.0.0.1", &["192.0.2.9"]), "192.0.2.9");
        assert_eq!(address("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        // a client's own header stands before what the proxy adds
        assert_eq!(address("10.0.0.1", &["127.0.0.1, 10.0.0.1, 192.0.2.9"]), "192.0.2.9");
        assert_eq!(address("10.0.0.1", &["127.0.0.1", "192.0.2.9, 10.1.2.3"]), "192.0.2.9");
        assert_eq!(address("192.0.2.66", &["127.0.0.1"]), "192.0.2.66");
        assert_eq!(address("10.0.0.1", &["192.0.2.9, unknown"]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn only_trusted_proxies_say_who_somebody_is() {
        let dn = "CN=alice,O=Koji";
        let user = [("x-remote-user", "alice@A.TEST")];
        let cert = [("x-ssl-client-verify", "SUCCESS"), ("x-ssl-client-s-dn", dn)];
        assert_eq!(
            from("10.0.0.1", &user).unwrap().identity,
            Some(Identity::Principal("alice@A.TEST".into()))
        );
        assert_eq!(
            from("10.1.9.9", &cert).unwrap().identity,
            Dn::from_rfc2253(dn).map(Identity::Certificate)
        );
        for peer in ["10.2.0.1", "127.0.0.1"] {
            assert_eq!(from(peer, &user).unwrap().identity, None);
            assert_eq!(from(peer, &cert).unwrap().identity, None);
        }
        for unverified in ["NONE", "FAILED:expired", "success", "(null)", ""] {
            let headers = [("x-ssl-client-verify", unverified), ("x-ssl-client-s-dn", dn)];
            assert_eq!(from("10.0.0.1", &headers).unwrap().identity, None, "{unverified}");
        }
        assert!(from("10.0.0.1", &[("x-ssl-client-s-dn", dn)]).unwrap().identity.is_none());
        assert!(from("10.0.0.1", &[("x-ssl-client-verify", "SUCCESS")]).is_err());
        // the form in which a value can pretend to be more parts
        let slashes = [("x-ssl-client-verify", "SUCCESS"), ("x-ssl-client-s-dn", "/O=Koji/CN=alice")];
        assert!(from("10.0.0.1", &slashes).is_err());
        assert!(from("10.0.0.1", &[user[0], user[0]]).is_err());
        // a path that the proxy may not protect
        let mut map = HeaderMap::new();
        map.insert("x-remote-user", HeaderValue::from_static("alice@A.TEST"));
        let elsewhere = sender(&trusted(), "10.0.0.1:1".parse().unwrap(), None, &map, false).unwrap();
        assert_eq!(elsewhere.identity, None);
        // nobody is trusted unless the settings say so
        let nobody = sender(&Networks::default(), "127.0.0.1:1".parse().unwrap(), None, &map, true).unwrap();
        assert_eq!(nobody.identity, None);
    }
}
