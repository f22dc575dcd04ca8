//! Control: the report beside totals that somebody else worked out; every figure that differs is named.
//! A control file is JSON with the report's keys, JSON of the tax figures, or CSV with one row a day.

use super::ReplayError;
use super::report::VatMode;
use serde_json::{Map, Value};
use std::path::Path;

/// Parts of the report a control file may hold.
const PARTS: [&str; 10] = [
    "all",
    "by_kind",
    "by_month",
    "by_country",
    "by_day",
    "rounding",
    "merchandise_vs_other",
    "non_product_codes",
    "top25_codes_by_sales",
    "case_only_codes",
];

/// What came of comparing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Figures that were looked at.
    pub figures: u64,
    /// `all.lines: the control says 3, the books say 4`.
    pub differences: Vec<String>,
}

/// Compares the report with a control file.
pub fn compare_file(report: &Value, path: &Path, mode: VatMode) -> Result<Compared, ReplayError> {
    let text = std::fs::read_to_string(path)?;
    let name = path.display();
    let compared = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        compare_days(report, &text)
    } else {
        let control: Value = serde_json::from_str(&text)
            .map_err(|e| ReplayError::Control(format!("{name} is not JSON: {e}")))?;
        Ok(compare(report, &control, mode))
    }?;
    if compared.figures == 0 {
        return Err(ReplayError::Control(format!("{name} holds no figure that the report has too")));
    }
    Ok(compared)
}

/// Compares the report with control totals.
pub fn compare(report: &Value, control: &Value, mode: VatMode) -> Compared {
    let mut compared = Compared::default();
    let tax_only = control.get("lines_used").is_some();
    if tax_only {
        compared.tax(&report["vat"], control, mode);
        return compared;
    }
    for part in PARTS {
        if let Some(control) = control.get(part) {
            compared.value(part, &report[part], control);
        }
    }
    if let Some(control) = control.get("vat") {
        compared.tax(&report["vat"], control, mode);
    }
    compared
}

/// Compares `by_day` with one CSV row a day.
fn compare_days(report: &Value, text: &str) -> Result<Compared, ReplayError> {
    let wrong = |e: csv::Error| ReplayError::Control(format!("the control totals by day: {e}"));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().map_err(wrong)?.clone();
    let mut days = Map::new();
    for row in table.records() {
        let row = row.map_err(wrong)?;
        let day: Map<String, Value> =
            header.iter().zip(row.iter()).map(|(column, cell)| (column.to_owned(), cell.into())).collect();
        days.insert(row.get(0).unwrap_or("").to_owned(), Value::Object(day));
    }
    let mut compared = Compared::default();
    compared.value("by_day", &report["by_day"], &Value::Object(days));
    Ok(compared)
}

impl Compared {
    /// The tax figures: a control file holds those of every mode, the report those of its own.
    fn tax(&mut self, report: &Value, control: &Value, mode: VatMode) {
        let keys = ["pence", mode.key(), "invoices", "lines"];
        let own = |figures: &Value| -> Value {
            keys.iter().map(|key| ((*key).to_owned(), figures[*key].clone())).collect::<Map<_, _>>().into()
        };
        self.value("vat.all", &report["all"], &own(&control["all"]));
        if let Some(months) = control["by_month"].as_object() {
            let months = months.iter().map(|(month, figures)| (month.clone(), own(figures)));
            self.value("vat.by_month", &report["by_month"], &months.collect::<Map<_, _>>().into());
        }
    }

    fn value(&mut self, place: &str, report: &Value, control: &Value) {
        match (report, control) {
            (Value::Object(report), Value::Object(control)) => self.maps(place, report, control),
            (Value::Array(report), Value::Array(control)) => {
                if report.len() != control.len() {
                    self.differ(place, &report.len().to_string(), &control.len().to_string());
                }
                for (at, (report, control)) in report.iter().zip(control).enumerate() {
                    self.value(&format!("{place}[{at}]"), report, control);
                }
            }
            _ => {
                self.figures += 1;
                if plain(report) != plain(control) {
                    self.differ(place, &plain(report), &plain(control));
                }
            }
        }
    }

    fn maps(&mut self, place: &str, report: &Map<String, Value>, control: &Map<String, Value>) {
        for (key, control) in control {
            self.value(&format!("{place}.{key}"), report.get(key).unwrap_or(&Value::Null), control);
        }
        // A day, a month or a country that the control does not know is a difference; another figure of one is not.
        for (key, more) in report.iter().filter(|(key, more)| more.is_object() && !control.contains_key(*key))
        {
            self.differ(&format!("{place}.{key}"), &plain(more), "nothing");
        }
    }

    fn differ(&mut self, place: &str, report: &str, control: &str) {
        self.differences.push(format!("{place}: the control says {control}, the books say {report}"));
    }
}

/// A figure as text: 3 and "3" are the same, as CSV knows no numbers.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LINE: VatMode = VatMode { inside: false, per_sale: false };

    #[test]
    fn every_difference_is_named_and_nothing_else() {
        let report = json!({
            "all": {"lines": 4, "units": 7, "more": 1},
            "by_country": {"EIRE": {"lines": 4}, "Norway": {"lines": 0}},
            "by_day": {"2010-11-25": {"date": "2010-11-25", "lines": 4}},
            "vat": {"all": {"pence": 10, "A_line": 2, "invoices": 1, "lines": 1}},
        });
        let control = json!({
            "all": {"lines": 3, "units": 7},
            "by_country": {"EIRE": {"lines": 4}},
            "not ours": {"x": 1},
            "vat": {"all": {"pence": 10, "A_line": 2, "B_line": 99, "invoices": 1, "lines": 1}},
        });
        let compared = compare(&report, &control, LINE);
        assert_eq!(compared.figures, 7);
        assert_eq!(
            compared.differences,
            [
                "all.lines: the control says 3, the books say 4",
                "by_country.Norway: the control says nothing, the books say {\"lines\":0}",
            ]
        );
        let days = compare_days(&report, "date,lines\n2010-11-25,4\n2010-11-26,1\n").unwrap();
        assert_eq!((days.figures, days.differences.len()), (3, 1), "{days:?}");
    }
}
