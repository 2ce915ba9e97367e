-- The log of a fund: entries, their postings, what follows from them, and the one function that writes them.
SET LOCAL ROLE sovang_owner;

-- One line of the fund's log. canonical is what the leaf hash is over (package ledger/proof); the entry
-- number is the leaf's index. line_count closes the entry to later postings.
CREATE TABLE entry (
    fund_id      integer NOT NULL,
    entry_no     bigint  NOT NULL CONSTRAINT entry_no_from_0 CHECK (entry_no >= 0),
    recorded_at  timestamptz NOT NULL,
    reverses     bigint CONSTRAINT entry_reverses_earlier CHECK (reverses < entry_no),
    effective_on date    NOT NULL,
    actor        integer NOT NULL,
    line_count   integer NOT NULL CONSTRAINT entry_line_count CHECK (line_count BETWEEN 0 AND 100000),
    kind         text    NOT NULL CONSTRAINT entry_kind CHECK (kind ~ '^[a-z0-9._-]{1,40}$'),
    key          uuid    NOT NULL,
    request_hash bytea   NOT NULL CONSTRAINT entry_request_hash CHECK (length(request_hash) = 32),
    canonical    bytea   NOT NULL CONSTRAINT entry_canonical CHECK (length(canonical) BETWEEN 1 AND 65535),
    leaf_hash    bytea   NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || canonical)) STORED,
    CONSTRAINT entry_key PRIMARY KEY (fund_id, entry_no),
    CONSTRAINT entry_once UNIQUE (fund_id, key)
) PARTITION BY HASH (fund_id);
SELECT split('entry');
CREATE UNIQUE INDEX entry_reversed_once ON entry (fund_id, reverses) WHERE reverses IS NOT NULL;
SELECT lock_down('entry', 'append');

-- A posting moves one amount from the credit to the debit side: an entry cannot be out of balance.
CREATE TABLE posting (
    fund_id        integer  NOT NULL,
    entry_no       bigint   NOT NULL,
    line           integer  NOT NULL CONSTRAINT posting_line_from_1 CHECK (line >= 1),
    debit_account  integer  NOT NULL,
    credit_account integer  NOT NULL,
    effective_on   date     NOT NULL,
    purpose_id     bigint   NOT NULL,
    amount         bigint   NOT NULL CONSTRAINT posting_amount_positive CHECK (amount > 0), -- đồng
    sign           smallint NOT NULL DEFAULT 1 CONSTRAINT posting_sign CHECK (sign IN (1, -1)), -- -1: ghi số âm
    CONSTRAINT posting_key PRIMARY KEY (fund_id, entry_no, line),
    CONSTRAINT posting_two_sides CHECK (debit_account <> credit_account)
) PARTITION BY HASH (fund_id);
SELECT split('posting');

-- The exact debits and credits of an account. floor defaults to none because the row offered to
-- INSERT … ON CONFLICT meets the CHECK before the conflict is seen; opening the account sets it.
CREATE TABLE balance (
    fund_id    integer NOT NULL,
    account_id integer NOT NULL,
    debits     bigint  NOT NULL DEFAULT 0,
    credits    bigint  NOT NULL DEFAULT 0,
    floor      char(1) NOT NULL DEFAULT '-' CONSTRAINT balance_floor CHECK (floor IN ('-', 'D', 'C')),
    closed     boolean NOT NULL DEFAULT false, -- nothing is posted to it any more
    CONSTRAINT balance_key PRIMARY KEY (fund_id, account_id),
    CONSTRAINT balance_account FOREIGN KEY (fund_id, account_id) REFERENCES account,
    CONSTRAINT balance_enough CHECK (CASE floor WHEN 'D' THEN debits >= credits
                                                WHEN 'C' THEN credits >= debits ELSE true END)
) WITH (fillfactor = 50);
SELECT distribute('balance');

