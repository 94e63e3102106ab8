-- What customers owe and why: accounts, subscriptions, metered usage, invoices, payments.
CREATE SCHEMA billing;
GRANT USAGE ON SCHEMA billing TO hub_tenant, hub_provider, hub_system;

-- The provider's own settings: who invoices, how long there is to pay, what happens when nobody does. One row.
CREATE TABLE billing.settings (
    only_row    boolean PRIMARY KEY DEFAULT true CONSTRAINT one_row_of_settings CHECK (only_row),
    seller      jsonb NOT NULL,
    net_days    integer NOT NULL CONSTRAINT net_days_are_days CHECK (net_days BETWEEN 0 AND 120),
    dunning     jsonb NOT NULL,
    grace_terms integer NOT NULL CONSTRAINT grace_is_a_few_terms CHECK (grace_terms BETWEEN 0 AND 12)
);
INSERT INTO billing.settings (seller, net_days, dunning, grace_terms) VALUES (
    '{"entity": "SH", "name": "Service Hub", "address": [], "tax_id": "", "email": "", "bank": []}',
    7,
    '{"overdue": 1, "warned": 3, "restricted": 7, "suspended": 14, "ended": 45, "notice": 1, "retries": [1, 2, 6, 13]}',
    2
);
GRANT SELECT ON billing.settings TO hub_tenant, hub_system;
GRANT SELECT, UPDATE ON billing.settings TO hub_provider;

