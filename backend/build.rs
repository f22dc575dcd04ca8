//! Build: when the server must be compiled again although no Rust file changed.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through its environment")]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The migrations are part of the program.
    println!("cargo:rerun-if-changed=migrations");
    // The folder of the front end is named at compile time: an empty one is better than one that comes later.
    // A server without a front end says so when it is asked for a page.
    let front_end = std::path::Path::new("../frontend/dist");
    if let Err(error) = std::fs::create_dir_all(front_end) {
        println!(
            "cargo:warning=frontend/dist cannot be made ({error}): this server is built without a front end"
        );
    }
    // A release carries the files themselves; a debug build reads them when it is asked.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../frontend/dist");
    }
}
