package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"sovang/ledger"
	"sovang/migrations"
	"sovang/migrations/localpg"
)

// benchCmd sizes a machine before a drive: how many gifts a second it books, beside what the same machine does when
// it merely inserts the same rows. Figure and floor run in turns, on a scratch cluster that is removed afterwards.
type benchCmd struct {
	Workload string `arg:"" enum:"post,hot,http,batch,bulk,mixed,verify,receipts" help:"post: một quỹ, trong tiến trình; hot: nửa số khoản vào một trong 680 quỹ; http: qua API; batch: qua API, 100 khoản mỗi lần; bulk: cả danh sách lớn; mixed: 80% đọc; verify: kiểm sổ; receipts: in biên lai."`
	Clients  int    `default:"8" help:"Số người ghi cùng lúc (mặc định ${default})."`
	Seconds  int    `default:"9" help:"Thời gian đo, tính bằng giây, cho mỗi bên (mặc định ${default})."`
	Gifts    int    `default:"20000" help:"Số khoản cho bulk, hoặc có sẵn cho verify và receipts (mặc định ${default})."`
	Scratch  string `placeholder:"THƯ-MỤC" help:"Nơi dựng cơ sở dữ liệu tạm (nên cùng ổ đĩa với dữ liệu thật)."`
	JSON     bool   `name:"json" help:"In kết quả dạng JSON."`
}

const (
	benchTurns   = 3  // figure and floor take turns, so that a slow minute of the machine hits both
	floorClients = 64 // more writers than this only queue up in PostgreSQL
	hotFunds     = 680
)

