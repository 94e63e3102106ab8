-- A subscription that ended is looked at for late usage at the ends of its terms until the grace window is over.
ALTER TABLE billing.subscriptions DROP CONSTRAINT running_ones_are_due_some_day;
ALTER TABLE billing.subscriptions ADD CONSTRAINT running_ones_are_due_some_day CHECK (state = 'ended' OR next_at IS NOT NULL);
