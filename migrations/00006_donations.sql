-- Gifts. The sum stands in the entry's posting, the sheet in document, the names in entry_person.
SET LOCAL ROLE sovang_owner;

CREATE TABLE donation (
    fund_id     integer NOT NULL,
    entry_no    bigint  NOT NULL,
    donor_id    bigint,          -- NULL: no donor record
    purpose_id  bigint  NOT NULL,
    campaign_id bigint,
    donated_on  date    NOT NULL,
    bank_on     date,
    method      text    NOT NULL CONSTRAINT donation_method CHECK (method IN ('cash', 'transfer', 'goods')),
    giver       text    NOT NULL CONSTRAINT donation_giver CHECK (giver IN ('named', 'unknown', 'public_anonymous', 'anonymous')),
    display     text    NOT NULL CONSTRAINT donation_display CHECK (display IN ('name', 'initials', 'hidden')),
    giver_count integer NOT NULL DEFAULT 0 CONSTRAINT donation_giver_count CHECK (giver_count BETWEEN 0 AND 10000),
    CONSTRAINT donation_key PRIMARY KEY (fund_id, entry_no),
    CONSTRAINT donation_named CHECK (giver <> 'anonymous' OR donor_id IS NULL),
    CONSTRAINT donation_bank_on CHECK ((method = 'transfer') = (bank_on IS NOT NULL)),
    CONSTRAINT donation_campaign FOREIGN KEY (fund_id, campaign_id) REFERENCES campaign
) PARTITION BY HASH (fund_id);
SELECT split('donation');
CREATE INDEX donation_of_donor ON donation (fund_id, donor_id, entry_no) WHERE donor_id IS NOT NULL;
CREATE INDEX donation_of_campaign ON donation (fund_id, campaign_id, entry_no) WHERE campaign_id IS NOT NULL;

-- One line of goods: what was given, how much of it, and what it was valued at (0: nobody valued it).
CREATE TABLE donation_goods (
    fund_id     integer NOT NULL,
    entry_no    bigint  NOT NULL,
    line        integer NOT NULL CONSTRAINT donation_goods_line CHECK (line >= 1),
    quantity    numeric NOT NULL CONSTRAINT donation_goods_quantity CHECK (quantity > 0 AND quantity < 1e9),
    unit_value  bigint  NOT NULL CONSTRAINT donation_goods_unit_value CHECK (unit_value >= 0),
    value       bigint  NOT NULL CONSTRAINT donation_goods_value CHECK (value >= 0 AND (unit_value > 0 OR value = 0)),
    CONSTRAINT donation_goods_key PRIMARY KEY (fund_id, entry_no, line)
) PARTITION BY HASH (fund_id);
SELECT split('donation_goods');

-- One giver of a collective donation's roster. The names are personal: the purge role may erase them.
CREATE TABLE giver (
    fund_id  integer NOT NULL,
    entry_no bigint  NOT NULL,
    line     integer NOT NULL CONSTRAINT giver_line CHECK (line >= 1),
    amount   bigint  NOT NULL CONSTRAINT giver_amount CHECK (amount > 0),
    name     text    NOT NULL CONSTRAINT giver_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    note     text    NOT NULL CONSTRAINT giver_note_form CHECK (note IS NFC NORMALIZED AND length(note) <= 200),
    CONSTRAINT giver_key PRIMARY KEY (fund_id, entry_no, line)
) PARTITION BY HASH (fund_id);
SELECT split('giver');

SELECT lock_down('donation', 'append'), lock_down('donation_goods', 'append'), lock_down('giver', 'purge');

