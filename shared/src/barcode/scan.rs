//! Scan: telling a scanner from a person by the time between the keys. The time is an argument.

use super::check;

/// What a scanner types like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanTiming {
    /// Longest time between two letters. Scanners need 1 to 30 ms, slow radio ones a little more; quick typists some 80.
    pub most_gap_ms: i64,
    /// Longest time between the last letter and the end key.
    pub most_end_ms: i64,
    /// Fewer letters than this are typing.
    pub least_letters: usize,
    /// After this silence a scanner that sends no end key has finished.
    pub silence_ms: i64,
}

impl Default for ScanTiming {
    fn default() -> Self {
        Self { most_gap_ms: 40, most_end_ms: 80, least_letters: 4, silence_ms: 100 }
    }
}

/// Longer than any code in use; what is longer is a stuck key.
const MOST_LETTERS: usize = 512;

/// What a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The first for a while: it may become anything.
    First,
    /// It followed the one before as quickly as a scanner's.
    Quick,
    /// It belongs to a code that silence has given already.
    Late,
}

/// What an end key means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A scanner did it, and this is its code.
    Code(String),
    /// It belongs to a code that [`ScanReader::silence`] has given already.
    Given,
    /// A person did it.
    Typing,
}

/// Listens to keys, one after the other.
#[derive(Clone, Debug, Default)]
pub struct ScanReader {
    timing: ScanTiming,
    letters: String,
    last_ms: i64,
    /// What silence gave last: a screen that was busy may hear the rest of it only now.
    given: String,
}

impl ScanReader {
    /// With a shop's own timing.
    pub fn new(timing: ScanTiming) -> Self {
        Self { timing, ..Self::default() }
    }

    /// The timing it goes by.
    pub fn timing(&self) -> ScanTiming {
        self.timing
    }

    /// A letter was typed.
    pub fn letter(&mut self, letter: char, at_ms: i64) -> Heard {
        let soon = at_ms.saturating_sub(self.last_ms) <= self.timing.most_gap_ms;
        let given = std::mem::take(&mut self.given);
        let late = soon && self.letters.is_empty() && !given.is_empty();
        if late {
            self.letters = given;
        }
        let quick = soon && !self.letters.is_empty() && self.letters.len() < MOST_LETTERS;
        if !quick {
            self.letters.clear();
        }
        self.letters.push(letter);
        self.last_ms = at_ms;
        match (quick, late) {
            (true, true) => Heard::Late,
            (true, false) => Heard::Quick,
            (false, _) => Heard::First,
        }
    }

    /// Enter or Tab was pressed.
    pub fn end(&mut self, at_ms: i64) -> Ended {
        let (letters, given) = (std::mem::take(&mut self.letters), std::mem::take(&mut self.given));
        let quick = at_ms.saturating_sub(self.last_ms) <= self.timing.most_end_ms;
        match quick {
            true if letters.chars().count() >= self.timing.least_letters => Ended::Code(letters),
            true if letters.is_empty() && !given.is_empty() => Ended::Given,
            _ => Ended::Typing,
        }
    }

    /// Nothing was typed since: the code, if it is a whole barcode number. A word typed quickly is not. What comes late,
    /// by the time the keys themselves bear, still belongs to it: the whole is given then by [`ScanReader::end`].
    pub fn silence(&mut self, at_ms: i64) -> Option<String> {
        let silent = at_ms.saturating_sub(self.last_ms) >= self.timing.silence_ms;
        let whole = self.letters.bytes().all(|byte| byte.is_ascii_digit())
            && self.letters.len() >= 8
            && check(&self.letters).is_ok();
        if !(silent && whole) {
            return None;
        }
        self.given = std::mem::take(&mut self.letters);
        Some(self.given.clone())
    }

    /// Something else was pressed.
    pub fn forget(&mut self) {
        self.letters.clear();
        self.given.clear();
    }
}

