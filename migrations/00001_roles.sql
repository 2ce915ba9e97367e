-- The four database roles, and the tools with which every later migration makes its tables.
--
-- sovang_owner   owns everything, cannot sign in; functions that write the core run as it
-- sovang_app     the program: reads what row-level security shows, writes through functions only
-- sovang_reader  a person with psql, an inspector's tool: reads only
-- sovang_purge   erases personal rows after retention, and nothing else
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['sovang_owner', 'sovang_app', 'sovang_reader', 'sovang_purge'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this cluster made it at this moment
            END;
        END IF;
    END LOOP;
    EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO sovang_owner', current_database());
    EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO sovang_app, sovang_reader, sovang_purge', current_database());
    -- Who migrates must be able to act as the owner, and the program's login as the app.
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT sovang_owner, sovang_app, sovang_reader, sovang_purge TO %I', current_user);
    END IF;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO sovang_owner;
GRANT USAGE ON SCHEMA public TO sovang_app, sovang_reader, sovang_purge;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

SET LOCAL ROLE sovang_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE sovang_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Row-level security shows the actor's funds: the read door sets sovang.funds to them ('3,7', or '*' for an
-- inspector of all). Nothing set: nothing seen. The policy asks both functions once per statement and not per row,
-- which took 7 us each.
CREATE FUNCTION sees_all() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce(current_setting('sovang.funds', true) = '*', false);
END $$;

CREATE FUNCTION seen_funds() RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    funds text := nullif(nullif(current_setting('sovang.funds', true), ''), '*');
BEGIN
    RETURN coalesce(string_to_array(funds, ',')::integer[], '{}');
END $$;

-- visible is the same for a function that reads as the owner.
CREATE FUNCTION visible(fund integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN sees_all() OR fund = ANY (seen_funds());
END $$;

-- distribute hands an empty table to Citus where Citus is present, and does nothing elsewhere.
CREATE FUNCTION distribute(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        EXECUTE format('SELECT create_distributed_table(%L, %L)', target, 'fund_id');
    END IF;
END $$;

-- split gives a table that is partitioned by hash of fund_id its eight partitions, then distributes it.
CREATE FUNCTION split(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES WITH (MODULUS 8, REMAINDER %s)',
                       target::text || '_' || part, target, part);
    END LOOP;
    PERFORM distribute(target);
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'SV020', MESSAGE = format('%s is append-only', TG_TABLE_NAME);
END $$;

-- refuse_change_but_purge lets the purge role delete, and nobody do anything else.
CREATE FUNCTION refuse_change_but_purge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'sovang_purge' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'SV020', MESSAGE = format('%s is append-only', TG_TABLE_NAME);
END $$;

-- name_parts names each partition's copy of an index after the parent's ('entry_once' -> 'entry_once_3'), so
-- that the program recognises the rule that refused.
CREATE FUNCTION name_parts(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    copy record;
BEGIN
    FOR copy IN SELECT child.oid::regclass AS index, parent.relname || '_' || right(part.relname, 1) AS wanted
                  FROM pg_catalog.pg_index pi
                  JOIN pg_catalog.pg_class parent ON parent.oid = pi.indexrelid
                  JOIN pg_catalog.pg_inherits h ON h.inhparent = pi.indexrelid
                  JOIN pg_catalog.pg_class child ON child.oid = h.inhrelid
                  JOIN pg_catalog.pg_index ci ON ci.indexrelid = child.oid
                  JOIN pg_catalog.pg_class part ON part.oid = ci.indrelid
                 WHERE pi.indrelid = target LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', copy.index, copy.wanted);
    END LOOP;
END $$;

-- lock_down takes every write grant from a table and its partitions, shows its rows by fund, and, as the
-- rule says, refuses changes to rows that stand: 'append' (none), 'purge' (deletes by the purge role),
-- 'state' (the owner's functions update it). Row triggers are cloned to partitions, statement triggers
-- are not, so TRUNCATE is refused on each. ALWAYS: session_replication_role does not silence them.
CREATE FUNCTION lock_down(target regclass, rule text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part regclass;
    guard text := CASE rule WHEN 'append' THEN 'refuse_change' WHEN 'purge' THEN 'refuse_change_but_purge' END;
BEGIN
    IF rule NOT IN ('append', 'purge', 'state') THEN
        RAISE EXCEPTION 'lock_down: unknown rule %', rule;
    END IF;
    PERFORM name_parts(target);
    IF guard IS NOT NULL THEN
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION %I()', target, guard);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', target);
    END IF;
    FOR part IN SELECT target UNION ALL SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = target LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate', part);
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, sovang_app, sovang_reader, sovang_purge', part);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE POLICY by_fund ON %s FOR SELECT'
                       ' USING ((SELECT sees_all()) OR fund_id = ANY ((SELECT seen_funds())::integer[]))', part);
    END LOOP;
    EXECUTE format('GRANT SELECT ON %s TO sovang_app, sovang_reader', target);
    IF rule = 'purge' THEN
        EXECUTE format('CREATE POLICY erase ON %s FOR DELETE TO sovang_purge USING (true)', target);
        EXECUTE format('CREATE POLICY find ON %s FOR SELECT TO sovang_purge USING (true)', target);
        EXECUTE format('GRANT SELECT, DELETE ON %s TO sovang_purge', target);
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION sees_all(), seen_funds(), visible(integer) TO sovang_app, sovang_reader, sovang_purge;
REVOKE EXECUTE ON FUNCTION distribute(regclass), split(regclass), refuse_change(),
       refuse_change_but_purge(), name_parts(regclass), lock_down(regclass, text) FROM PUBLIC;
