-- Lists as a person likes to see them: an array of {"path", "name", "query"}, the oldest first.
ALTER TABLE identity.people ADD COLUMN saved_views jsonb NOT NULL DEFAULT '[]' CONSTRAINT saved_views_is_an_array CHECK (jsonb_typeof(saved_views) = 'array');
