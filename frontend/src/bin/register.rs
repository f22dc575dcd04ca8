//! Register: the app of a tablet, as a program of its own: what every start needs, and its parts (ADR 0021).

use leptos::wasm_split::{SplitLoaderError, wasm_split};
use tillbridge_frontend::{FetchedReader, Parts, ReadCode, Show};

/// A page in a part: the build makes one file of what only the pages in it lead to.
macro_rules! in_part {
    ($part:ident, $page:ident) => {{
        #[wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
        fn $page() -> Result<Show, SplitLoaderError> {
            Ok(tillbridge_frontend::$page)
        }
        || Box::pin(async { $page().await.ok() })
    }};
}

/// What reads codes, in the same way.
fn read_code() -> FetchedReader {
    #[wasm_split(sale, wasm_split_path = leptos::wasm_split, fallible)]
    fn read_code() -> Result<ReadCode, SplitLoaderError> {
        Ok(tillbridge_frontend::read_code)
    }
    Box::pin(async { read_code().await.ok() })
}

fn main() {
    tillbridge_frontend::register(Parts {
        asking: in_part!(sale, asking),
        pay: in_part!(sale, pay),
        receipts: in_part!(beside, receipts),
        shift: in_part!(beside, shift),
        tablet: in_part!(beside, tablet),
        devices: in_part!(beside, devices),
        labels: in_part!(beside, labels),
        desk: in_part!(beside, desk),
        pair: in_part!(beside, pair),
        read_code,
    });
}
