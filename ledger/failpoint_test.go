package ledger_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"sovang/ledger"
	"sovang/ledger/ledgertest"
	"sovang/ledger/money"
)

// failpoints lays a trap before and after every statement that writes to any table: triggers that count and, from a
// number on, fail. The tables come from the catalog, so that a later one is not forgotten. A sequence counts because
// it forgets nothing when a transaction is rolled back. way 0 raises an error, 1 ends the database's own process as a
// crash would, in the middle of the transaction.
const failpoints = `
	CREATE SCHEMA fail;
	CREATE SEQUENCE fail.n;
	CREATE TABLE fail.at (n bigint, way integer);
	CREATE FUNCTION fail.point() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
	DECLARE
	    this bigint := nextval('fail.n');
	    that fail.at;
	BEGIN
	    SELECT * INTO that FROM fail.at;
	    IF that.way = 0 AND this >= that.n THEN
	        RAISE EXCEPTION 'a failure by order of the test';
	    ELSIF that.way = 1 AND this >= that.n THEN
	        PERFORM pg_terminate_backend(pg_backend_pid());
	        PERFORM pg_sleep(10);
	    END IF;
	    RETURN NULL;
	END $$;
	GRANT USAGE ON SCHEMA fail TO PUBLIC;
	DO $$
	DECLARE
	    name   regclass;
	    prints text;
	BEGIN
	    FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
	                   AND NOT relispartition AND relname <> 'access_log' AND relname !~ 'goose' LOOP
	        EXECUTE format('CREATE TRIGGER a_fail BEFORE INSERT OR UPDATE OR DELETE ON %s EXECUTE FUNCTION fail.point()', name);
	        EXECUTE format('CREATE TRIGGER z_fail AFTER INSERT OR UPDATE OR DELETE ON %s EXECUTE FUNCTION fail.point()', name);
	        prints := concat_ws(' UNION ALL ', prints,
	            format('SELECT %L AS name, md5(string_agg(r::text, E''\n'' ORDER BY r::text)) AS hash FROM %s AS r', name, name));
	    END LOOP;
	    EXECUTE 'CREATE VIEW fail.print AS ' || prints; -- one plan, kept: the hashes are taken hundreds of times
	END $$`

