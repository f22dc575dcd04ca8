//! Receipt paper: a receipt as it comes out of the printer, 80 mm wide, in the store's language. When a page is printed
//! that shows one, nothing else of it is.

use crate::i18n::t;
use leptos::prelude::*;
use shared::picture::path_of;
use shared::receipt::{Modules, Receipt, ReceiptRow, number_code};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleSheet, HtmlElement};

/// A receipt on paper.
#[component]
pub fn ReceiptPaper(
    /// What stands on it.
    receipt: Receipt,
    /// Where the shop's picture is, where the server does not have it yet.
    #[prop(optional_no_strip)]
    logo: Option<String>,
) -> impl IntoView {
    let dir = if receipt.is_right_to_left() { "rtl" } else { "ltr" };
    let code = number_code(&receipt).map(|code| scanned(&code, receipt.number.clone()));
    let name = t!("common.receipt", number = receipt.number);
    view! {
        <article class="receipt" lang=receipt.language dir=dir aria-label=name>
            {receipt.rows.into_iter().map(|row| shown(row, logo.as_ref())).collect_view()}
            {code}
        </article>
    }
}

/// The number for a scanner, black on the light paper, with room around it.
fn scanned(code: &Modules, number: String) -> AnyView {
    let ((width, height), rows) = (code.size_px(), code.rows());
    view! {
        <figure class="receipt-code" role="img" aria-label=number>
            <svg width=width height=height viewBox=format!("0 0 {} {rows}", code.width) preserveAspectRatio="none"
                aria-hidden="true">
                <path d=code.path() />
            </svg>
        </figure>
    }
    .into_any()
}

fn shown(row: ReceiptRow, logo: Option<&String>) -> AnyView {
    match row {
        ReceiptRow::Logo { picture } => {
            let address = logo.cloned().unwrap_or_else(|| path_of(&picture));
            view! { <p class="receipt-logo"><img src=address alt="" /></p> }.into_any()
        }
        ReceiptRow::Title { text } => view! { <p class="receipt-title" dir="auto">{text}</p> }.into_any(),
        ReceiptRow::Centred { text } => view! { <p class="receipt-centred" dir="auto">{text}</p> }.into_any(),
        ReceiptRow::Mark { text } => view! { <p class="receipt-mark" dir="auto">{text}</p> }.into_any(),
        ReceiptRow::Line { text, amount } => pair(text, amount, "receipt-row"),
        ReceiptRow::Detail { text } => view! { <p class="receipt-detail"><bdi>{text}</bdi></p> }.into_any(),
        ReceiptRow::Sum { text, amount, strong: true } => pair(text, amount, "receipt-row receipt-strong"),
        ReceiptRow::Sum { text, amount, strong: false } => pair(text, amount, "receipt-row"),
        ReceiptRow::Rule => view! { <hr /> }.into_any(),
    }
}

/// A text at the start and an amount at the end; the amount reads left to right in every language.
fn pair(text: String, amount: String, class: &'static str) -> AnyView {
    view! { <p class=class><bdi class="grow">{text}</bdi><span class="num" dir="ltr">{amount}</span></p> }
        .into_any()
}

thread_local! {
    /// Where the rule stands that makes the page as long as the last receipt.
    static PAGE_RULE: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Prints the receipt that is on the screen: on a page as long as itself, so that a roll is cut behind it. It is printed
/// once it is drawn as it now is.
pub fn print_receipt() {
    request_animation_frame(|| {
        fit_page();
        if let Some(window) = web_sys::window() {
            let _ = window.print();
        }
    });
}

fn fit_page() -> Option<()> {
    let paper = document().query_selector(".receipt").ok()??.dyn_into::<HtmlElement>().ok()?;
    // A CSS pixel is 25.4/96 mm; a little is left over so that a rounding never makes a second page.
    let height_mm = paper.offset_height().saturating_mul(254) / 960 + 3;
    let sheets = document().style_sheets();
    // The last rule wins, so it belongs to the last sheet.
    let sheet: CssStyleSheet = sheets.item(sheets.length().checked_sub(1)?)?.dyn_into().ok()?;
    if let Some(before) = PAGE_RULE.take() {
        let _ = sheet.delete_rule(before);
    }
    let at = sheet.css_rules().ok()?.length();
    let rule = format!("@page receipt {{ size: 80mm {height_mm}mm; margin: 0 }}");
    PAGE_RULE.set(sheet.insert_rule_with_index(&rule, at).ok());
    Some(())
}
