//! Tests of the queue: a printer that goes away, runs out of paper, is silent or fails, step by step and at random.

use super::*;
use uuid::Uuid;

const WELL: PrinterStatus = PrinterStatus {
    paper_out: false,
    paper_low: false,
    cover_open: false,
    offline: false,
    error: false,
    drawer_open: false,
};
const OUT: PrinterStatus = PrinterStatus { paper_out: true, offline: true, ..WELL };
const DONE: JobState = JobState::Printed { proven: true };
const SEEMS_DONE: JobState = JobState::Printed { proven: false };
const COVER: PrinterStatus = PrinterStatus { cover_open: true, offline: true, ..WELL };

fn id(number: u128) -> PrintJobId {
    PrintJobId(Uuid::from_u128(number))
}

fn receipt(number: u128) -> Work {
    Work::Receipt { sale_id: SaleId(Uuid::from_u128(number)), copy: false }
}

/// A tablet that keeps at once what it is told to keep.
#[derive(Default)]
struct Desk {
    queue: PrintQueue,
    now_ms: i64,
    /// What was last made durable.
    disk: Vec<Job>,
    /// What is wanted of the cable, as letters.
    told: Vec<String>,
}

impl Desk {
    fn with_printer() -> Self {
        let mut desk = Self::default();
        desk.tell(Input::Connected);
        desk
    }

    fn tell(&mut self, input: Input) {
        let (queue, outputs) = step(std::mem::take(&mut self.queue), input, self.now_ms);
        self.queue = queue;
        for output in outputs {
            match output {
                Output::Keep(turn) => {
                    self.disk = self.queue.kept();
                    self.tell(Input::Kept(turn));
                }
                Output::Ask => self.told.push("ask".into()),
                Output::Send(job, Part::Body { anew }) => {
                    self.told.push(format!("{}{}", job.id.0.as_u128(), if anew { " anew" } else { "" }));
                }
                Output::Send(job, Part::End) => self.told.push(format!("{} end", job.id.0.as_u128())),
                Output::WakeAt(at_ms) => self.told.push(format!("wake {}", at_ms - self.now_ms)),
            }
        }
    }

    fn told(&mut self) -> String {
        // The same wake asked for twice is one.
        self.told.dedup_by(|one, before| one == before && one.starts_with("wake"));
        std::mem::take(&mut self.told).join(", ")
    }

    fn tell_all(&mut self, inputs: &[Input]) -> String {
        for input in inputs {
            self.tell(*input);
        }
        self.told()
    }

    fn state(&self, number: u128) -> Option<JobState> {
        self.queue.jobs().iter().find(|job| job.id == id(number)).map(|job| job.state)
    }

    /// The page is loaded anew; the printer is still there.
    fn reload(self) -> Self {
        Self { queue: PrintQueue::of(self.disk.clone()), disk: self.disk, ..Self::default() }
    }
}

use Input::{Add, Again, Broken, Connected, Forget, Gone, Look, Proof, Sent, Status, Told, Woken};

#[test]
fn a_receipt_is_asked_for_sent_cut_and_proven() {
    let mut desk = Desk::with_printer();
    assert_eq!(desk.tell_all(&[Status(Some(WELL))]), "ask");
    assert_eq!(desk.tell_all(&[Add(id(1), receipt(1))]), "ask");
    assert_eq!(desk.tell_all(&[Status(Some(WELL))]), "1");
    assert_eq!(desk.state(1), Some(JobState::Sending));
    assert_eq!(desk.tell_all(&[Sent]), "1 end");
    assert_eq!(desk.tell_all(&[Sent]), "wake 20000");
    assert_eq!(desk.state(1), Some(JobState::Ending));
    assert_eq!(desk.tell_all(&[Add(id(2), receipt(2))]), "", "one after the other");
    assert_eq!(desk.tell_all(&[Proof]), "ask");
    assert_eq!((desk.state(1), desk.state(2)), (Some(DONE), Some(JobState::Waiting)));
}

/// What becomes of a receipt whose printing is disturbed, and what is sent once the printer is back.
#[test]
fn a_disturbed_receipt_comes_out_once() {
    let well = Status(Some(WELL));
    for (name, events, state, then) in [
        ("pulled before it began", vec![Gone], JobState::Waiting, "ask, 1, 1 end, wake 20000"),
        ("pulled in the middle", vec![well, Gone], JobState::Waiting, "ask, 1 anew, 1 end, wake 20000"),
        ("pulled while it was cut", vec![well, Sent, Gone], JobState::Unsure, "ask"),
        ("pulled before it was proven", vec![well, Sent, Sent, Gone], JobState::Unsure, "ask"),
        ("proven before it had left", vec![well, Sent, Proof, Sent], DONE, "ask"),
        ("pulled after it was proven", vec![well, Sent, Sent, Proof, Gone], DONE, "ask"),
        ("broke off while it was cut", vec![well, Sent, Broken, Gone], JobState::Unsure, "ask"),
    ] {
        let mut desk = Desk::with_printer();
        desk.tell_all(&[well, Add(id(1), receipt(1))]);
        desk.tell_all(&events);
        assert_eq!(desk.state(1), Some(state), "{name}");
        assert_eq!(desk.tell_all(&[Connected, well, Sent, Sent]), then, "{name}");
    }
}