-- The same per account and restriction: what of it lies where. The unrestricted rest is what the account holds less
-- these rows.
CREATE TABLE purpose_balance (
    fund_id    integer NOT NULL,
    account_id integer NOT NULL,
    purpose_id bigint  NOT NULL CONSTRAINT purpose_balance_restricted CHECK (purpose_id <> 0),
    debits     bigint  NOT NULL DEFAULT 0,
    credits    bigint  NOT NULL DEFAULT 0,
    CONSTRAINT purpose_balance_key PRIMARY KEY (fund_id, account_id, purpose_id),
    CONSTRAINT purpose_balance_account FOREIGN KEY (fund_id, account_id) REFERENCES account,
    CONSTRAINT purpose_balance_purpose FOREIGN KEY (fund_id, purpose_id) REFERENCES purpose
) WITH (fillfactor = 50);
SELECT distribute('purpose_balance');

-- Day totals: a balance as of a date adds these, and back-dating touches one day.
CREATE TABLE account_day (
    fund_id    integer NOT NULL,
    account_id integer NOT NULL,
    day        date    NOT NULL,
    debits     bigint  NOT NULL DEFAULT 0,
    credits    bigint  NOT NULL DEFAULT 0,
    CONSTRAINT account_day_key PRIMARY KEY (fund_id, account_id, day)
) WITH (fillfactor = 70);
SELECT distribute('account_day');

-- The counter of a series (ký hiệu) in a year.
CREATE TABLE series (
    fund_id integer NOT NULL,
    series  text    NOT NULL CONSTRAINT series_form CHECK (series ~ '^[A-Z]{2,4}$'),
    year    integer NOT NULL CONSTRAINT series_year CHECK (year BETWEEN 1945 AND 2199),
    next_no bigint  NOT NULL CONSTRAINT series_next_from_2 CHECK (next_no >= 2),
    CONSTRAINT series_key PRIMARY KEY (fund_id, series, year)
) WITH (fillfactor = 50);
SELECT distribute('series');

-- A numbered paper. The number is taken in the transaction that posts the entry; what the paper says
-- stands in the entry's canonical bytes and in entry_person.
CREATE TABLE document (
    fund_id  integer NOT NULL,
    number   bigint  NOT NULL CONSTRAINT document_number_from_1 CHECK (number >= 1),
    entry_no bigint  NOT NULL,
    of_entry bigint  CONSTRAINT document_of_earlier CHECK (of_entry < entry_no), -- the gift, for a replacement
    year     integer NOT NULL,
    series   text    NOT NULL,
    code     text    NOT NULL CONSTRAINT document_code_form CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{10}$'),
    CONSTRAINT document_key PRIMARY KEY (fund_id, series, year, number),
    CONSTRAINT document_entry UNIQUE (fund_id, entry_no),
    CONSTRAINT document_code UNIQUE (fund_id, code)
) PARTITION BY HASH (fund_id);
SELECT split('document');
CREATE INDEX document_of ON document (fund_id, of_entry) WHERE of_entry IS NOT NULL;

-- What an entry says about people, as it was said, with the secret behind its commitments. Erasing the
-- row after retention erases the person and leaves the log whole.
CREATE TABLE entry_person (
    fund_id  integer NOT NULL,
    entry_no bigint  NOT NULL,
    secret   bytea   NOT NULL CONSTRAINT entry_person_secret CHECK (length(secret) = 16),
    said     text    NOT NULL CONSTRAINT entry_person_form CHECK (said IS NFC NORMALIZED AND length(said) <= 20000), -- JSON
    CONSTRAINT entry_person_key PRIMARY KEY (fund_id, entry_no)
) PARTITION BY HASH (fund_id);
SELECT split('entry_person');

