-- The catalogue, the feed that tells tablets of it, and the books: what registers recorded and what follows from it.

CREATE TABLE tax_categories (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    place BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE categories (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    place BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE products (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sku TEXT NOT NULL,
    search_key TEXT NOT NULL,
    category_id TEXT,
    favourite BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX products_by_sku ON products (organisation_id, sku);
CREATE INDEX products_by_name ON products (organisation_id, search_key, id);
CREATE INDEX products_to_load ON products (organisation_id, favourite, id);

-- A barcode names one product; compared without leading zeros (shared::barcode::match_key).
CREATE TABLE product_barcodes (
    organisation_id TEXT NOT NULL,
    match_key TEXT NOT NULL,
    product_id TEXT NOT NULL,
    PRIMARY KEY (organisation_id, match_key)
);
CREATE INDEX product_barcodes_by_product ON product_barcodes (organisation_id, product_id);

-- One row a record: where in the feed it last changed.
CREATE TABLE feed (
    organisation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    record_id TEXT NOT NULL,
    txid BIGINT NOT NULL,
    position BIGINT NOT NULL,
    removed BOOLEAN NOT NULL,
    PRIMARY KEY (organisation_id, kind, scope, record_id)
);
CREATE INDEX feed_in_order ON feed (organisation_id, txid, position);

-- What connectors shall carry out of the house: one row for each connection and fact.
CREATE TABLE connections (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    connector TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE outbox (
    organisation_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, connection_id, entry_hash)
);

CREATE TABLE journal_entries (
    organisation_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    resolved BOOLEAN NOT NULL,
    received_at_ms BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (organisation_id, hash)
);
CREATE INDEX journal_entries_by_id ON journal_entries (organisation_id, entry_id);
CREATE INDEX journal_entries_kept ON journal_entries (organisation_id, resolved, received_at_ms) WHERE state <> 'booked';

CREATE TABLE sales (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    receipt_number TEXT NOT NULL,
    store_id TEXT NOT NULL,
    register_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    offset_minutes BIGINT NOT NULL,
    local_day TEXT NOT NULL,
    local_minute BIGINT NOT NULL,
    currency TEXT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    cash_rounding_minor BIGINT NOT NULL,
    change_minor BIGINT NOT NULL,
    line_count BIGINT NOT NULL,
    customer_number TEXT,
    customer_country TEXT,
    search_key TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX sales_by_day ON sales (organisation_id, local_day, store_id);
CREATE INDEX sales_by_time ON sales (organisation_id, at_ms);
CREATE INDEX sales_by_receipt ON sales (organisation_id, receipt_number);

CREATE TABLE sale_lines (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    kind TEXT NOT NULL,
    product_id TEXT,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    list_price BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    taxed BOOLEAN NOT NULL,
    added_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, sale_id, line)
);

CREATE TABLE sale_taxes (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    rate_ppm BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, sale_id, place)
);

CREATE TABLE tenders (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    reference TEXT,
    last_four TEXT,
    PRIMARY KEY (organisation_id, sale_id, place)
);

-- A stock movement names what caused it: a sale, or an adjustment with a number of its own.
CREATE TABLE stock_adjustments (
    organisation_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    number TEXT NOT NULL,
    store_id TEXT NOT NULL,
    device_id TEXT,
    at_ms BIGINT NOT NULL,
    offset_minutes BIGINT NOT NULL,
    country TEXT,
    note TEXT,
    PRIMARY KEY (organisation_id, entry_hash)
);

CREATE TABLE stock_adjustment_lines (
    organisation_id TEXT NOT NULL,
    entry_hash TEXT NOT NULL,
    line BIGINT NOT NULL,
    product_id TEXT NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    reason TEXT NOT NULL,
    added_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, entry_hash, line)
);

CREATE TABLE stock_movements (
    organisation_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    line BIGINT NOT NULL,
    store_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, cause, line)
);

CREATE TABLE stock_levels (
    organisation_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, store_id, product_id)
);
