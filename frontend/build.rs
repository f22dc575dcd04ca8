//! Build: tells the linker to leave in the register what its parts are cut out by (ADR 0021).

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bin=register=--emit-relocs");
}
