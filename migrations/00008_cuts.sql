-- A cut is what the day totals of a fund were when its log had a certain size. It is stored now and then, so that a
-- balance as it was known at any size costs only what was posted since the nearest cut, and no more as years pass.
SET LOCAL ROLE sovang_owner;

CREATE TABLE day_cut (
    fund_id    integer NOT NULL,
    size       bigint  NOT NULL CONSTRAINT day_cut_size CHECK (size > 0), -- entries 0 .. size-1
    account_id integer NOT NULL,
    day        date    NOT NULL,
    debits     bigint  NOT NULL,
    credits    bigint  NOT NULL,
    CONSTRAINT day_cut_key PRIMARY KEY (fund_id, size, account_id, day)
) PARTITION BY HASH (fund_id);
SELECT split('day_cut');
SELECT lock_down('day_cut', 'append');

-- cut_apply stores the cut at a size that the log has reached, from the cut before it and the postings between. A cut
-- that stands is left as it is. It takes no lock: what it reads never changes.
CREATE FUNCTION cut_apply(of_fund integer, at_size bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before bigint;
BEGIN
    IF at_size > (SELECT next_entry FROM fund_head WHERE fund_id = of_fund) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'the log is shorter';
    END IF;
    SELECT coalesce(max(size), 0) INTO before FROM day_cut WHERE fund_id = of_fund AND size <= at_size;
    IF before = at_size THEN
        RETURN;
    END IF;
    INSERT INTO day_cut (fund_id, size, account_id, day, debits, credits)
    SELECT of_fund, at_size, a, t, sum(d)::bigint, sum(c)::bigint
      FROM (SELECT account_id AS a, day AS t, debits AS d, credits AS c FROM day_cut
             WHERE fund_id = of_fund AND size = before
             UNION ALL
            SELECT debit_account, effective_on, sign * amount, 0 FROM posting
             WHERE fund_id = of_fund AND entry_no >= before AND entry_no < at_size
             UNION ALL
            SELECT credit_account, effective_on, 0, sign * amount FROM posting
             WHERE fund_id = of_fund AND entry_no >= before AND entry_no < at_size) AS side
     GROUP BY a, t
        ON CONFLICT DO NOTHING; -- another stores the same cut at this moment
END $$;

GRANT EXECUTE ON FUNCTION cut_apply(integer, bigint) TO sovang_app;
