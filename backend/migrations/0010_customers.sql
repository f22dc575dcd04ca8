-- Customers, whole in their body as shared::customer reads it. What doubles have in common is beside it. One that was merged
-- into another names it and is only followed from then on; of one that was erased nothing is left but its id.
CREATE TABLE customers (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    search_key TEXT NOT NULL,
    number_key TEXT,
    email_key TEXT,
    phone_key TEXT,
    group_id TEXT,
    merged_into TEXT,
    erased BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX customers_by_name ON customers (organisation_id, search_key, id);
CREATE INDEX customers_by_number ON customers (organisation_id, number_key);
CREATE INDEX customers_by_email ON customers (organisation_id, email_key);
CREATE INDEX customers_by_phone ON customers (organisation_id, phone_key);
CREATE INDEX customers_merged ON customers (organisation_id, merged_into);

-- What was changed in a customer's record, by whom and where: each with the changes made and those that somebody else had
-- overtaken, as JSON.
CREATE TABLE customer_changes (
    organisation_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_id TEXT,
    device_id TEXT,
    entry_hash TEXT,
    kind TEXT NOT NULL,
    made TEXT NOT NULL,
    overtaken TEXT NOT NULL,
    PRIMARY KEY (organisation_id, customer_id, id)
);

-- Groups of customers, as price lists are kept.
CREATE TABLE customer_groups (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- Who bought, where it was a known customer.
ALTER TABLE sales ADD COLUMN customer_id TEXT;
CREATE INDEX sales_by_customer ON sales (organisation_id, customer_id, at_ms);
