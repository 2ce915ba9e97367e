package receipts

import "sovang/ledger"

// rosterTable is the table of the people for whom a unit paid in one sum (D14). The column of notes is there
// only when somebody has one.
func rosterTable(r ledger.Receipt) table {
	t := table{
		title:   titleRoster,
		total:   totalOfRoster(len(r.Givers)),
		value:   r.Amount.Format(),
		columns: []column{numbering(len(r.Givers)), {columnName, 75, flush}, {columnSum, 38, ranged}},
	}
	noted := false
	for _, g := range r.Givers {
		noted = noted || g.Note != ""
	}
	if noted {
		t.columns = []column{numbering(len(r.Givers)), {columnName, 75, flush}, {columnNote, 50, flush}, {columnSum, 38, ranged}}
	}
	for i, g := range r.Givers {
		cells := []string{grouped(i + 1), g.Name, g.Amount.Format()}
		if noted {
			cells = []string{grouped(i + 1), g.Name, g.Note, g.Amount.Format()}
		}
		t.rows = append(t.rows, row{g.Amount, cells})
	}
	return t
}
