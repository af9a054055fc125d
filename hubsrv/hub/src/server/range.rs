//! Which part of a file a `Range` header asks for.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    Part {
        start: u64,
        count: u64,
    },
    /// Behind the end of the file.
    Nothing,
}

/// One range in bytes. Several ranges, and what is no range, count as none: that is always a right answer.
pub(super) fn wanted(range: Option<&str>, length: u64) -> Wanted {
    let Some((first, last)) =
        range.and_then(|r| r.strip_prefix("bytes=")).and_then(|r| r.trim().split_once('-'))
    else {
        return Wanted::All;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (number(first), number(last)) {
        (Some(start), end) if end.is_some() || last.trim().is_empty() => {
            let end = end.unwrap_or(u64::MAX).min(length.saturating_sub(1));
            match end.checked_sub(start) {
                _ if start >= length => Wanted::Nothing,
                Some(more) => Wanted::Part { start, count: more + 1 },
                None => Wanted::All,
            }
        }
        (None, Some(suffix)) if first.trim().is_empty() => match suffix.min(length) {
            0 => Wanted::Nothing,
            count => Wanted::Part { start: length - count, count },
        },
        _ => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_rfc_9110s() {
        let part = |start, count| Wanted::Part { start, count };
        for (text, expected) in [
            ("bytes=0-4", part(0, 5)),
            ("bytes=5-", part(5, 5)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-30", part(0, 10)),
            ("bytes=8-99", part(8, 2)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=4-2", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("bytes=x-1", Wanted::All),
            ("lines=0-1", Wanted::All),
        ] {
            assert_eq!(wanted(Some(text), 10), expected, "{text}");
        }
        assert_eq!(wanted(None, 10), Wanted::All);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }

    proptest! {
        #[test]
        fn parts_lie_inside(text in "bytes=[0-9]{0,20}-[0-9]{0,20}", length in 0_u64..100) {
            if let Wanted::Part { start, count } = wanted(Some(&text), length) {
                prop_assert!(count > 0 && start + count <= length);
            }
        }
    }
}
