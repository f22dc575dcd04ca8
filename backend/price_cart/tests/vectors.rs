//! Other people's cases through `tillbridge price`: WooCommerce's arithmetic, invoices of GOBL, carts of Medusa.
//!
//! Every case comes to the same cent, or is in a list here of those that differ by intent, with the reason. A case of such a
//! list that comes to the same is a failure too, so the lists only shrink.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use price_cart::answers;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What did not come to the same: "field: wanted, found".
type Differences = Vec<String>;

struct Suite {
    name: &'static str,
    /// Those that differ by intent.
    by_intent: &'static [(&'static str, &'static str)],
    wrong: Vec<String>,
    differing: Vec<String>,
    cases: usize,
}

impl Suite {
    fn new(name: &'static str, by_intent: &'static [(&'static str, &'static str)]) -> Self {
        Self { name, by_intent, wrong: Vec::new(), differing: Vec::new(), cases: 0 }
    }

    fn case(&mut self, id: &str, found: Differences) {
        self.cases += 1;
        match (found.is_empty(), self.by_intent.iter().any(|(known, _)| *known == id)) {
            (true, false) => {}
            (false, true) => self.differing.push(id.to_owned()),
            (true, true) => self.wrong.push(format!("{id}: listed as different, and is the same")),
            (false, false) => self.wrong.push(format!("{id}: {}", found.join("; "))),
        }
    }

