//! Set-ups that are broken between here and the hub.

use crate::run::SetUp;
use crate::servers::*;

/// A profile of a hub at this URL.
fn at(url: impl std::fmt::Display) -> SetUp {
    let files = http(good_hub());
    SetUp::profile(&format!("server = {url}\nauthtype = noauth\ntopurl = http://{files}/\n"))
}

fn plain(answer: Answer) -> SetUp {
    at(format!("http://{}/kojihub", http(answer)))
}

/// Over TLS, trusting `authority`.
fn trusting(authority: &Authority, address: std::net::SocketAddr) -> SetUp {
    let files = http(good_hub());
    SetUp::profile(&format!(
        "server = https://localhost:{}/kojihub\nauthtype = noauth\ntopurl = http://{files}/\nserverca = {}",
        address.port(),
        authority.file().display()
    ))
}

#[test]
fn tls_that_works() {
    let authority = Authority::new("Good CA");
    let address = https(authority.server("localhost", VALID, None), good_hub());
    let (findings, status) = trusting(&authority, address).findings();
    assert_eq!(status, 0, "{findings:#?}");
    assert!(
        findings.iter().any(|f| f[0] == "tls" && f[1] == "ok" && f[2].contains("Good CA")),
        "{findings:#?}"
    );
}

#[test]
fn name_that_does_not_exist() {
    at("https://koji.does-not-exist.invalid/kojihub")
        .fails("dns", &["koji.does-not-exist.invalid", "spelling"]);
}

#[test]
fn port_closed() {
    at(format!("http://{}/kojihub", closed())).fails("tcp", &["refused", "check the port"]);
}

#[test]
fn certificate_expired() {
    let authority = Authority::new("CA");
    let address = https(authority.server("localhost", ENDED, None), good_hub());
    trusting(&authority, address).fails("tls", &["expired on", "renew"]);
}

#[test]
fn certificate_of_the_future() {
    let authority = Authority::new("CA");
    let address = https(authority.server("localhost", FUTURE, None), good_hub());
    trusting(&authority, address).fails("tls", &["not valid before", "clock"]);
}

#[test]
fn certificate_of_another_name() {
    let authority = Authority::new("CA");
    let address = https(authority.server("builds.example.com", VALID, None), good_hub());
    trusting(&authority, address).fails("tls", &["is for builds.example.com, not for localhost"]);
}

#[test]
fn certificate_of_an_authority_unknown_here() {
    let authority = Authority::new("Private CA of the lab");
    let address = https(authority.server("localhost", VALID, None), good_hub());
    at(format!("https://localhost:{}/kojihub", address.port()))
        .fails("tls", &["Private CA of the lab", "set serverca"]);
}

#[test]
fn certificate_of_another_authority_than_serverca() {
    let (right, wrong) = (Authority::new("Right CA"), Authority::new("Wrong CA"));
    let address = https(right.server("localhost", VALID, None), good_hub());
    trusting(&wrong, address).fails("tls", &["Right CA", "not in serverca"]);
}

#[test]
fn https_to_a_port_of_http() {
    let address = http(good_hub());
    at(format!("https://localhost:{}/kojihub", address.port()))
        .fails("tls", &["does not speak TLS", "http://"]);
}

#[test]
fn http_to_a_port_of_https() {
    let authority = Authority::new("CA");
    let address = https(authority.server("localhost", VALID, None), good_hub());
    at(format!("http://{address}/kojihub")).fails("hub", &["http"]);
}

#[test]
fn tls_that_is_broken_off() {
    let address = silent(false);
    at(format!("https://localhost:{}/kojihub", address.port()))
        .fails("tls", &["broke off the TLS handshake"]);
}

#[test]
fn tls_that_never_answers() {
    let address = silent(true);
    at(format!("https://localhost:{}/kojihub", address.port()))
        .fails("tls", &["does not answer the TLS handshake"]);
}

#[test]
fn server_that_wants_a_client_certificate() {
    let authority = Authority::new("CA");
    let address = https(authority.server("localhost", VALID, Some(&authority)), good_hub());
    trusting(&authority, address).fails("hub", &["client", "cert"]);
}

#[test]
fn bad_gateway() {
    plain(status("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>Bad Gateway</html>"))
        .fails("hub", &["502", "hub behind it is down"]);
}

#[test]
fn service_unavailable() {
    plain(status("503 Service Unavailable", "", "")).fails("hub", &["503", "hub behind it is down"]);
}

#[test]
fn wrong_path() {
    plain(status("404 Not Found", "", "")).fails("hub", &["404", "/kojihub"]);
}