// arm sets the trap at the n-th step from now on; 0 disarms it.
func arm(t *testing.T, c *pgx.Conn, n, way int) {
	t.Helper()
	if n == 0 {
		n = 1_000_000_000
	}
	_, err := c.Exec(t.Context(), `ALTER SEQUENCE fail.n RESTART; DELETE FROM fail.at`)
	if err == nil {
		_, err = c.Exec(t.Context(), `INSERT INTO fail.at VALUES ($1, $2)`, n, way)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// step is one call whose steps are tried one by one. ready prepares what the call needs and gives the call, which is
// made twice: with the trap set, and again when it is gone.
type step struct {
	name  string
	least int // statements that write, at the least, each with a trap before and after it
	ready func(t *testing.T, f *ledgertest.Fixture) func() error
}

func gifts(items func(f *ledgertest.Fixture) []ledger.DonationItem) func(*testing.T, *ledgertest.Fixture) func() error {
	return func(t *testing.T, f *ledgertest.Fixture) func() error {
		list := items(f)
		return func() error {
			var failed error
			for _, r := range f.RecordDonations(t.Context(), f.Recorder, f.Fund, list) {
				if failed == nil {
					failed = r.Err
				}
			}
			return failed
		}
	}
}

// mixed is a batch with every kind of row a gift can have.
func mixed(purpose, campaign int64) func(f *ledgertest.Fixture) []ledger.DonationItem {
	return func(f *ledgertest.Fixture) []ledger.DonationItem {
		aimed := small(2_000)
		aimed.PurposeID, aimed.CampaignID = purpose, campaign
		roster := small(300)
		roster.Method, roster.Givers = ledger.MethodTransfer, []ledger.Giver{{Name: "Lê Thị Một", Amount: money.Dong(100)}, {Name: "Lê Văn Hai", Amount: money.Dong(200)}}
		goods := ledger.NewDonation{Payer: "Hộ bà Ba", Method: ledger.MethodGoods, Goods: rice("12.5", 18_000)}
		var items []ledger.DonationItem
		for _, n := range []ledger.NewDonation{ledgertest.Cash(1_000), aimed, roster, goods} {
			items = append(items, ledger.DonationItem{Key: f.Key(), Donation: n})
		}
		return items
	}
}

// steps are the calls whose every step is tried.
func steps(purpose, campaign int64) []step {
	return []step{
		{"a gift alone", 9, gifts(func(f *ledgertest.Fixture) []ledger.DonationItem {
			return []ledger.DonationItem{{Key: f.Key(), Donation: small(1_000)}}
		})},
		{"a batch with all there is", 14, gifts(mixed(purpose, campaign))},
		{"a reversal", 6, func(t *testing.T, f *ledgertest.Fixture) func() error {
			gift, key := f.Give(1_000), f.Key()
			return func() error {
				_, err := f.ReverseDonation(t.Context(), f.Accountant, f.Fund, key, gift.EntryNo, "Ghi hai lần")
				return err
			}
		}},
		{"a replacement by four eyes", 6, func(t *testing.T, f *ledgertest.Fixture) func() error {
			r, key := f.Give(1_000).Receipt, f.Key()
			i, err := f.ProposeVoid(t.Context(), f.Recorder, f.Fund, f.Key(), ledger.Proposal{
				Series: r.Series, Year: r.Year, Number: r.Number, Reason: "gõ sai tên", Correction: &ledger.Correction{Payer: "Phạm Thị Đúng"}})
			if err != nil {
				t.Fatal(err)
			}
			return func() error {
				_, err := f.DecideVoid(t.Context(), f.Chief, f.Fund, key, ledger.Decision{IntentNo: i.EntryNo, Hash: i.Hash, Approve: true})
				return err
			}
		}},
		{"a purpose", 3, func(t *testing.T, f *ledgertest.Fixture) func() error {
			key := f.Key()
			return func() error {
				_, err := f.OpenPurpose(t.Context(), f.Accountant, f.Fund, key, "Sửa nhà")
				return err
			}
		}},
		{"a user", 3, func(t *testing.T, f *ledgertest.Fixture) func() error {
			key := f.Key()
			return func() error {
				_, err := f.CreateUser(t.Context(), f.Admin, key, ledger.NewUser{Login: "u" + key.String()[24:], Name: "Vũ Thị Thử", Password: "mật khẩu để thử"})
				return err
			}
		}},
	}
}

// C6: the posting fails, or its database process dies, before and after every single statement. Each time nothing is
// written, and the same key then gives exactly one gift.
func TestC6AFailureAtEveryStepWritesNothing(t *testing.T) {
	t.Parallel()
	for way, what := range []string{"an error", "the death of the process"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := ledgertest.New(t)
			purpose, err := f.OpenPurpose(t.Context(), f.Accountant, f.Fund, f.Key(), "Sửa nhà tình nghĩa xã Mẫu")
			if err != nil {
				t.Fatal(err)
			}
			day := ledger.Date{Year: 2021, Month: 7, Day: 1}
			campaign, err := f.OpenCampaign(t.Context(), f.Accountant, f.Fund, f.Key(), ledger.Campaign{Name: "Tháng 7", StartsOn: day, EndsOn: day})
			if err != nil {
				t.Fatal(err)
			}
			f.Superuser(failpoints)
			c := connect(t, f.AdminDSN)
			for _, s := range steps(purpose, campaign) {
				arm(t, c, 0, 0)
				tried := failAtEach(t, f, c, s, way)
				if tried < 2*s.least-1 {
					t.Errorf("%s: only %d steps were found", s.name, tried)
				}
				t.Logf("%s: %d steps", s.name, tried)
			}
			ledgertest.Check(t, f.Ledger)
		})
	}
}

// failAtEach makes the call fail at its first step, its second, and so on until it goes through, and says how many
// steps it has.
func failAtEach(t *testing.T, f *ledgertest.Fixture, c *pgx.Conn, s step, way int) int {
	t.Helper()
	stride := 1
	if soak(1) == 1 && s.name != "a gift alone" {
		stride = 3 // the short form leaves steps out, others for an error than for a death
	}
	for n := 1 + way; n < 200; n += stride {
		call := s.ready(t, f)
		before := printOf(t, c)
		entries := entryCount(t, c)
		arm(t, c, n, way)
		err := call()
		arm(t, c, 0, 0)
		if err == nil {
			return n - 1
		}
		if code := ledger.CodeOf(err); way == 0 && code != "internal" || way == 1 && code != ledger.CodeUnavailable {
			t.Errorf("%s, step %d: code %q (%v)", s.name, n, code, err)
		}
		if printOf(t, c) != before {
			t.Errorf("%s, step %d: something was written", s.name, n)
		}
		if err := call(); err != nil {
			t.Errorf("%s, step %d: the same key then gave %v", s.name, n, err)
		}
		once := entryCount(t, c)
		if err := call(); err != nil || entryCount(t, c) != once || once == entries {
			t.Errorf("%s, step %d: %d entries, then %d, then %d; %v", s.name, n, entries, once, entryCount(t, c), err)
		}
	}
	t.Fatalf("%s never went through", s.name)
	return 0
}

// printOf is the hash of every row of every table but access_log.
func printOf(t *testing.T, c *pgx.Conn) (hash string) {
	t.Helper()
	if err := c.QueryRow(t.Context(), `SELECT md5(string_agg(name || coalesce(hash, ''), ' ' ORDER BY name)) FROM fail.print`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

func entryCount(t *testing.T, c *pgx.Conn) (n int64) {
	t.Helper()
	if err := c.QueryRow(context.WithoutCancel(t.Context()), `SELECT count(*) FROM entry`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
