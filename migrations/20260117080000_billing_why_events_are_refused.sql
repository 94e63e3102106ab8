-- Why a usage event is kept and not charged; none for events that were refused before this was noted: those came too late.
ALTER TABLE billing.usage_events
    ADD COLUMN refused_because text CONSTRAINT refusal_is_known CHECK (refused_because IN ('too_late', 'not_subscribed', 'unknown_meter'));
ALTER TABLE billing.usage_events
    ADD CONSTRAINT only_refused_events_have_a_reason CHECK (refused_because IS NULL OR state = 'refused');
