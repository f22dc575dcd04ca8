//! Legal: what the law of a country calls the number a shop is taxed under, and what it calls a receipt.
//! Lives here: one table, each row with the law or the authority's page it is from, read in November 2026. Looked up by country,
//! worded by language where a country has several, and by the number itself where a shop may use one of two.
//! Never: whether a shop must register, or keep its records in a certified way: that is for the shop to know.

/// The words of a country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Legal {
    /// Before the shop's tax number; none where the law knows no word for it.
    pub(super) tax_number: Option<&'static str>,
    /// What a receipt of a shop with a tax number is called.
    pub(super) sale: Option<&'static str>,
    /// What it is called when goods come back.
    pub(super) back: Option<&'static str>,
}

/// Has the law of this country words of its own? The United States have none: sales tax is the states', and no number of it
/// stands on a receipt.
pub(super) fn of(country: &str, language: &str, number: &str) -> Option<Legal> {
    let words = |tax_number, sale, back| Some(Legal { tax_number: Some(tax_number), sale, back });
    match (country, language) {
        // VAT Regulations 1995 (SI 1995/2518) reg. 16 and 16A (a), simplified invoices up to £250: "registration number"; HMRC manual
        // VATREC16042; VAT Notice 700 §16.6.
        ("GB" | "IM", _) => words("VAT No", None, None),
        // Revenue, "VAT invoices and credit notes": the supplier's VAT registration number.
        ("IE", _) => words("VAT No", None, None),
        // § 14 Abs. 4 Satz 1 Nr. 2 UStG: "Steuernummer" or "Umsatzsteuer-Identifikationsnummer" (§ 27a UStG: it begins with DE), as the
        // shop likes. Up to 250 € neither is needed (§ 33 UStDV; UStAE 14.5 Abs. 8).
        ("DE", _) if !number.trim_start().to_ascii_uppercase().starts_with("DE") => {
            words("Steuernummer", None, None)
        }
        ("DE", _) => words("USt-IdNr.", None, None),
        // § 11 Abs. 1 Z 3 lit. i UStG 1994: "Umsatzsteuer-Identifikationsnummer"; up to 400 € it is not needed (Abs. 6).
        ("AT", _) => words("UID-Nr.", None, None),
        // Art. 26 Abs. 2 lit. a MWSTG / LTVA (SR 641.20): the number in the register, and that it is one; receipts up to 400 francs: Art. 57
        // MWSTV.
        ("CH" | "LI", "fr") => words("N° TVA", None, None),
        ("CH" | "LI", _) => words("MWST-Nr.", None, None),
        // CGI, annexe II, art. 242 nonies A, I-2° ("numéro individuel d'identification", art. 286 ter CGI).
        ("FR" | "MC", _) => words("TVA intracom.", None, None),
        // Arrêté royal n° 1 (TVA) art. 5 § 1; loi TVA luxembourgeoise art. 63.
        ("BE" | "LU", "fr") => words("N° TVA", None, None),
        ("BE", _) => words("BTW", None, None),
        // Wet op de omzetbelasting 1968 art. 35a lid 1 c.
        ("NL", _) => words("Btw-nr.", None, None),
        // Real Decreto 1619/2012: art. 7.1 d (NIF), art. 4 and 7 (factura simplificada), art. 15 (rectificativa).
        ("ES", _) => words("NIF", Some("Factura simplificada"), Some("Factura simplificada rectificativa")),
        // DPR 633/1972 art. 21 c. 2 lett. d. ("Documento commerciale" is what a certified recorder prints, DM 7 dicembre 2016: not this.)
        ("IT", _) => words("P. IVA", None, None),
        // Código do IVA art. 36.º n.º 5 a and 40.º n.º 2 a: "número de identificação fiscal". ("Fatura simplificada" is what certified
        // programs issue: not this.)
        ("PT", _) => words("NIF", None, None),
        // Ustawa o VAT art. 106e ust. 1 pkt 4.
        ("PL", _) => words("NIP", None, None),
        // Input Tax Credit Information (GST/HST) Regulations (SOR/91-45) s. 3 (b) (i), from $100 since 2021; CRA guide RC4022.
        ("CA", "fr") => words("No TPS/TVH", None, None),
        ("CA", _) => words("GST/HST No", None, None),
        // A New Tax System (Goods and Services Tax) Act 1999 s. 29-70 and 29-75; ATO, "Tax invoices": that it is meant as one, and the ABN.
        ("AU", _) => words("ABN", Some("Tax invoice"), Some("Adjustment note")),
        // Goods and Services Tax Act 1985 s. 19E and 19K; IRD, "Taxable supply information": the word "tax invoice" went in 2023.
        ("NZ", _) => words("GST No.", None, None),
        // GST (General) Regulations reg. 11 and 13; IRAS, "Invoicing customers": on a receipt the number, and not "tax invoice".
        ("SG", _) => words("GST Reg. No.", None, None),
        // CGST Rules 2017, rule 46 (a).
        ("IN", _) => words("GSTIN", None, None),
        // Value-Added Tax Act 89 of 1991 s. 20 (4) and (5): "tax invoice", "VAT invoice" or "invoice"; s. 21 (3): "credit note".
        ("ZA", _) => words("VAT No.", Some("Tax invoice"), Some("Credit note")),
        // Cabinet Decision 52 of 2017, as changed by 100 of 2025, art. 59 (2), simplified: "Tax Invoice" clearly displayed; art. 60: "Tax
        // Credit Note".
        ("AE", "ar") => words("رقم التسجيل الضريبي", Some("فاتورة ضريبية"), Some("إشعار دائن ضريبي")),
        ("AE", _) => words("TRN", Some("Tax invoice"), Some("Tax credit note")),
        // VAT Implementing Regulations art. 53 (simplified tax invoice), 54 (credit note) and 57 (tax identification number); ZATCA,
        // E-Invoicing Resolution 62738, annex 2.
        ("SA", "ar") => words("الرقم الضريبي", Some("فاتورة ضريبية مبسطة"), Some("إشعار دائن")),
        ("SA", _) => words("VAT No.", Some("Simplified tax invoice"), Some("Credit note")),
        ("US", _) => Some(Legal::default()),
        _ => None,
    }
}
