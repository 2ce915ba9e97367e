package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
	"sovang/ledger/viet"
)

// Correction is what a replacement sheet says otherwise; "" keeps the original's text. Sum, day and method are
// facts of the gift: to change those, reverse the gift.
type Correction struct {
	Payer   string `json:"payer,omitempty"`
	Address string `json:"address,omitempty"`
	Memo    string `json:"memo,omitempty"`
}

// Proposal asks for a sheet to be voided, or replaced where Correction says something. The money stays.
type Proposal struct {
	Series     Series      `json:"series"`
	Year       int         `json:"year"`
	Number     int64       `json:"number"`
	Reason     string      `json:"reason"`
	Correction *Correction `json:"correction,omitempty"`
}

// Intent is a proposal that waits for a second person, or was decided.
type Intent struct {
	EntryNo    int64
	Kind       string // "receipt.void" or "receipt.replace"
	Maker      int32
	Hash       [32]byte // of the whole content: an approval names it
	Receipt    ReceiptRef
	Proposal   Proposal // reason and corrections; empty once erased
	ProposedOn Date
	Decided    bool
	Approved   bool
	DecidedBy  int32
	DecidedIn  int64 // the entry of the decision
}

// payload is the content that a second person decides on. Texts about people are bound through their hash with
// the entry's secret, so that the row itself tells nothing of them.
type payload struct {
	Kind   string `json:"kind"`
	Series Series `json:"series"`
	Year   int    `json:"year"`
	Number int64  `json:"number"`
	Said   string `json:"said"` // commitment of the proposal's texts
}

func (p *Proposal) clean() error {
	p.Reason = viet.Clean(p.Reason)
	if err := needText("reason", p.Reason, maxReason); err != nil {
		return err
	}
	if p.Correction == nil {
		return nil
	}
	c := *p.Correction
	c.Payer, c.Address, c.Memo = viet.Clean(c.Payer), viet.Clean(c.Address), viet.Clean(c.Memo)
	p.Correction = &c
	if c == (Correction{}) {
		return invalid("correction", "required")
	}
	if err := shortText("correction/payer", c.Payer, maxName); err != nil {
		return err
	}
	if err := shortText("correction/address", c.Address, maxAddress); err != nil {
		return err
	}
	return shortText("correction/memo", c.Memo, maxMemo)
}

func (p Proposal) kind() string {
	if p.Correction != nil {
		return kindReplace
	}
	return kindVoid
}

// ProposeVoid asks a second person to void or replace a sheet. The actor needs PermProposeVoid.
// Codes: invalid, not_found, forbidden, wrong_state (void already), key_reused, fund_closed, unavailable, busy.
func (l *Ledger) ProposeVoid(ctx context.Context, a Actor, fund FundID, key Key, p Proposal) (Intent, error) {
	var state ReceiptState
	if a.Can(fund, PermProposeVoid) {
		r, err := l.Receipt(ctx, readerOf(fund), fund, p.Series, p.Year, p.Number)
		if err != nil {
			return Intent{}, err
		}
		state = r.State
	}
	o := l.write(ctx, fund, command{actor: a, perm: PermProposeVoid, key: key, kind: kindIntent, input: p, shares: true,
		fill: func(h *head, d *draft) error {
			if state != ReceiptValid {
				return &Error{Code: CodeWrongState}
			}
			next := p
			if err := next.clean(); err != nil {
				return err
			}
			return l.fillIntent(d, a, next)
		}})
	if o.err != nil {
		return Intent{}, o.err
	}
	return l.Intent(ctx, readerOf(fund), fund, o.entryNo)
}

func (l *Ledger) fillIntent(d *draft, a Actor, p Proposal) error {
	texts, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := l.say(d, p, map[string]string{"proposal": string(texts)}); err != nil {
		return err
	}
	said := d.entry.Commitments[0].Sum
	body, err := json.Marshal(payload{p.kind(), p.Series, p.Year, p.Number, hex.EncodeToString(said[:])})
	if err != nil {
		return err
	}
	hash := sha256.Sum256(body)
	d.fact("intent.kind", p.kind())
	d.fact("intent.payload", string(body))
	d.call(`SELECT intent_apply($1, $2, $3, $4, $5, $6)`,
		d.fund, int64(d.entry.Number), p.kind(), a.ID, hash[:], string(body))
	return nil
}

// Decision is a second person's answer to exactly one intent, as it was shown: Hash is the intent's.
type Decision struct {
	IntentNo int64
	Hash     [32]byte
	Approve  bool // false: refused, or withdrawn by its maker
}

// DecideVoid approves or refuses an intent. Approving takes another person than its maker; the sheet is void
// from that moment, and its replacement, if one was asked for, has the next number. The actor needs
// PermApproveVoid; a maker may withdraw the own proposal with PermProposeVoid.
// Codes: not_found, forbidden, same_person, stale (the content is another than was shown), wrong_state (decided
// or void already), key_reused, fund_closed, unavailable, busy.
func (l *Ledger) DecideVoid(ctx context.Context, a Actor, fund FundID, key Key, d Decision) (Intent, error) {
	perm := PermApproveVoid
	intent, err := l.Intent(ctx, readerOf(fund), fund, d.IntentNo)
	if err != nil && a.Can(fund, PermRead) {
		return Intent{}, err
	}
	if !d.Approve && intent.Maker == a.ID {
		perm = PermProposeVoid
	}
	sheet, err := l.sheetOf(ctx, a, fund, perm, intent, d.Approve)
	if err != nil {
		return Intent{}, err
	}
	kind := kindRefuse
	if d.Approve {
		kind = intent.Kind
	}
	o := l.write(ctx, fund, command{actor: a, perm: perm, key: key, kind: kind, input: d,
		fill: func(h *head, draft *draft) error { return l.fillDecision(h, draft, a, intent, d, sheet) }})
	if o.err != nil {
		return Intent{}, o.err
	}
	return l.Intent(ctx, readerOf(fund), fund, d.IntentNo)
}

