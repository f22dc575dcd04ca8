//! Fuzz money: random sales, given back in random parts, block by block; `cargo xtask fuzz money` compares native and wasm.
//! Lives here: the two ways in. What is rung up and checked is `tests/random_cart`.
//! May use: shared, wasm-bindgen. Never: shipped.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a tester that cannot go on stops")]

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../tests/random_cart/mod.rs"]
mod random_cart;

/// For Node: see [`random_cart::fuzz`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn fuzz(from: u32, count: u32) -> Result<String, String> {
    random_cart::fuzz(from.into(), count.into())
}

#[cfg(target_arch = "wasm32")]
fn main() {}

/// `fuzz_money FROM BLOCKS SIZE`: a line a block, its hash or what was wrong.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap());
    let (from, blocks, size) = (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
    for block in 0..blocks {
        match random_cart::fuzz(from + block * size, size) {
            Ok(hash) => println!("{hash}"),
            Err(wrong) => println!("{wrong}"),
        }
    }
}
