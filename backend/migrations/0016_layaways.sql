-- Goods put aside for customers who paid a part of them. What is paid is the sum of the deposits less those that came back, counted in
-- one statement whatever tablet or process a sale came through; above zero the goods are still waiting.
CREATE TABLE layaways (
    organisation_id TEXT NOT NULL,
    -- The sale of the first deposit.
    id TEXT NOT NULL,
    paid_minor BIGINT NOT NULL,
    -- None of these before a deposit is in the books: what came back of it may be there first.
    store_id TEXT,
    receipt_number TEXT,
    customer_id TEXT,
    customer_name TEXT,
    currency TEXT,
    total_minor BIGINT,
    until_day TEXT,
    at_ms BIGINT,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX layaways_by_until ON layaways (organisation_id, until_day, id);
