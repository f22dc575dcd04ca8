//! Tillbridge front end: the entry point.

fn main() {}
