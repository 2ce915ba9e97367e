package api

import (
	"context"

	"sovang/ledger"
	"sovang/ledger/viet"
)

// text is a text that people typed, in NFC from the moment it is read.
type text string

// UnmarshalText normalises.
func (t *text) UnmarshalText(b []byte) error {
	*t = text(viet.NFC(string(b)))
	return nil
}

// newDonor is what one says of a donor.
type newDonor struct {
	Kind    string `json:"kind,omitempty" enum:"person,organisation,household,group" doc:"person when not given"`
	Name    text   `json:"name" doc:"At most 200 characters"`
	Address text   `json:"address,omitempty" doc:"At most 300 characters"`
	Phone   string `json:"phone,omitempty" doc:"At most 20 of 0-9, + and space"`
	Display string `json:"display,omitempty" enum:"name,initials,hidden" doc:"How the public sees the donor's gifts; initials when not given"`
}

func (n newDonor) read() ledger.NewDonor {
	return ledger.NewDonor{Kind: ledger.DonorKind(n.Kind), Name: string(n.Name), Address: string(n.Address),
		Phone: n.Phone, Display: ledger.Display(n.Display)}
}

// donor is a donor's record.
type donor struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind" enum:"person,organisation,household,group"`
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Display string `json:"display" enum:"name,initials,hidden"`
}

func donorOf(d ledger.Donor) donor {
	return donor{int64(d.ID), string(d.Kind), d.Name, d.Address, d.Phone, string(d.Display)}
}

type newDonorInput struct {
	InFund
	Keyed
	Body newDonor
}

func (s *server) postDonor(ctx context.Context, in *newDonorInput) (*answer[donor], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	d, err := s.l.CreateDonor(ctx, a, id, key, in.Body.read())
	if err != nil {
		return nil, err
	}
	return &answer[donor]{donorOf(d)}, nil
}

// donorSearch has no cursor: who sees 200 donors types one more word.
type donorSearch struct {
	InFund
	Text  string `query:"q" maxLength:"200" doc:"Words of the name, address or phone; all donors in order of their given names when not given"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" doc:"Rows; 50 when not given"`
}

type foundDonors struct {
	Items []donor `json:"items"`
}

func (s *server) getDonors(ctx context.Context, in *donorSearch) (*answer[foundDonors], error) {
	a, id, err := s.enter(ctx, in.InFund)
	if err != nil {
		return nil, err
	}
	found, err := s.l.FindDonors(ctx, a, id, viet.NFC(in.Text), Slice{Limit: in.Limit}.limit())
	if err != nil {
		return nil, err
	}
	out := foundDonors{[]donor{}}
	for _, d := range found {
		out.Items = append(out.Items, donorOf(d))
	}
	return &answer[foundDonors]{out}, nil
}