/// The same, when the tablet is loaded anew instead.
#[test]
fn a_tablet_loaded_anew_knows_what_it_was_printing() {
    let well = Status(Some(WELL));
    for (name, events, state, then) in [
        ("before it began", vec![], Some(JobState::Waiting), "ask, 1, 1 end, wake 20000"),
        ("in the middle", vec![well], Some(JobState::Waiting), "ask, 1 anew, 1 end, wake 20000"),
        ("while it was cut", vec![well, Sent], Some(JobState::Unsure), "ask"),
        ("after it was proven", vec![well, Sent, Sent, Proof], None, "ask"),
    ] {
        let mut desk = Desk::with_printer();
        desk.tell_all(&[well, Add(id(1), receipt(1))]);
        desk.tell_all(&events);
        let mut desk = desk.reload();
        assert_eq!(desk.state(1), state, "{name}");
        assert_eq!(desk.tell_all(&[Connected, well, Sent, Sent]), then, "{name}");
    }
}

#[test]
fn a_printer_that_cannot_print_is_waited_for() {
    for (status, hold) in [
        (Some(OUT), Hold::PaperOut),
        (Some(COVER), Hold::CoverOpen),
        (Some(PrinterStatus { offline: true, ..WELL }), Hold::Trouble),
        (Some(PrinterStatus { error: true, ..WELL }), Hold::Trouble),
        (None, Hold::Silent),
    ] {
        let mut desk = Desk::with_printer();
        desk.tell_all(&[Status(Some(WELL)), Add(id(1), receipt(1))]);
        assert_eq!(desk.tell_all(&[Status(status)]), "wake 2000", "{hold:?}");
        assert_eq!((desk.queue.hold(), desk.state(1)), (Some(hold), Some(JobState::Waiting)));
        desk.now_ms = 2_000;
        assert_eq!(desk.tell_all(&[Woken]), "ask");
        assert_eq!(desk.tell_all(&[Status(Some(WELL))]), "1");
        assert_eq!(desk.queue.hold(), None);
    }
    let mut desk = Desk::with_printer();
    desk.tell_all(&[Status(Some(OUT)), Add(id(1), receipt(1)), Status(Some(OUT))]);
    assert_eq!(desk.tell_all(&[Status(Some(WELL))]), "ask", "it said by itself that it has paper again");
}

#[test]
fn a_printer_that_never_answers_prints_without_proof() {
    let mut desk = Desk::with_printer();
    desk.tell_all(&[Status(None), Add(id(1), receipt(1))]);
    assert_eq!(desk.tell_all(&[Status(None), Sent, Sent]), "1, 1 end");
    assert_eq!((desk.state(1), desk.queue.hold()), (Some(SEEMS_DONE), None));
}

/// All is sent and the printer has not said that it is out: it is asked.
#[test]
fn what_is_not_proven_is_asked_about() {
    for (status, told, state) in [
        (Some(WELL), "", SEEMS_DONE),
        (Some(OUT), "wake 2000", JobState::Ending),
        (None, "", JobState::Unsure),
    ] {
        let mut desk = Desk::with_printer();
        desk.tell_all(&[Status(Some(WELL)), Add(id(1), receipt(1)), Status(Some(WELL)), Sent, Sent]);
        assert_eq!(desk.tell_all(&[Woken]), "", "too early");
        desk.now_ms = 20_000;
        assert_eq!(desk.tell_all(&[Woken]), "ask");
        assert_eq!(desk.tell_all(&[Status(status)]), told, "{status:?}");
        assert_eq!(desk.state(1), Some(state), "{status:?}");
    }
}

#[test]
fn what_fails_is_tried_again_and_then_left_to_a_person() {
    let mut desk = Desk::with_printer();
    desk.tell_all(&[Status(Some(WELL)), Add(id(1), receipt(1)), Status(Some(WELL))]);
    for _ in 0..2 {
        assert_eq!(desk.tell_all(&[Broken]), "wake 1000");
        desk.now_ms += 1_000;
        assert_eq!(desk.tell_all(&[Woken, Status(Some(WELL))]), "ask, 1 anew");
    }
    assert_eq!(desk.tell_all(&[Broken]), "");
    assert_eq!(desk.state(1), Some(JobState::Failed));
    desk.now_ms += 1_000;
    assert_eq!(desk.tell_all(&[Again(id(1)), Status(Some(WELL))]), "ask, 1 anew");
}

