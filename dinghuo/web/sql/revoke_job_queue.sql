-- Take back what grant_job_queue gave.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
REVOKE ALL
    ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers FROM dinghuo_app;
REVOKE ALL
    ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq FROM dinghuo_app;
