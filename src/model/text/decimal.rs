//! Decimal numbers of any size, exact: what a range of a key of `context` compares.
//!
//! JSON numbers and numbers sent as text are compared as they are written, so that whole numbers above 2^53 stay apart.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

/// Longest text that is read as a number where it was sent as text, in bytes.
const MAX_TEXT_BYTES: usize = 30;
/// Longest number that is read at all: the longest JSON number has 25 bytes.
const MAX_BYTES: usize = 64;
/// Powers of ten beyond these are not told apart; no JSON number that is kept has one beyond 309.
const MAX_EXPONENT: i16 = 499;
/// Zeros that are written out before an exponent is.
const MAX_ZEROS: i16 = 24;

/// A number: sign, power of ten and digits, `0.digits × 10^exponent`. Zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    is_negative: bool,
    exponent: i16,
    /// Neither begins nor ends with 0.
    digits: String,
}

impl Decimal {
    /// Reads a number as JSON writes it; a sign `+` and leading zeros are taken too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, read_power(power)?),
            None => (text, 0),
        };
        let (is_negative, unsigned) = match mantissa.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (unsigned, ""),
        };
        if !is_digits(whole) {
            return None;
        }
        let all = [whole, fraction].concat();
        let significant = all.trim_start_matches('0');
        let leading_zeros = i16::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { is_negative: false, exponent: 0, digits });
        }
        let exponent = power.saturating_add(i16::try_from(whole.len()).ok()? - leading_zeros);
        Some(Self { is_negative, exponent: exponent.clamp(-MAX_EXPONENT, MAX_EXPONENT), digits })
    }

    /// Reads a number that was sent as text: plain digits of at most 30 characters, perhaps with a minus and a fraction. An
    /// exponent makes it no number, since ids such as `12e4` look so.
    #[must_use]
    pub(crate) fn parse_text(text: &str) -> Option<Self> {
        let is_plain = text.len() <= MAX_TEXT_BYTES
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
        is_plain.then(|| Self::parse(text)).flatten()
    }

    /// A text that sorts, byte by byte, as the numbers do: `n` with complements, `o` for zero, `p` with exponent and digits.
    #[must_use]
    pub(crate) fn ordered(&self) -> String {
        if self.digits.is_empty() {
            return "o".to_owned();
        }
        let exponent = self.exponent + MAX_EXPONENT + 1;
        if !self.is_negative {
            return format!("p{exponent:03}{}", self.digits);
        }
        // The end sorts after any digit: of two numbers that begin alike, the longer one is the smaller.
        let complement: String = self.digits.bytes().map(|digit| char::from(b'0' + b'9' - digit)).collect();
        format!("n{:03}{complement}~", 999 - exponent)
    }

    /// The whole number at or next to it in the direction of `rounding`; beyond 38 digits the last one there is.
    #[must_use]
    pub(crate) fn to_integer(&self, rounding: Rounding) -> i128 {
        let length = i16::try_from(self.digits.len()).unwrap_or(i16::MAX);
        let whole_digits = usize::try_from(self.exponent.max(0)).unwrap_or_default();
        let text = match self.digits.get(..whole_digits) {
            Some(whole) => whole.to_owned(),
            None if whole_digits > 38 => return if self.is_negative { i128::MIN } else { i128::MAX },
            None => format!("{:0<whole_digits$}", self.digits),
        };
        let magnitude: i128 = text.parse().unwrap_or(if text.is_empty() { 0 } else { i128::MAX });
        let towards_zero = if self.is_negative { -magnitude } else { magnitude };
        match (rounding, length > self.exponent.max(0), self.is_negative) {
            (Rounding::Up, true, false) => towards_zero.saturating_add(1),
            (Rounding::Down, true, true) => towards_zero.saturating_sub(1),
            _ => towards_zero,
        }
    }
}

