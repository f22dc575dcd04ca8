//! I18n: words, amounts and times as the person in front of the screen reads them.
//! Lives here: reading the words of the language, looking a text up, filling it in, plural forms, amounts, quantities, dates.
//! May use: the browser's Intl, the words that `start/start.js` fetches. Never: a text of a page (those are in
//! locales/<language>/<room>.json), a rule.
//! Invariant: the language is chosen once, before anything is shown; changing it loads the page anew.

use crate::clock::from_whole;
use js_sys::{Array, Function, Intl, Object, Reflect};
use shared::calendar::Day;
use shared::money::{Currency, Minor, Quantity, UnitPrice};
use shared::store::LANGUAGES;
use shared::tender::ExchangeRate;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Where the chosen language is remembered on this device; `start/start.js` reads it.
const REMEMBERED: &str = "tillbridge.language";

/// `t!("sell.search")` or, with parts, `t!("pay.change", amount = money)`. With a part called `count` the plural form
/// is chosen among `….zero`, `….one`, `….two`, `….few`, `….many` and `….other`.
macro_rules! t {
    ($key:literal) => { $crate::i18n::text($key) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::filled($key, &[$((stringify!($name), ($value).to_string())),+])
    };
}
pub(crate) use t;

struct Words {
    language: &'static str,
    /// Read once, for the life of the page.
    texts: &'static HashMap<String, String>,
}

thread_local! {
    static WORDS: OnceCell<Words> = const { OnceCell::new() };
    /// A handful, by name.
    static FORMATS: RefCell<Vec<(String, Function)>> = RefCell::default();
    static SIGNS: RefCell<HashMap<String, Option<(String, String)>>> = RefCell::default();
}

/// Languages by their code and their own name, for a choice on the screen.
pub const NAMES: [(&str, &str); 5] =
    [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")];

/// Reads the words in the language that the page's first script has chosen: that one on this device, else the browser's,
/// else English. None when they could not be loaded, which is on the screen then.
pub async fn start() -> Option<()> {
    let window = web_sys::window()?;
    let language = known(&window.document()?.document_element()?.get_attribute("lang")?)?;
    let fetching: js_sys::Promise = Reflect::get(&window, &"tillbridgeWords".into()).ok()?.dyn_into().ok()?;
    let text = JsFuture::from(fetching).await.ok()?.as_string()?;
    let texts = shared::json::read(text.as_bytes()).ok()?;
    WORDS.with(|words| words.set(Words { language, texts: Box::leak(Box::new(texts)) })).ok()
}

/// The language in use, BCP 47.
pub fn language() -> &'static str {
    with_words(|words| words.language).unwrap_or("en")
}

/// Is it written from right to left?
pub fn is_rtl() -> bool {
    language() == "ar"
}

/// Remembers a language and loads the page anew.
pub fn choose(language: &str) {
    let window = web_sys::window();
    if let Some(storage) = window.as_ref().and_then(|window| window.local_storage().ok().flatten()) {
        let _ = storage.set_item(REMEMBERED, language);
    }
    if let Some(window) = window {
        let _ = window.location().reload();
    }
}

/// Was a language chosen on this device? If not, the store's own is taken at pairing.
pub fn is_chosen() -> bool {
    remembered().is_some()
}

fn remembered() -> Option<&'static str> {
    let storage = web_sys::window()?.local_storage().ok()??;
    known(&storage.get_item(REMEMBERED).ok()??)
}

fn known(language: &str) -> Option<&'static str> {
    let short = language.split('-').next().unwrap_or_default();
    LANGUAGES.into_iter().find(|known| *known == short)
}

#[cfg(not(test))]
fn with_words<R>(look: impl FnOnce(&Words) -> R) -> Option<R> {
    WORDS.with(|words| words.get().map(look))
}

/// Tests speak English, without a page that fetches it.
#[cfg(test)]
fn with_words<R>(look: impl FnOnce(&Words) -> R) -> Option<R> {
    let english = || {
        let mut texts = HashMap::new();
        for file in [
            include_str!("../locales/en/common.json"),
            include_str!("../locales/en/sell.json"),
            include_str!("../locales/en/pay.json"),
            include_str!("../locales/en/devices.json"),
            include_str!("../locales/en/manage.json"),
        ] {
            texts.extend(shared::json::read::<HashMap<String, String>>(file.as_bytes()).unwrap());
        }
        Words { language: "en", texts: Box::leak(Box::new(texts)) }
    };
    WORDS.with(|words| Some(look(words.get_or_init(english))))
}

