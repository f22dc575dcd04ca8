//! Read: lines as words, and numbers and promotions out of words.
//!
//! A shop: `shop GBP inside 20 [per sale] [coins 5]`, `product NAME PRICE [GROUP] [kg]`,
//! `list "NAME" [when…] : A 2.00 , A from 10 1.80`, `promotion "NAME" [when…] [on A food not B] : OFFER`.
//! When: `priority 2`, `group trade`, `from DAY`, `to DAY`, `days 1 2`, `hours 14:00 16:00`, `with-others`, `only-one`,
//! `coupon CODE [uses 3 of 3]`, `minimum 20.00`, `most 1`.
//! Offers: `percent 10`, `each 0.50`, `amount 5.00`, `buy 2 get 1 [off 50] [of B]`, `3 for 5.00`,
//! `bundle 1 A 2 food for 9.00`, `tiers 5 10% 10 20%`, `tiers-amount 50.00 10%`.
//! A case: `case WORDS`, `at DAY HH:MM`, `group NAME`, `scan A [2]`, `add A 2` (on a line of its own), `return A 1`, `remove A`,
//! `price A 1.00`, `discount A 10%|1.00`, `discount 10%|1.00`, `coupon CODE`, `tender cash|card 20.00`.
//! What must be: `total`, `net`, `tax`, `saved`, `change`, `due` with an amount; `line A 7.65` after all discounts;
//! `unit A 2.00 ["LIST"]`; `why A "NAME" 2.55`; `why A nothing`; `near "NAME" 1 more|5.00 amount|taken`; `near nothing`;
//! `printed "3 for 2 −3.00"`: a row of the receipt, once it is paid;
//! `refused CODE unknown|not-now|not-here|used-up|no-goods|missing`.

/// Words; what stands in quotes is one, `#` begins a remark.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// The words behind one of these, up to the next word that opens something.
pub fn after<'a>(words: &'a [String], key: &str, openers: &[&str]) -> Option<&'a [String]> {
    let at = words.iter().position(|word| word == key)? + 1;
    let rest = &words[at..];
    let end = rest.iter().position(|word| openers.contains(&word.as_str())).unwrap_or(rest.len());
    Some(&rest[..end])
}
