//! Report: what the books say, added up the way the control totals are.
//! The keys and meanings of the figures are those of the data's own control files (docs/benchmarks.md, "Replay").

use super::register::is_merchandise;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a booked line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookedAs {
    /// A sale.
    Sale,
    /// A return.
    Return,
    /// A correction in the books.
    Adjustment,
    /// Stock set right.
    StockAdjustment,
}

/// One line of the books, as read from the server's database.
#[derive(Clone, Debug)]
pub struct BookedLine {
    /// Number of the receipt or of the stock adjustment.
    pub document: String,
    /// What that is.
    pub booked_as: BookedAs,
    /// Code, to the letter.
    pub sku: String,
    /// Name as on the receipt; may be empty.
    pub name: String,
    /// Thousandths of a piece.
    pub quantity: i64,
    /// 1/10,000 of the currency; nothing for stock adjustments.
    pub unit_price: i64,
    /// When the line was entered, on the shop's clock: `2010-11-25 08:20`.
    pub local_time: String,
    /// When its document happened, the same way.
    pub document_time: String,
    /// The shop's number of the customer.
    pub customer: Option<String>,
    /// Where to.
    pub country: String,
    /// Is it taxed?
    pub taxed: bool,
    /// After rounding to minor units, before or with tax as the shop prices.
    pub amount_minor: i64,
    /// Its tax in minor units.
    pub tax_minor: i64,
}

/// How the replay's shop is taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VatMode {
    /// Is the tax inside the prices?
    pub inside: bool,
    /// Is it rounded once a sale (else per line)?
    pub per_sale: bool,
}

impl VatMode {
    /// The name of the figure in the control file: `A` on top, `B` inside; `line`, `inv`.
    pub fn key(self) -> &'static str {
        match (self.inside, self.per_sale) {
            (false, false) => "A_line",
            (false, true) => "A_inv",
            (true, false) => "B_line",
            (true, true) => "B_inv",
        }
    }
}

/// quantity (1/1,000) × price (1/10,000).
const EXACT: u128 = 10_000_000;

#[derive(Clone, Debug, Default)]
struct Totals {
    lines: u64,
    invoices: HashSet<u32>,
    units: i128,
    revenue: i128,
    sales: i128,
    cancelled: i128,
}

impl Totals {
    fn add(&mut self, line: &Line<'_>) {
        self.lines += 1;
        self.invoices.insert(line.document);
        self.units += i128::from(line.booked.quantity);
        self.revenue += line.exact;
        match line.kind {
            "sale" => self.sales += line.exact,
            "cancellation" => self.cancelled += line.exact,
            _ => {}
        }
    }

    fn json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("lines".into(), json!(self.lines));
        map.insert("invoices".into(), json!(self.invoices.len()));
        map.insert("units".into(), units(self.units));
        map.insert("revenue_gbp".into(), json!(decimal(self.revenue)));
        map.insert("sales_gbp".into(), json!(decimal(self.sales)));
        map.insert("cancelled_gbp".into(), json!(decimal(self.cancelled)));
        map
    }
}

/// A line with what follows from it.
struct Line<'a> {
    booked: &'a BookedLine,
    document: u32,
    kind: &'static str,
    exact: i128,
}

fn kind_of(line: &BookedLine) -> &'static str {
    match line.booked_as {
        BookedAs::Adjustment => "bad_debt_adjustment",
        BookedAs::Return => "cancellation",
        BookedAs::StockAdjustment => "stock_write_off",
        BookedAs::Sale if line.quantity < 0 => "stock_write_off",
        BookedAs::Sale if line.unit_price == 0 => "zero_price",
        BookedAs::Sale => "sale",
    }
}

#[derive(Default)]
struct DayTotals {
    lines: u64,
    invoices: HashSet<u32>,
    sale_invoices: HashSet<u32>,
    sale_lines: u64,
    sale_units: i128,
    sales: i128,
    cancel_invoices: HashSet<u32>,
    cancel_lines: u64,
    cancelled: i128,
    adjustment: i128,
    zero_value_lines: u64,
    net: i128,
}

#[derive(Default)]
struct Distinct<'a> {
    codes: BTreeSet<&'a str>,
    customers: HashSet<&'a str>,
}

