//! The configuration: can it be read, is the profile there, do its values make sense?

use std::os::unix::fs::PermissionsExt;

use koji_config::{ClientConfig, ConfigError};
use url::Url;

use super::finding::Finding;
use super::patient::Patient;

const CHECK: &str = "profile";

pub fn check(patient: &mut Patient<'_>) -> Vec<Finding> {
    patient.blocked = Some(CHECK);
    let loaded = match ClientConfig::load(patient.sources) {
        Ok(loaded) => loaded,
        Err(e) => return vec![Finding::failed(CHECK, e.to_string(), remedy(patient, &e))],
    };
    let mut settings = loaded.settings;
    let configured = settings.clone();
    crate::profile::apply(patient.options, &mut settings);
    // SAFETY: the runtime has this one thread, and this first check is before all that give work to its pool
    unsafe { crate::profile::prepare_kerberos(&settings) };
    patient.profile = loaded.profile;
    let mut found = Vec::new();
    if let Some(file) = &patient.options.config
        && configured.password.is_some()
        && std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o077 != 0)
    {
        let file = file.display();
        let text = format!("{file} holds a password and others can read it");
        found.push(Finding::warning(CHECK, text, format!("chmod 600 {file}")));
    }
    if let Some(other) = settings.authtype.as_deref()
        && !matches!(other, "noauth" | "ssl" | "password" | "kerberos" | "gssapi")
    {
        let text = format!("authtype {other} is not known");
        found.push(Finding::failed(CHECK, text, "use noauth, ssl, password or kerberos"));
    }
    if settings.no_ssl_verify.is_some() {
        let text = "no_ssl_verify is set: anybody in between can read and change what is sent";
        found.push(Finding::warning(CHECK, text, "remove it, and set serverca to the hub's authority"));
    }
    match server(&settings.server) {
        Ok(url) => {
            if settings.server == koji_config::client::ClientSettings::default().server {
                let text = format!("profile {} names no hub: the default {url} is used", patient.profile);
                found.push(Finding::warning(CHECK, text, "set server in the profile, or use --server URL"));
            } else {
                found.push(Finding::fine(CHECK, format!("{}: hub {url}", patient.profile)));
            }
            patient.server = Some(url);
            patient.blocked = None;
        }
        Err(why) => {
            let text = format!(
                "server {:?} of profile {} is no URL of a hub: {why}",
                settings.server, patient.profile
            );
            let remedy = "it has the form https://koji.example.com/kojihub";
            found.push(Finding::failed(CHECK, text, remedy));
        }
    }
    patient.settings = Some(settings);
    found
}

fn server(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|e| e.to_string())?;
    match url.scheme() {
        "http" | "https" if url.host_str().is_some_and(|h| !h.is_empty()) => Ok(url),
        "http" | "https" => Err("it has no host".into()),
        other => Err(format!("{other} is neither http nor https")),
    }
}

fn remedy(patient: &Patient<'_>, e: &ConfigError) -> String {
    match e {
        ConfigError::NoProfile(name) => {
            let known = ClientConfig::profiles(patient.sources).unwrap_or_default();
            let near = known.iter().map(|k| (strsim::levenshtein(k, name), k)).min();
            match near {
                Some((distance, near)) if distance <= 3 => {
                    format!("did you mean {near}? Profiles: {}", known.join(", "))
                }
                Some(_) => format!("choose one with --profile: {}", known.join(", ")),
                None => "no file defines any profile: write one to ~/.koji/config".into(),
            }
        }
        ConfigError::Missing(_) => "correct --config, or write the file".into(),
        ConfigError::EmptyDirectory(_) => "its files must end in .conf".into(),
        ConfigError::Read { .. } => "make the file readable for you".into(),
        _ => "correct that line".into(),
    }
}
