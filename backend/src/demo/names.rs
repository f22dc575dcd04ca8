//! Names: the shouting upper case of an old stock list, written as on a shelf; and the group a name belongs to.

/// Words that keep a capital wherever they stand.
const PROPER: [&str; 24] = [
    "christmas",
    "xmas",
    "easter",
    "valentine",
    "london",
    "england",
    "english",
    "paris",
    "parisienne",
    "french",
    "danish",
    "scandinavian",
    "russian",
    "swiss",
    "japanese",
    "chinese",
    "indian",
    "moroccan",
    "american",
    "spanish",
    "regency",
    "victorian",
    "edwardian",
    "union",
];
/// Words that are written in capitals.
const CAPITALS: [&str; 8] = ["cd", "led", "uk", "diy", "usb", "i", "abc", "rc"];

/// `WHITE HANGING HEART T-LIGHT HOLDER` → `White hanging heart T-light holder`.
pub fn shelf_name(shouted: &str) -> String {
    let words = shouted.split_whitespace().map(|word| shelf_word(&word.to_lowercase()));
    let name = words.collect::<Vec<_>>().join(" ");
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn shelf_word(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if CAPITALS.contains(&bare) {
        return word.to_uppercase();
    }
    if PROPER.contains(&bare) || PROPER.contains(&bare.trim_end_matches('s')) {
        return capitalised(word);
    }
    if let Some(rest) = word.strip_prefix("t-light") {
        return format!("T-light{rest}");
    }
    word.to_owned()
}

fn capitalised(word: &str) -> String {
    let mut done = false;
    word.chars()
        .map(|letter| {
            let first = !done && letter.is_alphabetic();
            done |= first;
            if first { letter.to_ascii_uppercase() } else { letter }
        })
        .collect()
}

/// Groups, by the words of a name; the first that fits.
const GROUPS: [(&str, &[&str]); 13] = [
    ("Christmas", &["christmas", "xmas", "advent", "snowflake", "reindeer", "santa", "nativity", "bauble"]),
    ("Candles & lights", &["candle", "t light", "lantern", "lights", "lamp", "tealight", "light", "incense"]),
    ("Bags & purses", &["bag", "purse", "shopper", "wallet", "handbag", "rucksack"]),
    (
        "Stationery",
        &[
            "card", "notebook", "pen", "pencil", "wrap", "sticker", "journal", "paper", "chalk", "calendar",
            "stamp", "ribbon", "tape", "envelope", "book", "eraser", "ruler",
        ],
    ),
    (
        "Kitchen",
        &[
            "mug",
            "cup",
            "teacup",
            "bowl",
            "plate",
            "cake",
            "cakestand",
            "baking",
            "apron",
            "jug",
            "teapot",
            "jar",
            "tea",
            "coffee",
            "kitchen",
            "egg",
            "bottle",
            "lunch",
            "spoon",
            "fork",
            "knife",
            "napkin",
            "napkins",
            "glass",
            "cutlery",
            "oven",
            "recipe",
            "jelly",
            "coaster",
            "tray",
            "colander",
            "scales",
            "biscuit",
            "bread",
        ],
    ),
    (
        "Jewellery",
        &["necklace", "bracelet", "earrings", "ring", "brooch", "bangle", "jewel", "hair", "bead", "pendant"],
    ),
    (
        "Toys & games",
        &[
            "toy",
            "game",
            "doll",
            "puzzle",
            "playhouse",
            "skittles",
            "robot",
            "children",
            "childrens",
            "kids",
            "playing",
            "spinning",
            "balloon",
            "balloons",
            "inflatable",
            "dolly",
            "magic",
            "party",
            "jigsaw",
            "domino",
        ],
    ),
    (
        "Garden",
        &["garden", "plant", "flower", "flowers", "herb", "watering", "bird", "parasol", "picnic", "deck"],
    ),
    ("Bath & soap", &["soap", "bath", "bathroom", "towel", "shower", "toilet", "hand warmer", "hot water"]),
    (
        "Storage",
        &[
            "box", "boxes", "tin", "tins", "basket", "drawer", "cabinet", "hook", "hooks", "hanger", "rack",
            "storage",
        ],
    ),
    (
        "Signs & frames",
        &[
            "sign", "frame", "frames", "picture", "photo", "mirror", "clock", "wall", "plaque", "block",
            "letter", "bunting",
        ],
    ),
    (
        "Textiles",
        &[
            "cushion", "throw", "rug", "quilt", "cover", "doormat", "scarf", "socks", "slippers", "felt",
            "knitted",
        ],
    ),
    (
        "Hearts & decorations",
        &["heart", "hearts", "decoration", "garland", "wreath", "angel", "ornament", "hanging"],
    ),
];

/// The group of a name.
pub fn group_of(name: &str) -> &'static str {
    let folded = shared::catalog::fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let is = |word: &str, sought: &str| word == sought || word.strip_suffix('s') == Some(sought);
    let has = |sought: &str| match sought.split_once(' ') {
        None => words.iter().any(|word| is(word, sought)),
        Some((first, second)) => words.windows(2).any(|pair| pair[0] == first && is(pair[1], second)),
    };
    GROUPS.iter().find(|(_, words)| words.iter().any(|word| has(word))).map_or("Gifts", |(group, _)| group)
}

/// All groups, in the order of their chips.
pub fn groups() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|(group, _)| *group).chain(std::iter::once("Gifts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shouting_becomes_a_shelf_name() {
        for (shouted, name) in [
            ("WHITE HANGING HEART T-LIGHT HOLDER", "White hanging heart T-light holder"),
            ("PARTY BUNTING", "Party bunting"),
            ("RECORD FRAME 7\" SINGLE SIZE ", "Record frame 7\" single size"),
            ("SET OF 3 REGENCY CAKE TINS", "Set of 3 Regency cake tins"),
            ("15CM CHRISTMAS GLASS BALL 20 LIGHTS", "15cm Christmas glass ball 20 lights"),
            ("12 COLOURED UK PARTY BALLOONS", "12 coloured UK party balloons"),
        ] {
            assert_eq!(shelf_name(shouted), name);
        }
    }

    #[test]
    fn names_fall_into_groups() {
        assert_eq!(group_of("White hanging heart T-light holder"), "Candles & lights");
        assert_eq!(group_of("Regency cakestand 3 tier"), "Kitchen");
        assert_eq!(group_of("Jumbo bag red retrospot"), "Bags & purses");
        assert_eq!(group_of("Assorted colour thing"), "Gifts");
    }
}
