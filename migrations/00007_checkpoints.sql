-- The Merkle log over what stands in entry: roots of full subtrees, signed checkpoints, the log over all funds'
-- checkpoints, and what this installation witnessed of others. Nothing of it is written by a posting: it follows
-- within a second. The leaves of a fund's log are entry.leaf_hash. fund_id -1 is the log over all funds, whose
-- leaves are in parent_leaf.
SET LOCAL ROLE sovang_owner;

-- The lock row of the log's builder, apart from fund_head, so that it never waits for a posting nor lets one wait.
CREATE TABLE log_head (
    fund_id integer NOT NULL CONSTRAINT log_head_key PRIMARY KEY,
    size    bigint  NOT NULL DEFAULT 0 CONSTRAINT log_head_size CHECK (size >= 0), -- of the newest checkpoint
    made    bigint  NOT NULL DEFAULT 0 CONSTRAINT log_head_made CHECK (made >= 0)  -- checkpoints so far
) WITH (fillfactor = 50);
SELECT distribute('log_head');

-- The root of the full subtree over leaves [n * 256^level, (n + 1) * 256^level): what a proof needs of a tree
-- that has grown large, one row for 256 entries. Level 0 is the leaves themselves.
CREATE TABLE tile_root (
    fund_id integer  NOT NULL,
    level   smallint NOT NULL CONSTRAINT tile_root_level CHECK (level BETWEEN 1 AND 7),
    n       bigint   NOT NULL CONSTRAINT tile_root_n CHECK (n >= 0),
    hash    bytea    NOT NULL CONSTRAINT tile_root_hash CHECK (length(hash) = 32),
    CONSTRAINT tile_root_key PRIMARY KEY (fund_id, level, n)
) PARTITION BY HASH (fund_id);
SELECT split('tile_root');

-- A checkpoint (c2sp.org/tlog-checkpoint) as it was signed, for ever. Sizes only rise, so that the first one that
-- covers an entry never changes, and with it the proof on the entry's receipt.
CREATE TABLE checkpoint (
    fund_id integer NOT NULL,
    size    bigint  NOT NULL CONSTRAINT checkpoint_size CHECK (size > 0),
    note    text    NOT NULL CONSTRAINT checkpoint_form CHECK (length(note) <= 2000
                                                          AND split_part(note, E'\n', 2) = size::text),
    CONSTRAINT checkpoint_key PRIMARY KEY (fund_id, size)
) PARTITION BY HASH (fund_id);
SELECT split('checkpoint');

-- A leaf of the log over all funds: a fund's checkpoint, without its signatures.
CREATE TABLE parent_leaf (
    fund_id integer NOT NULL DEFAULT -1 CONSTRAINT parent_leaf_log CHECK (fund_id = -1),
    n       bigint  NOT NULL CONSTRAINT parent_leaf_n CHECK (n >= 0),
    of_fund integer NOT NULL CONSTRAINT parent_leaf_of CHECK (of_fund >= 0),
    size    bigint  NOT NULL,
    hash    bytea   NOT NULL CONSTRAINT parent_leaf_hash CHECK (length(hash) = 32),
    CONSTRAINT parent_leaf_key PRIMARY KEY (fund_id, n),
    CONSTRAINT parent_leaf_once UNIQUE (fund_id, of_fund, size)
);
SELECT distribute('parent_leaf');

-- The newest checkpoint that this installation cosigned of another's log; of it, no other may ever be cosigned
-- that does not continue this one.
CREATE TABLE witnessed (
    fund_id integer NOT NULL DEFAULT 0 CONSTRAINT witnessed_fund_0 CHECK (fund_id = 0),
    origin  text    NOT NULL CONSTRAINT witnessed_origin CHECK (length(origin) BETWEEN 1 AND 200),
    size    bigint  NOT NULL CONSTRAINT witnessed_size CHECK (size >= 0),
    note    text    NOT NULL CONSTRAINT witnessed_form CHECK (length(note) <= 70000
                    AND split_part(note, E'\n', 1) = origin AND split_part(note, E'\n', 2) = size::text),
    CONSTRAINT witnessed_key PRIMARY KEY (fund_id, origin)
);
SELECT distribute('witnessed');

SELECT lock_down('log_head', 'state'), lock_down('tile_root', 'append'), lock_down('checkpoint', 'append'),
       lock_down('parent_leaf', 'append'), lock_down('witnessed', 'state');

