//! The words of a receipt in each language, and how it writes decimals.

use crate::money::{Currency, Minor};

/// One language.
pub(super) struct Words {
    pub(super) point: char,
    pub(super) tax_number: &'static str,
    pub(super) copy: &'static str,
    pub(super) return_mark: &'static str,
    /// Before the number of the receipt that goods come back from.
    pub(super) back_of: &'static str,
    pub(super) customer: &'static str,
    pub(super) discount: &'static str,
    pub(super) net: &'static str,
    pub(super) total: &'static str,
    pub(super) of: &'static str,
    pub(super) cash_rounding: &'static str,
    pub(super) cash: &'static str,
    pub(super) card: &'static str,
    pub(super) on_account: &'static str,
    pub(super) change: &'static str,
}

impl Words {
    /// A decimal with this language's point and a true minus sign.
    pub(super) fn decimal(&self, text: &str) -> String {
        let letter = |letter| match letter {
            '.' => self.point,
            '-' => '−',
            other => other,
        };
        text.chars().map(letter).collect()
    }

    /// An amount, written as its decimals are.
    pub(super) fn amount(&self, amount: Minor, currency: Currency) -> String {
        self.decimal(&amount.to_decimal(currency))
    }
}

/// The words of a language; English for one that is not here.
pub(super) fn of(language: &str) -> &'static Words {
    match language {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        "ar" => &ARABIC,
        _ => &ENGLISH,
    }
}

const ENGLISH: Words = Words {
    point: '.',
    tax_number: "VAT no.",
    copy: "COPY",
    return_mark: "RETURN",
    back_of: "Back from",
    customer: "Customer",
    discount: "Discount",
    net: "Without tax",
    total: "Total",
    of: "of",
    cash_rounding: "Rounding",
    cash: "Cash",
    card: "Card",
    on_account: "On account",
    change: "Change",
};

const GERMAN: Words = Words {
    point: ',',
    tax_number: "USt-IdNr.",
    copy: "KOPIE",
    return_mark: "RÜCKGABE",
    back_of: "Zurück von",
    customer: "Kunde",
    discount: "Rabatt",
    net: "Netto",
    total: "Summe",
    of: "von",
    cash_rounding: "Rundung",
    cash: "Bar",
    card: "Karte",
    on_account: "Auf Rechnung",
    change: "Rückgeld",
};

const FRENCH: Words = Words {
    point: ',',
    tax_number: "N° TVA",
    copy: "DUPLICATA",
    return_mark: "RETOUR",
    back_of: "Retour de",
    customer: "Client",
    discount: "Remise",
    net: "Total HT",
    total: "Total",
    of: "sur",
    cash_rounding: "Arrondi",
    cash: "Espèces",
    card: "Carte",
    on_account: "En compte",
    change: "Rendu",
};

const SPANISH: Words = Words {
    point: ',',
    tax_number: "NIF",
    copy: "COPIA",
    return_mark: "DEVOLUCIÓN",
    back_of: "Devuelto de",
    customer: "Cliente",
    discount: "Descuento",
    net: "Base imponible",
    total: "Total",
    of: "de",
    cash_rounding: "Redondeo",
    cash: "Efectivo",
    card: "Tarjeta",
    on_account: "A cuenta",
    change: "Cambio",
};

const ARABIC: Words = Words {
    point: '.',
    tax_number: "الرقم الضريبي",
    copy: "نسخة",
    return_mark: "إرجاع",
    back_of: "عائد من",
    customer: "العميل",
    discount: "خصم",
    net: "دون الضريبة",
    total: "الإجمالي",
    of: "من",
    cash_rounding: "تقريب",
    cash: "نقدًا",
    card: "بطاقة",
    on_account: "على الحساب",
    change: "الباقي",
};
