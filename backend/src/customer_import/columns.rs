//! Columns: what stands where in a file of customers, by the names of five languages or as a person says.

use shared::api::CustomerColumn as Column;
use shared::catalog::fold;

/// Where a person says that a column is not taken.
pub const NO_COLUMN: &str = "-";

/// The columns of a file.
#[derive(Debug)]
pub struct Columns(Vec<Option<Column>>);

impl Columns {
    /// Recognises a header, or takes what a person said of it.
    pub fn of(header: &[String], said: Option<&[Option<Column>]>) -> Self {
        let guessed = || header.iter().map(|name| known(&fold(name))).collect();
        let mut columns: Vec<Option<Column>> = said.map_or_else(guessed, <[_]>::to_vec);
        columns.resize(header.len(), None);
        // The first column of a kind counts; a second one of the same name would silently overrule it.
        for at in 0..columns.len() {
            let (before, here) = columns.split_at_mut(at);
            if let Some(one) = here.first_mut()
                && one.is_some()
                && before.contains(one)
            {
                *one = None;
            }
        }
        Self(columns)
    }

    /// Is any column known?
    pub fn any(&self) -> bool {
        self.0.iter().any(Option::is_some)
    }

    /// Is there such a column?
    pub fn has(&self, column: Column) -> bool {
        self.0.contains(&Some(column))
    }

    /// How many there are.
    pub fn width(&self) -> usize {
        self.0.len()
    }

    /// What a column was taken for.
    pub fn at(&self, place: usize) -> Option<Column> {
        self.0.get(place).copied().flatten()
    }

    /// What a row says, without space around; nothing where nothing is written.
    pub fn filled<'r>(&self, row: &'r [String], column: Column) -> Option<&'r str> {
        let at = self.0.iter().position(|one| *one == Some(column))?;
        row.get(at).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

