//! Weighing: a scale is asked how heavy it is while somebody looks, and told what somebody wants of it.
//! May use: the readers. Never: a timer, a cable: those are outputs.
//! Invariant: one question at a time; a scale that is not there, or silent, has no weight.

use super::{Order, Protocol, Reader, Reading, Said, Weight};

/// So long after an answer it is asked again.
const AGAIN_MS: i64 = 200;
/// A scale answers within one of its own cycles; what takes longer is silence.
const ANSWER_WITHIN_MS: i64 = 1_000;
/// Zero and tare wait until it stands still, or give up by themselves.
const ORDER_WITHIN_MS: i64 = 6_000;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The scale is there and open.
    Connected,
    /// It is not any more.
    Gone,
    /// It sent bytes.
    Heard(&'a [u8]),
    /// Somebody begins or ceases to look at it.
    Watched(bool),
    /// Somebody wants this of it.
    Wanted(Order),
    /// A time asked for with [`Output::WakeAt`] has come.
    Woken,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Give [`Input::Woken`] at this time, epoch ms.
    WakeAt(i64),
}

/// How a scale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not plugged in, or off.
    Unplugged,
    /// It does not answer.
    Silent,
    /// It is asked for the first time, or was told something and has not answered.
    Waiting,
    /// It has said how heavy it is.
    Weighed(Reading),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// For its answer, until then.
    Asked { until_ms: i64 },
    /// For the next question.
    Resting { until_ms: i64 },
}

/// A scale at work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weighing {
    reader: Reader,
    connected: bool,
    watched: bool,
    stage: Stage,
    silent: bool,
    reading: Option<Reading>,
    /// What it is to be told next.
    wanted: Option<Order>,
    refused: Option<Order>,
    tare: Option<Weight>,
}

impl Weighing {
    /// A scale that speaks this.
    pub fn of(protocol: Protocol) -> Self {
        Self { reader: Reader::of(protocol), ..Self::default() }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match self.reading {
            _ if !self.connected => Standing::Unplugged,
            _ if self.silent => Standing::Silent,
            // Not every scale says that it takes packaging off.
            Some(Reading::Stable { weight, net }) => {
                Standing::Weighed(Reading::Stable { weight, net: net || self.tare.is_some() })
            }
            Some(reading) => Standing::Weighed(reading),
            None => Standing::Waiting,
        }
    }

    /// What it was told and could not do, until it is told again or something else lies on it.
    pub const fn refused(&self) -> Option<Order> {
        self.refused
    }

    /// The packaging it takes off, where it has said how heavy that is.
    pub const fn tare(&self) -> Option<Weight> {
        self.tare
    }
}

/// One step.
pub fn step(weighing: Weighing, input: Input, now_ms: i64) -> (Weighing, Vec<Output>) {
    let mut weighing = weighing;
    let mut outputs = Vec::new();
    match input {
        Input::Connected => weighing = connected(weighing, true),
        Input::Gone => weighing = connected(weighing, false),
        Input::Heard(bytes) => {
            for said in weighing.reader.read(bytes) {
                heard(&mut weighing, said, now_ms);
            }
        }
        Input::Watched(is) => {
            weighing.watched = is;
            // What it said before somebody looked away is not how it is now.
            weighing.reading = weighing.reading.filter(|_| is);
            weighing.refused = None;
        }
        Input::Wanted(order) => {
            weighing.refused = None;
            weighing.wanted = Some(order);
        }
        Input::Woken => woken(&mut weighing, now_ms),
    }
    go_on(&mut weighing, now_ms, &mut outputs);
    (weighing, outputs)
}

/// It was plugged in or out: a tare is the scale's own and may have gone with its current.
fn connected(before: Weighing, connected: bool) -> Weighing {
    let protocol = before.reader.protocol;
    Weighing { connected, watched: before.watched, ..Weighing::of(protocol) }
}

fn heard(weighing: &mut Weighing, said: Said, now_ms: i64) {
    weighing.silent = false;
    match (said, weighing.reader.told) {
        (Said::Reading(reading), None) => {
            // Something else lies on it: what it could not do before is no news any more.
            if weighing.reading.is_some_and(|before| before != reading) {
                weighing.refused = None;
            }
            weighing.reading = Some(reading);
        }
        // The answer to an earlier question; what it was told is still to be answered.
        (Said::Reading(reading), Some(_)) => {
            weighing.reading = Some(reading);
            return;
        }
        (Said::Done(tare), Some(Order::Tare)) => weighing.tare = tare.filter(|tare| tare.millionths > 0),
        (Said::Done(_), Some(Order::ClearTare)) => weighing.tare = None,
        (Said::Done(_), _) => {}
        (Said::Refused, told) => weighing.refused = told,
    }
    let told = weighing.reader.told.take();
    if told.is_some() && told != weighing.refused {
        // What it said before is not how heavy it is now.
        weighing.reading = None;
    }
    if let Stage::Asked { .. } = weighing.stage {
        weighing.stage = Stage::Resting { until_ms: now_ms.saturating_add(AGAIN_MS) };
    }
}

fn woken(weighing: &mut Weighing, now_ms: i64) {
    match weighing.stage {
        Stage::Asked { until_ms } if now_ms >= until_ms => {
            weighing.refused = weighing.reader.told.take().or(weighing.refused);
            weighing.silent = true;
            weighing.reading = None;
            weighing.stage = Stage::Idle;
        }
        Stage::Resting { until_ms } if now_ms >= until_ms => weighing.stage = Stage::Idle,
        _ => {}
    }
}

/// Asks or tells it what is next.
fn go_on(weighing: &mut Weighing, now_ms: i64, outputs: &mut Vec<Output>) {
    if !weighing.connected {
        return;
    }
    if let Stage::Asked { until_ms } | Stage::Resting { until_ms } = weighing.stage {
        // Somebody who waits for a zero or a tare need not wait for the rest between two questions.
        if weighing.wanted.is_none() || matches!(weighing.stage, Stage::Asked { .. }) {
            outputs.push(Output::WakeAt(until_ms));
            return;
        }
    }
    let (bytes, within_ms) = match weighing.wanted.take() {
        Some(order) => match weighing.reader.tell(order) {
            Some(bytes) => (bytes, ORDER_WITHIN_MS),
            None => {
                weighing.refused = Some(order);
                return go_on(weighing, now_ms, outputs);
            }
        },
        None if weighing.watched => (weighing.reader.ask(), ANSWER_WITHIN_MS),
        None => {
            weighing.stage = Stage::Idle;
            return;
        }
    };
    outputs.push(Output::Send(bytes));
    let until_ms = now_ms.saturating_add(within_ms);
    weighing.stage = Stage::Asked { until_ms };
    outputs.push(Output::WakeAt(until_ms));
}
