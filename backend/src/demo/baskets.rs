//! Baskets: what people bought together in a real shop, and at what time of day.

use super::DemoError;
use super::goods::unpacked;

const BASKETS: &[u8] = include_bytes!("../../demo/baskets.csv.gz");

/// A basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// Minutes since midnight.
    pub minute: i64,
    /// Codes, and how many.
    pub lines: Vec<(String, i64)>,
}

/// All of them, in the order of the file.
pub fn baskets() -> Result<Vec<Basket>, DemoError> {
    let wrong = |what: &dyn std::fmt::Display| DemoError::Data(format!("baskets: {what}"));
    let text = unpacked(BASKETS)?;
    let mut baskets: Vec<(String, Basket)> = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.map_err(|e| wrong(&e))?;
        let cell = |at: usize| row.get(at).unwrap_or("");
        let number = cell(0);
        let quantity = cell(2).parse().map_err(|e| wrong(&e))?;
        let line = (cell(1).to_owned(), quantity);
        match baskets.last_mut() {
            Some((last, basket)) if last == number => basket.lines.push(line),
            _ => {
                let minute = minute_of(cell(4)).ok_or_else(|| wrong(&cell(4)))?;
                baskets.push((number.to_owned(), Basket { minute, lines: vec![line] }));
            }
        }
    }
    Ok(baskets.into_iter().map(|(_, basket)| basket).collect())
}

fn minute_of(time: &str) -> Option<i64> {
    let (hour, minute) = time.split_once(':')?;
    Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_basket_has_something_in_it_at_a_time_a_shop_is_open() {
        let baskets = baskets().unwrap();
        assert_eq!(baskets.len(), 480);
        assert!(baskets.iter().all(|basket| (7 * 60..21 * 60).contains(&basket.minute)));
        assert!(
            baskets
                .iter()
                .flat_map(|basket| &basket.lines)
                .all(|(code, count)| !code.is_empty() && *count > 0)
        );
        assert_eq!(baskets[0].lines.len(), 10);
    }
}
