-- Printers that a store's tablets reach themselves over HTTP, by what they understand; none where the server prints on them.
ALTER TABLE network_printers ADD COLUMN web TEXT;
ALTER TABLE network_printers ADD COLUMN secure BOOLEAN NOT NULL DEFAULT FALSE;
