//! What to do about a failure between this program and a hub.

use koji_api::FaultKind;
use koji_client::{ClientError, HubFault};

/// What usually helps, one line; nothing where the message itself says it.
pub fn remedy(e: &ClientError) -> Option<String> {
    let text = match e {
        ClientError::Fault(fault) => return fault_remedy(fault),
        ClientError::Connect { cause, .. } => connect(cause),
        ClientError::Lost { .. } => {
            "try again; if it stays, something between you and the hub ends long connections"
        }
        ClientError::Timeout { .. } => {
            "the hub is busy or down: try later; `timeout` in the profile is the time allowed"
        }
        ClientError::Tls { cause, .. } => tls(cause),
        ClientError::Http { status, .. } => http(*status),
        ClientError::Protocol { .. } => {
            "what answers is no Koji hub: server in the profile has the form https://koji.example.com/kojihub"
        }
        ClientError::Reply { .. } => {
            "hub and client disagree; `koji version` shows both: is one of them much older?"
        }
        ClientError::NotLoggedIn(_) => "log in: set a login in the profile, and leave out --noauth",
        ClientError::Kerberos(cause) => kerberos(cause),
        ClientError::Login(_) | ClientError::Options(_) => "`koji doctor` checks the profile and the login",
        ClientError::File { cause, .. } => file(cause)?,
        ClientError::Upload { .. } => "start the command again: what is there already is not sent twice",
        ClientError::Download { .. } => {
            "start the command again; if it stays, the file at the hub is damaged"
        }
    };
    Some(text.to_owned())
}

fn connect(cause: &str) -> &'static str {
    let cause = cause.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|w| cause.contains(w));
    if is(&["lookup", "resolve", "name or service", "dns"]) {
        "check the spelling of server in the profile, the network and the VPN; `koji doctor` looks closer"
    } else if is(&["refused"]) {
        "nothing listens there: the hub is down, or server in the profile has the wrong port"
    } else if is(&["unreachable", "no route"]) {
        "there is no way to that network: check the network connection and the VPN"
    } else if is(&["timed out", "elapsed", "timeout"]) {
        "a firewall drops it or the machine is off: is a VPN or a proxy needed?"
    } else if is(&["proxy", "tunnel"]) {
        "the proxy of HTTPS_PROXY or HTTP_PROXY does not let it through"
    } else if is(&["tls", "invalidcontenttype", "corrupt message"]) {
        "that port does not speak TLS: is it http:// instead of https://?"
    } else {
        "`koji doctor` looks closer"
    }
}

fn tls(cause: &str) -> &'static str {
    if cause.contains("does not accept the client's") {
        "the client certificate (cert) is missing, expired or from another authority; `koji doctor` tells which"
    } else if cause.contains("xpired") {
        "those who run the hub must renew its certificate; check also the clock of this machine"
    } else if cause.contains("not valid for name") || cause.contains("NotValidForName") {
        "server in the profile must use the name that the certificate is for"
    } else if cause.contains("UnknownIssuer") {
        "the authority behind the hub's certificate is not known here: set serverca in the profile to its file"
    } else {
        "`koji doctor` shows the certificate"
    }
}

/// The library's words are MIT Kerberos'.
fn kerberos(cause: &str) -> &'static str {
    let cause = cause.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|w| cause.contains(w));
    if is(&["not built"]) {
        "log in with a client certificate (cert) or a password (user), or use a koji that is built with it"
    } else if is(&["expired"]) {
        "the ticket has expired: kinit"
    } else if is(&["server not found", "server http/"]) {
        "the realm does not know the hub by that name: server in the profile must use the hub's full name"
    } else if is(&["keytab", "key table"]) {
        "`klist -k FILE` shows the principals of a keytab; principal in the profile must be one of them"
    } else if is(&["skew"]) {
        "the clock of this machine is wrong"
    } else if is(&["cannot contact", "cannot find kdc", "cannot resolve"]) {
        "no server of the realm answers: check the network, the VPN and /etc/krb5.conf"
    } else if is(&["no kerberos credentials", "no credentials", "can't find client principal", "cache"]) {
        "there is no ticket: kinit USER@REALM gets one, klist shows those there are"
    } else if is(&["has not proved", "no agreement"]) {
        "what answers there is not the hub, or a web server in between drops its answer; tell those who run it"
    } else {
        "klist shows the tickets; `koji doctor` checks the login"
    }
}

