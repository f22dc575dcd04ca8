-- Printers that a store's tablets reach themselves over HTTP, by what they understand; none where the server prints on them.
ALTER TABLE network_printers ADD COLUMN web TEXT;
ALTER TABLE network_printers ADD COLUMN secure BOOLEAN NOT NULL DEFAULT FALSE;

-- Customer displays on devices of their own: by which code one is paired with a tablet (one at a time), whose it is and the hash of what it
-- shows to be one, and what a tablet has said last that stands on all of its.
CREATE TABLE display_codes (
    organisation_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, device_id)
);
CREATE TABLE displays (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    paired_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX displays_by_secret ON displays (organisation_id, secret);
CREATE TABLE display_screens (
    organisation_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    shown TEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, device_id)
);
