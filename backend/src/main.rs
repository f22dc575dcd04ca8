//! Tillbridge server: the entry point.

fn main() {}
