//! Pick: whole pieces taken out of the goods of a cart, set by set.
//!
//! A set that was put together is repeated as often as all its goods suffice, so that the work goes by the number of lines,
//! not by the number of pieces.

/// Pieces of one line in a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    /// Which of the goods.
    pub good: usize,
    /// How many in one set.
    pub pieces: i64,
    /// Is it of those that become cheaper?
    pub gift: bool,
}

/// A set and how often it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sets {
    pub picks: Vec<Pick>,
    pub times: i64,
}

/// Goods in an order, walked through once.
pub(super) struct Queue {
    order: Vec<usize>,
    at: usize,
}

impl Queue {
    pub fn new(order: Vec<usize>) -> Self {
        Self { order, at: 0 }
    }

    /// Takes so many pieces from the front. False where there are not enough.
    pub fn take(&mut self, mut pieces: i64, left: &mut [i64], gift: bool, picks: &mut Vec<Pick>) -> bool {
        let mut at = self.at;
        while pieces > 0 {
            let Some(&good) = self.order.get(at) else { return false };
            let Some(here) = left.get_mut(good) else { return false };
            if *here == 0 {
                // Used up for good only as long as nothing before it is left.
                self.at += usize::from(at == self.at);
                at += 1;
                continue;
            }
            let taken = pieces.min(*here);
            *here -= taken;
            pieces -= taken;
            picks.push(Pick { good, pieces: taken, gift });
        }
        true
    }
}

/// Repeats a set that was just taken as often as what is left allows, `most` times in all.
pub(super) fn repeated(picks: Vec<Pick>, left: &mut [i64], most: i64) -> Sets {
    let need =
        |good: usize| picks.iter().filter(|pick| pick.good == good).map(|pick| pick.pieces).sum::<i64>();
    let more = picks.iter().map(|pick| left.get(pick.good).map_or(0, |left| left / need(pick.good).max(1)));
    let more = more.min().unwrap_or(0).min(most.saturating_sub(1)).max(0);
    for pick in &picks {
        if let Some(left) = left.get_mut(pick.good) {
            *left -= pick.pieces * more;
        }
    }
    Sets { picks, times: more + 1 }
}
