//! Times as people write them.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::rfc2822;
use jiff::{Span, Timestamp, ToSpan, Zoned};

/// What can be written, for messages and help.
pub const EXAMPLES: &str = "2026-11-01, \"2026-11-01 12:00\", 2026-11-01T12:00Z, yesterday, \"last monday 9:00\", \"2 hours ago\", or seconds since 1970";

/// Formats that Koji itself and other programs print, and people write.
const FORMATS: &[&str] = &[
    "%a, %d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%b %d %Y %H:%M:%S",
    "%b %d %Y %H:%M",
];
const DATES: &[&str] =
    &["%a %b %d %Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d.%m.%Y"];

/// The time that `text` means at the moment `now`, in its zone where the text names none.
pub fn parse(text: &str, now: &Zoned) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(t) = exact(text) {
        return Some(t);
    }
    let words = text.to_lowercase().replace(',', " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    if let Some(t) = relative(&words, now) {
        return Some(t.timestamp());
    }
    let local = named_day(&words, now).or_else(|| written(text, now))?;
    Some(local.to_zoned(now.time_zone().clone()).ok()?.timestamp())
}

/// With an offset or a zone.
fn exact(text: &str) -> Option<Timestamp> {
    if let Some(seconds) = text.strip_prefix('@').or(Some(text)).and_then(|t| t.parse::<f64>().ok()) {
        let whole = seconds.is_finite() && seconds.abs() < 2e11;
        return whole.then(|| Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()).flatten();
    }
    if let Ok(t) = text.parse::<Timestamp>() {
        return Some(t);
    }
    if let Ok(t) = text.parse::<Zoned>() {
        return Some(t.timestamp());
    }
    let universal =
        text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")).or_else(|| text.strip_suffix('Z'));
    if let Some(rest) = universal.map(str::trim_end) {
        let local = plain(rest)?;
        return Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    }
    rfc2822::parse(text).ok().map(|t| t.timestamp())
}

/// `now`, `2 hours ago`, `-3d`, `last week`.
fn relative(words: &[&str], now: &Zoned) -> Option<Zoned> {
    let ago = |span: Span| now.checked_sub(span.abs()).ok();
    match words {
        ["now"] => Some(now.clone()),
        ["last", "hour"] => ago(1.hour()),
        ["last", "week"] => ago(1.week()),
        ["last", "month"] => ago(1.month()),
        ["last", "year"] => ago(1.year()),
        [amount @ .., "ago"] => {
            let amount: Vec<&str> = amount
                .iter()
                .filter(|w| **w != "and")
                .map(|w| if matches!(*w, "a" | "an" | "one") { "1" } else { *w })
                .collect();
            ago(amount.join(" ").parse().ok()?)
        }
        [one] if one.starts_with('-') => ago(one.trim_start_matches('-').parse().ok()?),
        _ => None,
    }
}

/// `yesterday`, `monday 9:00`, `today at noon`, `14:30`: a day before the present one unless it is named.
fn named_day(words: &[&str], now: &Zoned) -> Option<DateTime> {
    let today = now.date();
    let (date, rest) = match words {
        ["today", rest @ ..] => (today, rest),
        ["yesterday", rest @ ..] => (today.yesterday().ok()?, rest),
        ["tomorrow", rest @ ..] => (today.tomorrow().ok()?, rest),
        ["last" | "on", day, rest @ ..] => (last(weekday(day)?, today)?, rest),
        [day, rest @ ..] if weekday(day).is_some() => (last(weekday(day)?, today)?, rest),
        rest => return Some(today.to_datetime(clock(rest)?)),
    };
    let time = match rest {
        [] => Time::midnight(),
        ["at", rest @ ..] | rest => clock(rest)?,
    };
    Some(date.to_datetime(time))
}

