//! The hub's files: logs and rpms are downloaded from there.

use url::Url;

use super::finding::Finding;
use super::patient::{Patient, host, port};
use super::tcp;

const CHECK: &str = "files";

pub async fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(settings) = &patient.settings else { return Vec::new() };
    let Some(topurl) = &settings.topurl else {
        if settings.topdir.is_dir() {
            return vec![Finding::fine(CHECK, format!("mounted at {}", settings.topdir.display()))];
        }
        let text = "the profile has no topurl: nothing can be downloaded";
        return vec![Finding::warning(
            CHECK,
            text,
            "set topurl to the URL of the hub's files, https://koji.example.com/kojifiles or the like",
        )];
    };
    let url = match Url::parse(topurl) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        _ => {
            let text = format!("topurl {topurl:?} is no http or https URL");
            return vec![Finding::failed(CHECK, text, "correct topurl in the profile")];
        }
    };
    if patient.proxy.is_some() {
        return vec![Finding::skipped(CHECK, "behind the proxy")];
    }
    vec![match tcp::connect(&url, patient.wait).await {
        Ok(_) => Finding::fine(CHECK, format!("{} answers", host(&url))),
        Err((why, remedy)) => {
            let text = format!("no connection for topurl, port {} of {}: {why}", port(&url), host(&url));
            Finding::failed(CHECK, text, remedy)
        }
    }]
}