-- log_size is how many leaves a log has.
CREATE FUNCTION log_size(of_fund integer) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF of_fund = -1 THEN
        RETURN (SELECT coalesce(max(n) + 1, 0) FROM parent_leaf WHERE fund_id = -1);
    END IF;
    RETURN (SELECT next_entry FROM fund_head WHERE fund_id = of_fund);
END $$;

-- log_hashes puts hashes lo..hi-1 of a level of a log together. It asks visible once; row-level security would ask
-- it for each of 256 rows, which took twice as long.
CREATE FUNCTION log_hashes(of_fund integer, of_level integer, lo bigint, hi bigint) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT visible(of_fund) THEN
        RETURN NULL;
    END IF;
    IF of_level > 0 THEN
        RETURN (SELECT string_agg(hash, '' ORDER BY n) FROM tile_root
                 WHERE fund_id = of_fund AND level = of_level AND n >= lo AND n < hi);
    END IF;
    IF of_fund = -1 THEN
        RETURN (SELECT string_agg(hash, '' ORDER BY n) FROM parent_leaf WHERE fund_id = -1 AND n >= lo AND n < hi);
    END IF;
    RETURN (SELECT string_agg(leaf_hash, '' ORDER BY entry_no) FROM entry
             WHERE fund_id = of_fund AND entry_no >= lo AND entry_no < hi);
END $$;

-- log_lock locks the builder's row of a log, making it when it is the first time.
CREATE FUNCTION log_lock(of_fund integer) RETURNS log_head
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head log_head;
BEGIN
    IF log_size(of_fund) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such fund';
    END IF;
    INSERT INTO log_head (fund_id) VALUES (of_fund) ON CONFLICT (fund_id) DO NOTHING;
    SELECT * INTO head FROM log_head WHERE fund_id = of_fund FOR UPDATE;
    RETURN head;
END $$;

