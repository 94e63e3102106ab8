-- The ground that every area stands on: the tenant of a transaction, row protection, the audit chain, live changes.
CREATE SCHEMA hub;
GRANT USAGE ON SCHEMA hub TO hub_tenant, hub_door, hub_provider, hub_system, hub_queue;

-- The transaction's tenant. Raises when none is set: a forgotten scope is an error, never an empty answer.
CREATE FUNCTION hub.tenant_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    scope text := current_setting('hub.tenant_id', true);
BEGIN
    IF scope IS NULL OR scope = '' THEN
        RAISE EXCEPTION 'no tenant is set for this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN scope::uuid;
END
$$;

-- Enables and forces row-level security on a tenant table and lets the tenant role see and change its own rows only.
-- The policy's sub-select makes the tenant a constant of the query, so that indexes beginning with tenant_id are used.
CREATE PROCEDURE hub.protect(target regclass, tenant_column text DEFAULT 'tenant_id', privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY tenant_rows ON %s TO hub_tenant USING (%I = (SELECT hub.tenant_id())) WITH CHECK (%I = (SELECT hub.tenant_id()))',
        target, tenant_column, tenant_column
    );
    EXECUTE format('GRANT %s ON %s TO hub_tenant', privileges, target);
END
$$;

-- Lets another group role at the rows of a protected table: the provider's staff, the door, the system.
CREATE PROCEDURE hub.admit(target regclass, role_name text, privileges text, columns text DEFAULT '')
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('CREATE POLICY %I ON %s TO %I USING (true) WITH CHECK (true)', role_name || '_rows', target, role_name);
    EXECUTE format('GRANT %s %s ON %s TO %I', privileges, columns, target, role_name);
END
$$;

-- How far a simulated clock stands from the real one. One row.
CREATE TABLE hub.clock (
    only_row      boolean PRIMARY KEY DEFAULT true CONSTRAINT one_clock CHECK (only_row),
    offset_micros bigint NOT NULL DEFAULT 0,
    changed_at    timestamptz NOT NULL DEFAULT now()
);
INSERT INTO hub.clock DEFAULT VALUES;
GRANT SELECT, UPDATE ON hub.clock TO hub_system;

-- Settings that the platform keeps for itself: what made this data folder, when the demo was seeded.
CREATE TABLE hub.facts (
    name  text PRIMARY KEY,
    value jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON hub.facts TO hub_system;
GRANT SELECT ON hub.facts TO hub_door;

-- Where each tenant's gapless sequences stand. Locked last in a transaction, so it is held for its end only.
CREATE TABLE hub.tenant_heads (
    tenant_id  uuid PRIMARY KEY,
    audit_seq  bigint NOT NULL DEFAULT 0,
    audit_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CONSTRAINT hash_is_sha256 CHECK (length(audit_hash) = 32),
    live_seq   bigint NOT NULL DEFAULT 0
);
CALL hub.protect('hub.tenant_heads', 'tenant_id', 'SELECT, INSERT, UPDATE');
CALL hub.admit('hub.tenant_heads', 'hub_door', 'SELECT, INSERT, UPDATE');
CALL hub.admit('hub.tenant_heads', 'hub_provider', 'SELECT, INSERT, UPDATE');

-- Who did what, in a hash chain per tenant: h(n) = SHA-256(0x00 || h(n-1) || JCS(entry)).
CREATE TABLE hub.audit_entries (
    tenant_id  uuid NOT NULL,
    seq        bigint NOT NULL,
    at         timestamptz NOT NULL,
    actor_kind text NOT NULL CONSTRAINT actor_kind_is_known CHECK (actor_kind IN ('person', 'key', 'staff', 'system', 'nobody')),
    actor_id   text NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    details    jsonb NOT NULL,
    refused    boolean NOT NULL,
    trace_id   text NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX audit_entries_by_time ON hub.audit_entries (at DESC, tenant_id, seq);
CALL hub.protect('hub.audit_entries', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('hub.audit_entries', 'hub_door', 'INSERT');
CALL hub.admit('hub.audit_entries', 'hub_provider', 'SELECT, INSERT');

-- Changes for open pages, numbered per tenant, kept for an hour.
CREATE TABLE hub.live_changes (
    tenant_id uuid NOT NULL,
    seq       bigint NOT NULL,
    at        timestamptz NOT NULL,
    what      jsonb NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX live_changes_by_age ON hub.live_changes (at);
CALL hub.protect('hub.live_changes', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('hub.live_changes', 'hub_system', 'SELECT, DELETE');

-- Mail to send and mail that was sent. Holds links that act as keys, so nobody but the door writes and only the
-- system reads.
CREATE TABLE hub.mails (
    id         uuid PRIMARY KEY,
    tenant_id  uuid,
    at         timestamptz NOT NULL,
    recipient  text NOT NULL,
    subject    text NOT NULL,
    text_body  text NOT NULL,
    html_body  text NOT NULL,
    attachment jsonb,
    state      text NOT NULL CONSTRAINT mail_state_is_known CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts   integer NOT NULL DEFAULT 0,
    last_error text
);
CREATE INDEX mails_by_time ON hub.mails (at DESC);
ALTER TABLE hub.mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE hub.mails FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON hub.mails FOR INSERT TO hub_tenant WITH CHECK (tenant_id = (SELECT hub.tenant_id()));
CREATE POLICY door_rows ON hub.mails FOR INSERT TO hub_door WITH CHECK (true);
CREATE POLICY system_rows ON hub.mails TO hub_system USING (true) WITH CHECK (true);
GRANT INSERT ON hub.mails TO hub_tenant, hub_door;
GRANT SELECT, UPDATE, DELETE ON hub.mails TO hub_system;

-- Puts a job into the queue within the caller's transaction. A key makes it one job however often it is asked for.
CREATE FUNCTION hub.add_job(job_name text, job_payload jsonb, job_key text, run_in interval)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
BEGIN
    PERFORM graphile_worker.add_job(
        identifier => 'hub',
        payload => json_build_object('name', job_name, 'payload', job_payload),
        run_at => now() + run_in,
        job_key => job_key,
        max_attempts => 12
    );
END
$$;
REVOKE ALL ON FUNCTION hub.add_job(text, jsonb, text, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hub.add_job(text, jsonb, text, interval) TO hub_tenant, hub_door, hub_provider, hub_system;

-- Copies of this program that run, each renewing its lease: readiness and the provider's page read it.
CREATE TABLE hub.processes (
    id         uuid PRIMARY KEY,
    roles      text[] NOT NULL,
    address    text NOT NULL,
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON hub.processes TO hub_system;
GRANT SELECT ON hub.processes TO hub_provider;

-- Which copy does the work of which role right now: taken for a short while, renewed while alive.
CREATE TABLE hub.leases (
    name       text PRIMARY KEY,
    holder     uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON hub.leases TO hub_system;

-- Which migrations have run, for readiness: the migrator's own table is the owner's.
CREATE VIEW hub.migration_steps AS SELECT version FROM public._sqlx_migrations WHERE success;
GRANT SELECT ON hub.migration_steps TO hub_system;
