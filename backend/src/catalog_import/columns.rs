//! Columns: which form a file has, and where each thing stands in it.

use super::read::ReadProduct;
use shared::catalog::VariantOption;

/// Whose form the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// docs/howto/import-products.md, with a few other names for its columns.
    Tillbridge,
    /// The product export of Shopify.
    Shopify,
    /// The product export of WooCommerce.
    WooCommerce,
}

impl Format {
    /// As in the report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tillbridge => "tillbridge",
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
        }
    }
}

/// What a column says about a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The shop's own code.
    Sku,
    /// As on the shelf.
    Name,
    /// Codes that scan to it.
    Barcode,
    /// A code that is both barcode and, where there is no other, the shop's own.
    Code,
    /// Its group.
    Category,
    /// Piece, kg, …
    Unit,
    /// Name of a tax category.
    TaxCategory,
    /// Decimal price of one unit.
    Price,
    /// Price in minor units, a whole number.
    PriceMinor,
    /// Code of the product it varies.
    Parent,
    /// `Size=M|Colour=Red`.
    Options,
    /// Address of a picture.
    Picture,
    /// Is stock kept?
    Stocked,
    /// Sold at present?
    Active,
    /// Shown first?
    Favourite,
    /// What groups the rows of one product (Shopify).
    Handle,
    /// Name of the n-th option.
    OptionName(u8),
    /// Value of the n-th option.
    OptionValue(u8),
    /// simple, variable, variation (WooCommerce).
    Kind,
    /// taxable, none (WooCommerce).
    TaxStatus,
    /// A price that replaces the regular one for a while (WooCommerce); told, not used.
    RecordId,
}

/// The columns of a file.
#[derive(Debug)]
pub struct Columns {
    /// Whose form.
    pub format: Format,
    fields: Vec<Option<Field>>,
}

impl Columns {
    /// Recognises a header.
    pub fn of(header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|h| shared::catalog::fold(h)).collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        let shopify = (has("handle") || has("url handle"))
            && has("title")
            && (has("variant price") || has("variant sku") || has("price") || has("sku"));
        let woo =
            has("type") && has("name") && (has("regular price") || has("tax class") || has("published"));
        let format = if shopify {
            Format::Shopify
        } else if woo {
            Format::WooCommerce
        } else {
            Format::Tillbridge
        };
        let field = match format {
            Format::Tillbridge => own as fn(&str) -> Option<Field>,
            Format::Shopify => shopify_field,
            Format::WooCommerce => woo_field,
        };
        let mut fields: Vec<Option<Field>> = names.iter().map(|name| field(name)).collect();
        // The first column of a kind counts; a second one of the same name would silently overrule it.
        for at in 0..fields.len() {
            if fields[at].is_some() && fields[..at].contains(&fields[at]) {
                fields[at] = None;
            }
        }
        Self { format, fields }
    }

    /// Is there such a column?
    pub fn has(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }

    /// Is any column known?
    pub fn any(&self) -> bool {
        self.fields.iter().any(Option::is_some)
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.fields.len()
    }

    /// The text of a field in a row; nothing where there is no such column or cell.
    pub fn text<'r>(&self, row: &'r [String], field: Field) -> Option<&'r str> {
        let at = self.fields.iter().position(|f| *f == Some(field))?;
        row.get(at).map(String::as_str)
    }

    /// As [`Columns::text`], without space around, and nothing where nothing is written.
    pub fn filled<'r>(&self, row: &'r [String], field: Field) -> Option<&'r str> {
        self.text(row, field).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The options of a row, whatever way they are written.
    pub fn options(&self, row: &[String]) -> Vec<VariantOption> {
        if let Some(text) = self.filled(row, Field::Options) {
            return text
                .split('|')
                .filter_map(|part| part.split_once('=').or_else(|| part.split_once(':')))
                .map(|(name, value)| VariantOption {
                    name: name.trim().to_owned(),
                    value: value.trim().to_owned(),
                })
                .filter(|option| !option.value.is_empty())
                .collect();
        }
        (1..=3)
            .filter_map(|n| {
                let value = self.filled(row, Field::OptionValue(n))?;
                let name = self.filled(row, Field::OptionName(n)).unwrap_or("");
                // Shopify writes this for a product without variants.
                (value != "Default Title")
                    .then(|| VariantOption { name: name.to_owned(), value: value.to_owned() })
            })
            .collect()
    }
}

