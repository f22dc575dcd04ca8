//! Draw: rows of a receipt with letters that a printer lacks, drawn by the browser, which knows every alphabet.

use shared::receipt::escpos::{Commands, Profile};
use shared::receipt::{ReceiptRow, reads_right_to_left};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// As high as the printer's own letters.
const LETTER_PX: u32 = 24;
/// Room for what hangs below and stands above.
const ROW_PX: u32 = 32;
const INDENT_PX: u32 = 24;
const GAP_PX: u32 = 12;
/// Below this a dot is black.
const DARK: u32 = 140;
const FONT: &str = "\"Noto Sans\", \"Noto Sans Arabic\", \"Segoe UI\", system-ui, sans-serif";

/// A row as the bytes of an image, as wide as the printer's columns.
///
/// # Errors
/// What the browser says when it cannot draw.
pub fn drawn(row: &ReceiptRow, profile: &Profile, is_right_to_left: bool) -> Result<Vec<u8>, JsValue> {
    let pen = Pen::new(profile.width_dots.into(), is_right_to_left)?;
    let lines = pen.lay(row)?;
    let height = lines.len().saturating_mul(usize::try_from(pen.row_px(row)).unwrap_or_default());
    let height = u32::try_from(height).unwrap_or(u32::MAX);
    pen.canvas.set_height(height);
    pen.paint(row, &lines)?;
    let width = pen.canvas.width();
    let dots = pen.context.get_image_data(0.0, 0.0, width.into(), height.into())?.data();
    let bytes = packed(&dots, width);
    let mut commands = Commands::of(profile);
    let size = (u16::try_from(width / 8), u16::try_from(height));
    if let (Ok(width_bytes), Ok(height_dots)) = size {
        let _ = commands.image(width_bytes, height_dots, &bytes);
    }
    Ok(commands.take())
}

/// Eight dots a byte, the first in the highest bit, dark is 1. `dots` are red, green, blue and opacity, one byte each.
fn packed(dots: &[u8], width: u32) -> Vec<u8> {
    let row_bytes = usize::try_from(width).unwrap_or_default().saturating_mul(4);
    let is_dark = |dot: &[u8]| dot.iter().take(3).map(|part| u32::from(*part)).sum::<u32>() < 3 * DARK;
    let eight = |dots: &[u8]| {
        dots.chunks(4)
            .enumerate()
            .fold(0, |byte, (at, dot)| if is_dark(dot) { byte | (0x80 >> at) } else { byte })
    };
    dots.chunks(row_bytes.max(1)).flat_map(|row| row.chunks(32).map(eight)).collect()
}

struct Pen {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    is_right_to_left: bool,
}

/// What a row says.
struct Said<'a> {
    text: &'a str,
    amount: &'a str,
}

fn said(row: &ReceiptRow) -> Said<'_> {
    match row {
        ReceiptRow::Title { text } | ReceiptRow::Mark { text } => Said { text, amount: "" },
        ReceiptRow::Centred { text } | ReceiptRow::Detail { text } => Said { text, amount: "" },
        ReceiptRow::Line { text, amount } | ReceiptRow::Sum { text, amount, .. } => Said { text, amount },
        // A picture is not made of letters.
        ReceiptRow::Rule | ReceiptRow::Logo { .. } => Said { text: "", amount: "" },
    }
}

const fn is_large(row: &ReceiptRow) -> bool {
    matches!(row, ReceiptRow::Title { .. } | ReceiptRow::Mark { .. })
}

impl Pen {
    fn new(width_dots: u32, is_right_to_left: bool) -> Result<Self, JsValue> {
        let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
        let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
        // Whole bytes.
        canvas.set_width(width_dots / 8 * 8);
        let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
        Ok(Self { canvas, context, is_right_to_left })
    }

    fn row_px(&self, row: &ReceiptRow) -> u32 {
        if is_large(row) { ROW_PX.saturating_mul(2) } else { ROW_PX }
    }

    fn choose_letters(&self, row: &ReceiptRow) {
        let size = if is_large(row) { LETTER_PX.saturating_mul(2) } else { LETTER_PX };
        let is_bold = is_large(row) || matches!(row, ReceiptRow::Sum { strong: true, .. });
        let weight = if is_bold { "bold " } else { "" };
        self.context.set_font(&format!("{weight}{size}px {FONT}"));
        // Words of another language than the receipt's are read its way.
        let text = said(row).text;
        self.read(if text.is_empty() { self.is_right_to_left } else { reads_right_to_left(text) });
    }

    /// In which direction what follows is read.
    fn read(&self, is_right_to_left: bool) {
        let direction = if is_right_to_left { "rtl" } else { "ltr" };
        let _ = js_sys::Reflect::set(&self.context, &"direction".into(), &direction.into());
    }