/// The last such day before today.
fn last(day: Weekday, today: Date) -> Option<Date> {
    today.nth_weekday(-1, day).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// `14:30`, `14:30:05`, `2pm`, `2:30 pm`, `noon`, `midnight`.
fn clock(words: &[&str]) -> Option<Time> {
    let text = words.concat();
    match text.as_str() {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let (digits, half) = match text.strip_suffix("pm") {
        Some(digits) => (digits, Some(12)),
        None => match text.strip_suffix("am") {
            Some(digits) => (digits, Some(0)),
            None => (text.as_str(), None),
        },
    };
    let mut parts = digits.split(':');
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute = parts.next();
    if minute.is_none() && half.is_none() {
        return None;
    }
    let second = parts.next().unwrap_or("0").parse().ok()?;
    let hour = match half {
        Some(half) => (1..=12).contains(&hour).then_some(hour % 12 + half)?,
        None => hour,
    };
    let time = Time::new(hour, minute.unwrap_or("0").parse().ok()?, second, 0).ok()?;
    parts.next().is_none().then_some(time)
}

/// A date with or without time.
fn plain(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if let Ok(t) = text.parse::<DateTime>() {
        return Some(t);
    }
    if let Ok(date) = text.parse::<Date>() {
        return Some(date.to_datetime(Time::midnight()));
    }
    let text = text.replace("  ", " ");
    if let Some(t) = FORMATS.iter().find_map(|f| DateTime::strptime(f, &text).ok()) {
        return Some(t);
    }
    DATES.iter().find_map(|f| Date::strptime(f, &text).ok()).map(|d| d.to_datetime(Time::midnight()))
}

/// A date, or one of this year without the year: `Nov 1`, `1 nov 12:00`.
fn written(text: &str, now: &Zoned) -> Option<DateTime> {
    if let Some(t) = plain(text) {
        return Some(t);
    }
    let year = now.year();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ([first, second], rest) = words.split_first_chunk::<2>()?;
    let t = plain(&format!("{first} {second} {year} {}", rest.join(" ")))?;
    // the last one: nobody asks for the state of the future
    if t > now.datetime() { t.checked_sub(1.year()).ok() } else { Some(t) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Zoned {
        // a tuesday
        "2026-11-24T10:30:00+01:00[Europe/Prague]".parse().unwrap()
    }

    #[test]
    fn texts() {
        for (text, expected) in [
            ("1700000000.5", "2023-11-14T22:13:20.5Z"),
            ("@1700000000", "2023-11-14T22:13:20Z"),
            ("2026-11-01 12:00", "2026-11-01T11:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
            ("2026-11-01 12:00 UTC", "2026-11-01T12:00:00Z"),
            ("2026-11-01T12:00:00+05:30", "2026-11-01T06:30:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026/07/01 08:00", "2026-07-01T06:00:00Z"),
            ("Mon, 23 Nov 2026 20:13:04 UTC", "2026-11-23T20:13:04Z"),
            ("Mon, 23 Nov 2026 20:13:04 +0100", "2026-11-23T19:13:04Z"),
            ("Mon Nov 23 20:13:04 2026", "2026-11-23T19:13:04Z"),
            ("Sun Nov  1 20:13:04 2026", "2026-11-01T19:13:04Z"),
            ("Nov 1", "2026-10-31T23:00:00Z"),
            ("1 Nov 12:00", "2026-11-01T11:00:00Z"),
            ("Dec 24", "2025-12-23T23:00:00Z"),
            ("now", "2026-11-24T09:30:00Z"),
            ("today", "2026-11-23T23:00:00Z"),
            ("yesterday", "2026-11-22T23:00:00Z"),
            ("Yesterday 14:00", "2026-11-23T13:00:00Z"),
            ("yesterday at 2pm", "2026-11-23T13:00:00Z"),
            ("today at noon", "2026-11-24T11:00:00Z"),
            ("9:15", "2026-11-24T08:15:00Z"),
            ("monday", "2026-11-22T23:00:00Z"),
            ("last tuesday 12:30 am", "2026-11-16T23:30:00Z"),
            ("2 hours ago", "2026-11-24T07:30:00Z"),
            ("an hour ago", "2026-11-24T08:30:00Z"),
            ("1 day and 2 hours ago", "2026-11-23T07:30:00Z"),
            ("3 weeks ago", "2026-11-03T09:30:00Z"),
            ("5 minutes ago", "2026-11-24T09:25:00Z"),
            ("-3d", "2026-11-21T09:30:00Z"),
            ("last week", "2026-11-17T09:30:00Z"),
            ("last month", "2026-10-24T08:30:00Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(parse(text, &now()), Some(expected), "{text}");
        }
    }

    #[test]
    fn not_times() {
        for text in
            ["", "soon", "ago", "hours ago", "25:00", "13pm", "2026-13-01", "last", "nan", "f40-build"]
        {
            assert_eq!(parse(text, &now()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,30}|(last|[0-9]{1,9}|yesterday|at|mon|hours|ago|[0-9:]{1,6}|nov|-| ){0,6}") {
            let _ = parse(&text, &now());
        }

        #[test]
        fn what_is_printed_is_read_back(seconds in 0i64..4_000_000_000) {
            let t = Timestamp::from_second(seconds).unwrap();
            let utc = t.to_zoned(jiff::tz::TimeZone::UTC);
            prop_assert_eq!(parse(&utc.strftime("%a, %d %b %Y %H:%M:%S UTC").to_string(), &now()), Some(t));
            prop_assert_eq!(parse(&t.to_string(), &now()), Some(t));
        }
    }
}
