package ledger

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/argon2"

	"sovang/ledger/viet"
)

// User is a person's account, as lists show it.
type User struct {
	ID       int32
	Login    string
	Name     string
	Disabled bool
	Roles    map[FundID][]Role

	passwordIn int64 // the entry that set the password
}

// NewUser is what one says of a new user. Login is 2-40 of a-z, 0-9, ".", "_", "-"; Password 10-200 characters.
type NewUser struct {
	Login    string
	Name     string
	Password string
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

const (
	minPassword = 10 // characters; NIST SP 800-63B asks for length, not for kinds of characters
	maxPassword = 200
)

// Argon2id by RFC 9106, second recommended option scaled to a small server: 64 MiB would let a burst of
// sign-ins take a gigabyte, 19 MiB with two passes is OWASP's floor.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonKey     = 32
)

// argonSlots bounds how many passwords are hashed at once: each takes 19 MiB and 20 ms.
var argonSlots = make(chan struct{}, 4)

func hashPassword(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // crypto/rand does not fail
	return passwordString(salt, stretch(password, salt))
}

func stretch(password string, salt []byte) []byte {
	argonSlots <- struct{}{}
	defer func() { <-argonSlots }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
}

func passwordString(salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b.EncodeToString(salt), b.EncodeToString(key))
}

// passwordFits compares in constant time. Only strings of our own parameters come out of the database.
func passwordFits(stored, password string) bool {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(stored), []byte(passwordString(salt, stretch(password, salt)))) == 1
}

// nobody is compared when a login does not exist, so that the answer takes as long.
var nobody = sync.OnceValue(func() string { return hashPassword("không có người này") })

func checkPassword(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return invalid("password", "too_short")
	case n > maxPassword:
		return invalid("password", "too_long")
	}
	return nil
}

// CreateUser makes an account without any role. The actor needs PermAdmin.
// Codes: invalid, forbidden, wrong_state (the login is taken), key_reused, unavailable, busy.
func (l *Ledger) CreateUser(ctx context.Context, a Actor, key Key, n NewUser) (User, error) {
	input := struct{ Login, Name string }{n.Login, n.Name} // a fast hash of a password is kept nowhere
	var stored string
	if checkPassword(n.Password) == nil {
		stored = hashPassword(viet.NFC(n.Password))
	}
	o := l.write(ctx, System, command{actor: a, perm: PermAdmin, key: key, kind: kindUserCreate, input: input,
		fill: func(h *head, d *draft) error {
			name := viet.Clean(n.Name)
			if !loginForm.MatchString(n.Login) {
				return invalid("login", "login_form")
			}
			if err := needText("name", name, 120); err != nil {
				return err
			}
			if err := checkPassword(n.Password); err != nil {
				return err
			}
			id := int32(d.entry.Number) + 1 // users count from 1; 0 is the operator
			d.fact("user", someNumber(int64(id)))
			d.call(`SELECT user_apply($1, $2, $3, $4, $5)`, int64(d.entry.Number), id, n.Login, name, stored)
			fields := map[string]string{"login": n.Login, "name": name}
			return l.say(d, fields, fields)
		}})
	if o.err != nil {
		return User{}, o.err
	}
	return l.userWhere(ctx, `u.user_id = $1`, int32(o.entryNo)+1)
}

// UserChange is a change of an account; nil leaves a thing as it is.
type UserChange struct {
	UserID   int32
	Password *string
	Disabled *bool
}

// ChangeUser sets a password or stops an account. The actor needs PermAdmin, or is the user and sets the own
// password. Codes: invalid, not_found, forbidden, key_reused, unavailable, busy.
func (l *Ledger) ChangeUser(ctx context.Context, a Actor, key Key, c UserChange) error {
	if a.ID == c.UserID && c.Disabled == nil && !a.Can(System, PermAdmin) {
		a.Roles = map[FundID][]Role{System: {RoleAdmin}} // for this one command about oneself
	}
	var stored *string
	if c.Password != nil && checkPassword(*c.Password) == nil {
		s := hashPassword(viet.NFC(*c.Password))
		stored = &s
	}
	input := struct {
		User     int32
		Password bool
		Disabled *bool
	}{c.UserID, c.Password != nil, c.Disabled}
	o := l.write(ctx, System, command{actor: a, perm: PermAdmin, key: key, kind: kindUserChange, input: input,
		fill: func(h *head, d *draft) error {
			if c.Password != nil {
				if err := checkPassword(*c.Password); err != nil {
					return err
				}
				d.fact("password", "changed")
			}
			if c.Disabled != nil {
				d.fact("disabled", fmt.Sprint(*c.Disabled))
			}
			d.fact("user", someNumber(int64(c.UserID)))
			d.call(`SELECT user_change($1, $2, $3, $4)`, int64(d.entry.Number), c.UserID, stored, c.Disabled)
			return nil
		}})
	return o.err
}

