package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"sovang/ledger"
)

func TestAGiftIsRecordedOnceWhateverIsRepeated(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	first := c.post("/funds/HD/donations", "phiếu 1", oneGift).want(201)
	d := into[donation](first)
	if d.Amount != "500000" || d.Receipt.Series != "PT" || d.Receipt.Number != 1 || d.State != "valid" || d.Payer != "Phạm Thị Thử" {
		t.Errorf("recorded %s", first.Body)
	}
	if first.Header.Get("Idempotency-Hit") != "" {
		t.Error("the first answer says that it is not the first")
	}
	again := c.post("/funds/HD/donations", "phiếu 1", oneGift).want(201)
	if !bytes.Equal(first.Body, again.Body) || again.Header.Get("Idempotency-Hit") != "true" {
		t.Errorf("again: hit %q\n%s\n%s", again.Header.Get("Idempotency-Hit"), first.Body, again.Body)
	}
	decomposed := c.post("/funds/HD/donations", "phiếu 1", norm.NFD.String(oneGift)).want(201)
	if !bytes.Equal(first.Body, decomposed.Body) {
		t.Errorf("the same text in other code points is another gift: %s", decomposed.Body)
	}
	other := c.post("/funds/HD/donations", "phiếu 1", strings.Replace(oneGift, "500000", "600000", 1))
	if p := other.problem(422, ledger.CodeKeyReused); p.Entry != d.Entry {
		t.Errorf("names entry %d, want %d", p.Entry, d.Entry)
	}
	if got := into[list[donation]](c.get("/funds/HD/donations").want(200)); len(got.Items) != 1 {
		t.Errorf("%d gifts on the books", len(got.Items))
	}
}

func TestWrongGiftsAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	long := strings.Repeat("a", 201)
	for _, tt := range []struct {
		name, body, want string // pointer or parameter, and reason, in order
	}{
		{"nothing", `{}`, "/method required"},
		{"no amount", `{"method":"cash","payer":"A"}`, "/amount required"},
		{"zero", `{"method":"cash","payer":"A","amount":"0"}`, "/amount not_positive"},
		{"a negative amount", `{"method":"cash","payer":"A","amount":"-1"}`, "/amount not_positive"},
		{"one đồng too much", `{"method":"cash","payer":"A","amount":"1000000000000001"}`, "/amount too_large"},
		{"an amount of 30 figures", `{"method":"cash","payer":"A","amount":"` + strings.Repeat("9", 30) + `"}`, "/amount too_large"},
		{"an amount as people type it", `{"method":"cash","payer":"A","amount":"500.000"}`, "/amount not_a_number"},
		{"a number instead of a string", `{"method":"cash","payer":"A","amount":500000}`, "/amount wrong_type"},
		{"an unknown field", `{"method":"cash","payer":"A","amount":"1","sum":"1"}`, "/sum unknown_field"},
		{"an unknown method", `{"method":"gold","payer":"A","amount":"1"}`, "/method unknown"},
		{"no name", `{"method":"cash","amount":"1"}`, "/payer required"},
		{"a name too long", `{"method":"cash","amount":"1","payer":"` + long + `"}`, "/payer too_long"},
		{"a donor that is not there", `{"method":"cash","amount":"1","donor_id":99}`, "/donor_id unknown"},
		{"two donors", `{"method":"cash","amount":"1","donor_id":99,"donor":{"name":"A"}}`, "/donor two_donors"},
		{"a donor's telephone of letters", `{"method":"cash","amount":"1","donor":{"name":"A","phone":"abc"}}`, "/donor/phone phone_form"},
		{"a purpose that is not there", `{"method":"cash","amount":"1","payer":"A","purpose_id":99}`, "/purpose_id unknown"},
		{"a campaign that is not there", `{"method":"cash","amount":"1","payer":"A","campaign_id":99}`, "/campaign_id unknown"},
		{"an account of another kind", `{"method":"cash","amount":"1","payer":"A","account_id":2}`, "/account_id unknown"},
		{"a day that does not exist", `{"method":"cash","amount":"1","payer":"A","donated_on":"2024-02-30"}`, "/donated_on date_form"},
		{"a year before the country's", `{"method":"cash","amount":"1","payer":"A","donated_on":"1900-01-01"}`, "/donated_on date_form"},
		{"tomorrow's century", `{"method":"cash","amount":"1","payer":"A","donated_on":"2199-12-31"}`, "/donated_on in_future"},
		{"goods without a line", `{"method":"goods","payer":"A"}`, "/goods required"},
		{"goods of no quantity", `{"method":"goods","payer":"A","goods":[{"description":"Gạo","unit":"kg","quantity":"0"}]}`, "/goods/0/quantity not_a_quantity"},
		{"goods of NaN", `{"method":"goods","payer":"A","goods":[{"description":"Gạo","unit":"kg","quantity":"NaN"}]}`, "/goods/0/quantity not_a_quantity"},
		{"goods of a huge exponent", `{"method":"goods","payer":"A","goods":[{"description":"Gạo","unit":"kg","quantity":"1e999999"}]}`, "/goods/0/quantity not_a_quantity"},
		{"goods of no unit", `{"method":"goods","payer":"A","goods":[{"description":"Gạo","quantity":"1"}]}`, "/goods/0/unit required"},
		{"a roster that does not add up", `{"method":"cash","amount":"3","payer":"A","givers":[{"name":"B","amount":"1"}]}`, "/givers sum_differs"},
		{"two wrong fields at once", `{"method":"cash","payer":"A","amount":"x","givers":[{"name":"B","amount":"y"}]}`, "/amount not_a_number, /givers/0/amount not_a_number"},
		{"a list instead of a gift", `[]`, " wrong_type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := c.post("/funds/HD/donations", tt.name, tt.body).problem(422, ledger.CodeInvalid)
			if got := saidWrong(p.Errors); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := into[list[donation]](c.get("/funds/HD/donations").want(200)); len(got.Items) != 0 {
		t.Errorf("%d gifts on the books", len(got.Items))
	}
}

// saidWrong is errors[] in one line; every line of it must have a Vietnamese sentence.
func saidWrong(fields []fieldProblem) string {
	var list []string
	for _, f := range fields {
		list = append(list, f.Pointer+f.Parameter+" "+f.Reason)
		if f.Detail == "" || strings.Contains(f.Detail, "expected") || strings.Contains(f.Detail, "{}") {
			list = append(list, "without a sentence: "+f.Detail)
		}
	}
	return strings.Join(list, ", ")
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	const path = "/funds/HD/donations"
	c.post(path, "k", `{"method":`).problem(400, codeMalformed)
	c.post(path, "k", ``).problem(400, codeMalformed)
	c.do("POST", "/api/v1"+path, oneGift, "Idempotency-Key: k", "Content-Type: text/plain").problem(415, codeUnsupportedMedia)
	c.do("PUT", "/api/v1"+path, oneGift).problem(405, codeMethodNotAllowed)
	c.get("/session").problem(405, codeMethodNotAllowed)
	c.get("/nothing/here").problem(404, ledger.CodeNotFound)
	c.do("POST", "/api/v1/nothing", "{}").problem(404, ledger.CodeNotFound)
	for _, tt := range []struct{ name, key, want string }{
		{"no key", "", "Idempotency-Key required"},
		{"a key of 201 bytes", strings.Repeat("k", 201), "Idempotency-Key too_long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := saidWrong(c.post(path, tt.key, oneGift).problem(422, ledger.CodeInvalid).Errors); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	c.post(path, strings.Repeat("k", 200), oneGift).want(201)
	for _, tt := range []struct{ query, want string }{
		{"limit=0", "limit out_of_range"},
		{"limit=201", "limit out_of_range"},
		{"limit=ten", "limit malformed"},
		{"sort=amount", "sort unknown_field"},
		{"from=1/2/2024", "from date_form"},
		{"method=gold", "method unknown"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			if got := saidWrong(c.get(path+"?"+tt.query).problem(422, ledger.CodeInvalid).Errors); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestABodyOverItsLimitIsRefused(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	pad := func(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }
	c.post("/funds/HD/donations", "k", pad(oneGift, maxGiftBody-1)).want(201)
	c.post("/funds/HD/donations", "k", pad(oneGift, maxGiftBody+1)).problem(413, codeTooLarge)
	c.post("/funds/HD/donors", "d", pad(`{"name":"A"}`, maxSmallBody+1)).problem(413, codeTooLarge)
	c.post("/funds/HD/donations/batch", "", pad(`{"items":[]}`, maxBatchBody+1)).problem(413, codeTooLarge)
}

func TestGiftsAreListedInPages(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleViewer)
	for i := range 5 {
		s.Give(int64(1000 * (i + 1)))
	}
	c := s.as(t, ledger.RoleViewer)
	var seen []string
	path := "/funds/HD/donations?limit=2"
	for range 4 {
		l := into[list[donation]](c.get(path).want(200))
		for _, d := range l.Items {
			seen = append(seen, d.Amount)
			one := into[donation](c.get(fmt.Sprintf("/funds/HD/donations/%d", d.Entry)).want(200))
			if one != d {
				t.Errorf("listed %+v, shown %+v", d, one)
			}
		}
		if l.Next == "" {
			break
		}
		path = "/funds/HD/donations?limit=2&before=" + l.Next
	}
	if got := strings.Join(seen, " "); got != "5000 4000 3000 2000 1000" {
		t.Errorf("pages hold %s", got)
	}
	c.get("/funds/HD/donations/0").problem(404, ledger.CodeNotFound)
	if l := into[list[donation]](c.get("/funds/HD/donations?method=goods").want(200)); l.Items == nil || len(l.Items) != 0 {
		t.Errorf("goods: %+v", l)
	}
}

func TestAGiftIsReversedByAnotherPerson(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder, ledger.RoleAccountant, ledger.RoleViewer)
	recorder, accountant := s.as(t, ledger.RoleRecorder), s.as(t, ledger.RoleAccountant)
	d := into[donation](recorder.post("/funds/HD/donations", "1", oneGift).want(201))
	own := into[donation](accountant.post("/funds/HD/donations", "2", oneGift).want(201))
	path := func(d donation) string { return fmt.Sprintf("/funds/HD/donations/%d/reversal", d.Entry) }
	const why = `{"reason":"Ghi nhầm số tiền"}`

	recorder.post(path(d), "r", why).problem(403, ledger.CodeForbidden)
	s.as(t, ledger.RoleViewer).post(path(d), "r", why).problem(403, ledger.CodeForbidden)
	accountant.post(path(own), "r", why).problem(403, ledger.CodeSamePerson)
	if got := saidWrong(accountant.post(path(d), "r", `{"reason":" "}`).problem(422, ledger.CodeInvalid).Errors); got != "/reason required" {
		t.Errorf("without a reason: %s", got)
	}
	back := into[donation](accountant.post(path(d), "r", why).want(201))
	if back.ReversedBy == 0 || back.State != "void" || back.Entry != d.Entry {
		t.Errorf("reversed: %+v", back)
	}
	if again := into[donation](accountant.post(path(d), "r", why).want(201)); again != back {
		t.Errorf("again: %+v, want %+v", again, back)
	}
	if p := accountant.post(path(d), "r2", why).problem(409, ledger.CodeWrongState); p.Entry != back.ReversedBy {
		t.Errorf("names entry %d, want %d", p.Entry, back.ReversedBy)
	}
}

func TestABatchRecordsEachGiftForItself(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder, ledger.RoleViewer)
	c := s.as(t, ledger.RoleRecorder)
	const path = "/funds/HD/donations/batch"
	item := func(key, gift string) string { return fmt.Sprintf(`{"key":%q,"donation":%s}`, key, gift) }
	body := `{"items":[` + strings.Join([]string{
		item("a", oneGift),
		item("b", `{"method":"cash","payer":"B","amount":"x"}`),
		item("", oneGift),
		item("d", `{"method":"gold","payer":"D","amount":"1"}`),
		item("a", oneGift),
		item("a", strings.Replace(oneGift, "500000", "7", 1)),
		item("e", `{"method":"cash","payer":"E","amount":"1","colour":"red"}`),
		`{"key":"f"}`,
		item("g", strings.Replace(oneGift, "500000", "600000", 1)),
	}, ",") + `]}`
	got := into[batchAnswer](c.post(path, "", body).want(200))
	want := []string{"201 1", "422 /amount not_a_number", "422 /key required", "422 /method unknown", "201 1 again",
		"422 key_reused", "422 /colour unknown_field", "422 /donation required", "201 2"}
	for i, r := range got.Results {
		if said := saidResult(r); said != want[i] {
			t.Errorf("item %d: %s, want %s", i, said, want[i])
		}
	}
	s.as(t, ledger.RoleViewer).refusedBatch(path, body)
	for _, tt := range []struct{ name, body, want string }{
		{"no item", `{"items":[]}`, "/items too_few"},
		{"1,001 items", `{"items":[` + strings.Repeat(item("x", oneGift)+",", maxBatch) + item("x", oneGift) + `]}`, "/items too_many"},
		{"an unknown field", `{"items":[],"all":true}`, " malformed"},
		{"a key that is a number", `{"items":[{"key":1,"donation":{}}]}`, " malformed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := saidWrong(c.post(path, "", tt.body).problem(422, ledger.CodeInvalid).Errors); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	c.post(path, "", `{"items":`).problem(422, ledger.CodeInvalid)
}

// refusedBatch wants every item that was well formed refused as forbidden.
func (c caller) refusedBatch(path, body string) {
	c.t.Helper()
	for i, r := range into[batchAnswer](c.post(path, "", body).want(200)).Results {
		if r.Status == 201 {
			c.t.Errorf("item %d was recorded for who may not", i)
		}
	}
}

func saidResult(r batchResult) string {
	switch {
	case r.Donation != nil && r.Replayed:
		return fmt.Sprintf("%d %d again", r.Status, r.Donation.Receipt.Number)
	case r.Donation != nil:
		return fmt.Sprintf("%d %d", r.Status, r.Donation.Receipt.Number)
	case r.Problem != nil && len(r.Problem.Errors) > 0:
		return fmt.Sprintf("%d %s", r.Status, saidWrong(r.Problem.Errors))
	case r.Problem != nil:
		return fmt.Sprintf("%d %s", r.Status, r.Problem.Code)
	}
	return "nothing"
}

func TestAThousandGiftsInOneBatch(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	var items []string
	for i := range maxBatch {
		items = append(items, fmt.Sprintf(`{"key":"k%d","donation":{"method":"cash","payer":"Người thử","amount":"%d"}}`, i, i+1))
	}
	body := `{"items":[` + strings.Join(items, ",") + `]}`
	c := s.as(t, ledger.RoleRecorder)
	for _, again := range []bool{false, true} {
		for i, r := range into[batchAnswer](c.post("/funds/HD/donations/batch", "", body).want(200)).Results {
			if r.Donation == nil || r.Donation.Receipt.Number != int64(i+1) || r.Replayed != again {
				t.Fatalf("item %d: %+v", i, r)
			}
		}
	}
}

func FuzzDecodeDonation(f *testing.F) {
	for _, seed := range []string{oneGift, `{}`, `[]`, `null`, `{"method":"goods","payer":"A","goods":[{"description":"Gạo","unit":"kg","quantity":"1.5","unit_value":"18000"}]}`,
		`{"method":"cash","amount":"1e9"}`, `{"method":"cash","amount":"9223372036854775808","donated_on":"2024-02-29"}`, "{\"payer\":\"\xff\"}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		gift, wrong := decodeDonation(data)
		for _, w := range wrong {
			if w.Reason == "" || w.Detail == "" || reasonTexts[w.Reason] == "" {
				t.Errorf("%q: no words for %+v", data, w)
			}
		}
		if len(wrong) > 0 {
			return
		}
		if !json.Valid(data) {
			t.Errorf("%q was read", data)
		}
		if gift.Method == "" {
			t.Errorf("%q: a gift without a method", data)
		}
	})
}

func TestAGiftOfGoodsAndARosterGoThrough(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleAccountant)
	c := s.as(t, ledger.RoleAccountant)
	purpose, err := s.OpenPurpose(t.Context(), s.Accountant, s.Fund, s.Key(), "Sửa nhà tình nghĩa xã Mẫu")
	if err != nil {
		t.Fatal(err)
	}
	goods := into[donation](c.post("/funds/HD/donations", "g", `{"method":"goods","payer":"Hộ thử","goods_basis":"Hoá đơn",
		"goods":[{"description":"Gạo","unit":"kg","quantity":"12.5","unit_value":"18000"}]}`).want(201))
	if goods.Amount != "225000" || goods.Receipt.Series != "NK" {
		t.Errorf("goods: %+v", goods)
	}
	roster := into[donation](c.post("/funds/HD/donations", "r", fmt.Sprintf(`{"method":"transfer","amount":"300","bank_on":"2024-07-27",
		"donated_on":"2024-07-26","purpose_id":%d,"donor":{"kind":"organisation","name":"Trường THCS Mẫu"},
		"givers":[{"name":"Nguyễn Văn Thử","amount":"100"},{"name":"Trần Thị Mẫu","amount":"200","note":"Lớp 6A"}]}`, purpose)).want(201))
	if roster.GiverCount != 2 || roster.PostedOn != "2024-07-27" || roster.PurposeID != purpose || roster.Receipt.Series != "XN" {
		t.Errorf("roster: %+v", roster)
	}
	r := into[receipt](c.get(fmt.Sprintf("/funds/HD/receipts/XN/%d/1", roster.Receipt.Year)).want(200))
	if len(r.Givers) != 2 || r.Givers[1].Amount != "200" || r.Purpose != "Sửa nhà tình nghĩa xã Mẫu" {
		t.Errorf("receipt: %+v", r)
	}
	hidden := into[donation](c.post("/funds/HD/donations", "h", `{"method":"cash","amount":"1","giver":"anonymous"}`).want(201))
	if hidden.Display != "hidden" || hidden.Payer != ledger.Unnamed {
		t.Errorf("anonymous: %+v", hidden)
	}
}

func TestWhoGotNoAnswerAsksAgainAndBooksNothingTwice(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder)
	c := s.as(t, ledger.RoleRecorder)
	const gifts = 30
	for i := range gifts {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*200*time.Microsecond)
		r, err := http.NewRequestWithContext(ctx, "POST", s.http.URL+"/api/v1/funds/HD/donations", strings.NewReader(oneGift))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", fmt.Sprint(i))
		r.AddCookie(&http.Cookie{Name: "sovang", Value: c.token})
		if resp, err := s.http.Client().Do(r); err == nil { // most are given up while they run
			_ = resp.Body.Close()
		}
		cancel()
	}
	numbers := map[int64]bool{}
	for i := range gifts {
		numbers[into[donation](c.post("/funds/HD/donations", fmt.Sprint(i), oneGift).want(201)).Receipt.Number] = true
	}
	for n := range int64(gifts) {
		if !numbers[n+1] {
			t.Errorf("number %d is missing", n+1)
		}
	}
	if l := into[list[donation]](c.get("/funds/HD/donations?limit=200").want(200)); len(l.Items) != gifts {
		t.Errorf("%d gifts on the books, want %d", len(l.Items), gifts)
	}
}
