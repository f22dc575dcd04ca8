//! Store: records by model and number, and how their values are read and written.

use super::decimal;
use super::fault::Fault;
use super::schema::{self, Field, Kind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A value of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Unset,
    Text(String),
    Whole(i64),
    /// Millionths.
    Decimal(i128),
    Flag(bool),
    /// Epoch ms.
    Time(i64),
    One(i64),
    Many(Vec<i64>),
}

/// A record.
pub(super) type Record = BTreeMap<&'static str, Cell>;

/// Everything this Odoo has.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) version: u32,
    pub(super) now_ms: i64,
    /// Decimals of “Product Unit”: two as delivered.
    pub(super) unit_digits: u32,
    tables: BTreeMap<&'static str, BTreeMap<i64, Record>>,
}

impl Store {
    pub(super) fn new(version: u32) -> Self {
        Self { version, now_ms: 0, unit_digits: 2, tables: BTreeMap::new() }
    }

    /// The fields of a model.
    pub(super) fn fields(&self, model: &str) -> Vec<Field> {
        schema::fields(model, self.version).unwrap_or_default()
    }

    pub(super) fn field(&self, model: &str, name: &str) -> Result<Field, Fault> {
        schema::field(model, self.version, name)
            .ok_or_else(|| Fault::value(format!("Invalid field {name:?} on {model:?}")))
    }

    /// Adds a record under its number.
    pub(super) fn put(&mut self, model: &'static str, id: i64, values: Vec<(&'static str, Cell)>) {
        let mut record: Record = values.into_iter().collect();
        record.insert("create_date", Cell::Time(self.now_ms));
        record.insert("write_date", Cell::Time(self.now_ms));
        self.tables.entry(model).or_default().insert(id, record);
    }

    /// Adds a record under the next number.
    pub(super) fn add(&mut self, model: &'static str, values: Vec<(&'static str, Cell)>) -> i64 {
        let last = self.tables.get(model).and_then(|table| table.keys().next_back()).copied();
        let id = last.unwrap_or(0) + 1;
        self.put(model, id, values);
        id
    }

    pub(super) fn change(&mut self, model: &str, id: i64, name: &'static str, cell: Cell) {
        let now = self.now_ms;
        if let Some(record) = self.tables.get_mut(model).and_then(|table| table.get_mut(&id)) {
            record.insert(name, cell);
            record.insert("write_date", Cell::Time(now));
        }
    }

    pub(super) fn remove(&mut self, model: &str, id: i64) {
        if let Some(table) = self.tables.get_mut(model) {
            table.remove(&id);
        }
    }

    pub(super) fn ids(&self, model: &str) -> Vec<i64> {
        self.tables.get(model).map(|table| table.keys().copied().collect()).unwrap_or_default()
    }

    pub(super) fn has(&self, model: &str, id: i64) -> bool {
        self.tables.get(model).is_some_and(|table| table.contains_key(&id))
    }

    pub(super) fn cell(&self, model: &str, id: i64, name: &str) -> Cell {
        match name {
            "id" => Cell::Whole(id),
            _ => self.kept(model, id, name).cloned().unwrap_or(Cell::Unset),
        }
    }

    fn kept(&self, model: &str, id: i64, name: &str) -> Option<&Cell> {
        self.tables.get(model)?.get(&id)?.get(name)
    }

    pub(super) fn text(&self, model: &str, id: i64, name: &str) -> String {
        match self.cell(model, id, name) {
            Cell::Text(text) => text,
            _ => String::new(),
        }
    }

    pub(super) fn decimal(&self, model: &str, id: i64, name: &str) -> i128 {
        match self.cell(model, id, name) {
            Cell::Decimal(amount) => amount,
            _ => 0,
        }
    }

    pub(super) fn one(&self, model: &str, id: i64, name: &str) -> i64 {
        match self.cell(model, id, name) {
            Cell::One(other) => other,
            _ => 0,
        }
    }

    pub(super) fn many(&self, model: &str, id: i64, name: &str) -> Vec<i64> {
        match self.cell(model, id, name) {
            Cell::Many(others) => others,
            _ => Vec::new(),
        }
    }

    /// What people call a record.
    pub(super) fn display_name(&self, model: &str, id: i64, context: &Value) -> String {
        let name = self.text(model, id, "name");
        let code = self.text(model, id, "default_code");
        match model {
            "product.product" if !code.is_empty() && context["display_default_code"] != false => {
                format!("[{code}] {name}")
            }
            "account.move" if name.is_empty() => "Draft".to_owned(),
            _ => name,
        }
    }

    /// A value as `read` gives it.
    pub(super) fn shown(&self, model: &str, id: i64, field: Field, context: &Value) -> Value {
        if field.name == "display_name" {
            return json!(self.display_name(model, id, context));
        }
        match (self.cell(model, id, field.name), field.kind) {
            (Cell::Unset, Kind::Decimal(_)) => decimal::written(0),
            (Cell::Unset, Kind::Many(_)) => json!([]),
            (Cell::Unset, _) => json!(false),
            (Cell::Text(text), _) => json!(text),
            (Cell::Whole(whole), _) => json!(whole),
            (Cell::Decimal(amount), _) => decimal::written(amount),
            (Cell::Flag(flag), _) => json!(flag),
            (Cell::Time(at_ms), _) => json!(time_text(at_ms)),
            (Cell::One(other), Kind::One(of)) => json!([other, self.display_name(of, other, &json!({}))]),
            (Cell::One(other), _) => json!(other),
            (Cell::Many(others), _) => json!(others),
        }
    }

    /// The values of a record that comes in, each checked against its field.
    pub(super) fn taken(
        &self,
        model: &str,
        values: &Map<String, Value>,
        but: &[&str],
    ) -> Result<Vec<(&'static str, Cell)>, Fault> {
        let mut cells = Vec::new();
        for (name, value) in values.iter().filter(|(name, _)| !but.contains(&name.as_str())) {
            let field = self.field(model, name)?;
            if !field.settable {
                return Err(Fault::user(format!(
                    "The field {name} of {model} is not written to from outside."
                )));
            }
            cells.push((field.name, self.take(model, field, value)?));
        }
        Ok(cells)
    }

    fn take(&self, model: &str, field: Field, value: &Value) -> Result<Cell, Fault> {
        let wrong = || Fault::value(format!("Wrong value for {model}.{}: {value}", field.name));
        if (value == false && field.kind != Kind::Flag) || value.is_null() {
            return Ok(Cell::Unset);
        }
        match field.kind {
            Kind::Text => Ok(Cell::Text(value.as_str().ok_or_else(wrong)?.to_owned())),
            Kind::Word(words) => {
                let word = value.as_str().filter(|word| words.contains(word)).ok_or_else(wrong)?;
                Ok(Cell::Text(word.to_owned()))
            }
            Kind::Integer => Ok(Cell::Whole(value.as_i64().ok_or_else(wrong)?)),
            Kind::Decimal(digits) => {
                let amount = decimal::read(value).ok_or_else(wrong)?;
                let digits = if field.name == "quantity" { self.unit_digits } else { digits };
                Ok(Cell::Decimal(decimal::rounded(amount, digits)))
            }
            Kind::Flag => Ok(Cell::Flag(value.as_bool().ok_or_else(wrong)?)),
            Kind::Day => {
                let day = value.as_str().filter(|day| time_ms(&format!("{day} 00:00:00")).is_some());
                Ok(Cell::Text(day.ok_or_else(wrong)?.to_owned()))
            }
            Kind::Time => Ok(Cell::Time(value.as_str().and_then(time_ms).ok_or_else(wrong)?)),
            Kind::One(of) => {
                let id = value.as_i64().ok_or_else(wrong)?;
                self.has(of, id).then_some(Cell::One(id)).ok_or_else(|| Fault::missing(of, id))
            }
            Kind::Many(of) => self.many_taken(of, value).ok_or_else(wrong)?,
        }
    }

    /// `[[6, 0, ids]]`.
    fn many_taken(&self, of: &str, value: &Value) -> Option<Result<Cell, Fault>> {
        let [command] = value.as_array()?.as_slice() else { return None };
        let ids = command.get(2).filter(|_| command[0] == 6)?.as_array()?;
        let ids: Vec<i64> = ids.iter().map(Value::as_i64).collect::<Option<_>>()?;
        match ids.iter().find(|id| !self.has(of, **id)) {
            Some(id) => Some(Err(Fault::missing(of, *id))),
            None => Some(Ok(Cell::Many(ids))),
        }
    }
}

