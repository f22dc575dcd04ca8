//! Schema: what can be asked for, of what type, with what; and what inputs are made of. A part of the Admin API's.

/// A field of a type: its own type, and what it is asked with.
pub struct Shape {
    /// As the schema writes it: `[ProductVariant!]!`.
    pub kind: &'static str,
    /// Name and type.
    pub arguments: &'static [(&'static str, &'static str)],
}

/// Type, field, its type.
const FIELDS: &[(&str, &str, &str)] = &[
    ("Query", "activeChannel", "Channel!"),
    ("Query", "globalSettings", "GlobalSettings!"),
    ("Query", "productVariants", "ProductVariantList!"),
    ("Query", "productVariant", "ProductVariant"),
    ("Query", "products", "ProductList!"),
    ("Mutation", "login", "NativeAuthenticationResult!"),
    ("Mutation", "updateProductVariants", "[ProductVariant]!"),
    ("CurrentUser", "id", "ID!"),
    ("CurrentUser", "identifier", "String!"),
    ("CurrentUser", "channels", "[Channel!]!"),
    ("ErrorResult", "errorCode", "ErrorCode!"),
    ("ErrorResult", "message", "String!"),
    ("Channel", "id", "ID!"),
    ("Channel", "code", "String!"),
    ("Channel", "token", "String!"),
    ("Channel", "defaultCurrencyCode", "CurrencyCode!"),
    ("Channel", "defaultLanguageCode", "LanguageCode!"),
    ("Channel", "pricesIncludeTax", "Boolean!"),
    ("GlobalSettings", "trackInventory", "Boolean!"),
    ("GlobalSettings", "serverConfig", "ServerConfig!"),
    ("ServerConfig", "moneyStrategyPrecision", "Int!"),
    ("ProductVariantList", "items", "[ProductVariant!]!"),
    ("ProductVariantList", "totalItems", "Int!"),
    ("ProductList", "items", "[Product!]!"),
    ("ProductList", "totalItems", "Int!"),
    ("Product", "id", "ID!"),
    ("Product", "name", "String!"),
    ("Product", "enabled", "Boolean!"),
    ("Product", "createdAt", "DateTime!"),
    ("Product", "updatedAt", "DateTime!"),
    ("Product", "facetValues", "[FacetValue!]!"),
    ("ProductVariant", "id", "ID!"),
    ("ProductVariant", "productId", "ID!"),
    ("ProductVariant", "sku", "String!"),
    ("ProductVariant", "name", "String!"),
    ("ProductVariant", "enabled", "Boolean!"),
    ("ProductVariant", "trackInventory", "GlobalFlag!"),
    ("ProductVariant", "createdAt", "DateTime!"),
    ("ProductVariant", "updatedAt", "DateTime!"),
    ("ProductVariant", "currencyCode", "CurrencyCode!"),
    ("ProductVariant", "price", "Money!"),
    ("ProductVariant", "priceWithTax", "Money!"),
    ("ProductVariant", "prices", "[ProductVariantPrice!]!"),
    ("ProductVariant", "taxCategory", "TaxCategory!"),
    ("ProductVariant", "options", "[ProductOption!]!"),
    ("ProductVariant", "facetValues", "[FacetValue!]!"),
    ("ProductVariant", "product", "Product!"),
    ("ProductVariant", "translations", "[ProductVariantTranslation!]!"),
    ("ProductVariantPrice", "currencyCode", "CurrencyCode!"),
    ("ProductVariantPrice", "price", "Money!"),
    ("ProductVariantTranslation", "languageCode", "LanguageCode!"),
    ("ProductVariantTranslation", "name", "String!"),
    ("TaxCategory", "id", "ID!"),
    ("TaxCategory", "name", "String!"),
    ("ProductOption", "name", "String!"),
    ("FacetValue", "name", "String!"),
    ("FacetValue", "facet", "Facet!"),
    ("Facet", "code", "String!"),
];

/// Field of the query or the mutation, argument, its type.
const ARGUMENTS: &[(&str, &[(&str, &str)])] = &[
    ("productVariants", &[("options", "ProductVariantListOptions"), ("productId", "ID")]),
    ("productVariant", &[("id", "ID!")]),
    ("products", &[("options", "ProductListOptions")]),
    ("login", &[("username", "String!"), ("password", "String!"), ("rememberMe", "Boolean")]),
    ("updateProductVariants", &[("input", "[UpdateProductVariantInput!]!")]),
];