/// The usual names of a column, folded: English, German, French, Spanish, Arabic.
fn known(name: &str) -> Option<Column> {
    const NAMES: [(Column, &str); 21] = [
        (Column::Id, "id"),
        (
            Column::Number,
            "number|customer number|customer no|customer id|customer code|card number|card|kundennummer|kundennr|\
              kunden nr|kd nr|kdnr|nummer|kundenkarte|numero client|n client|no client|code client|numero|\
              numero de cliente|n cliente|no cliente|codigo de cliente|codigo cliente|رقم العميل|رقم الزبون|الرقم",
        ),
        (
            Column::Name,
            "name|full name|customer|customer name|display name|kunde|kundenname|nom complet|client|nom du client|\
              nombre completo|cliente|nombre del cliente|الاسم|اسم العميل|الاسم الكامل",
        ),
        (Column::FirstName, "first name|firstname|given name|forename|vorname|prenom|nombre|الاسم الاول"),
        (
            Column::LastName,
            "last name|lastname|surname|family name|nachname|familienname|nom|nom de famille|apellido|apellidos|\
              اسم العائلة|اللقب",
        ),
        (
            Column::Company,
            "company|company name|business|organisation|organization|firma|unternehmen|firmenname|societe|\
              entreprise|raison sociale|empresa|razon social|الشركة|اسم الشركة",
        ),
        (
            Column::Email,
            "email|e mail|email address|e mail address|mail|e mail adresse|mailadresse|courriel|adresse e mail|\
              adresse email|correo|correo electronico|البريد الالكتروني|البريد",
        ),
        (
            Column::Phone,
            "phone|telephone|tel|phone number|mobile|mobile phone|cell|telefon|telefonnummer|handy|mobil|\
              mobiltelefon|numero de telephone|portable|telefono|movil|الهاتف|رقم الهاتف|الجوال",
        ),
        (
            Column::TaxNumber,
            "tax number|vat number|vat|vat no|vat id|tax id|ust idnr|ust id nr|ust id|ustid|umsatzsteuer id|\
              steuernummer|n tva|numero tva|tva|tva intracommunautaire|siret|nif|cif|rfc|الرقم الضريبي",
        ),
        (
            Column::TaxExemption,
            "tax exemption|exemption certificate|tax exempt number|steuerbefreiung|exoneration|exoneration de tva|\
              exencion|certificado de exencion|الاعفاء الضريبي",
        ),
        (
            Column::TaxExemptUntil,
            "tax exempt until|exempt until|certificate until|steuerbefreit bis|befreit bis|bescheinigung bis|\
              exonere jusqu au|exento hasta|معفى حتى",
        ),
        (
            Column::Group,
            "group|customer group|gruppe|kundengruppe|groupe|groupe de clients|grupo|grupo de clientes|المجموعة|\
              مجموعة العملاء",
        ),
        (
            Column::CreditLimit,
            "credit limit|kreditlimit|kreditrahmen|limite de credit|plafond|limite de credito|حد الايتمان",
        ),
        (
            Column::Note,
            "note|notes|comment|comments|remark|notiz|notizen|bemerkung|bemerkungen|remarque|commentaire|nota|\
              notas|observaciones|ملاحظة|ملاحظات",
        ),
        (
            Column::Offers,
            "offers|marketing|newsletter|consent|accepts marketing|email consent|werbung|einwilligung|\
              consentement|offres|consentimiento|ofertas|publicidad|الموافقة|العروض",
        ),
        (
            Column::OffersSaid,
            "offers said|consent date|date of consent|marketing date|consent at|einwilligung am|\
              einwilligungsdatum|datum der einwilligung|date de consentement|date du consentement|\
              fecha de consentimiento|fecha del consentimiento|تاريخ الموافقة",
        ),
        (
            Column::Street,
            "street|address|address 1|address1|address line 1|strasse|adresse|anschrift|rue|adresse 1|calle|\
              direccion|domicilio|الشارع|العنوان",
        ),
        (
            Column::Street2,
            "street2|address 2|address2|address line 2|adresszusatz|adresse 2|complement d adresse|direccion 2",
        ),
        (
            Column::Postcode,
            "postcode|postal code|zip|zip code|zipcode|plz|postleitzahl|code postal|codigo postal|cp|\
              الرمز البريدي",
        ),
        (Column::City, "city|town|ort|stadt|ville|ciudad|poblacion|localidad|المدينة"),
        (
            Column::Country,
            "country|country code|land|laendercode|landercode|pays|code pays|pais|البلد|الدولة",
        ),
    ];
    NAMES.into_iter().find(|(_, names)| names.split('|').any(|one| one == name)).map(|(column, _)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_usual_names() {
        for (header, column) in [
            ("Customer No.", Column::Number),
            ("Kunden-Nr.", Column::Number),
            ("N° client", Column::Number),
            ("Vorname", Column::FirstName),
            ("NOM", Column::LastName),
            ("Prénom", Column::FirstName),
            ("Razón social", Column::Company),
            ("E-Mail", Column::Email),
            ("Correo electrónico", Column::Email),
            ("Téléphone", Column::Phone),
            ("رقم الهاتف", Column::Phone),
            ("الرقم الضريبي", Column::TaxNumber),
            ("البريد الإلكتروني", Column::Email),
            ("USt-IdNr.", Column::TaxNumber),
            ("Straße", Column::Street),
            ("Código postal", Column::Postcode),
            ("Einwilligung am", Column::OffersSaid),
            ("Kundengruppe", Column::Group),
            ("offers_said", Column::OffersSaid),
            ("حد الائتمان", Column::CreditLimit),
        ] {
            assert_eq!(known(&fold(header)), Some(column), "{header} ({})", fold(header));
        }
        assert_eq!(known("shoe size"), None);
    }

    #[test]
    fn what_a_person_says_counts_and_a_second_column_of_a_kind_does_not() {
        let header: Vec<String> = ["Name", "Name", "Email"].map(str::to_owned).into();
        let guessed = Columns::of(&header, None);
        assert_eq!(
            [guessed.at(0), guessed.at(1), guessed.at(2)],
            [Some(Column::Name), None, Some(Column::Email)]
        );
        let said = Columns::of(&header, Some(&[None, Some(Column::Company)]));
        assert_eq!([said.at(0), said.at(1), said.at(2)], [None, Some(Column::Company), None]);
    }
}