/// Our own names, and those of other spreadsheets that say the same.
fn own(name: &str) -> Option<Field> {
    Some(match name {
        "sku" | "stock code" | "item code" | "article number" | "reference" => Field::Sku,
        "name" | "product name" | "title" | "description" => Field::Name,
        "barcode" | "barcodes" | "barcode s" | "ean" | "upc" => Field::Barcode,
        "gtin" | "code" => Field::Code,
        "category" | "product category" => Field::Category,
        "unit" | "unit of measure" | "uom" => Field::Unit,
        "tax category" | "tax class" | "tax" => Field::TaxCategory,
        "price" | "unit price" | "sales price" => Field::Price,
        "price minor" => Field::PriceMinor,
        "parent sku" | "parent" => Field::Parent,
        "options" => Field::Options,
        "picture" | "image" => Field::Picture,
        "stocked" | "track stock" => Field::Stocked,
        "active" | "enabled" => Field::Active,
        "favourite" | "favorite" => Field::Favourite,
        _ => return None,
    })
}

fn shopify_field(name: &str) -> Option<Field> {
    Some(match name {
        "handle" | "url handle" => Field::Handle,
        "title" => Field::Name,
        "type" => Field::Category,
        "variant sku" | "sku" => Field::Sku,
        "variant barcode" | "barcode" => Field::Barcode,
        "variant price" | "price" => Field::Price,
        "variant inventory tracker" | "inventory tracker" => Field::Stocked,
        "variant image" | "image src" | "product image url" => Field::Picture,
        "status" => Field::Active,
        "option1 name" => Field::OptionName(1),
        "option1 value" => Field::OptionValue(1),
        "option2 name" => Field::OptionName(2),
        "option2 value" => Field::OptionValue(2),
        "option3 name" => Field::OptionName(3),
        "option3 value" => Field::OptionValue(3),
        "variant tax code" | "tax code" => Field::TaxCategory,
        "variant weight unit" => return None,
        _ => return None,
    })
}

fn woo_field(name: &str) -> Option<Field> {
    Some(match name {
        "id" => Field::RecordId,
        "type" => Field::Kind,
        "sku" => Field::Sku,
        "name" => Field::Name,
        "published" => Field::Active,
        "is featured" => Field::Favourite,
        "gtin upc ean or isbn" | "gtin" | "ean" | "barcode" => Field::Barcode,
        "tax status" => Field::TaxStatus,
        "tax class" => Field::TaxCategory,
        "regular price" => Field::Price,
        "categories" => Field::Category,
        "images" => Field::Picture,
        "parent" => Field::Parent,
        "attribute 1 name" => Field::OptionName(1),
        "attribute 1 value s" => Field::OptionValue(1),
        "attribute 2 name" => Field::OptionName(2),
        "attribute 2 value s" => Field::OptionValue(2),
        "attribute 3 name" => Field::OptionName(3),
        "attribute 3 value s" => Field::OptionValue(3),
        _ => return None,
    })
}

/// What follows from all rows of a web shop's export together: rows that only carry a further picture go, variants
/// get their product's name and name their first sibling as what they vary.
pub fn settle_shopify(rows: Vec<(String, ReadProduct)>) -> Vec<ReadProduct> {
    let mut settled: Vec<ReadProduct> = Vec::with_capacity(rows.len());
    let mut first_of: Option<(String, usize, String)> = None;
    for (handle, mut row) in rows {
        let is_variant = first_of.as_ref().is_some_and(|(h, _, _)| *h == handle && !handle.is_empty());
        if !is_variant {
            if row.sku.is_empty() {
                row.sku = handle_sku(&handle, &row);
            }
            first_of = Some((handle, settled.len(), row.name.clone()));
            row.name = with_options(&row.name, &row.options);
            settled.push(row);
            continue;
        }
        let Some((_, at, title)) = &first_of else { continue };
        if row.options.is_empty() && row.sku.is_empty() && row.price_text.is_empty() {
            continue;
        }
        let first = &settled[*at];
        if row.sku.is_empty() {
            row.sku = handle_sku(&handle, &row);
        }
        row.parent_sku = Some(first.sku.clone());
        for (option, known) in row.options.iter_mut().zip(&first.options) {
            if option.name.is_empty() {
                option.name.clone_from(&known.name);
            }
        }
        row.name = with_options(title, &row.options);
        row.category = row.category.or_else(|| first.category.clone());
        row.picture = row.picture.or_else(|| first.picture.clone().filter(|path| super::read::is_own(path)));
        row.active = first.active;
        settled.push(row);
    }
    settled
}

fn handle_sku(handle: &str, row: &ReadProduct) -> String {
    if let Some(code) = row.barcodes.as_ref().and_then(|codes| codes.first()) {
        return code.clone();
    }
    let mut sku = handle.to_owned();
    for option in &row.options {
        sku.push('-');
        sku.push_str(&shared::catalog::fold(&option.value).replace(' ', "-"));
    }
    sku
}

fn with_options(name: &str, options: &[VariantOption]) -> String {
    if options.is_empty() || name.is_empty() {
        return name.to_owned();
    }
    let values: Vec<&str> = options.iter().map(|o| o.value.as_str()).collect();
    format!("{name}, {}", values.join(", "))
}