// sheetOf reads the sheet that an approval would void, for its replacement.
func (l *Ledger) sheetOf(ctx context.Context, a Actor, fund FundID, perm Perm, i Intent, approve bool) (Receipt, error) {
	if !approve || !a.Can(fund, perm) {
		return Receipt{}, nil
	}
	return l.Receipt(ctx, readerOf(fund), fund, i.Receipt.Series, i.Receipt.Year, i.Receipt.Number)
}

func (l *Ledger) fillDecision(h *head, d *draft, a Actor, i Intent, said Decision, sheet Receipt) error {
	switch {
	case i.Decided:
		return &Error{Code: CodeWrongState, Entry: i.DecidedIn}
	case said.Hash != i.Hash:
		return &Error{Code: CodeStale}
	case said.Approve && a.ID == i.Maker:
		return &Error{Code: CodeSamePerson}
	}
	no := int64(d.entry.Number)
	d.fact("intent", someNumber(i.EntryNo))
	d.fact("intent.hash", hex.EncodeToString(i.Hash[:]))
	d.call(`SELECT approval_apply($1, $2, $3, $4, $5, $6)`, d.fund, i.EntryNo, i.Maker, i.Hash[:], said.Approve, no)
	if !said.Approve {
		return nil
	}
	d.fact("void", i.Receipt.String())
	d.call(`SELECT void_apply($1, $2, $3, $4, $5)`, d.fund, no, string(i.Receipt.Series), i.Receipt.Year, i.Receipt.Number)
	if i.Kind == kindReplace {
		return l.fillReplacement(h, d, a, i, sheet)
	}
	return nil
}

// fillReplacement issues the next number with the corrected texts: its sheet says which one it replaces.
func (l *Ledger) fillReplacement(h *head, d *draft, a Actor, i Intent, sheet Receipt) error {
	if i.Proposal.Correction == nil || sheet.Purged {
		return &Error{Code: CodeWrongState} // erased since: there is nothing to print
	}
	year := DateOf(d.at).Year
	d.entry.Documents = []proof.Document{{Series: string(sheet.Series), Year: year, Number: h.take(sheet.Series, year), Code: d.code}}
	gift := sheet.giftNo
	d.ofEntry = &gift
	d.fact("gift", someNumber(gift))
	d.fact("heading", hex.EncodeToString(h.hash))
	p := sheet.Printed.corrected(*i.Proposal.Correction)
	p.Preparer, p.ReplaceText = a.Name, i.Proposal.Reason
	return l.say(d, p, p.fields())
}

// corrected is the sheet's text with the correction laid over it.
func (p Printed) corrected(c Correction) Printed {
	for _, t := range []struct{ text, by *string }{{&p.Payer, &c.Payer}, {&p.Address, &c.Address}, {&p.Memo, &c.Memo}} {
		if *t.by != "" {
			*t.text = *t.by
		}
	}
	return p
}

const selectIntent = `
	SELECT i.entry_no, i.kind, i.maker, i.payload_hash, i.payload, e.recorded_at, s.said, c.code,
	       a.entry_no, a.approved, a.approver
	  FROM intent i
	  JOIN entry e ON e.fund_id = i.fund_id AND e.entry_no = i.entry_no
	  JOIN document c ON c.fund_id = i.fund_id AND c.series = i.payload::jsonb ->> 'series'
	                 AND c.year = (i.payload::jsonb ->> 'year')::integer
	                 AND c.number = (i.payload::jsonb ->> 'number')::bigint
	  LEFT JOIN entry_person s ON s.fund_id = i.fund_id AND s.entry_no = i.entry_no
	  LEFT JOIN approval a ON a.fund_id = i.fund_id AND a.intent_no = i.entry_no
	 WHERE i.fund_id = $1 `

func scanIntent(row pgx.CollectableRow) (i Intent, err error) {
	var hash []byte
	var body string
	var said *string
	var in *int64
	var approved *bool
	var by *int32
	var at time.Time
	err = row.Scan(&i.EntryNo, &i.Kind, &i.Maker, &hash, &body, &at, &said, &i.Receipt.Code, &in, &approved, &by)
	if err != nil {
		return i, err
	}
	var p payload
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return i, err
	}
	i.Receipt.Series, i.Receipt.Year, i.Receipt.Number = p.Series, p.Year, p.Number
	i.Hash, i.ProposedOn = [32]byte(hash), DateOf(at)
	if in != nil {
		i.Decided, i.DecidedIn, i.Approved, i.DecidedBy = true, *in, *approved, *by
	}
	if said != nil {
		err = json.Unmarshal([]byte(*said), &i.Proposal)
	}
	return i, err
}

// Intent reads one intent. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Intent(ctx context.Context, a Actor, fund FundID, entryNo int64) (i Intent, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectIntent+` AND i.entry_no = $2`, fund, entryNo)
		if err != nil {
			return err
		}
		i, err = pgx.CollectExactlyOneRow(rows, scanIntent)
		return none(err)
	})
	return i, err
}

// Intents lists the intents that wait for a decision, the oldest first. The actor needs PermRead.
// Codes: not_found, unavailable.
func (l *Ledger) Intents(ctx context.Context, a Actor, fund FundID) (list []Intent, err error) {
	err = l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectIntent+` AND a.entry_no IS NULL ORDER BY i.entry_no LIMIT 200`, fund)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanIntent)
		return err
	})
	return list, err
}
