//! Dates: days as spreadsheets write them. A day that could be read in two ways is read only where the file shows which way.

use shared::calendar::Day;

/// What comes first where days are written with strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// 31/12/2026.
    Day,
    /// 12/31/2026.
    Month,
    /// Nothing in the file shows it.
    Unknown,
}

impl Order {
    /// What all days of a file together show.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let (mut day, mut month) = (false, false);
        for (first, second, _) in texts.filter_map(strokes) {
            day |= first > 12;
            month |= second > 12;
        }
        match (day, month) {
            (true, false) => Self::Day,
            (false, true) => Self::Month,
            _ => Self::Unknown,
        }
    }
}

/// The parts of `1/2/2026`, whatever they mean.
fn strokes(text: &str) -> Option<(u8, u8, i32)> {
    let mut parts = text.trim().split([' ', 'T']).next()?.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_whole = parts.next().is_none() && year.len() == 4;
    is_whole.then_some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?))
}

/// Reads `2026-12-31` (a time behind it is passed over), `31.12.2026`, and strokes in the file's order.
pub fn day(text: &str, order: Order) -> Option<Day> {
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(|start| Day::parse(start).ok()) {
        return text
            .get(10..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', 'T']))
            .then_some(day);
    }
    let date = text.split(' ').next().unwrap_or(text);
    let mut dotted = date.split('.');
    if let (Some(day), Some(month), Some(year), None) =
        (dotted.next(), dotted.next(), dotted.next(), dotted.next())
    {
        return Day::new(
            year.parse().ok().filter(|year| *year > 1_000)?,
            month.parse().ok()?,
            day.parse().ok()?,
        );
    }
    let (first, second, year) = strokes(text)?;
    match order {
        Order::Day => Day::new(year, second, first),
        Order::Month => Day::new(year, first, second),
        // The same either way, or only one of them is a day.
        Order::Unknown if first == second || second > 12 => Day::new(year, first, second),
        Order::Unknown if first > 12 => Day::new(year, second, first),
        Order::Unknown => None,
    }
}

/// When that day was: the instant a time behind it names, else noon.
pub fn at_ms(text: &str, order: Order) -> Option<i64> {
    let day = day(text, order)?;
    let midnight = day.number().saturating_mul(86_400_000);
    Some(
        time_ms(text.trim())
            .map_or(midnight.saturating_add(43_200_000), |time| midnight.saturating_add(time)),
    )
}

/// The time of `2026-12-31T10:00:00+01:00`, from the day's midnight at UTC.
fn time_ms(text: &str) -> Option<i64> {
    let time = text.get(11..)?;
    let clock = time.get(..8)?;
    let mut parts = clock.split(':').map(str::parse::<i64>);
    let (hours, minutes, seconds) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let offset = match time.get(8..)? {
        "" | "Z" => 0,
        zone if zone.len() != 6 => return None,
        zone => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    Some(((hours * 60 + minutes - offset) * 60 + seconds) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_where_they_can_mean_one_thing() {
        for (text, order, read) in [
            ("2026-12-31", Order::Unknown, Some("2026-12-31")),
            ("2026-12-31T10:00:00+01:00", Order::Unknown, Some("2026-12-31")),
            ("31.12.2026", Order::Unknown, Some("2026-12-31")),
            ("1.2.2026 10:00", Order::Unknown, Some("2026-02-01")),
            ("31/12/2026", Order::Unknown, Some("2026-12-31")),
            ("12/31/2026", Order::Unknown, Some("2026-12-31")),
            ("1/2/2026", Order::Day, Some("2026-02-01")),
            ("1/2/2026", Order::Month, Some("2026-01-02")),
            ("1/2/2026", Order::Unknown, None),
            ("3/3/2026", Order::Unknown, Some("2026-03-03")),
            ("31/12/2026", Order::Month, None),
            ("30.02.2026", Order::Unknown, None),
            ("31.12.26", Order::Unknown, None),
            ("yesterday", Order::Unknown, None),
            ("2026-12-3", Order::Unknown, None),
            ("٢٠٢٦", Order::Unknown, None),
        ] {
            assert_eq!(day(text, order).map(|day| day.to_string()).as_deref(), read, "{text} {order:?}");
        }
    }

    #[test]
    fn a_file_shows_what_comes_first_or_not() {
        let of = |texts: &[&str]| Order::of(texts.iter().copied());
        assert_eq!(of(&["1/2/2026", "31/1/2026"]), Order::Day);
        assert_eq!(of(&["1/31/2026", ""]), Order::Month);
        assert_eq!(of(&["1/31/2026", "31/1/2026"]), Order::Unknown);
        assert_eq!(of(&[]), Order::Unknown);
    }

    #[test]
    fn an_instant_is_read_with_its_zone() {
        assert_eq!(at_ms("1970-01-02T01:00:00+01:00", Order::Unknown), Some(86_400_000));
        assert_eq!(at_ms("1970-01-02T01:00:00+99999999999999999:00", Order::Unknown), Some(129_600_000));
        assert_eq!(at_ms("1970-01-01", Order::Unknown), Some(43_200_000));
        assert_eq!(at_ms("1970-01-01 10", Order::Unknown), Some(43_200_000));
    }
}
