-- Funds and what stands still while gifts come in: units, charts of accounts, accounts, purposes, campaigns.
SET LOCAL ROLE sovang_owner;

-- An administrative unit, by its official code, for the days on which its name was so. Codes are text:
-- they have leading zeros. Shared and small: it never points at a fund's tables.
CREATE TABLE unit (
    code       text NOT NULL CONSTRAINT unit_code_form CHECK (code ~ '^[0-9]{2,5}$'),
    name       text NOT NULL CONSTRAINT unit_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    level      text NOT NULL CONSTRAINT unit_level CHECK (level IN ('central', 'province', 'district', 'commune')),
    parent     text,
    valid_from date NOT NULL,
    valid_to   date,
    CONSTRAINT unit_key PRIMARY KEY (code, valid_from),
    CONSTRAINT unit_days CHECK (valid_to > valid_from)
);

-- A chart of accounts (hệ thống tài khoản) of one accounting regime. confirmed = an accountant has checked
-- the numbers against the circular; only then are they printed on vouchers.
CREATE TABLE chart (
    chart     text NOT NULL CONSTRAINT chart_key PRIMARY KEY,
    title     text NOT NULL,
    source    text NOT NULL,
    confirmed boolean NOT NULL DEFAULT false
);

-- A role is what the program posts to; the number is what the regime calls it, and NULL where nobody has
-- confirmed it. class: A asset, L liability, N fund balance and income, X expense. floor D: never below zero.
CREATE TABLE account_role (
    role  text NOT NULL CONSTRAINT account_role_key PRIMARY KEY,
    name  text NOT NULL,
    class char(1) NOT NULL CONSTRAINT account_role_class CHECK (class IN ('A', 'L', 'N', 'X')),
    floor char(1) NOT NULL CONSTRAINT account_role_floor CHECK (floor IN ('-', 'D', 'C'))
);
INSERT INTO account_role (role, name, class, floor) VALUES
    ('CASH',                'Tiền mặt',                                             'A', 'D'),
    ('BANK',                'Tiền gửi ngân hàng',                                   'A', 'D'),
    ('TREASURY',            'Tiền gửi Kho bạc Nhà nước',                            'A', 'D'),
    ('IN_TRANSIT',          'Tiền đang chuyển',                                     'A', '-'),
    ('ADVANCE',             'Tạm ứng',                                              'A', '-'),
    ('STOCK',               'Hiện vật trong kho',                                   'A', 'D'),
    ('PAYABLE',             'Phải trả',                                             'L', '-'),
    ('SUSPENSE',            'Khoản chờ xác định',                                   'L', '-'),
    ('FUND_BALANCE',        'Số dư quỹ',                                            'N', '-'),
    ('INCOME.CONTRIBUTION', 'Thu đóng góp bằng tiền (Điều 180 khoản 1)',            'N', '-'),
    ('INCOME.GOODS',        'Thu đóng góp bằng hiện vật (Điều 180 khoản 1)',        'N', '-'),
    ('INCOME.EARMARKED',    'Thu tài trợ có địa chỉ (Điều 180 khoản 2)',            'N', '-'),
    ('INCOME.OTHER',        'Thu hợp pháp khác (Điều 180 khoản 3)',                 'N', '-'),
    ('EXPENSE.1',           'Hỗ trợ người có công, thân nhân khi khó khăn, ốm đau', 'X', '-'),
    ('EXPENSE.2',           'Hỗ trợ địa phương có nguồn vận động thấp',             'X', '-'),
    ('EXPENSE.3',           'Tặng quà',                                             'X', '-'),
    ('EXPENSE.4',           'Xây dựng, sửa chữa nhà ở',                             'X', '-'),
    ('EXPENSE.5',           'Sửa chữa công trình ghi công liệt sĩ',                 'X', '-'),
    ('EXPENSE.6',           'Quản lý Quỹ, tuyên truyền, khen thưởng',               'X', '-');

