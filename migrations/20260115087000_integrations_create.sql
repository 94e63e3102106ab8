-- How programs come in: API keys, and the answers that a repeated request gets again.
CREATE SCHEMA integrations;
GRANT USAGE ON SCHEMA integrations TO hub_tenant, hub_door, hub_provider, hub_system;

-- Only the hash of a key is kept. It is looked up before a tenant is known, so its index does not begin with one.
CREATE TABLE integrations.api_keys (
    tenant_id         uuid NOT NULL,
    id                uuid NOT NULL,
    name              text NOT NULL CONSTRAINT name_is_not_empty CHECK (name <> ''),
    prefix            text NOT NULL,
    secret_hash       bytea NOT NULL CONSTRAINT secret_hash_is_sha256 CHECK (length(secret_hash) = 32),
    scopes            text[] NOT NULL,
    made_by           text NOT NULL,
    created_at        timestamptz NOT NULL,
    expires_at        timestamptz,
    revoked_at        timestamptz,
    last_used_at      timestamptz,
    last_used_address text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX api_keys_by_secret ON integrations.api_keys (secret_hash);
CALL hub.protect('integrations.api_keys', 'tenant_id', 'INSERT');
GRANT SELECT (tenant_id, id, name, prefix, scopes, made_by, created_at, expires_at, revoked_at, last_used_at, last_used_address)
   ON integrations.api_keys TO hub_tenant;
GRANT UPDATE (revoked_at) ON integrations.api_keys TO hub_tenant;
CALL hub.admit('integrations.api_keys', 'hub_door', 'SELECT');
GRANT UPDATE (last_used_at, last_used_address) ON integrations.api_keys TO hub_door;
CALL hub.admit('integrations.api_keys', 'hub_provider', 'SELECT', '(tenant_id, id, name, prefix, scopes, made_by, created_at, expires_at, revoked_at, last_used_at)');

-- One row for each Idempotency-Key of the last day.
CREATE TABLE integrations.requests (
    tenant_id   uuid NOT NULL,
    key         text NOT NULL CONSTRAINT key_has_a_limit CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL CONSTRAINT fingerprint_is_sha256 CHECK (length(fingerprint) = 32),
    attempt     uuid NOT NULL,
    begun_at    timestamptz NOT NULL,
    status      smallint,
    headers     jsonb,
    body        bytea,
    PRIMARY KEY (tenant_id, key),
    CONSTRAINT an_answer_is_whole CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
);
CREATE INDEX requests_by_age ON integrations.requests (begun_at);
CALL hub.protect('integrations.requests');
CALL hub.admit('integrations.requests', 'hub_system', 'DELETE');
GRANT SELECT (begun_at) ON integrations.requests TO hub_system;
