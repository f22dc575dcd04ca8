//! HTML: a receipt as a page of its own, for a message, a browser or an archive.
//! May use: the receipt's rows. Never: a script, an address of another host, a letter of a text that is not escaped.

use super::{Modules, Receipt, ReceiptRow};
use std::fmt::Write;

/// As the roll: 80 mm, light in the dark too.
const STYLE: &str = "html{background:#eee}body{margin:0;padding:16px;font:13px/1.35 'Noto Sans','Noto Sans Arabic','Segoe UI',system-ui,sans-serif}\
main{box-sizing:border-box;width:302px;max-width:100%;margin:auto;padding:16px 14px 20px;background:#fff;color:#14201d}\
p{margin:2px 0;overflow-wrap:anywhere}hr{border:0;border-top:1px dashed;margin:6px 0}\
.title{margin:2px 0;overflow-wrap:anywhere;text-align:center;font-size:17px;font-weight:700}.centred,.picture,figure{text-align:center}\
.mark{text-align:center;font-weight:700;border:2px solid;padding:2px;margin:4px 0}\
.row{display:flex;gap:8px;align-items:baseline}.row bdi{flex:1;min-width:0}.row span{white-space:nowrap;font-variant-numeric:tabular-nums}\
.strong{font-size:16px;font-weight:700}.detail{font-size:12px;padding-inline-start:10px}\
.picture img{max-width:60%;max-height:120px}figure{margin:8px 0 0}figure svg{max-width:90%;shape-rendering:crispEdges}\
@page{size:80mm 297mm;margin:0}@media print{html{background:none}body{padding:0}main{width:80mm}}";
/// The receipt as a page that needs nothing else. `logo` is the shop's picture as a `data:` address, `code` its number for a scanner.
pub fn to_html(receipt: &Receipt, logo: Option<&str>, code: Option<&Modules>) -> String {
    let direction = if receipt.is_right_to_left() { "rtl" } else { "ltr" };
    let (language, number) = (escaped(&receipt.language), escaped(&receipt.number));
    let mut page = format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{number}</title><style>{STYLE}</style></head><body><main>"
    );
    for row in &receipt.rows {
        write_row(&mut page, row, logo);
    }
    if let Some(code) = code {
        write_code(&mut page, code, &number);
    }
    page.push_str("</main></body></html>\n");
    page
}

/// Writing to a text does not fail.
macro_rules! put {
    ($page:expr, $($text:tt)*) => {{ let _ = write!($page, $($text)*); }};
}

fn write_row(page: &mut String, row: &ReceiptRow, logo: Option<&str>) {
    match row {
        ReceiptRow::Logo { .. } => {
            if let Some(address) = logo.map(escaped) {
                put!(page, "<p class=\"picture\"><img src=\"{address}\" alt=\"\"></p>");
            }
        }
        ReceiptRow::Title { text } => put!(page, "<h1 class=\"title\" dir=\"auto\">{}</h1>", escaped(text)),
        ReceiptRow::Centred { text } => put!(page, "<p class=\"centred\" dir=\"auto\">{}</p>", escaped(text)),
        ReceiptRow::Mark { text } => put!(page, "<p class=\"mark\" dir=\"auto\">{}</p>", escaped(text)),
        ReceiptRow::Detail { text } => put!(page, "<p class=\"detail\"><bdi>{}</bdi></p>", escaped(text)),
        ReceiptRow::Line { text, amount } => pair(page, "row", text, amount),
        ReceiptRow::Sum { text, amount, strong: false } => pair(page, "row", text, amount),
        ReceiptRow::Sum { text, amount, strong: true } => pair(page, "row strong", text, amount),
        ReceiptRow::Rule => page.push_str("<hr>"),
    }
}

/// The amount reads from left to right in every language.
fn pair(page: &mut String, class: &str, text: &str, amount: &str) {
    let (text, amount) = (escaped(text), escaped(amount));
    put!(page, "<p class=\"{class}\"><bdi>{text}</bdi><span dir=\"ltr\">{amount}</span></p>");
}

fn write_code(page: &mut String, code: &Modules, number: &str) {
    let (rows, (width, height)) = (code.rows(), code.size_px());
    put!(
        page,
        "<figure role=\"img\" aria-label=\"{number}\"><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {} {rows}\" preserveAspectRatio=\"none\"><path d=\"{}\"/></svg></figure>",
        code.width,
        code.path()
    );
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // What no page may have.
            control if control.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
