//! Table: rows of an export as CSV that a spreadsheet shows and does not run.

/// CSV text of a header and rows (RFC 4180), each cell made harmless.
pub struct Table {
    text: String,
}

impl Table {
    /// Begins with the names of the columns.
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(columns.iter().map(|name| (*name).to_owned()));
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            push_cell(&mut self.text, &cell);
        }
        self.text.push_str("\r\n");
    }

    /// The text so far; the table goes on empty, so that a long export travels in pieces.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

fn push_cell(text: &mut String, cell: &str) {
    let harmless = if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() };
    if harmless.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&harmless.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(&harmless);
    }
}

/// A spreadsheet runs a cell that begins so (OWASP, "CSV Injection"); a plain number is only a number.
fn is_formula(cell: &str) -> bool {
    let begins = matches!(cell.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    let number = cell.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && rest.bytes().filter(|b| *b == b'.').count() <= 1
    });
    begins && !number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_shown_and_never_run() {
        let mut table = Table::new(&["a", "b"]);
        for cell in ["=1+1", "+44 20", "-2.50", "-2-3", "@x", "a \"b\", c", "plain"] {
            table.row([cell.to_owned(), "x".to_owned()]);
        }
        let expected = "a,b\r\n'=1+1,x\r\n'+44 20,x\r\n-2.50,x\r\n'-2-3,x\r\n'@x,x\r\n\"a \"\"b\"\", c\",x\r\nplain,x\r\n";
        assert_eq!(table.take(), expected);
        assert_eq!(table.take(), "");
    }
}
