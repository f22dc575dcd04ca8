//! Goods: products, their variants, and what of them is changed.

use super::inputs;
use super::money::{pennies, price};
use super::reply::{connection, error};
use super::search::{Term, instant, terms, warning};
use serde_json::{Map, Value, json};

/// The goods without a change of their own.
const LONG_AGO_MS: i64 = 1_780_000_000_000;
/// Goods beside those of the desk, so that one page does not hold all.
const MORE: u64 = 120;

#[derive(Clone, Debug)]
pub struct Product {
    id: u64,
    title: String,
    kind: String,
    status: &'static str,
    updated_at_ms: i64,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub id: u64,
    product: u64,
    sku: Option<String>,
    barcode: Option<String>,
    price: i64,
    taxable: bool,
    option: Option<&'static str>,
    updated_at_ms: i64,
}

/// A variant as it is put in: id, code, barcode, pennies, is it taxed, its size.
type Given<'a> = (u64, &'a str, Option<&'a str>, i64, bool, Option<&'static str>);

#[derive(Debug)]
pub struct Goods {
    products: Vec<Product>,
    variants: Vec<Variant>,
}

impl Goods {
    /// The three of the desk, a shirt in two sizes, a draft, and ribbons.
    pub fn stocked() -> Self {
        let mut goods = Self { products: Vec::new(), variants: Vec::new() };
        goods.add(
            11,
            "Regency cakestand 3 tier",
            &[(101, "22423", Some("5012345678900"), 1_275, true, None)],
        );
        goods.add(
            12,
            "White hanging heart T-light holder",
            &[(102, "85123A", Some("408512300012"), 295, true, None)],
        );
        goods.add(13, "Drinking cocoa 250 g", &[(103, "COCOA-250", None, 350, false, None)]);
        let shirt = [
            (104, "SHIRT-S", None, 1_500, true, Some("Small")),
            (105, "SHIRT-L", None, 1_600, true, Some("Large")),
        ];
        goods.add(14, "Apron", &shirt);
        for at in 1..=MORE {
            goods.add(
                1_000 + at,
                &format!("Ribbon {at:03}"),
                &[(2_000 + at, &format!("RIB-{at:03}"), None, 100, true, None)],
            );
        }
        goods.add(15, "Not yet for sale", &[(106, "DRAFT-1", None, 100, true, None)]);
        if let Some(draft) = goods.products.last_mut() {
            draft.status = "DRAFT";
        }
        goods
    }

