//! Printer commands against the published cases of two other encoders, escpos-php and ReceiptPrinterEncoder.
//! Where we mean to differ is written down, with the reason, in data/escpos_differences.json: a case that is there and
//! matches fails as much as one that is not there and differs.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use serde::Deserialize;
use shared::receipt::escpos::{
    Align, CodePages, Commands, Cut, Dialect, DrawerPin, Profile, QrLevel, profile,
};
use std::collections::{BTreeMap, BTreeSet};

/// What our commands say to a case: the bytes, or none where they have no such command or refuse it.
enum Said {
    Bytes(Vec<u8>),
    Refused,
    NoSuchCommand,
}

/// Case by reason; each reason with the cases it is for.
#[derive(Deserialize)]
struct Differences {
    escpos_php: BTreeMap<String, Vec<String>>,
    receiptprinterencoder: BTreeMap<String, Vec<String>>,
    star_prnt: BTreeMap<String, Vec<String>>,
}

fn differences() -> Differences {
    serde_json::from_str(include_str!("data/escpos_differences.json")).unwrap()
}

fn compare(matches: &BTreeMap<String, bool>, reasons: &BTreeMap<String, Vec<String>>) {
    let listed: BTreeSet<&String> = reasons.values().flatten().collect();
    let differ: BTreeSet<&String> =
        matches.iter().filter(|(_, same)| !**same).map(|(name, _)| name).collect();
    let new: Vec<_> = differ.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&differ).collect();
    assert!(new.is_empty(), "differ and are not listed: {new:#?}");
    assert!(gone.is_empty(), "are listed and match, or are no case: {gone:#?}");
}

mod php {
    use super::*;

    #[derive(Deserialize)]
    pub struct Cases {
        pub cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    pub struct Case {
        pub name: String,
        calls: Vec<Call>,
        expect_hex: Option<String>,
    }

    #[derive(Deserialize)]
    struct Call {
        #[serde(rename = "fn")]
        name: String,
        args: String,
    }

    impl Case {
        pub fn matches(&self, pages: &CodePages) -> bool {
            match (self.said(pages), &self.expect_hex) {
                (Said::Bytes(bytes), Some(hex)) => {
                    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == *hex
                }
                (Said::Refused, None) => true,
                _ => false,
            }
        }

        fn said(&self, pages: &CodePages) -> Said {
            let mut commands = Commands::new(pages);
            commands.start();
            for call in &self.calls {
                match call.say(&mut commands) {
                    None => return Said::NoSuchCommand,
                    Some(false) => return Said::Refused,
                    Some(true) => {}
                }
            }
            Said::Bytes(commands.take())
        }
    }

    impl Call {
        /// Whether it was taken; none where we have no such command.
        fn say(&self, commands: &mut Commands) -> Option<bool> {
            let args: Vec<&str> =
                self.args.split(", ").map(str::trim).filter(|arg| !arg.is_empty()).collect();
            let first = args.first().copied();
            // A number that is no byte is refused by the type already.
            let number = |default: u8| first.map_or(Some(default), |text| text.parse().ok());
            match self.name.as_str() {
                "text" => Some(text(commands, &self.args)),
                "feed" => Some(number(1).map(|rows| commands.feed(rows)).is_some()),
                "setEmphasis" => {
                    commands.bold(first != Some("false"));
                    Some(true)
                }
                // A place that is none is refused by the type already.
                "setJustification" => Some(align(first).map(|place| commands.align(place)).is_some()),
                "setTextSize" => {
                    let size: Vec<u8> = args.iter().filter_map(|text| text.parse().ok()).collect();
                    Some(matches!(size[..], [width, height] if commands.size(width, height).is_ok()))
                }
                "cut" => {
                    commands.cut(Cut::Full, 3);
                    Some(true)
                }
                "setBarcodeHeight" => Some(number(8).map(|dots| commands.barcode_height(dots)).is_some()),
                "setBarcodeWidth" => Some(number(3).map(|dots| commands.barcode_width(dots)).is_some()),
                "setBarcodeTextPosition" => match first {
                    None => {
                        commands.barcode_text(false);
                        Some(true)
                    }
                    Some("Printer::BARCODE_TEXT_BELOW") => {
                        commands.barcode_text(true);
                        Some(true)
                    }
                    Some(both) if both.contains('|') => None,
                    Some(_) => Some(false),
                },
                "barcode" if args.get(1) == Some(&"Printer::BARCODE_CODE128") => {
                    code128(first?).map(|text| commands.code128(&text).is_ok())
                }
                "qrCode" => qr(commands, &args),
                _ => None,
            }
        }
    }

