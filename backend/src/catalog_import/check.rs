//! Check: what can be wrong with a row, what would go wrong with it, and how many rows have it.

use crate::spreadsheet::Defect;

/// A kind of defect. Errors first, in the order a person mends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A column without which the file means nothing, or one whose absence is worth knowing.
    MissingColumn,
    /// More or fewer cells than the header, or not readable as text.
    WrongRow,
    /// No name.
    EmptyName,
    /// Neither a code of the shop nor a barcode.
    MissingSku,
    /// The same code of the shop on several rows.
    DuplicateSku,
    /// The same barcode on several products.
    DuplicateBarcode,
    /// Two printings of one barcode on several products.
    DuplicateAfterZeroPadding,
    /// No scanner reads it.
    BadCheckDigit,
    /// No barcode number has so many digits.
    BadLength,
    /// There is a price column, and nothing in it.
    MissingPrice,
    /// Not a price.
    WrongPrice,
    /// None given and none to fall back to, or no such one.
    MissingTaxCategory,
    /// Not a unit.
    WrongUnit,
    /// Not yes or no.
    WrongFlag,
    /// Its parent is nowhere.
    MissingParent,
    /// Codes that differ in nothing but case.
    DuplicateSkuInCase,
    /// A character that a printer takes for a command.
    ControlCharacter,
    /// `&quot;` and its like.
    HtmlEntity,
    /// A letter that was lost before the file came here.
    UndecodableCharacter,
    /// Too long for a receipt.
    LongName,
    /// The picture's address is not of this server.
    PictureNotLoaded,
    /// No picture of that name is here.
    MissingPicture,
}

impl Defect for FindingKind {
    fn word(self) -> &'static str {
        match self {
            Self::MissingColumn => "missing_column",
            Self::WrongRow => "wrong_row",
            Self::EmptyName => "empty_name",
            Self::MissingSku => "missing_sku",
            Self::DuplicateSku => "duplicate_sku",
            Self::DuplicateBarcode => "duplicate_barcode",
            Self::DuplicateAfterZeroPadding => "duplicate_after_zero_padding",
            Self::BadCheckDigit => "bad_check_digit",
            Self::BadLength => "bad_length",
            Self::MissingPrice => "missing_price",
            Self::WrongPrice => "wrong_price",
            Self::MissingTaxCategory => "missing_tax_category",
            Self::WrongUnit => "wrong_unit",
            Self::WrongFlag => "wrong_flag",
            Self::MissingParent => "missing_parent",
            Self::DuplicateSkuInCase => "duplicate_sku_in_case",
            Self::ControlCharacter => "control_character",
            Self::HtmlEntity => "html_entity",
            Self::UndecodableCharacter => "undecodable_character",
            Self::LongName => "long_name",
            Self::PictureNotLoaded => "picture_not_loaded",
            Self::MissingPicture => "missing_picture",
        }
    }

    /// Would the product be unscannable, ambiguous, unpriced or nameless? Then nothing is imported until it is mended,
    /// or the row is left out by the caller's wish.
    fn is_error(self) -> bool {
        self < Self::DuplicateSkuInCase
    }

    fn message(self) -> &'static str {
        match self {
            Self::MissingColumn => "The file has no such column.",
            Self::WrongRow => {
                "The row does not have as many cells as the header: a comma or a quote is missing."
            }
            Self::EmptyName => "The product has no name, so a cashier could not tell what it is.",
            Self::MissingSku => "The product has neither a code of the shop nor a barcode.",
            Self::DuplicateSku => "The same code stands on several rows; only one product can have it.",
            Self::DuplicateBarcode => {
                "The same barcode stands on several products: a scan could not tell them apart."
            }
            Self::DuplicateAfterZeroPadding => {
                "The same barcode with and without leading zeros: a scan could not tell the products apart."
            }
            Self::BadCheckDigit => {
                "The barcode's check digit is wrong: no scanner would ever read it. A digit is mistyped."
            }
            Self::BadLength => {
                "A barcode number has 8, 12, 13 or 14 digits; this would not be scanned. A code of the shop's own belongs into the column `sku`."
            }
            Self::MissingPrice => "No price is given. Write one, or `ask` where the till shall ask for it.",
            Self::WrongPrice => {
                "This is not a price like 2.55 (a point, at most four decimals, not below zero)."
            }
            Self::MissingTaxCategory => {
                "There is no such tax category in the shop; without one the product cannot be taxed."
            }
            Self::WrongUnit => "This is not a unit known here: piece, kg, g, l, m, lb.",
            Self::WrongFlag => "This is neither yes nor no.",
            Self::MissingParent => "The product it is a variant of is neither in the file nor in the shop.",
            Self::DuplicateSkuInCase => {
                "Codes that differ in nothing but upper and lower case; they are kept as different products."
            }
            Self::ControlCharacter => {
                "A control character in the name would confuse a printer; it is taken out."
            }
            Self::HtmlEntity => {
                "The name holds an HTML entity such as &quot;; it is written as the character it stands for."
            }
            Self::UndecodableCharacter => {
                "A letter of the name was lost before the file came here. The name is imported as it is; look it up."
            }
            Self::LongName => {
                "The name has more than 120 letters; it is kept whole, receipts and tiles show a part."
            }
            Self::PictureNotLoaded => {
                "Picture addresses are not loaded: the product comes without a new picture. Add it on the product's page, or send it to /api/pictures and write the path it gives into this column."
            }
            Self::MissingPicture => {
                "There is no such picture in this shop: the product comes without a new one. Send the picture to /api/pictures first, or add it on the product's page."
            }
        }
    }
}