/// Which of two neighbouring whole numbers is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// The greater one.
    Up,
    /// The smaller one.
    Down,
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ordered().cmp(&other.ordered())
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One way of writing each number, which JSON and servers read.
impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { "-" } else { "" };
        let length = i16::try_from(self.digits.len()).unwrap_or(i16::MAX);
        let zeros = |count: i16| "0".repeat(usize::try_from(count).unwrap_or_default());
        match self.exponent {
            _ if self.digits.is_empty() => out.write_str("0"),
            ..=0 if self.exponent > -MAX_ZEROS => {
                write!(out, "{sign}0.{}{}", zeros(-self.exponent), self.digits)
            }
            1.. if self.exponent >= length && self.exponent - length <= MAX_ZEROS => {
                write!(out, "{sign}{}{}", self.digits, zeros(self.exponent - length))
            }
            1.. if self.exponent < length => {
                let (whole, fraction) = self
                    .digits
                    .split_at_checked(usize::try_from(self.exponent).unwrap_or_default())
                    .unwrap_or_default();
                write!(out, "{sign}{whole}.{fraction}")
            }
            exponent => write!(out, "{sign}0.{}e{exponent}", self.digits),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The power of ten behind `e`; what is larger than any that matters is made that.
fn read_power(text: &str) -> Option<i16> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !is_digits(digits) {
        return None;
    }
    let power = digits.parse().unwrap_or(i16::MAX).min(2 * MAX_EXPONENT);
    Some(if is_negative { -power } else { power })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn numbers_sort_as_their_texts_do() {
        let rising = [
            "-1e300",
            "-18446744073709551615",
            "-1000",
            "-500.5",
            "-500",
            "-0.25",
            "-0.2",
            "-1e-300",
            "0",
            "1e-300",
            "0.099",
            "0.1",
            "0.10000000000000001",
            "1",
            "1.5",
            "2",
            "10",
            "99",
            "100",
            "500",
            "500.5",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551615",
            "1e300",
            "1e400",
        ];

        for pair in rising.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
            assert!(decimal(pair[0]).ordered() < decimal(pair[1]).ordered(), "{pair:?}");
        }
    }

    #[test]
    fn one_number_has_one_text_however_it_is_written() {
        for (text, expected) in [
            ("500", "500"),
            ("+500.00", "500"),
            ("0500", "500"),
            ("5e2", "500"),
            ("5000E-1", "500"),
            ("-0", "0"),
            ("0.000", "0"),
            ("12.50", "12.5"),
            ("-0.05", "-0.05"),
            ("1e-30", "0.1e-29"),
            ("1e300", "0.1e301"),
            ("1e99999", "0.1e499"),
        ] {
            assert_eq!(decimal(text).to_string(), expected, "{text}");
            assert_eq!(decimal(&decimal(text).to_string()), decimal(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_none() {
        for text in [
            "", "-", ".5", "5.", "1,000", "1_000", "0x1f", "NaN", "inf", "1e", "1e1.5", "--1", "1-", "٣",
            " 1",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        for text in ["1e5", "+1", "12345678901234567890123456789012", "1.2.3", "10.0.0.1"] {
            assert_eq!(Decimal::parse_text(text), None, "{text}");
        }
        assert_eq!(Decimal::parse_text("-500.0"), Some(decimal("-500")));
    }

    #[test]
    fn whole_numbers_next_to_it_are_found() {
        for (text, up, down) in [
            ("500", 500, 500),
            ("499.5", 500, 499),
            ("-499.5", -499, -500),
            ("0.5", 1, 0),
            ("-0.5", 0, -1),
            ("1e3", 1_000, 1_000),
            ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993),
            ("1e300", i128::MAX, i128::MAX),
            ("-1e300", i128::MIN, i128::MIN),
        ] {
            let number = decimal(text);
            let found = (number.to_integer(Rounding::Up), number.to_integer(Rounding::Down));
            assert_eq!(found, (up, down), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_two_numbers_sort_as_their_texts_do(left: f64, right: f64) {
            prop_assume!(left.is_finite() && right.is_finite());
            let read = |number: f64| decimal(&serde_json::Number::from_f64(number).unwrap().to_string());

            prop_assert_eq!(Some(read(left).ordered().cmp(&read(right).ordered())), left.partial_cmp(&right));
        }

        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,40}") {
            let _ = Decimal::parse(&text);
        }
    }
}
