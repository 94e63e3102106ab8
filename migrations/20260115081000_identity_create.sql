-- Who there is: organisations, people, what each may do where; and the door through which they come in.
CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO hub_tenant, hub_door, hub_provider, hub_system;

-- The provider, its partners and its tenants. The id is the tenant of everything that an organisation owns.
CREATE TABLE identity.organisations (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL CONSTRAINT kind_is_known CHECK (kind IN ('provider', 'partner', 'tenant')),
    parent_id         uuid CONSTRAINT parent_is_an_organisation REFERENCES identity.organisations (id),
    slug              text NOT NULL CONSTRAINT slug_is_unique UNIQUE CONSTRAINT slug_is_an_address_part CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    name              text NOT NULL CONSTRAINT name_is_not_empty CHECK (name <> ''),
    legal_name        text NOT NULL DEFAULT '',
    street            text NOT NULL DEFAULT '',
    postal_code       text NOT NULL DEFAULT '',
    city              text NOT NULL DEFAULT '',
    country           text CONSTRAINT country_is_iso_3166 CHECK (country ~ '^[A-Z]{2}$'),
    tax_id            text NOT NULL DEFAULT '',
    language          text NOT NULL CONSTRAINT language_is_spoken CHECK (language IN ('en', 'id')),
    currency          text NOT NULL CONSTRAINT currency_is_priced CHECK (currency IN ('IDR', 'USD', 'EUR')),
    currency_fixed_at timestamptz,
    time_zone         text NOT NULL,
    tier              text CONSTRAINT tier_is_known CHECK (tier IN ('STARTER', 'PROFESSIONAL', 'ENTERPRISE')),
    billing_interval  text CONSTRAINT interval_is_known CHECK (billing_interval IN ('monthly', 'annual')),
    state             text NOT NULL DEFAULT 'active' CONSTRAINT state_is_known CHECK (state IN ('active', 'closed')),
    created_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX there_is_one_provider ON identity.organisations (kind) WHERE kind = 'provider';
CREATE INDEX organisations_by_age ON identity.organisations (created_at DESC, id);
CALL hub.protect('identity.organisations', 'id', 'SELECT');
GRANT UPDATE (slug, name, legal_name, street, postal_code, city, country, tax_id, language, currency, currency_fixed_at,
              time_zone, tier, billing_interval) ON identity.organisations TO hub_tenant;
CALL hub.admit('identity.organisations', 'hub_door', 'SELECT, INSERT, UPDATE');
CALL hub.admit('identity.organisations', 'hub_provider', 'SELECT');
CALL hub.admit('identity.organisations', 'hub_system', 'SELECT', '(id, kind, state, created_at)');

-- People belong to no organisation: memberships say where they may do what.
CREATE TABLE identity.people (
    id                uuid PRIMARY KEY,
    email             text NOT NULL CONSTRAINT email_is_unique UNIQUE CONSTRAINT email_is_lower_case CHECK (email = lower(email)),
    name              text NOT NULL,
    password_hash     text,
    email_verified_at timestamptz,
    language          text NOT NULL CONSTRAINT language_is_spoken CHECK (language IN ('en', 'id')),
    theme             text NOT NULL DEFAULT 'system' CONSTRAINT theme_is_known CHECK (theme IN ('system', 'light', 'dark')),
    created_at        timestamptz NOT NULL
);

-- Kept when they end, so that the audit trail can still name who acted.
CREATE TABLE identity.memberships (
    tenant_id uuid NOT NULL CONSTRAINT membership_is_in_an_organisation REFERENCES identity.organisations (id),
    person_id uuid NOT NULL CONSTRAINT membership_is_a_persons REFERENCES identity.people (id),
    role      text NOT NULL,
    since     timestamptz NOT NULL,
    ended_at  timestamptz,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE INDEX memberships_by_person ON identity.memberships (person_id, since);
CALL hub.protect('identity.memberships', 'tenant_id', 'SELECT');
GRANT UPDATE (role, ended_at) ON identity.memberships TO hub_tenant;
CALL hub.admit('identity.memberships', 'hub_door', 'SELECT, INSERT, UPDATE');
CALL hub.admit('identity.memberships', 'hub_provider', 'SELECT');

-- A tenant sees the people who are or were its members, and never their passwords: the sub-select on memberships is
-- itself under that table's policy.
ALTER TABLE identity.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.people FORCE ROW LEVEL SECURITY;
CREATE POLICY colleagues ON identity.people FOR SELECT TO hub_tenant
    USING (EXISTS (SELECT FROM identity.memberships WHERE memberships.person_id = people.id));
GRANT SELECT (id, email, name, email_verified_at, language) ON identity.people TO hub_tenant;
CALL hub.admit('identity.people', 'hub_door', 'SELECT, INSERT, UPDATE');
CALL hub.admit('identity.people', 'hub_provider', 'SELECT', '(id, email, name, email_verified_at, language, created_at)');

-- Signed-in browsers. Only the door reads them, by the hash of what the browser's cookie holds.
CREATE TABLE identity.sessions (
    id             uuid PRIMARY KEY,
    token_hash     bytea NOT NULL CONSTRAINT session_token_is_unique UNIQUE CONSTRAINT token_hash_is_sha256 CHECK (length(token_hash) = 32),
    realm          text NOT NULL CONSTRAINT realm_is_known CHECK (realm IN ('tenant', 'staff')),
    person_id      uuid NOT NULL CONSTRAINT session_is_a_persons REFERENCES identity.people (id),
    current_tenant uuid CONSTRAINT session_is_in_an_organisation REFERENCES identity.organisations (id),
    user_agent     text NOT NULL,
    address        text NOT NULL,
    created_at     timestamptz NOT NULL,
    last_seen_at   timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    ended_at       timestamptz
);
CREATE INDEX sessions_by_person ON identity.sessions (person_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON identity.sessions (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.sessions TO hub_door;

-- Who leaves an organisation is signed out of it at once. The one thing that a tenant's transaction may do to
-- sessions, and only to those that stand in its own organisation.
CREATE FUNCTION identity.end_sessions_of(member uuid, at timestamptz) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    UPDATE identity.sessions
       SET ended_at = at
     WHERE person_id = member
       AND current_tenant = hub.tenant_id()
       AND ended_at IS NULL
 RETURNING id
$$;
REVOKE ALL ON FUNCTION identity.end_sessions_of(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.end_sessions_of(uuid, timestamptz) TO hub_tenant;

CREATE TABLE identity.invitations (
    tenant_id   uuid NOT NULL CONSTRAINT invitation_is_from_an_organisation REFERENCES identity.organisations (id),
    id          uuid NOT NULL,
    email       text NOT NULL,
    role        text NOT NULL,
    invited_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_open_invitation_per_address ON identity.invitations (tenant_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CALL hub.protect('identity.invitations', 'tenant_id', 'SELECT, INSERT, UPDATE');
CALL hub.admit('identity.invitations', 'hub_door', 'SELECT, UPDATE');
CALL hub.admit('identity.invitations', 'hub_provider', 'SELECT');

-- Links in mails: each works once, for one purpose, for a while. Tenants may write those of their own invitations.
CREATE TABLE identity.tokens (
    token_hash    bytea PRIMARY KEY CONSTRAINT token_hash_is_sha256 CHECK (length(token_hash) = 32),
    purpose       text NOT NULL CONSTRAINT purpose_is_known CHECK (purpose IN ('verify_email', 'reset_password', 'invitation')),
    person_id     uuid CONSTRAINT token_is_a_persons REFERENCES identity.people (id),
    organisation  uuid,
    invitation_id uuid,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    CONSTRAINT token_is_for_someone CHECK (
        CASE purpose WHEN 'invitation' THEN organisation IS NOT NULL AND invitation_id IS NOT NULL ELSE person_id IS NOT NULL END
    )
);
CREATE INDEX tokens_by_expiry ON identity.tokens (expires_at);
CREATE INDEX tokens_by_person ON identity.tokens (person_id, purpose);
ALTER TABLE identity.tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own_invitations ON identity.tokens FOR INSERT TO hub_tenant
    WITH CHECK (purpose = 'invitation' AND organisation = (SELECT hub.tenant_id()) AND person_id IS NULL);
GRANT INSERT ON identity.tokens TO hub_tenant;
CALL hub.admit('identity.tokens', 'hub_door', 'SELECT, INSERT, UPDATE, DELETE');

-- How often something was tried lately, counted before the attempt is looked at, so that many at once do not slip by.
CREATE TABLE identity.attempts (
    what         text NOT NULL,
    subject      text NOT NULL,
    count        integer NOT NULL,
    window_start timestamptz NOT NULL,
    not_before   timestamptz NOT NULL,
    PRIMARY KEY (what, subject)
);
CREATE INDEX attempts_by_age ON identity.attempts (window_start);
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.attempts TO hub_door;