    fn add(&mut self, id: u64, title: &str, variants: &[Given<'_>]) {
        self.products.push(Product {
            id,
            title: title.to_owned(),
            kind: "Gifts".to_owned(),
            status: "ACTIVE",
            updated_at_ms: LONG_AGO_MS,
        });
        self.variants.extend(variants.iter().map(|&(variant, sku, barcode, price, taxable, option)| {
            Variant {
                id: variant,
                product: id,
                sku: Some(sku.to_owned()),
                barcode: barcode.map(str::to_owned),
                price,
                taxable,
                option,
                updated_at_ms: LONG_AGO_MS,
            }
        }));
    }

    /// By the number in its global id.
    pub fn variant(&self, id: &str) -> Option<&Variant> {
        let id: u64 = id.parse().ok()?;
        self.variants.iter().find(|variant| variant.id == id)
    }

    fn product(&self, id: u64) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// Somebody changes a price: of the variant, and its product is touched.
    pub fn reprice(&mut self, variant: &str, text: &str, now_ms: i64) {
        let (Some(variant), Some(price)) = (self.variant(variant).map(|one| one.id), pennies(text)) else {
            return;
        };
        self.set_price(variant, price, now_ms);
    }

    fn set_price(&mut self, id: u64, price: i64, now_ms: i64) {
        for variant in self.variants.iter_mut().filter(|variant| variant.id == id) {
            variant.price = price;
            variant.updated_at_ms = now_ms;
            let product = variant.product;
            self.products
                .iter_mut()
                .filter(|one| one.id == product)
                .for_each(|one| one.updated_at_ms = now_ms);
        }
    }

    /// Somebody archives the product of a variant. Its variants are not touched.
    pub fn archive(&mut self, variant: &str, now_ms: i64) {
        let Some(product) = self.variant(variant).map(|one| one.product) else { return };
        for one in self.products.iter_mut().filter(|one| one.id == product) {
            one.status = "ARCHIVED";
            one.updated_at_ms = now_ms;
        }
    }

    /// Somebody deletes it.
    pub fn delete(&mut self, variant: &str) {
        self.variants.retain(|one| one.id.to_string() != variant);
    }

    /// A field of a variant, for a test.
    pub fn field(&self, variant: &str, field: &str) -> Option<String> {
        let variant = self.variant(variant)?;
        let product = self.product(variant.product)?;
        match field {
            "price" => Some(price(variant.price)),
            "title" | "name" => Some(product.title.clone()),
            "sku" => variant.sku.clone(),
            "barcode" => variant.barcode.clone(),
            "status" => Some(product.status.to_owned()),
            _ => None,
        }
    }

    /// A variant, whole.
    pub fn show(&self, variant: &Variant) -> Value {
        let option = variant.option.unwrap_or("Default Title");
        json!({
            "__typename": "ProductVariant",
            "id": format!("gid://shopify/ProductVariant/{}", variant.id),
            "sku": variant.sku,
            "barcode": variant.barcode,
            "price": price(variant.price),
            "taxable": variant.taxable,
            "title": option,
            "updatedAt": instant(variant.updated_at_ms),
            "selectedOptions": [{"__typename": "SelectedOption", "name": "Size", "value": option}],
            "inventoryItem": {"__typename": "InventoryItem", "tracked": true},
            "product": self.product(variant.product).map_or(Value::Null, |product| self.show_product(product)),
        })
    }

    fn show_product(&self, product: &Product) -> Value {
        let only =
            self.variants.iter().filter(|one| one.product == product.id).all(|one| one.option.is_none());
        json!({
            "__typename": "Product",
            "id": format!("gid://shopify/Product/{}", product.id),
            "title": product.title,
            "productType": product.kind,
            "vendor": "Hearth & Gift",
            "status": product.status,
            "hasOnlyDefaultVariant": only,
            "updatedAt": instant(product.updated_at_ms),
        })
    }

    /// `productVariants`: a page, and warnings of its search.
    pub fn variants(&self, arguments: &Map<String, Value>) -> Result<(Value, Vec<Value>), Value> {
        let holds = |variant: &Variant, term: &Term| match term.field.as_str() {
            "updated_at" => term.holds_time(variant.updated_at_ms),
            "product_ids" => Some(term.holds_one_of(&variant.product.to_string())),
            _ => None,
        };
        let (found, warnings) = found(&self.variants, arguments, "productVariants", holds);
        let rows = found.into_iter().map(|variant| (variant.id, self.show(variant))).collect();
        Ok((connection("ProductVariant", rows, arguments)?, warnings))
    }

    /// `products`.
    pub fn products(&self, arguments: &Map<String, Value>) -> Result<(Value, Vec<Value>), Value> {
        let holds = |product: &Product, term: &Term| match term.field.as_str() {
            "updated_at" => term.holds_time(product.updated_at_ms),
            _ => None,
        };
        let (found, warnings) = found(&self.products, arguments, "products", holds);
        let rows = found.into_iter().map(|product| (product.id, self.show_product(product))).collect();
        Ok((connection("Product", rows, arguments)?, warnings))
    }

    /// `productVariantsBulkUpdate`: all of them or none.
    pub fn update_variants(&mut self, arguments: &Map<String, Value>, now_ms: i64) -> Result<Value, Value> {
        let name = "productVariantsBulkUpdate";
        typed(name, arguments, &[("productId", "ID!"), ("variants", "[ProductVariantsBulkInput!]!")])?;
        let refused = |field: Value, message: &str, code: &str| {
            let error = json!({"__typename": "ProductVariantsBulkUpdateUserError", "field": field, "message": message, "code": code});
            Ok(payload(name, json!({"productVariants": null, "userErrors": [error]})))
        };
        let product = arguments.get("productId").and_then(tail).and_then(|id| id.parse::<u64>().ok());
        let Some(product) = product.and_then(|id| self.product(id)).map(|product| product.id) else {
            return refused(json!(["productId"]), "Product does not exist", "PRODUCT_DOES_NOT_EXIST");
        };
        let mut changes = Vec::new();
        for (at, input) in
            arguments.get("variants").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let place = |field: &str| json!(["variants", at.to_string(), field]);
            let found =
                tail(&input["id"]).and_then(|id| self.variant(&id)).filter(|one| one.product == product);
            let Some(found) = found else {
                return refused(
                    place("id"),
                    "Product variant does not exist",
                    "PRODUCT_VARIANT_DOES_NOT_EXIST",
                );
            };
            match input["price"].as_str().map(pennies) {
                None => changes.push((found.id, found.price)),
                Some(Some(price)) if price >= 0 => changes.push((found.id, price)),
                Some(_) => {
                    return refused(
                        place("price"),
                        "Price must be greater than or equal to 0",
                        "GREATER_THAN_OR_EQUAL_TO",
                    );
                }
            }
        }
        changes.iter().for_each(|&(id, price)| self.set_price(id, price, now_ms));
        let changed = self.variants.iter().filter(|one| changes.iter().any(|(id, _)| *id == one.id));
        let changed: Vec<Value> = changed.map(|one| self.show(one)).collect();
        Ok(payload(name, json!({"productVariants": changed, "userErrors": []})))
    }

