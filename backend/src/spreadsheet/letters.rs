//! Letters: what may stand in a name, mending what another program's export did to it, and files that are not UTF-8.

/// The longest name a receipt and a tile can show.
pub const MOST_LETTERS: usize = 120;

/// What the bytes 128 to 159 stand for in Windows-1252; the rest is as in Unicode.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file in Windows-1252, as spreadsheets of Western Europe write it.
pub fn from_windows(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        other => char::from(*other),
    };
    bytes.iter().map(letter).collect()
}

/// Does the text hold a character that a screen or a printer would take as a command (Unicode category Cc)?
pub fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// Does the text hold something like `&quot;` or `&#39;`?
pub fn has_entity(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| entity_at(&text[at..]).is_some())
}

/// The text with control characters taken out, known HTML entities written as what they stand for, and no space around.
pub fn mend(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let known = (letter == '&').then(|| entity_at(rest)).flatten();
        if let Some((length, Some(meant))) = known {
            mended.push(meant);
            rest = &rest[length..];
        } else {
            if letter.is_control() {
                // A tab or a line break inside a name stood for a space.
                if letter.is_whitespace() {
                    mended.push(' ');
                }
            } else {
                mended.push(letter);
            }
            rest = &rest[letter.len_utf8()..];
        }
    }
    mended.trim().to_owned()
}

/// The entity a text begins with: its length in bytes and, if known, its character.
fn entity_at(text: &str) -> Option<(usize, Option<char>)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let code = if let Some(hex) = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
        Some(u32::from_str_radix(hex, 16).ok()?)
    } else if let Some(decimal) = name.strip_prefix('#') {
        Some(decimal.parse().ok()?)
    } else {
        None
    };
    if let Some(code) = code {
        return Some((end + 1, char::from_u32(code).filter(|c| !c.is_control())));
    }
    let first = name.chars().next()?;
    if !first.is_ascii_alphabetic() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let meant = match name {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        "eacute" => Some('é'),
        "egrave" => Some('è'),
        "agrave" => Some('à'),
        "ccedil" => Some('ç'),
        "auml" => Some('ä'),
        "ouml" => Some('ö'),
        "uuml" => Some('ü'),
        "szlig" => Some('ß'),
        "ndash" => Some('–'),
        "rsquo" => Some('’'),
        "reg" => Some('®'),
        "deg" => Some('°'),
        _ => None,
    };
    Some((end + 1, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_seen_and_mended() {
        for (text, mended) in [
            ("Infusion &quot;Silence&quot;", "Infusion \"Silence\""),
            ("Caf&#233; &amp; Th&#xe9;", "Café & Thé"),
            (" &unknown; ", "&unknown;"),
        ] {
            assert!(has_entity(text), "{text}");
            assert_eq!(mend(text), mended);
        }
        for plain in ["Fish & chips", "A&B; C", "&;", "& amp;", "&1a;"] {
            assert_eq!(has_entity(plain), plain.contains("A&B;"), "{plain}");
        }
    }

    #[test]
    fn windows_letters_are_read() {
        assert_eq!(from_windows(b"M\xfcller \x80 5 \x96 \x8c"), "Müller € 5 – Œ");
    }

    #[test]
    fn control_characters_go() {
        assert!(has_control("MJ\u{85}LK"));
        assert_eq!(mend("a\tb\u{1b}c\n"), "a bc");
    }
}
