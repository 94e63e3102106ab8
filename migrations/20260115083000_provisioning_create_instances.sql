-- Service instances as desired and as observed, the operations that change them, their credentials and measures.
CREATE SCHEMA provisioning;
GRANT USAGE ON SCHEMA provisioning TO hub_tenant, hub_provider, hub_system;

CREATE TABLE provisioning.instances (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    name            text NOT NULL CONSTRAINT name_is_not_empty CHECK (name <> ''),
    driver          text NOT NULL,
    -- desired
    offering_id     uuid NOT NULL,
    offering_name   jsonb NOT NULL,
    plan_id         uuid NOT NULL,
    plan_name       jsonb NOT NULL,
    limits          jsonb NOT NULL,
    configuration   jsonb NOT NULL,
    suspended_by    text[] NOT NULL DEFAULT '{}' CONSTRAINT suspended_by_known_reasons CHECK (suspended_by <@ ARRAY['customer', 'debt', 'staff']),
    unsure          boolean NOT NULL DEFAULT false,
    version         bigint NOT NULL DEFAULT 1,
    -- which of the driver's servers keeps it; empty until it was placed
    server          text NOT NULL DEFAULT '',
    -- what was ordered, to tell a repeated order from another under the same id
    order_hash      bytea NOT NULL,
    -- where it stands
    state           text NOT NULL CONSTRAINT instance_state_is_known CHECK (state IN
                    ('creating', 'running', 'updating', 'suspending', 'suspended', 'resuming', 'deleting', 'grace', 'deleted', 'failed')),
    detail          jsonb NOT NULL,
    changed_at      timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    ready_at        timestamptz,
    keep_until      timestamptz,
    -- observed
    seen_at         timestamptz,
    drift           jsonb NOT NULL DEFAULT '[]',
    endpoint        jsonb NOT NULL DEFAULT '{}',
    -- metering
    metered_until   timestamptz,
    storage_bytes   bigint NOT NULL DEFAULT 0,
    over_quota      text NOT NULL DEFAULT 'no' CONSTRAINT over_quota_is_known CHECK (over_quota IN ('no', 'warned', 'read_only')),
    peak_day        date,
    peak            bigint NOT NULL DEFAULT 0,
    connections     bigint NOT NULL DEFAULT 0,
    -- when the platform next looks at it, measures it, removes it; null: never
    look_at         timestamptz,
    measure_at      timestamptz,
    purge_at        timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX instances_newest_first ON provisioning.instances (tenant_id, created_at DESC, id DESC);
CREATE INDEX instances_to_look_at ON provisioning.instances (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX instances_to_measure ON provisioning.instances (measure_at) WHERE measure_at IS NOT NULL;
CREATE INDEX instances_to_purge ON provisioning.instances (purge_at) WHERE purge_at IS NOT NULL;
CALL hub.protect('provisioning.instances', 'tenant_id', 'SELECT, INSERT, UPDATE');
CALL hub.admit('provisioning.instances', 'hub_provider', 'SELECT');
CALL hub.admit('provisioning.instances', 'hub_system', 'SELECT (tenant_id, id, state, look_at, measure_at, purge_at), UPDATE (look_at, measure_at, purge_at)');

CREATE TABLE provisioning.operations (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    instance_id  uuid NOT NULL,
    kind         text NOT NULL CONSTRAINT operation_kind_is_known CHECK (kind IN
                 ('create', 'update', 'change_plan', 'suspend', 'resume', 'rotate', 'delete', 'restore', 'purge', 'repair')),
    state        text NOT NULL CONSTRAINT operation_state_is_known CHECK (state IN ('waiting', 'running', 'cleaning_up', 'succeeded', 'failed')),
    steps        jsonb NOT NULL DEFAULT '[]',
    percent      smallint NOT NULL DEFAULT 0 CONSTRAINT percent_is_a_percentage CHECK (percent BETWEEN 0 AND 100),
    message      jsonb NOT NULL,
    error        jsonb,
    -- for changes: what the instance was before, to go back to where the change fails, and what is wanted
    before       jsonb,
    wanted       jsonb,
    -- staff decided to go on with an empty one where the data is gone
    allow_empty  boolean NOT NULL DEFAULT false,
    attempt      integer NOT NULL DEFAULT 1,
    failures     integer NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    time_limit_s integer NOT NULL,
    -- By the database's clock: backends and workers do not follow a simulated one.
    gives_up_at  timestamptz NOT NULL,
    try_at       timestamptz NOT NULL DEFAULT now(),
    lease_holder uuid,
    lease_until  timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT operation_of_an_instance FOREIGN KEY (tenant_id, instance_id) REFERENCES provisioning.instances (tenant_id, id)
);
CREATE UNIQUE INDEX one_operation_at_a_time ON provisioning.operations (tenant_id, instance_id) WHERE state IN ('waiting', 'running', 'cleaning_up');
CREATE INDEX operations_newest_first ON provisioning.operations (tenant_id, created_at DESC, id DESC);
CREATE INDEX operations_of_all_newest_first ON provisioning.operations (created_at DESC, id DESC);
CREATE INDEX operations_under_way ON provisioning.operations (try_at) WHERE state IN ('waiting', 'running', 'cleaning_up');
CALL hub.protect('provisioning.operations', 'tenant_id', 'SELECT, INSERT, UPDATE');
CALL hub.admit('provisioning.operations', 'hub_provider', 'SELECT');
CALL hub.admit('provisioning.operations', 'hub_system', 'SELECT', '(tenant_id, id, state, try_at, lease_until)');

CREATE TABLE provisioning.operation_log (
    tenant_id    uuid NOT NULL,
    operation_id uuid NOT NULL,
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    at           timestamptz NOT NULL,
    level        text NOT NULL CONSTRAINT log_level_is_known CHECK (level IN ('info', 'warning', 'error')),
    message      jsonb NOT NULL,
    detail       text,
    PRIMARY KEY (tenant_id, operation_id, seq),
    CONSTRAINT log_of_an_operation FOREIGN KEY (tenant_id, operation_id) REFERENCES provisioning.operations (tenant_id, id)
);
CALL hub.protect('provisioning.operation_log', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('provisioning.operation_log', 'hub_provider', 'SELECT');

-- The verifier stays, so that a dropped role can be made again without knowing the password; the password itself is
-- sealed and forgotten once it was shown. `next_*` is what a rotation will put in force.
CREATE TABLE provisioning.credentials (
    tenant_id     uuid NOT NULL,
    instance_id   uuid NOT NULL,
    verifier      text NOT NULL,
    sealed        bytea,
    revealed_at   timestamptz,
    next_verifier text,
    next_sealed   bytea,
    next_for      uuid,
    PRIMARY KEY (tenant_id, instance_id),
    CONSTRAINT credentials_of_an_instance FOREIGN KEY (tenant_id, instance_id) REFERENCES provisioning.instances (tenant_id, id)
);
CALL hub.protect('provisioning.credentials', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Measured values: the charts of storage and connections.
CREATE TABLE provisioning.measurements (
    tenant_id     uuid NOT NULL,
    instance_id   uuid NOT NULL,
    at            timestamptz NOT NULL,
    storage_bytes bigint NOT NULL,
    connections   bigint NOT NULL,
    PRIMARY KEY (tenant_id, instance_id, at),
    CONSTRAINT measurements_of_an_instance FOREIGN KEY (tenant_id, instance_id) REFERENCES provisioning.instances (tenant_id, id)
);
CALL hub.protect('provisioning.measurements', 'tenant_id', 'SELECT, INSERT, DELETE');
CALL hub.admit('provisioning.measurements', 'hub_provider', 'SELECT');
