//! Inputs: what Shopify takes, type by type, and nothing beside it. A field that its schema has and this does not is refused too:
//! what it would do is not known here.

use serde_json::{Value, json};

/// Items of a list at most.
const MOST_ITEMS: usize = 250;

/// What of an input is not right.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub path: Vec<String>,
    /// In the vendor's words.
    pub explanation: String,
}

/// The fields of an input, and their types.
fn input(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match name {
        "OrderCreateOrderInput" => &[
            ("currency", "CurrencyCode"),
            ("customAttributes", "[OrderCreateCustomAttributeInput!]"),
            ("discountCode", "OrderCreateDiscountCodeInput"),
            ("financialStatus", "OrderCreateFinancialStatus"),
            ("fulfillmentStatus", "OrderCreateFulfillmentStatus"),
            ("lineItems", "[OrderCreateLineItemInput!]"),
            ("metafields", "[MetafieldInput!]"),
            ("note", "String"),
            ("processedAt", "DateTime"),
            ("sourceIdentifier", "String"),
            ("tags", "[String!]"),
            ("taxesIncluded", "Boolean"),
            ("test", "Boolean"),
            ("transactions", "[OrderCreateOrderTransactionInput!]"),
        ],
        "OrderCreateLineItemInput" => &[
            ("priceSet", "MoneyBagInput"),
            ("properties", "[OrderCreateLineItemPropertyInput!]"),
            ("quantity", "Int!"),
            ("requiresShipping", "Boolean"),
            ("sku", "String"),
            ("taxLines", "[OrderCreateTaxLineInput!]"),
            ("taxable", "Boolean"),
            ("title", "String"),
            ("variantId", "ID"),
        ],
        "OrderCreateTaxLineInput" => {
            &[("priceSet", "MoneyBagInput"), ("rate", "Decimal!"), ("title", "String!")]
        }
        "OrderCreateOrderTransactionInput" => &[
            ("amountSet", "MoneyBagInput!"),
            ("gateway", "String"),
            ("kind", "OrderTransactionKind"),
            ("locationId", "ID"),
            ("processedAt", "DateTime"),
            ("status", "OrderTransactionStatus"),
        ],
        "OrderCreateOptionsInput" => &[
            ("inventoryBehaviour", "OrderCreateInputsInventoryBehavior"),
            ("sendFulfillmentReceipt", "Boolean"),
            ("sendReceipt", "Boolean"),
        ],
        "OrderCreateDiscountCodeInput" => {
            &[("itemFixedDiscountCode", "OrderCreateFixedDiscountCodeAttributesInput")]
        }
        "OrderCreateFixedDiscountCodeAttributesInput" => {
            &[("amountSet", "MoneyBagInput"), ("code", "String!")]
        }
        "OrderCreateCustomAttributeInput" => &[("key", "String!"), ("value", "String!")],
        "OrderCreateLineItemPropertyInput" => &[("name", "String!"), ("value", "String!")],
        "MoneyBagInput" => &[("shopMoney", "MoneyInput!")],
        "MoneyInput" => &[("amount", "Decimal!"), ("currencyCode", "CurrencyCode!")],
        "MetafieldInput" => {
            &[("key", "String"), ("namespace", "String"), ("type", "String"), ("value", "String")]
        }
        "MetafieldDefinitionInput" => &[
            ("description", "String"),
            ("key", "String!"),
            ("name", "String!"),
            ("namespace", "String"),
            ("ownerType", "MetafieldOwnerType!"),
            ("type", "String!"),
        ],
        "MetafieldDefinitionIdentifierInput" => {
            &[("key", "String!"), ("namespace", "String"), ("ownerType", "MetafieldOwnerType!")]
        }
        "UniqueMetafieldValueInput" => &[("key", "String!"), ("namespace", "String"), ("value", "String!")],
        "OrderIdentifierInput" => &[("customId", "UniqueMetafieldValueInput"), ("id", "ID")],
        "ProductVariantsBulkInput" => &[("id", "ID"), ("price", "Money")],
        "ProductUpdateInput" => &[("id", "ID"), ("title", "String")],
        _ => return None,
    })
}

/// The values of an enum.
fn values(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "CurrencyCode" => &["GBP", "EUR", "USD", "CAD", "JPY"],
        "OrderCreateFinancialStatus" => &[
            "AUTHORIZED",
            "EXPIRED",
            "PAID",
            "PARTIALLY_PAID",
            "PARTIALLY_REFUNDED",
            "PENDING",
            "REFUNDED",
            "VOIDED",
        ],
        "OrderCreateFulfillmentStatus" => &["FULFILLED", "PARTIAL", "RESTOCKED"],
        "OrderTransactionKind" => &[
            "AUTHORIZATION",
            "CAPTURE",
            "CHANGE",
            "EMV_AUTHORIZATION",
            "REFUND",
            "SALE",
            "SUGGESTED_REFUND",
            "VOID",
        ],
        "OrderTransactionStatus" => {
            &["AWAITING_RESPONSE", "ERROR", "FAILURE", "PENDING", "SUCCESS", "UNKNOWN"]
        }
        "OrderCreateInputsInventoryBehavior" => {
            &["BYPASS", "DECREMENT_IGNORING_POLICY", "DECREMENT_OBEYING_POLICY"]
        }
        "MetafieldOwnerType" => &["CUSTOMER", "ORDER", "PRODUCT", "PRODUCTVARIANT", "LOCATION"],
        _ => return None,
    })
}

