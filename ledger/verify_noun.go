package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/jackc/pgx/v5"

	"sovang/ledger/money"
	"sovang/ledger/proof"
	"sovang/ledger/viet"
)

// writes are the tables in which an entry of a kind must have a row.
var writes = map[string][]string{
	kindDonation: {"donation"}, kindDonorCreate: {"donor"}, kindIntent: {"intent"}, kindRefuse: {"approval"},
	kindVoid: {"approval", "receipt_void"}, kindReplace: {"approval", "receipt_void"},
	kindPurposeOpen: {"purpose"}, kindCampaignOpen: {"campaign"}, kindFundOpen: {"account", "purpose"},
}

// nouns checks the rows that a chunk's entries wrote in the tables of their own.
func (v *verifier) nouns(byNo map[int64]*verifiedEntry, from, to int64) error {
	v.wrote = map[string]map[int64]int{}
	checks := []func(map[int64]*verifiedEntry, int64, int64) error{v.donations, v.donors, v.intents, v.approvals, v.voids, v.lists}
	for _, check := range checks {
		if err := check(byNo, from, to); err != nil {
			return err
		}
	}
	if err := v.reversals(byNo); err != nil {
		return err
	}
	for _, e := range byNo {
		v.follow(e)
	}
	return nil
}

// row counts a row that an entry wrote.
func (v *verifier) row(table string, no int64) {
	v.rows[table]++
	if v.wrote[table] == nil {
		v.wrote[table] = map[int64]int{}
	}
	v.wrote[table][no]++
}

// follow remembers what an entry changed, and checks that what it must have written is there.
func (v *verifier) follow(e *verifiedEntry) {
	for _, table := range writes[e.kind] {
		if v.wrote[table][e.no] == 0 {
			v.problem(table, entryRow(e.no), "missing")
		}
	}
	if factOf(e.entry, "donor.kind") != "" && v.wrote["donor"][e.no] == 0 {
		v.problem("donor", entryRow(e.no), "missing")
	}
	if e.kind == kindFundOpen && v.wrote["account"][e.no] != accountFacts(e.entry) {
		v.problem("account", entryRow(e.no), "missing")
	}
	if e.kind != kindFundOpen && e.kind != kindHeading {
		return
	}
	hash := factOf(e.entry, "heading")
	if v.headingRows[e.no] == hash {
		delete(v.headingRows, e.no) // the row that this entry wrote; one that stood already has an earlier entry
	}
	if e.no >= v.headingAt {
		v.heading, _ = hex.DecodeString(hash) // of another entry's making: it is compared with the row
		v.headingAt = e.no
	}
}

func accountFacts(e proof.Entry) (n int) {
	for _, f := range e.Facts {
		if strings.HasPrefix(f.Name, "account.") {
			n++
		}
	}
	return n
}

// donations reads the gifts with their goods and givers and compares each with its entry.
func (v *verifier) donations(byNo map[int64]*verifiedEntry, from, to int64) error {
	gifts := map[int64]*donationRow{}
	const query = `
		SELECT entry_no, coalesce(donor_id, 0), purpose_id, coalesce(campaign_id, 0), donated_on, bank_on, method, giver,
		       display, giver_count
		  FROM donation
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3`
	err := v.each(query, func(row pgx.CollectableRow) error {
		var r donationRow
		err := row.Scan(&r.entry, &r.donor, &r.purpose, &r.campaign, &r.donatedOn, &r.bankOn, &r.method, &r.giver, &r.display, &r.givenCount)
		gifts[r.entry] = &r
		v.row("donation", r.entry)
		return err
	}, from, to)
	if err != nil {
		return err
	}
	if err := v.goods(gifts, from, to); err != nil {
		return err
	}
	if err := v.givers(gifts, from, to); err != nil {
		return err
	}
	for no, r := range gifts {
		v.gift(byNo[no], r)
	}
	return nil
}

