//! Letters: a text as the shapes of two fonts, in the order they are seen: joined and turned where its alphabet wants that.
//! Lives here: which letters are read which way (the Unicode bidirectional algorithm), shaping, how wide it comes out.
//! May use: harfrust, unicode-bidi, krilla's fonts. Never: a letter that neither font has: it is told, and no box is drawn for it.
#![allow(
    clippy::float_arithmetic,
    reason = "places on paper, in parts of a letter's size; no amount is involved"
)]

use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use unicode_bidi::{BidiInfo, Level};

const LATIN: &[u8] = include_bytes!("../../../fonts/NotoSans-Regular.ttf");
const ARABIC: &[u8] = include_bytes!("../../../fonts/NotoSansArabic-Regular.ttf");

/// Both fonts.
pub(super) struct Letters {
    latin: Face,
    arabic: Face,
}

struct Face {
    font: Font,
    shapes: FontRef<'static>,
    data: ShaperData,
}

/// Letters of one font that follow each other, as they are seen from the left.
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// In parts of the letters' size.
    pub(super) width: f32,
}

/// A text that fits on a line.
#[derive(Default)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    pub(super) width: f32,
}

/// A letter that neither font has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoLetter(pub(super) char);

impl Letters {
    /// None where a font of ours is broken, which a test would have found.
    pub(super) fn new() -> Option<Self> {
        Some(Self { latin: Face::of(LATIN)?, arabic: Face::of(ARABIC)? })
    }

    /// A text on one line, read from the right where that is said.
    pub(super) fn line(&self, text: &str, right_to_left: bool) -> Result<Line, NoLetter> {
        // The font has no minus sign; the dash of the same width is drawn the same.
        let text = &text.replace('\u{2212}', "\u{2013}");
        let level = if right_to_left { Level::rtl() } else { Level::ltr() };
        let order = BidiInfo::new(text, Some(level));
        let mut line = Line::default();
        for paragraph in &order.paragraphs {
            let (levels, runs) = order.visual_runs(paragraph, paragraph.range.clone());
            for range in runs {
                let turned = levels.get(range.start).is_some_and(Level::is_rtl);
                let mut parts = parts(text.get(range).unwrap_or_default());
                if turned {
                    parts.reverse();
                }
                for (part, arabic) in parts {
                    let face = if arabic { &self.arabic } else { &self.latin };
                    let run = face.shape(part, turned)?;
                    line.width += run.width;
                    line.runs.push(run);
                }
            }
        }
        Ok(line)
    }
}

impl Face {
    fn of(file: &'static [u8]) -> Option<Self> {
        let font = Font::new(file.into(), 0)?;
        let shapes = FontRef::from_index(file, 0).ok()?;
        Some(Self { font, data: ShaperData::new(&shapes), shapes })
    }

    fn shape(&self, text: &str, turned: bool) -> Result<Run, NoLetter> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if turned { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = self.data.shaper(&self.shapes).build().shape(buffer, ShapeOptions::new());
        let em = self.font.units_per_em();
        let clusters: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let (mut glyphs, mut width) = (Vec::new(), 0.0);
        for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let start = info.cluster as usize;
            if info.glyph_id == 0 {
                let letter = text.get(start..).and_then(|rest| rest.chars().next());
                return Err(NoLetter(letter.unwrap_or('?')));
            }
            // What of the text it stands for: up to where the next cluster begins.
            let end = clusters.iter().copied().filter(|next| *next > start).min().unwrap_or(text.len());
            let part = |units: i32| units as f32 / em;
            width += part(place.x_advance);
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                part(place.x_advance),
                part(place.x_offset),
                part(place.y_offset),
                part(place.y_advance),
                start..end,
                None,
            ));
        }
        Ok(Run { font: self.font.clone(), text: text.to_owned(), glyphs, width })
    }
}

/// A text by its fonts, in the order it is read; spaces stay with the letters before them.
fn parts(text: &str) -> Vec<(&str, bool)> {
    let (mut parts, mut start, mut now) = (Vec::new(), 0, None);
    for (at, letter) in text.char_indices() {
        let wanted = match letter {
            ' ' => now.unwrap_or(false),
            letter => is_arabic(letter),
        };
        if now.is_some_and(|now| now != wanted) {
            parts.push((text.get(start..at).unwrap_or_default(), !wanted));
            start = at;
        }
        now = Some(wanted);
    }
    if let (Some(arabic), Some(rest)) = (now, text.get(start..)) {
        parts.push((rest, arabic));
    }
    parts
}

const fn is_arabic(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]
    use super::*;

    fn ids(line: &Line) -> Vec<u32> {
        line.runs.iter().flat_map(|run| run.glyphs.iter().map(|glyph| glyph.glyph_id.to_u32())).collect()
    }

    /// Every Arabic letter has up to four forms; which one is seen depends on its neighbours.
    #[test]
    fn arabic_letters_are_joined_and_run_from_the_right() {
        let letters = Letters::new().unwrap();
        let alone: Vec<u32> =
            ["ش", "ا", "ي"].iter().flat_map(|letter| ids(&letters.line(letter, true).unwrap())).collect();
        let word = ids(&letters.line("شاي", true).unwrap());
        assert_eq!(word.len(), 3);
        // From the left: yeh alone behind alef, alef joined to sheen, sheen at the beginning of the word.
        assert_eq!(word[0], alone[2], "alef joins nothing behind it");
        assert_ne!(word[1], alone[1], "alef is joined to the letter before it");
        assert_ne!(word[2], alone[0], "sheen is joined to the letter behind it");
        // Lam and alef are one shape.
        assert_eq!(ids(&letters.line("لا", true).unwrap()).len(), 1);
    }

    /// Numbers and names in Latin letters keep their own direction inside Arabic words.
    #[test]
    fn what_is_read_otherwise_keeps_its_direction() {
        let letters = Letters::new().unwrap();
        let seen = |text: &str, right| -> Vec<String> {
            letters
                .line(text, right)
                .unwrap()
                .runs
                .into_iter()
                .map(|run| run.text.trim().to_owned())
                .collect()
        };
        assert_eq!(seen("الإجمالي GBP", true), ["GBP", "الإجمالي"]);
        assert_eq!(seen("Total الإجمالي", false), ["Total", "الإجمالي"]);
        let back = seen("عائد من A1-000042", true);
        assert_eq!(back.first().map(String::as_str), Some("A1-000042"));
        assert_eq!(back.last().map(String::as_str), Some("عائد من"));
    }

    #[test]
    fn a_letter_of_no_font_is_told() {
        let letters = Letters::new().unwrap();
        for (text, letter) in [("お茶", 'お'), ("Tea 茶", '茶'), ("ש", 'ש')] {
            assert_eq!(letters.line(text, false).err(), Some(NoLetter(letter)), "{text}");
        }
        for text in [
            "Größe 2 × 1,50 €",
            "Żurek",
            "Ψωμί",
            "хлеб",
            "Crème – “x” … ••42",
            "−1.00",
            "١٢ شارع الملك فهد",
            "Ağ",
        ] {
            assert!(letters.line(text, false).is_ok(), "{text}");
        }
    }
}
