package ledger

import (
	"slices"
	"strconv"
	"strings"
)

// Role is what a person is in a fund. Source: domain.md D6 and NĐ 131/2021 Điều 179.
type Role string

// The roles. Accountant and treasurer are never one person in one fund; the database says so too.
const (
	RoleRecorder        Role = "recorder"         // cán bộ MTTQ: logs gifts
	RoleAccountant      Role = "accountant"       // kế toán quỹ
	RoleTreasurer       Role = "treasurer"        // thủ quỹ
	RoleChiefAccountant Role = "chief_accountant" // kế toán trưởng
	RoleAccountHolder   Role = "account_holder"   // chủ tài khoản, Trưởng ban
	RoleViewer          Role = "viewer"           // thành viên Ban quản lý
	RoleInspector       Role = "inspector"        // thanh tra, kiểm toán
	RoleAdmin           Role = "admin"            // quản trị hệ thống
)

// Perm is one thing that may be done.
type Perm string

// The permissions; permsOf says which role has which.
const (
	PermRead        Perm = "read"         // see the fund's books and donors
	PermRecordGift  Perm = "gift.record"  // record gifts and donors, print receipts
	PermReverseGift Perm = "gift.reverse" // reverse a gift that another person recorded
	PermProposeVoid Perm = "void.propose" // ask for a receipt to be voided or replaced
	PermApproveVoid Perm = "void.approve" // decide that, as the second person
	PermSetUp       Perm = "set_up"       // open purposes and campaigns
	PermAdmin       Perm = "admin"        // open funds, headings, users and roles
)

// permsOf is the one table of who may do what. A recorder posts gifts only; the rest is the accountant's
// side (design.md, Receipts; domain.md D6).
var permsOf = map[Role][]Perm{
	RoleRecorder:        {PermRead, PermRecordGift, PermProposeVoid},
	RoleAccountant:      {PermRead, PermRecordGift, PermReverseGift, PermProposeVoid, PermApproveVoid, PermSetUp},
	RoleTreasurer:       {PermRead},
	RoleChiefAccountant: {PermRead, PermReverseGift, PermProposeVoid, PermApproveVoid, PermSetUp},
	RoleAccountHolder:   {PermRead, PermApproveVoid, PermSetUp},
	RoleViewer:          {PermRead},
	RoleInspector:       {PermRead},
	RoleAdmin:           {PermAdmin},
}

// Roles lists every role, in the order of the table above.
func Roles() []Role {
	return []Role{RoleRecorder, RoleAccountant, RoleTreasurer, RoleChiefAccountant, RoleAccountHolder,
		RoleViewer, RoleInspector, RoleAdmin}
}

// Actor is who acts. The web layer authenticates and passes it on; the ledger decides.
type Actor struct {
	ID    int32
	Login string
	Name  string
	Roles map[FundID][]Role // in fund 0: in every fund

	// Password is the entry that set the user's password; a session that was opened under another has ended.
	Password int64
}

// Operator is the person at the machine itself, who could open the database anyway: the command line uses
// it to set up funds and users. It records no gift.
var Operator = Actor{Login: "operator", Name: "Người vận hành", Roles: map[FundID][]Role{System: {RoleAdmin, RoleInspector}}}

// Can says whether the actor may do p in the fund.
func (a Actor) Can(fund FundID, p Perm) bool {
	has := func(r Role) bool { return slices.Contains(permsOf[r], p) }
	return slices.ContainsFunc(a.Roles[fund], has) || slices.ContainsFunc(a.Roles[System], has)
}

// funds is the value of sovang.funds for row-level security: what the actor may read.
func (a Actor) funds() string {
	if a.Can(System, PermRead) {
		return "*"
	}
	var ids []string
	for fund := range a.Roles {
		if a.Can(fund, PermRead) {
			ids = append(ids, strconv.Itoa(int(fund)))
		}
	}
	return strings.Join(ids, ",")
}
