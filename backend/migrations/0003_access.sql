-- Who gets in: what is known before it is known whose request it is, sessions, pairing.

-- Where a secret or a name leads to: a hash and an organisation, nothing else. The only table of an organisation's own
-- that is read before the organisation is known.
CREATE TABLE directory (
    key TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL
);

-- Wrong tries, by the hash of an e-mail address or of a network address.
CREATE TABLE sign_in_attempts (
    key TEXT PRIMARY KEY,
    wrong BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL
);

CREATE TABLE sessions (
    organisation_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, hash)
);

CREATE TABLE device_sessions (
    organisation_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    device_id TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, hash)
);

CREATE TABLE device_challenges (
    organisation_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    device_id TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, hash)
);

CREATE TABLE pairing_codes (
    organisation_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    register_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used BOOLEAN NOT NULL,
    PRIMARY KEY (organisation_id, hash)
);
