//! PDF: a receipt as a page as wide as the roll and as long as itself, with the letters it uses inside.
//! Lives here: where each row stands, and drawing it. May use: krilla, the letters. Never: a clock: the same receipt gives the same file.
#![allow(clippy::float_arithmetic, reason = "places on paper, in points; no amount is involved")]

use super::letters::{Letters, Line, NoLetter};
use crate::app::pictures::Picture;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::{Data, Document};
use shared::picture::PictureKind;
use shared::receipt::{Modules, Receipt, ReceiptRow, reads_right_to_left};

/// 80 mm.
const PAGE_WIDTH: f32 = 226.77;
const EDGE: f32 = 11.0;
const WIDTH: f32 = PAGE_WIDTH - 2.0 * EDGE;
const INDENT: f32 = 8.0;
const GAP: f32 = 6.0;
const SMALL: f32 = 8.0;
const PLAIN: f32 = 9.0;
const STRONG: f32 = 11.0;
const LARGE: f32 = 13.0;
/// Of a row, and from its top to where letters stand, in parts of their size.
const ROW: f32 = 1.45;
const STAND: f32 = 1.07;
const LOGO_HIGH: f32 = 80.0;
const BARS_HIGH: f32 = 34.0;

/// Why there is no PDF.
#[derive(Debug)]
pub(super) enum PdfFault {
    /// None of the fonts has it.
    Letter(char),
    /// The library says no.
    Broken(String),
}

impl From<NoLetter> for PdfFault {
    fn from(NoLetter(letter): NoLetter) -> Self {
        Self::Letter(letter)
    }
}

/// Something to draw; places from the page's top.
enum Mark {
    Text { line: Line, at: (f32, f32), size: f32, bold: bool },
    Rule { y: f32 },
    Frame { top: f32, bottom: f32 },
    Picture { image: Image, size: Size, top: f32 },
    Code { module: (f32, f32), left: f32, top: f32 },
}

/// How the letters of a row look.
#[derive(Clone, Copy)]
struct Look {
    size: f32,
    bold: bool,
    indent: f32,
}

const fn look(size: f32, bold: bool, indent: f32) -> Look {
    Look { size, bold, indent }
}

/// The receipt as a PDF, with the shop's picture and the number for a scanner.
pub(super) fn to_pdf(
    receipt: &Receipt,
    logo: Option<Picture>,
    code: Option<&Modules>,
) -> Result<Vec<u8>, PdfFault> {
    let letters = Letters::new().ok_or_else(|| PdfFault::Broken("a font cannot be read".to_owned()))?;
    let mut strip = Strip { letters, right_to_left: receipt.is_right_to_left(), y: EDGE, marks: Vec::new() };
    let mut logo = logo.and_then(image);
    for row in &receipt.rows {
        strip.row(row, &mut logo)?;
    }
    if let Some(code) = code {
        strip.code(code);
    }
    let size = PageSettings::from_wh(PAGE_WIDTH, strip.y + EDGE);
    let size = size.ok_or_else(|| PdfFault::Broken("the receipt is too long".to_owned()))?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(receipt.number.clone()).language(receipt.language.clone()));
    let mut page = document.start_page_with(size);
    let mut surface = page.surface();
    for mark in strip.marks {
        draw(&mut surface, mark, code);
    }
    surface.finish();
    page.finish();
    document.finish().map_err(|error| PdfFault::Broken(format!("{error:?}")))
}

fn image(picture: Picture) -> Option<Image> {
    let data: Data = picture.bytes.into();
    match picture.kind {
        PictureKind::Png => Image::from_png(data, true).ok(),
        PictureKind::Jpeg => Image::from_jpeg(data, true).ok(),
        PictureKind::Webp => Image::from_webp(data, true).ok(),
    }
}

/// What is laid so far.
struct Strip {
    letters: Letters,
    right_to_left: bool,
    y: f32,
    marks: Vec<Mark>,
}

impl Strip {
    fn row(&mut self, row: &ReceiptRow, logo: &mut Option<Image>) -> Result<(), PdfFault> {
        match row {
            ReceiptRow::Logo { .. } => self.picture(logo.take()),
            ReceiptRow::Title { text } => self.centred(text, look(LARGE, true, 0.0))?,
            ReceiptRow::Centred { text } => self.centred(text, look(PLAIN, false, 0.0))?,
            ReceiptRow::Mark { text } => {
                let top = self.y + 2.0;
                self.y += 4.0;
                self.centred(text, look(STRONG, true, 0.0))?;
                self.y += 2.0;
                self.marks.push(Mark::Frame { top, bottom: self.y });
                self.y += 4.0;
            }
            ReceiptRow::Detail { text } => self.pair(text, "", look(SMALL, false, INDENT))?,
            ReceiptRow::Line { text, amount } => self.pair(text, amount, look(PLAIN, false, 0.0))?,
            ReceiptRow::Sum { text, amount, strong: false } => {
                self.pair(text, amount, look(PLAIN, false, 0.0))?;
            }
            ReceiptRow::Sum { text, amount, strong: true } => {
                self.pair(text, amount, look(STRONG, true, 0.0))?
            }
            ReceiptRow::Rule => {
                self.marks.push(Mark::Rule { y: self.y + 4.0 });
                self.y += 8.0;
            }
        }
        Ok(())
    }

