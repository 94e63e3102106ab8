-- What is sold: offerings, their versions and the plans of each. The provider's own tables, read by everybody.
CREATE SCHEMA catalog;
GRANT USAGE ON SCHEMA catalog TO hub_tenant, hub_door, hub_provider, hub_system;

CREATE TABLE catalog.offerings (
    id          uuid PRIMARY KEY,
    slug        text NOT NULL CONSTRAINT slug_is_an_address CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name        jsonb NOT NULL,
    category    text NOT NULL,
    summary     jsonb NOT NULL,
    description jsonb NOT NULL,
    driver      text,
    state       text NOT NULL CONSTRAINT offering_state_is_known CHECK (state IN ('draft', 'active', 'paused', 'archived')),
    position    integer NOT NULL DEFAULT 100,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    CONSTRAINT one_offering_per_slug UNIQUE (slug)
);

CREATE TABLE catalog.versions (
    id           uuid PRIMARY KEY,
    offering_id  uuid NOT NULL REFERENCES catalog.offerings (id),
    number       integer NOT NULL CONSTRAINT versions_count_from_one CHECK (number >= 1),
    state        text NOT NULL CONSTRAINT version_state_is_known CHECK (state IN ('draft', 'published')),
    published_at timestamptz,
    created_at   timestamptz NOT NULL,
    CONSTRAINT one_version_per_number UNIQUE (offering_id, number),
    CONSTRAINT published_versions_have_a_time CHECK ((state = 'published') = (published_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_draft_per_offering ON catalog.versions (offering_id) WHERE state = 'draft';

CREATE TABLE catalog.plans (
    id         uuid PRIMARY KEY,
    version_id uuid NOT NULL REFERENCES catalog.versions (id) ON DELETE CASCADE,
    position   integer NOT NULL,
    code       text NOT NULL,
    -- Names, limits, components with their prices, configuration schema.
    terms      jsonb NOT NULL,
    CONSTRAINT one_plan_per_code UNIQUE (version_id, code)
);

-- A published version never changes, whoever asks.
CREATE FUNCTION catalog.keep_published() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_TABLE_NAME = 'versions' THEN
        IF OLD.state = 'published' THEN
            RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'published_never_changes';
        END IF;
    ELSIF EXISTS (
        SELECT FROM catalog.versions
         WHERE state = 'published'
           AND id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)
    ) THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'published_never_changes';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER published_never_changes BEFORE UPDATE OR DELETE ON catalog.versions FOR EACH ROW EXECUTE FUNCTION catalog.keep_published();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON catalog.plans FOR EACH ROW EXECUTE FUNCTION catalog.keep_published();

GRANT SELECT ON catalog.offerings, catalog.versions, catalog.plans TO hub_tenant, hub_door, hub_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.offerings, catalog.versions, catalog.plans TO hub_provider;