fn find(key: &str) -> Option<&'static str> {
    with_words(|words| words.texts.get(key)).flatten().map(String::as_str)
}

/// The text of a key; use [`t!`].
pub fn text(key: &'static str) -> &'static str {
    find(key).unwrap_or(key)
}

/// The text of a key with its `{parts}` filled in; use [`t!`].
pub fn filled(key: &'static str, parts: &[(&str, String)]) -> String {
    let count =
        parts.iter().find(|(name, _)| *name == "count").and_then(|(_, count)| count.parse::<i64>().ok());
    let plural = count.and_then(|count| {
        find(&format!("{key}.{}", plural_form(count))).or_else(|| find(&format!("{key}.other")))
    });
    let mut text = plural.unwrap_or_else(|| text(key)).to_owned();
    for (name, value) in parts {
        text = text.replace(&format!("{{{name}}}"), &apart(value, language()));
    }
    text
}

/// A value keeps its own direction inside a sentence that runs from right to left: `04-000005` is not read as
/// `000005-04`.
fn apart(value: &str, language: &str) -> String {
    if language == "ar" { format!("\u{2068}{value}\u{2069}") } else { value.to_owned() }
}

/// An amount whose sign is not Arabic reads from left to right, also among Arabic words; another is as the browser made it.
fn in_its_direction(amount: String, language: &str) -> String {
    let has_arabic = amount.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter));
    if language == "ar" && !has_arabic { format!("\u{2066}{amount}\u{2069}") } else { amount }
}

fn plural_form(count: i64) -> String {
    let rules = Intl::PluralRules::new(&Array::of1(&locale().into()), &Object::new());
    rules.select(from_whole(count)).into()
}

/// For Intl: digits are the ones on the keys and on receipts in every language.
fn locale() -> String {
    // The browser's own region, where it speaks the language chosen: the 25th of November is not written alike everywhere.
    let own = web_sys::window().and_then(|window| window.navigator().language());
    let own = own.filter(|own| own.split('-').next() == Some(language()) && !own.contains("-u-"));
    format!("{}-u-nu-latn", own.as_deref().unwrap_or(language()))
}