/// Is a value of a type?
pub fn check(kind: &str, value: &Value) -> Result<(), Problem> {
    let problem = |explanation: String| Err(Problem { path: Vec::new(), explanation });
    if let Some(inner) = kind.strip_suffix('!') {
        return match value.is_null() {
            true => problem("Expected value to not be null".to_owned()),
            false => check(inner, value),
        };
    }
    if value.is_null() {
        return Ok(());
    }
    if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        let Some(items) = value.as_array() else { return check(inner, value) };
        if items.len() > MOST_ITEMS {
            let many = items.len();
            return problem(format!(
                "The input array size of {many} is greater than the maximum allowed of {MOST_ITEMS}."
            ));
        }
        return items.iter().enumerate().try_for_each(|(at, item)| check(inner, item).map_err(under(at)));
    }
    if let Some(fields) = input(kind) {
        return object(kind, fields, value);
    }
    if let Some(values) = values(kind) {
        return match value.as_str().is_some_and(|word| values.contains(&word)) {
            true => Ok(()),
            false => problem(format!("Expected {value} to be one of: {}", values.join(", "))),
        };
    }
    match scalar(kind, value) {
        Some(true) => Ok(()),
        Some(false) => problem(format!("Could not coerce value {value} to {kind}")),
        None => problem(format!("{kind} isn't a defined input type here")),
    }
}

fn object(kind: &str, fields: &[(&str, &str)], value: &Value) -> Result<(), Problem> {
    let Some(given) = value.as_object() else {
        return Err(Problem {
            path: Vec::new(),
            explanation: format!("Expected {value} to be a key-value object."),
        });
    };
    if let Some(unknown) = given.keys().find(|name| !fields.iter().any(|(known, _)| known == name)) {
        let explanation = format!("Field is not defined on {kind}");
        return Err(Problem { path: vec![unknown.clone()], explanation });
    }
    fields.iter().try_for_each(|(name, kind)| {
        check(kind, given.get(*name).unwrap_or(&Value::Null)).map_err(under(name))
    })
}

fn under(part: impl ToString) -> impl Fn(Problem) -> Problem {
    let part = part.to_string();
    move |mut problem| {
        problem.path.insert(0, part.clone());
        problem
    }
}

fn scalar(kind: &str, value: &Value) -> Option<bool> {
    Some(match kind {
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "ID" => value.as_str().is_some_and(is_global_id),
        "Decimal" | "Money" => value.as_str().is_some_and(is_decimal),
        "DateTime" => value.as_str().is_some_and(|text| super::search::instant_ms(text).is_some()),
        _ => return None,
    })
}

/// `gid://shopify/Order/1`.
fn is_global_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let is_number = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), ["gid:", "", "shopify", kind, id] if !kind.is_empty() && is_number(id))
}

fn is_decimal(text: &str) -> bool {
    let (whole, part) =
        text.strip_prefix('-').unwrap_or(text).split_once('.').map_or((text, "0"), |parts| parts);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole.trim_start_matches('-')) && digits(part)
}

/// An error of a variable, as the vendor writes it.
pub fn error(name: &str, kind: &str, value: &Value, problem: &Problem) -> Value {
    let place = match problem.path.is_empty() {
        true => String::new(),
        false => format!(" for {} ({})", problem.path.join("."), problem.explanation),
    };
    json!({
        "message": format!("Variable ${name} of type {kind} was provided invalid value{place}"),
        "locations": [{"line": 1, "column": 1}],
        "extensions": {
            "code": "INVALID_VARIABLE",
            "value": value,
            "problems": [{"path": problem.path, "explanation": problem.explanation}],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_schema_is_refused() {
        let money = json!({"shopMoney": {"amount": "1.00", "currencyCode": "GBP"}});
        let line = json!({"title": "Tea", "quantity": 1, "priceSet": money});
        let of =
            |order: Value| check("OrderCreateOrderInput!", &order).map_err(|problem| problem.path.join("."));
        assert_eq!(of(json!({"lineItems": [line]})), Ok(()));
        for (wrong, path) in [
            (json!({"lineItem": []}), "lineItem"),
            (json!({"lineItems": [{"title": "Tea"}]}), "lineItems.0.quantity"),
            (json!({"lineItems": [{"quantity": 1.5}]}), "lineItems.0.quantity"),
            (
                json!({"lineItems": [{"quantity": 1, "priceSet": {"shopMoney": {"amount": 1.0}}}]}),
                "lineItems.0.priceSet.shopMoney.amount",
            ),
            (json!({"lineItems": [{"quantity": 1, "variantId": "7"}]}), "lineItems.0.variantId"),
            (json!({"financialStatus": "FINE"}), "financialStatus"),
            (json!({"processedAt": "today"}), "processedAt"),
        ] {
            assert_eq!(of(wrong), Err(path.to_owned()));
        }
        assert!(check("OrderCreateOrderInput!", &Value::Null).is_err());
        assert!(check("NoSuchInput", &json!({})).is_err());
    }
}
