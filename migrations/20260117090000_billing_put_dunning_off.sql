-- Days by which states come later than the policy says, since they could not be announced in time.
ALTER TABLE billing.accounts ADD COLUMN dunning_lag integer NOT NULL DEFAULT 0 CONSTRAINT dunning_comes_no_earlier CHECK (dunning_lag >= 0);
