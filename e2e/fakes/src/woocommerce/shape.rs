//! Shape: what a body may hold, by the vendor's own tables of properties: types, allowed words, what is read-only.
//! What is not in them WooCommerce passes over; here it is refused, as is what is read-only: whoever sends it means something by it.

use super::wire::invalid;
use crate::desk::Answer;
use serde_json::Value;

/// A kind of value.
pub(super) enum Shape {
    /// A text.
    Text,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Whole,
    /// Yes or no.
    Flag,
    /// Whatever.
    Any,
    /// Several.
    List(&'static Shape),
    /// An object of these, and no others.
    Object(&'static [(&'static str, Shape)]),
}

use Shape::{Any, Flag, List, Object, OneOf, Text, Whole};

const META: Shape = Object(&[("key", Text), ("value", Any)]);

const STATUSES: Shape =
    OneOf(&["pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash"]);

/// What an order can be given.
pub(super) const ORDER: Shape = Object(&[
    ("parent_id", Whole),
    ("status", STATUSES),
    ("currency", OneOf(&["GBP", "EUR", "USD", "CHF", "JPY"])),
    ("customer_id", Whole),
    ("customer_note", Text),
    ("payment_method", Text),
    ("payment_method_title", Text),
    ("transaction_id", Text),
    ("set_paid", Flag),
    ("meta_data", List(&META)),
    ("line_items", List(&LINE)),
    ("fee_lines", List(&FEE)),
]);

const LINE: Shape = Object(&[
    ("name", Text),
    ("product_id", Whole),
    ("variation_id", Whole),
    ("quantity", Whole),
    ("tax_class", Text),
    ("subtotal", Text),
    ("total", Text),
    ("meta_data", List(&META)),
]);

const FEE: Shape = Object(&[
    ("name", Text),
    ("tax_class", Text),
    ("tax_status", OneOf(&["taxable", "none"])),
    ("total", Text),
    ("meta_data", List(&META)),
]);

/// What a product can be given, of what is asked for here.
pub(super) const PRODUCT: Shape = Object(&[
    ("name", Text),
    ("status", OneOf(&["draft", "pending", "private", "publish"])),
    ("sku", Text),
    ("global_unique_id", Text),
    ("regular_price", Text),
    ("sale_price", Text),
    ("tax_status", OneOf(&["taxable", "shipping", "none"])),
    ("tax_class", Text),
    ("manage_stock", Flag),
]);

/// And a variation.
pub(super) const VARIATION: Shape = Object(&[
    ("status", OneOf(&["draft", "pending", "private", "publish"])),
    ("sku", Text),
    ("global_unique_id", Text),
    ("regular_price", Text),
    ("sale_price", Text),
    ("tax_class", Text),
]);

/// Does a body fit?
pub(super) fn check(body: &Value, shape: &Shape, name: &str) -> Result<(), Answer> {
    let wrong =
        |what: &str| Err(invalid(name.split('[').next().unwrap_or(name), &format!("({name}) {what}")));
    match (shape, body) {
        (Text, Value::String(_)) | (Flag, Value::Bool(_)) | (Any, _) => Ok(()),
        (Whole, Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(()),
        (Text, _) => wrong("is not of type string."),
        (Flag, _) => wrong("is not of type boolean."),
        (Whole, _) => wrong("is not of type integer."),
        (OneOf(words), body) => match body.as_str() {
            Some(word) if words.contains(&word) => Ok(()),
            _ => wrong(&format!("is not one of {}.", words.join(", "))),
        },
        (List(of), Value::Array(all)) => {
            all.iter().enumerate().try_for_each(|(at, one)| check(one, of, &format!("{name}[{at}]")))
        }
        (List(_), _) => wrong("is not of type array."),
        (Object(known), Value::Object(all)) => all.iter().try_for_each(|(property, value)| {
            match known.iter().find(|(name, _)| name == property) {
                Some((_, shape)) => check(value, shape, &format!("{name}[{property}]")),
                None => Err(invalid(property, "is not a valid property of Object.")),
            }
        }),
        (Object(_), _) => wrong("is not of type object."),
    }
}
