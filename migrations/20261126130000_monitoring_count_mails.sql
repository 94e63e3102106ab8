-- News of checks that an organisation was mailed in the hour that began then: checks that flap, or addresses that nobody
-- confirmed, do not flood a mailbox.
CREATE TABLE monitoring.mail_counts (
    tenant_id uuid PRIMARY KEY,
    hour      timestamptz NOT NULL,
    told      integer NOT NULL
);
CALL hub.protect('monitoring.mail_counts', 'tenant_id', 'SELECT, INSERT, UPDATE');
