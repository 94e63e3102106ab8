-- Changes of status that only frozen months speak of are removed by the scheduler.
CREATE INDEX status_changes_by_age ON monitoring.status_changes (at);
CALL hub.admit('monitoring.status_changes', 'hub_system', 'SELECT (tenant_id, check_id, at), DELETE');
