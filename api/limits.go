package api

import (
	"net/http"
	"time"
)

// Limits of the package, in one place.
const (
	maxSmallBody = 64 << 10      // bytes; every command but a gift is a few texts of at most 500 characters
	maxGiftBody  = 2 << 20       // bytes; a roster of 10,000 givers at 150 bytes a line, and some room
	maxBatchBody = 8 << 20       // bytes; 1,000 gifts at 8 kB; more people fit into a second call
	maxFormBody  = 2 << 20       // bytes; a form of the pages, with a roster pasted into it
	maxSheetBody = 5<<20 + 8<<10 // bytes; a PDF of receipts.MaxPDF and the form around it
	maxKey       = 200           // bytes of an Idempotency-Key, as ledger.KeyOf says
	maxBatch     = 1_000         // gifts in one batch call, as the ledger says
	pageSize     = 50            // rows of a list that asks for no number
	maxPage      = 200           // rows of one page of a list, as the ledger says
	maxQuery     = 200           // characters that are searched for
	maxLogin     = 160           // bytes of a login as typed: 40 characters, whatever marks a keyboard puts in
	maxCopy      = 99            // "BẢN SAO lần 99": more copies of one sheet are a mistake
	maxWrong     = 100           // wrong fields named in one refusal: nobody reads more
	maxFieldName = 200           // bytes of a field's name that are told back; ours are below 30
	maxHeader    = 32 << 10      // bytes of a request's header; browsers stay below 8 kB
)

// Times of the HTTP server. The ledger gives up on a statement after 30 seconds and on a lock after 10.
const (
	headerTime = 5 * time.Second  // to send the header: slower is an attack or a dead line
	readTime   = 60 * time.Second // to send a body of maxBatchBody over a commune's 1 Mbit/s line
	writeTime  = 90 * time.Second // 30 s of reading a body, 30 s of ledger, and the way back
	idleTime   = 2 * time.Minute  // between two requests of one connection
)

// sessionTime is one working day with its evening: then a person signs in again. The cookie ends with the
// browser in any case.
const sessionTime = 12 * time.Hour

// Throttles. A token bucket each: burst at once, then one per interval.
const (
	pairBurst     = 5                // attempts for one login from one address
	pairInterval  = 20 * time.Second // then
	loginBurst    = 30               // attempts for one login, from wherever
	loginInterval = 5 * time.Second  // then; four addresses are needed to use it up; 17,280 guesses a day at 10 characters
	addrBurst     = 20               // attempts from one address: an office behind one line at eight o'clock
	addrInterval  = 3 * time.Second  // then
	checkBurst    = 30               // checks of a receipt's code from one address: a queue at a counter
	checkInterval = time.Second      // then; a code has 50 random bits
	maxThrottled  = 10_000           // keys that a throttle remembers in each of its two generations
)

// NewHTTPServer is a server on an address with every time limit set. Its handler comes from New.
func NewHTTPServer(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
	}
}
