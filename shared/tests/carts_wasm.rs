//! The same 10,000 sales in a browser: byte for byte what the server computes.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "the native test uses the rest")]
mod random_cart;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn ten_thousand_sales_have_the_digest_that_native_has() {
    assert_eq!(random_cart::sales_digest(10_000), random_cart::DIGEST_OF_10_000);
}

#[wasm_bindgen_test]
fn two_thousand_sales_come_back_whole_as_they_do_natively() {
    assert_eq!(random_cart::fuzz(0, 2_000).as_deref(), Ok(random_cart::DIGEST_OF_2_000_GIVEN_BACK));
}
