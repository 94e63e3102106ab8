-- Rows that are written again with every batch find room beside themselves, so that no index is written with them.
ALTER TABLE billing.meter_totals SET (fillfactor = 50);
ALTER TABLE hub.tenant_heads SET (fillfactor = 50);
