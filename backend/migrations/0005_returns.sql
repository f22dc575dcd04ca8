-- What came back of what was sold.

-- A line that takes goods back names the sold line, and says why and in what state they came.
CREATE TABLE return_lines (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    origin_sale_id TEXT NOT NULL,
    origin_line BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    condition TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (organisation_id, sale_id, line)
);
CREATE INDEX return_lines_by_origin ON return_lines (organisation_id, origin_sale_id);

-- How much of a sold line has come back: counted up in one statement, whatever tablet or process it came through. The
-- sold line may come later, from a tablet that is still offline.
CREATE TABLE returned_quantities (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    -- A sum that leaves these bounds is none: SQLite would go on with a floating point number.
    quantity BIGINT NOT NULL CHECK (quantity BETWEEN -1000000000000000000 AND 1000000000000000000),
    amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN -1000000000000000000 AND 1000000000000000000),
    PRIMARY KEY (organisation_id, sale_id, line)
);

-- What is in the books and still has to be looked at by a manager.
CREATE TABLE flags (
    organisation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    raised_at_ms BIGINT NOT NULL,
    resolved BOOLEAN NOT NULL,
    PRIMARY KEY (organisation_id, kind, sale_id, line)
);
CREATE INDEX flags_to_look_at ON flags (organisation_id, resolved, raised_at_ms);