CREATE TABLE chart_account (
    chart text NOT NULL CONSTRAINT chart_account_chart REFERENCES chart,
    role  text NOT NULL CONSTRAINT chart_account_role REFERENCES account_role,
    code  text, -- NULL: to be confirmed by an accountant
    CONSTRAINT chart_account_key PRIMARY KEY (chart, role)
);
INSERT INTO chart (chart, title, source) VALUES
    ('TT90/2021', 'Quỹ tài chính nhà nước ngoài ngân sách (kế toán cần xác nhận số hiệu)',
     'Thông tư 90/2021/TT-BTC, Phụ lục 01'),
    ('TT41/2022', 'Quỹ xã hội, từ thiện (kế toán cần xác nhận số hiệu)', 'Thông tư 41/2022/TT-BTC'),
    ('TT107/2017', 'Hành chính sự nghiệp, đến hết 2024 (kế toán cần xác nhận số hiệu)', 'Thông tư 107/2017/TT-BTC'),
    ('TT24/2024', 'Hành chính sự nghiệp, từ 2025 (kế toán cần xác nhận số hiệu)', 'Thông tư 24/2024/TT-BTC'),
    ('MINH-HOA', 'Minh hoạ: số hiệu chỉ để trình diễn', 'Sổ Vàng, bản trình diễn');
-- Only what domain.md 4.2 vouches for carries a number; every other number waits for an accountant.
INSERT INTO chart_account (chart, role, code)
SELECT c.chart, r.role,
       CASE WHEN r.role = 'CASH' THEN '111'
            WHEN r.role IN ('BANK', 'TREASURY') THEN '112'
            WHEN c.chart IN ('TT107/2017', 'TT24/2024') AND r.role = 'IN_TRANSIT' THEN '113'
            WHEN c.chart IN ('TT107/2017', 'TT24/2024') AND r.role = 'ADVANCE' THEN '141'
            WHEN c.chart IN ('TT107/2017', 'TT24/2024') AND r.role = 'PAYABLE' THEN '331'
            WHEN c.chart IN ('TT107/2017', 'TT24/2024') AND r.role = 'SUSPENSE' THEN '338'
       END
  FROM chart c CROSS JOIN account_role r
 WHERE c.chart <> 'MINH-HOA';
INSERT INTO chart_account (chart, role, code) VALUES
    ('MINH-HOA', 'CASH', '111'), ('MINH-HOA', 'BANK', '1121'), ('MINH-HOA', 'TREASURY', '1122'),
    ('MINH-HOA', 'IN_TRANSIT', '113'), ('MINH-HOA', 'ADVANCE', '141'), ('MINH-HOA', 'STOCK', '152'),
    ('MINH-HOA', 'PAYABLE', '331'), ('MINH-HOA', 'SUSPENSE', '338'), ('MINH-HOA', 'FUND_BALANCE', '421'),
    ('MINH-HOA', 'INCOME.CONTRIBUTION', '5111'), ('MINH-HOA', 'INCOME.GOODS', '5112'),
    ('MINH-HOA', 'INCOME.EARMARKED', '5113'), ('MINH-HOA', 'INCOME.OTHER', '5118'),
    ('MINH-HOA', 'EXPENSE.1', '6111'), ('MINH-HOA', 'EXPENSE.2', '6112'), ('MINH-HOA', 'EXPENSE.3', '6113'),
    ('MINH-HOA', 'EXPENSE.4', '6114'), ('MINH-HOA', 'EXPENSE.5', '6115'), ('MINH-HOA', 'EXPENSE.6', '6116');

-- A fund of one level and unit, for its days. Fund 0 is the installation: users and roles have their log there.
CREATE TABLE fund (
    fund_id    integer NOT NULL CONSTRAINT fund_key PRIMARY KEY,
    code       text NOT NULL CONSTRAINT fund_code UNIQUE CONSTRAINT fund_code_form CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,15}$'),
    name       text NOT NULL CONSTRAINT fund_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    level      text NOT NULL CONSTRAINT fund_level CHECK (level IN ('system', 'central', 'province', 'district', 'commune')),
    unit_code  text,
    chart      text NOT NULL CONSTRAINT fund_chart REFERENCES chart,
    valid_from date NOT NULL,
    valid_to   date,
    successor  integer
);

-- The heading of a fund's sheets, stored once by its hash and never changed; the newest is the one in use.
CREATE TABLE heading (
    fund_id  integer NOT NULL,
    hash     bytea   NOT NULL CONSTRAINT heading_hash CHECK (hash = sha256(convert_to(body, 'UTF8'))),
    body     text    NOT NULL CONSTRAINT heading_form CHECK (body IS NFC NORMALIZED AND length(body) <= 8000),
    entry_no bigint  NOT NULL,
    CONSTRAINT heading_key PRIMARY KEY (fund_id, hash)
);
SELECT distribute('heading');
SELECT lock_down('heading', 'append');

