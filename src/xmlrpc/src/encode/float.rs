//! The text of a float as Python's `repr` writes it, which is what Koji's hub and clients put into `<double>`.

use std::io::Write;

/// Appends `repr(value)`: the shortest digits that read back as the same float, with an exponent when it
/// is below -4 or above 15, and `.0` where nothing else would mark a float.
pub fn push_repr(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        return out.extend_from_slice(b"nan");
    }
    if value.is_infinite() {
        return out.extend_from_slice(if value > 0.0 { b"inf" } else { b"-inf" });
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    // `{:e}` gives the same shortest digits, as d[.ddd]e[-]x: at most 17 digits, 2 marks and 4 of exponent
    let mut text = [0u8; 32];
    let mut rest = &mut text[..];
    let written = write!(rest, "{:e}", value.abs()).map(|()| rest.len());
    let used = text.len().saturating_sub(written.unwrap_or(0));
    let (mantissa, exponent) = split_exponent(text.get(..used).unwrap_or_default());
    let (first, fraction) = match mantissa {
        [first, b'.', fraction @ ..] => (*first, fraction),
        [first, ..] => (*first, &[][..]),
        [] => (b'0', &[][..]),
    };
    if !(-4..16).contains(&exponent) {
        out.push(first);
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        // writing to a Vec cannot fail
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', exponent.unsigned_abs() as usize - 1));
        out.push(first);
        out.extend_from_slice(fraction);
    } else {
        let whole = exponent.unsigned_abs() as usize;
        out.push(first);
        let (head, tail) = fraction.split_at(whole.min(fraction.len()));
        out.extend_from_slice(head);
        out.extend(std::iter::repeat_n(b'0', whole - head.len()));
        out.push(b'.');
        out.extend_from_slice(if tail.is_empty() { b"0" } else { tail });
    }
}

fn split_exponent(text: &[u8]) -> (&[u8], i32) {
    let at = text.iter().position(|b| *b == b'e').unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(at);
    let exponent = exponent.get(1..).and_then(|e| std::str::from_utf8(e).ok()).and_then(|e| e.parse().ok());
    (mantissa, exponent.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::push_repr;

    fn repr(value: f64) -> String {
        let mut out = Vec::new();
        push_repr(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    /// What CPython 3.11 prints for the same floats.
    #[test]
    #[allow(clippy::excessive_precision, clippy::approx_constant)]
    fn as_python() {
        let table = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (3.0, "3.0"),
            (1.5, "1.5"),
            (0.1, "0.1"),
            (-2.25, "-2.25"),
            (1e100, "1e+100"),
            (1e-7, "1e-07"),
            (1.5e-7, "1.5e-07"),
            (0.0001, "0.0001"),
            (0.00012345, "0.00012345"),
            (0.00001, "1e-05"),
            (123456789.123456, "123456789.123456"),
            (1700000000.123456, "1700000000.123456"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (1.2345e16, "1.2345e+16"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (3.141592653589793, "3.141592653589793"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (2.2250738585072014e-308, "2.2250738585072014e-308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (value, text) in table {
            assert_eq!(repr(value), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_back(bits in proptest::num::u64::ANY) {
            let value = f64::from_bits(bits);
            let back: f64 = repr(value).parse().unwrap();
            proptest::prop_assert!(back == value || (back.is_nan() && value.is_nan()), "{} -> {}", value, repr(value));
        }
    }
}
