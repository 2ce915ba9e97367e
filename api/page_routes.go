package api

import (
	"net/http"
	"slices"

	"sovang/ledger"
)

// pageRoutes puts every page on the mux. A page of a fund has the fund's code in its address: two tabs may work
// in two funds, and nobody books in another fund than the one on the screen.
func (s *server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /static/", s.static)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.pages.assets["mark.svg"], http.StatusMovedPermanently)
	})

	open := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, s.page(h))
	}
	open("GET /{$}", s.home)
	open("GET /dang-nhap", s.signInPage)
	open("POST /dang-nhap", s.signInPost)
	open("POST /dang-xuat", s.signOutPost)
	open("GET /chuyen-quy", s.switchFund)
	open("GET /phim", s.keysPage)
	open("GET /tra-cuu", s.lookUpPage)
	open("POST /tra-cuu/tep", s.provePost)
	open("GET /b/{fund}/{code}", s.verifyPage)
	open("GET /b/{fund}/{code}/{file}", s.proofGet)
	open("GET /khoa", s.keyPage)
	open("GET /log/{path...}", s.logGet)
	open("GET /problems/{code}", s.problemPage)
	open("GET /", func(http.ResponseWriter, *http.Request) error { return &ledger.Error{Code: ledger.CodeNotFound} })

	inFund := func(pattern string, h func(http.ResponseWriter, *visit) error) {
		mux.HandleFunc(pattern, s.page(s.signedIn(h)))
	}
	inFund("GET /quy/{fund}/{$}", s.deskPage)
	inFund("GET /quy/{fund}/tim", s.findPage)
	inFund("GET /quy/{fund}/thu", s.giftPage)
	inFund("POST /quy/{fund}/thu", s.giftPost)
	inFund("GET /quy/{fund}/thu/chu", s.giftWords)
	inFund("GET /quy/{fund}/thu/nguoi", s.giftDonors)
	inFund("GET /quy/{fund}/nguoi", s.donorsPage)
	inFund("GET /quy/{fund}/nguoi/them", s.newDonorPage)
	inFund("POST /quy/{fund}/nguoi/them", s.newDonorPost)
	inFund("GET /quy/{fund}/nguoi/{donor}", s.donorPage)
	inFund("GET /quy/{fund}/bien-lai", s.registerPage)
	inFund("GET /quy/{fund}/bien-lai/{sheet}", s.receiptPage)
	inFund("GET /quy/{fund}/bien-lai/{sheet}/in", s.receiptPrint)
	inFund("GET /quy/{fund}/bien-lai/{sheet}/huy", s.voidPage)
	inFund("POST /quy/{fund}/bien-lai/{sheet}/huy", s.voidPost)
	inFund("POST /quy/{fund}/bien-lai/{sheet}/ghi-am", s.reversePost)
	inFund("GET /quy/{fund}/duyet/{intent}", s.decidePage)
	inFund("POST /quy/{fund}/duyet/{intent}", s.decidePost)
}

// visit is one signed-in request: who asks, and in the name of which fund.
type visit struct {
	*http.Request
	Actor ledger.Actor
	Fund  ledger.Fund
	Funds []ledger.Fund
}

// Path is the address of a page of the fund.
func (v *visit) Path(rest string) string { return "/quy/" + v.Fund.Code + rest }

// Can tells a template whether to offer a thing; the ledger decides.
func (v *visit) Can(p string) bool { return v.Actor.Can(v.Fund.ID, ledger.Perm(p)) }

// Role is the actor's standing in the fund, in words.
func (v *visit) Role() string {
	for _, r := range slices.Concat(v.Actor.Roles[v.Fund.ID], v.Actor.Roles[ledger.System]) {
		if word := roleWords[r]; word != "" {
			return word
		}
	}
	return ""
}

var roleWords = map[ledger.Role]string{
	ledger.RoleRecorder: "Cán bộ tiếp nhận", ledger.RoleAccountant: "Kế toán", ledger.RoleTreasurer: "Thủ quỹ",
	ledger.RoleChiefAccountant: "Kế toán trưởng", ledger.RoleAccountHolder: "Chủ tài khoản",
	ledger.RoleViewer: "Thành viên Ban quản lý", ledger.RoleInspector: "Thanh tra, kiểm toán",
	ledger.RoleAdmin: "Quản trị hệ thống",
}

// page turns a handler's error into a page: one place presents it.
func (s *server) page(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.failPage(w, r, err)
		}
	}
}

// signedIn lets only signed-in people through, and only into funds that they may read.
func (s *server) signedIn(h func(http.ResponseWriter, *visit) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.visitOf(r)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(v.Funds, func(f ledger.Fund) bool { return f.Code == r.PathValue("fund") })
		if i < 0 {
			return &ledger.Error{Code: ledger.CodeNotFound}
		}
		v.Fund = v.Funds[i]
		infoOf(r.Context()).fund = v.Fund.ID
		return h(w, v)
	}
}

// visitOf reads who asks and which funds they may read; the fund is not settled yet.
func (s *server) visitOf(r *http.Request) (*visit, error) {
	actor, err := s.who(r.Context())
	if err != nil {
		return nil, err
	}
	funds, err := s.l.Funds(r.Context(), actor)
	if err != nil {
		return nil, err
	}
	return &visit{Request: r, Actor: actor, Funds: funds}, nil
}

// home opens the desk of the fund in which the person has a role, else of the first fund they may read.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitOf(r)
	if err != nil {
		return err
	}
	if len(v.Funds) == 0 {
		return s.render(w, http.StatusOK, "nofund", view{Title: "Chưa có quỹ", Body: v})
	}
	i := slices.IndexFunc(v.Funds, func(f ledger.Fund) bool { return len(v.Actor.Roles[f.ID]) > 0 })
	v.Fund = v.Funds[max(i, 0)]
	http.Redirect(w, r, v.Path("/"), http.StatusSeeOther)
	return nil
}

// switchFund goes to the desk of another fund.
func (s *server) switchFund(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitOf(r)
	if err != nil {
		return err
	}
	code := r.FormValue("quy")
	if !slices.ContainsFunc(v.Funds, func(f ledger.Fund) bool { return f.Code == code }) {
		return &ledger.Error{Code: ledger.CodeNotFound}
	}
	http.Redirect(w, r, "/quy/"+code+"/", http.StatusSeeOther)
	return nil
}
