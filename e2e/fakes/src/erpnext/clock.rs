//! Clock: the site's wall clock (London's: an hour ahead of UTC from the end of March to the end of October), and dates of answers.

const DAY_MS: i64 = 86_400_000;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Year, month and day of a count of days since 1970 (the algorithm is Howard Hinnant's “civil from days”).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Summer time is told by the month alone: nothing here is written in the last days of March or October.
fn offset_ms(at_ms: i64) -> i64 {
    let (_, month, _) = civil(at_ms.div_euclid(DAY_MS));
    if (4..=10).contains(&month) { 3_600_000 } else { 0 }
}

/// `2026-06-21 12:00:00.000000`.
pub fn local(at_ms: i64) -> String {
    let local = at_ms + offset_ms(at_ms);
    let (year, month, day) = civil(local.div_euclid(DAY_MS));
    let of_day = local.rem_euclid(DAY_MS);
    let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:03}000", of_day % 1_000)
}

/// `Sun, 21 Jun 2026 11:00:00 GMT`.
pub fn http_date(at_ms: i64) -> String {
    let days = at_ms.div_euclid(DAY_MS);
    let (year, month, day) = civil(days);
    let of_day = at_ms.rem_euclid(DAY_MS);
    let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
    let weekday =
        usize::try_from(days.rem_euclid(7)).ok().and_then(|at| DAYS.get(at)).copied().unwrap_or_default();
    let month = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Is it a date?
pub fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Is it a time of a day?
pub fn is_time(text: &str) -> bool {
    let parts: Vec<Option<u8>> = text.split(':').map(|part| part.parse().ok()).collect();
    matches!(parts.as_slice(), [Some(hour), Some(minute), Some(second)] if *hour < 24 && *minute < 60 && *second < 60)
}

/// A part of a path without its escapes.
pub fn unescaped(part: &str) -> String {
    let mut out = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_site_and_as_http_write_them() {
        assert_eq!(local(1_782_039_600_000), "2026-06-21 12:00:00.000000");
        assert_eq!(local(1_767_344_400_123), "2026-01-02 09:00:00.123000");
        assert_eq!(http_date(1_782_039_600_000), "Sun, 21 Jun 2026 11:00:00 GMT");
        assert_eq!(http_date(951_782_400_000), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(unescaped("Sales%20Invoice"), "Sales Invoice");
        assert_eq!(unescaped("50%"), "50%");
        assert!(
            is_date("2026-06-21") && !is_date("2026-6-21") && is_time("09:05:00") && !is_time("24:00:00")
        );
    }
}
