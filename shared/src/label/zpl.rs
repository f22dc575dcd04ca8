//! ZPL: a label as Zebra's ZPL II (programming guide P1099958): one format, `^XA` to `^XZ`, so many times.
//! Invariant: a text is one field: its own `^`, `~`, `_` and controls are written as hexadecimal.

use super::{Label, LabelCode, LabelKind};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How fine a printer prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dots {
    /// 8 a millimetre: 203 an inch.
    #[default]
    Eight,
    /// 12 a millimetre: 300 an inch.
    Twelve,
}

impl Dots {
    const fn per_mm(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Twelve => 12,
        }
    }
}

/// The labels in it, in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelSize {
    /// Across.
    pub width_mm: u16,
    /// Along.
    pub height_mm: u16,
}

impl Default for LabelSize {
    fn default() -> Self {
        Self { width_mm: 57, height_mm: 32 }
    }
}

impl LabelSize {
    /// What can be bought everywhere.
    pub const ALL: [Self; 4] = [
        Self { width_mm: 57, height_mm: 32 },
        Self { width_mm: 50, height_mm: 25 },
        Self { width_mm: 76, height_mm: 51 },
        Self { width_mm: 100, height_mm: 50 },
    ];
}

/// So many labels, in two parts: without the second, nothing is printed.
pub fn zpl(label: &Label, size: LabelSize, dots: Dots, copies: u16) -> (Vec<u8>, Vec<u8>) {
    let mut format = Format::new(size, dots);
    let (name_rows, name_mm, price_mm) = match label.kind {
        LabelKind::Shelf => (2, 3, 8),
        LabelKind::Item => (1, 3, 4),
    };
    format.text(&label.name, name_mm, name_rows);
    if let Some(price) = &label.price {
        format.text(price, price_mm, 1);
    }
    if let Some(price) = &label.unit_price {
        format.text(price, 3, 1);
    }
    if let Some(code) = &label.code {
        format.bars(code);
    }
    let _ = write!(format.commands, "^PQ{}", copies.max(1));
    (format.commands.into_bytes(), b"^XZ".to_vec())
}

struct Format {
    commands: String,
    /// Dots a millimetre.
    mm: u32,
    width: u32,
    height: u32,
    /// How far down it is written.
    at: u32,
}

/// From the edges, millimetres.
const EDGE_MM: u32 = 2;
/// The digits below the bars, millimetres.
const DIGITS_MM: u32 = 4;

impl Format {
    fn new(size: LabelSize, dots: Dots) -> Self {
        let mm = dots.per_mm();
        let (width, height) =
            (u32::from(size.width_mm).saturating_mul(mm), u32::from(size.height_mm).saturating_mul(mm));
        // UTF-8; from its own upper left; as wide and long as the label is.
        let commands = format!("^XA^CI28^LH0,0^PW{width}^LL{height}");
        Self { commands, mm, width, height, at: EDGE_MM.saturating_mul(mm) }
    }

    fn edge(&self) -> u32 {
        EDGE_MM.saturating_mul(self.mm)
    }

    /// Centred rows of the printer's scalable font; what does not fit into them is cut off by it.
    fn text(&mut self, text: &str, high_mm: u32, rows: u32) {
        let (edge, high) = (self.edge(), high_mm.saturating_mul(self.mm));
        let room = self.width.saturating_sub(edge.saturating_mul(2));
        let _ = write!(
            self.commands,
            "^FO{edge},{at}^A0N,{high},{high}^FB{room},{rows},0,C,0^FH_^FD{}^FS",
            field(text),
            at = self.at,
        );
        let down = high.saturating_mul(rows).saturating_add(self.mm);
        self.at = self.at.saturating_add(down);
    }

    /// Bars in what is left, their digits below.
    fn bars(&mut self, code: &LabelCode) {
        let below = DIGITS_MM.saturating_mul(self.mm).saturating_add(self.edge());
        let high = self.height.saturating_sub(self.at).saturating_sub(below);
        if high < self.mm.saturating_mul(3) {
            return;
        }
        let (modules, command) = match code {
            // Bars, without the quiet zones.
            LabelCode::Ean13(_) => (95, format!("^BEN,{high},Y,N")),
            LabelCode::Ean8(_) => (67, format!("^B8N,{high},Y,N")),
            LabelCode::UpcA(_) => (95, format!("^BUN,{high},Y,N,Y")),
            // Pairs of digits by themselves (mode A).
            LabelCode::Code128(text) => (modules_of(text), format!("^BCN,{high},Y,N,N,A")),
        };
        let dot = [3, 2, 1].into_iter().find(|dot: &u32| self.fits(modules, *dot)).unwrap_or(1);
        let from = self.width.saturating_sub(modules.saturating_mul(dot)) / 2;
        // The printer works the check digit out itself.
        let text = match code {
            LabelCode::Ean13(digits) | LabelCode::Ean8(digits) | LabelCode::UpcA(digits) => {
                digits.get(..digits.len().saturating_sub(1)).unwrap_or_default()
            }
            LabelCode::Code128(text) => text,
        };
        // In Code 128 `>` begins a change of sets; itself it is `>0`.
        let text = field(&text.replace('>', ">0"));
        let _ = write!(self.commands, "^BY{dot}^FO{from},{}{command}^FH_^FD{text}^FS", self.at);
    }

    /// With ten modules of quiet at each side.
    fn fits(&self, modules: u32, dot: u32) -> bool {
        modules.saturating_add(20).saturating_mul(dot) <= self.width
    }
}

/// At most: eleven modules a letter, start, check and stop.
fn modules_of(text: &str) -> u32 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    letters.saturating_mul(11).saturating_add(35)
}

fn field(text: &str) -> String {
    let mut field = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // `\` begins a command in a block of rows.
            '^' | '~' | '_' | '\\' => {
                let _ = write!(field, "_{:02X}", u32::from(letter));
            }
            letter if letter.is_control() => field.push(' '),
            letter => field.push(letter),
        }
    }
    field
}
