//! Fuzz: random sales by the million, natively and as WebAssembly, block by block.
//! Lives here: building both, comparing what they say. What is rung up and checked is `shared/tests/random_cart`.
//! May use: cargo, wasm-bindgen, node. Never: a rule of its own.
//! Invariant: a block in which the two differ, or in which either found something wrong, fails the run.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::{command, prerequisites};

/// Sales a block.
const BLOCK: u64 = 10_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// What is tried.
    what: What,
    /// How many sales; rounded up to whole blocks of 10,000.
    #[arg(long, default_value_t = 10_000_000)]
    carts: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Discounts, taxes, rounding, split payments, returns of parts and of all: everything adds up, native = wasm.
    Money,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let What::Money = arguments.what;
    let blocks = arguments.carts.div_ceil(BLOCK);
    let last = arguments.from.saturating_add(blocks.saturating_mul(BLOCK));
    if u32::try_from(last).is_err() {
        bail!("seeds go up to {}", u32::MAX);
    }
    let (mut native, mut wasm) = (native()?, wasm()?);
    for program in [&mut native, &mut wasm] {
        program.args([arguments.from, blocks, BLOCK].map(|number| number.to_string()));
    }
    let (mut native, mut wasm) = (Running::start(native)?, Running::start(wasm)?);
    for block in 0..blocks {
        let (one, other) = (native.line()?, wasm.line()?);
        let first = arguments.from + block * BLOCK;
        if one != other || one.len() != 64 {
            bail!("seeds from {first} on: native says {one}, wasm says {other}");
        }
        if (block + 1) % 10 == 0 || block + 1 == blocks {
            println!(
                "{} of {} sales: native and wasm say {}",
                (block + 1) * BLOCK,
                blocks * BLOCK,
                &one[..12]
            );
        }
    }
    println!(
        "{} sales, each given back in parts and whole: every one adds up, native = wasm",
        blocks * BLOCK
    );
    Ok(ExitCode::SUCCESS)
}

const BUILD: [&str; 7] =
    ["build", "--quiet", "--locked", "--release", "--package", "tillbridge-shared", "--example"];

fn native() -> Result<Command> {
    command::run(command::cargo().args(BUILD).arg("fuzz_money"))?;
    Ok(Command::new(command::target_folder().join("release/examples/fuzz_money")))
}

/// The same program for Node.
fn wasm() -> Result<Command> {
    let bindgen = prerequisites::for_building()?.bindgen;
    let target = "wasm32-unknown-unknown";
    command::run(command::cargo().args(BUILD).args(["fuzz_money", "--target", target]))?;
    let folder = command::target_folder().join(target).join("release/examples");
    let mut bindgen = Command::new(bindgen);
    bindgen.args(["--target", "nodejs", "--out-dir"]).arg(folder.join("node"));
    command::run(bindgen.arg(folder.join("fuzz_money.wasm")))?;
    const LOOP: &str = "const { fuzz } = require(process.argv[1]);
        const [from, blocks, size] = process.argv.slice(2).map(Number);
        for (let block = 0; block < blocks; block++) {
            try { console.log(fuzz(from + block * size, size)); } catch (wrong) { console.log(String(wrong)); }
        }";
    let mut node = Command::new("node");
    node.args(["--eval", LOOP]).arg(folder.join("node/fuzz_money.js"));
    Ok(node)
}

/// A program that says a line a block.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot be started")?;
        let lines = BufReader::new(child.stdout.take().context("says nothing")?).lines();
        Ok(Self { child, lines })
    }

    fn line(&mut self) -> Result<String> {
        Ok(self.lines.next().context("a program ended too early")??)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