    /// `"words\n"`, or a number.
    fn text(commands: &mut Commands, args: &str) -> bool {
        let text = args.trim_matches('"');
        let row = text.strip_suffix("\\n").unwrap_or(text);
        let written = commands.text(row).is_ok();
        if row != text {
            commands.feed(1);
        }
        written
    }

    fn align(place: Option<&str>) -> Option<Align> {
        match place {
            None | Some("Printer::JUSTIFY_LEFT") => Some(Align::Left),
            Some("Printer::JUSTIFY_CENTER") => Some(Align::Centre),
            Some("Printer::JUSTIFY_RIGHT") => Some(Align::Right),
            Some(_) => None,
        }
    }

    /// Theirs names the set in its text; ours is the text, and the set is its own affair.
    fn code128(arg: &str) -> Option<String> {
        let (set, text) = arg.split_once(" . ")?;
        match set {
            "\"{A\"" | "\"{B\"" => Some(text.trim_matches('"').to_owned()),
            "\"{C\"" => {
                let pairs = text.split(" . ").map(|pair| pair.strip_prefix("chr(")?.strip_suffix(')'));
                pairs.collect::<Option<Vec<_>>>().map(|pairs| pairs.concat())
            }
            _ => None,
        }
    }

    fn qr(commands: &mut Commands, args: &[&str]) -> Option<bool> {
        let level = match args.get(1).copied() {
            None | Some("Printer::QR_ECLEVEL_L") => QrLevel::Low,
            Some("Printer::QR_ECLEVEL_H") => QrLevel::High,
            Some(_) => return None,
        };
        let size = args.get(2).map_or(Some(3), |text| text.parse().ok())?;
        if args.get(3) == Some(&"Printer::QR_MODEL_1") {
            return None;
        }
        Some(commands.qr(args.first()?.trim_matches(['"', '\'']), level, size).is_ok())
    }
}

mod encoder {
    use super::*;

    #[derive(Deserialize)]
    pub struct Cases {
        pub cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    pub struct Case {
        pub language: String,
        pub name: String,
        chain: String,
        expect_bytes: Vec<u8>,
    }

    impl Case {
        /// Theirs ends a row with LF CR, ours with LF; that apart, byte for byte.
        pub fn matches(&self, profile: &Profile) -> bool {
            let expected = replace(&self.expect_bytes, b"\n\r", b"\n");
            matches!(self.said(profile), Said::Bytes(bytes) if bytes == expected)
        }

        fn said(&self, profile: &Profile) -> Said {
            let mut commands = Commands::of(profile);
            let is_star = profile.dialect == Dialect::StarPrnt;
            let (mut open, mut look) = (true, Look::default());
            for (name, args) in calls(&self.chain) {
                match look.say(&mut commands, &name, &args, is_star) {
                    None => return Said::NoSuchCommand,
                    Some(false) => return Said::Refused,
                    Some(true) => open = !matches!(name.as_str(), "newline" | "line" | "pulse"),
                }
            }
            look.settle(&mut commands);
            // Theirs ends the last row itself.
            if open {
                commands.feed(1);
            }
            Said::Bytes(commands.take())
        }
    }

    /// Theirs sets width and height apart and tells both together before the next letters; `bold()` turns it over.
    #[derive(Default)]
    struct Look {
        bold: bool,
        width: Option<u8>,
        height: Option<u8>,
        told: Option<(u8, u8)>,
    }

    impl Look {
        fn say(
            &mut self,
            commands: &mut Commands,
            name: &str,
            args: &[String],
            is_star: bool,
        ) -> Option<bool> {
            let first = args.first().map(String::as_str);
            match name {
                "bold" => {
                    self.bold = first.map_or(!self.bold, |on| on == "true");
                    commands.bold(self.bold);
                }
                "width" => self.width = first?.parse().ok(),
                "height" => self.height = first?.parse().ok(),
                _ => {
                    self.settle(commands);
                    return say(commands, name, args, is_star);
                }
            }
            Some(true)
        }

        fn settle(&mut self, commands: &mut Commands) {
            let wanted = (self.width.unwrap_or(1), self.height.unwrap_or(1));
            if wanted != self.told.unwrap_or((1, 1)) {
                commands.size(wanted.0, wanted.1).unwrap();
                self.told = Some(wanted);
            }
        }
    }

