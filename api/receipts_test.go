package api

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sovang/ledger"
	"sovang/receipts"
)

func TestASheetIsTheSameBytesEachTime(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleViewer)
	d := s.Give(500000)
	c := s.as(t, ledger.RoleViewer)
	path := fmt.Sprintf("/funds/HD/receipts/PT/%d/1.pdf", d.Receipt.Year)
	r, err := s.Receipt(t.Context(), s.Viewer, s.Fund, "PT", d.Receipt.Year, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		query string
		o     receipts.Options
	}{
		{"", receipts.Options{}},
		{"?paper=A4", receipts.Options{Paper: receipts.A4}},
		{"?paper=A5&copy=2", receipts.Options{Paper: receipts.A5, Copy: 2}},
		{"?letter=1", receipts.Options{Letter: true}},
	} {
		t.Run("query "+tt.query, func(t *testing.T) {
			var want bytes.Buffer
			if tt.o.Proof, err = receipts.ProofOf(t.Context(), s.Ledger, s.Viewer, r); err != nil || tt.o.Proof.Entry == "" {
				t.Fatalf("no proof: %v", err)
			}
			if err := receipts.Write(&want, r, tt.o); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				got := c.get(path + tt.query).want(200)
				if !bytes.Equal(got.Body, want.Bytes()) {
					t.Errorf("%d bytes that differ from the %d of receipts.Write", len(got.Body), want.Len())
				}
				if got.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(got.Header.Get("Content-Disposition"), "HD-PT-") {
					t.Errorf("headers %v", got.Header)
				}
				c.get(path+tt.query, "If-None-Match: "+got.Header.Get("ETag")).want(304)
			}
		})
	}
	lines := into[list[registerLine]](c.get("/funds/HD/receipts").want(200)).Items
	if len(lines) != 1 || lines[0].Prints != 6 {
		t.Errorf("the register counts %+v, want 6 prints: a letter is none", lines)
	}
	for _, wrong := range []string{"?copy=100", "?copy=-1", "?paper=A3", "?letter=perhaps"} {
		c.get(path+wrong).problem(422, ledger.CodeInvalid)
	}
}

func TestAReceiptIsShownByItsNumber(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleViewer)
	d := s.Give(500000)
	c := s.as(t, ledger.RoleViewer)
	path := fmt.Sprintf("/funds/HD/receipts/PT/%d/", d.Receipt.Year)
	r := into[receipt](c.get(path + "1").want(200))
	if r.Amount != "500000" || r.Code != d.Receipt.Code || r.Book != 1 || r.Payer != "Phạm Thị Thử" || r.State != "valid" ||
		r.CheckURL != "http://127.0.0.1:8080/b/HD/"+r.Code || len(r.Leaf) != 64 {
		t.Errorf("receipt %+v", r)
	}
	c.get(path+"2").problem(404, ledger.CodeNotFound)
	c.get(path+"2.pdf").problem(404, ledger.CodeNotFound)
	for _, wrong := range []string{"0", "one", "1.pdf.pdf"} {
		if got := saidWrong(c.get(path+wrong).problem(422, ledger.CodeInvalid).Errors); !strings.HasPrefix(got, "number ") {
			t.Errorf("%s: %s", wrong, got)
		}
	}
}

