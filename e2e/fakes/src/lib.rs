//! Fakes: stand-ins for remote systems that cannot be had here. Each keeps what it is told and answers as its vendor publishes.
//! Lives here: one module a vendor; a request, an answer, and what all of them have been given to sell (`desk`).
//! May use: serde_json, base64. Never: anything of ours, a network, a clock.
//! Invariant: what a vendor refuses its fake refuses too, with the vendor's status and shape: an unknown field, a wrong type, a
//! missing right, a record that is not there. What is not known of a vendor is refused as well.

mod desk;
pub mod erpnext;
pub mod odoo;
mod shopify;
pub mod vendure;
pub mod woocommerce;

pub use desk::{Answer, Asked, Booked, Desk, Remote};
pub use shopify::Shopify;

/// All of them, by the name of their connector, freshly set up.
pub fn all() -> Vec<(&'static str, Box<dyn Remote>)> {
    vec![
        ("erpnext", Box::new(erpnext::Site::default())),
        ("odoo", Box::new(odoo::Odoo::new(19))),
        ("odoo", Box::new(odoo::Odoo::new(18))),
        ("odoo", Box::new(odoo::Odoo::new(17))),
        ("woocommerce", Box::new(woocommerce::WooCommerce::default())),
        ("shopify", Box::new(Shopify::new())),
        ("vendure", Box::new(vendure::Store::default())),
    ]
}
