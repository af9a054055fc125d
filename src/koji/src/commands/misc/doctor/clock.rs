//! The clocks of hub and client: tickets and certificates need them to agree.

use super::finding::Finding;
use super::patient::Patient;

const CHECK: &str = "clock";
/// Kerberos' limit.
const MOST: f64 = 300.0;
const MUCH: f64 = 30.0;

pub fn check(patient: &Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let Some(skew) = patient.session.as_ref().and_then(|s| s.clock_skew()) else {
        return vec![Finding::skipped(CHECK, "the hub's answer has no date")];
    };
    let relation = if skew < 0.0 { "ahead of" } else { "behind" };
    let text = format!("the clock of this machine is {} {relation} the hub's", span(skew.abs()));
    let remedy = "set the clock (timedatectl set-ntp true); if it is right, tell those who run the hub";
    vec![match skew.abs() {
        s if s > MOST => Finding::failed(CHECK, text + ": logins and certificates fail", remedy),
        s if s > MUCH => Finding::warning(CHECK, text, remedy),
        _ => Finding::fine(CHECK, "agrees with the hub's"),
    }]
}

/// `2 h 5 min`, `40 s`
fn span(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    match minutes {
        m if m >= 2.0 * 1440.0 => format!("{:.0} days", m / 1440.0),
        m if m >= 60.0 => format!("{:.0} h {:.0} min", (m / 60.0).floor(), m % 60.0),
        m if m >= 1.0 => format!("{m:.0} min"),
        _ => format!("{seconds:.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans() {
        assert_eq!(span(40.2), "40 s");
        assert_eq!(span(3.0 * 60.0), "3 min");
        assert_eq!(span(7500.0), "2 h 5 min");
        assert_eq!(span(864_000.0), "10 days");
    }
}
