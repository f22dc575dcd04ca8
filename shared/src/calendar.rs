//! Calendar: the days of a shop.
//! Lives here: Day (a date on the shop's own calendar) and LocalTime (an instant with the shop's wall clock).
//! May use: serde. Never: a clock, a time-zone table (the edges know the zone and hand in the offset).
//! Invariant: a Day is always a real date of the Gregorian calendar.

use serde::{Deserialize, Serialize};

/// A date on the shop's own calendar, `2010-11-25`; orders as dates do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(into = "String", try_from = "String")]
pub struct Day {
    year: i32,
    month: u8,
    day: u8,
}

/// Not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a date like 2026-11-24")]
pub struct NotADay(String);

const DAY_MS: i64 = 86_400_000;

impl Day {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let wrong = || NotADay(text.chars().take(32).collect());
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes
                .iter()
                .enumerate()
                .all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(wrong());
        }
        let year: i32 = text[0..4].parse().map_err(|_| wrong())?;
        let month: u8 = text[5..7].parse().map_err(|_| wrong())?;
        let day: u8 = text[8..10].parse().map_err(|_| wrong())?;
        Self::new(year, month, day).ok_or_else(wrong)
    }

    /// A date, if there is one.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let length = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=length).contains(&day) && (0..=9999).contains(&year)).then_some(Self { year, month, day })
    }

    /// The day that `epoch_ms` falls on, `offset_minutes` east of UTC.
    pub fn of(epoch_ms: i64, offset_minutes: i32) -> Self {
        let local = epoch_ms.saturating_add(i64::from(offset_minutes) * 60_000);
        Self::from_number(local.div_euclid(DAY_MS))
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        // Days from civil, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The inverse of [`Day::number`], held inside the years 0 to 9999.
    pub fn from_number(number: i64) -> Self {
        let number = number.clamp(-719_528, 2_932_896) + 719_468;
        let era = number.div_euclid(146_097);
        let of_era = number.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self {
            year: i32::try_from(year).unwrap_or(0),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    /// So many days later (or earlier).
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_number(self.number().saturating_add(days))
    }

    /// `2010-11`.
    pub fn month_text(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// An instant as the device saw it: its clock and the shop's wall clock at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LocalTime {
    /// Epoch milliseconds by the device's clock.
    pub at_ms: i64,
    /// Minutes east of UTC of the shop's time zone at that instant.
    pub offset_minutes: i32,
}

impl LocalTime {
    /// The shop's calendar year.
    pub fn year(&self) -> i32 {
        self.day().year
    }

    /// The shop's date.
    pub fn day(&self) -> Day {
        Day::of(self.at_ms, self.offset_minutes)
    }

    /// Minutes since the shop's midnight, 0 to 1439.
    pub fn minute_of_day(&self) -> u16 {
        let local = self.at_ms.saturating_add(i64::from(self.offset_minutes) * 60_000);
        u16::try_from(local.rem_euclid(DAY_MS) / 60_000).unwrap_or(0)
    }

    /// `2010-11-25 08:20`.
    pub fn text(&self) -> String {
        let minute = self.minute_of_day();
        format!("{} {:02}:{:02}", self.day(), minute / 60, minute % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_are_real_dates() {
        for bad in
            ["2023-02-29", "2023-13-01", "2023-00-10", "23-01-01", "2023-1-1", "2023-01-01T", "20a3-01-01"]
        {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Day::parse("1970-01-01").unwrap().number(), 0);
        assert_eq!(Day::parse("2000-02-29").unwrap().plus_days(1).to_string(), "2000-03-01");
    }

    #[test]
    fn a_late_evening_belongs_to_the_shops_own_day() {
        // 2026-11-24 23:30 UTC is already the 25th in Berlin and still the 24th in New York.
        let at_ms = 1_795_563_000_000;
        assert_eq!(Day::of(at_ms, 0).to_string(), "2026-11-24");
        assert_eq!(LocalTime { at_ms, offset_minutes: 60 }.text(), "2026-11-25 00:30");
        assert_eq!(LocalTime { at_ms, offset_minutes: -300 }.text(), "2026-11-24 18:30");
    }

    proptest! {
        #[test]
        fn numbers_and_days_are_inverse(number in -719_528_i64..2_932_896) {
            let day = Day::from_number(number);
            prop_assert_eq!(day.number(), number);
            prop_assert_eq!(Day::parse(&day.to_string()).unwrap(), day);
        }
    }
}
