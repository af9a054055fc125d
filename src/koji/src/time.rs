//! Times as commands print and read them.

use time::OffsetDateTime;

/// `Mon, 23 Nov 2026 20:13:04 UTC`: a time of the hub (seconds since 1970) in the user's zone.
pub fn asctime(ts: f64) -> String {
    let Some(t) = local(ts) else { return ts.to_string() };
    let zone = if t.offset().is_utc() { "UTC".to_owned() } else { offset(t) };
    format!(
        "{}, {:02} {} {} {:02}:{:02}:{:02} {zone}",
        short(&t.weekday().to_string()),
        t.day(),
        short(&t.month().to_string()),
        t.year(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

/// Python's `time.asctime`: `Mon Nov 23 20:13:04 2026`.
pub fn ctime(ts: f64) -> String {
    let Some(t) = local(ts) else { return ts.to_string() };
    format!(
        "{} {} {:>2} {:02}:{:02}:{:02} {}",
        short(&t.weekday().to_string()),
        short(&t.month().to_string()),
        t.day(),
        t.hour(),
        t.minute(),
        t.second(),
        t.year()
    )
}

fn local(ts: f64) -> Option<OffsetDateTime> {
    // whole seconds within the years that a date can have; the fraction is not shown
    let seconds = if ts.is_finite() && ts.abs() < 2e11 { ts.floor() as i64 } else { return None };
    let utc = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    let offset = time::UtcOffset::local_offset_at(utc).unwrap_or(time::UtcOffset::UTC);
    Some(utc.to_offset(offset))
}

fn offset(t: OffsetDateTime) -> String {
    let (h, m, _) = t.offset().as_hms();
    format!("{}{:02}{:02}", if h < 0 || m < 0 { '-' } else { '+' }, h.abs(), m.abs())
}

fn short(name: &str) -> String {
    name.chars().take(3).collect()
}