const DAY_MS: i64 = 86_400_000;

/// `2026-06-21 11:00:00`, in UTC, by Howard Hinnant's “civil from days”.
pub(super) fn time_text(at_ms: i64) -> String {
    let days = at_ms.div_euclid(DAY_MS) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * part + 2) / 5 + 1, if part < 10 { part + 3 } else { part - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let second = at_ms.rem_euclid(DAY_MS) / 1_000;
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// Reads it.
pub(super) fn time_ms(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(' ')?;
    let numbers = |text: &str, by: char| {
        text.split(by).map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<_>>>()
    };
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let ([year, month, day], [hour, minute, second]) = (date.as_slice(), time.as_slice()) else {
        return None;
    };
    if !(1..=12).contains(month) || !(1..=31).contains(day) {
        return None;
    }
    let year = year - i64::from(*month <= 2);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * DAY_MS + (hour * 3_600 + minute * 60 + second) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_as_they_went() {
        for at_ms in [0, 951_782_400_000, 1_782_039_600_000, 1_709_164_799_000] {
            assert_eq!(time_ms(&time_text(at_ms)), Some(at_ms), "{at_ms}");
        }
        assert_eq!(time_text(1_782_039_600_000), "2026-06-21 11:00:00");
        assert_eq!(time_ms("2026-06-21"), None);
        assert_eq!(time_ms("2026-13-21 00:00:00"), None);
    }
}
