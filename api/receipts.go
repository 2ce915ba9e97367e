package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sovang/ledger"
	"sovang/receipts"
)

// receiptRef names a sheet.
type receiptRef struct {
	Series string `json:"series" enum:"PT,XN,NK,BL"`
	Year   int    `json:"year"`
	Number int64  `json:"number"`
	Code   string `json:"code,omitempty" doc:"10 characters; who holds the sheet can check it with them"`
}

func refOf(r ledger.ReceiptRef) receiptRef {
	return receiptRef{string(r.Series), r.Year, r.Number, r.Code}
}

func maybeRef(r *ledger.ReceiptRef) *receiptRef {
	if r == nil {
		return nil
	}
	ref := refOf(*r)
	return &ref
}

// receipt is one sheet as it was frozen.
type receipt struct {
	Series     string      `json:"series" enum:"PT,XN,NK,BL"`
	Year       int         `json:"year"`
	Number     int64       `json:"number"`
	Code       string      `json:"code" doc:"10 characters; who holds the sheet can check it with them"`
	Book       int64       `json:"book" doc:"Quyển"`
	State      string      `json:"state" enum:"valid,void,replaced"`
	StateOn    string      `json:"state_on,omitempty" format:"date" doc:"The day of the void or replacement"`
	Replaces   *receiptRef `json:"replaces,omitempty"`
	ReplacedBy *receiptRef `json:"replaced_by,omitempty"`
	Entry      int64       `json:"entry" doc:"The entry that issued it"`
	Method     string      `json:"method" enum:"cash,transfer,goods"`
	Amount     string      `json:"amount" doc:"Whole đồng"`
	DonatedOn  string      `json:"donated_on" format:"date"`
	BankOn     string      `json:"bank_on,omitempty" format:"date"`
	IssuedOn   string      `json:"issued_on" format:"date"`
	RecordedAt time.Time   `json:"recorded_at"`
	Payer      string      `json:"payer,omitempty"`
	Address    string      `json:"address,omitempty"`
	Memo       string      `json:"memo,omitempty"`
	Purpose    string      `json:"purpose,omitempty"`
	Campaign   string      `json:"campaign,omitempty"`
	Preparer   string      `json:"preparer,omitempty"`
	Goods      []goodsLine `json:"goods,omitempty"`
	Givers     []giverLine `json:"givers,omitempty"`
	Erased     bool        `json:"erased,omitempty" doc:"Names were erased after retention"`
	CheckURL   string      `json:"check_url" format:"uri" doc:"The page that the sheet's QR opens"`
	Leaf       string      `json:"leaf" doc:"SHA-256 of the entry, in hexadecimal"`
}

func receiptOf(r ledger.Receipt) receipt {
	out := receipt{
		Series: string(r.Series), Year: r.Year, Number: r.Number, Code: r.Code, Book: r.Book(), State: string(r.State),
		StateOn: r.StateOn.String(), Replaces: maybeRef(r.Replaces), ReplacedBy: maybeRef(r.ReplacedBy), Entry: r.EntryNo,
		Method: string(r.Method), Amount: r.Amount.String(), DonatedOn: r.DonatedOn.String(), BankOn: r.BankOn.String(),
		IssuedOn: r.IssuedOn.String(), RecordedAt: r.RecordedAt.UTC(), Payer: r.Printed.Payer, Address: r.Printed.Address,
		Memo: r.Printed.Memo, Purpose: r.Printed.Purpose, Campaign: r.Printed.Campaign, Preparer: r.Printed.Preparer,
		Goods: goodsOf(r.Printed.Goods), Erased: r.Purged, CheckURL: r.PublicURL(), Leaf: hex.EncodeToString(r.Leaf[:]),
	}
	for _, g := range r.Givers {
		out.Givers = append(out.Givers, giverLine{text(g.Name), g.Amount.String(), text(g.Note)})
	}
	return out
}

func goodsOf(lines []ledger.GoodsLine) []goodsLine {
	var list []goodsLine
	for _, l := range lines {
		list = append(list, goodsLine{text(l.Description), text(l.Unit), l.Quantity.Text('f'), l.UnitValue.String(), l.Value.String()})
	}
	return list
}

// InSheet is the receipt that an operation is about.
type InSheet struct {
	InFund
	Series string `path:"series" enum:"PT,XN,NK,BL"`
	Year   int    `path:"year" minimum:"1945" maximum:"2199"`
	Number int64  `path:"number" minimum:"1"`
}

func (s *server) receipt(ctx context.Context, in InSheet) (ledger.Actor, ledger.Receipt, error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return a, ledger.Receipt{}, err
	}
	r, err := s.l.Receipt(ctx, a, id, ledger.Series(in.Series), in.Year, in.Number)
	return a, r, err
}

func (s *server) getReceipt(ctx context.Context, in *InSheet) (*answer[receipt], error) {
	_, r, err := s.receipt(ctx, *in)
	if err != nil {
		return nil, err
	}
	return &answer[receipt]{receiptOf(r)}, nil
}

type printInput struct {
	InSheet
	Paper  string `query:"paper" enum:"A4,A5" doc:"A5 when not given"`
	Copy   int    `query:"copy" minimum:"0" maximum:"99" doc:"0 the original; n prints BẢN SAO lần n"`
	Letter bool   `query:"letter" doc:"The thank-you letter instead of the sheet"`
	Known  string `header:"If-None-Match"`
}

