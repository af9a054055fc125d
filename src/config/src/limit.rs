use crate::value::{FromText, OptionValue};

/// A resource limit: `soft` or `soft hard`; -1 is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub soft: i64,
    /// `None` leaves the hard limit as it is.
    pub hard: Option<i64>,
}

impl FromText for Limit {
    const EXPECTED: &'static str = "one or two integers (soft and hard limit)";

    fn from_text(text: &str) -> Option<Limit> {
        let mut numbers = text.split_whitespace().map(str::parse);
        let soft = numbers.next()?.ok()?;
        let hard = numbers.next().transpose().ok()?;
        numbers.next().is_none().then_some(Limit { soft, hard })
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Text(match self.hard {
            Some(hard) => format!("{} {hard}", self.soft),
            None => self.soft.to_string(),
        })
    }
}