    fn width_px(&self, text: &str) -> Result<u32, JsValue> {
        let width = self.context.measure_text(text)?.width();
        Ok(u32::try_from(crate::clock::whole(width)).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// The text in lines that leave room for the amount; at least one.
    fn lay(&self, row: &ReceiptRow) -> Result<Vec<String>, JsValue> {
        self.choose_letters(row);
        let Said { text, amount } = said(row);
        let beside = if amount.is_empty() { 0 } else { self.width_px(amount)?.saturating_add(GAP_PX) };
        let indent = if matches!(row, ReceiptRow::Detail { .. }) { INDENT_PX } else { 0 };
        let room = self.canvas.width().saturating_sub(beside).saturating_sub(indent);
        let (mut lines, mut line) = (Vec::new(), String::new());
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || self.width_px(&longer)? <= room {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
        Ok(lines)
    }

    fn paint(&self, row: &ReceiptRow, lines: &[String]) -> Result<(), JsValue> {
        let (width, row_px) = (self.canvas.width(), self.row_px(row));
        self.context.set_fill_style_str("white");
        self.context.fill_rect(0.0, 0.0, width.into(), self.canvas.height().into());
        self.context.set_fill_style_str("black");
        // Setting the size has forgotten them.
        self.choose_letters(row);
        self.context.set_text_baseline("middle");
        let is_centred = is_large(row) || matches!(row, ReceiptRow::Centred { .. });
        let indent = if matches!(row, ReceiptRow::Detail { .. }) { INDENT_PX } else { 0 };
        let room = width.saturating_sub(indent);
        let (align, at) = match self.is_right_to_left {
            _ if is_centred => ("center", width / 2),
            true => ("right", room),
            false => ("left", indent),
        };
        let first = row_px / 2;
        for (line, below) in lines.iter().zip(0_u32..) {
            let middle = below.saturating_mul(row_px).saturating_add(first);
            self.write(line, align, (at, middle), room)?;
        }
        let Said { amount, .. } = said(row);
        if !amount.is_empty() {
            // An amount reads from left to right in every language.
            self.read(false);
            let (align, at) = if self.is_right_to_left { ("left", 0) } else { ("right", width) };
            self.write(amount, align, (at, first), width)?;
        }
        Ok(())
    }

    /// A text at a place; one longer than its room is squeezed rather than cut off.
    fn write(&self, text: &str, align: &str, (x, y): (u32, u32), room: u32) -> Result<(), JsValue> {
        self.context.set_text_align(align);
        self.context.fill_text_with_max_width(text, x.into(), y.into(), room.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::receipt::escpos::profile;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// How many dots are black, in the left and in the right half.
    fn halves(bytes: &[u8], width_bytes: usize) -> (u32, u32) {
        let rows = bytes.get(8..).unwrap().chunks(width_bytes);
        rows.fold((0, 0), |(left, right), row| {
            let (first, second) = row.split_at(width_bytes / 2);
            let dark = |half: &[u8]| half.iter().map(|byte| byte.count_ones()).sum::<u32>();
            (left + dark(first), right + dark(second))
        })
    }

    #[wasm_bindgen_test]
    fn a_row_is_as_wide_as_the_columns_and_stands_where_it_is_read() {
        let kind = profile("TM-T88V").unwrap();
        let width_bytes = usize::from(kind.width_dots / 8);
        let name = |text: &str| ReceiptRow::Line { text: text.into(), amount: String::new() };
        let bytes = drawn(&name("شاي"), &kind, true).unwrap();
        let header = [0x1d, b'v', b'0', 0, kind.width_dots.to_le_bytes()[0] / 8, 0, 32, 0];
        assert_eq!(bytes.get(..4), header.get(..4));
        assert_eq!(bytes.len(), 8 + width_bytes * 32);
        let (left, right) = halves(&bytes, width_bytes);
        assert!(left == 0 && right > 0, "Arabic begins at the right: {left}, {right}");
        let (left, right) = halves(&drawn(&name("お茶"), &kind, false).unwrap(), width_bytes);
        assert!(left > 0 && right == 0, "{left}, {right}");
        let paid = ReceiptRow::Line { text: "شاي".into(), amount: "4.50".into() };
        assert!(halves(&drawn(&paid, &kind, true).unwrap(), width_bytes).0 > 0, "the amount at the left");
        let long = name(&"شاي أخضر ".repeat(20));
        assert!(
            drawn(&long, &kind, true).unwrap().len() > 8 + 3 * width_bytes * 32,
            "it is broken into lines"
        );
    }

    #[wasm_bindgen_test]
    fn dots_are_packed_from_the_left() {
        let black = [0, 0, 0, 255];
        let white = [255, 255, 255, 255];
        let row = [black, white, white, white, white, white, white, black, white, black];
        let mut dots: Vec<u8> = row.concat();
        dots.extend(white.repeat(6));
        assert_eq!(packed(&dots, 16), [0b1000_0001, 0b0100_0000]);
    }
}
