-- The last day of a customer's certificate of exemption from tax, for finding those that end. No record has one yet.
ALTER TABLE customers ADD COLUMN exempt_until TEXT;