-- Goods add up to their value, whatever program writes.
CREATE FUNCTION goods_apply(of_fund integer, d_entry bigint[], g_entry bigint[], g_line integer[], g_quantity numeric[],
                            g_unit bigint[], g_value bigint[])
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT g_entry <@ d_entry THEN
        RAISE EXCEPTION USING ERRCODE = 'SV014', MESSAGE = 'goods without their gift';
    END IF;
    INSERT INTO donation_goods (fund_id, entry_no, line, quantity, unit_value, value)
    SELECT of_fund, e, l, q, u, v FROM unnest(g_entry, g_line, g_quantity, g_unit, g_value) AS t (e, l, q, u, v);
    IF EXISTS (SELECT FROM (SELECT e, sum(v) AS total FROM unnest(g_entry, g_value) AS t (e, v) GROUP BY e) AS goods
                 LEFT JOIN posting p ON p.fund_id = of_fund AND p.entry_no = e AND p.line = 1
                WHERE total <> coalesce(p.amount, 0)) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV015', MESSAGE = 'the goods do not add up to their value';
    END IF;
END $$;

-- And so does a roster to its payment.
CREATE FUNCTION roster_apply(of_fund integer, d_entry bigint[], d_givers integer[], r_entry bigint[], r_line integer[],
                             r_amount bigint[], r_name text[], r_note text[])
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO giver (fund_id, entry_no, line, amount, name, note)
    SELECT of_fund, e, l, a, n, o FROM unnest(r_entry, r_line, r_amount, r_name, r_note) AS t (e, l, a, n, o);
    IF EXISTS (SELECT FROM (SELECT e, count(*) AS many, sum(a) AS total
                              FROM unnest(r_entry, r_amount) AS t (e, a) GROUP BY e) AS roster
                 FULL JOIN (SELECT e, n FROM unnest(d_entry, d_givers) AS t (e, n) WHERE n > 0) AS gift USING (e)
                 LEFT JOIN posting p ON p.fund_id = of_fund AND p.entry_no = e AND p.line = 1
                WHERE many IS DISTINCT FROM n OR total IS DISTINCT FROM p.amount) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV015', MESSAGE = 'the roster does not add up to the payment';
    END IF;
END $$;

