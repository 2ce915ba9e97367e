// Package ledger is Sổ Vàng's ledger: every rule, every SQL statement, every transaction.
//
// Each exported write is one command: one permission, one idempotency key, one transaction, one line in
// its fund's log. It either returns what was written (the same answer again when the key is used again with
// the same content) or a *Error with a code, and then nothing was written. Reads see one snapshot and only
// the actor's funds.
//
// # Names
//
// One noun, one name, in every room. Sources: NĐ = Nghị định 131/2021/NĐ-CP, LKT = Luật Kế toán 88/2015.
//
//	account      tài khoản          per fund; the program posts to its role, never to its number
//	actor        người thao tác     who acts, with roles per fund; checked in the one write door
//	approval     duyệt              a second person's decision on exactly one intent
//	balance      số dư              exact debits and credits of an account
//	campaign     đợt vận động       a drive with its days (NĐ Điều 175.2: cao điểm 28/6–27/7)
//	checkpoint   điểm chốt sổ       size and root of a log at one moment, signed
//	document     chứng từ           a numbered paper; a receipt is the document of a gift
//	donation     khoản ủng hộ       a gift: money or goods (NĐ Điều 180)
//	donor        người ủng hộ       who gives; per fund
//	entry        bút toán           one line of a fund's log; may carry no posting
//	fund         quỹ                (level, unit, days); its own books (NĐ Điều 174.4)
//	giver        người góp          one line of a collective gift's roster
//	heading      phần đầu biểu mẫu  what stands on every sheet of a fund for a while
//	intent       đề nghị            what a maker proposes for a second person to decide
//	posting      định khoản Nợ/Có   one amount from a credit to a debit account
//	proof        bằng chứng         that an entry stands in the log, on the receipt
//	purpose      mục đích           0 = không chỉ định; else a donor's restriction (NĐ Điều 180.2)
//	receipt      phiếu thu, biên lai, giấy xác nhận, phiếu nhập kho
//	reversal     ghi số âm          takes a whole entry back (LKT Điều 27)
//	roster       danh sách ủng hộ   the givers of a collective donation
//	series       ký hiệu            a run of numbers without a gap, per fund and year
//	void         huỷ                a receipt that stands no more; its number stays
//	witness      bên đối chứng      another installation that cosigns a log's checkpoints
package ledger
