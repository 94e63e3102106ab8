-- Checks from outside with their results, changes of status, incidents and frozen months.
CREATE SCHEMA monitoring;
GRANT USAGE ON SCHEMA monitoring TO hub_tenant, hub_provider, hub_system;

CREATE TABLE monitoring.checks (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    instance_id  uuid NOT NULL,
    name         text NOT NULL CONSTRAINT name_is_not_empty CHECK (name <> ''),
    spec         jsonb NOT NULL,
    paused       boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL,
    -- no longer wanted by its instance's configuration; its history stays until the instance is removed
    ended_at     timestamptz,
    -- where it stands
    state        jsonb NOT NULL,
    status       text NOT NULL CONSTRAINT check_status_is_known CHECK (status IN ('unknown', 'up', 'degraded', 'down')),
    status_since timestamptz NOT NULL,
    last_at      timestamptz,
    response_ms  integer,
    problem      text,
    detail       text,
    certificate_expires timestamptz,
    -- when it is next probed; null: never
    next_at      timestamptz,
    -- probes since the last announcement, and when their window closes
    runs         integer NOT NULL DEFAULT 0,
    runs_from    timestamptz,
    runs_due     timestamptz,
    -- the first month (its first day, UTC) that is not frozen yet
    open_month   date NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_check_of_a_name ON monitoring.checks (tenant_id, instance_id, name);
CREATE INDEX checks_to_probe ON monitoring.checks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX checks_to_meter ON monitoring.checks (runs_due) WHERE runs_due IS NOT NULL;
CREATE INDEX checks_to_freeze ON monitoring.checks (open_month);
CALL hub.protect('monitoring.checks');
CALL hub.admit('monitoring.checks', 'hub_provider', 'SELECT');
CALL hub.admit('monitoring.checks', 'hub_system', 'SELECT (tenant_id, id, next_at, runs_due, open_month), UPDATE (next_at)');

-- Every probe's result; kept for five weeks.
CREATE TABLE monitoring.samples (
    tenant_id   uuid NOT NULL,
    check_id    uuid NOT NULL,
    at          timestamptz NOT NULL,
    status      text NOT NULL CONSTRAINT sample_status_is_known CHECK (status IN ('up', 'degraded', 'down')),
    response_ms integer CONSTRAINT response_takes_time CHECK (response_ms >= 0),
    problem     text,
    detail      text,
    PRIMARY KEY (tenant_id, check_id, at),
    CONSTRAINT sample_of_a_check FOREIGN KEY (tenant_id, check_id) REFERENCES monitoring.checks (tenant_id, id)
);
CALL hub.protect('monitoring.samples', 'tenant_id', 'SELECT, INSERT, DELETE');

-- From that moment on the status was this. Uptime is computed from these alone.
CREATE TABLE monitoring.status_changes (
    tenant_id uuid NOT NULL,
    check_id  uuid NOT NULL,
    at        timestamptz NOT NULL,
    status    text NOT NULL CONSTRAINT change_status_is_known CHECK (status IN ('unknown', 'up', 'degraded', 'down')),
    PRIMARY KEY (tenant_id, check_id, at),
    CONSTRAINT change_of_a_check FOREIGN KEY (tenant_id, check_id) REFERENCES monitoring.checks (tenant_id, id)
);
CALL hub.protect('monitoring.status_changes', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE monitoring.incidents (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    check_id    uuid NOT NULL,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz CONSTRAINT incident_ends_after_it_began CHECK (closed_at >= opened_at),
    problem     text NOT NULL,
    detail      text,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT incident_of_a_check FOREIGN KEY (tenant_id, check_id) REFERENCES monitoring.checks (tenant_id, id)
);
CREATE UNIQUE INDEX one_open_incident ON monitoring.incidents (tenant_id, check_id) WHERE closed_at IS NULL;
CREATE INDEX incidents_newest_first ON monitoring.incidents (tenant_id, opened_at DESC, id DESC);
CALL hub.protect('monitoring.incidents');
CALL hub.admit('monitoring.incidents', 'hub_provider', 'SELECT');

-- A closed month's uptime: written once, never changed.
CREATE TABLE monitoring.months (
    tenant_id   uuid NOT NULL,
    check_id    uuid NOT NULL,
    month       date NOT NULL CONSTRAINT month_is_its_first_day CHECK (extract(day FROM month) = 1),
    tally       jsonb NOT NULL,
    frozen_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, check_id, month),
    CONSTRAINT month_of_a_check FOREIGN KEY (tenant_id, check_id) REFERENCES monitoring.checks (tenant_id, id)
);
CALL hub.protect('monitoring.months', 'tenant_id', 'SELECT, INSERT, DELETE');