    fn end(self, cases: usize) {
        assert!(
            self.wrong.is_empty(),
            "{}: {} wrong\n{}",
            self.name,
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert_eq!(self.cases, cases, "{}", self.name);
        assert_eq!(self.differing.len(), self.by_intent.len(), "{}: a listed case is gone", self.name);
    }
}

fn data(text: &str) -> Vec<Value> {
    let data: Value = serde_json::from_str(text).unwrap();
    data["cases"].as_array().unwrap().clone()
}

fn priced(cart: &Value) -> Value {
    let told = answers(&cart.to_string());
    assert!(told.wrong.is_empty(), "{:?} in {cart}", told.wrong);
    serde_json::from_str(&told.text).unwrap()
}

/// A number in units of so many decimals, halves away from zero.
fn units(number: &Value, digits: usize) -> i128 {
    let text = match number {
        Value::String(text) => text.clone(),
        Value::Null => "0".to_owned(),
        other => other.to_string(),
    };
    let text = text.trim_end_matches('%');
    if let Some((number, places)) = text.split_once("e-") {
        let zeros = "0".repeat(places.parse::<usize>().unwrap() - 1);
        return units(&Value::from(format!("0.{zeros}{number}")), digits);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<width$}", width = digits + 1);
    let value: i128 = format!("{}{}", whole.trim_start_matches('-'), &part[..digits]).parse().unwrap();
    let up = part.as_bytes()[digits] >= b'5';
    let size = value + i128::from(up);
    if whole.starts_with('-') { -size } else { size }
}

fn same(found: &mut Differences, what: &str, wanted: &Value, got: &Value, digits: usize) {
    if units(wanted, digits) != units(got, digits) {
        found.push(format!("{what}: wanted {wanted}, found {got}"));
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

// WooCommerce ----------------------------------------------------------------------------------------------------------

/// WooCommerce rounds a tax inside a price with halves towards zero, one on top with halves away from it.
fn woo_rounding(inside: bool, line_digits: u64) -> Value {
    let way = if inside { "half_towards_zero" } else { "half_away_from_zero" };
    json!({ "way": way, "line_digits": line_digits, "unit_price_digits": 6 })
}

/// Its plain rates are charged on the net amount, its compound ones on every tax before; plain ones come first.
fn woo_taxes(rates: &[Value], class: Option<&str>) -> Vec<Value> {
    let standard = |class: &str| if class.is_empty() { "standard".to_owned() } else { class.to_owned() };
    let of_class = |rate: &&Value| {
        class
            .is_none_or(|class| rate["class"].as_str().is_none_or(|known| standard(known) == standard(class)))
    };
    let tax = |rate: &Value| {
        let compound = rate["compound"] == true;
        json!({
            "name": text(&rate["id"]), "rate": rate["rate"], "compound": compound,
            "order": if compound { 1 } else { 0 },
        })
    };
    rates.iter().filter(of_class).map(tax).collect()
}

fn by_id(taxes: &[Value], id: &str, amount: &str) -> BTreeMap<String, Value> {
    taxes.iter().map(|tax| (text(&tax[id]), tax[amount].clone())).collect()
}

fn same_taxes(found: &mut Differences, wanted: &[Value], got: &[Value], digits: usize) {
    let (wanted, got) = (by_id(wanted, "id", "total"), by_id(got, "name", "amount"));
    if wanted.keys().ne(got.keys()) {
        found.push(format!("taxes: wanted {:?}, found {:?}", wanted.keys(), got.keys()));
    }
    for (id, amount) in &wanted {
        same(found, &format!("tax {id}"), amount, got.get(id).unwrap_or(&Value::Null), digits);
    }
}

fn woo_calculate_taxes(case: &Value) -> Differences {
    let of = &case["args"][0];
    let inside = of["amountIncludesTax"] == true;
    let answer = priced(&json!({
        "digits": 6, "prices_include_tax": inside, "rounding": woo_rounding(inside, 6),
        "lines": [{ "unit_price": of["amount"], "taxes": woo_taxes(list(of, "rates"), None) }],
    }));
    let mut found = Vec::new();
    same_taxes(&mut found, list(&case["result"], "taxes"), list(&answer, "taxes"), 6);
    found
}

/// What the till wrote beside WooCommerce's own fields, with the change that is being made.
fn woo_typed(of: &Value) -> Value {
    let meta = list(&of["line"], "meta_data").iter().find(|meta| meta["key"] == "_woocommerce_pos_data");
    let mut typed = match meta.map(|meta| &meta["value"]) {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(json!({})),
        Some(value) => value.clone(),
        None => json!({}),
    };
    for (key, value) in of["changes"].as_object().into_iter().flatten() {
        typed[key] = value.clone();
    }
    typed
}

fn woo_cart_line(case: &Value) -> Differences {
    let (of, config, wanted) = (&case["args"][0], &case["args"][1], &case["result"]["line"]);
    let (line, typed) = (&of["line"], woo_typed(of));
    let goods = of["kind"] == "line_item";
    let inside = match &typed["prices_include_tax"] {
        Value::Bool(inside) if !goods => *inside,
        _ => config["pricesIncludeTax"] == true,
    };
    let class = ["tax_class"].iter().find_map(|key| typed[*key].as_str().or_else(|| line[*key].as_str()));
    let status = typed["tax_status"].as_str().or_else(|| line["tax_status"].as_str());
    let taxed = config["calcTaxes"] != false && status != Some("none");
    let taxes = if taxed { woo_taxes(list(config, "rates"), Some(class.unwrap_or(""))) } else { vec![] };
    let digits = config["dp"].as_u64().unwrap();
    let line_digits = if config["taxRoundAtSubtotal"] == true { 6 } else { digits };
    let first = |keys: &[&Value]| keys.iter().find(|value| !value.is_null()).map(|value| (*value).clone());
    let mut cart = json!({
        "digits": digits, "prices_include_tax": inside, "rounding": woo_rounding(inside, line_digits), "lines": [],
    });
    if typed["percent"] == true {
        let with_tax = typed["percent_of_cart_total_with_tax"] == true;
        let lines = list(of, "cartLineItems").iter().filter(|line| !line["product_id"].is_null());
        let line = |line: &Value| {
            let tax = if with_tax { line["total_tax"].clone() } else { json!("0") };
            json!({ "unit_price": line["total"], "charges": [{ "amount": tax }] })
        };
        cart["lines"] = lines.map(line).collect();
        cart["charges"] = json!([{ "percent": typed["amount"], "taxes": taxes }]);
    } else {
        let price = if goods {
            first(&[&typed["price"], &line["price"]])
        } else {
            first(&[&typed["amount"], &line["total"]])
        };
        let quantity = if goods { first(&[&of["changes"]["quantity"], &line["quantity"]]) } else { None };
        cart["lines"] = json!([{
            "unit_price": price.unwrap_or(json!("0")), "quantity": quantity.unwrap_or(json!(1)), "taxes": taxes,
        }]);
    }
    let answer = priced(&cart);
    let got = if typed["percent"] == true { &answer["charges"][0] } else { &answer["lines"][0] };
    let digits = usize::try_from(line_digits).unwrap();
    let mut found = Vec::new();
    if let Some(wanted) = wanted["taxes"].as_array() {
        same_taxes(&mut found, wanted, list(got, "taxes"), digits);
    }
    let taxes: i128 = list(got, "taxes").iter().map(|tax| units(&tax["amount"], digits)).sum();
    if taxes != units(&wanted["total_tax"], digits) {
        found.push(format!("total_tax: wanted {}, found {taxes}", wanted["total_tax"]));
    }
    same(&mut found, "total", &wanted["total"], &got["net"], digits);
    found
}

/// Whole orders: lines, coupons, fees and shipping to a total and its tax.
fn woo_order(case: &Value) -> Differences {
    let (order, config, wanted) = (&case["args"][0], &case["args"][1], &case["result"]["totals"]);
    if wanted.is_null() {
        return vec!["refused".to_owned()];
    }
    let inside = config["pricesIncludeTax"] == true;
    let taxes = |line: &Value, typed: &Value, inside: bool| -> Vec<Value> {
        let class = typed["tax_class"].as_str().or_else(|| line["tax_class"].as_str()).unwrap_or("");
        let is_free = typed["tax_status"] == "none" || line["tax_status"] == "none";
        let mut taxes = if is_free { vec![] } else { woo_taxes(list(config, "rates"), Some(class)) };
        taxes.iter_mut().for_each(|tax| tax["included"] = json!(inside));
        taxes
    };
    let known = |key: &'static str, of: &'static str| {
        list(order, key).iter().filter(move |line| line.get(of).is_none_or(|of| !of.is_null()))
    };
    let (mut off_lines, mut off_cart) = (Vec::new(), Vec::new());
    for coupon in known("coupon_lines", "code") {
        let all = list(&case["args"][2]["coupons"]["coupons"], "__map");
        let found = all.iter().find(|pair| pair[0] == coupon["code"]).map(|pair| &pair[1]);
        match found.and_then(|coupon| coupon["discount_type"].as_str()) {
            Some("percent") => off_lines.push(json!({ "percent": found.unwrap()["amount"] })),
            Some("fixed_product") => off_lines.push(json!({ "per_unit": found.unwrap()["amount"] })),
            Some(_) => off_cart.push(json!({ "amount": found.unwrap()["amount"] })),
            None => {}
        }
    }
    let line = |line: &Value| {
        let typed = woo_typed(&json!({ "line": line }));
        let price = if typed["price"].is_null() { &line["subtotal"] } else { &typed["price"] };
        json!({
            "unit_price": price, "quantity": line["quantity"], "discounts": off_lines,
            "taxes": taxes(line, &typed, inside),
        })
    };
    let charge = |line: &Value| {
        let typed = woo_typed(&json!({ "line": line }));
        let inside = typed["prices_include_tax"].as_bool().unwrap_or(false);
        let amount = if typed["amount"].is_null() { &line["total"] } else { &typed["amount"] };
        let key = if typed["percent"] == true { "percent" } else { "amount" };
        json!({ key: amount, "taxes": taxes(line, &typed, inside) })
    };
    let digits = config["dp"].as_u64().unwrap();
    let line_digits = if config["taxRoundAtSubtotal"] == true { 6 } else { digits };
    let charges = known("fee_lines", "name").chain(known("shipping_lines", "method_id"));
    let answer = priced(&json!({
        "digits": digits, "rounding": woo_rounding(inside, line_digits), "discounts": off_cart,
        "lines": known("line_items", "product_id").map(line).collect::<Vec<_>>(),
        "charges": charges.map(charge).collect::<Vec<_>>(),
    }));
    let (mut found, digits) = (Vec::new(), usize::try_from(digits).unwrap());
    same(&mut found, "total", &wanted["total"], &answer["totals"]["total"], digits);
    same(&mut found, "total_tax", &wanted["total_tax"], &answer["totals"]["tax"], digits);
    found
}

/// Roundings of one number, as the price of one piece.
fn woo_round(case: &Value, way: &str) -> Differences {
    let (number, digits) = (&case["args"][0], case["args"][1].as_u64().unwrap());
    if number.is_null() {
        return vec!["infinite".to_owned()];
    }
    let answer = priced(&json!({
        "digits": digits, "rounding": { "way": way }, "lines": [{ "unit_price": number }],
    }));
    let mut found = Vec::new();
    let digits = usize::try_from(digits).unwrap();
    same(&mut found, "rounded", &case["result"], &answer["totals"]["total"], digits);
    found
}

const NO_SUM: &str =
    "a line that was removed or cannot be read keeps the numbers it had: nothing is worked out";
const WHOLE_CENTS: &str = "WooCommerce keeps a fee's net amount at six decimals beside a tax in whole cents, so that they do not add \
                           up; here a line rounded to cents is whole cents throughout";
const OF_WHAT: &str = "WooCommerce takes a percentage fee of the sum without or with tax, as it is set; here it is of what the lines come \
                       to as they are priced";
const OF_THE_WHOLE: &str = "WooCommerce works a coupon out of the whole and evens the lines out to it; here it is worked out of each line, \
                            as the receipt shows it";
const REFUSED: &str = "a code that is unknown, over, doubled or excluded is refused before anything is worked out: see the till's own cases";

const WOO_BY_INTENT: &[(&str, &str)] = &[
    ("calculateCartLine 23", NO_SUM),
    ("calculateCartLine 33", NO_SUM),
    ("calculateCartLine 40", WHOLE_CENTS),
    ("calculateCartLine 41", WHOLE_CENTS),
    ("roundHalfUp 40", "no amount is infinite"),
    ("settleCart 13", OF_WHAT),
    ("settleCart 14", WHOLE_CENTS),
    ("settleCart 15", OF_THE_WHOLE),
    ("settleCart 16", OF_THE_WHOLE),
    ("settleCart 17", OF_WHAT),
    ("settleCart 20", REFUSED),
    ("settleCart 21", REFUSED),
    ("settleCart 27", REFUSED),
    ("settleCart 28", REFUSED),
    ("settleCart 29", REFUSED),
    ("settleCart 30", REFUSED),
];

/// Of the 659 recorded calls these are looked at here, and what coupons take off (calculateCouponDiscount 103) in
/// `shared/tests/coupons.rs`. Those of functions that work nothing out of a cart, by number, are not looked at:
/// settings handed on (createCartConfig 25), what of an order counts (isActive… 40, snapshotFromOrderJSON 4), fields written
/// back (updatePosDataMeta 2, normalizeTaxClass 5, toCouponConfigs 5), cents as floating point (addNumberPrecision 10,
/// removeNumberPrecision 4, getRoundingPrecision 6), refunds taken off a payment (getNetPaymentTotal 10, refundValue 5). Nor those
/// that put lines already worked out together in WooCommerce's own form (calculateOrderTotals 49, getOrderTotals 4, sumTaxes and
/// sumItemizedTaxes 2, recalculateCoupons 44, calculateCouponDiscountTaxSplit 17, computeDiscountedLineItems 8,
/// applyPerItemDiscountsToLineItems 10, convertDiscountsToExTax 6) or ask whether a coupon may be used at all, which has its own
/// words here (validateCoupon 60, getEligibleItems 21, isProductOnSale 10, enrichCategoriesWithAncestors 8).
#[test]
fn woocommerce_arithmetic() {
    let mut suite = Suite::new("WooCommerce", WOO_BY_INTENT);
    let mut number: BTreeMap<String, usize> = BTreeMap::new();
    for case in data(include_str!("../../../shared/tests/data/wcpos_order_math.json")) {
        let name = case["fn"].as_str().unwrap();
        let at = number.entry(name.to_owned()).or_default();
        *at += 1;
        let id = format!("{name} {at}");
        let found = match name {
            "calculateTaxes" => woo_calculate_taxes(&case),
            "calculateCartLine" => woo_cart_line(&case),
            "settleCart" => woo_order(&case),
            "roundHalfUp" => woo_round(&case, "half_away_from_zero"),
            "roundHalfDown" | "roundDiscount" => woo_round(&case, "half_towards_zero"),
            "roundTaxTotal" if case["args"].as_array().unwrap().len() > 3 => {
                let mut case = case.clone();
                case["args"][1] = case["args"][3].clone();
                let inside = case["args"][2] == true;
                woo_round(&case, if inside { "half_towards_zero" } else { "half_away_from_zero" })
            }
            "roundTaxTotal" if case["args"][2] == true => woo_round(&case, "half_towards_zero"),
            "roundTaxTotal" => woo_round(&case, "half_away_from_zero"),
            _ => continue,
        };
        suite.case(&id, found);
    }
    suite.end(201);
}

// GOBL -----------------------------------------------------------------------------------------------------------------

/// Taxes of a line; a category that is withheld takes off.
fn gobl_taxes(taxes: &[Value], inside: Option<&str>, withheld: &[String]) -> Vec<Value> {
    let mut all = Vec::new();
    for tax in taxes {
        let category = text(&tax["cat"]);
        let Some(percent) = tax["percent"].as_str() else { continue };
        let sign = if withheld.contains(&category) { "-" } else { "" };
        let rate = |percent: &str| format!("{sign}{}", percent.trim_end_matches('%'));
        let included = inside == Some(category.as_str());
        let name = format!("{category} {}", tax["country"].as_str().unwrap_or_default());
        all.push(json!({ "name": name.trim(), "rate": rate(percent), "included": included }));
        if let Some(percent) = tax["surcharge"].as_str() {
            let name = format!("{name} surcharge");
            // Never inside the price.
            all.push(json!({ "name": name, "rate": rate(percent), "included": false }));
        }
    }
    all
}

fn gobl_changes(changes: &[Value], taxes: impl Fn(&Value) -> Value) -> Vec<Value> {
    let change = |change: &Value| {
        let mut told = match change["percent"].as_str() {
            Some(percent) => json!({ "percent": percent.trim_end_matches('%') }),
            None => json!({ "amount": change["amount"] }),
        };
        let taxes = taxes(change);
        if !taxes.is_null() {
            told["taxes"] = taxes;
        }
        told
    };
    changes.iter().map(change).collect()
}

fn gobl_invoice(doc: &Value) -> Differences {
    let categories = list(&doc["totals"]["taxes"], "categories");
    let withheld: Vec<String> =
        categories.iter().filter(|c| c["retained"] == true).map(|c| text(&c["code"])).collect();
    let inside = doc["tax"]["prices_include"].as_str();
    let taxes = |of: &Value| Value::from(gobl_taxes(list(of, "taxes"), inside, &withheld));
    let lines: Vec<Value> = list(doc, "lines")
        .iter()
        .map(|line| {
            json!({
                "unit_price": line["item"]["price"], "quantity": line["quantity"], "taxes": taxes(line),
                "discounts": gobl_changes(list(line, "discounts"), |_| Value::Null),
                "charges": gobl_changes(list(line, "charges"), |_| Value::Null),
            })
        })
        .collect();
    let by_currency = doc["tax"]["rounding"] == "currency";
    let rounding = json!({ "per": "sale", "line_digits": if by_currency { 2 } else { 6 } });
    let answer = priced(&json!({
        "currency": doc["currency"], "lines": lines, "rounding": rounding,
        "discounts": gobl_changes(list(doc, "discounts"), taxes),
        "charges": gobl_changes(list(doc, "charges"), taxes),
    }));
    let (wanted, got) = (&doc["totals"], &answer["totals"]);
    let mut found = Vec::new();
    same(&mut found, "total", &wanted["total"], &got["net"], 2);
    let tax = units(&wanted["tax"], 2) - units(&wanted["retained_tax"], 2);
    if tax != units(&got["tax"], 2) {
        found.push(format!("tax: wanted {tax}, found {}", got["tax"]));
    }
    same(&mut found, "payable", &wanted["payable"], &got["payable"], 2);
    for category in categories {
        let amounts = list(&answer, "taxes")
            .iter()
            .filter(|tax| tax["name"].as_str().unwrap().split(' ').next() == category["code"].as_str());
        let sum: i128 = amounts.map(|tax| units(&tax["amount"], 2)).sum();
        let both = units(&category["amount"], 2) + units(&category["surcharge"], 2);
        if sum.abs() != both.abs() {
            found.push(format!("{}: wanted {both}, found {sum}", category["code"]));
        }
    }
    found
}

const GOBL_BY_INTENT: &[(&str, &str)] = &[(
    "examples/be/out/invoice-peppol.json",
    "GOBL writes taxes of 281.16 and 0.57 and their sum as 281.72, rounded from what is finer; here the rows add up to the sum \
     written, as EN 16931 asks (BR-CO-14)",
)];

#[test]
fn gobl_invoices() {
    let mut suite = Suite::new("GOBL", GOBL_BY_INTENT);
    for case in data(include_str!("../../../shared/tests/data/gobl_invoices.json")) {
        suite.case(case["file"].as_str().unwrap(), gobl_invoice(&case["doc"]));
    }
    suite.end(123);
}

// Medusa ---------------------------------------------------------------------------------------------------------------

fn medusa_cart(case: &Value) -> Differences {
    let line = |item: &Value, price: &str| {
        let taxes = |tax: &Value| json!({ "rate": tax["rate"], "name": text(&tax["rate"]) });
        let inside = item["is_tax_inclusive"] == true;
        let mut taxes: Vec<Value> = list(item, "tax_lines").iter().map(taxes).collect();
        taxes.iter_mut().for_each(|tax| tax["included"] = json!(inside));
        let discounts: Vec<Value> =
            list(item, "adjustments").iter().map(|a| json!({ "amount": a["amount"] })).collect();
        json!({
            "unit_price": item[price], "quantity": item.get("quantity").cloned().unwrap_or(json!(1)),
            "taxes": taxes, "discounts": discounts,
        })
    };
    let (input, wanted) = (&case["input"], &case["expect"]);
    let mut lines: Vec<Value> = list(input, "items").iter().map(|item| line(item, "unit_price")).collect();
    lines.extend(list(input, "shipping_methods").iter().map(|item| line(item, "amount")));
    let answer = priced(&json!({ "digits": 6, "lines": lines }));
    let mut found = Vec::new();
    let expected = list(wanted, "items").iter().chain(list(wanted, "shipping_methods"));
    for (at, (wanted, got)) in expected.zip(list(&answer, "lines")).enumerate() {
        same(&mut found, &format!("line {at} total"), &wanted["total"], &got["gross"], 6);
        let tax: i128 = list(got, "taxes").iter().map(|tax| units(&tax["amount"], 6)).sum();
        if tax != units(&wanted["tax_total"], 6) {
            found.push(format!("line {at} tax: wanted {}, found {tax}", wanted["tax_total"]));
        }
    }
    same(&mut found, "total", &wanted["total"], &answer["totals"]["total"], 5);
    same(&mut found, "tax", &wanted["tax_total"], &answer["totals"]["tax"], 5);
    found
}

const MEDUSA_BY_INTENT: &[(&str, &str)] = &[(
    "3 should calculate carts with shipping_methods + items + taxes + discounts with is_tax_inclusive",
    "Medusa takes an amount off a price with tax inside from the amount without tax; here it is off the price, as the \
     customer reads it",
)];

#[test]
fn medusa_totals() {
    let mut suite = Suite::new("Medusa", MEDUSA_BY_INTENT);
    for (at, case) in data(include_str!("../../../shared/tests/data/medusa_totals.json")).iter().enumerate() {
        suite.case(&format!("{} {}", at + 1, text(&case["name"])), medusa_cart(case));
    }
    suite.end(8);
}
