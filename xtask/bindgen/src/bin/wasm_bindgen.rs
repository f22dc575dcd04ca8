//! wasm-bindgen: turns a compiled WebAssembly module into what a browser loads. `cargo xtask build` calls it.

fn main() -> anyhow::Result<()> {
    env_logger::init();
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os())
}
