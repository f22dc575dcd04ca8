//! Connectors: a command becomes a request, a response becomes an outcome.
//! Lives here: what every connector to an ERP or an online store is, what commands there are, what an answer's status means, how
//! often one may ask (`limit`), how our sale becomes a document in their words (`mapping`), what of their product is ours (`catalogue`), what would make trouble
//! (`check`). One folder a vendor comes beside this file.
//! May use: shared, serde. Never: async, HTTP, SQL, a clock, the environment, a secret in what it prints.
//! Invariant: an answer that is not understood is never taken for success, and a command begun again from its first step does
//! nothing twice: whatever creates looks first whether it is there.

mod answer;
pub mod catalogue;
pub mod check;
mod command;
mod erpnext;
mod exchange;
mod limit;
pub mod mapping;
mod odoo;
mod outcome;
pub mod reconciliation;
mod setup;
mod shopify;
mod tryton;
mod vendure;
mod woocommerce;

pub use answer::{json, misunderstood};
pub use command::{Command, Document, DocumentLine, DocumentTax, DocumentTender, Page, RemoteRecord};
pub use exchange::{Method, Request, Response};
pub use limit::{Allowance, Limiter, Limits};
pub use outcome::{Came, Done, Outcome, Progress, Wedged};
pub use setup::{Secret, Session, Setup};

use shared::connect::{ConnectorView, ProductField, RemoteField, Rule, SettingField, SettingForm, ValueForm};

/// A connector to one kind of remote system. It holds nothing between calls: the runner sends the request and keeps where the
/// command stands.
pub trait Connector: Send + Sync {
    /// What it is, what it asks of whoever connects it, what can flow.
    fn descriptor(&self) -> ConnectorView;

    /// How often it may be asked.
    fn limits(&self) -> Limits;

    /// The request that signs in, where the remote has sessions; none where the credentials go with each request.
    fn sign_in(&self, setup: &Setup) -> Option<Request>;

    /// What came of signing in. [`Outcome::Done`] is not said here: a session is.
    ///
    /// # Errors
    /// Any other outcome.
    fn signed_in(&self, setup: &Setup, response: &Response) -> Result<Session, Outcome>;

    /// Puts the credentials on a request.
    fn authorize(&self, setup: &Setup, session: Option<&Session>, request: &mut Request);

    /// The next step of a command: its first without `came`, else what the last response means.
    fn step(&self, setup: &Setup, command: &Command, came: Option<Came<'_>>) -> Outcome;

    /// What they call a document of ours.
    fn number(&self, receipt_number: &str, external_id: &str) -> String;

    /// Can what comes back be told to it, also without the sale it was bought with? Where not, such a document is refused with a reason.
    fn returns(&self) -> bool {
        true
    }

    /// What an answer says about how much may still be asked, where it says so.
    fn allowance(&self, _response: &Response) -> Option<Allowance> {
        None
    }
}

/// All connectors.
pub fn all() -> &'static [&'static dyn Connector] {
    &[
        &tryton::Tryton,
        &erpnext::ErpNext,
        &odoo::Odoo,
        &shopify::Shopify,
        &vendure::Vendure,
        &woocommerce::WooCommerce,
    ]
}

/// The connector of a name.
pub fn named(name: &str) -> Option<&'static dyn Connector> {
    all().iter().copied().find(|connector| connector.descriptor().name == name)
}

/// A field of their products for a descriptor.
fn field(name: &str, label: &str, form: ValueForm, ours: Option<ProductField>) -> RemoteField {
    RemoteField {
        name: name.to_owned(),
        label: label.to_owned(),
        form,
        writable: false,
        ours,
        rule: Rule::AsIs,
    }
}

/// A setting for a descriptor.
fn setting(name: &str, label: &str, form: SettingForm, example: &str) -> SettingField {
    SettingField {
        name: name.to_owned(),
        label: label.to_owned(),
        form,
        optional: false,
        example: example.to_owned(),
    }
}
