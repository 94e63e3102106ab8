-- Jobs that were tried as often as jobs are: nobody tries them again, so people have to see them. Functions, since the
-- queue's tables are the library's and hold more than anybody needs to know.
CREATE FUNCTION hub.dead_jobs(most integer)
RETURNS TABLE (name text, tenant text, last_error text, created_at timestamptz, failed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
BEGIN
    RETURN QUERY
    SELECT concat_ws(' ', j.payload ->> 'name', nullif(concat_ws('.', j.payload #>> '{payload,area}', j.payload #>> '{payload,event}'), '')),
           j.payload #>> '{payload,tenant}',
           j.last_error,
           j.created_at,
           j.updated_at
      FROM graphile_worker._private_jobs j
     WHERE j.attempts >= j.max_attempts
       AND j.locked_at IS NULL
       -- Another job took its place.
       AND NOT EXISTS (SELECT FROM graphile_worker._private_job_retirements r WHERE r.id = j.id)
     ORDER BY j.updated_at DESC, j.id DESC
     LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION hub.dead_jobs(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hub.dead_jobs(integer) TO hub_system, hub_provider;

-- Which of these keys have a job that is ready and stands in line: asking for it again would put it behind all others.
CREATE FUNCTION hub.jobs_in_line(keys text[])
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
BEGIN
    RETURN QUERY
    SELECT j.key
      FROM graphile_worker._private_jobs j
     WHERE j.key = ANY (keys)
       AND j.locked_at IS NULL
       AND j.attempts < j.max_attempts
       AND j.run_at <= now();
END
$$;
REVOKE ALL ON FUNCTION hub.jobs_in_line(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hub.jobs_in_line(text[]) TO hub_system;

-- Puts jobs that were given up back into the queue, once their cause is mended. Answers how many.
CREATE FUNCTION hub.retry_dead_jobs()
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
    dead bigint[] := ARRAY(
        SELECT j.id
          FROM graphile_worker._private_jobs j
         WHERE j.attempts >= j.max_attempts
           AND j.locked_at IS NULL
           AND NOT EXISTS (SELECT FROM graphile_worker._private_job_retirements r WHERE r.id = j.id)
    );
BEGIN
    PERFORM graphile_worker.reschedule_jobs(job_ids => dead, run_at => now(), attempts => 0);
    RETURN cardinality(dead);
END
$$;
REVOKE ALL ON FUNCTION hub.retry_dead_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hub.retry_dead_jobs() TO hub_system;