    /// `productUpdate`.
    pub fn update_product(&mut self, arguments: &Map<String, Value>, now_ms: i64) -> Result<Value, Value> {
        let name = "productUpdate";
        typed(name, arguments, &[("product", "ProductUpdateInput")])?;
        let input = arguments.get("product").cloned().unwrap_or_default();
        let refused = |field: &str, message: &str| {
            let error = json!({"__typename": "UserError", "field": [field], "message": message});
            Ok(payload(name, json!({"product": null, "userErrors": [error]})))
        };
        let id = tail(&input["id"]).and_then(|id| id.parse::<u64>().ok());
        let Some(product) = self.products.iter_mut().find(|product| Some(product.id) == id) else {
            return refused("id", "Product does not exist");
        };
        match input["title"].as_str().map(str::trim) {
            Some("") => return refused("title", "Title can't be blank"),
            Some(title) => product.title = title.to_owned(),
            None => {}
        }
        product.updated_at_ms = now_ms;
        let product = product.clone();
        Ok(payload(name, json!({"product": self.show_product(&product), "userErrors": []})))
    }
}

/// What a mutation gives.
pub fn payload(mutation: &str, mut fields: Value) -> Value {
    let (first, rest) = mutation.split_at(1);
    fields["__typename"] = format!("{}{rest}Payload", first.to_uppercase()).into();
    fields
}

/// The number in a global id.
pub fn tail(gid: &Value) -> Option<String> {
    gid.as_str()?.rsplit('/').next().map(str::to_owned)
}

/// Are the arguments of a field those it has?
pub fn typed(field: &str, arguments: &Map<String, Value>, known: &[(&str, &str)]) -> Result<(), Value> {
    if let Some(unknown) = arguments.keys().find(|name| !known.iter().any(|(known, _)| known == name)) {
        let message = format!("Field '{field}' doesn't accept argument '{unknown}'");
        return Err(error(message, field, "argumentNotAccepted"));
    }
    for (name, kind) in known {
        let value = arguments.get(*name).unwrap_or(&Value::Null);
        if let Err(problem) = inputs::check(kind, value) {
            let message = format!(
                "Argument '{name}' on Field '{field}' has an invalid value ({})",
                problem.explanation
            );
            return Err(error(message, field, "argumentLiteralsIncompatible"));
        }
    }
    Ok(())
}

/// The rows for which every term holds; a term of a field that is not known is left out and warned of.
pub fn found<'a, T>(
    rows: &'a [T],
    arguments: &Map<String, Value>,
    path: &str,
    holds: impl Fn(&T, &Term) -> Option<bool>,
) -> (Vec<&'a T>, Vec<Value>) {
    let query = arguments.get("query").and_then(Value::as_str).unwrap_or_default();
    let terms = terms(query);
    let unknown = |term: &&Term| rows.first().is_some_and(|row| holds(row, term).is_none());
    let warnings = terms.iter().filter(unknown).map(|term| warning(path, query, &term.field)).collect();
    let every = |row: &&T| terms.iter().all(|term| holds(row, term).unwrap_or(true));
    (rows.iter().filter(every).collect(), warnings)
}
