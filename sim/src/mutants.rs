//! Mutants: each planted fault put in alone, and whether a simulation finds it.
//! Lives here: the search, and `found.txt`: the seed that found each of them last, which is tried first.
//! May use: world, shop. Never: a fault of its own (those are in shared::planted).
//! Invariant: a fault counts as found only by a run of the rules as they are now.

use crate::shop::Ground;
use crate::world::{Outcome, run};
use crate::{Arguments, seeds, settings, side_by_side, told};
use shared::planted::{ALL, Planted, plant, planted};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// A line each: the fault, the seed.
const FOUND: &str = include_str!("../found.txt");

fn found_last() -> BTreeMap<&'static str, u64> {
    FOUND
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(fault, seed)| Some((fault, seed.parse().ok()?)))
        .collect()
}

/// Puts in each fault in turn (or the one that was named), and tells which seed found it.
pub fn look_for(ground: &Ground, arguments: &Arguments) -> ExitCode {
    let one = planted();
    let faults = one.as_ref().map_or(ALL, std::slice::from_ref);
    let last = found_last();
    let found = side_by_side(faults, |fault| {
        let likely = last.get(format!("{fault:?}").as_str()).copied();
        plant(Some(fault));
        let found = likely
            .into_iter()
            .chain(seeds(arguments).filter(|seed| Some(*seed) != likely))
            .map(|seed| (seed, run(ground, settings(arguments, seed))))
            .find(|(_, outcome)| !outcome.wrong.is_empty());
        plant(None);
        found
    });
    let all: Vec<(Planted, Option<(u64, Outcome)>)> = faults.iter().copied().zip(found).collect();
    for (fault, found) in &all {
        match found {
            Some((seed, outcome)) => {
                println!("{fault:?}: seed {seed}: {}", outcome.wrong.first().map_or("", String::as_str));
            }
            None => println!("{fault:?}: NOT FOUND in {} seeds", arguments.seeds),
        }
    }
    if arguments.remember {
        let mut seeds: BTreeMap<String, u64> =
            last.iter().map(|(fault, seed)| ((*fault).to_owned(), *seed)).collect();
        for (fault, found) in &all {
            if let Some((seed, _)) = found {
                seeds.insert(format!("{fault:?}"), *seed);
            }
        }
        let lines: String = seeds.iter().map(|(fault, seed)| format!("{fault} {seed}\n")).collect();
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/found.txt"), lines).unwrap();
    }
    let missed = all.iter().filter(|(_, found)| found.is_none()).count();
    println!("{} of {} planted faults found", all.len() - missed, all.len());
    told(missed == 0)
}
