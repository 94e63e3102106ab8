-- An event that was given up leaves an instance and its bill saying different things: each is compared with its bill now
-- and then. Null: never again.
ALTER TABLE provisioning.instances ADD COLUMN compare_at timestamptz DEFAULT now();
CREATE INDEX instances_to_compare ON provisioning.instances (compare_at) WHERE compare_at IS NOT NULL;
GRANT SELECT (compare_at), UPDATE (compare_at) ON provisioning.instances TO hub_system;