-- tile_hash adds 256 hashes up to their root: SHA-256(0x01 || left || right), eight times (RFC 6962 §2.1).
CREATE FUNCTION tile_hash(hashes bytea[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    halved bytea[];
BEGIN
    IF coalesce(array_length(hashes, 1), 0) <> 256 THEN
        RAISE EXCEPTION USING ERRCODE = 'SV016', MESSAGE = 'a tile is of 256 hashes';
    END IF;
    WHILE array_length(hashes, 1) > 1 LOOP
        halved := '{}';
        FOR i IN 1 .. array_length(hashes, 1) / 2 LOOP
            halved[i] := sha256('\x01'::bytea || hashes[2 * i - 1] || hashes[2 * i]);
        END LOOP;
        hashes := halved;
    END LOOP;
    RETURN hashes[1];
END $$;

-- tile_build adds the subtree roots that are missing, at most so many, each in the one place that is next. It adds
-- them up itself: a caller can choose when, and nothing else. It returns how many it added.
CREATE FUNCTION tile_build(of_fund integer, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    below  bigint; -- full hashes of the level below
    have   bigint;
    added  integer := 0;
    hashes bytea[];
BEGIN
    PERFORM log_lock(of_fund);
    below := log_size(of_fund);
    FOR up IN 1 .. 7 LOOP
        SELECT coalesce(max(n) + 1, 0) INTO have FROM tile_root WHERE fund_id = of_fund AND level = up;
        WHILE have < below / 256 AND added < at_most LOOP
            IF up > 1 THEN
                SELECT array_agg(hash ORDER BY n) INTO hashes FROM tile_root
                 WHERE fund_id = of_fund AND level = up - 1 AND n >= have * 256 AND n < (have + 1) * 256;
            ELSIF of_fund = -1 THEN
                SELECT array_agg(hash ORDER BY n) INTO hashes FROM parent_leaf
                 WHERE fund_id = -1 AND n >= have * 256 AND n < (have + 1) * 256;
            ELSE
                SELECT array_agg(leaf_hash ORDER BY entry_no) INTO hashes FROM entry
                 WHERE fund_id = of_fund AND entry_no >= have * 256 AND entry_no < (have + 1) * 256;
            END IF;
            INSERT INTO tile_root (fund_id, level, n, hash) VALUES (of_fund, up, have, tile_hash(hashes));
            have := have + 1;
            added := added + 1;
        END LOOP;
        EXIT WHEN have = 0;
        below := have;
    END LOOP;
    RETURN added;
END $$;

-- checkpoint_apply keeps a signed checkpoint and gives the newest one. One that is not larger than the newest is
-- dropped: another program was faster, and its checkpoint stands for both.
CREATE FUNCTION checkpoint_apply(of_fund integer, c_size bigint, c_note text, OUT newest bigint, OUT newest_note text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head log_head;
BEGIN
    head := log_lock(of_fund);
    IF c_size <= head.size THEN
        SELECT size, note INTO newest, newest_note FROM checkpoint WHERE fund_id = of_fund AND size = head.size;
        RETURN;
    END IF;
    IF c_size > log_size(of_fund) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV016', MESSAGE = 'a checkpoint ahead of its log';
    END IF;
    IF EXISTS (SELECT FROM generate_series(1, 7) AS t (up)
                WHERE c_size >> (8 * up) > 0
                  AND NOT EXISTS (SELECT FROM tile_root WHERE fund_id = of_fund AND level = up AND n = (c_size >> (8 * up)) - 1)) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV016', MESSAGE = 'a checkpoint ahead of its subtrees';
    END IF;
    INSERT INTO checkpoint (fund_id, size, note) VALUES (of_fund, c_size, c_note);
    UPDATE log_head SET size = c_size, made = made + 1 WHERE fund_id = of_fund;
    newest := c_size;
    newest_note := c_note;
END $$;

-- parent_append lets the log over all funds grow by the newest checkpoint of each fund that it lacks, and says by
-- how many leaves.
CREATE FUNCTION parent_append(of_funds integer[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    next   bigint;
    added  integer := 0;
    latest record;
BEGIN
    PERFORM log_lock(-1);
    next := log_size(-1);
    FOR latest IN SELECT c.fund_id, c.size, c.note
                    FROM log_head h
                    JOIN checkpoint c ON c.fund_id = h.fund_id AND c.size = h.size
                   WHERE h.fund_id = ANY (of_funds) AND h.fund_id >= 0
                   ORDER BY h.fund_id LOOP
        CONTINUE WHEN EXISTS (SELECT FROM parent_leaf p
                               WHERE p.fund_id = -1 AND p.of_fund = latest.fund_id AND p.size >= latest.size);
        INSERT INTO parent_leaf (n, of_fund, size, hash)
        VALUES (next, latest.fund_id, latest.size, -- the text up to the blank line, which ends in a line feed
                sha256('\x00'::bytea || convert_to(split_part(latest.note, E'\n\n', 1) || E'\n', 'UTF8')));
        next := next + 1;
        added := added + 1;
    END LOOP;
    RETURN added;
END $$;

-- logs_moved are the funds with entries that no checkpoint covers, or whose newest checkpoint the log over all funds
-- lacks. The builder asks twice a second: the owner's rights spare a look at row-level security for each fund.
CREATE FUNCTION logs_moved() RETURNS integer[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(h.fund_id ORDER BY h.fund_id), '{}')
              FROM fund_head h
              LEFT JOIN log_head g ON g.fund_id = h.fund_id
             WHERE h.next_entry > coalesce(g.size, 0)
                OR g.size > 0 AND NOT EXISTS (SELECT FROM parent_leaf p
                                               WHERE p.fund_id = -1 AND p.of_fund = h.fund_id AND p.size = g.size));
END $$;

-- witness_apply moves on from the size seen last to the one cosigned now, in one step, or refuses (SV001): another
-- was cosigned in between.
CREATE FUNCTION witness_apply(w_origin text, old_size bigint, new_size bigint, w_note text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE witnessed SET size = new_size, note = w_note
     WHERE fund_id = 0 AND origin = w_origin AND size = old_size AND new_size >= old_size;
    IF FOUND THEN
        RETURN;
    END IF;
    IF old_size = 0 THEN
        INSERT INTO witnessed (origin, size, note) VALUES (w_origin, new_size, w_note)
            ON CONFLICT (fund_id, origin) DO NOTHING;
    END IF;
    IF NOT FOUND OR old_size <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'SV001', MESSAGE = 'another checkpoint was cosigned meanwhile';
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION log_lock(integer), tile_hash(bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_size(integer), log_hashes(integer, integer, bigint, bigint), tile_build(integer, integer), checkpoint_apply(integer, bigint, text),
    parent_append(integer[]), logs_moved(), witness_apply(text, bigint, bigint, text) TO sovang_app;
