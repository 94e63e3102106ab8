-- Usage that is more than an invoice can bear is refused where somebody reports it, and set aside for staff where it was counted.
ALTER TABLE billing.usage_events DROP CONSTRAINT refusal_is_known;
ALTER TABLE billing.usage_events
    ADD CONSTRAINT refusal_is_known CHECK (refused_because IN ('too_late', 'not_subscribed', 'unknown_meter', 'too_large'));

CREATE TABLE billing.usage_set_aside (
    tenant_id       uuid NOT NULL,
    subscription_id uuid NOT NULL,
    segment_from    timestamptz NOT NULL,
    meter           text NOT NULL,
    quantity        numeric NOT NULL,
    set_aside_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subscription_id, segment_from, meter),
    CONSTRAINT set_aside_of_its_segment FOREIGN KEY (tenant_id, subscription_id, segment_from) REFERENCES billing.usage_segments (tenant_id, subscription_id, from_at)
);
CREATE INDEX usage_set_aside_by_time ON billing.usage_set_aside (set_aside_at DESC);
CALL hub.protect('billing.usage_set_aside', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('billing.usage_set_aside', 'hub_provider', 'SELECT');
