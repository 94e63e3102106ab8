-- A check that cannot be metered or frozen is put off, so that others come before it.
GRANT UPDATE (runs_due, freeze_at) ON monitoring.checks TO hub_system;
