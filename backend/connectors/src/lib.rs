//! Connectors: a command becomes a request, a response becomes an outcome.
