-- How people call their services: invoices name the service that a line is about.
CREATE TABLE billing.service_names (
    tenant_id   uuid NOT NULL,
    instance_id uuid NOT NULL,
    name        text NOT NULL,
    named_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, instance_id)
);
CALL hub.protect('billing.service_names', 'tenant_id', 'SELECT, INSERT, UPDATE');
