-- Who and where: organisations, stores, registers, tablets, staff.
-- Columns are TEXT, BIGINT and BOOLEAN only, so that one text serves SQLite and PostgreSQL.

CREATE TABLE database_life (
    one BIGINT PRIMARY KEY,
    epoch TEXT NOT NULL,
    feed_horizon_txid BIGINT NOT NULL,
    feed_horizon_position BIGINT NOT NULL
);

CREATE TABLE organisations (
    organisation_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    demo BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE stores (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE registers (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE devices (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    register_id TEXT NOT NULL,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL,
    receipt_prefix TEXT NOT NULL,
    paired_at_ms BIGINT NOT NULL,
    revoked BOOLEAN NOT NULL,
    last_seen_ms BIGINT,
    unsent BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    last_hash TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX devices_by_prefix ON devices (organisation_id, receipt_prefix);

-- Whose a tablet is: asked when a push comes in, before anything else is known.
CREATE TABLE device_homes (
    device_id TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL
);

CREATE TABLE staff (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    email TEXT,
    password_hash TEXT,
    pin TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