fn http(status: u16) -> &'static str {
    match status {
        301 | 302 | 303 | 307 | 308 => "change server in the profile to the address where it has moved",
        401 => {
            "the login was refused: check ticket (klist) or certificate; or the web server wants one of its own"
        }
        403 => "the web server does not let you in: a login of its own, or this network is not allowed",
        404 => "there is no hub at that path: server in the profile usually ends in /kojihub",
        405 | 411 | 413 | 415 => "a proxy or web server in between does not pass on the call as it is",
        407 => "the proxy wants user and password: http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY",
        429 => "too many requests: wait a little",
        500 => "the hub failed at it: try again, then tell those who run it, with the time",
        502..=504 => {
            "the web server is up, but the hub behind it is down or overloaded: try again in a minute"
        }
        _ => "ask those who run the hub",
    }
}

fn file(cause: &std::io::Error) -> Option<&'static str> {
    use std::io::ErrorKind as K;
    match cause.kind() {
        K::PermissionDenied | K::ReadOnlyFilesystem => Some("choose a directory that you can write to"),
        K::StorageFull | K::QuotaExceeded => {
            Some("make room on the disk, and start the command again: it continues")
        }
        _ => None,
    }
}

/// What helps with a refusal of the hub.
pub fn fault_remedy(fault: &HubFault) -> Option<String> {
    let text = fault.message.as_str();
    let lower = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if lower.contains("invalid method") {
        return Some(
            "this hub does not know the call: it is older than the command, or a plugin is not enabled"
                .into(),
        );
    }
    if lower.contains("locked") && fault.kind() != Some(FaultKind::AuthLock) {
        return Some("wait until it is unlocked, or ask an administrator (koji unlock-tag)".into());
    }
    if let Some(remedy) = missing(text) {
        return Some(remedy);
    }
    let advice = match fault.kind()? {
        FaultKind::AuthExpired => "the session was ended or has expired: start the command again",
        FaultKind::AuthLock => {
            "another session of this user is open with an exclusive lock: end that program first"
        }
        FaultKind::GssapiAuth => "check the ticket with klist, get one with kinit",
        FaultKind::Auth if has(&["disabled", "blocked"]) => {
            "the account is disabled: ask an administrator of the hub"
        }
        FaultKind::Auth if has(&["password"]) => "check user and password (profile, --user)",
        FaultKind::Auth => "`koji doctor` checks the login",
        FaultKind::ActionNotAllowed if has(&["policy"]) => {
            "the hub's policy forbids it for you or here: ask an administrator of the hub"
        }
        FaultKind::ActionNotAllowed => {
            "your user lacks the permission (koji list-permissions --mine): ask an administrator to grant it"
        }
        FaultKind::Lock => "somebody else changes it right now: try again",
        FaultKind::Retry | FaultKind::Sequence => {
            "the call was sent twice: look whether it was done before you repeat it"
        }
        FaultKind::ServerOffline => {
            "the hub is closed for maintenance: try later (offline_retry in the profile waits for it)"
        }
        FaultKind::FunctionDeprecated => "the hub has given the call up: use a newer client",
        FaultKind::Parameter if text.starts_with("Invalid type for value") => {
            "an argument is of another kind than the hub takes here, such as a name where an id is wanted"
        }
        FaultKind::Parameter => "hub and client disagree on the arguments; `koji version` shows both",
        FaultKind::Internal => "the hub failed at it: tell those who run it, with the time and the command",
        _ => return None,
    };
    Some(advice.to_owned())
}

