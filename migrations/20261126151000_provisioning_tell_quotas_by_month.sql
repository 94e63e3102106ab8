-- At each mark people are told once a month, of the limit that holds then.
ALTER TABLE provisioning.instances DROP CONSTRAINT quota_mark_is_known;
ALTER TABLE provisioning.instances ADD CONSTRAINT quota_mark_is_known CHECK (quota_told IN (0, 50, 75, 90, 100));
ALTER TABLE provisioning.instances ADD COLUMN quota_month date;
ALTER TABLE provisioning.instances ADD COLUMN quota_limit bigint;
