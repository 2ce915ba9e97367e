package api

import (
	"context"
	"encoding/hex"
	"strconv"

	"sovang/ledger"
)

// correction is what a replacement says otherwise.
type correction struct {
	Payer   text `json:"payer,omitempty" doc:"At most 200 characters"`
	Address text `json:"address,omitempty" doc:"At most 300 characters"`
	Memo    text `json:"memo,omitempty" doc:"At most 500 characters"`
}

// intent is a proposal that waits for a second person, or was decided.
type intent struct {
	Entry      int64       `json:"entry" doc:"Names the intent"`
	Kind       string      `json:"kind" enum:"receipt.void,receipt.replace"`
	MakerID    int32       `json:"maker_id"`
	Hash       string      `json:"hash" doc:"Of the whole content, in hexadecimal: a decision names it"`
	Receipt    receiptRef  `json:"receipt"`
	Reason     string      `json:"reason,omitempty"`
	Correction *correction `json:"correction,omitempty"`
	ProposedOn string      `json:"proposed_on" format:"date"`
	State      string      `json:"state" enum:"waiting,approved,refused"`
	DecidedBy  int32       `json:"decided_by,omitempty"`
	DecidedIn  int64       `json:"decided_in,omitempty" doc:"The entry of the decision"`
}

func intentOf(i ledger.Intent) intent {
	out := intent{Entry: i.EntryNo, Kind: i.Kind, MakerID: i.Maker, Hash: hex.EncodeToString(i.Hash[:]),
		Receipt: refOf(i.Receipt), Reason: i.Proposal.Reason, ProposedOn: i.ProposedOn.String(), State: "waiting",
		DecidedBy: i.DecidedBy, DecidedIn: i.DecidedIn}
	if c := i.Proposal.Correction; c != nil {
		out.Correction = &correction{text(c.Payer), text(c.Address), text(c.Memo)}
	}
	switch {
	case i.Decided && i.Approved:
		out.State = "approved"
	case i.Decided:
		out.State = "refused"
	}
	return out
}

type proposalInput struct {
	InSheet
	Keyed
	Body struct {
		Reason     text        `json:"reason" doc:"At most 500 characters"`
		Correction *correction `json:"correction,omitempty" doc:"Replace the receipt by one that says this; void it when not given"`
	}
}

func (s *server) postProposal(ctx context.Context, in *proposalInput) (*answer[intent], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	p := ledger.Proposal{Series: ledger.Series(in.Series), Year: in.Year, Number: in.Number, Reason: string(in.Body.Reason)}
	if c := in.Body.Correction; c != nil {
		p.Correction = &ledger.Correction{Payer: string(c.Payer), Address: string(c.Address), Memo: string(c.Memo)}
	}
	i, err := s.l.ProposeVoid(ctx, a, id, key, p)
	if err != nil {
		return nil, err
	}
	return &answer[intent]{intentOf(i)}, nil
}

func (s *server) getIntents(ctx context.Context, in *sliceInput) (*answer[*list[intent]], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	all, err := s.l.Intents(ctx, a, id)
	if err != nil {
		return nil, err
	}
	cursor := func(i ledger.Intent) string { return strconv.FormatInt(i.EntryNo, 10) }
	return &answer[*list[intent]]{page(all, in.Slice, cursor, intentOf)}, nil
}

type decisionInput struct {
	InEntry
	Keyed
	Body struct {
		Approve bool   `json:"approve" doc:"false: refuse, or withdraw the own proposal"`
		Hash    string `json:"hash" doc:"The intent's hash as it was shown"`
	}
}

func (s *server) postDecision(ctx context.Context, in *decisionInput) (*answer[intent], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	hash, err := hex.DecodeString(in.Body.Hash)
	if err != nil || len(hash) != 32 {
		return nil, refuseFields(wrongField("hash", "not_hex"))
	}
	d := ledger.Decision{IntentNo: in.Entry, Hash: [32]byte(hash), Approve: in.Body.Approve}
	i, err := s.l.DecideVoid(ctx, a, id, key, d)
	if err != nil {
		return nil, err
	}
	return &answer[intent]{intentOf(i)}, nil
}