-- The lock row. Whoever writes to a fund locks it first, once; it only moves forward.
CREATE TABLE fund_head (
    fund_id        integer NOT NULL CONSTRAINT fund_head_key PRIMARY KEY,
    next_entry     bigint NOT NULL DEFAULT 0 CONSTRAINT fund_head_next CHECK (next_entry >= 0),
    last_at        timestamptz NOT NULL DEFAULT '-infinity',
    closed_through date NOT NULL DEFAULT '-infinity',
    state          text NOT NULL DEFAULT 'open' CONSTRAINT fund_head_state CHECK (state IN ('open', 'frozen', 'merged')),
    heading        bytea
) WITH (fillfactor = 20);
SELECT distribute('fund_head');
SELECT lock_down('fund_head', 'state');

CREATE FUNCTION fund_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.fund_id <> OLD.fund_id OR NEW.next_entry < OLD.next_entry OR NEW.last_at < OLD.last_at
       OR NEW.closed_through < OLD.closed_through
       OR (OLD.state = 'merged' AND NEW.state <> 'merged') THEN
        RAISE EXCEPTION USING ERRCODE = 'SV021', MESSAGE = 'fund_head only moves forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forward BEFORE UPDATE ON fund_head FOR EACH ROW EXECUTE FUNCTION fund_head_forward();
ALTER TABLE fund_head ENABLE ALWAYS TRIGGER forward;
CREATE TRIGGER keep BEFORE DELETE ON fund_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE fund_head ENABLE ALWAYS TRIGGER keep;

CREATE TABLE account (
    fund_id    integer NOT NULL,
    account_id integer NOT NULL CONSTRAINT account_id_from_1 CHECK (account_id > 0),
    code       text,
    name       text NOT NULL CONSTRAINT account_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    role       text NOT NULL CONSTRAINT account_role_known REFERENCES account_role,
    class      char(1) NOT NULL,
    bank       text, -- what the sheet says: bank and masked number, for BANK and TREASURY
    entry_no   bigint NOT NULL,
    closed_on  date,
    CONSTRAINT account_key PRIMARY KEY (fund_id, account_id)
);
SELECT distribute('account');
SELECT lock_down('account', 'state');

-- Purpose 0 is unrestricted: its figures are what the accounts hold less the restrictions, and its row stays still,
-- so that most gifts touch one row less. Every other purpose is a donor's restriction (tài trợ có địa chỉ): what
-- came in for it, less what was spent and what is held by approvals, is never below zero, whatever program writes.
CREATE TABLE purpose (
    fund_id    integer NOT NULL,
    purpose_id bigint  NOT NULL,
    name       text    NOT NULL CONSTRAINT purpose_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    restricted boolean NOT NULL,
    received   bigint  NOT NULL DEFAULT 0,
    spent      bigint  NOT NULL DEFAULT 0,
    held       bigint  NOT NULL DEFAULT 0 CONSTRAINT purpose_held CHECK (held >= 0),
    entry_no   bigint  NOT NULL,
    CONSTRAINT purpose_key PRIMARY KEY (fund_id, purpose_id),
    CONSTRAINT purpose_zero CHECK (restricted = (purpose_id <> 0) AND (restricted OR (received = 0 AND spent = 0 AND held = 0))),
    CONSTRAINT purpose_enough CHECK (NOT restricted OR received - spent - held >= 0)
) WITH (fillfactor = 50);
SELECT distribute('purpose');
SELECT lock_down('purpose', 'state');

-- A campaign (đợt vận động): a drive with its days.
CREATE TABLE campaign (
    fund_id     integer NOT NULL,
    campaign_id bigint  NOT NULL,
    name        text    NOT NULL CONSTRAINT campaign_name_form CHECK (name IS NFC NORMALIZED AND length(name) BETWEEN 1 AND 200),
    starts_on   date    NOT NULL,
    ends_on     date    NOT NULL,
    CONSTRAINT campaign_key PRIMARY KEY (fund_id, campaign_id),
    CONSTRAINT campaign_days CHECK (ends_on >= starts_on)
);
SELECT distribute('campaign');
SELECT lock_down('campaign', 'append');

GRANT SELECT ON unit, chart, account_role, chart_account, fund TO sovang_app, sovang_reader;