-- Four eyes. An intent is proposed by its maker; an approval decides exactly that content, once, by another.
CREATE TABLE intent (
    fund_id      integer NOT NULL,
    entry_no     bigint  NOT NULL,
    kind         text    NOT NULL,
    maker        integer NOT NULL,
    payload_hash bytea   NOT NULL CONSTRAINT intent_payload_hash CHECK (length(payload_hash) = 32),
    payload      text    NOT NULL CONSTRAINT intent_form CHECK (payload IS NFC NORMALIZED AND length(payload) <= 20000),
    CONSTRAINT intent_key PRIMARY KEY (fund_id, entry_no),
    CONSTRAINT intent_content UNIQUE (fund_id, entry_no, maker, payload_hash)
) PARTITION BY HASH (fund_id);
SELECT split('intent');

CREATE TABLE approval (
    fund_id      integer NOT NULL,
    intent_no    bigint  NOT NULL,
    maker        integer NOT NULL,
    payload_hash bytea   NOT NULL,
    approver     integer NOT NULL,
    approved     boolean NOT NULL, -- false: refused or withdrawn
    entry_no     bigint  NOT NULL,
    CONSTRAINT approval_once PRIMARY KEY (fund_id, intent_no),
    CONSTRAINT approval_of_content FOREIGN KEY (fund_id, intent_no, maker, payload_hash)
               REFERENCES intent (fund_id, entry_no, maker, payload_hash),
    CONSTRAINT approval_two_persons CHECK (approver <> maker OR NOT approved)
) PARTITION BY HASH (fund_id);
SELECT split('approval');

-- Sign-ins, prints, reads of personal data, refused attempts. It does not take the fund's lock.
CREATE TABLE access_log (
    fund_id integer     NOT NULL,
    at      timestamptz NOT NULL,
    id      uuid        NOT NULL,
    actor   integer     NOT NULL,
    action  text        NOT NULL CONSTRAINT access_log_action CHECK (action ~ '^[a-z0-9._-]{1,40}$'),
    object  text        NOT NULL CONSTRAINT access_log_object CHECK (length(object) <= 100),
    CONSTRAINT access_log_key PRIMARY KEY (fund_id, at, id)
) PARTITION BY HASH (fund_id);
SELECT split('access_log');

SELECT lock_down('posting', 'append'), lock_down('balance', 'state'), lock_down('purpose_balance', 'state'),
       lock_down('account_day', 'state'), lock_down('series', 'state'), lock_down('document', 'append'),
       lock_down('entry_person', 'purge'), lock_down('intent', 'append'), lock_down('approval', 'append'),
       lock_down('access_log', 'append');

-- The functions below are called by those that the program may call, and run as the owner with their search_path.

-- refuse_account says why an account takes no posting.
CREATE FUNCTION refuse_account(of_fund integer, accounts integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM balance WHERE fund_id = of_fund AND account_id = ANY (accounts) AND closed) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV007', MESSAGE = 'the account is closed';
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such account';
END $$;

-- fold_restricted adds sums per account and restriction to the restrictions.
CREATE FUNCTION fold_restricted(of_fund integer, accounts integer[], purposes bigint[], debited bigint[], credited bigint[])
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known  integer;
    wanted integer;
BEGIN
    UPDATE purpose SET received = received + t.income, spent = spent + t.expense
      FROM (SELECT u.p, sum(CASE WHEN a.class = 'N' THEN u.c - u.d ELSE 0 END)::bigint AS income,
                   sum(CASE WHEN a.class = 'X' THEN u.d - u.c ELSE 0 END)::bigint AS expense
              FROM unnest(accounts, purposes, debited, credited) AS u (a, p, d, c)
              JOIN account a ON a.fund_id = of_fund AND a.account_id = u.a
             WHERE u.p <> 0
             GROUP BY u.p) AS t
     WHERE fund_id = of_fund AND purpose_id = t.p;
    GET DIAGNOSTICS known = ROW_COUNT;
    SELECT count(DISTINCT p) INTO wanted FROM unnest(purposes) AS t (p) WHERE p <> 0;
    IF known <> wanted THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such purpose';
    END IF;
    INSERT INTO purpose_balance AS b (fund_id, account_id, purpose_id, debits, credits)
    SELECT of_fund, a, p, sum(d), sum(c)
      FROM unnest(accounts, purposes, debited, credited) AS t (a, p, d, c)
     WHERE p <> 0
     GROUP BY a, p
        ON CONFLICT (fund_id, account_id, purpose_id) DO UPDATE
       SET debits = b.debits + excluded.debits, credits = b.credits + excluded.credits;
