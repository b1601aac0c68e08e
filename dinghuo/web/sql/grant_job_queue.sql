-- Let the application's role put jobs into the queue and take them out.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
GRANT SELECT, INSERT, UPDATE, DELETE
   ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers TO dinghuo_app;
GRANT USAGE
   ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq TO dinghuo_app;
