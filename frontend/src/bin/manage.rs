//! Manage: the app of a manager, as a program of its own.

fn main() {
    tillbridge_frontend::manage();
}
