package api

import (
	"fmt"
	"strings"

	"sovang/ledger"
	"sovang/ledger/money"
)

// maxRosterLines is the ledger's limit of one roster.
const maxRosterLines = 10_000

// parseRoster reads a pasted list of givers, one a line: name, amount and, if there is one, a note, with a tab
// or a semicolon between them, as a spreadsheet gives them. A first column of running numbers and empty lines
// are passed over. It returns what is wrong with the first line that is, "" when nothing is.
func parseRoster(text string) ([]ledger.Giver, string) {
	var list []ledger.Giver
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(list) == maxRosterLines {
			return nil, fmt.Sprintf("Danh sách dài quá %s dòng. Chia thành nhiều phiếu.", money.Dong(maxRosterLines).Format())
		}
		giver, problem := parseGiver(line)
		if problem != "" {
			return nil, fmt.Sprintf("Dòng %d của danh sách: %s", i+1, problem)
		}
		list = append(list, giver)
	}
	return list, ""
}

func parseGiver(line string) (ledger.Giver, string) {
	sep := "\t"
	if !strings.Contains(line, sep) {
		sep = ";"
	}
	cells := strings.Split(line, sep)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if len(cells) > 2 && cells[0] != "" && strings.Trim(cells[0], "0123456789.") == "" {
		cells = cells[1:]
	}
	if len(cells) < 2 || cells[0] == "" {
		return ledger.Giver{}, "cần có họ tên, dấu tab (hoặc chấm phẩy), rồi số tiền."
	}
	sum, err := money.Parse(cells[1])
	if err != nil {
		return ledger.Giver{}, lowerFirst(amountProblem(err))
	}
	if sum.Sign() <= 0 {
		return ledger.Giver{}, "số tiền phải lớn hơn 0."
	}
	return ledger.Giver{Name: cells[0], Amount: sum, Note: strings.Join(cells[2:], " ")}, ""
}

// rosterDifference says by how much the list and the payment differ, "" when they agree.
func rosterDifference(givers []ledger.Giver, payment money.VND) string {
	total := money.Dong(0)
	for _, g := range givers {
		total = total.Add(g.Amount)
	}
	switch diff := payment.Sub(total); diff.Sign() {
	case 1:
		return fmt.Sprintf("Danh sách %d người cộng lại %s đ, thiếu %s đ so với số tiền nộp.", len(givers), total.Format(), diff.Format())
	case -1:
		return fmt.Sprintf("Danh sách %d người cộng lại %s đ, thừa %s đ so với số tiền nộp.", len(givers), total.Format(), diff.Neg().Format())
	}
	return ""
}

// lowerFirst makes the first letter small, for a sentence that goes on behind a colon.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}