/// Where to look for the name of something that a message says does not exist, whoever says so.
pub fn missing(message: &str) -> Option<String> {
    missing_noun(&message.to_ascii_lowercase()).map(|place| format!("check the spelling; {place}"))
}

fn missing_noun(lower: &str) -> Option<&'static str> {
    let missing =
        ["no such ", "invalid tag", "no matching ", "couldn't find", "does not exist", "could not find"];
    if !missing.iter().any(|m| lower.contains(m)) {
        return None;
    }
    const WHERE: &[(&str, &str)] = &[
        ("build target", "koji list-targets shows the targets"),
        ("target", "koji list-targets shows the targets"),
        ("external repo", "koji list-external-repos shows them"),
        ("tag", "koji list-tags shows the tags"),
        ("package", "koji list-pkgs shows the packages of a tag"),
        ("buildroot", "koji taskinfo shows a task's buildroots"),
        ("build", "koji list-builds --package NAME shows the builds"),
        ("task", "koji list-tasks --all --after yesterday shows the tasks"),
        ("host", "koji list-hosts shows the hosts"),
        ("channel", "koji list-channels shows the channels"),
        ("user", "koji list-users shows the users"),
        ("permission", "koji list-permissions shows them"),
        ("volume", "koji list-volumes shows the volumes"),
        ("rpm", "koji buildinfo shows a build's rpms"),
    ];
    WHERE.iter().find(|(noun, _)| lower.contains(noun)).map(|(_, place)| *place)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn fault(code: i64, message: &str) -> String {
        remedy(&ClientError::Fault(HubFault { code, message: message.into() })).unwrap_or_default()
    }

    #[test]
    fn faults() {
        let cases = [
            (1000, "No such tag: f99", "koji list-tags"),
            (1000, "No such build target: f99", "koji list-targets"),
            (1000, "Invalid method: nonsense", "older than the command"),
            (1003, "tag f45 is locked", "unlock-tag"),
            (1004, "admin permission required", "list-permissions --mine"),
            (1004, "policy violation (tag)", "policy forbids"),
            (1002, "invalid username or password", "check user and password"),
            (1002, "unable to log in: user is disabled", "account is disabled"),
            (1007, "session \"1.2\" has expired", "start the command again"),
            (1014, "server is offline", "closed for maintenance"),
            (1019, "Invalid type for value 'f45': <class 'str'>", "a name where an id is wanted"),
            (1, "<class 'KeyError'>: 'x'", "tell those who run it"),
        ];
        for (code, message, wanted) in cases {
            assert!(fault(code, message).contains(wanted), "{message}: {}", fault(code, message));
        }
        assert_eq!(fault(1005, "something special"), "");
        assert!(missing("No such channel: defualt").unwrap().contains("koji list-channels"));
        assert_eq!(missing("Please specify a tag"), None);
    }

    #[test]
    fn connections() {
        let url = || "https://h/kojihub".to_owned();
        let connect =
            |cause: &str| remedy(&ClientError::Connect { url: url(), cause: cause.into() }).unwrap();
        assert!(
            connect("failed to lookup address information: Name or service not known").contains("spelling")
        );
        assert!(connect("Connection refused (os error 111)").contains("nothing listens"));
        assert!(connect("Network is unreachable (os error 101)").contains("no way"));
        let http = |status| remedy(&ClientError::Http { url: url(), status, text: String::new() }).unwrap();
        assert!(
            http(502).contains("behind it is down")
                && http(404).contains("/kojihub")
                && http(301).contains("moved")
        );
        let timeout = ClientError::Timeout { url: url(), after: Duration::from_secs(3) };
        assert!(remedy(&timeout).unwrap().contains("busy or down"));
    }

    proptest! {
        #[test]
        fn any_fault(code in 0i64..1100, message in "\\PC{0,60}") {
            prop_assert!(!fault(code, &message).contains('\n'));
        }
    }
}
