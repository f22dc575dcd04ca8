//! Chance: numbers that look random and come again with the same seed, for shuffling and for ids.

use shared::ids::{Mint, mint};
use uuid::Uuid;

/// SplitMix64 (Steele, Lea, Flood 2014): small, seedable, good enough for shuffling; not for secrets.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most` (zero for a `most` of zero).
    pub fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        usize::try_from(self.number().checked_rem(most).unwrap_or(0)).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.number() % 100 < u64::from(percent)
    }

    /// Brings a list into another order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(at + 1);
            list.swap(at, other);
        }
    }

    /// A source of ids of a time.
    pub fn ids(&mut self, at_ms: i64) -> impl Mint + '_ {
        move || -> Uuid {
            let (high, low) = (self.number().to_be_bytes(), self.number().to_be_bytes());
            let mut random = [0; 10];
            random[..8].copy_from_slice(&high);
            random[8..].copy_from_slice(&low[..2]);
            mint(at_ms, random)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_order_and_keeps_everything() {
        let order = |seed| {
            let mut list: Vec<u32> = (0..100).collect();
            Chance::new(seed).shuffle(&mut list);
            list
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        let mut sorted = order(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    }
}
