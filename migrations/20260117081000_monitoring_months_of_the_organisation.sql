-- A month is the organisation's, in its time zone: each check knows when its open month ends. Checks that were there
-- before are looked at once, which finds it out.
ALTER TABLE monitoring.checks ADD COLUMN freeze_at timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE monitoring.checks ALTER COLUMN freeze_at DROP DEFAULT;
DROP INDEX monitoring.checks_to_freeze;
CREATE INDEX checks_to_freeze ON monitoring.checks (freeze_at);
GRANT SELECT (freeze_at) ON monitoring.checks TO hub_system;
COMMENT ON COLUMN monitoring.checks.open_month IS 'the first month (its first day, in the organisation''s zone) that is not frozen yet';