// benchResult is what one run found; figures are per second.
type benchResult struct {
	Workload  string  `json:"workload"`
	Clients   int     `json:"clients"`
	Figure    float64 `json:"figure"`
	Floor     float64 `json:"floor"`
	Ratio     float64 `json:"ratio"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Bytes     float64 `json:"bytes_per_gift"`
	WAL       float64 `json:"wal_bytes_per_gift"`
	Fsyncs    float64 `json:"fsyncs_per_second"`
	Refused   int64   `json:"refused"`
	Memory    float64 `json:"memory_mb,omitempty"` // this process at its largest
	unit      string
	relations []relationSize
}

// relationSize is what one table, with its partitions, or one of its indexes takes per gift.
type relationSize struct {
	name  string
	bytes float64
}

// bench is one scratch installation under load.
type bench struct {
	cmd    *benchCmd
	server *localpg.Server
	ledger *ledger.Ledger
	admin  *pgxpool.Pool
	funds  []ledger.FundID
	actor  ledger.Actor
}

// Run is kong's.
func (c *benchCmd) Run(ctx context.Context, m *Main) error {
	b, err := newBench(ctx, c)
	if err != nil {
		return err
	}
	defer b.close()
	result, err := b.run(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(m.Stdout).Encode(result)
	}
	result.print(m.Stdout)
	return nil
}

func newBench(ctx context.Context, c *benchCmd) (b *bench, err error) {
	b = &bench{cmd: c}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.server, err = localpg.Scratch(ctx, c.Scratch, localpg.Options{MaxConnections: 300}); err != nil {
		return b, err
	}
	if err = b.server.Create(ctx, databaseName); err != nil {
		return b, err
	}
	if err = migrations.Up(ctx, b.server.AdminDSN(databaseName)); err != nil {
		return b, err
	}
	if b.admin, err = pgxpool.New(ctx, b.server.AdminDSN(databaseName)+"&pool_max_conns=70"); err != nil {
		return b, err
	}
	if b.ledger, err = ledger.Open(ctx, b.server.DSN(databaseName), ledger.Options{}); err != nil {
		return b, err
	}
	return b, b.openFunds(ctx)
}

func (b *bench) openFunds(ctx context.Context) error {
	many := 1
	if b.cmd.Workload == "hot" {
		many = hotFunds
	}
	b.actor = ledger.Actor{ID: 1, Name: "Người đo", Roles: map[ledger.FundID][]ledger.Role{}}
	for i := range many {
		f, err := b.ledger.OpenFund(ctx, ledger.Operator, ledger.NewKey(), ledger.NewFund{
			Code: fmt.Sprintf("B-%d", i), Name: fmt.Sprintf("Quỹ đo %d", i), Level: ledger.LevelCommune, Chart: "MINH-HOA",
			ValidFrom: ledger.Date{Year: 2021, Month: time.January, Day: 1},
			Heading:   ledger.Heading{Unit: "Quỹ đo", PublicURL: "http://127.0.0.1"},
		})
		if err != nil {
			return err
		}
		b.funds = append(b.funds, f.ID)
		b.actor.Roles[f.ID] = []ledger.Role{ledger.RoleRecorder, ledger.RoleAccountant}
	}
	return nil
}

func (b *bench) close() {
	if b.ledger != nil {
		b.ledger.Close()
	}
	if b.admin != nil {
		b.admin.Close()
	}
	if b.server != nil {
		if err := b.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, localpg.Sentence(err))
		}
	}
}

func (b *bench) run(ctx context.Context) (benchResult, error) {
	switch b.cmd.Workload {
	case "bulk":
		return b.bulk(ctx)
	case "verify":
		return b.verify(ctx)
	case "receipts":
		return b.receipts(ctx)
	case "http", "batch":
		return b.overHTTP(ctx)
	case "mixed":
		return b.inTurns(ctx, b.mixed, 1)
	}
	return b.inTurns(ctx, b.give, 1)
}

// job does one unit of work for a client.
type job func(ctx context.Context, client, n int) error

// inTurns runs the work and the floor by turns. each is how many gifts one unit of work books.
func (b *bench) inTurns(ctx context.Context, work job, each int) (r benchResult, err error) {
	r = benchResult{Workload: b.cmd.Workload, Clients: b.cmd.Clients, unit: "khoản"}
	floor, err := b.newFloor(ctx)
	if err != nil {
		return r, err
	}
	turn := time.Duration(b.cmd.Seconds) * time.Second / benchTurns
	var took []time.Duration
	var done, floorDone int64
	var meters meter
	for range benchTurns {
		before, err := b.measure(ctx)
		if err != nil {
			return r, err
		}
		lap := runLoad(ctx, b.cmd.Clients, turn, work)
		after, err := b.measure(ctx)
		if err != nil {
			return r, err
		}
		meters = meters.plus(after.minus(before))
		took, done, r.Refused = append(took, lap.took...), done+lap.done*int64(each), r.Refused+lap.failed
		ground := runLoad(ctx, min(b.cmd.Clients, floorClients), turn, floor)
		if ground.failed > 0 {
			return r, fmt.Errorf("the floor cannot be measured: %w", ground.err)
		}
		floorDone += ground.done
	}
	seconds := turn.Seconds() * benchTurns
	r.Figure, r.Floor = float64(done)/seconds, float64(floorDone)/seconds
	r.Ratio = r.Figure / r.Floor
	r.P50, r.P99 = percentile(took, 50), percentile(took, 99)
	r.WAL, r.Fsyncs = float64(meters.wal)/float64(done), float64(meters.fsyncs)/seconds
	r.relations, err = b.sizes(ctx)
	for _, x := range r.relations {
		r.Bytes += x.bytes
	}
	return r, err
}

// lap is what a number of clients did in a while.
type lap struct {
	done, failed int64
	took         []time.Duration
	err          error // the last failure
}

// runLoad has clients do work for a while and notes how long each unit took.
func runLoad(ctx context.Context, clients int, d time.Duration, work job) lap {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var stop atomic.Bool
	time.AfterFunc(d, func() { stop.Store(true) })
	laps := make([]lap, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := 0; !stop.Load(); n++ {
				began := time.Now()
				if err := work(ctx, c, n); err != nil {
					laps[c].failed, laps[c].err = laps[c].failed+1, err
					continue
				}
				if !stop.Load() { // what ends after the bell does not count
					laps[c].done++
					laps[c].took = append(laps[c].took, time.Since(began))
				}
			}
		})
	}
	wg.Wait()
	var all lap
	for _, l := range laps {
		all.done, all.failed, all.took = all.done+l.done, all.failed+l.failed, append(all.took, l.took...)
		if l.err != nil {
			all.err = l.err
		}
	}
	return all
}

func percentile(took []time.Duration, p int) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)*p/100, len(took)-1)].Seconds() * 1000
}

// meter is what PostgreSQL wrote so far.
type meter struct{ wal, fsyncs int64 }

func (m meter) minus(n meter) meter { return meter{m.wal - n.wal, m.fsyncs - n.fsyncs} }
func (m meter) plus(n meter) meter  { return meter{m.wal + n.wal, m.fsyncs + n.fsyncs} }

func (b *bench) measure(ctx context.Context) (m meter, err error) {
	const query = `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, wal_sync FROM pg_stat_wal`
	err = b.admin.QueryRow(ctx, query).Scan(&m.wal, &m.fsyncs)
	return m, err
}

// sizes are what each table and index takes per gift, the largest first.
func (b *bench) sizes(ctx context.Context) ([]relationSize, error) {
	const query = `
		SELECT regexp_replace(c.relname, '_[0-7]((_|$).*)?$', '\1') AS name,
		       sum(pg_relation_size(c.oid, 'main'))::float8 / greatest(1, (SELECT count(*) FROM donation))
		  FROM pg_class c
		 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 0
		 GROUP BY 1
		HAVING sum(pg_relation_size(c.oid)) > 65536
		 ORDER BY 2 DESC`
	rows, err := b.admin.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r relationSize, err error) {
		err = row.Scan(&r.name, &r.bytes)
		return r, err
	})
}

// pad is a text for tables of figures.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-len([]rune(s)))) }
