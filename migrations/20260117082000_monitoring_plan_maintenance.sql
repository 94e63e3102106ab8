-- Planned maintenance: of these checks nobody is told meanwhile, and the time is outside both sides of their uptime.
CREATE TABLE monitoring.maintenance (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    starts_at    timestamptz NOT NULL,
    -- moved forward where it is ended early
    ends_at      timestamptz NOT NULL CONSTRAINT maintenance_ends_after_it_began CHECK (ends_at >= starts_at),
    words        text NOT NULL,
    planned_by   text NOT NULL,
    planned_at   timestamptz NOT NULL,
    -- taken back before it began
    cancelled_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX maintenance_newest_first ON monitoring.maintenance (tenant_id, starts_at DESC, id DESC);
CALL hub.protect('monitoring.maintenance', 'tenant_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE monitoring.maintained_checks (
    tenant_id      uuid NOT NULL,
    maintenance_id uuid NOT NULL,
    check_id       uuid NOT NULL,
    PRIMARY KEY (tenant_id, maintenance_id, check_id),
    CONSTRAINT maintained_in_a_maintenance FOREIGN KEY (tenant_id, maintenance_id) REFERENCES monitoring.maintenance (tenant_id, id),
    CONSTRAINT maintained_is_a_check FOREIGN KEY (tenant_id, check_id) REFERENCES monitoring.checks (tenant_id, id)
);
CREATE INDEX maintenance_of_a_check ON monitoring.maintained_checks (tenant_id, check_id);
CALL hub.protect('monitoring.maintained_checks', 'tenant_id', 'SELECT, INSERT, DELETE');

-- Whether people know of it: one that began in maintenance is told when that is over, and its end only to who knew of it.
ALTER TABLE monitoring.incidents ADD COLUMN told boolean NOT NULL DEFAULT true;
ALTER TABLE monitoring.incidents ALTER COLUMN told DROP DEFAULT;
