-- One organisation's trail by time, and all of them in the order in which pages go on.
CREATE INDEX audit_entries_of_one_by_time ON hub.audit_entries (tenant_id, at DESC, seq DESC);
DROP INDEX hub.audit_entries_by_time;
CREATE INDEX audit_entries_by_time ON hub.audit_entries (at DESC, tenant_id DESC, seq DESC);

-- Where somebody worked last is asked of ended sessions too; what is over is swept by whichever end came first.
DROP INDEX identity.sessions_by_person;
CREATE INDEX sessions_by_person ON identity.sessions (person_id);
DROP INDEX identity.sessions_by_expiry;
CREATE INDEX sessions_by_end ON identity.sessions (least(expires_at, ended_at));

-- Staff ask for an operation without its organisation.
CREATE INDEX operations_by_id ON provisioning.operations (id);