END $$;

-- fold_many adds any number of postings, given as their sums per account, purpose and day, to the balances.
CREATE FUNCTION fold_many(of_fund integer, accounts integer[], purposes bigint[], days date[], debited bigint[], credited bigint[])
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known  integer;
    wanted integer;
BEGIN
    UPDATE balance AS b SET debits = b.debits + t.d, credits = b.credits + t.c
      FROM (SELECT a, sum(d) AS d, sum(c) AS c FROM unnest(accounts, debited, credited) AS t (a, d, c) GROUP BY a) AS t
     WHERE b.fund_id = of_fund AND b.account_id = t.a AND NOT b.closed;
    GET DIAGNOSTICS known = ROW_COUNT;
    SELECT count(DISTINCT a) INTO wanted FROM unnest(accounts) AS t (a);
    IF known <> wanted THEN
        PERFORM refuse_account(of_fund, accounts);
    END IF;
    INSERT INTO account_day AS b (fund_id, account_id, day, debits, credits)
    SELECT of_fund, a, t, sum(d), sum(c)
      FROM unnest(accounts, days, debited, credited) AS t (a, t, d, c)
     GROUP BY a, t
        ON CONFLICT (fund_id, account_id, day) DO UPDATE
       SET debits = b.debits + excluded.debits, credits = b.credits + excluded.credits;
    IF EXISTS (SELECT FROM unnest(purposes) AS t (p) WHERE p <> 0) THEN
        PERFORM fold_restricted(of_fund, accounts, purposes, debited, credited);
    END IF;
END $$;

-- Once per statement: a row trigger that re-added the entry took 21.8 s for 10,001 lines. The transition
-- table is read alone and the sums go on as arrays, because a shard cannot join the two. An unknown account
-- or purpose is refused where it is added; a late or loose posting fails the line count of its entry. One posting
-- alone, as most gifts are, takes a plain path.
CREATE FUNCTION posting_fold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one      record;
    known    integer;
    entries  bigint[];
    lines    integer[];
    posted   date[];
    counts   integer[];
    dates    date[];
    accounts integer[];
    purposes bigint[];
    days     date[];
    debited  bigint[];
    credited bigint[];
