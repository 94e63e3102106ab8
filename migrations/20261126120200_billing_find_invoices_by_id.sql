-- Staff open an invoice by its id alone.
CREATE INDEX invoices_by_id ON billing.invoices (id);
