-- What somebody chose on the price list before they signed up. It is shown first at the step of the tier and allows nothing.
ALTER TABLE onboarding.journeys
    ADD COLUMN wished_tier     text CONSTRAINT wished_tier_is_a_tier CHECK (wished_tier IN ('STARTER', 'PROFESSIONAL', 'ENTERPRISE')),
    ADD COLUMN wished_interval text CONSTRAINT wished_interval_is_an_interval CHECK (wished_interval IN ('monthly', 'annual'));
