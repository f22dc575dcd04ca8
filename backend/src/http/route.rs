//! Route: one way in, as data: method, path, who may, what goes in and out. The router, the tests and the OpenAPI
//! document are all made from the same list.

use super::{
    Server, access, approvals, books, catalog, connections, customer_import, customers, devices, displays,
    docs, events, export, mappings, people, pictures, places, pricing, printers, returns, shifts, sync,
    tender_types,
};
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use shared::staff::Permission;

/// Who may take a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody. What it needs as a proof is in the request itself.
    Public,
    /// A paired tablet that has signed in with its key.
    Device,
    /// A customer display that is paired with a tablet.
    Display,
    /// Whoever is signed in with a password.
    AnyStaff,
    /// Whoever is signed in with a password, and a paired tablet that has signed in with its key.
    Member,
    /// Whoever is signed in and is allowed this.
    Staff(Permission),
}

/// What travels in a body.
#[derive(Clone, Copy)]
pub enum Form {
    /// Nothing.
    Empty,
    /// JSON of this schema.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// Text of this media type.
    Text(&'static str),
    /// A file of one of these media types.
    Bytes(&'static [&'static str]),
}

/// Something asked for behind the question mark: its name and what it means.
pub type Query = (&'static str, &'static str);

/// Bytes a body may hold unless a route says otherwise: a long form.
const MOST_BYTES: usize = 1 << 20;

/// One way in.
pub struct Route {
    /// How.
    pub method: Method,
    /// Where; `{id}` stands for an id.
    pub path: &'static str,
    /// Who may.
    pub who: Who,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What may be asked for.
    pub query: &'static [Query],
    /// What goes in.
    pub takes: Form,
    /// What comes out.
    pub gives: Form,
    most_bytes: usize,
    handler: MethodRouter<Server>,
}

impl Route {
    fn new<H, T>(
        method: Method,
        filter: MethodFilter,
        (path, who, summary): (&'static str, Who, &'static str),
        handler: H,
    ) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        Self {
            method,
            path,
            who,
            summary,
            query: &[],
            takes: Form::Empty,
            gives: Form::Empty,
            most_bytes: MOST_BYTES,
            handler: on(filter, handler),
        }
    }

    /// A look.
    pub fn get<H: Handler<T, Server>, T: 'static>(
        path: &'static str,
        who: Who,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::GET, MethodFilter::GET, (path, who, summary), handler)
    }

    /// Something new.
    pub fn post<H: Handler<T, Server>, T: 'static>(
        path: &'static str,
        who: Who,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::POST, MethodFilter::POST, (path, who, summary), handler)
    }

    /// A change.
    pub fn put<H: Handler<T, Server>, T: 'static>(
        path: &'static str,
        who: Who,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::PUT, MethodFilter::PUT, (path, who, summary), handler)
    }

    /// An end.
    pub fn delete<H: Handler<T, Server>, T: 'static>(
        path: &'static str,
        who: Who,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::DELETE, MethodFilter::DELETE, (path, who, summary), handler)
    }

    /// Takes JSON of this type.
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.takes = Form::Json(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// Takes a table of at most so many bytes.
    pub fn takes_csv(mut self, most_bytes: usize) -> Self {
        self.takes = Form::Text("text/csv");
        self.most_bytes = most_bytes;
        self
    }

    /// Takes a file of one of these media types, of at most so many bytes.
    pub fn takes_bytes(mut self, media_types: &'static [&'static str], most_bytes: usize) -> Self {
        self.takes = Form::Bytes(media_types);
        self.most_bytes = most_bytes;
        self
    }

    /// Takes so many bytes at most.
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// Gives JSON of this type.
    pub fn gives<T: JsonSchema>(mut self) -> Self {
        self.gives = Form::Json(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// Gives text of this media type.
    pub fn gives_text(mut self, media_type: &'static str) -> Self {
        self.gives = Form::Text(media_type);
        self
    }

    /// Gives a file of one of these media types.
    pub fn gives_bytes(mut self, media_types: &'static [&'static str]) -> Self {
        self.gives = Form::Bytes(media_types);
        self
    }

    /// May be asked this.
    pub fn asks(mut self, query: &'static [Query]) -> Self {
        self.query = query;
        self
    }

    /// The route with its guard before it.
    pub(super) fn guarded(self, server: &Server) -> MethodRouter<Server> {
        let guard = from_fn_with_state((server.clone(), self.who), super::guard::guard);
        self.handler.route_layer(DefaultBodyLimit::max(self.most_bytes)).route_layer(guard)
    }
}

/// Every route there is.
pub fn table() -> Vec<Route> {
    let mut all = Vec::new();
    all.extend(access::routes());
    all.extend(devices::routes());
    all.extend(displays::routes());
    all.extend(sync::routes());
    all.extend(events::routes());
    all.extend(places::routes());
    all.extend(people::routes());
    all.extend(catalog::routes());
    all.extend(pictures::routes());
    all.extend(pricing::routes());
    all.extend(tender_types::routes());
    all.extend(printers::routes());
    all.extend(customer_import::routes());
    all.extend(customers::routes());
    all.extend(books::routes());
    all.extend(returns::routes());
    all.extend(approvals::routes());
    all.extend(shifts::routes());
    all.extend(connections::routes());
    all.extend(mappings::routes());
    all.extend(export::routes());
    all.extend(docs::routes());
    all
}
