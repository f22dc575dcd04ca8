-- What a sale was given on top, to whoever served and for a good cause: in its net and total, and no turnover.
ALTER TABLE sales ADD COLUMN tips_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sales ADD COLUMN donations_minor BIGINT NOT NULL DEFAULT 0;
