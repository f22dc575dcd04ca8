-- Money the shop owes somebody (above zero), or somebody owes the shop: a customer's account, a gift card. Balances are the sums
-- of their movements, counted in one statement whatever tablet or process a sale came through.
CREATE TABLE accounts (
    organisation_id TEXT NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance_minor BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, account, currency)
);

-- What sales moved on them: which tender or line of the sale, lines behind the tenders.
CREATE TABLE account_movements (
    organisation_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, sale_id, place)
);
CREATE INDEX account_movements_by_account ON account_movements (organisation_id, account, at_ms);

-- What a sale put on accounts: in its net and total, and no turnover.
ALTER TABLE sales ADD COLUMN paid_in_minor BIGINT NOT NULL DEFAULT 0;
