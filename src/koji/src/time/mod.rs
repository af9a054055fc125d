//! Times as commands print and read them, in the zone of the user (`TZ`, else the system's).

mod human;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use koji_xmlrpc::Value;

/// `Mon, 23 Nov 2026 20:13:04 UTC`: a time of the hub, seconds since 1970.
pub fn asctime(ts: f64) -> String {
    written(ts, "%a, %d %b %Y %H:%M:%S %Z")
}

/// Python's `time.asctime`: `Mon Nov 23 20:13:04 2026`.
pub fn ctime(ts: f64) -> String {
    written(ts, CTIME)
}

/// As [`ctime`], in UTC.
pub fn ctime_utc(ts: f64) -> String {
    in_zone(ts, TimeZone::UTC, CTIME)
}

/// `26-11-23 20:13:04`, for a member that may be nil: nothing then.
pub fn short_of(value: &Value) -> String {
    value.as_double().filter(|ts| *ts != 0.0).map(|ts| written(ts, "%y-%m-%d %H:%M:%S")).unwrap_or_default()
}

/// As [`asctime`], for a member that may be nil: nothing then.
pub fn asctime_of(value: &Value) -> String {
    value.as_double().map(asctime).unwrap_or_default()
}

/// The date of a changelog entry, noon of a day in UTC: `Mon Nov 23 2026`.
pub fn changelog_date(ts: f64) -> String {
    zoned(ts, TimeZone::UTC).map_or_else(String::new, |t| t.strftime("%a %b %d %Y").to_string())
}

/// A time from the command line as people write it, in seconds since 1970; without a zone it is of the user's.
pub fn parse(text: &str) -> Option<f64> {
    human::parse(text, &Zoned::now()).map(seconds)
}

/// The same for options: the error says what can be written.
pub fn argument(text: &str) -> std::result::Result<f64, String> {
    parse(text).ok_or_else(|| format!("{text:?} is no time; write {}", human::EXAMPLES))
}

fn seconds(t: Timestamp) -> f64 {
    t.as_microsecond() as f64 / 1e6
}

const CTIME: &str = "%a %b %e %H:%M:%S %Y";

fn written(ts: f64, format: &str) -> String {
    in_zone(ts, TimeZone::system(), format)
}

fn in_zone(ts: f64, zone: TimeZone, format: &str) -> String {
    zoned(ts, zone).map_or_else(|| ts.to_string(), |t| t.strftime(format).to_string())
}

fn zoned(ts: f64, zone: TimeZone) -> Option<Zoned> {
    // whole seconds within the years that a date can have; the fraction is not shown
    let whole = if ts.is_finite() && ts.abs() < 2e11 { ts.floor() as i64 } else { return None };
    Some(Timestamp::from_second(whole).ok()?.to_zoned(zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formats() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let t = zoned(1_700_000_000.9, zone).unwrap();
        let text = t.strftime("%a, %d %b %Y %H:%M:%S %Z").to_string();
        assert_eq!(text, "Tue, 14 Nov 2023 17:13:20 EST");
        assert_eq!(t.strftime("%a %b %e %H:%M:%S %Y").to_string(), "Tue Nov 14 17:13:20 2023");
        assert_eq!(changelog_date(1_700_000_000.0), "Tue Nov 14 2023");
        assert_eq!(asctime_of(&Value::Nil), "");
    }

    #[test]
    fn inputs() {
        assert_eq!(parse("1700000000.5"), Some(1_700_000_000.5));
        assert_eq!(parse("2023-11-14T22:13:20Z"), Some(1_700_000_000.0));
        assert!(parse("2023-11-14").is_some());
        assert!(parse("2023-11-14 12:30").is_some());
        assert!(parse("yesterday") < parse("today"));
        assert!(argument("soon").unwrap_err().contains("2 hours ago"));
    }

    proptest! {
        #[test]
        fn any_input(text in "\\PC{0,30}", ts: f64) {
            let _ = parse(&text);
            let _ = (asctime(ts), ctime(ts), changelog_date(ts));
        }
    }
}
