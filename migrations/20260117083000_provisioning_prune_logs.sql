-- Logs of operations that ended long ago are removed by the scheduler.
CREATE INDEX operation_log_by_age ON provisioning.operation_log (at);
CALL hub.admit('provisioning.operation_log', 'hub_system', 'SELECT (tenant_id, operation_id, seq, at), DELETE');
GRANT SELECT (finished_at) ON provisioning.operations TO hub_system;
