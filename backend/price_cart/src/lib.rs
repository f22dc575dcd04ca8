//! Price cart: any cart from outside, priced by the shop's own rules, as JSON (docs/price.md).
//! Lives here: the form carts are written in, exact decimals, what is answered. May use: shared. Never: storage, a clock, a rule
//! of its own where `shared` has one.
//! Invariant: every number is read and written exactly; in an answer net + taxes = gross in every line and in the totals.

mod decimal;
mod form;
mod told;
mod work;

use form::CartForm;
use serde_json::value::RawValue;
use told::{Told, Wrong};

/// What came of some carts.
pub struct Answers {
    /// JSON: one answer, an array of them for an array, one a line for several carts.
    pub text: String,
    /// What was wrong, each with its place.
    pub wrong: Vec<String>,
}

/// Prices one cart, an array of carts, or carts one after the other.
pub fn answers(text: &str) -> Answers {
    let carts = match read(text) {
        Ok(carts) => carts,
        Err(error) => return Answers::of(&[Told::wrong(None, Wrong::at("", error.to_string()))], Form::One),
    };
    let told: Vec<Told> = carts.carts.iter().map(|cart| answer(cart)).collect();
    Answers::of(&told, carts.form)
}

/// Carts as they came.
struct Carts<'a> {
    carts: Vec<&'a RawValue>,
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    One,
    Array,
    Lines,
}

impl Answers {
    fn of(told: &[Told], form: Form) -> Self {
        let place =
            |at: usize| if matches!(form, Form::One) { String::new() } else { format!("cart {}: ", at + 1) };
        let wrong = told.iter().enumerate().filter_map(|(at, one)| match one {
            Told::Wrong { error, .. } => Some(format!("{}{error}", place(at))),
            Told::Priced(_) => None,
        });
        let text = match form {
            Form::One => told.first().map(pretty).unwrap_or_default(),
            Form::Array => pretty(&told),
            Form::Lines => {
                told.iter().map(|one| serde_json::to_string(one).unwrap_or_default() + "\n").collect()
            }
        };
        Self { wrong: wrong.collect(), text }
    }
}

fn read(text: &str) -> Result<Carts<'_>, serde_json::Error> {
    if text.trim_start().starts_with('[') {
        return Ok(Carts { carts: serde_json::from_str(text)?, form: Form::Array });
    }
    let carts: Vec<&RawValue> =
        serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>()?;
    match carts.len() {
        // Says what is missing.
        0 => Ok(Carts { carts: vec![serde_json::from_str(text)?], form: Form::One }),
        1 => Ok(Carts { carts, form: Form::One }),
        _ => Ok(Carts { carts, form: Form::Lines }),
    }
}

fn answer(cart: &RawValue) -> Told {
    let mut from = serde_json::Deserializer::from_str(cart.get());
    match serde_path_to_error::deserialize::<_, CartForm>(&mut from) {
        Ok(cart) => match work::price(&cart) {
            Ok(answer) => Told::Priced(Box::new(answer)),
            Err(wrong) => Told::wrong(cart.id, wrong),
        },
        Err(error) => {
            let message = error.inner().to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            let place = error.path().to_string();
            Told::wrong(None, Wrong::at(if place == "." { "" } else { &place }, message.to_owned()))
        }
    }
}

fn pretty<T: serde::Serialize + ?Sized>(told: &T) -> String {
    serde_json::to_string_pretty(told).unwrap_or_default() + "\n"
}
