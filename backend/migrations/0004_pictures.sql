-- Pictures of products. The hash of the bytes is the name: the same picture is kept once, and never changes.
-- The bytes are base64: TEXT serves both engines, and pictures are small.
CREATE TABLE pictures (
    organisation_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content TEXT NOT NULL,
    added_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, hash)
);
