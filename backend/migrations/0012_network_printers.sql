-- Printers on a store's network, which the server reaches for its tablets. While one prints, the printout that holds it is named,
-- until when: whoever holds it says so again and again, so that a server that was killed does not hold it for ever.
CREATE TABLE network_printers (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    held_by TEXT,
    held_until_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- What tablets handed in to be printed, each once, and what became of it; what was printed is not kept. Of one that is on its way
-- it is known when its server was last at it.
CREATE TABLE printouts (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    printer_id TEXT,
    state TEXT NOT NULL,
    begun BOOLEAN NOT NULL,
    heard_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX printouts_by_time ON printouts (organisation_id, heard_at_ms);
