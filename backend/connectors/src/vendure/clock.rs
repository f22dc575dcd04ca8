//! Clock: Vendure's times: `2026-06-21T11:00:00.000Z`, UTC to the millisecond.

use shared::calendar::Day;

const DAY_MS: i64 = 86_400_000;

/// As Vendure writes an instant.
pub(super) fn text(at_ms: i64) -> String {
    let of_day = at_ms.rem_euclid(DAY_MS);
    let seconds = of_day / 1_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}.{:03}Z", Day::of(at_ms, 0), of_day % 1_000)
}

/// An instant that Vendure wrote, epoch ms.
pub(super) fn instant_ms(text: &str) -> Option<i64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = time.split(':').map(|part| part.parse::<u8>().ok());
    let (Some(hour), Some(minute), Some(second), None) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let ms: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    Day::parse(day).ok()?.number().checked_mul(DAY_MS)?.checked_add(seconds * 1_000 + ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_795_000_123_456, 1_709_164_799_999, -1] {
            assert_eq!(instant_ms(&text(at_ms)), Some(at_ms), "{at_ms}");
        }
        assert_eq!(text(1_782_039_600_000), "2026-06-21T11:00:00.000Z");
        assert_eq!(instant_ms("2026-06-21T11:00:00Z"), Some(1_782_039_600_000));
        for wrong in
            ["", "2026-06-21", "2026-06-21T11:00Z", "2026-13-21T11:00:00Z", "2026-06-21T11:00:00+01:00"]
        {
            assert_eq!(instant_ms(wrong), None, "{wrong}");
        }
    }
}
