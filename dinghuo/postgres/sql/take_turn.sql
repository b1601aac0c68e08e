-- Wait until no other session sets this database up, one whose command was killed included.
-- In:    nothing
-- Out:   one row without meaning
-- Needs: a session of its own, not a pooled one: the lock lasts until the session ends
SELECT pg_advisory_lock(hashtext('dinghuo set-up'))