#[derive(Default)]
struct Vat {
    pence: i128,
    tax: i128,
    lines: u64,
    invoices: HashSet<u32>,
}

impl Vat {
    fn add(&mut self, line: &Line<'_>, inside: bool) {
        // The control's `pence` is quantity × price: the amount as priced, with the tax inside or without.
        let _ = inside;
        self.pence += i128::from(line.booked.amount_minor);
        self.tax += i128::from(line.booked.tax_minor);
        self.lines += 1;
        self.invoices.insert(line.document);
    }

    fn json(&self, mode: VatMode) -> Value {
        json!({
            "pence": integer(self.pence),
            mode.key(): integer(self.tax),
            "invoices": self.invoices.len(),
            "lines": self.lines,
        })
    }
}

/// Everything, added up.
#[derive(Default)]
struct Sums<'a> {
    all: Totals,
    by_month: BTreeMap<String, (Totals, Distinct<'a>)>,
    by_country: BTreeMap<&'a str, Totals>,
    by_kind: BTreeMap<&'static str, Totals>,
    by_product: BTreeMap<&'a str, Totals>,
    by_customer: BTreeMap<&'a str, Totals>,
    by_day: BTreeMap<&'a str, DayTotals>,
    merchandise: Totals,
    non_product: Totals,
    non_product_codes: BTreeMap<&'a str, Totals>,
    sales_by_code: BTreeMap<&'a str, (i128, i128)>,
    everything: Distinct<'a>,
    vat: Vat,
    vat_by_month: BTreeMap<String, Vat>,
    same_lines: HashMap<SameLine<'a>, u64>,
    times: HashMap<u32, BTreeSet<&'a str>>,
    without_customer: HashSet<u32>,
    lines_without_customer: u64,
    lines_without_description: u64,
    three_decimals: u64,
    negative_price: u64,
    zero_price: u64,
    negative_not_cancelled: u64,
    positive_cancelled: u64,
    rounded_lines: i128,
    rounded_documents: HashMap<u32, i128>,
}

type SameLine<'a> = (&'a str, &'a str, &'a str, i64, &'a str, i64, &'a str, &'a str);

/// Adds up the books.
pub fn report(lines: &[BookedLine], mode: VatMode) -> Value {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut sums = Sums::default();
    for booked in lines {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let document = *numbers.entry(booked.document.as_str()).or_insert(next);
        let exact = i128::from(booked.quantity) * i128::from(booked.unit_price);
        let line = Line { booked, document, kind: kind_of(booked), exact };
        sums.add(&line, mode);
    }
    sums.json(mode)
}

impl<'a> Sums<'a> {
    fn add(&mut self, line: &Line<'a>, mode: VatMode) {
        let booked = line.booked;
        let day = booked.local_time.get(..10).unwrap_or("");
        let month = booked.local_time.get(..7).unwrap_or("").to_owned();
        let customer = booked.customer.as_deref();
        self.all.add(line);
        let (totals, distinct) = self.by_month.entry(month).or_default();
        totals.add(line);
        for distinct in [distinct, &mut self.everything] {
            distinct.codes.insert(&booked.sku);
            distinct.customers.extend(customer);
        }
        self.by_country.entry(&booked.country).or_default().add(line);
        self.by_kind.entry(line.kind).or_default().add(line);
        self.by_product.entry(&booked.sku).or_default().add(line);
        if let Some(customer) = customer {
            self.by_customer.entry(customer).or_default().add(line);
        }
        self.add_to_day(day, line);
        if is_merchandise(&booked.sku) {
            self.merchandise.add(line);
        } else {
            self.non_product.add(line);
            self.non_product_codes.entry(&booked.sku).or_default().add(line);
        }
        if line.kind == "sale" {
            let (units, sales) = self.sales_by_code.entry(&booked.sku).or_default();
            *units += i128::from(booked.quantity);
            *sales += line.exact;
        }
        if booked.taxed && booked.unit_price > 0 {
            self.vat.add(line, mode.inside);
            let month = booked.document_time.get(..7).unwrap_or("").to_owned();
            self.vat_by_month.entry(month).or_default().add(line, mode.inside);
        }
        self.count(line, customer);
    }