func (v *verifier) goods(gifts map[int64]*donationRow, from, to int64) error {
	const query = `
		SELECT entry_no, line, quantity::text, unit_value, value
		  FROM donation_goods
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		 ORDER BY entry_no, line`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no, unit, value int64
		var line int
		var quantity string
		if err := row.Scan(&no, &line, &quantity, &unit, &value); err != nil {
			return err
		}
		v.rows["donation_goods"]++
		q, _, err := apd.NewFromString(quantity)
		r := gifts[no]
		if err != nil || r == nil || line != len(r.goods)+1 {
			v.problem("donation_goods", entryRow(no), "not_the_entry")
			return nil
		}
		r.goods = append(r.goods, GoodsLine{Quantity: *q, UnitValue: money.Dong(unit), Value: money.Dong(value)})
		return nil
	}, from, to)
}

func (v *verifier) givers(gifts map[int64]*donationRow, from, to int64) error {
	const query = `
		SELECT entry_no, line, name, amount, note
		  FROM giver
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		 ORDER BY entry_no, line`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no, amount int64
		var line int
		var g Giver
		if err := row.Scan(&no, &line, &g.Name, &amount, &g.Note); err != nil {
			return err
		}
		v.rows["giver"]++
		g.Amount = money.Dong(amount)
		r := gifts[no]
		if r == nil || line != len(r.givers)+1 {
			v.problem("giver", entryRow(no), "not_the_entry")
			return nil
		}
		r.givers = append(r.givers, g)
		return nil
	}, from, to)
}

// gift compares one gift's rows with its entry.
func (v *verifier) gift(e *verifiedEntry, r *donationRow) {
	row := entryRow(r.entry)
	if e == nil || e.kind != kindDonation {
		v.problem("donation", row, "not_the_entry")
		return
	}
	wanted := r.facts()
	sortFacts(wanted)
	if !slices.Equal(wanted, giftFacts(e.entry)) {
		v.problem("donation", row, "not_hashed")
	}
	var posted int64
	if len(e.postings) > 0 {
		posted = e.postings[0].Amount
		if int64(e.postings[0].Purpose) != r.purpose {
			v.problem("donation", row, "purpose_not_posted")
		}
	}
	v.linesAddUp(e, r, posted)
}

// giftFacts are the entry's facts less those that are not the gift row's.
func giftFacts(e proof.Entry) (list []proof.Fact) {
	for _, f := range e.Facts {
		if f.Name != "heading" && f.Name != "givers.root" && f.Name != "donor.kind" && f.Name != "donor.display" {
			list = append(list, f)
		}
	}
	return list
}

func (v *verifier) linesAddUp(e *verifiedEntry, r *donationRow, posted int64) {
	row := entryRow(r.entry)
	goods, roster := int64(0), int64(0)
	for _, line := range r.goods {
		goods += line.Value.Int64()
	}
	for _, g := range r.givers {
		roster += g.Amount.Int64()
	}
	if r.method == MethodGoods && goods != posted {
		v.problem("donation_goods", row, "sum")
	}
	if r.givenCount == 0 || e.secret == nil { // the names of givers are erased with the entry's own texts
		return
	}
	if len(r.givers) != r.givenCount || roster != posted {
		v.problem("giver", row, "sum")
	}
	if root := giversRoot(e.secret, r.givers); fmt.Sprintf("%x", root) != factOf(e.entry, "givers.root") {
		v.problem("giver", row, "root")
	}
}

// donors compares each donor's row with the entry that made it.
func (v *verifier) donors(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT donor_id, kind, name, address, phone, display, folded, sort_key
		  FROM donor
		 WHERE fund_id = $1 AND donor_id >= $2 AND donor_id < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var d Donor
		var folded string
		var sortKey []byte
		if err := row.Scan(&d.ID, &d.Kind, &d.Name, &d.Address, &d.Phone, &d.Display, &folded, &sortKey); err != nil {
			return err
		}
		v.row("donor", int64(d.ID))
		v.donor(byNo[int64(d.ID)], d, folded, sortKey)
		return nil
	}, from, to)
}

