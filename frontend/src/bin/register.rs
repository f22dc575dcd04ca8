//! Register: the app of a tablet, as a program of its own.

fn main() {
    tillbridge_frontend::register();
}
