-- What of products comes from where: a version for every change, and the one that is in force.
CREATE TABLE mappings (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    mapping TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, version)
);
ALTER TABLE connections ADD COLUMN accepted_mapping BIGINT;

-- What both sides had of each field when they were last equal: JSON.
ALTER TABLE links ADD COLUMN agreed TEXT NOT NULL DEFAULT '{}';
CREATE INDEX links_by_remote ON links (organisation_id, connection_id, kind, remote_id);