// RoleChange grants or ends a role of a user in a fund; fund 0 stands for every fund.
type RoleChange struct {
	UserID int32
	Fund   FundID
	Role   Role
	Grant  bool
}

// ChangeRole grants or ends a role. Accountant and treasurer are never one person in one fund (domain.md D6). The
// actor needs PermAdmin.
// Codes: invalid, not_found, forbidden, wrong_state (the two never meet), key_reused, unavailable, busy.
func (l *Ledger) ChangeRole(ctx context.Context, a Actor, key Key, c RoleChange) error {
	o := l.write(ctx, System, command{actor: a, perm: PermAdmin, key: key, kind: kindUserRole, input: c,
		fill: func(h *head, d *draft) error {
			if _, ok := permsOf[c.Role]; !ok {
				return invalid("role", "unknown")
			}
			d.fact("user", someNumber(int64(c.UserID)))
			d.fact("in_fund", fmt.Sprint(int32(c.Fund)))
			d.fact("role", string(c.Role))
			d.fact("grant", fmt.Sprint(c.Grant))
			d.call(`SELECT role_apply($1, $2, $3, $4, $5)`, int64(d.entry.Number), c.UserID, c.Fund, string(c.Role), c.Grant)
			return nil
		}})
	return o.err
}

const selectUser = `
	SELECT u.user_id, u.login, u.name, u.disabled, u.password_in,
	       coalesce(array_agg(r.in_fund ORDER BY r.in_fund, r.role) FILTER (WHERE r.role IS NOT NULL), '{}'),
	       coalesce(array_agg(r.role ORDER BY r.in_fund, r.role) FILTER (WHERE r.role IS NOT NULL), '{}')
	  FROM app_user u
	  LEFT JOIN user_role r ON r.fund_id = u.fund_id AND r.user_id = u.user_id AND r.ended_by IS NULL
	 WHERE u.fund_id = 0 AND `

const groupUser = ` GROUP BY u.user_id, u.login, u.name, u.disabled, u.password_in ORDER BY u.user_id`

func scanUser(row pgx.CollectableRow) (u User, err error) {
	var funds []FundID
	var roles []Role
	err = row.Scan(&u.ID, &u.Login, &u.Name, &u.Disabled, &u.passwordIn, &funds, &roles)
	u.Roles = map[FundID][]Role{}
	for i, f := range funds {
		u.Roles[f] = append(u.Roles[f], roles[i])
	}
	return u, err
}

func (l *Ledger) userWhere(ctx context.Context, where string, args ...any) (u User, err error) {
	err = l.readOne(ctx, "0", func(rows pgx.Rows) (err error) {
		u, err = pgx.CollectExactlyOneRow(rows, scanUser)
		return none(err)
	}, selectUser+where+groupUser, args...)
	return u, err
}

// Users lists every account. The actor needs PermAdmin. Codes: forbidden, unavailable.
func (l *Ledger) Users(ctx context.Context, a Actor) (list []User, err error) {
	if !a.Can(System, PermAdmin) {
		return nil, &Error{Code: CodeForbidden}
	}
	err = l.read(ctx, "0", func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectUser+`true`+groupUser)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanUser)
		return err
	})
	return list, err
}

// SignIn gives the actor behind a login and a password. Whatever is wrong, the code is forbidden and it takes as
// long. Codes: forbidden, unavailable.
func (l *Ledger) SignIn(ctx context.Context, login, password string) (Actor, error) {
	var id *int32
	var stored *string
	err := l.read(ctx, "", func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT u_id, u_password FROM sign_in_row($1)`, login).Scan(&id, &stored)
	})
	if err != nil {
		return Actor{}, err
	}
	against := nobody()
	if stored != nil {
		against = *stored
	}
	fits := utf8.RuneCountInString(password) <= maxPassword && passwordFits(against, viet.NFC(password))
	if id == nil || !fits {
		l.note(ctx, System, Actor{}, "sign_in.refused", "")
		return Actor{}, &Error{Code: CodeForbidden}
	}
	actor, err := l.ActorOf(ctx, *id)
	if err == nil {
		l.note(ctx, System, actor, "sign_in", "")
	}
	return actor, err
}

// ActorOf gives the actor of a signed-in user with the roles of this moment. Codes: not_found (no such user, or
// stopped), unavailable.
func (l *Ledger) ActorOf(ctx context.Context, user int32) (Actor, error) {
	u, err := l.userWhere(ctx, `u.user_id = $1 AND NOT u.disabled`, user)
	if err != nil {
		return Actor{}, err
	}
	return Actor{ID: u.ID, Login: u.Login, Name: u.Name, Roles: u.Roles, Password: u.passwordIn}, nil
}