BEGIN
    SELECT count(*) AS many, min(fund_id) AS fund_id, max(fund_id) AS last_fund, min(entry_no) AS low, max(entry_no) AS high,
           min(line) AS line, min(debit_account) AS debit, min(credit_account) AS credit, min(purpose_id) AS purpose,
           min(effective_on) AS day, sum(sign * amount)::bigint AS value
      INTO one FROM added;
    IF one.many = 0 THEN
        RETURN NULL;
    ELSIF one.fund_id <> one.last_fund THEN
        RAISE EXCEPTION USING ERRCODE = 'SV010', MESSAGE = 'one statement posts to one fund';
    END IF;
    -- A range in order, and not a join: the primary key is then the only way, also for a plan made while the
    -- table was empty. Entry numbers are dense, so that a number less the first is a place in the array.
    SELECT array_agg(line_count), array_agg(effective_on) INTO counts, dates
      FROM (SELECT line_count, effective_on FROM entry
             WHERE fund_id = one.fund_id AND entry_no >= one.low AND entry_no <= one.high ORDER BY entry_no) AS e;
    IF one.many = 1 AND counts[1] >= one.line AND dates[1] = one.day THEN
        UPDATE balance
           SET debits = debits + CASE WHEN account_id = one.debit THEN one.value ELSE 0 END,
               credits = credits + CASE WHEN account_id = one.credit THEN one.value ELSE 0 END
         WHERE fund_id = one.fund_id AND account_id IN (one.debit, one.credit) AND NOT closed;
        GET DIAGNOSTICS known = ROW_COUNT;
        IF known <> 2 THEN
            PERFORM refuse_account(one.fund_id, ARRAY[one.debit, one.credit]);
        END IF;
        INSERT INTO account_day AS b (fund_id, account_id, day, debits, credits)
        VALUES (one.fund_id, one.debit, one.day, one.value, 0), (one.fund_id, one.credit, one.day, 0, one.value)
            ON CONFLICT (fund_id, account_id, day) DO UPDATE
           SET debits = b.debits + excluded.debits, credits = b.credits + excluded.credits;
        IF one.purpose <> 0 THEN
            PERFORM fold_restricted(one.fund_id, ARRAY[one.debit, one.credit], ARRAY[one.purpose, one.purpose],
                                    ARRAY[one.value, 0], ARRAY[0, one.value]);
        END IF;
        RETURN NULL;
    END IF;
    SELECT array_agg(entry_no), array_agg(line), array_agg(effective_on) INTO entries, lines, posted FROM added;
    IF array_length(counts, 1) IS DISTINCT FROM one.high - one.low + 1
       OR EXISTS (SELECT FROM unnest(entries, lines, posted) AS a (entry_no, line, day)
                   WHERE line > counts[entry_no - one.low + 1] OR day <> dates[entry_no - one.low + 1]) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV011', MESSAGE = 'a posting without its entry, or after it was closed';
    END IF;
    SELECT array_agg(a), array_agg(p), array_agg(t), array_agg(d), array_agg(c)
      INTO accounts, purposes, days, debited, credited
      FROM (SELECT a, p, t, sum(d)::bigint AS d, sum(c)::bigint AS c
              FROM (SELECT debit_account AS a, purpose_id AS p, effective_on AS t, sign * amount AS d, 0 AS c FROM added
                     UNION ALL
                    SELECT credit_account, purpose_id, effective_on, 0, sign * amount FROM added) AS side
             GROUP BY a, p, t
             ORDER BY a, p, t) AS folded; -- one order for everybody
    PERFORM fold_many(one.fund_id, accounts, purposes, days, debited, credited);
    RETURN NULL;
END $$;

-- A statement trigger fires for the table that the statement names: the parent has it, and so has each
-- partition, so that no insert slips by.
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT 'posting'::regclass UNION ALL
                SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = 'posting'::regclass LOOP
        EXECUTE format('CREATE TRIGGER posting_fold AFTER INSERT ON %s REFERENCING NEW TABLE AS added'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION posting_fold()', part);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER posting_fold', part);
    END LOOP;
END $$;

