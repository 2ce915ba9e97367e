// Package api is Sổ Vàng over HTTP: JSON under /api/v1, the pages in Vietnamese, and sessions. It is the only
// room that knows HTTP, and it decides nothing: it says who asks, and package ledger says what may be done.
//
// # The JSON interface
//
// The description is OpenAPI 3.1 at /api/v1/openapi.json. Amounts are strings of whole đồng ("500000"), days are
// ISO dates, numbers of entries, donors and purposes are JSON numbers. Unknown fields and unknown query
// parameters are refused. Every list has a limit and a cursor.
//
// A write carries an Idempotency-Key of 1-200 bytes. The same key with the same content answers the same, for
// ever, and books nothing twice; a gift answered so has the header Idempotency-Hit: true. Who got no answer
// sends the same request again.
//
// # Errors
//
// Every error is a problem document of RFC 9457 (or, for a page, a sentence on it). Its type is
// /problems/<code>, a page that explains the code in Vietnamese; errors[] names each wrong field by its JSON
// pointer, a stable reason and a sentence. errors.go is the one place where a code gets its status, messages.go
// the one place where it gets its words. An error that no code stands for is a 500 with the id of the request,
// which the log has too, and nothing else.
//
// # The log
//
// Under /log/ each fund's Merkle log is published, and the log over all funds (log.go; package ledger/proof says what
// stands in it). It sets no cookie and may be cached. /khoa shows the keys with which it is checked. A sheet that is
// printed carries its proof (package receipts); the verification page links the proofs, and checks a PDF that is
// dropped on it: the file is read in memory, within receipts.MaxPDF, and kept nowhere.
//
// # Who may
//
// A cookie names a session; the session names a user; the ledger says at each request who that is and which
// roles the person has now. What is outside the actor's funds is not found. Sign-ins and guesses of receipt codes
// are throttled by address: the connection's, or, when the connection comes from this machine itself, the last
// one in X-Forwarded-For, which a proxy here must set.
package api
