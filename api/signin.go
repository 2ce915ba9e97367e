package api

import (
	"context"
	"slices"

	"sovang/ledger"
)

// me is who is signed in.
type me struct {
	ID         int32    `json:"id"`
	Login      string   `json:"login"`
	Name       string   `json:"name"`
	Funds      []myFund `json:"funds" doc:"Funds in which you have a role of your own"`
	Everywhere []string `json:"everywhere" doc:"Roles that you have in every fund"`
}

type myFund struct {
	Code  string   `json:"code" example:"HD"`
	Name  string   `json:"name"`
	Level string   `json:"level" enum:"central,province,district,commune"`
	Roles []string `json:"roles"`
}

type credentials struct {
	Body struct {
		Login    string `json:"login" maxLength:"40"`
		Password string `json:"password" maxLength:"800" doc:"10-200 characters"`
	}
}

// postSession signs in; the session's middleware sets the cookie.
func (s *server) postSession(ctx context.Context, in *credentials) (*answer[me], error) {
	if err := s.signIn(ctx, in.Body.Login, in.Body.Password); err != nil {
		return nil, err
	}
	return s.getMe(ctx, nil)
}

// deleteSession signs out.
func (s *server) deleteSession(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.signOut(ctx)
}

func (s *server) getMe(ctx context.Context, _ *struct{}) (*answer[me], error) {
	a, err := s.who(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.l.PublicFunds(ctx)
	if err != nil {
		return nil, err
	}
	out := me{ID: a.ID, Login: a.Login, Name: a.Name, Funds: []myFund{}, Everywhere: words(a.Roles[ledger.System])}
	for _, f := range all {
		if roles := a.Roles[f.ID]; len(roles) > 0 {
			out.Funds = append(out.Funds, myFund{f.Code, f.Name, string(f.Level), words(roles)})
		}
	}
	return &answer[me]{out}, nil
}

func words(roles []ledger.Role) []string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = string(r)
	}
	slices.Sort(list)
	return list
}
