-- Payments are retried on days 1, 3, 7 and 14, as decided; an installation whose provider chose other days keeps them.
UPDATE billing.settings
   SET dunning = jsonb_set(dunning, '{retries}', '[1, 3, 7, 14]')
 WHERE dunning -> 'retries' = '[1, 2, 6, 13]';