/// A formatter of the browser, made once. Decimal texts go in, so nothing is rounded on the way.
fn formatted(
    name: &str,
    value: &JsValue,
    make: impl FnOnce() -> Result<Function, JsValue>,
) -> Option<String> {
    let function = FORMATS.with(|formats| {
        let mut formats = formats.borrow_mut();
        if let Some((_, known)) = formats.iter().find(|(known, _)| known == name) {
            return Some(known.clone());
        }
        let made = make().ok()?;
        formats.push((name.to_owned(), made.clone()));
        Some(made)
    })?;
    function.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

fn number_format(options: &[(&str, JsValue)]) -> Result<Function, JsValue> {
    let object = Object::new();
    for (name, value) in options {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(Intl::NumberFormat::new(&Array::of1(&locale().into()), &object).format())
}

/// With the sign as it is written in the currency's own country: a shop has one currency, "UK£" would only confuse.
fn money_format(currency: Currency, more: &[(&str, JsValue)]) -> Result<Function, JsValue> {
    let mut options: Vec<(&str, JsValue)> = vec![
        ("style", "currency".into()),
        ("currency", currency.code().into()),
        ("currencyDisplay", "narrowSymbol".into()),
    ];
    options.extend_from_slice(more);
    number_format(&options)
}

/// Where a locale has the country beside the sign however it is asked ("UK£" in Arabic): that, and the sign alone.
fn bare_sign(locale: &str, currency: Currency) -> Option<(String, String)> {
    let marked = sign(locale, currency)?;
    let has_letter = marked.chars().any(|letter| letter.is_ascii_alphabetic());
    let has_sign = marked.chars().any(|letter| !letter.is_ascii() && !crate::letters::is_letter(letter));
    let has_sign = has_sign || marked.contains('$');
    let bare = sign("en", currency).filter(|bare| has_letter && has_sign && *bare != marked)?;
    Some((marked, bare))
}

/// What a locale writes for a currency.
fn sign(locale: &str, currency: Currency) -> Option<String> {
    let options = Object::new();
    for (name, value) in
        [("style", "currency"), ("currency", currency.code()), ("currencyDisplay", "narrowSymbol")]
    {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let format = Intl::NumberFormat::new(&Array::of1(&locale.into()), &options);
    let read = |part: &JsValue, name: &str| Reflect::get(part, &name.into()).ok()?.as_string();
    let parts = format.format_to_parts(0.0);
    let part = parts.iter().find(|part| read(part, "type").as_deref() == Some("currency"))?;
    read(&part, "value")
}

/// An amount as it is shown: with the bare sign, in its direction.
fn shown(amount: String, currency: Currency) -> String {
    let bare = SIGNS.with(|signs| {
        let mut signs = signs.borrow_mut();
        signs.entry(currency.code().to_owned()).or_insert_with(|| bare_sign(&locale(), currency)).clone()
    });
    let amount = match bare {
        Some((marked, bare)) => amount.replace(&marked, &bare),
        None => amount,
    };
    in_its_direction(amount, language())
}

/// "£12.50"; a minus before the sign.
pub fn money(amount: Minor, currency: Currency) -> String {
    let decimal = amount.to_decimal(currency);
    let make = || money_format(currency, &[]);
    let amount = formatted(currency.code(), &decimal.as_str().into(), make).unwrap_or(decimal);
    shown(amount, currency)
}

/// "£40" for a whole amount, "£36.29" for another: where there is little room.
pub fn money_short(amount: Minor, currency: Currency) -> String {
    let decimal = amount.to_decimal(currency);
    let make = || money_format(currency, &[("trailingZeroDisplay", "stripIfInteger".into())]);
    let amount =
        formatted(&format!("{}-short", currency.code()), &decimal.as_str().into(), make).unwrap_or(decimal);
    shown(amount, currency)
}

/// A unit price: as many decimals as it has, at least the currency's.
pub fn unit_price(price: UnitPrice, currency: Currency) -> String {
    let decimal = price.to_decimal(currency);
    let make = || {
        let least = JsValue::from(currency.digits());
        let most = JsValue::from(currency.digits().max(4));
        money_format(currency, &[("minimumFractionDigits", least), ("maximumFractionDigits", most)])
    };
    let amount =
        formatted(&format!("{}-unit", currency.code()), &decimal.as_str().into(), make).unwrap_or(decimal);
    shown(amount, currency)
}

/// "3" or "0.42".
pub fn quantity(quantity: Quantity) -> String {
    let decimal = quantity.to_decimal();
    let make = || number_format(&[("maximumFractionDigits", 3.into())]);
    formatted("quantity", &decimal.as_str().into(), make).unwrap_or(decimal)
}

/// "0.420": as many decimals as scales show, so that a weight does not jump about while it changes.
pub fn weight(amount: Quantity) -> String {
    let decimal = amount.to_decimal();
    let make = || number_format(&[("minimumFractionDigits", 3.into()), ("maximumFractionDigits", 3.into())]);
    formatted("weight", &decimal.as_str().into(), make).unwrap_or(decimal)
}

/// What another currency is taken at: "0.8532".
pub fn rate(rate: ExchangeRate) -> String {
    let decimal = rate.to_decimal();
    let make = || number_format(&[("maximumFractionDigits", 8.into())]);
    formatted("rate", &decimal.as_str().into(), make).unwrap_or(decimal)
}

/// A whole number with its separators.
pub fn number(number: i64) -> String {
    formatted("number", &from_whole(number).into(), || number_format(&[]))
        .unwrap_or_else(|| number.to_string())
}

/// Date and time of a moment in a time zone (IANA name; the browser's own when there is none), short.
pub fn moment(at_ms: i64, time_zone: Option<&str>) -> String {
    let make = || {
        let options = Object::new();
        Reflect::set(&options, &"dateStyle".into(), &"medium".into())?;
        Reflect::set(&options, &"timeStyle".into(), &"short".into())?;
        if let Some(zone) = time_zone {
            Reflect::set(&options, &"timeZone".into(), &zone.into())?;
        }
        let format = Intl::DateTimeFormat::new(&Array::of1(&locale().into()), &options);
        Ok(format.format())
    };
    let name = format!("moment-{}", time_zone.unwrap_or_default());
    formatted(&name, &from_whole(at_ms).into(), make).unwrap_or_default()
}

/// Thousandths as a percentage: 82 is "8.2%".
pub fn percent(per_mille: i64) -> String {
    let decimal = Quantity(per_mille).to_decimal();
    let make = || number_format(&[("style", "percent".into()), ("maximumFractionDigits", 1.into())]);
    formatted("percent", &decimal.as_str().into(), make).unwrap_or(decimal)
}

/// A date: "Tue 24 Nov 2026".
pub fn day(day: Day) -> String {
    day_as("day", day, &[("weekday", "short"), ("day", "numeric"), ("month", "short"), ("year", "numeric")])
}

/// A date without its weekday: "24 Nov 2026".
pub fn date(day: Day) -> String {
    day_as("date", day, &[("day", "numeric"), ("month", "short"), ("year", "numeric")])
}

/// The name of a date's weekday: "Monday".
pub fn weekday(day: Day) -> String {
    day_as("weekday", day, &[("weekday", "long")])
}

fn day_as(name: &str, day: Day, parts: &[(&str, &str)]) -> String {
    let make = || {
        let options = Object::new();
        Reflect::set(&options, &"timeZone".into(), &"UTC".into())?;
        for (part, form) in parts {
            Reflect::set(&options, &(*part).into(), &(*form).into())?;
        }
        Ok(Intl::DateTimeFormat::new(&Array::of1(&locale().into()), &options).format())
    };
    let at_ms = day.number().saturating_mul(86_400_000);
    formatted(name, &from_whole(at_ms).into(), make).unwrap_or_else(|| day.to_string())
}

/// How long ago: "5 minutes ago"; the largest unit that fits.
pub fn ago(seconds: i64) -> String {
    let (count, unit) = match seconds.max(0) {
        s @ ..60 => (s, "second"),
        s @ ..3_600 => (s / 60, "minute"),
        s @ ..86_400 => (s / 3_600, "hour"),
        s => (s / 86_400, "day"),
    };
    let options = Object::new();
    // "now" and "yesterday" where the language has such words.
    let _ = Reflect::set(&options, &"numeric".into(), &"auto".into());
    let format = Intl::RelativeTimeFormat::new(&Array::of1(&locale().into()), &options);
    format.format(from_whole(count.saturating_neg()), unit).into()
}

/// The name of a country (`region`) or currency (`currency`) by its code, as the browser knows it.
pub fn named(kind: &str, code: &str) -> String {
    let make = || {
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &kind.into())?;
        let class: Function = Reflect::get(&js_sys::global(), &"Intl".into())
            .and_then(|intl| Reflect::get(&intl, &"DisplayNames".into()))?
            .dyn_into()?;
        let names = Reflect::construct(&class, &Array::of2(&locale().into(), &options))?;
        let of: Function = Reflect::get(&names, &"of".into())?.dyn_into()?;
        Ok(of.bind0(&names))
    };
    formatted(&format!("name-{kind}"), &code.into(), make).unwrap_or_else(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_currency_has_its_own_sign_in_every_language() {
        for (language, code, own) in [
            ("ar", "GBP", "£"),
            ("ar", "USD", "$"),
            ("ar", "EUR", "€"),
            ("ar", "CAD", "$"),
            ("fr", "GBP", "£"),
            ("fr", "USD", "$"),
            ("es", "USD", "$"),
            ("de", "GBP", "£"),
            ("de", "CHF", "CHF"),
            ("en", "PLN", "zł"),
        ] {
            let currency = Currency::parse(code).unwrap();
            let bare = bare_sign(language, currency).map(|(_, bare)| bare);
            assert_eq!(
                bare.or_else(|| sign(language, currency)).as_deref(),
                Some(own),
                "{code} in {language}"
            );
        }
        // An Arab currency stays in Arabic letters.
        for code in ["SAR", "AED", "EGP"] {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(bare_sign("ar", currency), None, "{code}: {:?}", sign("ar", currency));
        }
    }
}