func (v *verifier) donor(e *verifiedEntry, d Donor, folded string, sortKey []byte) {
	row := fmt.Sprintf("donor %d", d.ID)
	n := NewDonor{Kind: d.Kind, Name: d.Name, Address: d.Address, Phone: d.Phone, Display: d.Display}
	if e == nil || factOf(e.entry, "donor.kind") != string(d.Kind) || factOf(e.entry, "donor.display") != string(d.Display) {
		v.problem("donor", row, "not_hashed")
		return
	}
	if folded != foldDonor(n) || !bytes.Equal(sortKey, []byte(viet.GivenNameKey(n.Name))) {
		v.problem("donor", row, "search_text")
	}
	if e.secret == nil {
		return
	}
	bound := slices.DeleteFunc(slices.Clone(e.entry.Commitments), func(c proof.Commitment) bool { return !strings.HasPrefix(c.Name, "donor.") })
	if !slices.Equal(commitments(e.secret, donorFields(n)), bound) {
		v.problem("donor", row, "commitment")
	}
}

func (v *verifier) intents(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT entry_no, kind, maker, payload_hash, payload
		  FROM intent
		 WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no int64
		var kind, body string
		var maker int32
		var hash []byte
		if err := row.Scan(&no, &kind, &maker, &hash, &body); err != nil {
			return err
		}
		v.row("intent", no)
		e, sum := byNo[no], sha256.Sum256([]byte(body))
		if e == nil || e.kind != kindIntent || factOf(e.entry, "intent.kind") != kind ||
			factOf(e.entry, "intent.payload") != body || maker != e.actor || !bytes.Equal(hash, sum[:]) {
			v.problem("intent", entryRow(no), "not_hashed")
		}
		return nil
	}, from, to)
}

// approvals compares each decision with its own entry and with the intent that it decides.
func (v *verifier) approvals(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT a.entry_no, a.intent_no, a.maker, a.payload_hash, a.approver, a.approved,
		       coalesce(i.maker = a.maker AND i.payload_hash = a.payload_hash, false)
		  FROM approval a
		  LEFT JOIN intent i ON i.fund_id = a.fund_id AND i.entry_no = a.intent_no
		 WHERE a.fund_id = $1 AND a.entry_no >= $2 AND a.entry_no < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no, intent int64
		var maker, approver int32
		var hash []byte
		var approved, same bool
		if err := row.Scan(&no, &intent, &maker, &hash, &approver, &approved, &same); err != nil {
			return err
		}
		v.row("approval", no)
		e := byNo[no]
		if e == nil || !same || approver != e.actor || approved == (e.kind == kindRefuse) ||
			factOf(e.entry, "intent") != someNumber(intent) || factOf(e.entry, "intent.hash") != hex.EncodeToString(hash) {
			v.problem("approval", entryRow(no), "not_hashed")
		}
		if approved && approver == maker {
			v.problem("approval", entryRow(no), "same_person")
		}
		return nil
	}, from, to)
}

// voids compares each sheet that stands no more with the entry that says so.
func (v *verifier) voids(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT r.entry_no, r.series, r.year, r.number, r.replaced, coalesce(c.of_entry, c.entry_no)
		  FROM receipt_void r
		  JOIN document c ON c.fund_id = r.fund_id AND c.series = r.series AND c.year = r.year AND c.number = r.number
		 WHERE r.fund_id = $1 AND r.entry_no >= $2 AND r.entry_no < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no, gift int64
		var ref ReceiptRef
		var replaced bool
		if err := row.Scan(&no, &ref.Series, &ref.Year, &ref.Number, &replaced, &gift); err != nil {
			return err
		}
		v.row("receipt_void", no)
		e := byNo[no]
		switch {
		case e != nil && e.kind == kindReverse && !replaced && e.reverses != nil && *e.reverses == gift:
		case e != nil && (e.kind == kindVoid || e.kind == kindReplace) && replaced == (e.kind == kindReplace) &&
			factOf(e.entry, "void") == ref.String():
		default:
			v.problem("receipt_void", ref.String(), "not_hashed")
		}
		return nil
	}, from, to)
}

