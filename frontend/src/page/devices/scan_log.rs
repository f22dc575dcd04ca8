//! Scan log: the last codes that were read, as the scanner sent them, and why one did not add.
//! May use: session, component, i18n. Never: a scanner.

use crate::i18n::{self, t};
use crate::page::label_words;
use crate::session::{Scan, Told, use_scans};
use leptos::prelude::*;
use shared::barcode::{AmountError, Gs1Error, SEPARATOR};

/// The last scans, the newest first.
#[component]
pub fn ScanLog() -> impl IntoView {
    let scans = use_scans();
    let none = move || {
        scans.log.with(|log| log.is_empty()).then(|| view! { <p class="muted">{t!("pay.scans_none")}</p> })
    };
    view! {
        <section class="card padded tablet-card" aria-labelledby="devices-scans">
            <h2 id="devices-scans">{t!("pay.scans")}</h2>
            <p class="sm muted">{t!("pay.scans_words")}</p>
            {none}
            <ol class="scan-log" aria-labelledby="devices-scans">
                <For each=move || scans.log.get() key=|scan| scan.number let:scan><One scan /></For>
            </ol>
        </section>
    }
}

#[component]
fn One(scan: Scan) -> impl IntoView {
    let is_well = matches!(scan.told, Told::Added(..) | Told::Coupon | Told::Customer(_));
    view! {
        <li>
            <span class="xs muted num">{i18n::moment(scan.at_ms, None)}</span>
            " "
            <code dir="ltr">{visible(&scan.sent)}</code>
            <span class="told" class:strong=!is_well>{words(&scan.told)}</span>
        </li>
    }
}

/// What cannot be seen, by its name: the separator of GS1's elements is `<GS>`.
fn visible(sent: &str) -> String {
    sent.replace(SEPARATOR, "<GS>").replace(|letter: char| letter.is_control(), "·")
}

fn words(told: &Told) -> String {
    match told {
        Told::Added(name, None) => t!("pay.scan_added", name = name),
        Told::Added(name, Some(fault)) => {
            format!("{} {}", t!("pay.scan_added", name = name), fault_words(fault))
        }
        Told::Coupon => t!("pay.scan_coupon").to_owned(),
        Told::Customer(name) => t!("pay.scan_customer", name = name),
        Told::Unknown(codes) if codes.is_empty() => t!("pay.scan_unknown").to_owned(),
        Told::Unknown(codes) => t!("pay.scan_unknown_any", codes = codes.join(", ")),
        Told::Misread => t!("pay.scan_misread").to_owned(),
        Told::Unreadable(error) => label_words(error),
        Told::Several => t!("pay.scan_several").to_owned(),
        Told::Later => t!("pay.scan_later").to_owned(),
        Told::Expired(day) => t!("pay.scan_expired", day = i18n::day(*day)),
        Told::Amount(AmountError::Unit) => t!("pay.scan_amount_unit").to_owned(),
        Told::Amount(AmountError::Currency) => t!("pay.scan_amount_currency").to_owned(),
        Told::Amount(AmountError::Amount) => t!("pay.scan_amount").to_owned(),
        Told::Elsewhere => t!("pay.scan_elsewhere").to_owned(),
    }
}

/// Which of GS1's rules a label breaks that could be read all the same.
fn fault_words(fault: &Gs1Error) -> String {
    match fault {
        Gs1Error::Alone(identifier, needed) => {
            t!("pay.scan_fault_alone", one = format!("({identifier})"), other = needed)
        }
        Gs1Error::Excluded(one, other) => {
            t!("pay.scan_fault_both", one = format!("({one})"), other = format!("({other})"))
        }
        Gs1Error::Twice(one) => t!("pay.scan_fault_twice", one = format!("({one})")),
        _ => String::new(),
    }
}