CREATE FUNCTION donation_apply(of_fund integer, d_entry bigint[], d_donor bigint[], d_purpose bigint[], d_campaign bigint[],
                               d_donated date[], d_bank date[], d_method text[], d_giver text[], d_display text[],
                               d_givers integer[],
                               g_entry bigint[], g_line integer[], g_quantity numeric[], g_unit bigint[], g_value bigint[],
                               r_entry bigint[], r_line integer[], r_amount bigint[], r_name text[], r_note text[])
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    -- As post_batch: one plan, made for large tables.
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off
AS $$
BEGIN
    PERFORM require_kind(of_fund, d_entry, ARRAY['donation']);
    IF array_remove(d_donor, NULL) <> '{}'
       AND EXISTS (SELECT FROM unnest(d_donor) AS t (n)
                     LEFT JOIN LATERAL (SELECT true AS there FROM donor
                                         WHERE fund_id = of_fund AND donor_id >= t.n AND donor_id <= t.n
                                         ORDER BY donor_id LIMIT 1) AS d ON true
                    WHERE t.n IS NOT NULL AND d.there IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such donor';
    END IF;
    -- A declared key would ask for each row anew; the restrictions of a batch are few.
    IF EXISTS (SELECT FROM (SELECT DISTINCT p FROM unnest(d_purpose) AS t (p)) AS asked
                WHERE p <> 0 AND NOT EXISTS (SELECT FROM purpose WHERE fund_id = of_fund AND purpose_id = p)) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such purpose';
    END IF;
    INSERT INTO donation (fund_id, entry_no, donor_id, purpose_id, campaign_id, donated_on, bank_on, method, giver,
                          display, giver_count)
    SELECT of_fund, e, d, p, c, o, b, m, g, s, r
      FROM unnest(d_entry, d_donor, d_purpose, d_campaign, d_donated, d_bank, d_method, d_giver, d_display, d_givers)
           AS t (e, d, p, c, o, b, m, g, s, r);
    IF array_length(g_entry, 1) > 0 THEN
        PERFORM goods_apply(of_fund, d_entry, g_entry, g_line, g_quantity, g_unit, g_value);
    END IF;
    IF array_length(r_entry, 1) > 0 OR EXISTS (SELECT FROM unnest(d_givers) AS t (n) WHERE n > 0) THEN
        PERFORM roster_apply(of_fund, d_entry, d_givers, r_entry, r_line, r_amount, r_name, r_note);
    END IF;
END $$;

-- post_gift is post_batch and donation_apply for a single gift of money without a roster: the same rows and the same
-- refusals, with half the statements, as most gifts at a quiet counter come one at a time.
CREATE FUNCTION post_gift(
    of_fund integer, no bigint, last_seen timestamptz, day date, at timestamptz, who integer, of_key uuid, request bytea,
    canonical_bytes bytea, debit integer, credit integer, to_purpose bigint, value bigint,
    d_series text, d_year integer, d_number bigint, d_code text, of_secret bytea, what_said text,
    of_donor bigint, of_campaign bigint, given_on date, banked_on date, by_method text, giver_kind text, shown text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off
AS $$
BEGIN
    UPDATE fund_head SET next_entry = no + 1, last_at = at
     WHERE fund_id = of_fund AND next_entry = no AND last_at = last_seen AND state = 'open'
       AND closed_through < day AND last_at < at;
    IF NOT FOUND THEN
        PERFORM refuse_post(of_fund, no, last_seen, day);
    END IF;
    INSERT INTO entry (fund_id, entry_no, kind, effective_on, recorded_at, actor, key, request_hash, line_count, canonical)
    VALUES (of_fund, no, 'donation', day, at, who, of_key, request, 1, canonical_bytes)
        ON CONFLICT (fund_id, key) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SV002', MESSAGE = 'a key was seen before';
    END IF;
    INSERT INTO posting (fund_id, entry_no, line, debit_account, credit_account, effective_on, purpose_id, amount, sign)
    VALUES (of_fund, no, 1, debit, credit, day, to_purpose, value, 1);
    UPDATE series SET next_no = d_number + 1
     WHERE fund_id = of_fund AND series = d_series AND year = d_year AND next_no = d_number;
    IF NOT FOUND THEN
        PERFORM take_numbers(of_fund, ARRAY[d_series], ARRAY[d_year], ARRAY[d_number]);
    END IF;
    INSERT INTO document (fund_id, entry_no, series, year, number, code)
    VALUES (of_fund, no, d_series, d_year, d_number, d_code);
    INSERT INTO entry_person (fund_id, entry_no, secret, said) VALUES (of_fund, no, of_secret, what_said);
    IF of_donor IS NOT NULL THEN
        PERFORM FROM donor WHERE fund_id = of_fund AND donor_id >= of_donor AND donor_id <= of_donor ORDER BY donor_id LIMIT 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such donor';
        END IF;
    END IF;
    INSERT INTO donation (fund_id, entry_no, donor_id, purpose_id, campaign_id, donated_on, bank_on, method, giver,
                          display, giver_count)
    VALUES (of_fund, no, of_donor, to_purpose, of_campaign, given_on, banked_on, by_method, giver_kind, shown, 0);
END $$;

-- A receipt that stands no more: voided by four eyes, with its reversed gift, or replaced by another sheet.
CREATE TABLE receipt_void (
    fund_id  integer NOT NULL,
    series   text    NOT NULL,
    year     integer NOT NULL,
    number   bigint  NOT NULL,
    entry_no bigint  NOT NULL,
    replaced boolean NOT NULL DEFAULT false, -- true: the entry's own document takes its place
    CONSTRAINT receipt_void_once PRIMARY KEY (fund_id, series, year, number),
    CONSTRAINT receipt_void_document FOREIGN KEY (fund_id, series, year, number) REFERENCES document
) PARTITION BY HASH (fund_id);
SELECT split('receipt_void');
CREATE INDEX receipt_void_entry ON receipt_void (fund_id, entry_no);
SELECT lock_down('receipt_void', 'append');

-- A reversal takes another person than the one who recorded; it reverses every line of the gift, with sign -1.
CREATE FUNCTION reversal_apply(of_fund integer, in_entry bigint)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gift bigint;
    whom integer;
    maker integer;
BEGIN
    PERFORM require_kind(of_fund, ARRAY[in_entry], ARRAY['donation.reverse']);
    SELECT e.reverses, e.actor, g.actor INTO gift, whom, maker
      FROM entry e JOIN entry g ON g.fund_id = e.fund_id AND g.entry_no = e.reverses AND g.kind = 'donation'
     WHERE e.fund_id = of_fund AND e.entry_no = in_entry;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SV014', MESSAGE = 'it reverses no gift';
    END IF;
    IF whom = maker THEN
        RAISE EXCEPTION USING ERRCODE = 'SV008', MESSAGE = 'who recorded a gift does not reverse it';
    END IF;
    IF EXISTS (SELECT FROM (SELECT line, debit_account, credit_account, purpose_id, amount, sign FROM posting
                             WHERE fund_id = of_fund AND entry_no = gift) AS g
                 FULL JOIN (SELECT line, debit_account, credit_account, purpose_id, amount, sign FROM posting
                             WHERE fund_id = of_fund AND entry_no = in_entry) AS r USING (line)
                WHERE (g.debit_account, g.credit_account, g.purpose_id, g.amount, g.sign)
                      IS DISTINCT FROM (r.debit_account, r.credit_account, r.purpose_id, r.amount, -r.sign)) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV015', MESSAGE = 'a reversal takes back the whole gift';
    END IF;
    INSERT INTO receipt_void (fund_id, series, year, number, entry_no)
    SELECT d.fund_id, d.series, d.year, d.number, in_entry
      FROM document d
     WHERE d.fund_id = of_fund AND (d.entry_no = gift OR d.of_entry = gift)
       AND NOT EXISTS (SELECT FROM receipt_void v WHERE v.fund_id = d.fund_id AND v.series = d.series
                                                    AND v.year = d.year AND v.number = d.number);
END $$;

-- A void or a replacement stands on an approval of exactly this sheet, in the same entry. The money stays.
CREATE FUNCTION void_apply(of_fund integer, in_entry bigint, v_series text, v_year integer, v_number bigint)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted jsonb;
    what   text;
BEGIN
    PERFORM require_kind(of_fund, ARRAY[in_entry], ARRAY['receipt.void', 'receipt.replace']);
    SELECT i.payload::jsonb, i.kind INTO wanted, what
      FROM approval a JOIN intent i ON i.fund_id = a.fund_id AND i.entry_no = a.intent_no
     WHERE a.fund_id = of_fund AND a.entry_no = in_entry AND a.approved;
    IF NOT FOUND OR wanted ->> 'series' <> v_series OR (wanted ->> 'year')::integer <> v_year
       OR (wanted ->> 'number')::bigint <> v_number
       OR what <> (SELECT kind FROM entry WHERE fund_id = of_fund AND entry_no = in_entry) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV008', MESSAGE = 'no second person approved this';
    END IF;
    INSERT INTO receipt_void (fund_id, series, year, number, entry_no, replaced)
    VALUES (of_fund, v_series, v_year, v_number, in_entry, what = 'receipt.replace');
END $$;

GRANT EXECUTE ON FUNCTION
    donation_apply(integer, bigint[], bigint[], bigint[], bigint[], date[], date[], text[], text[], text[], integer[],
                   bigint[], integer[], numeric[], bigint[], bigint[], bigint[], integer[], bigint[], text[], text[]),
    post_gift(integer, bigint, timestamptz, date, timestamptz, integer, uuid, bytea, bytea, integer, integer, bigint, bigint,
              text, integer, bigint, text, bytea, text, bigint, bigint, date, date, text, text, text),
    reversal_apply(integer, bigint),
    void_apply(integer, bigint, text, integer, bigint)
    TO sovang_app;
