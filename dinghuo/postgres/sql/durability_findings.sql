-- Name the settings under which a confirmed transaction could be lost.
-- In:    nothing
-- Out:   name text, setting text; one row per unsafe setting
-- Needs: nothing
SELECT name, setting
  FROM pg_settings
 WHERE (name IN ('fsync', 'full_page_writes', 'data_checksums') AND setting <> 'on')
    OR (name = 'synchronous_commit' AND setting = 'off')
    OR (name = 'wal_level' AND setting = 'minimal')
 ORDER BY name
