use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::field;

/// Say hello: check the connection and the login
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// What it may say, and other names of the command, as of upstream's client.
pub const GREETINGS: &[&str] = &[
    "hello",
    "hi",
    "yo",
    "what's up",
    "g'day",
    "back to work",
    "howdy",
    "bonjour",
    "hallo",
    "ciao",
    "hola",
    "olá",
    "dobrý den",
    "zdravstvuite",
    "góðan daginn",
    "hej",
    "tervehdys",
    "grüezi",
    "céad míle fáilte",
    "hylô",
    "bună ziua",
    "jó napot",
    "dobre dan",
    "你好",
    "こんにちは",
    "नमस्कार",
    "안녕하세요",
];

pub async fn run(cx: &mut Cx, _: Arguments) -> Result {
    let nanos =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
    let pick = usize::try_from(nanos).unwrap_or(0) % GREETINGS.len();
    let greeting = GREETINGS.get(pick).copied().unwrap_or("hello");
    let user = cx.hub().call(m::GetLoggedInUser {}).await?;
    match user.str_at("name") {
        Some(name) => cx.out.line(format!("{greeting}, {name}!")),
        None => {
            cx.out.line("Not authenticated");
            cx.out.line(format!("{greeting}, anonymous user!"));
        }
    }
    cx.out.line("");
    let version = cx.hub().hub_version().await?;
    cx.out.line(format!("You are using the hub at {} (Koji {version})", cx.settings.server));
    cx.out.data(&Value::record([
        ("user", field(&user, "name")),
        ("authtype", field(&user, "authtype")),
        ("server", cx.settings.server.as_str().into()),
        ("hub_version", version.to_string().into()),
    ]));
    match user.int_at("authtype") {
        Some(0) => cx.out.line("Authenticated via password"),
        Some(2) => {
            let cert = cx.settings.cert.as_ref().map(|c| c.display().to_string()).unwrap_or_default();
            cx.out.line(format!("Authenticated via client certificate {cert}"));
        }
        Some(3) => cx.out.line("Authenticated via GSSAPI"),
        _ => {}
    }
    Ok(())
}
