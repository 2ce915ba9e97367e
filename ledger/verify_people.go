package ledger

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"sovang/ledger/proof"
)

// people compares users and their roles with fund 0's log, which is small enough to be read whole.
func (v *verifier) people() error {
	if v.fund.ID != System {
		return v.fundRow()
	}
	if err := v.users(); err != nil {
		return err
	}
	return v.userRoles()
}

// fundRow compares the fund's own row with line 0 of its log.
func (v *verifier) fundRow() error {
	var canonical []byte
	err := v.tx.QueryRow(v.ctx, `SELECT canonical FROM entry WHERE fund_id = $1 AND entry_no = 0`, v.fund.ID).Scan(&canonical)
	if err == pgx.ErrNoRows {
		return nil // named as a gap already
	}
	if err != nil {
		return err
	}
	e, err := proof.Decode(canonical)
	if err != nil {
		return nil // named already
	}
	f := v.fund
	if e.Kind != kindFundOpen || factOf(e, "name") != f.Name || factOf(e, "level") != string(f.Level) ||
		factOf(e, "unit") != f.UnitCode || factOf(e, "chart") != f.Chart || e.EffectiveOn != f.ValidFrom.String() {
		v.problem("fund", f.Code, "not_hashed")
	}
	return nil
}

// users opens the commitments of the entries that made them.
func (v *verifier) users() error {
	stopped, made, set := map[string]bool{}, map[string]bool{}, map[string]uint64{}
	err := v.replay(kindUserCreate, func(e proof.Entry) {
		made[factOf(e, "user")], set[factOf(e, "user")] = true, e.Number
	})
	if err != nil {
		return err
	}
	err = v.replay(kindUserChange, func(e proof.Entry) {
		if factOf(e, "password") != "" {
			set[factOf(e, "user")] = e.Number
		}
		if said := factOf(e, "disabled"); said != "" {
			stopped[factOf(e, "user")] = said == "true"
		}
	})
	if err != nil {
		return err
	}
	const query = `
		SELECT u.user_id, u.login, u.name, u.disabled, u.password_in, u.entry_no, e.canonical, p.secret
		  FROM app_user u
		  LEFT JOIN entry e ON e.fund_id = u.fund_id AND e.entry_no = u.entry_no AND e.kind = 'user.create'
		  LEFT JOIN entry_person p ON p.fund_id = e.fund_id AND p.entry_no = e.entry_no
		 WHERE u.fund_id = $1`
	err = v.each(query, func(row pgx.CollectableRow) error {
		var id int32
		var login, name string
		var passwordIn, no int64
		var canonical, secret []byte
		var disabled bool
		if err := row.Scan(&id, &login, &name, &disabled, &passwordIn, &no, &canonical, &secret); err != nil {
			return err
		}
		v.user(id, login, name, no, canonical, secret)
		if disabled != stopped[someNumber(int64(id))] {
			v.problem("app_user", fmt.Sprintf("user %d", id), "disabled_not_hashed")
		}
		if uint64(passwordIn) != set[someNumber(int64(id))] {
			v.problem("app_user", fmt.Sprintf("user %d", id), "password_not_hashed")
		}
		delete(made, someNumber(int64(id)))
		return nil
	})
	for id := range made {
		v.problem("app_user", "user "+id, "missing")
	}
	return err
}

func (v *verifier) user(id int32, login, name string, no int64, canonical, secret []byte) {
	row := fmt.Sprintf("user %d", id)
	e, err := proof.Decode(canonical)
	if err != nil || factOf(e, "user") != someNumber(int64(id)) || int64(id) != no+1 {
		v.problem("app_user", row, "not_hashed")
		return
	}
	if secret == nil {
		return
	}
	wanted := commitments(secret, map[string]string{"login": login, "name": name})
	if len(wanted) != len(e.Commitments) || wanted[0] != e.Commitments[0] || wanted[1] != e.Commitments[1] {
		v.problem("app_user", row, "commitment")
	}
}

// replay hands over the entries of a kind in the order of the log. One that cannot be decoded is named already.
func (v *verifier) replay(kind string, do func(proof.Entry)) error {
	const query = `SELECT canonical FROM entry WHERE fund_id = $1 AND kind = $2 ORDER BY entry_no`
	return v.each(query, func(row pgx.CollectableRow) error {
		var canonical []byte
		if err := row.Scan(&canonical); err != nil {
			return err
		}
		if e, err := proof.Decode(canonical); err == nil {
			do(e)
		}
		return nil
	}, kind)
}

// userRoles replays the grants and their ends.
func (v *verifier) userRoles() error {
	open := map[string]bool{}
	err := v.replay(kindUserRole, func(e proof.Entry) {
		open[factOf(e, "user")+" "+factOf(e, "in_fund")+" "+factOf(e, "role")] = factOf(e, "grant") == "true"
	})
	if err != nil {
		return err
	}
	const query = `SELECT user_id, in_fund, role FROM user_role WHERE fund_id = $1 AND ended_by IS NULL`
	err = v.each(query, func(row pgx.CollectableRow) error {
		var user, fund int32
		var role string
		if err := row.Scan(&user, &fund, &role); err != nil {
			return err
		}
		key := fmt.Sprintf("%d %d %s", user, fund, role)
		if !open[key] {
			v.problem("user_role", "user "+key, "not_hashed")
		}
		delete(open, key)
		return nil
	})
	for key, granted := range open {
		if granted {
			v.problem("user_role", "user "+key, "missing")
		}
	}
	return err
}
