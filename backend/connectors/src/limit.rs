//! Limit: how often a remote system may be asked: one mechanism for those that count by time, by what is left, and by cost.
//! Lives here: what was sent and said of one connection. May use: std. Never: a clock (now is an argument).
//! Invariant: within any window no more is sent than the remote allows, whatever it says meanwhile.

use std::collections::VecDeque;

/// What a remote allows, as its vendor publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests under way at once.
    pub at_once: usize,
    /// So many requests in so many ms; none where the vendor names no number.
    pub per: Option<(usize, i64)>,
}

/// What an answer says is still allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Requests, or units of cost.
    pub left: i64,
    /// What the next request is likely to take of them.
    pub next_takes: i64,
    /// When enough is back, ms from the answer.
    pub back_in_ms: i64,
}

/// What was sent and what was said, of one connection.
#[derive(Clone, Debug)]
pub struct Limiter {
    limits: Limits,
    sent: VecDeque<i64>,
    not_before_ms: i64,
}

impl Limiter {
    /// Nothing sent yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, sent: VecDeque::new(), not_before_ms: i64::MIN }
    }

    /// From when on the next request may be sent, epoch ms; not after `now_ms` means now.
    pub fn free_at_ms(&self, now_ms: i64) -> i64 {
        let window = match self.limits.per {
            Some((most, window_ms)) if self.sent.len() >= most.max(1) => {
                let oldest = self.sent.get(self.sent.len() - most.max(1)).copied().unwrap_or(now_ms);
                oldest.saturating_add(window_ms)
            }
            _ => now_ms,
        };
        window.max(self.not_before_ms).max(now_ms)
    }

    /// One is sent now.
    pub fn sent(&mut self, now_ms: i64) {
        let Some((most, _)) = self.limits.per else { return };
        self.sent.push_back(now_ms);
        while self.sent.len() > most.max(1) {
            self.sent.pop_front();
        }
    }

    /// An answer said so.
    pub fn heard(&mut self, allowance: Option<Allowance>, now_ms: i64) {
        if let Some(allowance) = allowance.filter(|told| told.left < told.next_takes) {
            self.rest(allowance.back_in_ms, now_ms);
        }
    }

    /// The remote asked for a break.
    pub fn rest(&mut self, wait_ms: i64, now_ms: i64) {
        self.not_before_ms = self.not_before_ms.max(now_ms.saturating_add(wait_ms.max(0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_holds_more_than_is_allowed() {
        let mut limiter = Limiter::new(Limits { at_once: 1, per: Some((3, 1_000)) });
        let mut sent: Vec<i64> = Vec::new();
        let mut now = 0;
        for step in 0..200_i64 {
            now = limiter.free_at_ms(now);
            limiter.sent(now);
            sent.push(now);
            // Sometimes somebody waits by themselves.
            now += if step % 7 == 0 { 900 } else { 1 };
        }
        for (at, first) in sent.iter().enumerate() {
            let within = sent.iter().skip(at).take_while(|next| **next < first + 1_000).count();
            assert!(within <= 3, "{within} from {first} on");
        }
        assert!(now < 200 * 1_000, "and it does not sleep without need: {now}");
    }

    #[test]
    fn what_is_left_is_believed_and_a_break_is_kept() {
        let mut limiter = Limiter::new(Limits { at_once: 1, per: None });
        assert_eq!(limiter.free_at_ms(5), 5);
        limiter.heard(Some(Allowance { left: 2, next_takes: 1, back_in_ms: 9_000 }), 5);
        assert_eq!(limiter.free_at_ms(5), 5);
        limiter.heard(Some(Allowance { left: 0, next_takes: 1, back_in_ms: 9_000 }), 5);
        assert_eq!(limiter.free_at_ms(6), 9_005);
        limiter.rest(100, 20);
        assert_eq!(limiter.free_at_ms(20), 9_005, "the longer of two breaks");
        assert_eq!(limiter.free_at_ms(10_000), 10_000);
        limiter.heard(None, 10_000);
        assert_eq!(limiter.free_at_ms(10_000), 10_000);
    }
}
