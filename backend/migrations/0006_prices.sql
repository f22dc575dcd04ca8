-- Price lists and promotions, whole in their body as shared::pricing reads them.
CREATE TABLE price_lists (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE promotions (
    organisation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- In how many booked sales a promotion's code was used: counted up in one statement, whatever tablet or process it came
-- through. The promotion may be gone by then.
CREATE TABLE coupon_uses (
    organisation_id TEXT NOT NULL,
    promotion_id TEXT NOT NULL,
    uses BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, promotion_id)
);

-- What a flag is about, where the sale's line does not say it: the code that was used too often.
ALTER TABLE flags ADD COLUMN about TEXT;
