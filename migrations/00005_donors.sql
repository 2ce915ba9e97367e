-- Who gives. Folded text finds people; exact NFC text is stored and decides.
SET LOCAL ROLE sovang_owner;

CREATE TABLE donor (
    fund_id  integer NOT NULL,
    donor_id bigint  NOT NULL, -- the number of the entry that made it
    kind     text    NOT NULL CONSTRAINT donor_kind CHECK (kind IN ('person', 'organisation', 'household', 'group')),
    name     text    NOT NULL CONSTRAINT donor_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    address  text    NOT NULL DEFAULT '' CONSTRAINT donor_address_form CHECK (address IS NFC NORMALIZED AND length(address) <= 300),
    phone    text    NOT NULL DEFAULT '' CONSTRAINT donor_phone_form CHECK (phone ~ '^[0-9+ ]{0,20}$'),
    folded   text    NOT NULL, -- name and address without marks, for search
    sort_key bytea   NOT NULL, -- by given name, as people look for it
    display  text    NOT NULL CONSTRAINT donor_display CHECK (display IN ('name', 'initials', 'hidden')),
    CONSTRAINT donor_key PRIMARY KEY (fund_id, donor_id)
) PARTITION BY HASH (fund_id);
SELECT split('donor');
CREATE INDEX donor_folded ON donor USING gin (folded gin_trgm_ops);
CREATE INDEX donor_by_name ON donor (fund_id, sort_key, donor_id);
SELECT lock_down('donor', 'state');

CREATE FUNCTION donor_apply(of_fund integer, d_entry bigint[], d_kind text[], d_name text[], d_address text[],
                            d_phone text[], d_folded text[], d_sort bytea[], d_display text[])
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(of_fund, d_entry, ARRAY['donor.create', 'donation']);
    INSERT INTO donor (fund_id, donor_id, kind, name, address, phone, folded, sort_key, display)
    SELECT of_fund, e, k, n, a, p, f, s, d
      FROM unnest(d_entry, d_kind, d_name, d_address, d_phone, d_folded, d_sort, d_display) AS t (e, k, n, a, p, f, s, d);
END $$;

-- donor_find looks through the index that row-level security would hide from LIKE; it asks visible itself.
-- Every word must occur; a name that begins with the text comes first.
CREATE FUNCTION donor_find(of_fund integer, words text[], at_most integer) RETURNS SETOF donor
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    patterns text[] := (SELECT array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%')
                          FROM unnest(words) AS t (w));
BEGIN
    IF NOT visible(of_fund) OR patterns IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d.* FROM donor d
     WHERE d.fund_id = of_fund AND d.folded LIKE ALL (patterns)
     ORDER BY (d.folded LIKE substr(patterns[1], 2)) DESC, d.sort_key, d.donor_id
     LIMIT least(at_most, 200);
END $$;

GRANT EXECUTE ON FUNCTION donor_apply(integer, bigint[], text[], text[], text[], text[], text[], bytea[], text[]),
    donor_find(integer, text[], integer) TO sovang_app;
