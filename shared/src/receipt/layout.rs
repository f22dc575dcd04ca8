//! Layout: the rows of a receipt in columns of letters, as printers and plain text have them.
//! Lives here: how each kind of row looks, wrapping at words, money at the edge.
//! May use: the receipt's rows. Never: bytes, code pages, fonts of unequal letters.
//! Invariant: no line is wider than the paper, and nothing of a text or an amount is lost but runs of spaces and controls.

use super::ReceiptRow;
use unicode_normalization::char::canonical_combining_class;

/// Paper below this many letters holds no amount beside a name; narrower settings are taken as this.
const NARROWEST_COLUMNS: usize = 16;

/// What lines are laid on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    columns: usize,
    /// How many columns a letter of a large row takes.
    large_width: usize,
    /// Names at the right edge and amounts at the left, for a language read so.
    mirrored: bool,
}

/// How a row looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Large,
    Centred,
    Plain,
    Strong,
    Detail,
    Rule,
    /// Drawn, or left out.
    Picture,
}

/// What a row says, whatever its kind; no amount is an empty one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) look: Look,
    pub(super) text: &'a str,
    pub(super) amount: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(row: &'a ReceiptRow) -> Self {
        let (look, text, amount) = match row {
            ReceiptRow::Logo { .. } => (Look::Picture, "", ""),
            ReceiptRow::Title { text } | ReceiptRow::Mark { text } => (Look::Large, text.as_str(), ""),
            ReceiptRow::Centred { text } => (Look::Centred, text.as_str(), ""),
            ReceiptRow::Line { text, amount } => (Look::Plain, text.as_str(), amount.as_str()),
            ReceiptRow::Detail { text } => (Look::Detail, text.as_str(), ""),
            ReceiptRow::Sum { text, amount, strong: true } => (Look::Strong, text.as_str(), amount.as_str()),
            ReceiptRow::Sum { text, amount, strong: false } => (Look::Plain, text.as_str(), amount.as_str()),
            ReceiptRow::Rule => (Look::Rule, "", ""),
        };
        Self { look, text, amount }
    }
}

impl Paper {
    pub(super) fn new(columns: usize, large_width: usize, mirrored: bool) -> Self {
        Self { columns: columns.max(NARROWEST_COLUMNS), large_width: large_width.max(1), mirrored }
    }

    /// A row as lines.
    pub(super) fn lay(self, row: Parts) -> Vec<String> {
        match row.look {
            Look::Large => centred(row.text, self.columns / self.large_width),
            Look::Centred => centred(row.text, self.columns),
            Look::Plain | Look::Strong => self.pair(row.text, row.amount),
            Look::Detail => {
                let indent = "  ";
                let lines = wrap(row.text, self.columns.saturating_sub(indent.len()));
                lines.iter().map(|line| self.edges(&self.indented(line, indent), "")).collect()
            }
            Look::Rule => vec!["-".repeat(self.columns)],
            Look::Picture => Vec::new(),
        }
    }

    /// The amount stands at its edge beside the first line of the text, or below where it leaves the text too little room.
    fn pair(self, text: &str, amount: &str) -> Vec<String> {
        let room = self.columns.saturating_sub(width(amount)).saturating_sub(1);
        if amount.is_empty() || room >= self.columns / 3 {
            let lines = wrap(text, if amount.is_empty() { self.columns } else { room });
            let amounts = std::iter::once(amount).chain(std::iter::repeat(""));
            return lines.iter().zip(amounts).map(|(line, amount)| self.edges(line, amount)).collect();
        }
        let below = wrap(amount, self.columns);
        let lines = wrap(text, self.columns);
        let lines = lines.iter().map(|line| self.edges(line, ""));
        lines.chain(below.iter().map(|amount| self.edges("", amount))).collect()
    }

    fn indented(self, line: &str, indent: &str) -> String {
        if self.mirrored { format!("{line}{indent}") } else { format!("{indent}{line}") }
    }

    /// One text at the edge where reading starts, the other at the edge where it ends.
    fn edges(self, start: &str, end: &str) -> String {
        let gap = " ".repeat(self.columns.saturating_sub(width(start)).saturating_sub(width(end)));
        let line = if self.mirrored { format!("{end}{gap}{start}") } else { format!("{start}{gap}{end}") };
        line.trim_end().to_owned()
    }
}

fn centred(text: &str, columns: usize) -> Vec<String> {
    let pad = |line: &String| " ".repeat(columns.saturating_sub(width(line)) / 2);
    wrap(text, columns).iter().map(|line| format!("{}{line}", pad(line))).collect()
}

/// Letters that take a column: marks stand over the letter before. Letters of double width (Chinese) count as one here.
fn width(text: &str) -> usize {
    text.chars().filter(|letter| canonical_combining_class(*letter) == 0).count()
}

/// Lines of at most so many columns, broken between words, inside a word only where it alone is too long. At least one.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let gap = |letter: char| letter.is_whitespace() || letter.is_control();
    for word in text.split(gap).filter(|word| !word.is_empty()) {
        let space = usize::from(!line.is_empty());
        if space == 1 && width(&line).saturating_add(1).saturating_add(width(word)) > columns {
            lines.push(std::mem::take(&mut line));
        } else if space == 1 {
            line.push(' ');
        }
        for letter in word.chars() {
            let full = width(&line) >= columns && canonical_combining_class(letter) == 0;
            if full && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words() {
        for (text, lines) in [
            ("", vec![""]),
            ("one two", vec!["one two"]),
            ("one two three", vec!["one two", "three"]),
            ("  one \n two\u{1b} ", vec!["one two"]),
            ("abcdefghijkl mn", vec!["abcdefgh", "ijkl mn"]),
            ("a bcdefghijk", vec!["a", "bcdefghi", "jk"]),
            ("e\u{301}e\u{301}e\u{301}e\u{301} abc", vec!["e\u{301}e\u{301}e\u{301}e\u{301} abc"]),
        ] {
            assert_eq!(wrap(text, 8), lines, "{text}");
        }
    }

    #[test]
    fn money_stands_at_its_edge() {
        let paper = Paper::new(20, 2, false);
        let mirrored = Paper::new(20, 2, true);
        let lay = |paper: Paper, text, amount| paper.lay(Parts { look: Look::Plain, text, amount });
        assert_eq!(lay(paper, "Tea", "4.50"), ["Tea             4.50"]);
        assert_eq!(lay(paper, "Tea from the hills", "4.50"), ["Tea from the    4.50", "hills"]);
        assert_eq!(lay(paper, "Tea", "123456789012345.00"), ["Tea", "  123456789012345.00"]);
        assert_eq!(
            lay(mirrored, "Tea from the hills", "4.50"),
            ["4.50    Tea from the", "               hills"]
        );
    }

    #[test]
    fn large_letters_take_two_columns() {
        let paper = Paper::new(20, 2, false);
        assert_eq!(
            paper.lay(Parts { look: Look::Large, text: "Corner Shop", amount: "" }),
            ["  Corner", "   Shop"]
        );
    }
}