/// A code as read, without what some scanners put before it (the symbology identifier, `]E0`) and control characters.
pub fn as_printed(read: &str) -> String {
    let letters: String = read.chars().filter(|letter| !letter.is_control()).collect();
    let code = letters.trim();
    let mut start = code.chars();
    let identified = start.next() == Some(']')
        && start.next().is_some_and(|c| c.is_ascii_alphabetic())
        && start.next().is_some_and(|c| c.is_ascii_alphanumeric());
    if identified { start.as_str().to_owned() } else { code.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types letters with the same gap, then says what an end key after `end_ms` gives.
    fn typed(text: &str, gap_ms: i64, end_ms: i64) -> Ended {
        let mut reader = ScanReader::default();
        let mut at_ms = 1_000_000;
        for letter in text.chars() {
            at_ms += gap_ms;
            reader.letter(letter, at_ms);
        }
        reader.end(at_ms + end_ms)
    }

    #[test]
    fn a_scanner_is_quick_and_ends_with_enter() {
        for (text, gap_ms, end_ms, is_scan) in [
            ("5012345678900", 2, 2, true),
            ("5012345678900", 30, 30, true),
            ("5012345678900", 40, 80, true),
            ("5012345678900", 41, 2, false), // a quick typist
            ("5012345678900", 2, 81, false), // Enter came later, from a person
            ("SHELF-7", 8, 8, true),
            ("123", 2, 2, false), // too short to be sure
            ("", 2, 2, false),
        ] {
            let expected = if is_scan { Ended::Code(text.to_owned()) } else { Ended::Typing };
            assert_eq!(typed(text, gap_ms, end_ms), expected, "{text} {gap_ms} {end_ms}");
        }
    }

    #[test]
    fn a_letter_typed_before_is_not_part_of_the_scan() {
        let mut reader = ScanReader::default();
        assert_eq!(reader.letter('x', 0), Heard::First);
        assert_eq!(reader.letter('1', 500), Heard::First);
        for (at_ms, letter) in (501..).zip("2345".chars()) {
            assert_eq!(reader.letter(letter, at_ms), Heard::Quick);
        }
        assert_eq!(reader.end(506), Ended::Code("12345".to_owned()));
        assert_eq!(reader.end(507), Ended::Typing, "a second Enter is a key like any other");
    }

    #[test]
    fn without_an_end_key_only_a_whole_barcode_number_is_a_scan() {
        for (text, is_scan) in [
            ("4006381333931", true),
            ("96385074", true),
            ("4006381333932", false), // check digit
            ("12345", false),
            ("wordtyped", false),
        ] {
            let mut reader = ScanReader::default();
            for (at_ms, letter) in (0..).zip(text.chars()) {
                reader.letter(letter, at_ms);
            }
            assert_eq!(reader.silence(60), None, "{text}: not silent yet");
            assert_eq!(reader.silence(200).is_some(), is_scan, "{text}");
        }
    }

    /// 501234567890 is a whole number itself. A busy screen hears its last digit and Enter after the silence; the keys
    /// bear the times they were pressed at.
    #[test]
    fn what_a_busy_screen_hears_late_is_still_the_scan() {
        let mut reader = ScanReader::default();
        for (at_ms, letter) in (0..).zip("501234567890".chars()) {
            reader.letter(letter, at_ms);
        }
        assert_eq!(reader.silence(200), Some("501234567890".to_owned()));
        assert_eq!(reader.letter('0', 12), Heard::Late);
        assert_eq!(reader.end(13), Ended::Code("5012345678900".to_owned()));
        assert_eq!(reader.end(14), Ended::Typing);

        for (at_ms, letter) in (1_000..).zip("96385074".chars()) {
            reader.letter(letter, at_ms);
        }
        assert_eq!(reader.silence(1_200), Some("96385074".to_owned()));
        assert_eq!(reader.end(1_008), Ended::Given, "its Enter presses nothing");
        assert_eq!(reader.letter('7', 2_000), Heard::First, "a new one");
    }

    #[test]
    fn a_stuck_key_does_not_grow_for_ever() {
        let mut reader = ScanReader::default();
        for at_ms in 0..2_000 {
            reader.letter('1', at_ms);
        }
        assert!(reader.letters.len() <= MOST_LETTERS);
    }

    #[test]
    fn what_a_scanner_puts_before_the_code_is_taken_away() {
        for (read, code) in [
            ("]E05012345678900", "5012345678900"),
            ("]C1ABC", "ABC"),
            (" 22469\u{1d}", "22469"),
            ("]", "]"),
            ("A]E0", "A]E0"),
        ] {
            assert_eq!(as_printed(read), code);
        }
    }
}