func TestAVoidTakesTwoPersons(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t, ledger.RoleRecorder, ledger.RoleAccountant, ledger.RoleAccountHolder, ledger.RoleViewer)
	recorder, accountant, holder := s.as(t, ledger.RoleRecorder), s.as(t, ledger.RoleAccountant), s.as(t, ledger.RoleAccountHolder)
	d := into[donation](recorder.post("/funds/HD/donations", "1", oneGift).want(201))
	sheet := fmt.Sprintf("/funds/HD/receipts/PT/%d/1", d.Receipt.Year)
	const why = `{"reason":"In sai tên","correction":{"payer":"Phạm Thị Thử Nghiệm"}}`

	s.as(t, ledger.RoleViewer).post(sheet+"/void-proposals", "p", why).problem(403, ledger.CodeForbidden)
	if got := saidWrong(accountant.post(sheet+"/void-proposals", "p", `{"reason":"x","correction":{}}`).problem(422, ledger.CodeInvalid).Errors); got != "/correction required" {
		t.Errorf("empty correction: %s", got)
	}
	i := into[intent](accountant.post(sheet+"/void-proposals", "p", why).want(201))
	if i.Kind != "receipt.replace" || i.State != "waiting" || i.Reason != "In sai tên" || len(i.Hash) != 64 {
		t.Errorf("proposed %+v", i)
	}
	if l := into[list[intent]](holder.get("/funds/HD/intents").want(200)); len(l.Items) != 1 || l.Items[0].Entry != i.Entry {
		t.Errorf("waiting %+v", l)
	}

	path := fmt.Sprintf("/funds/HD/intents/%d/decision", i.Entry)
	yes := fmt.Sprintf(`{"approve":true,"hash":%q}`, i.Hash)
	recorder.post(path, "a", yes).problem(403, ledger.CodeForbidden)
	accountant.post(path, "a", yes).problem(403, ledger.CodeSamePerson)
	holder.post(path, "a", fmt.Sprintf(`{"approve":true,"hash":%q}`, strings.Repeat("0", 64))).problem(409, ledger.CodeStale)
	if got := saidWrong(holder.post(path, "a", `{"approve":true,"hash":"12"}`).problem(422, ledger.CodeInvalid).Errors); got != "/hash not_hex" {
		t.Errorf("half a hash: %s", got)
	}
	done := into[intent](holder.post(path, "a", yes).want(201))
	if done.State != "approved" || done.DecidedBy != s.users[ledger.RoleAccountHolder] {
		t.Errorf("decided %+v", done)
	}
	holder.post(path, "b", yes).problem(409, ledger.CodeWrongState)

	old := into[receipt](holder.get(sheet).want(200))
	if old.State != "replaced" || old.ReplacedBy == nil || old.ReplacedBy.Number != 2 {
		t.Errorf("old %+v", old)
	}
	pub := into[checked](s.nobody(t).get("/check/HD/" + old.Code).want(200))
	if pub.State != "replaced" || pub.ReplacedBy == nil || pub.ReplacedBy.Code != "" {
		t.Errorf("public %+v", pub)
	}
	next := into[receipt](holder.get(fmt.Sprintf("/funds/HD/receipts/PT/%d/2", old.ReplacedBy.Year)).want(200))
	if next.Payer != "Phạm Thị Thử Nghiệm" || next.Replaces == nil || next.Replaces.Number != 1 || next.Amount != "500000" {
		t.Errorf("new %+v", next)
	}
}

func TestAnybodyChecksAReceiptByItsCode(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	d := s.Give(500000)
	c := s.nobody(t)
	code := d.Receipt.Code
	got := c.get("/check/HD/" + strings.ToLower(code[:5]) + "-" + code[5:]).want(200)
	p := into[checked](got)
	if p.State != "valid" || p.Amount != "500000" || p.Receipt.Code != code || p.Payer == "Phạm Thị Thử" || p.Payer == "" {
		t.Errorf("checked %s", got.Body)
	}
	for _, secret := range []string{"Phạm Thị Thử", "Xã Mẫu", "Ủng hộ Quỹ"} {
		if strings.Contains(string(got.Body), secret) {
			t.Errorf("a stranger reads %q", secret)
		}
	}
	c.get("/check/HD/0000000000").problem(404, ledger.CodeNotFound)
	c.get("/check/XX/"+code).problem(404, ledger.CodeNotFound)
	c.get("/check/HD/abc").problem(404, ledger.CodeNotFound)
}

func TestGuessingCodesIsThrottledByAddress(t *testing.T) {
	t.Parallel()
	s := newJSONSite(t)
	c := s.nobody(t)
	for range checkBurst {
		c.get("/check/HD/0000000000").want(404)
	}
	p := c.get("/check/HD/0000000000")
	p.problem(429, codeTooManyRequests)
	if p.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	c.get("/check/HD/0000000000", "X-Forwarded-For: 198.51.100.7, 203.0.113.9").want(404) // another caller of a proxy here
	s.now.move(checkInterval)
	c.get("/check/HD/0000000000").want(404)
	c.get("/check/HD/0000000000").want(429)
}
