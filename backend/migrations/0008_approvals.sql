-- What somebody approved by PIN at the till.

-- What proves a person's approvals: it comes out of their PIN and never travels. A new PIN adds a row: a tablet that has
-- not heard of it goes on asking for the old one.
CREATE TABLE approval_keys (
    organisation_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    proof_key TEXT NOT NULL,
    PRIMARY KEY (organisation_id, staff_id, proof_key)
);

-- One row an approval of a booked entry, and one for each that was needed and is not there; with what the server made of it.
CREATE TABLE approvals (
    organisation_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    place BIGINT NOT NULL,
    approval_id TEXT,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    sale_id TEXT,
    subject TEXT NOT NULL,
    about TEXT NOT NULL,
    worth_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    store_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    asked_by TEXT,
    asked_name TEXT NOT NULL,
    approved_by TEXT,
    approved_name TEXT,
    at_ms BIGINT NOT NULL,
    offset_minutes BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, entry_hash, place)
);
CREATE INDEX approvals_by_time ON approvals (organisation_id, at_ms, entry_hash, place);
CREATE INDEX approvals_by_id ON approvals (organisation_id, approval_id);
CREATE INDEX approvals_by_sale ON approvals (organisation_id, sale_id);
