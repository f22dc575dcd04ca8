//! Sim: a shop in one process, on one thread and one virtual clock, with everything that can go wrong, from one seed.
//! Lives here: the command line, and running many seeds. The rooms: world (what happens), tablet and disk (a browser),
//! server (the shipped one behind faults), faults (the plan), books (what must be true), shop (the ground).
//! May use: shared, the server's library. Never: a rule of its own that a product also has; it runs the shipped ones.
//! Invariant: the same seed gives the same trace.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a simulation that cannot go on stops at once and says where; nothing here is shipped"
)]

mod accounts;
mod approving;
mod books;
mod customers;
mod disk;
mod drawer;
mod faults;
mod known;
mod layaways;
mod mutants;
mod offers;
mod older;
mod place;
mod points;
mod server;
mod shop;
mod tablet;
mod terminal;
mod world;

use clap::Parser;
use shared::planted::{ALL, plant, planted};
use shop::Ground;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use world::{Outcome, Settings, run};

/// Simulates shops and everything that can go wrong in them, and checks that nothing is lost and nothing doubled.
#[derive(Parser)]
#[command(name = "cargo xtask sim")]
struct Arguments {
    /// Run this one seed and show what happened.
    #[arg(long)]
    seed: Option<u64>,
    /// How many seeds, from 1 on.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// Run further seeds until so many minutes are over (for a night: with another `--from` each time), in place of
    /// `--seeds`.
    #[arg(long, conflicts_with_all = ["seeds", "mutants", "seed"])]
    minutes: Option<u64>,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Sales a seed rings up.
    #[arg(long, default_value_t = 60)]
    sales: usize,
    /// The most faults in a seed; 0 for fair days.
    #[arg(long, default_value_t = 16)]
    faults: usize,
    /// Put this fault into the rules; the simulation is to find it.
    #[arg(long)]
    planted: Option<String>,
    /// Put in each planted fault in turn (or the one of `--planted`), and show that each is found within the seeds.
    #[arg(long)]
    mutants: bool,
    /// With `--mutants`: writes down the seed that found each, which is tried first from then on.
    #[arg(long, requires = "mutants")]
    remember: bool,
    /// Run each seed twice and compare the traces.
    #[arg(long)]
    twice: bool,
    /// The server's books lie in databases of the PostgreSQL at this address; `cargo xtask sim --postgres` starts one. It keeps
    /// a time of its own: two runs of a seed may differ in what was held back, not in what must be true.
    #[arg(long, conflicts_with = "twice")]
    postgres: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ground = runtime.block_on(Ground::lay(arguments.postgres.as_deref()));
    let told = simulate(&ground, &arguments);
    runtime.block_on(ground.clear());
    told
}

fn simulate(ground: &Ground, arguments: &Arguments) -> ExitCode {
    if let Some(name) = &arguments.planted {
        let Some(fault) = ALL.iter().copied().find(|fault| format!("{fault:?}") == *name) else {
            eprintln!("There is no planted fault {name}. There are: {ALL:?}");
            return ExitCode::FAILURE;
        };
        plant(Some(fault));
    }
    if arguments.mutants {
        return mutants::look_for(ground, arguments);
    }
    if let Some(seed) = arguments.seed {
        let outcome = run(ground, settings(arguments, seed));
        for line in &outcome.story {
            println!("{line}");
        }
        println!("{}", line_of(seed, &outcome));
        return told(outcome.wrong.is_empty());
    }
    many(ground, arguments)
}

fn told(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn settings(arguments: &Arguments, seed: u64) -> Settings {
    Settings { seed, sales: arguments.sales, faults: arguments.faults, told: arguments.seed.is_some() }
}

fn line_of(seed: u64, outcome: &Outcome) -> String {
    format!(
        "seed {seed}: {} tablets, {} sales promised, {} lost with a storage, {} faults, {} events, {} virtual minutes, trace {}{}",
        outcome.tablets,
        outcome.promised,
        outcome.lost,
        outcome.faults,
        outcome.events,
        outcome.lasted_ms / 60_000,
        outcome.trace.get(..16).unwrap_or_default(),
        outcome.wrong.iter().fold(String::new(), |all, wrong| all + "\n  " + wrong)
    )
}

fn seeds(arguments: &Arguments) -> std::ops::Range<u64> {
    arguments.from..arguments.from.saturating_add(arguments.seeds)
}

/// Each simulation is on one thread; several of them run side by side. The answers are in the order of what was asked.
fn side_by_side<T: Copy + Sync, R: Send>(all: &[T], work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let planted_here = planted();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                plant(planted_here);
                while let Some((at, one)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, *all.get(at)?)))
                {
                    let answer = work(one);
                    done.lock().unwrap().insert(at, answer);
                }
            });
        }
    });
    done.into_inner().unwrap().into_values().collect()
}

/// What came of many seeds.
#[derive(Default)]
struct Sums {
    seeds: usize,
    promised: usize,
    lost: usize,
    faults: usize,
    events: usize,
    minutes: i64,
    failed: Vec<u64>,
}

impl Sums {
    fn add(&mut self, seed: u64, outcome: &Outcome, same: bool) {
        self.seeds += 1;
        self.promised += outcome.promised;
        self.lost += outcome.lost;
        self.faults += outcome.faults;
        self.events += outcome.events;
        self.minutes += outcome.lasted_ms / 60_000;
        if !same {
            println!("seed {seed}: another trace the second time");
        }
        if !outcome.wrong.is_empty() {
            println!("{}", line_of(seed, outcome));
        }
        if !same || !outcome.wrong.is_empty() {
            self.failed.push(seed);
        }
    }

    fn tell(&self, took: Duration) -> ExitCode {
        println!(
            "{} seeds, {} sales promised, {} lost with a storage, {} faults, {} events, {} virtual minutes in {} s: {}",
            self.seeds,
            self.promised,
            self.lost,
            self.faults,
            self.events,
            self.minutes,
            took.as_secs(),
            if self.failed.is_empty() {
                "nothing lost, nothing doubled".to_owned()
            } else {
                format!("WRONG in {:?}", self.failed)
            }
        );
        told(self.failed.is_empty())
    }
}

fn many(ground: &Ground, arguments: &Arguments) -> ExitCode {
    /// So many at a time, where the time decides when it is enough.
    const AT_A_TIME: u64 = 20;
    let began = Instant::now();
    let enough = arguments.minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    let mut sums = Sums::default();
    let mut next = arguments.from;
    loop {
        let count = if enough.is_some() { AT_A_TIME } else { arguments.seeds };
        let seeds: Vec<u64> = (next..next.saturating_add(count)).collect();
        let done = side_by_side(&seeds, |seed| {
            let outcome = run(ground, settings(arguments, seed));
            let same = !arguments.twice || run(ground, settings(arguments, seed)).trace == outcome.trace;
            (outcome, same)
        });
        for (seed, (outcome, same)) in seeds.iter().copied().zip(done) {
            sums.add(seed, &outcome, same);
        }
        next = next.saturating_add(count);
        if enough.is_none_or(|enough| began.elapsed() >= enough) {
            return sums.tell(began.elapsed());
        }
    }
}
