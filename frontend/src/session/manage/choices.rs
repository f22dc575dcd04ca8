//! Choices: countries, currencies, time zones and languages to choose from, and the browser's own as a first guess.

use crate::i18n;
use js_sys::{Array, Function, Intl, Object, Reflect};
use shared::money::Currency;
use wasm_bindgen::{JsCast, JsValue};

/// ISO 3166-1 alpha-2, officially assigned.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE \
GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR \
KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS \
ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Where the euro is the currency.
const EURO: &str =
    "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC MT NL PT SI SK SM VA ME XK GP MQ GF RE YT";

/// What is paid with elsewhere, for a first guess.
const CURRENCIES: [(&str, &str); 42] = [
    ("GB", "GBP"),
    ("US", "USD"),
    ("CA", "CAD"),
    ("CH", "CHF"),
    ("LI", "CHF"),
    ("AU", "AUD"),
    ("NZ", "NZD"),
    ("DK", "DKK"),
    ("SE", "SEK"),
    ("NO", "NOK"),
    ("IS", "ISK"),
    ("PL", "PLN"),
    ("CZ", "CZK"),
    ("HU", "HUF"),
    ("RO", "RON"),
    ("TR", "TRY"),
    ("UA", "UAH"),
    ("JP", "JPY"),
    ("CN", "CNY"),
    ("KR", "KRW"),
    ("IN", "INR"),
    ("SG", "SGD"),
    ("HK", "HKD"),
    ("AE", "AED"),
    ("SA", "SAR"),
    ("QA", "QAR"),
    ("KW", "KWD"),
    ("BH", "BHD"),
    ("OM", "OMR"),
    ("JO", "JOD"),
    ("EG", "EGP"),
    ("MA", "MAD"),
    ("TN", "TND"),
    ("DZ", "DZD"),
    ("ZA", "ZAR"),
    ("NG", "NGN"),
    ("KE", "KES"),
    ("MX", "MXN"),
    ("BR", "BRL"),
    ("AR", "ARS"),
    ("CL", "CLP"),
    ("CO", "COP"),
];

/// Something to choose: what is sent, and what is read.
pub type Choice = (String, String);

/// Countries by their name in the language of the screen.
pub fn countries() -> Vec<Choice> {
    named("region", COUNTRIES.split(' ').map(str::to_owned))
}

/// Currencies by code and name.
pub fn currencies() -> Vec<Choice> {
    let mut codes = supported("currency");
    if codes.is_empty() {
        codes = CURRENCIES.iter().map(|(_, code)| (*code).to_owned()).chain(["EUR".to_owned()]).collect();
        codes.sort();
        codes.dedup();
    }
    codes.retain(|code| Currency::parse(code).is_ok());
    let label = |code: String| {
        let name = i18n::named("currency", &code);
        let label = format!("{code} · {name}");
        (code, label)
    };
    codes.into_iter().map(label).collect()
}

/// Time zones by their IANA name, the browser's own among them.
pub fn time_zones() -> Vec<Choice> {
    let mut zones = supported("timeZone");
    zones.push(own_time_zone());
    zones.push("UTC".to_owned());
    zones.sort();
    zones.dedup();
    zones.into_iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect()
}

/// Languages of screens and receipts.
pub fn languages() -> Vec<Choice> {
    i18n::NAMES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
}

/// The time zone of this browser.
pub fn own_time_zone() -> String {
    let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    let zone = Reflect::get(&format.resolved_options(), &"timeZone".into()).ok();
    zone.and_then(|zone| zone.as_string()).unwrap_or_else(|| "UTC".to_owned())
}

/// The country this browser is set to: the region of its language, `GB` of `en-GB`.
pub fn own_country() -> String {
    let language = web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default();
    let region = language.split('-').skip(1).find(|part| part.len() == 2);
    let region =
        region.map(str::to_uppercase).filter(|region| COUNTRIES.split(' ').any(|known| known == region));
    region.unwrap_or_default()
}

/// What a country pays with, as far as it is known here.
pub fn currency_of(country: &str) -> Option<&'static str> {
    if EURO.split(' ').any(|known| known == country) {
        return Some("EUR");
    }
    CURRENCIES.iter().find(|(known, _)| *known == country).map(|(_, currency)| *currency)
}

/// Are shelf prices usually without tax there?
pub fn taxed_on_top(country: &str) -> bool {
    matches!(country, "US" | "CA")
}

fn named(kind: &str, codes: impl Iterator<Item = String>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = codes.map(|code| (code.clone(), i18n::named(kind, &code))).collect();
    choices.sort_by_cached_key(|(_, name)| crate::letters::fold(name));
    choices
}

/// `Intl.supportedValuesOf(kind)`; nothing where the browser does not have it.
fn supported(kind: &str) -> Vec<String> {
    let values = || -> Result<JsValue, JsValue> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
        let of: Function = Reflect::get(&intl, &"supportedValuesOf".into())?.dyn_into()?;
        of.call1(&intl, &kind.into())
    };
    let values = values().map(|values| Array::from(&values)).unwrap_or_default();
    values.iter().filter_map(|value| value.as_string()).collect()
}
