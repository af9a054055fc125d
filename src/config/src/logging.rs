//! Upstream's `LogLevel` texts as a filter of the `tracing` library.

/// The filter for a `LogLevel` such as `WARNING` or `INFO koji.policy:DEBUG`; `None` when a word is no level.
///
/// A word is a level for everything or `logger:level`. Loggers are dotted names of upstream's; the last part is
/// taken as the module's name here (`koji.policy` is the crate `koji_policy`).
pub fn filter(text: &str) -> Option<String> {
    let mut base = "warn";
    let mut directives = Vec::new();
    for word in text.split_whitespace() {
        match word.split_once(':') {
            None => base = level(word)?,
            Some((logger, name)) => directives.push(format!("{}={}", logger.replace('.', "_"), level(name)?)),
        }
    }
    directives.insert(0, base.to_owned());
    Some(directives.join(","))
}

fn level(name: &str) -> Option<&'static str> {
    match name.to_uppercase().as_str() {
        "DEBUG" => Some("debug"),
        "INFO" => Some("info"),
        "WARNING" | "WARN" => Some("warn"),
        "ERROR" | "CRITICAL" | "FATAL" => Some("error"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn levels_and_loggers() {
        assert_eq!(filter("WARNING").as_deref(), Some("warn"));
        assert_eq!(
            filter("koji:INFO koji.policy:DEBUG").as_deref(),
            Some("warn,koji=info,koji_policy=debug")
        );
        assert_eq!(filter("debug").as_deref(), Some("debug"));
        assert_eq!(filter("LOUD"), None);
    }
}