// printed is a PDF. Chromium shows a PDF through a plug-in of its own, for which the policy must leave room.
type printed struct {
	Status      int
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Tag         string `header:"ETag"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

const printPolicy = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"

func (s *server) getSheet(ctx context.Context, in *printInput) (*printed, error) {
	a, r, err := s.receipt(ctx, in.InSheet)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	o := receipts.Options{Paper: receipts.Paper(in.Paper), Copy: in.Copy, Letter: in.Letter}
	if o.Proof, err = receipts.ProofOf(ctx, s.l, a, r); err != nil {
		return nil, err
	}
	if err := receipts.Write(&b, r, o); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b.Bytes())
	out := &printed{
		Status: http.StatusOK, Type: "application/pdf", Policy: printPolicy, Tag: `"` + hex.EncodeToString(sum[:]) + `"`,
		Disposition: fmt.Sprintf(`inline; filename="%s-%s-%d-%d.pdf"`, r.FundCode, r.Series, r.Year, r.Number),
		Cache:       "private, no-cache", // may be kept by the browser of who may see it, and is asked for each time
		Body:        b.Bytes(),
	}
	if strings.Contains(in.Known, out.Tag) {
		return &printed{Status: http.StatusNotModified, Tag: out.Tag, Cache: out.Cache, Body: []byte{}}, nil
	}
	if in.Letter { // courtesy, not a voucher: the register counts sheets
		return out, nil
	}
	ref := ledger.ReceiptRef{Series: r.Series, Year: r.Year, Number: r.Number, Code: r.Code}
	return out, s.l.NotePrint(ctx, a, r.FundID, ref, in.Copy)
}

// registerLine is one line of the register (sổ biên lai).
type registerLine struct {
	Receipt    receiptRef  `json:"receipt"`
	Entry      int64       `json:"entry"`
	State      string      `json:"state" enum:"valid,void,replaced"`
	Amount     string      `json:"amount" doc:"Whole đồng"`
	Method     string      `json:"method" enum:"cash,transfer,goods"`
	Payer      string      `json:"payer,omitempty"`
	IssuedOn   string      `json:"issued_on" format:"date"`
	Prints     int         `json:"prints" doc:"How often the sheet was taken"`
	ReplacedBy *receiptRef `json:"replaced_by,omitempty"`
}

func lineOf(l ledger.RegisterLine) registerLine {
	return registerLine{refOf(l.ReceiptRef), l.EntryNo, string(l.State), l.Amount.String(), string(l.Method), l.Payer,
		l.IssuedOn.String(), l.Prints, maybeRef(l.ReplacedBy)}
}

type registerInput struct {
	InFund
	Series string `query:"series" enum:"PT,XN,NK,BL"`
	Year   int    `query:"year" minimum:"1945" maximum:"2199"`
	State  string `query:"state" enum:"valid,void" doc:"void takes in the replaced"`
	Backward
}

func (s *server) getReceipts(ctx context.Context, in *registerInput) (*answer[*list[registerLine]], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	rows, err := s.l.Register(ctx, a, id, ledger.ReceiptFilter{Series: ledger.Series(in.Series), Year: in.Year,
		State: ledger.ReceiptState(in.State), Before: in.Before, Limit: in.limit()})
	if err != nil {
		return nil, err
	}
	entry := func(l ledger.RegisterLine) int64 { return l.EntryNo }
	return &answer[*list[registerLine]]{back(rows, in.Backward, entry, lineOf)}, nil
}

// checked is what anybody who holds a sheet may know of it.
type checked struct {
	FundCode   string      `json:"fund_code"`
	FundName   string      `json:"fund_name"`
	Receipt    receiptRef  `json:"receipt"`
	State      string      `json:"state" enum:"valid,void,replaced"`
	StateOn    string      `json:"state_on,omitempty" format:"date"`
	ReplacedBy *receiptRef `json:"replaced_by,omitempty"`
	Method     string      `json:"method" enum:"cash,transfer,goods"`
	Amount     string      `json:"amount" doc:"Whole đồng"`
	Goods      []goodsLine `json:"goods,omitempty"`
	DonatedOn  string      `json:"donated_on" format:"date"`
	IssuedOn   string      `json:"issued_on" format:"date"`
	Payer      string      `json:"payer,omitempty" doc:"Masked by the giver's choice; none where the giver stays hidden"`
	GiverCount int         `json:"giver_count,omitempty"`
	Leaf       string      `json:"leaf" doc:"SHA-256 of the entry, in hexadecimal"`
}

type checkPath struct {
	Fund string `path:"fund" maxLength:"16" example:"HD"`
	Code string `path:"code" maxLength:"40" doc:"The code on the sheet, with or without spaces and hyphens"`
}

// getCheck is for anybody; guesses are throttled by address.
func (s *server) getCheck(ctx context.Context, in *checkPath) (*answer[checked], error) {
	if !s.checkByAddr.allow(infoOf(ctx).addr) {
		return nil, refuse(codeTooManyRequests)
	}
	p, err := s.l.CheckReceipt(ctx, in.Fund, in.Code)
	if err != nil {
		return nil, err
	}
	out := checked{
		FundCode: p.FundCode, FundName: p.FundName, Receipt: receiptRef{string(p.Series), p.Year, p.Number, p.Code},
		State: string(p.State), StateOn: p.StateOn.String(), ReplacedBy: maybeRef(p.ReplacedBy), Method: string(p.Method),
		Amount: p.Amount.String(), Goods: goodsOf(p.Goods), DonatedOn: p.DonatedOn.String(), IssuedOn: p.IssuedOn.String(),
		Payer: p.Payer, GiverCount: p.GiverCount, Leaf: hex.EncodeToString(p.Leaf[:]),
	}
	if out.ReplacedBy != nil {
		out.ReplacedBy.Code = "" // who holds the old sheet does not hold the new one
	}
	return &answer[checked]{out}, nil
}
