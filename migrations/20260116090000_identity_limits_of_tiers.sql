-- What the tier that an organisation subscribed to promises, kept beside the tier: identity may not ask the areas above.
-- Named as the catalog names a plan's limits; empty until there is a subscription, when the tier's usual numbers hold.
ALTER TABLE identity.organisations
    ADD COLUMN limits jsonb NOT NULL DEFAULT '{}' CONSTRAINT limits_have_names CHECK (jsonb_typeof(limits) = 'object');
GRANT UPDATE (limits) ON identity.organisations TO hub_tenant;
