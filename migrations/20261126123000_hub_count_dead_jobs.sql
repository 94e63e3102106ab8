-- How many jobs were given up: one look at them (hub.dead_jobs) lists only so many.
CREATE FUNCTION hub.count_dead_jobs()
RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
BEGIN
    RETURN (
        SELECT count(*)
          FROM graphile_worker._private_jobs j
         WHERE j.attempts >= j.max_attempts
           AND j.locked_at IS NULL
           AND NOT EXISTS (SELECT FROM graphile_worker._private_job_retirements r WHERE r.id = j.id)
    );
END
$$;
REVOKE ALL ON FUNCTION hub.count_dead_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hub.count_dead_jobs() TO hub_system, hub_provider;