// reversals compares each reversal with the gift it takes back: every line, with the other sign.
func (v *verifier) reversals(byNo map[int64]*verifiedEntry) error {
	var of []int64
	for _, e := range byNo {
		if e.reverses != nil {
			of = append(of, e.no)
		}
	}
	if len(of) == 0 {
		return nil
	}
	const query = `
		SELECT r.entry_no
		  FROM entry r
		  JOIN entry g ON g.fund_id = r.fund_id AND g.entry_no = r.reverses
		 WHERE r.fund_id = $1 AND r.entry_no = ANY ($2)
		   AND (g.kind <> 'donation' OR r.kind <> 'donation.reverse' OR r.actor = g.actor
		        OR EXISTS (SELECT FROM (SELECT * FROM posting WHERE fund_id = $1 AND entry_no = g.entry_no) p
		                     FULL JOIN (SELECT * FROM posting WHERE fund_id = $1 AND entry_no = r.entry_no) q USING (line)
		                    WHERE (p.debit_account, p.credit_account, p.purpose_id, p.amount, p.sign)
		                          IS DISTINCT FROM (q.debit_account, q.credit_account, q.purpose_id, q.amount, -q.sign)::record)
		        OR EXISTS (SELECT FROM document c
		                     LEFT JOIN receipt_void v ON v.fund_id = c.fund_id AND v.series = c.series
		                                             AND v.year = c.year AND v.number = c.number
		                    WHERE c.fund_id = $1 AND (c.entry_no = g.entry_no OR c.of_entry = g.entry_no) AND v.entry_no IS NULL))`
	return v.each(query, func(row pgx.CollectableRow) error {
		var no int64
		if err := row.Scan(&no); err != nil {
			return err
		}
		v.problem("entry", entryRow(no), "reversal")
		return nil
	}, of)
}

// lists compares accounts, purposes and campaigns with the entries that opened them.
func (v *verifier) lists(byNo map[int64]*verifiedEntry, from, to int64) error {
	const query = `
		SELECT 'account', entry_no, account_id::bigint, role || '|' || coalesce(code, '') || '|' || name || '|' || coalesce(bank, ''), '', ''
		  FROM account WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		 UNION ALL
		SELECT 'purpose', entry_no, purpose_id, name, '', ''
		  FROM purpose WHERE fund_id = $1 AND entry_no >= $2 AND entry_no < $3
		 UNION ALL
		SELECT 'campaign', campaign_id, campaign_id, name, starts_on::text, ends_on::text
		  FROM campaign WHERE fund_id = $1 AND campaign_id >= $2 AND campaign_id < $3`
	return v.each(query, func(row pgx.CollectableRow) error {
		var table, name, starts, ends string
		var no, id int64
		if err := row.Scan(&table, &no, &id, &name, &starts, &ends); err != nil {
			return err
		}
		v.row(table, no)
		e := byNo[no]
		if e == nil || listed(e.entry, table, id) != name || factOf(e.entry, "starts_on") != starts ||
			factOf(e.entry, "ends_on") != ends {
			v.problem(table, table+" "+strconv.FormatInt(id, 10), "not_hashed")
		}
		return nil
	}, from, to)
}

// unrestricted is the name of purpose 0, which opens with its fund.
const unrestricted = "Không chỉ định mục đích"

// listed is the name that an entry gave to what it opened.
func listed(e proof.Entry, table string, id int64) string {
	switch {
	case table == "account":
		return factOf(e, fmt.Sprintf("account.%03d", id))
	case table == "purpose" && id == 0 && e.Kind == kindFundOpen:
		return unrestricted
	case uint64(id) != e.Number:
		return ""
	}
	return factOf(e, "name")
}
