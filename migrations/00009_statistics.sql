-- What the planner knows of the tables, brought up to date at once: after thousands of rows came in, and before
-- autovacuum comes by a minute later, plans for reading would be those of empty tables.
SET LOCAL ROLE sovang_owner;

CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT r.relname FROM pg_catalog.pg_class r
                 WHERE r.relnamespace = 'public'::regnamespace AND r.relkind IN ('r', 'p') AND NOT r.relispartition LOOP
        EXECUTE format('ANALYZE %I', name);
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION refresh_statistics() TO sovang_app;
