-- Drawers: shifts from float to count, cash without a sale, and the close of a store's day.

CREATE TABLE shift_openings (
    organisation_id TEXT NOT NULL,
    shift_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    store_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    number BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    offset_minutes BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    float_minor BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, shift_id)
);
CREATE INDEX shift_openings_by_time ON shift_openings (organisation_id, at_ms, shift_id);

CREATE TABLE shift_closings (
    organisation_id TEXT NOT NULL,
    shift_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    device_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    offset_minutes BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    expected_minor BIGINT NOT NULL,
    counted_minor BIGINT NOT NULL,
    left_minor BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, shift_id)
);

-- Every amount of cash that went into a drawer or out of it, one row a journal entry, in the order of the journal. What a
-- shift should hold is the sum between its opening and its close.
CREATE TABLE drawer_lines (
    organisation_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    device_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN -1000000000000000000 AND 1000000000000000000),
    PRIMARY KEY (organisation_id, entry_hash)
);
CREATE INDEX drawer_lines_in_order ON drawer_lines (organisation_id, device_id, sequence);

-- A store's day, closed by a manager: number 1, and a number more for what came after. Nothing of it is ever changed.
CREATE TABLE day_closings (
    organisation_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    local_day TEXT NOT NULL,
    number BIGINT NOT NULL,
    closed_at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, store_id, local_day, number)
);

-- Which close a sale is in.
CREATE TABLE day_closing_sales (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    local_day TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, sale_id)
);
CREATE INDEX day_closing_sales_by_day ON day_closing_sales (organisation_id, store_id, local_day, number);