    fn count(&mut self, line: &Line<'a>, customer: Option<&str>) {
        let booked = line.booked;
        let same = (
            booked.document.as_str(),
            booked.sku.as_str(),
            booked.name.as_str(),
            booked.quantity,
            booked.local_time.as_str(),
            booked.unit_price,
            booked.customer.as_deref().unwrap_or(""),
            booked.country.as_str(),
        );
        *self.same_lines.entry(same).or_default() += 1;
        self.times.entry(line.document).or_default().insert(&booked.local_time);
        if customer.is_none() {
            self.lines_without_customer += 1;
            self.without_customer.insert(line.document);
        }
        self.lines_without_description += u64::from(booked.name.is_empty());
        self.three_decimals += u64::from(booked.unit_price % 100 != 0);
        self.negative_price += u64::from(booked.unit_price < 0);
        self.zero_price += u64::from(booked.unit_price == 0);
        let cancelled = line.kind == "cancellation";
        self.negative_not_cancelled += u64::from(booked.quantity < 0 && !cancelled);
        self.positive_cancelled += u64::from(booked.quantity > 0 && cancelled);
        self.rounded_lines += half_up(line.exact);
        *self.rounded_documents.entry(line.document).or_default() += line.exact;
    }

    fn add_to_day(&mut self, day: &'a str, line: &Line<'a>) {
        let totals = self.by_day.entry(day).or_default();
        totals.lines += 1;
        totals.invoices.insert(line.document);
        totals.net += line.exact;
        totals.zero_value_lines += u64::from(line.booked.unit_price == 0);
        match line.kind {
            "sale" => {
                totals.sale_invoices.insert(line.document);
                totals.sale_lines += 1;
                totals.sale_units += i128::from(line.booked.quantity);
                totals.sales += line.exact;
            }
            "cancellation" => {
                totals.cancel_invoices.insert(line.document);
                totals.cancel_lines += 1;
                totals.cancelled += line.exact;
            }
            "bad_debt_adjustment" => totals.adjustment += line.exact,
            _ => {}
        }
    }

    fn json(&self, mode: VatMode) -> Value {
        let by = |totals: &BTreeMap<&str, Totals>| {
            totals.iter().map(|(key, t)| ((*key).to_owned(), Value::Object(t.json()))).collect::<Map<_, _>>()
        };
        let by_month: Map<String, Value> = self
            .by_month
            .iter()
            .map(|(month, (totals, distinct))| {
                let mut map = totals.json();
                map.insert("distinct_stock_codes".into(), json!(distinct.codes.len()));
                map.insert("distinct_customers".into(), json!(distinct.customers.len()));
                (month.clone(), Value::Object(map))
            })
            .collect();
        let vat_by_month: Map<String, Value> =
            self.vat_by_month.iter().map(|(month, vat)| (month.clone(), vat.json(mode))).collect();
        json!({
            "currency": "GBP",
            "money": "exact decimals",
            "all": self.all_json(),
            "by_kind": by(&self.by_kind),
            "by_month": by_month,
            "by_country": by(&self.by_country),
            "by_day": self.days_json(),
            "by_product": by(&self.by_product),
            "by_customer": by(&self.by_customer),
            "rounding": {
                "exact_gbp": decimal(self.all.revenue),
                "sum_of_lines_rounded_half_up_to_pence": integer(self.rounded_lines),
                "sum_of_invoices_rounded_half_up_to_pence":
                    integer(self.rounded_documents.values().map(|exact| half_up(*exact)).sum()),
                "unit": "pence",
            },
            "merchandise_vs_other": {
                "merchandise": self.merchandise.json(),
                "non_product": self.non_product.json(),
            },
            "non_product_codes": by(&self.non_product_codes),
            "top25_codes_by_sales": self.top_codes(),
            "vat": {
                "prices": if mode.inside { "inside" } else { "on-top" },
                "rounding": if mode.per_sale { "sale" } else { "line" },
                "unit": "pence",
                "all": self.vat.json(mode),
                "by_month": vat_by_month,
            },
            "case_only_codes": self.case_only_codes(),
        })
    }