-- fund_lock takes the fund's lock before anything else: for a writer whose belief was overtaken again and again.
CREATE FUNCTION fund_lock(of_fund integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM fund_head WHERE fund_id = of_fund FOR UPDATE;
END $$;

-- refuse_post says why a fund's head does not take a batch.
CREATE FUNCTION refuse_post(of_fund integer, first_no bigint, last_seen timestamptz, first_day date) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    head fund_head;
BEGIN
    SELECT * INTO head FROM fund_head WHERE fund_id = of_fund;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such fund';
    ELSIF head.next_entry <> first_no OR head.last_at <> last_seen THEN
        RAISE EXCEPTION USING ERRCODE = 'SV001', MESSAGE = 'the head has moved';
    ELSIF head.state <> 'open' THEN
        RAISE EXCEPTION USING ERRCODE = 'SV005', MESSAGE = 'the fund is closed';
    ELSIF first_day <= head.closed_through THEN
        RAISE EXCEPTION USING ERRCODE = 'SV006', MESSAGE = 'the day is in a closed period';
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'SV012', MESSAGE = 'recorded_at must rise';
END $$;

-- take_numbers moves the counters of the series by what a batch takes: numbers follow each other without a gap.
CREATE FUNCTION take_numbers(of_fund integer, d_series text[], d_year integer[], d_number bigint[]) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    taken record;
BEGIN
    FOR taken IN SELECT series, year, min(number) AS low, max(number) AS high, count(*) AS many
                   FROM unnest(d_series, d_year, d_number) AS t (series, year, number)
                  GROUP BY series, year LOOP
        IF taken.high - taken.low + 1 <> taken.many THEN
            RAISE EXCEPTION USING ERRCODE = 'SV013', MESSAGE = 'numbers must follow each other';
        END IF;
        UPDATE series SET next_no = taken.high + 1
         WHERE fund_id = of_fund AND series.series = taken.series AND series.year = taken.year AND next_no = taken.low;
        IF NOT FOUND THEN
            IF taken.low <> 1 THEN
                RAISE EXCEPTION USING ERRCODE = 'SV001', MESSAGE = 'the series has moved';
            END IF;
            INSERT INTO series (fund_id, series, year, next_no) VALUES (of_fund, taken.series, taken.year, taken.high + 1);
        END IF;
    END LOOP;
END $$;

-- post_batch writes entries, postings, numbers and personal rows of one fund: the only door to them. The first
-- statement locks the head, compares it with what the caller numbered from, and moves it; if it has moved (SV001)
-- or a key was seen (SV002) nothing is written and the caller looks again. Every statement after it sees what stood
-- when the lock was had.
CREATE FUNCTION post_batch(
    of_fund integer, first_no bigint, last_seen timestamptz,
    kinds text[], days date[], ats timestamptz[], actors integer[], keys uuid[], requests bytea[],
    reversed bigint[], line_counts integer[], canonicals bytea[],
    p_entry bigint[], p_line integer[], p_debit integer[], p_credit integer[], p_day date[], p_purpose bigint[],
    p_amount bigint[], p_sign smallint[],
    d_entry bigint[], d_of bigint[], d_series text[], d_year integer[], d_number bigint[], d_code text[],
    s_entry bigint[], s_secret bytea[], s_said text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    -- A plan is made once and kept: it must be the one for large tables, whatever their size is today.
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off
AS $$
DECLARE
    many      integer := coalesce(array_length(kinds, 1), 0);
    posted    integer := coalesce(array_length(p_entry, 1), 0);
    papers    integer := coalesce(array_length(d_entry, 1), 0);
    persons   integer := coalesce(array_length(s_entry, 1), 0);
    first_day date := days[1];
    written   integer;
BEGIN
    IF many > 1 THEN
        SELECT min(day) INTO first_day FROM unnest(days) AS t (day);
        IF EXISTS (SELECT FROM (SELECT at, lag(at) OVER (ORDER BY n) AS earlier
                                  FROM unnest(ats) WITH ORDINALITY AS t (at, n)) AS pair WHERE at <= earlier) THEN
            RAISE EXCEPTION USING ERRCODE = 'SV012', MESSAGE = 'recorded_at must rise';
        END IF;
    END IF;
    UPDATE fund_head SET next_entry = first_no + many, last_at = ats[many]
     WHERE fund_id = of_fund AND next_entry = first_no AND last_at = last_seen AND state = 'open'
       AND closed_through < first_day AND last_at < ats[1];
    IF NOT FOUND THEN
        PERFORM refuse_post(of_fund, first_no, last_seen, first_day);
    END IF;

    INSERT INTO entry (fund_id, entry_no, kind, effective_on, recorded_at, actor, key, request_hash, reverses,
                       line_count, canonical)
    SELECT of_fund, first_no + n - 1, kind, day, at, actor, key, request, rev, lines, canonical
      FROM unnest(kinds, days, ats, actors, keys, requests, reversed, line_counts, canonicals) WITH ORDINALITY
           AS t (kind, day, at, actor, key, request, rev, lines, canonical, n)
        ON CONFLICT (fund_id, key) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> many THEN
        RAISE EXCEPTION USING ERRCODE = 'SV002', MESSAGE = 'a key was seen before';
    END IF;

    IF many = 1 AND posted <= 1 THEN
        IF line_counts[1] <> posted OR p_entry[1] <> first_no OR d_entry[1] <> first_no OR s_entry[1] <> first_no
           OR papers > 1 OR persons > 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'SV011', MESSAGE = 'a posting without its entry, or after it was closed';
        END IF;
    ELSIF (SELECT sum(n) FROM unnest(line_counts) AS t (n)) <> posted
       OR EXISTS (SELECT FROM unnest(p_entry || d_entry || s_entry) AS t (n) WHERE n < first_no OR n >= first_no + many) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV011', MESSAGE = 'a posting without its entry, or after it was closed';
    END IF;
    IF posted > 0 THEN
        INSERT INTO posting (fund_id, entry_no, line, debit_account, credit_account, effective_on, purpose_id, amount, sign)
        SELECT of_fund, e, l, d, c, t, p, a, s
          FROM unnest(p_entry, p_line, p_debit, p_credit, p_day, p_purpose, p_amount, p_sign) AS t (e, l, d, c, t, p, a, s);
    END IF;
    IF papers > 0 THEN
        PERFORM take_numbers(of_fund, d_series, d_year, d_number);
        INSERT INTO document (fund_id, entry_no, of_entry, series, year, number, code)
        SELECT of_fund, e, o, s, y, n, c
          FROM unnest(d_entry, d_of, d_series, d_year, d_number, d_code) AS t (e, o, s, y, n, c);
    END IF;
    IF persons > 0 THEN
        INSERT INTO entry_person (fund_id, entry_no, secret, said)
        SELECT of_fund, e, k, s FROM unnest(s_entry, s_secret, s_said) AS t (e, k, s);
    END IF;
END $$;

-- require_kind guards the nouns' own functions: each names entries that exist and are of its kind.
CREATE FUNCTION require_kind(of_fund integer, entries bigint[], wanted text[]) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    low   bigint;
    high  bigint;
    kinds text[];
BEGIN
    SELECT min(n), max(n) INTO low, high FROM unnest(entries) AS t (n);
    SELECT array_agg(kind) INTO kinds
      FROM (SELECT kind FROM entry WHERE fund_id = of_fund AND entry_no >= low AND entry_no <= high ORDER BY entry_no) AS e;
    IF array_length(kinds, 1) IS DISTINCT FROM high - low + 1
       OR EXISTS (SELECT FROM unnest(entries) AS t (n) WHERE NOT kinds[n - low + 1] = ANY (wanted)) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV014', MESSAGE = 'the entry is not of this kind';
    END IF;
END $$;

CREATE FUNCTION intent_apply(of_fund integer, i_entry bigint, i_kind text, i_maker integer, i_hash bytea, i_payload text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(of_fund, ARRAY[i_entry], ARRAY['intent']);
    IF i_maker <> (SELECT actor FROM entry WHERE fund_id = of_fund AND entry_no = i_entry) THEN
        RAISE EXCEPTION USING ERRCODE = 'SV008', MESSAGE = 'the maker is who wrote the entry';
    END IF;
    INSERT INTO intent (fund_id, entry_no, kind, maker, payload_hash, payload)
    VALUES (of_fund, i_entry, i_kind, i_maker, i_hash, i_payload);
END $$;

CREATE FUNCTION approval_apply(of_fund integer, a_intent bigint, a_maker integer, a_hash bytea, a_approved boolean, a_entry bigint)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO approval (fund_id, intent_no, maker, payload_hash, approver, approved, entry_no)
    SELECT of_fund, a_intent, a_maker, a_hash, e.actor, a_approved, a_entry
      FROM entry e WHERE e.fund_id = of_fund AND e.entry_no = a_entry;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SV014', MESSAGE = 'no such entry';
    END IF;
END $$;

CREATE FUNCTION access_note(of_fund integer, note_at timestamptz, note_id uuid, who integer, what text, which text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_log (fund_id, at, id, actor, action, object) VALUES (of_fund, note_at, note_id, who, what, which);
END $$;

-- fund_apply makes the rows of a fund that post_batch cannot write to yet: the head comes first.
CREATE FUNCTION fund_prepare(f_id integer, f_code text, f_name text, f_level text, f_unit text, f_chart text, f_from date)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO fund (fund_id, code, name, level, unit_code, chart, valid_from)
    VALUES (f_id, f_code, f_name, f_level, f_unit, f_chart, f_from);
    INSERT INTO fund_head (fund_id) VALUES (f_id);
END $$;

CREATE FUNCTION fund_apply(of_fund integer, in_entry bigint,
                           a_id integer[], a_code text[], a_name text[], a_role text[], a_bank text[])
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(of_fund, ARRAY[in_entry], ARRAY['fund.open']);
    INSERT INTO account (fund_id, account_id, code, name, role, class, bank, entry_no)
    SELECT of_fund, t.id, t.code, t.name, t.role, r.class, t.bank, in_entry
      FROM unnest(a_id, a_code, a_name, a_role, a_bank) AS t (id, code, name, role, bank)
      JOIN account_role r ON r.role = t.role;
    INSERT INTO balance (fund_id, account_id, floor)
    SELECT of_fund, t.id, r.floor
      FROM unnest(a_id, a_role) AS t (id, role) JOIN account_role r ON r.role = t.role;
    INSERT INTO purpose (fund_id, purpose_id, name, restricted, entry_no)
    VALUES (of_fund, 0, 'Không chỉ định mục đích', false, in_entry);
END $$;

CREATE FUNCTION heading_apply(of_fund integer, in_entry bigint, h_body text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    h_hash bytea := sha256(convert_to(h_body, 'UTF8'));
BEGIN
    PERFORM require_kind(of_fund, ARRAY[in_entry], ARRAY['fund.open', 'fund.heading']);
    INSERT INTO heading (fund_id, hash, body, entry_no) VALUES (of_fund, h_hash, h_body, in_entry)
        ON CONFLICT (fund_id, hash) DO NOTHING;
    UPDATE fund_head SET heading = h_hash WHERE fund_id = of_fund;
END $$;

CREATE FUNCTION purpose_apply(of_fund integer, in_entry bigint, p_name text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(of_fund, ARRAY[in_entry], ARRAY['purpose.open']);
    INSERT INTO purpose (fund_id, purpose_id, name, restricted, entry_no) VALUES (of_fund, in_entry, p_name, true, in_entry);
END $$;

CREATE FUNCTION campaign_apply(of_fund integer, in_entry bigint, c_name text, c_starts date, c_ends date)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(of_fund, ARRAY[in_entry], ARRAY['campaign.open']);
    INSERT INTO campaign (fund_id, campaign_id, name, starts_on, ends_on) VALUES (of_fund, in_entry, c_name, c_starts, c_ends);
END $$;

GRANT EXECUTE ON FUNCTION
    post_batch(integer, bigint, timestamptz, text[], date[], timestamptz[], integer[], uuid[], bytea[], bigint[],
               integer[], bytea[], bigint[], integer[], integer[], integer[], date[], bigint[], bigint[], smallint[],
               bigint[], bigint[], text[], integer[], bigint[], text[], bigint[], bytea[], text[]),
    fund_lock(integer),
    intent_apply(integer, bigint, text, integer, bytea, text),
    approval_apply(integer, bigint, integer, bytea, boolean, bigint),
    access_note(integer, timestamptz, uuid, integer, text, text),
    fund_prepare(integer, text, text, text, text, text, date),
    fund_apply(integer, bigint, integer[], text[], text[], text[], text[]),
    heading_apply(integer, bigint, text),
    purpose_apply(integer, bigint, text),
    campaign_apply(integer, bigint, text, date, date)
    TO sovang_app;

-- Fund 0: the installation itself. Its log holds users and roles.
SELECT fund_prepare(0, 'HE-THONG', 'Sổ Vàng: người dùng và thiết lập', 'system', NULL, 'MINH-HOA', '1945-09-02');
