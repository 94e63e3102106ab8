-- A smaller plan waits for the term's end: what the instance is to be configured to then. Which plan it is, and when its
-- term ends, billing knows.
ALTER TABLE provisioning.instances ADD COLUMN planned jsonb;

-- New instances go to the server that keeps the fewest, of all organisations.
GRANT SELECT (driver, server), UPDATE (server) ON provisioning.instances TO hub_system;
