-- The mode and the queue are those of the schema in which these functions are, wherever the session that writes looks for its
-- tables: a function with an empty search path, another installation's schema in the same database, a temporary table of the
-- same name. Asked there, a write would be let in, or would never reach its legacy file.
DO $$
DECLARE
  own text := current_schema();
BEGIN
  EXECUTE format('ALTER FUNCTION %1$I.sluice_guard() SET search_path = %1$I, pg_temp', own);
  EXECUTE format('ALTER FUNCTION %1$I.sluice_queue() SET search_path = %1$I, pg_temp', own);
END $$;