/// A server prints for the tablet: it alone knows whether the end was on its way, and says so.
#[test]
fn what_somebody_else_printed_is_what_they_say() {
    let told = |outcome| {
        let mut desk = Desk::with_printer();
        desk.tell_all(&[Status(Some(WELL)), Add(id(1), receipt(1)), Status(Some(WELL)), Sent]);
        let then = desk.tell_all(&[Told(outcome)]);
        (desk, then)
    };
    for (outcome, state, then) in [
        (Outcome::Printed { proven: true }, DONE, ""),
        (Outcome::Printed { proven: false }, SEEMS_DONE, ""),
        (Outcome::Unknown, JobState::Unsure, ""),
        (Outcome::NotPrinted { begun: true }, JobState::Waiting, "wake 1000"),
        (Outcome::NotPrinted { begun: false }, JobState::Waiting, "wake 1000"),
    ] {
        let (desk, wants) = told(outcome);
        assert_eq!((desk.state(1), wants.as_str()), (Some(state), then), "{outcome:?}");
    }
    for (begun, then) in [(true, "ask, 1 anew"), (false, "ask, 1")] {
        let (mut desk, _) = told(Outcome::NotPrinted { begun });
        desk.now_ms += 1_000;
        assert_eq!(desk.tell_all(&[Woken, Status(Some(WELL))]), then, "a cut only behind what came out");
    }
    let (mut desk, _) = told(Outcome::NotPrinted { begun: false });
    assert_eq!(
        desk.tell_all(&[Told(Outcome::Printed { proven: true })]),
        "wake 1000",
        "nothing is with them any more: it goes on waiting"
    );
    assert_eq!(desk.state(1), Some(JobState::Waiting));
    let mut desk = Desk::with_printer();
    desk.tell_all(&[Status(Some(WELL)), Add(id(2), Work::Drawer), Status(Some(WELL))]);
    desk.tell_all(&[Told(Outcome::NotPrinted { begun: false })]);
    assert_eq!(desk.state(2), Some(JobState::Failed), "a drawer opens now or not at all");
}

#[test]
fn a_person_decides_about_what_may_be_out() {
    let unsure = || {
        let mut desk = Desk::with_printer();
        desk.tell_all(&[Status(Some(WELL)), Add(id(1), receipt(1)), Status(Some(WELL)), Sent, Gone]);
        desk.tell_all(&[Connected, Status(Some(WELL))]);
        desk
    };
    let mut desk = unsure();
    assert_eq!(desk.tell_all(&[Forget(id(1))]), "");
    assert_eq!(desk.state(1), None);
    let mut desk = unsure();
    assert_eq!(
        desk.tell_all(&[Again(id(1)), Status(Some(WELL)), Sent, Sent, Proof]),
        "ask, 1 anew, 1 end, wake 20000"
    );
    assert_eq!(desk.tell_all(&[Again(id(1))]), "", "it is out");
}

#[test]
fn a_drawer_opens_now_or_not_at_all() {
    let mut desk = Desk::with_printer();
    desk.tell_all(&[Status(Some(WELL)), Add(id(1), receipt(1))]);
    assert_eq!(desk.tell_all(&[Add(id(2), Work::Drawer), Status(Some(WELL))]), "2 end", "before the receipt");
    assert_eq!(desk.tell_all(&[Sent, Status(Some(WELL))]), "ask, 1");
    assert_eq!(desk.state(2), Some(SEEMS_DONE));
    assert_eq!(
        desk.tell_all(&[Gone, Add(id(3), Work::Drawer), Connected, Status(Some(OUT))]),
        "ask, wake 2000"
    );
    assert_eq!(desk.state(3), Some(JobState::Failed), "nobody stands there any more");
    assert_eq!(desk.tell_all(&[Add(id(4), Work::Drawer), Status(Some(OUT))]), "ask, wake 2000");
    assert_eq!(desk.state(4), Some(JobState::Failed), "it would open when paper is put in");
    assert!(desk.queue.kept().iter().all(|job| job.work != Work::Drawer));
}

#[test]
fn the_same_job_is_added_once_and_old_ones_are_forgotten() {
    let mut desk = Desk::with_printer();
    desk.tell(Status(Some(WELL)));
    for number in 0..200 {
        desk.tell_all(&[Add(id(number), receipt(number)), Status(Some(WELL)), Sent, Sent, Proof]);
        assert_eq!(desk.tell_all(&[Add(id(number), receipt(number))]), "");
    }
    assert!(desk.queue.jobs().len() <= MOST_DONE + 1);
    assert_eq!(desk.queue.kept(), []);
}