    fn all_json(&self) -> Value {
        let mut map = self.all.json();
        let folded: HashSet<String> = self.everything.codes.iter().map(|c| c.to_lowercase()).collect();
        let repeated: u64 = self.same_lines.values().map(|count| count - 1).sum();
        let several_times = self.times.values().filter(|times| times.len() > 1).count();
        for (key, value) in [
            ("distinct_stock_codes", json!(self.everything.codes.len())),
            ("distinct_stock_codes_casefolded", json!(folded.len())),
            ("distinct_customers", json!(self.everything.customers.len())),
            ("countries", json!(self.by_country.len())),
            ("lines_without_customer", json!(self.lines_without_customer)),
            ("invoices_without_customer", json!(self.without_customer.len())),
            ("lines_without_description", json!(self.lines_without_description)),
            ("fully_duplicated_lines", json!(repeated)),
            ("lines_with_3_decimal_price", json!(self.three_decimals)),
            ("negative_price_lines", json!(self.negative_price)),
            ("zero_price_lines", json!(self.zero_price)),
            ("negative_quantity_not_cancelled", json!(self.negative_not_cancelled)),
            ("cancellation_lines_with_positive_quantity", json!(self.positive_cancelled)),
            ("invoices_with_more_than_one_timestamp", json!(several_times)),
        ] {
            map.insert(key.to_owned(), value);
        }
        Value::Object(map)
    }

    fn days_json(&self) -> Value {
        let days: Map<String, Value> = self
            .by_day
            .iter()
            .map(|(day, t)| {
                let row = json!({
                    "date": day,
                    "lines": t.lines,
                    "invoices": t.invoices.len(),
                    "sale_invoices": t.sale_invoices.len(),
                    "sale_lines": t.sale_lines,
                    "sale_units": units(t.sale_units),
                    "sales_gbp": decimal(t.sales),
                    "cancel_invoices": t.cancel_invoices.len(),
                    "cancel_lines": t.cancel_lines,
                    "cancelled_gbp": decimal(t.cancelled),
                    "adjustment_gbp": decimal(t.adjustment),
                    "zero_value_lines": t.zero_value_lines,
                    "net_gbp": decimal(t.net),
                });
                ((*day).to_owned(), row)
            })
            .collect();
        Value::Object(days)
    }

    fn top_codes(&self) -> Value {
        let mut codes: Vec<_> = self.sales_by_code.iter().collect();
        codes.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(b.0)));
        let row = |(code, (sold, sales)): (&&str, &(i128, i128))| json!({ "stock_code": code, "units": units(*sold), "sales_gbp": decimal(*sales) });
        codes.into_iter().take(25).map(row).collect()
    }

    /// Codes that are different to the letter and the same in lower case: different products, worth a look.
    fn case_only_codes(&self) -> Value {
        let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for code in &self.everything.codes {
            groups.entry(code.to_lowercase()).or_default().push(code);
        }
        json!(groups.into_values().filter(|codes| codes.len() > 1).collect::<Vec<_>>())
    }
}

/// Minor units (1/100), half away from zero.
fn half_up(exact: i128) -> i128 {
    let pence = EXACT.cast_signed() / 100;
    let size = exact.abs() + pence / 2;
    exact.signum() * (size / pence)
}

fn integer(value: i128) -> Value {
    i64::try_from(value).map_or_else(|_| json!(value.to_string()), |small| json!(small))
}

/// Pieces: an integer when they are whole.
fn units(thousandths: i128) -> Value {
    if thousandths % 1_000 == 0 {
        return integer(thousandths / 1_000);
    }
    let size = thousandths.unsigned_abs();
    let sign = if thousandths < 0 { "-" } else { "" };
    json!(format!("{sign}{}.{:03}", size / 1_000, size % 1_000))
}

/// An exact decimal with at least three places.
fn decimal(exact: i128) -> String {
    let size = exact.unsigned_abs();
    let sign = if exact < 0 { "-" } else { "" };
    let mut text = format!("{sign}{}.{:07}", size / EXACT, size % EXACT);
    let keep = text.len() - 4;
    while text.len() > keep && text.ends_with('0') {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal(91_619_961_840_000), "9161996.184");
        assert_eq!(decimal(0), "0.000");
        assert_eq!(decimal(-53_594_360 * 10_000), "-53594.360");
        assert_eq!(decimal(1), "0.0000001");
        assert_eq!(units(-2_000), json!(-2));
        assert_eq!(units(420), json!("0.420"));
        assert_eq!([half_up(50_000), half_up(-50_000), half_up(49_999)], [1, -1, 0]);
    }
}
