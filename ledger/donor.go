package ledger

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/viet"
)

// DonorID numbers a donor within its fund: the number of the entry that made it. 0 is no donor.
type DonorID int64

// DonorKind is what kind of giver a donor is.
type DonorKind string

// The kinds of donors.
const (
	DonorPerson       DonorKind = "person"       // cá nhân
	DonorOrganisation DonorKind = "organisation" // cơ quan, đơn vị, doanh nghiệp
	DonorHousehold    DonorKind = "household"    // hộ gia đình
	DonorGroup        DonorKind = "group"        // tập thể: lớp, tổ, chi hội
)

// Display is how a gift's giver is shown to the public; the books always hold the truth (domain.md S4).
type Display string

// The display choices.
const (
	DisplayName     Display = "name"     // họ tên đầy đủ
	DisplayInitials Display = "initials" // chữ cái đầu
	DisplayHidden   Display = "hidden"   // nhà hảo tâm
)

// NewDonor is what one says of a donor. A name alone is enough; two donors may have the same one.
type NewDonor struct {
	Kind    DonorKind
	Name    string
	Address string
	Phone   string
	Display Display // the default for the donor's gifts; DisplayInitials when empty (no consent by default)
}

// Donor is a donor's record.
type Donor struct {
	ID      DonorID
	Kind    DonorKind
	Name    string
	Address string
	Phone   string
	Display Display
}

var phoneForm = regexp.MustCompile(`^[0-9+ ]{0,20}$`)

// clean brings the texts to their stored form and checks them. field is where they stand in the input.
func (n *NewDonor) clean(field string) error {
	n.Name, n.Address, n.Phone = viet.Clean(n.Name), viet.Clean(n.Address), viet.Clean(n.Phone)
	if n.Kind == "" {
		n.Kind = DonorPerson
	}
	if n.Display == "" {
		n.Display = DisplayInitials
	}
	switch n.Kind {
	case DonorPerson, DonorOrganisation, DonorHousehold, DonorGroup:
	default:
		return invalid(field+"kind", "unknown")
	}
	if !n.Display.known() {
		return invalid(field+"display", "unknown")
	}
	if err := needText(field+"name", n.Name, maxName); err != nil {
		return err
	}
	if err := shortText(field+"address", n.Address, maxAddress); err != nil {
		return err
	}
	if !phoneForm.MatchString(n.Phone) {
		return invalid(field+"phone", "phone_form")
	}
	return nil
}

func (d Display) known() bool {
	return d == DisplayName || d == DisplayInitials || d == DisplayHidden
}

func needText(field, s string, limit int) error {
	if s == "" {
		return invalid(field, "required")
	}
	return shortText(field, s, limit)
}

func shortText(field, s string, limit int) error {
	if utf8.RuneCountInString(s) > limit {
		return invalid(field, "too_long")
	}
	return nil
}

// donorRow is a donor on its way into the database.
type donorRow struct {
	entry int64
	NewDonor
}

func (d *draft) addDonor(n NewDonor) DonorID {
	d.donor = &donorRow{entry: int64(d.entry.Number), NewDonor: n}
	d.fact("donor.kind", string(n.Kind))
	d.fact("donor.display", string(n.Display))
	return DonorID(d.entry.Number)
}

// donorFields are the texts of a donor that enter the log as commitments.
func donorFields(n NewDonor) map[string]string {
	return map[string]string{"donor.name": n.Name, "donor.address": n.Address, "donor.phone": n.Phone}
}

func queueDonors(b *pgx.Batch, fund FundID, drafts []*draft) {
	var entry []int64
	var kind, name, address, phone, folded, display []string
	var sortKey [][]byte
	for _, d := range drafts {
		if r := d.donor; r != nil {
			entry, kind, name = append(entry, r.entry), append(kind, string(r.Kind)), append(name, r.Name)
			address, phone = append(address, r.Address), append(phone, r.Phone)
			folded = append(folded, foldDonor(r.NewDonor))
			sortKey, display = append(sortKey, []byte(viet.GivenNameKey(r.Name))), append(display, string(r.Display))
		}
	}
	if len(entry) > 0 {
		b.Queue(`SELECT donor_apply($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			fund, entry, kind, name, address, phone, folded, sortKey, display)
	}
}

// foldDonor is what search looks through.
func foldDonor(n NewDonor) string {
	return strings.TrimSpace(viet.Fold(n.Name) + " " + viet.Fold(n.Address) + " " + strings.ReplaceAll(n.Phone, " ", ""))
}

// CreateDonor makes a donor's record. The actor needs PermRecordGift.
// Codes: invalid, forbidden, key_reused, fund_closed, unavailable, busy.
func (l *Ledger) CreateDonor(ctx context.Context, a Actor, fund FundID, key Key, n NewDonor) (Donor, error) {
	input := n
	o := l.write(ctx, fund, command{actor: a, perm: PermRecordGift, key: key, kind: kindDonorCreate, input: input, shares: true,
		fill: func(h *head, d *draft) error {
			if err := n.clean(""); err != nil {
				return err
			}
			d.addDonor(n)
			return l.say(d, n, donorFields(n))
		}})
	if o.err != nil {
		return Donor{}, o.err
	}
	return l.donor(ctx, fund, DonorID(o.entryNo))
}

// donor reads one donor without asking who reads.
func (l *Ledger) donor(ctx context.Context, fund FundID, id DonorID) (d Donor, err error) {
	err = l.readFund(ctx, readerOf(fund), fund, func(tx pgx.Tx) error {
		const query = `
			SELECT donor_id, kind, name, address, phone, display FROM donor WHERE fund_id = $1 AND donor_id = $2`
		return none(tx.QueryRow(ctx, query, fund, id).Scan(&d.ID, &d.Kind, &d.Name, &d.Address, &d.Phone, &d.Display))
	})
	return d, err
}

// readerOf is the ledger itself, reading in one fund what its own answer needs.
func readerOf(fund FundID) Actor { return Actor{Roles: map[FundID][]Role{fund: {RoleViewer}}} }

// Donor reads one donor. The actor needs PermRead. Codes: not_found, unavailable.
func (l *Ledger) Donor(ctx context.Context, a Actor, fund FundID, id DonorID) (Donor, error) {
	if !a.Can(fund, PermRead) {
		return Donor{}, &Error{Code: CodeNotFound}
	}
	return l.donor(ctx, fund, id)
}

// FindDonors finds donors whose name, address or phone hold every word of the text, without regard to marks
// or case; those whose name begins with it come first. Limit is at most 200. The actor needs PermRead.
// Codes: not_found, unavailable.
func (l *Ledger) FindDonors(ctx context.Context, a Actor, fund FundID, text string, limit int) ([]Donor, error) {
	words := strings.Fields(viet.Fold(text))
	if len(words) > 8 {
		words = words[:8]
	}
	var found []Donor
	err := l.readFund(ctx, a, fund, func(tx pgx.Tx) error {
		query := `SELECT donor_id, kind, name, address, phone, display FROM donor_find($1, $2, $3)`
		args := []any{fund, words, clampPage(limit)}
		if len(words) == 0 {
			query = `SELECT donor_id, kind, name, address, phone, display FROM donor
			          WHERE fund_id = $1 AND cardinality($2::text[]) = 0 ORDER BY sort_key, donor_id LIMIT $3`
			args[1] = []string{}
		}
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Donor])
		return err
	})
	return found, err
}

func clampPage(n int) int {
	if n <= 0 || n > maxPage {
		return maxPage
	}
	return n
}