    fn replace(bytes: &[u8], from: &[u8; 2], to: &[u8; 1]) -> Vec<u8> {
        let mut replaced = Vec::new();
        let mut rest = bytes;
        while let [first, after @ ..] = rest {
            if let Some(behind) = rest.strip_prefix(from) {
                replaced.extend(to);
                rest = behind;
            } else {
                replaced.push(*first);
                rest = after;
            }
        }
        replaced
    }

    /// `.name(args).name(args)`.
    fn calls(chain: &str) -> Vec<(String, Vec<String>)> {
        let calls = chain.trim_start_matches('.').trim_end_matches(')').split(").");
        calls
            .map(|call| {
                let (name, args) = call.split_once('(').unwrap_or((call, ""));
                let args = args.split(", ").map(|arg| arg.trim_matches('\'').to_owned());
                (name.to_owned(), args.filter(|arg| !arg.is_empty()).collect())
            })
            .collect()
    }

    fn say(commands: &mut Commands, name: &str, args: &[String], is_star: bool) -> Option<bool> {
        let first = args.first().map(String::as_str);
        let number = |at: usize| args.get(at).and_then(|text| text.parse::<u8>().ok());
        match (name, first) {
            ("text", Some(text)) => Some(commands.text(text).is_ok()),
            ("line", Some(text)) => {
                let written = commands.text(text).is_ok();
                commands.feed(1);
                Some(written)
            }
            ("newline", count) => {
                let count: u8 = count.map_or(Some(1), |text| text.parse().ok())?;
                (0..count).for_each(|_| commands.feed(1));
                Some(true)
            }
            ("codepage", Some("auto")) => Some(true),
            ("codepage", Some(page)) => {
                let number = match page {
                    "epson/katakana" => 1,
                    "cp437" if is_star => 1,
                    "windows1252" if is_star => 32,
                    "cp437" => 0,
                    "windows1252" => 16,
                    _ => return None,
                };
                commands.code_page(number);
                Some(true)
            }
            ("align", Some(place)) => {
                let place = match place {
                    "left" => Align::Left,
                    "center" => Align::Centre,
                    "right" => Align::Right,
                    _ => return None,
                };
                commands.align(place);
                Some(true)
            }
            ("qrcode", Some(text)) => match args.get(1).map(String::as_str) {
                None => Some(commands.qr(text, QrLevel::Medium, 6).is_ok()),
                Some("2") => Some(commands.qr(text, QrLevel::High, number(2)?).is_ok()),
                Some(_) => None,
            },
            ("barcode", Some(text)) if args.get(1).map(String::as_str) == Some("code128") => {
                commands.barcode_height(number(2)?);
                commands.barcode_width(3);
                commands.barcode_text(false);
                Some(commands.code128(text).is_ok())
            }
            // Their picture: eight by eight, one black dot in the corner.
            ("image", _) => Some(commands.image(1, 8, &[128, 0, 0, 0, 0, 0, 0, 0]).is_ok()),
            ("pulse", None) => {
                commands.drawer(DrawerPin::Two, 100, 500);
                Some(true)
            }
            ("cut", None | Some("full")) => {
                commands.cut(Cut::Full, 0);
                Some(true)
            }
            ("cut", Some("partial")) => {
                commands.cut(Cut::Partial, 0);
                Some(true)
            }
            ("raw", Some(_)) => {
                commands.single_byte();
                Some(true)
            }
            _ => None,
        }
    }
}

#[test]
fn commands_are_those_of_escpos_php() {
    let cases: php::Cases = serde_json::from_str(include_str!("data/escpos_php.json")).unwrap();
    assert_eq!(cases.cases.len(), 125);
    let pages = profile("default").unwrap().code_pages;
    let matches = cases.cases.iter().map(|case| (case.name.clone(), case.matches(&pages))).collect();
    compare(&matches, &differences().escpos_php);
}

#[test]
fn commands_are_those_of_receiptprinterencoder() {
    let text = include_str!("data/escpos_receiptprinterencoder.json");
    let cases: encoder::Cases = serde_json::from_str(text).unwrap();
    for (language, kind, count, differences) in [
        ("esc-pos", "default", 33, differences().receiptprinterencoder),
        ("star-prnt", "star-80", 29, differences().star_prnt),
    ] {
        let profile = profile(kind).unwrap();
        let ours = cases.cases.iter().filter(|case| case.language == language);
        let matches: BTreeMap<_, _> = ours.map(|case| (case.name.clone(), case.matches(&profile))).collect();
        assert_eq!(matches.len(), count);
        compare(&matches, &differences);
    }
}
