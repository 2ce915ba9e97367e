-- Who signs in, and what each may do in which fund. Changes are lines of fund 0's log.
SET LOCAL ROLE sovang_owner;

-- A person's account. The password is an argon2id string; nobody but the sign-in function reads it.
CREATE TABLE app_user (
    fund_id  integer NOT NULL DEFAULT 0 CONSTRAINT app_user_fund_0 CHECK (fund_id = 0),
    user_id  integer NOT NULL CONSTRAINT app_user_id_from_1 CHECK (user_id > 0),
    login    text    NOT NULL CONSTRAINT app_user_login_form CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    name     text    NOT NULL CONSTRAINT app_user_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 120),
    password text    NOT NULL CONSTRAINT app_user_password CHECK (password LIKE '$argon2id$%' AND length(password) <= 300),
    password_in bigint NOT NULL, -- the entry that set the password: a session from before it has ended
    disabled boolean NOT NULL DEFAULT false,
    entry_no bigint  NOT NULL,
    CONSTRAINT app_user_key PRIMARY KEY (fund_id, user_id),
    CONSTRAINT app_user_login UNIQUE (fund_id, login)
);
SELECT distribute('app_user');
SELECT lock_down('app_user', 'state');
REVOKE SELECT ON app_user FROM sovang_app, sovang_reader;
GRANT SELECT (fund_id, user_id, login, name, password_in, disabled, entry_no) ON app_user TO sovang_app, sovang_reader;

-- A role of a user in one fund, for its days. in_fund 0 = in every fund (an administrator, an inspector).
CREATE TABLE user_role (
    fund_id    integer NOT NULL DEFAULT 0 CONSTRAINT user_role_fund_0 CHECK (fund_id = 0),
    user_id    integer NOT NULL,
    in_fund    integer NOT NULL,
    role       text    NOT NULL CONSTRAINT user_role_known CHECK (role IN ('recorder', 'accountant', 'treasurer',
               'chief_accountant', 'account_holder', 'viewer', 'inspector', 'admin')),
    entry_no   bigint  NOT NULL,
    ended_by   bigint,
    CONSTRAINT user_role_key PRIMARY KEY (fund_id, user_id, in_fund, role, entry_no),
    CONSTRAINT user_role_user FOREIGN KEY (fund_id, user_id) REFERENCES app_user
);
SELECT distribute('user_role');
SELECT lock_down('user_role', 'state');

-- D6: accountant ≠ thủ quỹ in one fund.
CREATE UNIQUE INDEX user_role_cash_or_books ON user_role (fund_id, user_id, in_fund)
    WHERE ended_by IS NULL AND role IN ('accountant', 'chief_accountant', 'treasurer');

CREATE FUNCTION user_apply(in_entry bigint, u_id integer, u_login text, u_name text, u_password text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(0, ARRAY[in_entry], ARRAY['user.create']);
    INSERT INTO app_user (user_id, login, name, password, password_in, entry_no)
    VALUES (u_id, u_login, u_name, u_password, in_entry, in_entry);
END $$;

CREATE FUNCTION user_change(in_entry bigint, u_id integer, u_password text, u_disabled boolean)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(0, ARRAY[in_entry], ARRAY['user.change']);
    UPDATE app_user SET password = coalesce(u_password, password), disabled = coalesce(u_disabled, disabled),
           password_in = CASE WHEN u_password IS NULL THEN password_in ELSE in_entry END
     WHERE fund_id = 0 AND user_id = u_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such user';
    END IF;
END $$;

CREATE FUNCTION role_apply(in_entry bigint, u_id integer, u_fund integer, u_role text, u_grant boolean)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_kind(0, ARRAY[in_entry], ARRAY['user.role']);
    IF u_grant THEN
        -- The index keeps D6 in one fund; a role in every fund meets those of each. The lock of fund 0's head is held.
        IF EXISTS (SELECT FROM user_role r
                    WHERE r.fund_id = 0 AND r.user_id = u_id AND r.ended_by IS NULL
                      AND r.in_fund <> u_fund AND (r.in_fund = 0 OR u_fund = 0)
                      AND ((r.role = 'treasurer' AND u_role IN ('accountant', 'chief_accountant'))
                           OR (u_role = 'treasurer' AND r.role IN ('accountant', 'chief_accountant')))) THEN
            RAISE EXCEPTION USING ERRCODE = 'SV007', MESSAGE = 'cash and books never meet in one person';
        END IF;
        INSERT INTO user_role (user_id, in_fund, role, entry_no) VALUES (u_id, u_fund, u_role, in_entry);
    ELSE
        UPDATE user_role SET ended_by = in_entry
         WHERE fund_id = 0 AND user_id = u_id AND in_fund = u_fund AND role = u_role AND ended_by IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'SV004', MESSAGE = 'no such role';
        END IF;
    END IF;
END $$;

-- sign_in_row gives the password string of one login, for the program to compare; nothing else reads it.
CREATE FUNCTION sign_in_row(by_login text, OUT u_id integer, OUT u_password text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT user_id, password INTO u_id, u_password FROM app_user WHERE fund_id = 0 AND login = by_login AND NOT disabled;
END $$;

GRANT EXECUTE ON FUNCTION user_apply(bigint, integer, text, text, text), user_change(bigint, integer, text, boolean),
    role_apply(bigint, integer, integer, text, boolean), sign_in_row(text) TO sovang_app;

-- Sessions are not part of the books: the program writes them itself. The token is stored by its hash.
CREATE TABLE session (
    token_hash bytea       NOT NULL CONSTRAINT session_key PRIMARY KEY,
    data       bytea       NOT NULL CONSTRAINT session_size CHECK (length(data) <= 4096),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_expires_at ON session (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO sovang_app;