-- The last number given per legal entity, kind of document and year. Only the function below touches it: its row lock
-- lasts until the invoice is committed, so that a number is never given for nothing.
CREATE TABLE billing.number_sequences (
    entity text NOT NULL,
    kind   text NOT NULL,
    year   integer NOT NULL,
    last   bigint NOT NULL,
    PRIMARY KEY (entity, kind, year)
);
CREATE FUNCTION billing.next_number(for_entity text, for_kind text, for_year integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    INSERT INTO billing.number_sequences AS s (entity, kind, year, last)
    VALUES (for_entity, for_kind, for_year, 1)
    ON CONFLICT (entity, kind, year) DO UPDATE SET last = s.last + 1
    RETURNING last
$$;
REVOKE ALL ON FUNCTION billing.next_number(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing.next_number(text, text, integer) TO hub_tenant;

CREATE TABLE billing.accounts (
    tenant_id    uuid PRIMARY KEY,
    currency     text NOT NULL,
    time_zone    text NOT NULL,
    -- The day of the month on which terms turn; set by the first subscription.
    anchor_day   integer CONSTRAINT anchor_is_a_day CHECK (anchor_day BETWEEN 1 AND 31),
    name         text NOT NULL,
    address      jsonb NOT NULL,
    tax_id       text NOT NULL,
    tax          jsonb NOT NULL,
    language     text NOT NULL,
    email        text NOT NULL,
    balance      bigint NOT NULL DEFAULT 0 CONSTRAINT balance_is_never_owed CHECK (balance >= 0),
    standing     text NOT NULL DEFAULT 'good' CONSTRAINT standing_is_known
        CHECK (standing IN ('good', 'overdue', 'warned', 'restricted', 'suspended', 'ended')),
    -- The due date that dunning runs for, and the last day it has dealt with.
    dunning_due  date,
    dunning_done date,
    dunning_at   timestamptz,
    opened_at    timestamptz NOT NULL
);
CREATE INDEX accounts_by_dunning ON billing.accounts (dunning_at) WHERE dunning_at IS NOT NULL;
CALL hub.protect('billing.accounts');
CALL hub.admit('billing.accounts', 'hub_provider', 'SELECT');
CALL hub.admit('billing.accounts', 'hub_system', 'SELECT', '(tenant_id, dunning_at)');

CREATE TABLE billing.subscriptions (
    tenant_id     uuid NOT NULL,
    id            uuid NOT NULL,
    instance_id   uuid,
    plan_id       uuid NOT NULL,
    interval      text NOT NULL CONSTRAINT interval_is_known CHECK (interval IN ('monthly', 'quarterly', 'annual')),
    currency      text NOT NULL,
    anchor_day    integer NOT NULL CONSTRAINT anchor_is_a_day CHECK (anchor_day BETWEEN 1 AND 31),
    since         date NOT NULL,
    started_at    timestamptz NOT NULL,
    term_start    date NOT NULL,
    term_end      date NOT NULL,
    usage_from    timestamptz NOT NULL,
    state         text NOT NULL CONSTRAINT subscription_state_is_known CHECK (state IN ('trialing', 'active', 'cancelling', 'ended')),
    trial_until   date,
    next_plan_id  uuid,
    next_interval text,
    ended_at      timestamptz,
    end_reason    text,
    -- When its term is over and must be closed.
    next_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT terms_run_forward CHECK (term_start <= term_end),
    CONSTRAINT ended_ones_say_when_and_why CHECK ((state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT running_ones_are_due_some_day CHECK ((state = 'ended') = (next_at IS NULL))
);
CREATE UNIQUE INDEX one_tier_per_tenant ON billing.subscriptions (tenant_id) WHERE instance_id IS NULL AND state <> 'ended';
CREATE UNIQUE INDEX one_subscription_per_instance ON billing.subscriptions (tenant_id, instance_id) WHERE instance_id IS NOT NULL AND state <> 'ended';
CREATE INDEX subscriptions_by_due ON billing.subscriptions (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX subscriptions_by_instance ON billing.subscriptions (tenant_id, instance_id);
CALL hub.protect('billing.subscriptions');
CALL hub.admit('billing.subscriptions', 'hub_provider', 'SELECT');
CALL hub.admit('billing.subscriptions', 'hub_system', 'SELECT', '(tenant_id, id, next_at)');

-- Changes that were asked for, each once by its key.
CREATE TABLE billing.subscription_changes (
    tenant_id       uuid NOT NULL,
    subscription_id uuid NOT NULL,
    key             text NOT NULL,
    at              timestamptz NOT NULL,
    from_plan_id    uuid NOT NULL,
    to_plan_id      uuid NOT NULL,
    invoice_id      uuid,
    PRIMARY KEY (tenant_id, subscription_id, key),
    CONSTRAINT change_has_its_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES billing.subscriptions (tenant_id, id)
);
CALL hub.protect('billing.subscription_changes');

-- Stretches of time whose usage is charged together under one plan: a term, or a part of one after a change of plan.
CREATE TABLE billing.usage_segments (
    tenant_id       uuid NOT NULL,
    subscription_id uuid NOT NULL,
    from_at         timestamptz NOT NULL,
    until_at        timestamptz,
    plan_id         uuid NOT NULL,
    interval        text NOT NULL,
    period_start    date NOT NULL,
    period_end      date NOT NULL,
    term_start      date NOT NULL,
    term_end        date NOT NULL,
    free            boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, subscription_id, from_at),
    CONSTRAINT segment_has_its_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES billing.subscriptions (tenant_id, id)
);
CREATE UNIQUE INDEX one_open_segment ON billing.usage_segments (tenant_id, subscription_id) WHERE until_at IS NULL;
CALL hub.protect('billing.usage_segments');

-- Every metered fact once. Identity is (tenant, source, id); the same identity with another payload is refused.
CREATE TABLE billing.usage_events (
    tenant_id       uuid NOT NULL,
    source          text NOT NULL,
    id              text NOT NULL,
    hash            bytea NOT NULL,
    instance_id     uuid NOT NULL,
    meter           text NOT NULL,
    value           numeric NOT NULL,
    value_text      text,
    at              timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    state           text NOT NULL CONSTRAINT event_state_is_known CHECK (state IN ('counted', 'waiting', 'late', 'refused')),
    subscription_id uuid,
    segment_from    timestamptz,
    PRIMARY KEY (tenant_id, source, id),
    CONSTRAINT counted_events_have_a_segment CHECK (state NOT IN ('counted', 'late') OR segment_from IS NOT NULL)
);
CREATE INDEX usage_events_by_segment ON billing.usage_events (tenant_id, subscription_id, segment_from, meter, at) WHERE segment_from IS NOT NULL;
CREATE INDEX usage_events_waiting ON billing.usage_events (tenant_id, instance_id, at) WHERE state = 'waiting';
CREATE INDEX usage_events_refused ON billing.usage_events (tenant_id, received_at DESC) WHERE state = 'refused';
CALL hub.protect('billing.usage_events');

-- Running totals per meter and segment, written with the events they count.
CREATE TABLE billing.meter_totals (
    tenant_id       uuid NOT NULL,
    subscription_id uuid NOT NULL,
    segment_from    timestamptz NOT NULL,
    meter           text NOT NULL,
    carried         numeric,
    events          bigint NOT NULL,
    sum             numeric NOT NULL,
    max             numeric,
    latest_at       timestamptz,
    latest          numeric,
    weighted        numeric NOT NULL,
    -- More became known after the segment was charged.
    late            boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, subscription_id, segment_from, meter),
    CONSTRAINT total_has_its_segment FOREIGN KEY (tenant_id, subscription_id, segment_from) REFERENCES billing.usage_segments (tenant_id, subscription_id, from_at)
);
CREATE INDEX meter_totals_late ON billing.meter_totals (tenant_id) WHERE late;
CALL hub.protect('billing.meter_totals');

CREATE TABLE billing.invoices (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    kind         text NOT NULL CONSTRAINT document_kind_is_known CHECK (kind IN ('invoice', 'credit_note')),
    number       text NOT NULL,
    -- What it was issued for, so that it is issued once: a term's end, an operation.
    cause        text NOT NULL,
    currency     text NOT NULL,
    issued_on    date NOT NULL,
    issued_at    timestamptz NOT NULL,
    due_on       date NOT NULL,
    language     text NOT NULL,
    seller       jsonb NOT NULL,
    buyer        jsonb NOT NULL,
    subtotal     bigint NOT NULL,
    discount     bigint NOT NULL,
    tax          bigint NOT NULL,
    taxes        jsonb NOT NULL,
    total        bigint NOT NULL,
    from_balance bigint NOT NULL DEFAULT 0,
    paid         bigint NOT NULL DEFAULT 0,
    to_balance   bigint NOT NULL DEFAULT 0,
    state        text NOT NULL CONSTRAINT invoice_state_is_known CHECK (state IN ('open', 'paid')),
    paid_at      timestamptz,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT one_invoice_per_number UNIQUE (tenant_id, number),
    CONSTRAINT one_invoice_per_cause UNIQUE (tenant_id, cause),
    CONSTRAINT totals_add_up CHECK (total = subtotal - discount + tax),
    CONSTRAINT paid_ones_say_when CHECK ((state = 'paid') = (paid_at IS NOT NULL))
);
CREATE INDEX invoices_by_time ON billing.invoices (tenant_id, issued_at DESC, id DESC);
CREATE INDEX invoices_open ON billing.invoices (tenant_id, due_on) WHERE state = 'open';
CREATE INDEX invoices_of_all ON billing.invoices (issued_at DESC, id DESC);
CALL hub.protect('billing.invoices', 'tenant_id', 'SELECT, INSERT, UPDATE');
CALL hub.admit('billing.invoices', 'hub_provider', 'SELECT');

-- An issued invoice never changes, but for what was paid on it.
CREATE FUNCTION billing.keep_issued() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF to_jsonb(NEW) - '{from_balance,paid,to_balance,state,paid_at}'::text[] <> to_jsonb(OLD) - '{from_balance,paid,to_balance,state,paid_at}'::text[] THEN
        RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_never_changes';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER issued_never_changes BEFORE UPDATE ON billing.invoices FOR EACH ROW EXECUTE FUNCTION billing.keep_issued();

CREATE TABLE billing.invoice_lines (
    tenant_id       uuid NOT NULL,
    invoice_id      uuid NOT NULL,
    position        integer NOT NULL,
    id              uuid NOT NULL,
    kind            text NOT NULL CONSTRAINT line_kind_is_known CHECK (kind IN ('fee', 'one_time', 'usage', 'minimum', 'credit', 'late')),
    subscription_id uuid,
    component_id    uuid,
    -- The segment whose usage it charges.
    segment_from    timestamptz,
    -- The line that a credit gives back a part of.
    credits_line    uuid,
    title           jsonb NOT NULL,
    part            jsonb NOT NULL,
    unit            jsonb NOT NULL,
    period_start    date NOT NULL,
    period_end      date NOT NULL,
    quantity        numeric,
    amount          bigint NOT NULL,
    discount        bigint NOT NULL,
    tax             bigint NOT NULL,
    tax_rule        jsonb,
    derivation      jsonb NOT NULL,
    PRIMARY KEY (tenant_id, invoice_id, position),
    CONSTRAINT line_has_its_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES billing.invoices (tenant_id, id)
);
CREATE INDEX invoice_lines_by_subscription ON billing.invoice_lines (tenant_id, subscription_id, component_id);
CREATE INDEX invoice_lines_by_credit ON billing.invoice_lines (tenant_id, credits_line) WHERE credits_line IS NOT NULL;
CALL hub.protect('billing.invoice_lines', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('billing.invoice_lines', 'hub_provider', 'SELECT');

CREATE TABLE billing.payments (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    invoice_id  uuid,
    method      text NOT NULL,
    reference   text NOT NULL,
    currency    text NOT NULL,
    amount      bigint NOT NULL CONSTRAINT payments_are_positive CHECK (amount > 0),
    received_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT one_payment_per_reference UNIQUE (tenant_id, method, reference)
);
CREATE INDEX payments_by_time ON billing.payments (tenant_id, recorded_at DESC, id DESC);
CREATE INDEX payments_by_invoice ON billing.payments (tenant_id, invoice_id);
CALL hub.protect('billing.payments', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('billing.payments', 'hub_provider', 'SELECT');

-- Each movement of an account's balance, with what moved it.
CREATE TABLE billing.balance_entries (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL CONSTRAINT movement_is_known CHECK (kind IN ('overpaid', 'credit_note', 'granted', 'used')),
    amount     bigint NOT NULL,
    invoice_id uuid,
    payment_id uuid,
    reason     text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX balance_entries_by_time ON billing.balance_entries (tenant_id, at DESC, id DESC);
CALL hub.protect('billing.balance_entries', 'tenant_id', 'SELECT, INSERT');
CALL hub.admit('billing.balance_entries', 'hub_provider', 'SELECT');

-- Written before anything leaves for a gateway, so that a lost answer is looked up and never charged twice.
CREATE TABLE billing.payment_attempts (
    tenant_id         uuid NOT NULL,
    id                uuid NOT NULL,
    invoice_id        uuid NOT NULL,
    key               text NOT NULL,
    gateway           text NOT NULL,
    currency          text NOT NULL,
    amount            bigint NOT NULL,
    state             text NOT NULL CONSTRAINT attempt_state_is_known CHECK (state IN ('sending', 'unknown', 'awaiting', 'succeeded', 'declined')),
    gateway_reference text,
    decline           text,
    at                timestamptz NOT NULL,
    -- When its outcome is asked for again.
    look_at           timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT one_attempt_per_key UNIQUE (tenant_id, key),
    CONSTRAINT attempt_has_its_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES billing.invoices (tenant_id, id)
);
CREATE INDEX payment_attempts_by_look ON billing.payment_attempts (look_at) WHERE look_at IS NOT NULL;
CREATE UNIQUE INDEX one_attempt_under_way ON billing.payment_attempts (tenant_id, invoice_id) WHERE state IN ('sending', 'unknown');
CALL hub.protect('billing.payment_attempts');
CALL hub.admit('billing.payment_attempts', 'hub_provider', 'SELECT');
CALL hub.admit('billing.payment_attempts', 'hub_system', 'SELECT', '(tenant_id, id, look_at)');
