-- Put a job for one company into the queue, unless one waits there already.
-- In:    queue text, task text, lock text (one job that waits for each), company_id int
-- Out:   nothing; one row written, or none when a job waits
-- Needs: nothing
INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)
VALUES (%(queue)s::TEXT, %(task)s::TEXT, %(lock)s::TEXT, jsonb_build_object('company_id', %(company_id)s::INT))
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
