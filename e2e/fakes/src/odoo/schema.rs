//! Schema: the models of Odoo that a shop's books need, and their fields, as far as `fields_get` tells them.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    Integer,
    /// With so many decimals.
    Decimal(u32),
    Flag,
    Day,
    Time,
    /// A record of this model.
    One(&'static str),
    /// Records of this model.
    Many(&'static str),
}

impl Kind {
    /// As `fields_get` calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Text => "char",
            Self::Word(_) => "selection",
            Self::Integer => "integer",
            Self::Decimal(2) => "monetary",
            Self::Decimal(_) => "float",
            Self::Flag => "boolean",
            Self::Day => "date",
            Self::Time => "datetime",
            Self::One(_) => "many2one",
            Self::Many(_) => "many2many",
        }
    }
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// May it be set from outside?
    pub(super) settable: bool,
}

const fn read(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, settable: false }
}

const fn set(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, settable: true }
}

const JOURNALS: &[&str] = &["sale", "purchase", "cash", "bank", "credit", "general"];
const MOVES: &[&str] = &["entry", "out_invoice", "out_refund", "in_invoice", "in_refund"];

const COMPANY: &[Field] = &[read("name", Kind::Text)];
const NAMED: &[Field] = &[read("name", Kind::Text)];
const JOURNAL: &[Field] = &[
    read("name", Kind::Text),
    read("code", Kind::Text),
    read("type", Kind::Word(JOURNALS)),
    read("active", Kind::Flag),
    read("company_id", Kind::One("res.company")),
    read("currency_id", Kind::One("res.currency")),
];
const TAX: &[Field] = &[
    read("name", Kind::Text),
    read("amount", Kind::Decimal(4)),
    read("amount_type", Kind::Word(&["percent", "fixed", "group", "division"])),
    read("type_tax_use", Kind::Word(&["sale", "purchase", "none"])),
    read("price_include", Kind::Flag),
    read("active", Kind::Flag),
    read("company_id", Kind::One("res.company")),
];
const TEMPLATE: &[Field] = &[read("name", Kind::Text)];
const PRODUCT: &[Field] = &[
    set("name", Kind::Text),
    set("default_code", Kind::Text),
    set("barcode", Kind::Text),
    set("lst_price", Kind::Decimal(2)),
    set("active", Kind::Flag),
    set("categ_id", Kind::One("product.category")),
    read("uom_id", Kind::One("uom.uom")),
    set("taxes_id", Kind::Many("account.tax")),
    read("product_tmpl_id", Kind::One("product.template")),
    read("type", Kind::Word(&["consu", "service", "combo", "product"])),
    read("product_variant_count", Kind::Integer),
];
const STORABLE: Field = set("is_storable", Kind::Flag);
const MOVE: &[Field] = &[
    read("name", Kind::Text),
    set("ref", Kind::Text),
    read("state", Kind::Word(&["draft", "posted", "cancel"])),
    read("payment_state", Kind::Word(&["not_paid", "partial", "in_payment", "paid"])),
    set("move_type", Kind::Word(MOVES)),
    set("journal_id", Kind::One("account.journal")),
    set("partner_id", Kind::One("res.partner")),
    read("currency_id", Kind::One("res.currency")),
    read("company_id", Kind::One("res.company")),
    set("invoice_date", Kind::Day),
    set("invoice_date_due", Kind::Day),
    set("invoice_payment_term_id", Kind::One("account.payment.term")),
    read("amount_untaxed", Kind::Decimal(2)),
    read("amount_tax", Kind::Decimal(2)),
    read("amount_total", Kind::Decimal(2)),
    read("amount_residual", Kind::Decimal(2)),
];
const LINE_TYPES: &[&str] = &["product", "tax", "payment_term"];
const LINE: &[Field] = &[
    read("move_id", Kind::One("account.move")),
    read("display_type", Kind::Word(LINE_TYPES)),
    set("name", Kind::Text),
    set("product_id", Kind::One("product.product")),
    set("quantity", Kind::Decimal(3)),
    set("price_unit", Kind::Decimal(6)),
    set("tax_ids", Kind::Many("account.tax")),
    read("tax_line_id", Kind::One("account.tax")),
    read("price_subtotal", Kind::Decimal(2)),
    read("price_total", Kind::Decimal(2)),
    read("amount_currency", Kind::Decimal(2)),
];
/// Before 19 a price keeps the decimals of “Product Price”: two.
const PRICE_OF_TWO: Field = set("price_unit", Kind::Decimal(2));
const PAYMENT: &[Field] = &[
    read("journal_id", Kind::One("account.journal")),
    read("amount", Kind::Decimal(2)),
    read("currency_id", Kind::One("res.currency")),
    read("partner_id", Kind::One("res.partner")),
    read("payment_type", Kind::Word(&["inbound", "outbound"])),
    read("state", Kind::Word(&["draft", "in_process", "paid", "canceled", "rejected", "posted", "cancel"])),
    read("date", Kind::Day),
    read("reconciled_invoice_ids", Kind::Many("account.move")),
];
const MEMO: Field = read("memo", Kind::Text);
const MEMO_BEFORE: Field = read("ref", Kind::Text);
const REGISTER: &[Field] = &[
    set("journal_id", Kind::One("account.journal")),
    set("amount", Kind::Decimal(2)),
    set("currency_id", Kind::One("res.currency")),
    set("payment_date", Kind::Day),
    set("communication", Kind::Text),
    set("payment_difference_handling", Kind::Word(&["open", "reconcile"])),
    set("group_payment", Kind::Flag),
    read("line_ids", Kind::Many("account.move.line")),
];
const OF_ALL: &[Field] = &[
    read("id", Kind::Integer),
    read("display_name", Kind::Text),
    read("create_date", Kind::Time),
    read("write_date", Kind::Time),
];

/// The fields of a model, and the one that its version has instead or besides; none where there is no such model.
fn of(model: &str, version: u32) -> Option<(&'static [Field], Option<Field>)> {
    Some(match model {
        "res.company" => (COMPANY, None),
        "res.partner" | "res.currency" | "uom.uom" | "product.category" | "account.payment.term" => {
            (NAMED, None)
        }
        "account.journal" => (JOURNAL, None),
        "account.tax" => (TAX, None),
        "product.template" => (TEMPLATE, None),
        "product.product" => (PRODUCT, (version >= 18).then_some(STORABLE)),
        "account.move" => (MOVE, None),
        "account.move.line" => (LINE, (version < 19).then_some(PRICE_OF_TWO)),
        "account.payment" => (PAYMENT, Some(if version >= 18 { MEMO } else { MEMO_BEFORE })),
        "account.payment.register" => (REGISTER, None),
        _ => return None,
    })
}

/// The fields of a model; none where there is no such model.
pub(super) fn fields(model: &str, version: u32) -> Option<Vec<Field>> {
    let (own, extra) = of(model, version)?;
    let kept = own.iter().filter(|field| extra.is_none_or(|extra| extra.name != field.name));
    Some(kept.chain(&extra).chain(OF_ALL).copied().collect())
}

/// One field of a model.
pub(super) fn field(model: &str, version: u32, name: &str) -> Option<Field> {
    let (own, extra) = of(model, version)?;
    let all = extra.iter().chain(own).chain(OF_ALL);
    all.copied().find(|field| field.name == name)
}
