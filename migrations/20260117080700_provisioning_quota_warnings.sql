-- The last mark of its storage, in percent, that people were told of by mail; 0 for none.
ALTER TABLE provisioning.instances ADD COLUMN quota_told smallint NOT NULL DEFAULT 0 CONSTRAINT quota_mark_is_known CHECK (quota_told IN (0, 90, 100));
