//! The hub's version.

use super::finding::Finding;
use super::patient::Patient;

const CHECK: &str = "version";
/// The oldest hub whose calls this client knows.
const OLDEST: (u32, u32) = (1, 23);

pub async fn check(patient: &Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let Some(session) = &patient.session else { return Vec::new() };
    let version = match session.hub_version().await {
        Ok(version) => version,
        Err(e) => {
            let text = format!("the hub does not tell its version: {e}");
            return vec![Finding::warning(CHECK, text, "ask those who run the hub")];
        }
    };
    match parse(&version) {
        Some(parsed) if parsed < OLDEST => {
            let text = format!("the hub is Koji {version}; commands need at least {}.{}", OLDEST.0, OLDEST.1);
            vec![Finding::warning(
                CHECK,
                text,
                "newer commands and options will fail; those who run the hub should update it",
            )]
        }
        Some(_) => vec![Finding::fine(CHECK, format!("Koji {version}"))],
        None => {
            let text = format!("the hub calls its version {version:?}");
            vec![Finding::warning(CHECK, text, "check that server is the URL of a Koji hub")]
        }
    }
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    let mut number =
        || parts.next()?.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    Some((number()?, number()?))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn versions() {
        assert_eq!(parse("1.36.1"), Some((1, 36)));
        assert_eq!(parse("1.35dev"), Some((1, 35)));
        assert_eq!(parse("unknown"), None);
    }

    proptest! {
        #[test]
        fn any_version(text in "\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