/// Input, member, its type.
const INPUTS: &[(&str, &str, &str)] = &[
    ("ProductVariantListOptions", "skip", "Int"),
    ("ProductVariantListOptions", "take", "Int"),
    ("ProductVariantListOptions", "sort", "ProductVariantSortParameter"),
    ("ProductVariantListOptions", "filter", "ProductVariantFilterParameter"),
    ("ProductVariantSortParameter", "id", "SortOrder"),
    ("ProductVariantSortParameter", "createdAt", "SortOrder"),
    ("ProductVariantSortParameter", "updatedAt", "SortOrder"),
    ("ProductVariantSortParameter", "sku", "SortOrder"),
    ("ProductVariantFilterParameter", "id", "IDOperators"),
    ("ProductVariantFilterParameter", "productId", "IDOperators"),
    ("ProductVariantFilterParameter", "createdAt", "DateOperators"),
    ("ProductVariantFilterParameter", "updatedAt", "DateOperators"),
    ("ProductListOptions", "skip", "Int"),
    ("ProductListOptions", "take", "Int"),
    ("ProductListOptions", "sort", "ProductSortParameter"),
    ("ProductListOptions", "filter", "ProductFilterParameter"),
    ("ProductSortParameter", "id", "SortOrder"),
    ("ProductSortParameter", "createdAt", "SortOrder"),
    ("ProductSortParameter", "updatedAt", "SortOrder"),
    ("ProductFilterParameter", "id", "IDOperators"),
    ("ProductFilterParameter", "createdAt", "DateOperators"),
    ("ProductFilterParameter", "updatedAt", "DateOperators"),
    // There is no “greater” for an id.
    ("IDOperators", "eq", "String"),
    ("IDOperators", "notEq", "String"),
    ("IDOperators", "in", "[String!]"),
    ("IDOperators", "notIn", "[String!]"),
    ("DateOperators", "before", "DateTime"),
    ("DateOperators", "after", "DateTime"),
    ("UpdateProductVariantInput", "id", "ID!"),
    ("UpdateProductVariantInput", "enabled", "Boolean"),
    ("UpdateProductVariantInput", "translations", "[ProductVariantTranslationInput!]"),
    ("UpdateProductVariantInput", "sku", "String"),
    ("UpdateProductVariantInput", "price", "Money"),
    ("UpdateProductVariantInput", "trackInventory", "GlobalFlag"),
    ("ProductVariantTranslationInput", "id", "ID"),
    ("ProductVariantTranslationInput", "languageCode", "LanguageCode!"),
    ("ProductVariantTranslationInput", "name", "String"),
];

/// Words of the enums.
const WORDS: &[(&str, &[&str])] = &[
    ("SortOrder", &["ASC", "DESC"]),
    ("GlobalFlag", &["TRUE", "FALSE", "INHERIT"]),
    ("LanguageCode", &["en", "de", "fr", "es", "ar"]),
];

/// A field of a type.
pub fn field(kind: &str, name: &str) -> Option<Shape> {
    let (_, _, found) = FIELDS.iter().find(|(of, known, _)| *of == kind && *known == name)?;
    let is_root = kind == "Query" || kind == "Mutation";
    let arguments = ARGUMENTS.iter().find(|(of, _)| is_root && *of == name);
    Some(Shape { kind: found, arguments: arguments.map_or(&[][..], |(_, arguments)| arguments) })
}

/// Has the type fields?
pub fn has_fields(kind: &str) -> bool {
    FIELDS.iter().any(|(of, _, _)| *of == kind) || kind == "NativeAuthenticationResult"
}

/// Members of an input; none where it is no input.
pub fn members(kind: &str) -> Vec<(&'static str, &'static str)> {
    INPUTS.iter().filter(|(of, _, _)| *of == kind).map(|(_, name, of)| (*name, *of)).collect()
}

/// Words of an enum; none where it is no enum.
pub fn words(kind: &str) -> Option<&'static [&'static str]> {
    WORDS.iter().find(|(of, _)| *of == kind).map(|(_, words)| *words)
}

/// The name inside of a type: `Product` of `[Product!]!`.
pub fn bare(kind: &str) -> &str {
    kind.trim_matches(['[', ']', '!'])
}
