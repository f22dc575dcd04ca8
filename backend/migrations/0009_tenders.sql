-- The ways to pay that an organisation has set, whole in their body as shared::tender reads them.
CREATE TABLE tender_types (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- Which of them a payment was made by and what it was called then; of cash of another currency also which, how much of it in
-- its own minor units, and at which rate in 1/100,000,000.
ALTER TABLE tenders ADD COLUMN type_id TEXT;
ALTER TABLE tenders ADD COLUMN type_name TEXT;
ALTER TABLE tenders ADD COLUMN currency TEXT;
ALTER TABLE tenders ADD COLUMN given_minor BIGINT;
ALTER TABLE tenders ADD COLUMN rate BIGINT;