#[test]
fn a_look_asks_when_nothing_else_is_asked() {
    let mut desk = Desk::default();
    assert_eq!(desk.tell_all(&[Look]), "", "there is nobody to ask");
    assert_eq!(desk.tell_all(&[Connected, Look, Status(Some(COVER)), Look]), "ask, ask");
    assert_eq!(desk.queue.hold(), Some(Hold::CoverOpen));
}

/// Jobs outlive releases: one kept by the first is read.
#[test]
fn a_kept_job_is_read() {
    let text = r#"[{"id":"00000000-0000-0000-0000-000000000001","state":"sending","begun":true,
        "work":{"receipt":{"sale_id":"00000000-0000-0000-0000-000000000002","copy":true}}}]"#;
    let jobs: Vec<Job> = crate::json::read(text.as_bytes()).unwrap();
    let work = Work::Receipt { sale_id: SaleId(Uuid::from_u128(2)), copy: true };
    assert_eq!(jobs, [Job { id: id(1), work, state: JobState::Sending, begun: true }]);
    let jobs = serde_json::to_vec(&PrintQueue::of(jobs).kept()).unwrap();
    assert_eq!(crate::json::read::<Vec<Job>>(&jobs).unwrap()[0].state, JobState::Waiting);
}

#[cfg(not(target_arch = "wasm32"))]
mod at_random {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn input() -> impl Strategy<Value = Option<Input>> {
        let job = || (0..4_u128).prop_map(id);
        prop_oneof![
            2 => (0..4_u128).prop_map(|number| Some(Add(id(number), receipt(number)))),
            1 => (4..9_u128).prop_map(|number| Some(Add(id(number), Work::Drawer))),
            3 => Just(Some(Connected)),
            2 => Just(Some(Gone)),
            6 => Just(Some(Status(Some(WELL)))),
            1 => Just(Some(Status(Some(OUT)))),
            1 => Just(Some(Status(None))),
            8 => Just(Some(Sent)),
            1 => Just(Some(Broken)),
            3 => Just(Some(Proof)),
            1 => any::<bool>().prop_map(|proven| Some(Told(Outcome::Printed { proven }))),
            1 => any::<bool>().prop_map(|begun| Some(Told(Outcome::NotPrinted { begun }))),
            1 => Just(Some(Told(Outcome::Unknown))),
            2 => Just(Some(Woken)),
            1 => job().prop_map(|job| Some(Again(job))),
            1 => job().prop_map(|job| Some(Forget(job))),
            1 => Just(None),
        ]
    }

    proptest! {
        /// Whatever happens, in whatever order: each receipt is cut off once for every time a person asked for it; one
        /// that is said to be out was cut off; and with a printer that is well again everything that waits comes out.
        #[test]
        fn nothing_is_given_out_twice(inputs in proptest::collection::vec(input(), 0..120)) {
            let mut desk = Desk::default();
            let mut asked: BTreeMap<u128, usize> = BTreeMap::new();
            let mut ends: BTreeMap<u128, usize> = BTreeMap::new();
            for input in inputs {
                match input {
                    Some(Add(job, _)) if desk.state(job.0.as_u128()).is_none() => *asked.entry(job.0.as_u128()).or_default() += 1,
                    Some(Again(job)) if matches!(desk.state(job.0.as_u128()), Some(JobState::Unsure | JobState::Failed)) => {
                        *asked.entry(job.0.as_u128()).or_default() += 1;
                    }
                    _ => {}
                }
                desk.now_ms += 1_000;
                if let (Some(Told(Outcome::NotPrinted { .. })), Stage::Sending { id, end: true, .. }) = (input, desk.queue.stage)
                    && let Some(ends) = ends.get_mut(&id.0.as_u128())
                {
                    // Who was to cut it off says that they did not.
                    *ends -= 1;
                }
                match input {
                    Some(input) => desk.tell(input),
                    None => {
                        let told = desk.told();
                        desk = desk.reload();
                        desk.told.push(told);
                    }
                }
                for told in desk.told() .split(", ") {
                    if let Some(number) = told.strip_suffix(" end").and_then(|number| number.parse().ok()) {
                        *ends.entry(number).or_default() += 1;
                    }
                }
                for (number, ends) in &ends {
                    prop_assert!(ends <= &asked[number], "{number} was given out {ends} times");
                }
                for job in desk.queue.jobs() {
                    if matches!(job.state, JobState::Printed { .. }) {
                        prop_assert!(ends.contains_key(&job.id.0.as_u128()));
                    }
                }
            }
            for _ in 0..60 {
                desk.now_ms += 30_000;
                for input in [Connected, Status(Some(WELL)), Sent, Proof, Woken] {
                    desk.tell(input);
                }
            }
            let waits = desk.queue.jobs().iter().any(|job| matches!(job.state, JobState::Waiting | JobState::Sending | JobState::Ending));
            prop_assert!(!waits, "{:?}", desk.queue);
        }
    }
}
