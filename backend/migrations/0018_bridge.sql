-- The bridge to ERPs and online stores. Nothing could be connected before: the two tables that stood for it are made anew.
DROP TABLE outbox;
DROP TABLE connections;

CREATE TABLE connections (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    connector TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    -- By name, JSON; secrets sealed with the server's key, and which there are.
    settings TEXT NOT NULL,
    secrets TEXT NOT NULL,
    secret_names TEXT NOT NULL,
    private_network BOOLEAN NOT NULL,
    flows TEXT NOT NULL,
    -- Is what is booked noted for it? True from its first start on, while sales flow.
    takes_sales BOOLEAN NOT NULL,
    heard_at_ms BIGINT,
    trouble TEXT,
    failures BIGINT NOT NULL,
    retry_at_ms BIGINT,
    -- The process that works for it, until when: it says so again and again, so that one that was killed does not hold it for ever.
    held_by TEXT,
    held_until_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- What shall go out: one row for each connection and fact, written with the fact.
CREATE TABLE outbox (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    -- The hash of the journal's entry.
    id TEXT NOT NULL,
    flow TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT,
    remedy TEXT,
    remote_id TEXT,
    noted_at_ms BIGINT NOT NULL,
    -- Among those noted in the same transaction.
    place BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    settled_at_ms BIGINT,
    PRIMARY KEY (organisation_id, connection_id, id)
);
CREATE INDEX outbox_by_state ON outbox (organisation_id, connection_id, state, due_at_ms, noted_at_ms, place);
CREATE INDEX outbox_by_time ON outbox (organisation_id, connection_id, noted_at_ms, id);

-- What was asked and answered for a delivery, secrets blotted out. Kept for some weeks.
CREATE TABLE exchanges (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    place BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    asked TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT,
    response TEXT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, delivery_id, at_ms, place)
);
CREATE INDEX exchanges_by_time ON exchanges (organisation_id, at_ms);

-- Theirs, as last seen.
CREATE TABLE remote_records (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    -- JSON: a list; an object of texts.
    barcodes TEXT NOT NULL,
    fields TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    changed_at_ms BIGINT,
    seen_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, kind, id)
);

-- What of ours is what of theirs.
CREATE TABLE links (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    our_id TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    way TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, kind, our_id)
);

-- How far what comes in has been read.
CREATE TABLE inflows (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    flow TEXT NOT NULL,
    -- The run under way: since when changes are asked for, where its last page ended, when it began.
    since_ms BIGINT,
    after TEXT,
    began_at_ms BIGINT,
    -- The last that came to its end.
    whole_at_ms BIGINT,
    due_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, flow)
);

-- Calls to the other side, counted by day (UTC).
CREATE TABLE remote_calls (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    day TEXT NOT NULL,
    flow TEXT NOT NULL,
    calls BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    done BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, day, flow)
);
