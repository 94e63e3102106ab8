-- Whoever changes the days of dunning makes the accounts that are in it due at once.
GRANT UPDATE (dunning_done, dunning_at) ON billing.accounts TO hub_provider;
