-- Usage events that no charge asks for any more are removed by the scheduler: those of segments closed long ago, and those that
-- never had one.
ALTER TABLE billing.usage_segments ADD COLUMN forgotten boolean NOT NULL DEFAULT false;
CREATE INDEX usage_segments_to_forget ON billing.usage_segments (until_at) WHERE NOT forgotten AND until_at IS NOT NULL;
CREATE INDEX usage_events_nowhere ON billing.usage_events (received_at) WHERE segment_from IS NULL;
CALL hub.admit('billing.usage_events', 'hub_system', 'SELECT (tenant_id, source, id, received_at, subscription_id, segment_from), DELETE');
CALL hub.admit('billing.usage_segments', 'hub_system', 'SELECT (tenant_id, subscription_id, from_at, until_at, interval, term_end, forgotten), UPDATE (forgotten)');
