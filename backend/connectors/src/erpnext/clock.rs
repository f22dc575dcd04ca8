//! Clock: a site writes times by its own wall clock and says no zone; how far that is from UTC is a setting, by the winter's time.
//! In summer a time of theirs then seems an hour late, and what is asked for since a time begins an hour early: nothing is lost.

use crate::exchange::Response;
use crate::setup::Setup;
use shared::calendar::Day;

const DAY_MS: i64 = 86_400_000;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Clocks of the world are not further from UTC, minutes.
const FURTHEST: i32 = 14 * 60;

/// Minutes the site is ahead of UTC in winter; none where it cannot be read.
pub(super) fn offset_minutes(setup: &Setup) -> Option<i32> {
    let text = setup.text("utc_offset").trim().replace('−', "-");
    if text.is_empty() {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("-", rest)) => (-1, rest),
        Some(("+", rest)) => (1, rest),
        _ => (1, text.as_str()),
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let hours: i32 = hours.trim().parse::<u8>().ok()?.into();
    let minutes: i32 = minutes.trim().parse::<u8>().ok()?.into();
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= FURTHEST).then_some(sign * all)
}

/// An instant by the site's clock: `2026-06-21 12:30:00.000000`.
pub(super) fn text(at_ms: i64, offset_minutes: i32) -> String {
    let local = at_ms.saturating_add(i64::from(offset_minutes) * 60_000);
    let of_day = local.rem_euclid(DAY_MS);
    format!("{} {}.{:03}000", Day::of(local, 0), time_text(of_day), of_day % 1_000)
}

/// Milliseconds of a day as `12:30:00`.
pub(super) fn time_text(of_day: i64) -> String {
    let seconds = of_day / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// An instant that the site wrote, epoch ms.
pub(super) fn instant_ms(text: &str, offset_minutes: i32) -> Option<i64> {
    let (day, time) = text.split_once(' ')?;
    let mut parts = time.split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let seconds = parts.next()?;
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let second: i64 = second.parse().ok()?;
    let ms: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let of_day = hour * 3_600_000 + minute * 60_000 + second * 1_000 + ms;
    let local = Day::parse(day).ok()?.number().checked_mul(DAY_MS)?.checked_add(of_day)?;
    local.checked_sub(i64::from(offset_minutes) * 60_000)
}

/// When an answer was given, by its own date (RFC 9110 §5.6.7): `Sun, 21 Jun 2026 11:00:00 GMT`.
pub(super) fn answered_ms(response: &Response) -> Option<i64> {
    let words: Vec<&str> = response.header("date")?.split_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|known| known == month)?.checked_add(1)?;
    let day = Day::new(year.parse().ok()?, u8::try_from(month).ok()?, day.parse().ok()?)?;
    instant_ms(&format!("{day} {time}"), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(offset: &str) -> Setup {
        Setup { settings: [("utc_offset".to_owned(), offset.to_owned())].into(), ..Setup::default() }
    }

    #[test]
    fn an_offset_is_hours_and_minutes() {
        for (text, minutes) in [
            ("", Some(0)),
            ("1", Some(60)),
            ("+1", Some(60)),
            ("+05:30", Some(330)),
            ("-3", Some(-180)),
            ("−3:30", Some(-210)),
            ("0", Some(0)),
            ("15", None),
            ("Europe/London", None),
            ("1:75", None),
            ("--1", None),
        ] {
            assert_eq!(offset_minutes(&setup(text)), minutes, "{text}");
        }
    }

    #[test]
    fn instants_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_795_000_123_456, 1_709_164_799_999] {
            for offset in [0, 60, 330, -210] {
                assert_eq!(instant_ms(&text(at_ms, offset), offset), Some(at_ms), "{at_ms} {offset}");
            }
        }
        assert_eq!(text(1_782_039_600_000, 330), "2026-06-21 16:30:00.000000");
        assert_eq!(instant_ms("2026-06-21 11:00:00", 0), Some(1_782_039_600_000));
        assert_eq!(instant_ms("2026-06-21 11:00:00.5", 0), Some(1_782_039_600_500));
        assert_eq!(instant_ms("2026-13-21 11:00:00", 0), None);
        assert_eq!(instant_ms("yesterday", 0), None);
    }

    #[test]
    fn the_date_of_an_answer_is_read() {
        let of = |date: &str| {
            let headers = vec![("date".to_owned(), date.to_owned())];
            answered_ms(&Response::Answer { status: 200, headers, body: Vec::new() })
        };
        assert_eq!(of("Sun, 21 Jun 2026 11:00:00 GMT"), Some(1_782_039_600_000));
        assert_eq!(of("Sunday, 21-Jun-26 11:00:00 GMT"), None);
        assert_eq!(answered_ms(&Response::None), None);
    }
}
