-- What onboarding cannot see elsewhere: which steps were skipped, and which one was open last. Whether a step is done
-- is never kept: it is a fact of the area that owns it.
CREATE SCHEMA onboarding;
GRANT USAGE ON SCHEMA onboarding TO hub_tenant;

CREATE TABLE onboarding.journeys (
    tenant_id    uuid PRIMARY KEY,
    skipped      text[] NOT NULL DEFAULT '{}' CONSTRAINT skipped_steps_may_be_skipped CHECK (skipped <@ ARRAY['service', 'colleague']),
    last_visited text CONSTRAINT last_visited_is_a_step CHECK (last_visited IN ('profile', 'tier', 'service', 'colleague')),
    changed_at   timestamptz NOT NULL
);
CALL hub.protect('onboarding.journeys', 'tenant_id', 'SELECT, INSERT, UPDATE');