#[test]
fn login_page_of_the_web_server() {
    plain(status("401 Unauthorized", "", "")).fails("hub", &["401", "the web server wants one of its own"]);
}

#[test]
fn page_instead_of_a_hub() {
    plain(status("200 OK", "Content-Type: text/html\r\n", "<html><body>Welcome to the Wi-Fi</body></html>"))
        .fails("hub", &["no Koji hub", "/kojihub"]);
}

#[test]
fn hub_that_has_moved() {
    plain(status("301 Moved Permanently", "Location: https://new.example.com/kojihub\r\n", ""))
        .fails("hub", &["it has moved to https://new.example.com/kojihub", "change server"]);
}

#[test]
fn hub_that_fails() {
    plain(status("500 Internal Server Error", "", "")).fails("hub", &["500", "tell those who run it"]);
}

#[test]
fn hub_that_hangs_up() {
    at(format!("http://{}/kojihub", silent(false))).fails("hub", &["try again"]);
}

#[test]
fn hub_that_never_answers() {
    at(format!("http://{}/kojihub", silent(true))).fails("hub", &["no answer", "busy or down"]);
}

#[test]
fn hub_in_maintenance() {
    plain(hub(0, |_| Some(fault(1014, "server is offline")))).fails("hub", &["offline", "maintenance"]);
}

#[test]
fn clock_behind() {
    plain(hub(7500, |_| None)).fails("clock", &["2 h", "behind the hub's", "timedatectl"]);
}

#[test]
fn clock_ahead() {
    plain(hub(-3 * 86400, |_| None)).fails("clock", &["days ahead of the hub's"]);
}

#[test]
fn clock_a_little_off() {
    plain(hub(90, |_| None)).warns("clock", &["1 min", "behind"]);
}

#[test]
fn old_hub() {
    let old = |method: &str| (method == "getKojiVersion").then(|| value("<string>1.18.0</string>"));
    plain(hub(0, old)).warns("version", &["Koji 1.18.0", "at least 1.23"]);
}

#[test]
fn other_api() {
    let other = |method: &str| (method == "getAPIVersion").then(|| value("<int>2</int>"));
    plain(hub(0, other)).warns("hub", &["API version", "newer client"]);
}

fn behind_proxy(proxy: impl std::fmt::Display) -> SetUp {
    at("https://koji.example.com/kojihub").env("HTTPS_PROXY", proxy)
}

#[test]
fn proxy_that_is_no_url() {
    behind_proxy("http://:::").fails("proxy", &["HTTPS_PROXY", "http://HOST:PORT"]);
}

#[test]
fn proxy_whose_name_does_not_exist() {
    behind_proxy("http://proxy.does-not-exist.invalid:3128")
        .fails("dns", &["the name of the proxy", "proxy.does-not-exist.invalid"]);
}

#[test]
fn proxy_that_is_down() {
    behind_proxy(format!("http://{}", closed())).fails("tcp", &["the proxy", "refused"]);
}

#[test]
fn proxy_that_wants_a_login() {
    let proxy = http(status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n", ""));
    behind_proxy(format!("http://{proxy}")).fails("proxy", &["USER:PASSWORD"]);
}

#[test]
fn proxy_that_forbids() {
    let proxy = http(status("403 Forbidden", "", ""));
    behind_proxy(format!("http://{proxy}"))
        .fails("proxy", &["does not let the connection through", "NO_PROXY"]);
}

#[test]
fn proxy_of_http_that_wants_a_login() {
    let proxy = http(status("407 Proxy Authentication Required", "", ""));
    at("http://koji.example.com/kojihub")
        .env("http_proxy", format!("http://{proxy}"))
        .fails("proxy", &["407", "USER:PASSWORD"]);
}

#[test]
fn files_at_a_name_that_does_not_exist() {
    let hub = http(good_hub());
    let lines = format!(
        "server = http://{hub}/kojihub\nauthtype = noauth\ntopurl = https://files.does-not-exist.invalid/x"
    );
    SetUp::profile(&lines).fails("files", &["files.does-not-exist.invalid", "topurl"]);
}

#[test]
fn files_at_a_closed_port() {
    let lines = format!(
        "server = http://{}/kojihub\nauthtype = noauth\ntopurl = http://{}/x",
        http(good_hub()),
        closed()
    );
    SetUp::profile(&lines).fails("files", &["refused"]);
}

#[test]
fn no_files() {
    let lines =
        format!("server = http://{}/kojihub\nauthtype = noauth\ntopdir = /nonexistent", http(good_hub()));
    SetUp::profile(&lines).warns("files", &["no topurl"]);
}