    fn picture(&mut self, image: Option<Image>) {
        let Some(image) = image else { return };
        let (wide, high) = image.size();
        // Picture sides are of 512 at most where they are ours; larger ones lose nothing by this.
        let side = |pixels: u32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX));
        let (wide, high) = (side(wide), side(high));
        let fit = (WIDTH * 0.6 / wide).min(LOGO_HIGH / high).min(1.0);
        if let Some(size) = Size::from_wh(wide * fit, high * fit) {
            self.marks.push(Mark::Picture { image, size, top: self.y });
            self.y += high * fit + 4.0;
        }
    }

    fn centred(&mut self, text: &str, look: Look) -> Result<(), PdfFault> {
        for line in self.wrapped(text, WIDTH, look.size)? {
            let left = EDGE + (WIDTH - line.width * look.size) / 2.0;
            self.text(line, left, look);
            self.y += look.size * ROW;
        }
        Ok(())
    }

    /// A text where reading begins, an amount where it ends, beside the first line.
    fn pair(&mut self, text: &str, amount: &str, look: Look) -> Result<(), PdfFault> {
        let amount = self.letters.line(amount, false)?;
        let beside = if amount.runs.is_empty() { 0.0 } else { amount.width * look.size + GAP };
        let room = (WIDTH - look.indent - beside).max(WIDTH / 4.0);
        let top = self.y;
        for line in self.wrapped(text, room, look.size)? {
            let width = line.width * look.size;
            let left = match self.right_to_left {
                true => PAGE_WIDTH - EDGE - look.indent - width,
                false => EDGE + look.indent,
            };
            self.text(line, left, look);
            self.y += look.size * ROW;
        }
        let left = if self.right_to_left { EDGE } else { PAGE_WIDTH - EDGE - amount.width * look.size };
        let below = std::mem::replace(&mut self.y, top);
        self.text(amount, left, look);
        self.y = below;
        Ok(())
    }

    fn text(&mut self, line: Line, left: f32, look: Look) {
        let at = (left, self.y + look.size * STAND);
        self.marks.push(Mark::Text { line, at, size: look.size, bold: look.bold });
    }

    /// Lines of at most that width, broken between words, inside a word only where it alone is too long. At least one.
    fn wrapped(&self, text: &str, room: f32, size: f32) -> Result<Vec<Line>, PdfFault> {
        let right_to_left = match text.chars().any(char::is_alphabetic) {
            true => reads_right_to_left(text),
            false => self.right_to_left,
        };
        let laid = |text: &str| self.letters.line(text, right_to_left);
        let gap = |letter: char| letter.is_whitespace() || letter.is_control();
        let (mut lines, mut line) = (Vec::new(), String::new());
        for word in text.split(gap).filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if laid(&longer)?.width * size <= room {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(laid(&std::mem::take(&mut line))?);
            }
            for letter in word.chars() {
                let longer = format!("{line}{letter}");
                if !line.is_empty() && laid(&longer)?.width * size > room {
                    lines.push(laid(&line)?);
                    line.clear();
                }
                line.push(letter);
            }
        }
        lines.push(laid(&line)?);
        Ok(lines)
    }

    fn code(&mut self, code: &Modules) {
        let count = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
        let (across, down) = (count(code.width), count(code.dark.len() / code.width.max(1)));
        // Ten modules of quiet on either side of bars.
        let module = (WIDTH / (across + 20.0)).min(2.2);
        let high = if down > 1.0 { module } else { BARS_HIGH };
        self.y += 6.0;
        let left = EDGE + (WIDTH - module * across) / 2.0;
        self.marks.push(Mark::Code { module: (module, high), left, top: self.y });
        self.y += high * down;
    }
}

fn draw(surface: &mut Surface, mark: Mark, code: Option<&Modules>) {
    match mark {
        Mark::Text { line, at: (mut x, y), size, bold } => {
            surface.set_fill(Some(Fill::default()));
            // The fonts have one weight: bold letters have an edge.
            surface.set_stroke(bold.then(|| Stroke { width: size * 0.035, ..Stroke::default() }));
            for run in line.runs {
                surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, run.font, &run.text, size, false);
                x += run.width * size;
            }
            surface.set_stroke(None);
        }
        Mark::Rule { y } => {
            let dash = StrokeDash { array: vec![2.0, 2.0], offset: 0.0 };
            let stroke = Stroke { width: 0.7, dash: Some(dash), ..Stroke::default() };
            let mut path = PathBuilder::new();
            path.move_to(EDGE, y);
            path.line_to(PAGE_WIDTH - EDGE, y);
            stroked(surface, path, stroke);
        }
        Mark::Frame { top, bottom } => {
            let mut path = PathBuilder::new();
            if let Some(frame) = Rect::from_ltrb(EDGE, top, PAGE_WIDTH - EDGE, bottom) {
                path.push_rect(frame);
            }
            stroked(surface, path, Stroke { width: 1.0, ..Stroke::default() });
        }
        Mark::Picture { image, size, top } => {
            surface.push_transform(&Transform::from_translate((PAGE_WIDTH - size.width()) / 2.0, top));
            surface.draw_image(image, size);
            surface.pop();
        }
        Mark::Code { module, left, top } => {
            if let Some(path) = code.and_then(|code| modules(code, module, left, top)) {
                surface.set_fill(Some(Fill::default()));
                surface.draw_path(&path);
            }
        }
    }
}

fn stroked(surface: &mut Surface, path: PathBuilder, stroke: Stroke) {
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(stroke));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

/// Dark modules that stand beside each other are one bar, so that no hair of light comes between them.
fn modules(code: &Modules, (wide, high): (f32, f32), left: f32, top: f32) -> Option<krilla::geom::Path> {
    let mut path = PathBuilder::new();
    let mut y = top;
    for row in code.dark.chunks(code.width.max(1)) {
        let mut x = left;
        for same in row.chunk_by(|one, next| one == next) {
            let width = wide * f32::from(u16::try_from(same.len()).unwrap_or(u16::MAX));
            if same.first() == Some(&true)
                && let Some(bar) = Rect::from_xywh(x, y, width, high)
            {
                path.push_rect(bar);
            }
            x += width;
        }
        y += high;
    }
    path.finish()
}
